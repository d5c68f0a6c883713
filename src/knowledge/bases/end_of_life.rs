//! What is no longer maintained, by its publisher's calendar.

mod table;

use crate::knowledge::DATE;
use crate::knowledge::bases;
use crate::knowledge::name::canonical;
use crate::knowledge::os::{Distro, releases_in_tag};
use super::tag::{split, version};

/// One thing in an image that has reached its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndOfLife {
    /// `Debian`, `Python`; of a deprecated image its name.
    pub product: &'static str,
    /// `10`, `3.8`; empty for a deprecated image.
    pub version: &'static str,
    /// `YYYY-MM-DD`: the last day of free maintenance, long-term support by volunteers included. `None`: not known.
    pub date: Option<&'static str>,
    /// What to use instead: an image with its tag, or without one if the old tag's version carries over.
    pub successor: Option<&'static str>,
    /// The image as a whole is discontinued, whatever its tag.
    pub deprecated_image: bool,
    /// It is the system below an image that is there for something else.
    pub below: bool,
}

/// What is past its end on [`DATE`] in an image: the image itself, the product in it, and the operating system below.
/// A tag that leaves the version open (`python:3`) is taken as its newest.
pub fn end_of_life(image: &str, tag: Option<&str>) -> Vec<EndOfLife> {
    let name = canonical(image);
    let tag = tag.unwrap_or("latest").to_ascii_lowercase();
    let mut found = Vec::new();
    found.extend(deprecated(name, &tag));
    found.extend(variant(name, &tag));
    if let Some(product) = product_of(name) {
        found.extend(ended(product, &version(&tag)));
    }
    found.extend(system(name, &tag));
    found
}

fn deprecated(name: &str, tag: &str) -> Option<EndOfLife> {
    let row = match table::DEPRECATED.binary_search_by(|row| row.0.cmp(name)) {
        Ok(at) => &table::DEPRECATED[at],
        Err(_) => table::DEPRECATED.iter().find(|row| row.0.ends_with('/') && name.starts_with(row.0))?,
    };
    // Its versioned tags were moved away; `latest` is still built.
    if row.0 == "bitnami/" && version(tag).is_empty() {
        return None;
    }
    let successor = match row.0 {
        "microsoft/dotnet" if tag.contains("aspnetcore") => Some("mcr.microsoft.com/dotnet/aspnet"),
        "microsoft/dotnet" if tag.contains("runtime") => Some("mcr.microsoft.com/dotnet/runtime"),
        "microsoft/dotnet-framework" if !tag.contains("sdk") && !tag.contains("build") => {
            Some("mcr.microsoft.com/dotnet/framework/runtime")
        }
        _ => row.2,
    };
    Some(EndOfLife { product: row.0, version: "", date: row.1, successor, deprecated_image: true, below: false })
}

/// Variants that are no longer built: `*-onbuild`, and Maven's tags on the image `openjdk`.
fn variant(name: &str, tag: &str) -> Option<EndOfLife> {
    let words = split(tag);
    let official = !name.contains('/') && bases::image(name).is_some();
    let ended = |product, version, successor| {
        Some(EndOfLife { product, version, date: None, successor, deprecated_image: false, below: true })
    };
    if official && words.contains(&"onbuild") {
        return ended("the variant", "onbuild", None);
    }
    let vendor = ["temurin", "corretto", "ibm", "semeru", "azul", "zulu", "sapmachine", "liberica", "graalvm", "microsoft"];
    let old = words.iter().any(|word| matches!(*word, "jdk" | "openjdk" | "adoptopenjdk"));
    if name == "maven" && old && !vendor.iter().any(|vendor| tag.contains(vendor)) {
        return ended("the image", "openjdk", Some("maven:3.9-eclipse-temurin-21"));
    }
    None
}

fn product_of(name: &str) -> Option<&'static table::Product> {
    let product = match table::IMAGES.binary_search_by(|row| row.0.cmp(name)) {
        Ok(at) => table::IMAGES[at].1,
        Err(_) => return None,
    };
    table::PRODUCTS.iter().find(|row| row.name == product)
}

/// The longest of the product's cycles that the version begins with.
fn ended(product: &'static table::Product, version: &[u32]) -> Option<EndOfLife> {
    let begins = |cycle: &str| {
        let cycle: Vec<u32> = cycle.split('.').map_while(|part| part.parse().ok()).collect();
        !cycle.is_empty() && version.starts_with(&cycle)
    };
    let row = product.cycles.iter().filter(|row| begins(row.0)).max_by_key(|row| row.0.matches('.').count())?;
    (row.1 < DATE).then_some(EndOfLife {
        product: product.name,
        version: row.0,
        date: Some(row.1),
        successor: product.successor,
        deprecated_image: false,
        below: false,
    })
}

fn system(name: &str, tag: &str) -> Option<EndOfLife> {
    let mut words = split(tag);
    // A release of ROS, which has the name of one of Ubuntu.
    if name.rsplit('/').next().is_some_and(|name| name.starts_with("ros")) {
        words.retain(|word| !matches!(*word, "kinetic" | "lunar"));
    }
    if name == "quay.io/centos/centos" {
        let stream = words.iter().find_map(|word| word.strip_prefix("stream"))?;
        let product = table::PRODUCTS.iter().find(|row| row.name == "CentOS Stream")?;
        return ended(product, &version(stream));
    }
    let is_system = bases::image(name).is_some_and(|row| row.role == bases::Role::Os);
    // A word of the tag that names a release counts in any image; the number before it only in a system's own.
    let spoken = releases_in_tag(&words).into_iter().find(|found| found.1.is_some());
    let (distro, release) = match spoken {
        Some((distro, release)) => (distro, release?.to_owned()),
        None if is_system || name.starts_with("gcr.io/distroless/") => {
            let os = bases::os(name, Some(tag))?;
            (os.distro, os.version?)
        }
        None => return None,
    };
    let product = match distro {
        // Built from Debian, and named after it.
        Distro::Distroless => "Debian".to_owned(),
        distro => distro.to_string(),
    };
    let product = table::PRODUCTS.iter().find(|row| row.name == product)?;
    let end = ended(product, &version(&release))?;
    let own = end.successor.is_none_or(|successor| successor.split(':').next() == Some(name));
    Some(EndOfLife { below: !(is_system && own), ..end })
}

/// What to write in place of a tag whose version has ended: the newest version, of the same flavour.
pub fn renewed(image: &str, tag: Option<&str>, end: &EndOfLife) -> Option<String> {
    let (successor, version) = end.successor?.rsplit_once(':')?;
    let name = canonical(image);
    let dotnet = name.starts_with("mcr.microsoft.com/dotnet/");
    let own = if dotnet { name.replacen("/core/", "/", 1) } else { successor.to_owned() };
    let tag = tag.unwrap_or_default().to_ascii_lowercase();
    // A system that was not slim stays what it was.
    let version = match version.strip_suffix("-slim") {
        Some(full) if !tag.split('-').any(|word| word == "slim") && matches!(name, "debian" | "oraclelinux") => full,
        _ => version,
    };
    let mut out = format!("{own}:{version}");
    if product_of(name).is_some_and(|product| product.name == end.product) {
        for word in split(&tag).into_iter().skip(1) {
            match word {
                "slim" | "fpm" | "apache" | "cli" | "zts" => out.extend(["-", word]),
                word if word.starts_with("alpine") && has_alpine(name) => out.push_str("-alpine"),
                _ => {}
            }
        }
    }
    Some(out)
}

fn has_alpine(name: &str) -> bool {
    const ALPINE: [&str; 11] = [
        "golang", "haproxy", "httpd", "memcached", "nginx", "node", "php", "postgres", "python", "redis", "ruby",
    ];
    ALPINE.contains(&name)
        || name.starts_with("mcr.microsoft.com/dotnet/")
}

#[cfg(test)]
#[path = "end_of_life/tests.rs"]
mod tests;
