//! `--show-invocations`: how each Dockerfile is built, as commands.

use std::io::{self, Write};
use std::path::Path;

use crate::builds::Invocation;
use crate::command::inputs::Inputs;
use crate::knowledge::secrets::suspicion;
use crate::text::escape::visible;

pub(super) fn show(inputs: &Inputs, out: &mut dyn Write) -> io::Result<()> {
    let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
    let built = inputs.files.iter().filter_map(|input| match input.is_compose {
        true => Some((input, input.inline_builds())).filter(|(_, builds)| !builds.is_empty()),
        false => Some((input, input.invocations())),
    });
    for (index, (input, invocations)) in built.enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        writeln!(out, "# {}", visible(&input.name))?;
        if invocations.is_empty() {
            writeln!(out, "# no file of the project builds it")?;
        }
        for invocation in &invocations {
            writeln!(out, "# {}: {}", visible(&path(&invocation.file, &here)), visible(&invocation.by))?;
            writeln!(out, "{}", visible(&command(invocation, &here)))?;
        }
    }
    Ok(())
}

/// The command that does the same build; a Dockerfile in another file is for its standard input. Values of secrets are left
/// out.
fn command(invocation: &Invocation, here: &Path) -> String {
    let file = match invocation.is_inline {
        true => "-".to_owned(),
        false => quoted(&path(&invocation.dockerfile, here)),
    };
    let mut words = vec!["docker build".to_owned(), format!("--file {file}")];
    words.extend(invocation.target.iter().map(|target| format!("--target {}", quoted(target))));
    for (name, value) in &invocation.args {
        words.push(match suspicion(name) {
            Some(_) => format!("--build-arg {}", quoted(name)),
            None => format!("--build-arg {}", quoted(&format!("{name}={value}"))),
        });
    }
    words.extend(invocation.open_args.iter().map(|name| format!("--build-arg {}", quoted(name))));
    let contexts = invocation.contexts.iter();
    words.extend(contexts.map(|(name, value)| format!("--build-context {}", quoted(&format!("{name}={value}")))));
    words.push(quoted(&path(&invocation.context, here)));
    words.join(" ")
}

/// A path from the working directory, if it is below that.
fn path(path: &Path, here: &Path) -> String {
    match path.strip_prefix(here) {
        Ok(rest) if rest.as_os_str().is_empty() => ".".to_owned(),
        Ok(rest) => rest.display().to_string(),
        Err(_) => path.display().to_string(),
    }
}

/// A word as a shell reads it.
fn quoted(text: &str) -> String {
    let is_plain = |char: char| char.is_ascii_alphanumeric() || "-_./:=@+,%".contains(char);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}
