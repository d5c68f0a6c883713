//! `--show-settings`: what is in force, as TOML that would bring it about.

use std::io::{self, Write};
use std::sync::Arc;

use clap::ValueEnum;
use toml::Value;

use crate::command::inputs::Inputs;
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
            Some(path) => writeln!(out, "# configured by {}", visible(&path.display().to_string()))?,
            None => writeln!(out, "# no configuration file")?,
        }
        let names =
            settings.targets.iter().filter_map(|target| Some(target.to_possible_value()?.get_name().to_owned()));
        let targets: Vec<_> = names.map(Value::String).collect();
        writeln!(out, "preview = {}", settings.preview)?;
        writeln!(out, "fail-on = \"{}\"", settings.fail_on.as_str())?;
        writeln!(out, "targets = {}", Value::Array(targets))?;
        let engine = settings.lint.shellcheck.to_possible_value();
        let engine = engine.as_ref().map_or("", |value| value.get_name());
        writeln!(out, "shellcheck = \"{engine}\"")?;
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

/// A key as TOML has it.
fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if bare { name.to_owned() } else { Value::String(name.to_owned()).to_string() }
}
