//! Values of options that engines take: checked before an engine is looked for. Errors follow “invalid value: ”.

use std::path::Path;

use serde::{Deserialize, Deserializer};

use crate::knowledge::capabilities::{ALL, CAPABILITIES};
use crate::knowledge::platforms::{ARCHITECTURES, SYSTEMS};
use crate::text::suggest;

/// A capability, in the form without `CAP_`.
///
/// # Errors
/// When Linux does not have a capability of that name.
pub fn capability(text: &str) -> Result<String, String> {
    let name = text.to_ascii_uppercase();
    let name = name.strip_prefix("CAP_").unwrap_or(&name);
    if name == ALL || CAPABILITIES.contains(&name) {
        return Ok(name.to_owned());
    }
    let like = suggest::nearest(name, CAPABILITIES.iter().copied());
    let hint = like.map(|like| format!("; did you mean `{like}`?"));
    Err(format!("Linux has no such capability{}", hint.unwrap_or_default()))
}

/// A list of capabilities, in a configuration file.
///
/// # Errors
/// When Linux does not have one of them.
pub fn capabilities<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let each = Vec::<String>::deserialize(from)?.into_iter().map(|text| {
        capability(&text).map_err(|why| serde::de::Error::custom(format!("invalid capability `{text}`: {why}")))
    });
    each.collect()
}

/// A platform: `linux/arm64`, `linux/arm/v7`, `arm64`.
///
/// # Errors
/// When the operating system or the architecture is not known.
pub fn platform(text: &str) -> Result<String, String> {
    let lower = text.to_ascii_lowercase();
    let parts: Vec<&str> = lower.split('/').collect();
    // `windows(10.0.17763)/amd64`
    let is_system = |part: &str| SYSTEMS.contains(&part.split('(').next().unwrap_or_default());
    let is_known = match parts[..] {
        [one] => is_system(one) || ARCHITECTURES.contains(&one),
        [system, architecture] => is_system(system) && ARCHITECTURES.contains(&architecture),
        [system, architecture, variant] => {
            is_system(system) && ARCHITECTURES.contains(&architecture) && !variant.is_empty()
        }
        _ => false,
    };
    if is_known { Ok(text.to_owned()) } else { Err("expected OS/ARCH, such as linux/arm64".to_owned()) }
}

/// A secret of a build: `id=NAME,src=FILE` or `id=NAME,env=VARIABLE`.
///
/// # Errors
/// When it has no `id`, an unknown key, or names a file that does not exist.
pub fn secret(text: &str) -> Result<String, String> {
    let mut id = "";
    let (mut file, mut is_variable) = (None, false);
    for field in text.split(',') {
        let expected = || "expected id=NAME,src=FILE or id=NAME,env=VARIABLE".to_owned();
        let (key, value) = field.split_once('=').ok_or_else(expected)?;
        if value.is_empty() {
            return Err(format!("`{key}` is empty"));
        }
        match key {
            "id" => id = value,
            "src" | "source" => file = Some(value),
            "env" => is_variable = true,
            "type" if value == "env" => is_variable = true,
            "type" if value == "file" => {}
            "type" => return Err("`type` must be `file` or `env`".to_owned()),
            _ => return Err(format!("unknown key `{key}`; expected id, src, env or type")),
        }
    }
    if id.is_empty() {
        return Err("`id` is missing".to_owned());
    }
    match file.filter(|file| !is_variable && !Path::new(file).exists()) {
        Some(file) => Err(format!("no such file: `{file}`")),
        None => Ok(text.to_owned()),
    }
}

/// An SSH agent or the keys of a build: `default`, `NAME`, `NAME=SOCKET` or `NAME=KEY[,KEY…]`.
///
/// # Errors
/// When it has no name, or names a file that does not exist.
pub fn ssh(text: &str) -> Result<String, String> {
    let (name, paths) = text.split_once('=').map_or((text, None), |(name, paths)| (name, Some(paths)));
    if name.is_empty() || name.contains(['/', ' ']) {
        return Err("expected `default` or NAME=PATH".to_owned());
    }
    let missing = paths.and_then(|paths| paths.split(',').find(|path| path.is_empty() || !Path::new(path).exists()));
    match missing {
        Some(path) => Err(format!("no such file: `{path}`")),
        None => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken() {
        for text in ["CHOWN", "cap_chown", "CAP_SYS_ADMIN", "all"] {
            assert!(capability(text).is_ok(), "{text}");
        }
        assert_eq!(capability("CAP_CHOWN").as_deref(), Ok("CHOWN"));
        for text in ["linux/arm64", "arm64", "linux", "linux/arm/v7", "windows(10.0.17763)/amd64"] {
            assert!(platform(text).is_ok(), "{text}");
        }
        for text in ["id=a", "id=a,src=/", "source=/,id=a", "id=a,env=TOKEN", "type=env,id=a,src=TOKEN"] {
            assert!(secret(text).is_ok(), "{text}");
        }
        for text in ["default", "deploy", "default=/,/"] {
            assert!(ssh(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_is_not_taken() {
        assert_eq!(capability("CHOWM"), Err("Linux has no such capability; did you mean `CHOWN`?".to_owned()));
        assert!(["", "CAP_", "--privileged"].iter().all(|text| capability(text).is_err()));
        let platforms = ["", "linux/", "linux/arm65", "plan9/amd64x", "linux/arm/", "a/b/c/d", "linux/amd64,linux/arm64"];
        assert!(platforms.iter().all(|text| platform(text).is_err()));
        assert_eq!(secret("src=/"), Err("`id` is missing".to_owned()));
        assert_eq!(secret("id=a,src=/nothing/here"), Err("no such file: `/nothing/here`".to_owned()));
        assert!(["", "token", "id=", "id=a,mode=0400", "id=a,type=x", "id=a,"].iter().all(|text| secret(text).is_err()));
        assert!(["", "=/", "/root/.ssh/id", "default=", "default=/,/nothing/here"].iter().all(|text| ssh(text).is_err()));
    }
}
