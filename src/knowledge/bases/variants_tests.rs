use super::*;

#[test]
fn the_tables_are_sorted() {
    assert!(VARIANTS.is_sorted_by(|a, b| a.image < b.image));
    assert!(SIZES.is_sorted_by(|a, b| a.0 < b.0));
    for row in VARIANTS {
        for smaller in [row.slim, row.alpine].into_iter().flatten() {
            assert!(row.full.is_some_and(|full| smaller < full), "{}", row.image);
        }
    }
}

#[test]
fn full_variants_have_smaller_ones() {
    let cases: &[(&str, Option<&str>, &[&str])] = &[
        ("python", Some("3.13"), &["python:3.13-slim", "python:3.13-alpine"]),
        ("python", Some("3.13.1-bookworm"), &["python:3.13.1-slim-bookworm", "python:3.13.1-alpine"]),
        ("python", None, &["python:slim", "python:alpine"]),
        ("python", Some("bookworm"), &["python:slim-bookworm", "python:alpine"]),
        ("library/python", Some("3"), &["library/python:3-slim", "library/python:3-alpine"]),
        ("python", Some("3.13-slim"), &[]),
        ("python", Some("3.13-alpine"), &[]),
        ("python", Some("3.13-windowsservercore"), &[]),
        ("python", Some("3.13-mine"), &[]),
        ("node", Some("22"), &["node:22-slim", "node:22-alpine"]),
        ("node", Some("22-bookworm"), &["node:22-bookworm-slim", "node:22-alpine"]),
        ("node", Some("lts"), &["node:lts-slim", "node:lts-alpine"]),
        ("node", Some("22-onbuild"), &[]),
        ("debian", Some("bookworm"), &["debian:bookworm-slim"]),
        ("debian", Some("12"), &["debian:12-slim"]),
        ("node", Some("10.9.0-stretch"), &[]),
        ("node", Some("0.10"), &["node:0.10-slim"]),
        ("debian", Some("6"), &[]),
        ("debian", None, &["debian:stable-slim"]),
        ("debian", Some("bookworm-slim"), &[]),
        ("php", Some("8.3-fpm"), &["php:8.3-fpm-alpine"]),
        ("php", Some("8.3-apache"), &[]),
        ("nginx", Some("1.30"), &["nginx:1.30-alpine"]),
        ("nginx", Some("1.30-bookworm"), &["nginx:1.30-alpine"]),
        ("rabbitmq", Some("4-management"), &["rabbitmq:4-management-alpine"]),
        ("eclipse-temurin", Some("21"), &["eclipse-temurin:21-jre"]),
        ("eclipse-temurin", Some("21-jdk-jammy"), &["eclipse-temurin:21-jre-jammy"]),
        ("eclipse-temurin", Some("21-jre"), &[]),
        ("eclipse-temurin", Some("16"), &[]),
        ("tomcat", Some("10.1-jdk21"), &["tomcat:10.1-jre21"]),
        ("rockylinux", Some("9"), &["rockylinux:9-minimal"]),
        ("registry.access.redhat.com/ubi9/ubi", Some("9.4"), &["registry.access.redhat.com/ubi9-minimal:9.4"]),
        ("ubuntu", Some("24.04"), &[]),
        ("alpine", None, &[]),
        ("acme/app", None, &[]),
    ];
    for (image, tag, expected) in cases {
        let found = smaller(image, *tag);
        let names: Vec<_> = found.iter().map(|found| format!("{}:{}", found.image, found.tag)).collect();
        assert_eq!(names, *expected, "{image}:{tag:?}");
        for found in found {
            assert!(smaller(&found.image, Some(&found.tag)).is_empty(), "{found:?} is not full");
            assert!(found.size.zip(found.full_size).is_none_or(|(small, full)| small < full), "{found:?}");
        }
    }
}

#[test]
fn toolchains_have_images_to_run_the_result() {
    let cases: &[(&str, Option<&str>, &[&str])] = &[
        ("golang", Some("1.26"), &["gcr.io/distroless/static-debian13:nonroot", "debian:trixie-slim"]),
        ("golang", Some("1.26-alpine3.22"), &["gcr.io/distroless/static-debian13:nonroot", "alpine:3.22"]),
        ("rust", Some("1.97-bookworm"), &["debian:bookworm-slim"]),
        ("rust", None, &["debian:trixie-slim"]),
        ("rust", Some("1.97-alpine"), &["alpine:3.24"]),
        ("rust", Some("1.60-buster"), &["debian:trixie-slim"]),
        ("golang", Some("1.9-alpine3.7"), &["gcr.io/distroless/static-debian13:nonroot", "alpine:3.24"]),
        ("gcc", Some("15"), &["debian:trixie-slim"]),
        ("maven", Some("3.9-eclipse-temurin-21"), &["eclipse-temurin:21-jre"]),
        ("maven", Some("3.9-eclipse-temurin-17-alpine"), &["eclipse-temurin:17-jre-alpine"]),
        ("maven", Some("3-jdk-8"), &["eclipse-temurin:8-jre"]),
        ("maven", Some("3.8-openjdk-17-slim"), &["eclipse-temurin:17-jre"]),
        ("maven", None, &[]),
        ("buildpack-deps", Some("sid-scm"), &[]),
        ("buildpack-deps", Some("noble"), &["ubuntu:24.04"]),
        ("golang", Some("mine"), &[]),
        ("gradle", Some("8.10-jdk21"), &["eclipse-temurin:21-jre"]),
        ("openjdk", Some("17"), &["eclipse-temurin:17-jre"]),
        ("openjdk", Some("8-jdk-alpine"), &["eclipse-temurin:8-jre-alpine"]),
        ("openjdk", Some("13"), &[]),
        ("openjdk", Some("17-jre"), &[]),
        ("eclipse-temurin", Some("21-jdk"), &["eclipse-temurin:21-jre"]),
        (
            "mcr.microsoft.com/dotnet/sdk",
            Some("10.0.100-noble"),
            &["mcr.microsoft.com/dotnet/aspnet:10.0-noble", "mcr.microsoft.com/dotnet/runtime:10.0-noble"],
        ),
        ("mcr.microsoft.com/dotnet/sdk", Some("latest"), &[]),
        ("swift", Some("6.2"), &["swift:6.2-slim"]),
        ("python", Some("3.13"), &[]),
        ("acme/app", None, &[]),
    ];
    for (image, tag, expected) in cases {
        let found = run_bases(image, *tag);
        let names: Vec<_> = found.iter().map(|found| format!("{}:{}", found.image, found.tag)).collect();
        assert_eq!(names, *expected, "{image}:{tag:?}");
        for found in found {
            assert_eq!(end_of_life(&found.image, Some(&found.tag)), [], "{found:?}");
        }
    }
    assert!(is_toolchain("golang", Some("1.26")));
    assert!(!is_toolchain("eclipse-temurin", Some("21-jre")));
    assert!(!is_toolchain("python", None));
}

#[test]
fn sizes_are_of_the_variant() {
    for (image, tag, expected) in [
        ("python", "3.13", Some(1020)),
        ("python", "3.13-slim-bookworm", Some(125)),
        ("python", "3.13-alpine", Some(50)),
        ("golang", "1.26", Some(840)),
        ("golang", "1.26-alpine", Some(250)),
        ("alpine", "3.23", Some(8)),
        ("eclipse-temurin", "21-jre", Some(275)),
        ("eclipse-temurin", "21-jre-alpine", None),
        ("mcr.microsoft.com/dotnet/aspnet", "8.0-jammy-chiseled", None),
        ("acme/app", "1", None),
    ] {
        assert_eq!(size(image, Some(tag)), expected, "{image}:{tag}");
    }
}
