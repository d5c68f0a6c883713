//! Roles of Compose services: how a service is found that has another name than the rubric's.

use std::collections::BTreeMap;

#[cfg(feature = "schemas")]
use schemars::JsonSchema;
use serde::Deserialize;

use super::values::{OneOrMany, TextPattern};

/// What a service is for. The service with the rubric's name comes first; otherwise the only one that fits is taken.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ServiceRole {
    /// Its image, such as `postgres:*`.
    pub image: OneOrMany<TextPattern>,
    /// Whether it is built from a Dockerfile.
    pub build: Option<bool>,
}

/// A service of a project, as far as roles ask.
#[derive(Clone, Copy, Debug)]
pub struct ServiceTraits<'a> {
    pub name: &'a str,
    pub image: Option<&'a str>,
    pub is_built: bool,
}

impl ServiceRole {
    fn fits(&self, service: &ServiceTraits<'_>) -> bool {
        let image = service.image.unwrap_or_default();
        let short = image.trim_start_matches("docker.io/").trim_start_matches("library/");
        let is_image = self.image.is_empty()
            || !image.is_empty() && self.image.iter().any(|pattern| pattern.fits(image) || pattern.fits(short));
        is_image && self.build.is_none_or(|build| build == service.is_built)
    }
}

/// The name of the service that a rubric calls `name`.
pub fn service_name<'s>(
    name: &'s str,
    roles: &BTreeMap<String, ServiceRole>,
    services: &[ServiceTraits<'s>],
) -> Option<&'s str> {
    if services.iter().any(|service| service.name == name) {
        return Some(name);
    }
    let role = roles.get(name)?;
    let mut fitting = services.iter().filter(|service| role.fits(service));
    let first = fitting.next()?;
    fitting.next().is_none().then_some(first.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_name_then_by_role() {
        let roles: BTreeMap<String, ServiceRole> =
            toml::from_str("db = { image = ['postgres*', 'mariadb*'] }\napp = { build = true }").expect("valid roles");
        let service = |name, image, is_built| ServiceTraits { name, image, is_built };
        let one = [service("backend", None, true), service("store", Some("docker.io/library/postgres:17"), false)];
        assert_eq!(service_name("db", &roles, &one), Some("store"));
        assert_eq!(service_name("app", &roles, &one), Some("backend"));
        assert_eq!(service_name("cache", &roles, &one), None);
        let two = [service("a", None, true), service("b", None, true), service("db", Some("redis"), false)];
        assert_eq!(service_name("app", &roles, &two), None, "which of them is not known");
        assert_eq!(service_name("db", &roles, &two), Some("db"), "the name counts first");
    }
}
