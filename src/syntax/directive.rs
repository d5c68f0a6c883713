//! `# syntax=`, `# escape=` and `# check=` at the top of a file.

use super::lines::Line;
use super::tree::{Directive, Escape, SyntaxError, SyntaxErrorKind};
use crate::text::Span;
use crate::text::suggest::{nearest, shorten};

const NAMES: [&str; 3] = ["syntax", "escape", "check"];

/// BuildKit reads the top of a file twice, by two rules. `escape`: white space may stand before the `#`, a `#!` line
/// ends it. `syntax` and `check`: the `#` comes first, a `#!` line before them is skipped.
pub(super) struct Directives {
    escape_open: bool,
    others_open: bool,
    seen: Vec<&'static str>,
}

impl Directives {
    pub(super) fn new() -> Self {
        Self { escape_open: true, others_open: true, seen: Vec::new() }
    }

    pub(super) fn open(&self) -> bool {
        self.escape_open || self.others_open
    }

    /// Reads one line at the top of the file. Gives the directive when it takes effect.
    pub(super) fn read(
        &mut self,
        text: &str,
        line: &Line,
        first: bool,
        escape: &mut Escape,
        errors: &mut Vec<SyntaxError>,
    ) -> Option<Directive> {
        let content = line.content(text);
        if first && content.starts_with("#!") {
            self.escape_open = false;
            return None;
        }
        let Some((name, directive)) = matched(content, line.start) else {
            self.escape_open = false;
            self.others_open = false;
            return None;
        };
        self.others_open &= content.starts_with('#');
        let error = |span, message: String| SyntaxError::new(SyntaxErrorKind::Directive, span, message);
        if self.escape_open && self.seen.contains(&name) {
            let message = format!("`# {name}=` is set twice");
            errors.push(error(directive.name_span, message).help("keep one; each parser directive can be set only once"));
            return None;
        }
        let repeated = self.seen.contains(&name);
        self.seen.push(name);
        if name != "escape" {
            if !self.others_open || repeated {
                return None;
            }
            if name == "check" {
                check_options(&directive, errors);
            }
            return Some(directive);
        }
        if !self.escape_open {
            return None;
        }
        match &*directive.value {
            "\\" => *escape = Escape::Backslash,
            "`" => *escape = Escape::Backtick,
            other => {
                let message = format!("`{}` cannot be the escape character", shorten(other));
                errors.push(
                    error(directive.value_span, message).help("use a backslash or, for Windows paths, a backtick"),
                );
                return None;
            }
        }
        Some(directive)
    }
}

/// `# name = value` with a name that BuildKit knows.
fn matched(content: &str, start: usize) -> Option<(&'static str, Directive)> {
    // Go's `\s`.
    let blank = |char: char| matches!(char, ' ' | '\t' | '\n' | '\r' | '\u{c}');
    let body = content.trim_start().strip_prefix('#')?.trim_start();
    // All of these are slices of `content`.
    let at = |part: &str| start + (part.as_ptr() as usize - content.as_ptr() as usize);
    let name_len = body.find(|char: char| !char.is_ascii_alphanumeric())?;
    let name = &body[..name_len];
    if !name.starts_with(|char: char| char.is_ascii_alphabetic()) {
        return None;
    }
    let known = NAMES.into_iter().find(|known| known.eq_ignore_ascii_case(name))?;
    let rest = body[name_len..].trim_start_matches(blank).strip_prefix('=')?;
    if rest.is_empty() {
        return None;
    }
    let mut value = rest.trim_start_matches(blank).trim_end_matches(blank);
    if value.is_empty() {
        // The pattern wants one character, so it matches a space.
        value = &rest[rest.len() - 1..];
    }
    let span = |part: &str| Span::new(at(part), at(part) + part.len());
    let directive =
        Directive { name: known.to_owned(), name_span: span(name), value: value.to_owned(), value_span: span(value) };
    Some((known, directive))
}

/// `skip=…;error=…;experimental=…`, up to the first space.
fn check_options(directive: &Directive, errors: &mut Vec<SyntaxError>) {
    let value = directive.value.split(' ').next().unwrap_or_default();
    let mut at = directive.value_span.start();
    for option in value.splitn(3, ';') {
        let span = Span::new(at, at + option.len());
        at += option.len() + 1;
        let mut error = |message: String, help: &str| {
            errors.push(SyntaxError::new(SyntaxErrorKind::Directive, span, message).help(help));
        };
        let (key, setting) = option.split_once('=').unwrap_or((option, ""));
        match key {
            _ if option.is_empty() => error(
                "an option of `# check=` is missing".to_owned(),
                "separate the options with `;` and no spaces, because the value ends at the first space",
            ),
            "skip" | "experimental" if option.contains('=') => {}
            "error" if is_go_bool(setting) => {}
            "error" => {
                error(format!("`{}` is neither true nor false", shorten(setting)), "write `error=true`, or omit it")
            }
            "skip" | "experimental" => error(
                format!("`{key}` has no value"),
                "write `skip=Rule,Rule`: the value of `# check=` ends at the first space",
            ),
            _ => {
                let help = match nearest(key, ["skip", "error", "experimental"]) {
                    Some(known) => format!("did you mean `{known}`?"),
                    None => "the options are `skip=Rule,Rule`, `error=true` and `experimental=Rule`, separated by `;`"
                        .to_owned(),
                };
                error(format!("`{}` is not a valid option of `# check=`", shorten(option)), &help);
            }
        }
    }
}

/// What Go's `strconv.ParseBool` takes.
pub(super) fn is_go_bool(text: &str) -> bool {
    matches!(text, "1" | "t" | "T" | "TRUE" | "true" | "True" | "0" | "f" | "F" | "FALSE" | "false" | "False")
}
