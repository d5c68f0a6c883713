#!/bin/sh
set -eu
if [ -f a ]; then
  for x in "$@"; do echo "${x:-$(pwd)}" >> b 2>&1; done
else
  case $1 in a|b) f ;; *) exit 1 ;; esac
fi
