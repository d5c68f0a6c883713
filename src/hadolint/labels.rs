//! Rules about labels: their keys, and the schema if there is one.

use std::collections::{BTreeMap, BTreeSet};

use super::Sink;
use super::facts::{Line, unquoted};
use crate::knowledge::labels::{Form, is_deprecated_licence};
use crate::syntax::{Args, Keyword, Pair};

pub(super) fn check(lines: &[Line<'_>], sink: &mut Sink<'_>) {
    for line in lines.iter().filter(|line| !line.onbuild) {
        for pair in pairs(line) {
            let key = unquoted(&pair.name.text);
            if !is_valid(key) {
                sink.add("DL3048", line);
            }
            schema(key, pair, line, sink);
        }
    }
    missing(lines, sink);
}

fn pairs<'a>(line: &Line<'a>) -> &'a [Pair] {
    match &line.instruction.args {
        Args::Pairs(pairs) if line.is(Keyword::Label) => &pairs.pairs,
        _ => &[],
    }
}

/// Lower case, digits and single separators, in no reserved namespace.
fn is_valid(key: &str) -> bool {
    let reserved = ["com.docker.", "io.docker.", "org.dockerproject."];
    let is_char = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._/-".contains(&byte);
    let ends = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    key.as_bytes().first().is_some_and(u8::is_ascii_lowercase)
        && ends(key.as_bytes().last())
        && key.bytes().all(is_char)
        && !key.contains("..")
        && !key.contains("--")
        && !reserved.iter().any(|start| key.starts_with(start))
}

fn schema(key: &str, pair: &Pair, line: &Line<'_>, sink: &mut Sink<'_>) {
    let options = sink.options;
    let Some(form) = options.labels.get(key) else {
        if options.strict_labels {
            sink.add("DL3050", line);
        }
        return;
    };
    let value = pair.value.as_ref().map_or("", |value| unquoted(&value.text));
    if value.is_empty() {
        sink.add("DL3051", line);
    }
    let is_hash = |text: &str| {
        matches!(text.len(), 7 | 40) && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    };
    let (code, fits) = match form {
        Form::Text => return,
        Form::Hash => ("DL3055", is_hash(value)),
        Form::Spdx => ("DL3054", !value.contains(' ') && form.fits(value) && !is_deprecated_licence(value)),
        Form::Url => ("DL3052", form.fits(value)),
        Form::Rfc3339 => ("DL3053", form.fits(value)),
        Form::Semver => ("DL3056", form.fits(value)),
        Form::Email => ("DL3058", form.fits(value)),
    };
    if !fits {
        sink.add(code, line);
    }
}

/// Stages that lack labels of the schema. A stage has those of the one it is based on; one that files are copied from by name needs
/// none.
fn missing(lines: &[Line<'_>], sink: &mut Sink<'_>) {
    let required: BTreeSet<&str> = sink.options.labels.keys().map(String::as_str).collect();
    let mut stages: Vec<StageLabels<'_>> = Vec::new();
    let mut named: BTreeMap<&str, usize> = BTreeMap::new();
    for line in lines {
        if let Some(from) = line.from() {
            let base = from.image.as_ref().and_then(|image| named.get(image.text.as_str()));
            let present = base.map(|base| stages[*base].present.clone()).unwrap_or_default();
            if let Some(name) = &from.name {
                named.insert(name.text.as_str(), stages.len());
            }
            stages.push(StageLabels { line, present, is_source: false });
        }
        let copied = line.instruction.flag("from").and_then(|flag| flag.value.as_ref());
        if let Some(source) = copied.and_then(|word| named.get(word.text.as_str())).filter(|_| line.is(Keyword::Copy)) {
            stages[*source].is_source = true;
        }
        if let Some(stage) = stages.last_mut() {
            stage.present.extend(pairs(line).iter().map(|pair| unquoted(&pair.name.text)).filter(|key| required.contains(key)));
        }
    }
    for stage in stages.iter().filter(|stage| !stage.is_source && stage.present.len() < required.len()) {
        sink.add("DL3049", stage.line);
    }
}

struct StageLabels<'a> {
    line: &'a Line<'a>,
    /// Of those that are required.
    present: BTreeSet<&'a str>,
    is_source: bool,
}
