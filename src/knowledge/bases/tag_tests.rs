use super::*;
use TagKind::*;

#[test]
fn tags_pin_what_they_say() {
    let cases: &[(&str, &str, TagKind)] = &[
        // languages
        ("python", "latest", Latest),
        ("python", "LATEST", Latest),
        ("python", "3", MajorOnly),
        ("python", "3-slim", MajorOnly),
        ("python", "3-slim-bookworm", MajorOnly),
        ("python", "3.13", MinorOrMore),
        ("python", "3.13-slim", MinorOrMore),
        ("python", "3.13.1-slim-bookworm", MinorOrMore),
        ("python", "3.15.0a2", MinorOrMore),
        ("python", "3.15-rc-slim", MinorOrMore),
        ("python", "slim", Floating(Why::Variant)),
        ("python", "slim-bookworm", Floating(Why::Variant)),
        ("python", "bookworm", Floating(Why::OsOnly)),
        ("python", "alpine", Floating(Why::OsOnly)),
        ("python", "alpine3.21", Floating(Why::OsOnly)),
        ("python", "windowsservercore-ltsc2022", Floating(Why::OsOnly)),
        ("public.ecr.aws/docker/library/python", "slim", Floating(Why::Variant)),
        ("amd64/python", "slim", Floating(Why::Variant)),
        ("node", "lts", Floating(Why::Channel)),
        ("node", "lts-alpine", Floating(Why::Channel)),
        ("node", "lts-alpine3.21", Floating(Why::Channel)),
        ("node", "current-slim", Floating(Why::Channel)),
        ("node", "bookworm-slim", Floating(Why::Variant)),
        ("node", "lts-iron", MajorOnly),
        ("node", "krypton-alpine", MajorOnly),
        ("node", "22-alpine", MajorOnly),
        ("node", "22.3-alpine3.20", MinorOrMore),
        ("node", "0.10", MinorOrMore),
        ("golang", "1", MajorOnly),
        ("golang", "1.23-alpine3.20", MinorOrMore),
        ("golang", "alpine", Floating(Why::OsOnly)),
        ("golang", "tip", Floating(Why::Channel)),
        ("rust", "slim-trixie", Floating(Why::Variant)),
        ("rust", "1.97", MinorOrMore),
        ("rust", "nightly", Floating(Why::Channel)),
        ("php", "fpm", Floating(Why::Variant)),
        ("php", "apache-bookworm", Floating(Why::Variant)),
        ("php", "8-fpm-alpine", MajorOnly),
        ("php", "8.3-fpm-alpine3.20", MinorOrMore),
        ("eclipse-temurin", "21", MajorOnly),
        ("eclipse-temurin", "21-jre-jammy", MajorOnly),
        ("eclipse-temurin", "21.0.4_7-jre", MinorOrMore),
        ("eclipse-temurin", "8u412-b08-jdk", MinorOrMore),
        ("openjdk", "jre", Floating(Why::Variant)),
        ("openjdk", "8-jre-alpine", MajorOnly),
        ("ibm-semeru-runtimes", "open-17-jre", MajorOnly),
        ("maven", "eclipse-temurin-21", Floating(Why::Variant)),
        ("maven", "3-jdk-8", MajorOnly),
        ("maven", "3.9-eclipse-temurin-21", MinorOrMore),
        ("gradle", "jdk21", Floating(Why::Variant)),
        ("gradle", "8.10-jdk21", MinorOrMore),
        ("mcr.microsoft.com/dotnet/sdk", "8.0", MinorOrMore),
        ("mcr.microsoft.com/dotnet/sdk", "8", MajorOnly),
        // servers
        ("nginx", "stable", Floating(Why::Channel)),
        ("nginx", "stable-alpine", Floating(Why::Channel)),
        ("nginx", "mainline-alpine3.20", Floating(Why::Channel)),
        ("nginx", "alpine", Floating(Why::OsOnly)),
        ("nginx", "alpine-slim", Floating(Why::Variant)),
        ("nginx", "1.27.4-alpine", MinorOrMore),
        ("postgres", "16", MajorOnly),
        ("postgres", "16-alpine", MajorOnly),
        ("postgres", "16.4", MinorOrMore),
        ("mysql", "lts", Floating(Why::Channel)),
        ("mysql", "innovation", Floating(Why::Channel)),
        ("rabbitmq", "management", Floating(Why::Variant)),
        ("jenkins/jenkins", "lts-jdk17", Floating(Why::Channel)),
        ("jenkins/jenkins", "2.452.3-lts", MinorOrMore),
        ("traefik", "v3.0", MinorOrMore),
        ("traefik", "v3", MajorOnly),
        // operating systems
        ("debian", "bookworm", Codename),
        ("debian", "bookworm-slim", Codename),
        ("debian", "bookworm-20250113-slim", Date),
        ("debian", "12", MajorOnly),
        ("debian", "12.5-slim", MinorOrMore),
        ("debian", "stable", Floating(Why::Channel)),
        ("debian", "stable-slim", Floating(Why::Channel)),
        ("debian", "testing", Floating(Why::Channel)),
        ("debian", "sid", Floating(Why::Channel)),
        ("debian", "sid-20250113", Date),
        ("ubuntu", "noble", Codename),
        ("ubuntu", "24.04", MinorOrMore),
        ("ubuntu", "noble-20250127", Date),
        ("ubuntu", "rolling", Floating(Why::Channel)),
        ("ubuntu", "devel", Floating(Why::Channel)),
        ("alpine", "3", MajorOnly),
        ("alpine", "3.21", MinorOrMore),
        ("alpine", "edge", Floating(Why::Channel)),
        ("alpine", "20250108", Date),
        ("fedora", "rawhide", Floating(Why::Channel)),
        ("fedora", "42", MajorOnly),
        ("centos", "centos7", Codename),
        ("centos", "7", MajorOnly),
        ("amazonlinux", "2023", MajorOnly),
        ("busybox", "glibc", Floating(Why::Variant)),
        ("busybox", "stable-musl", Floating(Why::Channel)),
        ("buildpack-deps", "bookworm-curl", Codename),
        ("buildpack-deps", "curl", Floating(Why::Variant)),
        ("mcr.microsoft.com/windows/servercore", "ltsc2022", Codename),
        ("mcr.microsoft.com/windows/nanoserver", "1809", MajorOnly),
        ("gcr.io/distroless/static-debian12", "nonroot", Floating(Why::Variant)),
        ("cgr.dev/chainguard/python", "latest-dev", Floating(Why::Channel)),
        ("ros", "humble-ros-base", MajorOnly),
        ("mcr.microsoft.com/dotnet-buildtools/prereqs", "azurelinux-3.0-net11.0-cross-amd64", MinorOrMore),
        ("mcr.microsoft.com/dotnet-buildtools/prereqs", "ubuntu-22.04", MinorOrMore),
        // anybody's
        ("acme/app", "1.2.3", MinorOrMore),
        ("acme/app", "v2", MajorOnly),
        ("acme/app", "2.x", MajorOnly),
        ("acme/app", "main", Floating(Why::Channel)),
        ("acme/app", "dev", Floating(Why::Channel)),
        ("acme/app", "prod", Floating(Why::Channel)),
        ("acme/app", "alpine", Floating(Why::OsOnly)),
        ("acme/app", "release-1.2", MinorOrMore),
        ("acme/app", "php8.2", MinorOrMore),
        ("acme/app", "gzserver11-bionic", Codename),
        ("acme/app", "jammy", Codename),
        ("acme/app", "mytag", Unknown),
        ("acme/app", "stablehand", Unknown),
        ("acme/app", "1a2b3c4", Commit),
        ("acme/app", "sha-1a2b3c4", Commit),
        ("acme/app", "0fb5b5e7952d22eeae57607493168e679a4a0c0a", Commit),
        ("acme/app", "deadbeef", Unknown),
        ("acme/app", "2025-01-13", Date),
        ("acme/app", "2025.01.13", Date),
        ("minio/minio", "RELEASE.2025-01-20T14-49-07Z", Date),
        ("acme/app", "nightly-2025-01-13", Date),
        ("acme/app", "20251399", MajorOnly),
        ("acme/app", "", Unknown),
        ("acme/app", "---", Unknown),
        ("acme/app", "ü-é", Unknown),
    ];
    assert!(cases.len() >= 80);
    for (image, tag, expected) in cases {
        assert_eq!(tag_kind(image, Some(tag)), *expected, "{image}:{tag}");
    }
    assert_eq!(tag_kind("python", None), Latest);
}

#[test]
fn versions_are_numbers() {
    assert_eq!(version("3.13-slim"), [3, 13]);
    assert_eq!(version("v1"), [1]);
    assert_eq!(version("8u131-jdk"), [8]);
    assert_eq!(version("1.2.3.4.5"), [1, 2, 3, 4]);
    assert!(version("slim").is_empty());
    assert!(version("99999999999").is_empty());
}

#[test]
fn the_tables_are_sorted() {
    assert!(CHANNELS.is_sorted_by(|a, b| a < b));
    assert!(VARIANTS.is_sorted_by(|a, b| a < b));
    assert!(NAMED_RELEASES.is_sorted_by(|a, b| a.0 < b.0));
}
