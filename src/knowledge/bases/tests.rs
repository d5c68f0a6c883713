use super::super::managers::Manager;
use super::*;

type Found<'a> = Option<(Distro, Option<&'a str>)>;
type Brings<'a> = (&'a str, &'a str, Option<Manager>, Shells, Option<Libc>);

#[test]
fn the_tables_are_sorted_and_wide_enough() {
    assert!(table::IMAGES.is_sorted_by(|a, b| a.name < b.name));
    assert!(table::FAMILIES.is_sorted_by(|a, b| a.name < b.name));
    assert!(table::FAMILIES.iter().all(|row| row.name.ends_with('/')));
    assert!(table::IMAGES.len() >= 120);
    for row in table::IMAGES {
        assert_eq!(canonical(row.name), row.name, "a synonym never reaches the table");
    }
}

#[test]
fn images_stand_on_systems() {
    let cases: &[(&str, Option<&str>, Found<'_>)] = &[
        ("python", None, Some((Distro::Debian, None))),
        ("python", Some("3.13-slim-bookworm"), Some((Distro::Debian, Some("12")))),
        ("python", Some("3.13-alpine"), Some((Distro::Alpine, None))),
        ("python", Some("3.13-alpine3.21"), Some((Distro::Alpine, Some("3.21")))),
        ("python", Some("windowsservercore-ltsc2022"), Some((Distro::Windows, Some("2022")))),
        ("debian", Some("12.5-slim"), Some((Distro::Debian, Some("12")))),
        ("ubuntu", Some("22.04"), Some((Distro::Ubuntu, Some("22.04")))),
        ("ubuntu", Some("noble-20250127"), Some((Distro::Ubuntu, Some("24.04")))),
        ("alpine", Some("3.21.3"), Some((Distro::Alpine, Some("3.21")))),
        ("alpine", Some("3"), Some((Distro::Alpine, Some("3")))),
        ("centos", Some("centos7"), Some((Distro::Centos, Some("7")))),
        ("registry.access.redhat.com/ubi9/ubi-minimal", Some("9.4-1"), Some((Distro::Rhel, Some("9")))),
        ("redhat/ubi8", None, Some((Distro::Rhel, Some("8")))),
        ("gcr.io/distroless/static-debian12", Some("nonroot"), Some((Distro::Distroless, Some("12")))),
        ("nvidia/cuda", Some("12.2.0-runtime-ubuntu22.04"), Some((Distro::Ubuntu, Some("22.04")))),
        ("eclipse-temurin", Some("21-jre-ubi9-minimal"), Some((Distro::Rhel, Some("9")))),
        ("openjdk", Some("8-jre"), Some((Distro::Debian, None))),
        ("openjdk", Some("17"), Some((Distro::Oracle, None))),
        ("openjdk", Some("17-slim"), Some((Distro::Debian, None))),
        ("mcr.microsoft.com/dotnet/sdk", Some("8.0"), Some((Distro::Debian, Some("12")))),
        ("mcr.microsoft.com/dotnet/sdk", Some("10.0"), Some((Distro::Ubuntu, Some("24.04")))),
        (
            "mcr.microsoft.com/dotnet/aspnet",
            Some("10.0-azurelinux3.0-distroless"),
            Some((Distro::AzureLinux, Some("3.0"))),
        ),
        ("mcr.microsoft.com/dotnet/aspnet", Some("42.0"), None),
        ("acme/app", Some("1.2-alpine3.20"), Some((Distro::Alpine, Some("3.20")))),
        ("acme/app", Some("1.2"), None),
        ("acme/app", Some("ubuntu-22.04-helix"), Some((Distro::Ubuntu, Some("22.04")))),
        ("registry.example/alpine", Some("1.2"), Some((Distro::Alpine, None))),
        ("", Some(""), None),
    ];
    for (image, tag, expected) in cases {
        let found = os(image, *tag);
        let found = found.as_ref().map(|os| (os.distro, os.version.as_deref()));
        assert_eq!(found, *expected, "{image}:{tag:?}");
    }
}

#[test]
fn systems_bring_shells_and_managers() {
    let cases: &[Brings<'_>] = &[
        ("alpine", "3.21", Some(Manager::Apk), Shells::Ash, Some(Libc::Musl)),
        ("debian", "12-slim", Some(Manager::Apt), Shells::Bash, Some(Libc::Glibc)),
        ("gcr.io/distroless/static-debian12", "latest", None, Shells::None, None),
        ("gcr.io/distroless/base-debian12", "debug", None, Shells::Ash, Some(Libc::Glibc)),
        ("mcr.microsoft.com/dotnet/aspnet", "8.0-jammy-chiseled", None, Shells::None, Some(Libc::Glibc)),
        ("cgr.dev/chainguard/python", "latest", None, Shells::None, Some(Libc::Glibc)),
        ("cgr.dev/chainguard/python", "latest-dev", Some(Manager::Apk), Shells::Ash, Some(Libc::Glibc)),
        ("ubi9-micro", "latest", None, Shells::Bash, Some(Libc::Glibc)),
        ("bash", "5.2", Some(Manager::Apk), Shells::Bash, Some(Libc::Musl)),
        ("busybox", "1.37-musl", None, Shells::Ash, Some(Libc::Musl)),
        ("opensuse/leap", "15.6", Some(Manager::Zypper), Shells::Bash, Some(Libc::Glibc)),
        ("archlinux", "latest", Some(Manager::Pacman), Shells::Bash, Some(Libc::Glibc)),
    ];
    for (image, tag, manager, shells, libc) in cases {
        let os = os(image, Some(tag)).unwrap();
        assert_eq!((os.manager, os.shells, os.libc), (*manager, *shells, *libc), "{image}:{tag}");
    }
}

#[test]
fn images_run_as_users() {
    let user = |image, tag| default_user(image, tag).map(|user| (user.name, user.uid));
    assert!(default_user("python", Some("3.13")).unwrap().is_root());
    assert!(default_user("node", None).unwrap().is_root());
    assert_eq!(user("gcr.io/distroless/static-debian12", Some("nonroot")), Some((Some("nonroot"), Some(65532))));
    assert!(default_user("gcr.io/distroless/static-debian12", Some("latest")).unwrap().is_root());
    assert_eq!(user("bitnami/redis", None), Some((None, Some(1001))));
    assert_eq!(user("grafana/grafana", Some("11.0.0")), Some((Some("grafana"), Some(472))));
    assert_eq!(user("docker", Some("27-dind-rootless")), Some((Some("rootless"), Some(1000))));
    assert_eq!(user("mcr.microsoft.com/dotnet/aspnet", Some("8.0-jammy-chiseled")), Some((Some("app"), Some(1654))));
    assert_eq!(user("acme/app", None), None);
    assert_eq!(user("python", Some("3.13-windowsservercore")), None);

    let names = |image, tag| accounts(image, tag).iter().filter_map(|account| account.name).collect::<Vec<_>>();
    assert_eq!(names("node", Some("22-alpine")), ["node"]);
    assert_eq!(names("mcr.microsoft.com/dotnet/aspnet", Some("8.0")), ["app"]);
    assert!(names("mcr.microsoft.com/dotnet/aspnet", Some("7.0")).is_empty());
    assert_eq!(names("ubuntu", Some("24.04")), ["ubuntu"]);
    assert!(names("ubuntu", Some("22.04")).is_empty());
    assert!(names("python", Some("3.13")).is_empty());
    assert_eq!(image("postgres").unwrap().steps_down_to, Some("postgres"));
}

#[test]
fn images_have_roles() {
    assert_eq!(role("golang"), Some(Role::Toolchain));
    assert_eq!(role("arm64v8/buildpack-deps"), Some(Role::Toolchain));
    assert_eq!(role("docker.io/library/postgres"), Some(Role::Database));
    assert_eq!(role("gcr.io/distroless/java21-debian12"), Some(Role::Runtime));
    assert_eq!(role("acme/app"), None);
}
