use super::*;

fn ends(image: &str, tag: &str) -> Vec<(&'static str, &'static str)> {
    end_of_life(image, Some(tag)).iter().map(|end| (end.product, end.version)).collect()
}

#[test]
fn old_things_have_ended() {
    type Ended<'a> = &'a [(&'a str, &'a str)];
    let cases: &[(&str, &str, Ended<'_>)] = &[
        ("python", "2.7", &[("Python", "2.7")]),
        ("python", "2", &[("Python", "2")]),
        ("python", "3", &[]),
        ("python", "3.1", &[]),
        ("python", "3.10-slim", &[("Python", "3.10")]),
        ("python", "3.11-slim", &[]),
        ("python", "3.12-slim-buster", &[("Debian", "10")]),
        ("python", "3.9-slim-bullseye", &[("Python", "3.9"), ("Debian", "11")]),
        ("python", "slim-bookworm", &[]),
        ("node", "14-alpine3.12", &[("Node.js", "14"), ("Alpine", "3.12")]),
        ("node", "0.10", &[("Node.js", "0.10")]),
        ("node", "20", &[("Node.js", "20")]),
        ("node", "22-alpine", &[]),
        ("node", "lts", &[]),
        ("golang", "1.19", &[("Go", "1.19")]),
        ("golang", "1.26", &[]),
        ("golang", "1", &[]),
        ("php", "7.4-fpm", &[("PHP", "7.4")]),
        ("php", "7", &[("PHP", "7")]),
        ("php", "8.2-apache", &[]),
        ("ruby", "3.2", &[("Ruby", "3.2")]),
        ("ruby", "3", &[]),
        ("mysql", "5.7", &[("MySQL", "5.7")]),
        ("mysql", "8", &[]),
        ("mysql", "8.0.36", &[("MySQL", "8.0")]),
        ("postgres", "9.6-alpine", &[("PostgreSQL", "9.6")]),
        ("postgres", "14.2", &[("PostgreSQL", "14")]),
        ("mcr.microsoft.com/dotnet/sdk", "8.0", &[(".NET", "8")]),
        ("mcr.microsoft.com/dotnet/sdk", "10.0", &[]),
        ("debian", "jessie", &[("Debian", "8")]),
        ("debian", "10.13-slim", &[("Debian", "10")]),
        ("debian", "stable", &[]),
        ("ubuntu", "18.04", &[("Ubuntu", "18.04")]),
        ("ubuntu", "xenial", &[("Ubuntu", "16.04")]),
        ("ubuntu", "24.04", &[]),
        ("alpine", "3.8", &[("Alpine", "3.8")]),
        ("alpine", "3.8.5", &[("Alpine", "3.8")]),
        ("alpine", "3", &[]),
        ("alpine", "latest", &[]),
        ("centos", "7", &[("centos", ""), ("CentOS", "7")]),
        ("centos", "centos6", &[("centos", ""), ("CentOS", "6")]),
        ("quay.io/centos/centos", "stream8", &[("CentOS Stream", "8")]),
        ("quay.io/centos/centos", "stream9", &[]),
        ("amazonlinux", "2", &[("Amazon Linux", "2")]),
        ("amazonlinux", "2023", &[]),
        ("amazonlinux", "2018.03", &[("Amazon Linux", "2018")]),
        ("opensuse/leap", "15.3", &[("openSUSE", "15.3")]),
        ("oraclelinux", "7-slim", &[("Oracle Linux", "7")]),
        ("openjdk", "17-slim", &[("openjdk", "")]),
        ("openjdk", "11-jre-slim-buster", &[("openjdk", ""), ("Debian", "10")]),
        ("gcr.io/distroless/base-debian10", "latest", &[("Debian", "10")]),
        ("gcr.io/distroless/base-debian12", "latest", &[]),
        ("nvidia/cuda", "11.0-base-ubuntu18.04", &[("Ubuntu", "18.04")]),
        ("bitnami/redis", "7.2", &[("bitnami/", "")]),
        ("bitnami/redis", "latest", &[]),
        ("acme/app", "1.0-stretch", &[("Debian", "9")]),
        ("acme/app", "ubuntu-18.04", &[("Ubuntu", "18.04")]),
        ("acme/app", "alpine-3.4", &[]),
        ("acme/debian", "9", &[]),
        ("acme/python", "2.7", &[]),
        ("buildpack-deps", "stretch-curl", &[("Debian", "9")]),
        ("mcr.microsoft.com/windows/servercore", "ltsc2019", &[]),
    ];
    for (image, tag, expected) in cases {
        assert_eq!(ends(image, tag), *expected, "{image}:{tag}");
    }
    assert!(end_of_life("python", None).is_empty());
    assert_eq!(end_of_life("openjdk", None)[0].successor, Some("eclipse-temurin"));
    assert_eq!(end_of_life("python", Some("3.6"))[0].date, Some("2021-12-23"));
}

#[test]
fn the_tables_are_in_order() {
    assert!(table::PRODUCTS.is_sorted_by(|a, b| a.name < b.name));
    assert!(table::IMAGES.is_sorted_by(|a, b| a.0 < b.0));
    assert!(table::DEPRECATED.is_sorted_by(|a, b| a.0 < b.0));
    for (_, product) in table::IMAGES {
        assert!(table::PRODUCTS.iter().any(|row| row.name == *product), "{product}");
    }
    let dated = |date: &str| date.len() == 10 && date.bytes().filter(|byte| *byte == b'-').count() == 2;
    for product in table::PRODUCTS {
        let numbers: Vec<_> = product.cycles.iter().map(|row| version(row.0)).collect();
        assert!(numbers.is_sorted_by(|a, b| a < b), "{}", product.name);
        assert!(product.cycles.iter().all(|row| dated(row.1)), "{}", product.name);
    }
    assert!(table::DEPRECATED.iter().filter_map(|row| row.1).all(|date| dated(date) && date < DATE));
}

#[test]
fn successors_are_alive() {
    let successors = table::PRODUCTS.iter().filter_map(|row| row.successor);
    for successor in successors.chain(table::DEPRECATED.iter().filter_map(|row| row.2)) {
        let (image, tag) = match successor.rsplit_once(':') {
            Some((image, tag)) => (image, Some(tag)),
            None => (successor, None),
        };
        assert_eq!(end_of_life(image, tag), [], "{successor}");
    }
}
