#!/bin/sh
# Builds `convert` from BuildKit's own sources as Debian has them, on Debian 13 as root, or in a container of it:
#
#     docker run --rm -v "$PWD":/work debian:13 sh /work/build.sh
#
# Go's libraries are Debian's packages too. About 900 MB and five minutes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
  if [ -f "$list" ]; then sed 's/^Types: deb$/Types: deb-src/; s/^deb /deb-src /' "$list" > "/etc/apt/sources.list.d/source-$(basename "$list")"; fi
done
apt-get update -qq
apt-get install -y -qq --no-install-recommends golang-go patch xz-utils > /dev/null
cd "$work"
# A mirror may lack the .dsc, which is not needed.
apt-get source -qq --download-only docker.io || true
mkdir engine buildkit
tar xf docker.io_*.debian.tar.xz
tar xf docker.io_*.orig-buildkit.tar.xz -C buildkit --strip-components=2
tar xf docker.io_*dfsg?.orig.tar.xz -C engine --strip-components=2
grep -oE 'golang-[a-z0-9.-]+-dev' debian/control | sort -u | xargs apt-get install -y -qq --no-install-recommends > /dev/null
for patch in $(grep -E '^(buildkit|engine|grpc)' debian/patches/series); do
  patch -s -p1 -f -i "debian/patches/$patch" > /dev/null || true
done

# As Debian builds it: without modules, all sources below one folder.
export GOPATH="$work/go" GO111MODULE=off CGO_ENABLED=0
github="$GOPATH/src/github.com"
for folder in engine/vendor/github.com/*/*; do
  name=${folder#engine/vendor/github.com/}
  mkdir -p "$github/${name%/*}"
  ln -s "$work/$folder" "$github/$name"
done
rm -rf "$github/moby/buildkit"
ln -s "$work/buildkit" "$github/moby/buildkit"
mkdir -p "$github/docker"
ln -s "$work/engine" "$github/docker/docker"
mkdir "$GOPATH/src/convert"
cp "$here/main.go" "$GOPATH/src/convert/"
cd "$GOPATH/src/convert"
GOPATH="$GOPATH:/usr/share/gocode" go build -o "$here/convert" .
