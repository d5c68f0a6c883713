//! Rules about `FROM`, stages, and what is copied from them.

use super::Sink;
use super::facts::{Image, Line};
use crate::syntax::{Args, Keyword};

pub(super) fn check(lines: &[Line<'_>], sink: &mut Sink<'_>) {
    let mut names: Vec<&str> = Vec::new();
    let mut seen_from = false;
    for line in lines.iter().filter(|line| !line.onbuild) {
        if let Some(from) = line.from() {
            seen_from = true;
            let text = from.image.as_ref().map_or("", |word| word.text.as_str());
            base(text, &names, line, sink);
            platform(line, sink);
            let name = from.name.as_ref().map(|word| word.text.as_str());
            if let Some(name) = name {
                if names.contains(&name) {
                    sink.add("DL3024", line);
                }
                if matches!(name, "scratch" | "context") {
                    sink.add("DL3063", line);
                }
            }
            names.push(name.unwrap_or_default());
            trust(text, &names[..names.len() - 1], line, sink);
        } else if !seen_from && !line.is(Keyword::Arg) {
            sink.add("DL3061", line);
        }
        match line.instruction.keyword {
            Keyword::Copy => copy(&names, line, sink),
            Keyword::Run => mounts(&names, line, sink),
            _ => {}
        }
    }
}

fn base(text: &str, names: &[&str], line: &Line<'_>, sink: &mut Sink<'_>) {
    let image = Image::of(text);
    if image.has_digest {
        return;
    }
    if image.tag == Some("latest") {
        sink.add("DL3007", line);
    }
    if image.tag.is_none() && text != "scratch" && !image.name.starts_with('$') && !names.contains(&text) {
        sink.add("DL3006", line);
    }
}

fn platform(line: &Line<'_>, sink: &mut Sink<'_>) {
    let Some(flag) = line.instruction.flag("platform") else { return };
    let value = flag.value.as_ref().map_or("", |word| word.text.as_str());
    if !value.contains("BUILDPLATFORM") && !value.contains("TARGETPLATFORM") {
        sink.add("DL3029", line);
    }
    if matches!(value, "$TARGETPLATFORM" | "${TARGETPLATFORM}") {
        sink.add("DL3065", line);
    }
}

fn copy(names: &[&str], line: &Line<'_>, sink: &mut Sink<'_>) {
    let Some(flag) = line.instruction.flag("from") else { return };
    let value = flag.value.as_ref().map_or("", |word| word.text.as_str());
    let (own, earlier) = names.split_last().map_or(("", names), |(own, earlier)| (*own, earlier));
    let number: String = value.chars().take_while(char::is_ascii_digit).collect();
    let is_index = number.parse::<usize>().is_ok_and(|number| number < names.len());
    if !value.contains(':') && !is_index && !names.contains(&value) {
        sink.add("DL3022", line);
    }
    if !own.is_empty() && own == value {
        sink.add("DL3023", line);
    }
    trust(value, earlier, line, sink);
    if let Args::Copy(copy) = &line.instruction.args
        && copy.dest.as_ref().is_some_and(|dest| dest.text == "/")
        && copy.sources.iter().any(|source| source.text == "/")
    {
        sink.add("DL3067", line);
    }
}

fn mounts(names: &[&str], line: &Line<'_>, sink: &mut Sink<'_>) {
    for flag in line.instruction.flags.iter().filter(|flag| flag.name == "mount") {
        if let Some(from) = flag.field("from") {
            trust(&from.text, names, line, sink);
        }
    }
}

/// Registries, only if a list of trusted ones is set.
fn trust(text: &str, names: &[&str], line: &Line<'_>, sink: &mut Sink<'_>) {
    let trusted = &sink.options.trusted_registries;
    let is_index = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if trusted.is_empty() || text == "scratch" || text.is_empty() || is_index || names.contains(&text) {
        return;
    }
    let image = Image::of(text);
    let fits = |pattern: &String| match image.registry {
        Some(registry) => matches(pattern, registry),
        None => ["docker.io", "hub.docker.com"].iter().any(|own| matches(pattern, own)),
    };
    if !trusted.iter().any(fits) {
        sink.add("DL3026", line);
    }
}

/// `*`, `*.example.com`, `example.*`, or the name itself.
fn matches(pattern: &str, registry: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        _ if pattern == "*" => true,
        (Some(end), _) => registry.ends_with(end),
        (_, Some(start)) => registry.starts_with(start),
        _ => pattern == registry,
    }
}
