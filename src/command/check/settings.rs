//! `--show-settings`: the effective settings, as TOML that sets them.

use std::io::{self, Write};
use std::sync::Arc;

use toml::Value;

use crate::command::inputs::Inputs;
use crate::text::Variants;
use crate::text::escape::visible;

pub(super) fn show(inputs: &Inputs, out: &mut dyn Write) -> io::Result<()> {
    let mut shown: Vec<&Arc<_>> = Vec::new();
    for input in &inputs.files {
        let settings = &input.settings;
        if shown.iter().any(|other| Arc::ptr_eq(other, settings)) {
            continue;
        }
        if !shown.is_empty() {
            writeln!(out)?;
        }
        shown.push(settings);
        for same in inputs.files.iter().filter(|input| Arc::ptr_eq(&input.settings, settings)) {
            writeln!(out, "# {}", visible(&same.name))?;
        }
        match &settings.config {
            Some(path) => writeln!(out, "# configuration: {}", visible(&path.display().to_string()))?,
            None => writeln!(out, "# no configuration file")?,
        }
        let targets: Vec<_> = settings.targets.iter().map(|target| Value::String(target.as_str().to_owned())).collect();
        writeln!(out, "preview = {}", settings.preview)?;
        writeln!(out, "fail-on = \"{}\"", settings.fail_on.as_str())?;
        writeln!(out, "targets = {}", Value::Array(targets))?;
        writeln!(out, "shellcheck = \"{}\"", settings.lint.shellcheck.as_str())?;
        writeln!(out, "\n[build-args]")?;
        for (name, value) in &settings.build_args {
            writeln!(out, "{} = {}", key(name), Value::String(value.clone()))?;
        }
        writeln!(out, "\n[levels]")?;
        for (entry, level) in &settings.lint.rules {
            writeln!(out, "{} = \"{}\"", entry.meta.name, level.as_str())?;
        }
    }
    Ok(())
}

/// A key as TOML writes it.
fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if bare { name.to_owned() } else { Value::String(name.to_owned()).to_string() }
}
