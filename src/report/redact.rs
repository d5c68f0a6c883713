//! Masks the values of secrets: reports end up in logs that more people can read than the file.

use std::borrow::Cow;
use std::ops::Range;

use crate::finding::Diagnostic;
use crate::knowledge::secrets::{Value, judge, suspicion};
use crate::knowledge::tokens::{credentials, tokens};
use crate::text::{Source, Span};

/// What is shown instead of a secret, whatever its length.
pub(super) const MASK: &str = "•••";

/// The shortest token, in bytes.
const MIN_TOKEN: usize = 16;

/// Finds secrets in a text from or about a Dockerfile: tokens of known shapes, passwords in URLs, and the values of variables
/// and flags with names like those of secrets. Ascending and disjoint.
pub(super) fn secrets(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if has_long_word(text) {
        found.extend(tokens(text).map(|token| {
            let end = if token.kind == "private key" { end_of_key(text, token.at.end) } else { token.at.end };
            token.at.start..end
        }));
    }
    if text.contains("://") && text.contains('@') {
        let given = |range: &Range<usize>| !text[range.clone()].contains(['$', '…']);
        found.extend(credentials(text).map(|credentials| credentials.secret).filter(given));
    }
    let mut end = 0;
    for (at, _) in text.match_indices('=') {
        // Skip an `=` within a value.
        if let Some(value) = (at >= end).then(|| pair(text, at)).flatten() {
            end = value.end;
            found.push(value);
        }
    }
    found.extend(legacy_pairs(text));
    disjoint(found)
}

/// The text with all secrets masked.
pub(crate) fn mask(text: &str) -> Cow<'_, str> {
    let found = secrets(text);
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for range in found {
        out.push_str(&text[at..range.start]);
        out.push_str(MASK);
        at = range.end;
    }
    out.push_str(&text[at..]);
    Cow::Owned(out)
}

/// Masks a line of a changed file: secrets in the line itself, and those of the original file.
pub(super) fn mask_line(line: &str, source: &Source, in_file: &[Range<usize>]) -> String {
    const MIN_VALUE: usize = 4;
    const MAX_VALUES: usize = 500;
    let mut line = mask(line).into_owned();
    let values = in_file.iter().take(MAX_VALUES).filter_map(|range| source.text().get(range.clone()));
    for value in values.map(|value| value.trim_matches(['"', '\''])).filter(|value| value.len() >= MIN_VALUE) {
        if line.contains(value) {
            line = line.replace(value, MASK);
        }
    }
    line
}

/// Masks the texts of a finding, but not its fix.
pub(super) fn mask_finding(found: &mut Diagnostic) {
    let labels = found.labels.iter_mut().map(|label| &mut label.message);
    let title = found.fix.iter_mut().map(|fix| &mut fix.title);
    for text in std::iter::once(&mut found.message).chain(&mut found.help).chain(labels).chain(title) {
        if let Cow::Owned(masked) = mask(text) {
            *text = masked.into();
        }
    }
}

/// Finds secrets in a file: those of [`secrets`], and the passwords that the rule `literal-password` reports.
pub(super) fn in_file(source: &Source, diagnostics: &[Diagnostic]) -> Vec<Range<usize>> {
    let mut found = secrets(source.text());
    let given = diagnostics.iter().filter(|found| found.rule.name == "literal-password").map(|found| found.span);
    found.extend(given.map(|span| password(source, span)));
    disjoint(found)
}

/// The password in `root:secret`, `--password=secret` or `-psecret`; otherwise the whole span.
fn password(source: &Source, span: Span) -> Range<usize> {
    let text = source.slice(span);
    let start = match text.find([':', '=']) {
        Some(at) => at + 1,
        None if text.starts_with("-p") => 2,
        None => 0,
    };
    span.start() + start..span.end()
}

fn disjoint(mut found: Vec<Range<usize>>) -> Vec<Range<usize>> {
    found.retain(|range| !range.is_empty());
    found.sort_by_key(|range| range.start);
    let mut out: Vec<Range<usize>> = Vec::with_capacity(found.len());
    for range in found {
        match out.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => out.push(range),
        }
    }
    out
}

fn has_long_word(text: &str) -> bool {
    let mut run = 0;
    text.bytes().any(|byte| {
        run = if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-') { run + 1 } else { 0 };
        run >= MIN_TOKEN
    })
}

/// The offset after `-----END … PRIVATE KEY-----`, if that follows.
fn end_of_key(text: &str, from: usize) -> usize {
    let rest = &text[from..];
    let end = rest.find("-----END ").and_then(|at| Some(at + 9 + rest[at + 9..].find("-----")? + 5));
    end.map_or(from, |end| from + end)
}

/// The value after the `=` at `at`, if it is a secret: `DB_PASSWORD=…`, `--password=…`.
fn pair(text: &str, at: usize) -> Option<Range<usize>> {
    const MAX_NAME: usize = 64;
    const MAX_VALUE: usize = 512;
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let length = text.as_bytes()[..at].iter().rev().take(MAX_NAME).take_while(|byte| is_name(byte)).count();
    let name = text[at - length..at].trim_start_matches('-');
    if name.is_empty() || suspicion(name).is_none() {
        return None;
    }
    let start = at + 1;
    let rest = &text[start..text.floor_char_boundary(start + MAX_VALUE)];
    let (inner, end) = match rest.chars().next()? {
        quote @ ('"' | '\'') => (1, 1 + rest[1..].find([quote, '\n'])?),
        _ => (0, rest.find(|char: char| char.is_whitespace() || "\"'`;&|)<>".contains(char)).unwrap_or(rest.len())),
    };
    secret(text, start + inner..start + end)
}

/// The values in `ENV DB_PASSWORD secret`.
fn legacy_pairs(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let start = at;
        at += line.len();
        let inner = line.trim_start();
        let rest = inner.get(..4).filter(|word| word.eq_ignore_ascii_case("ENV "))?;
        let from = line.len() - inner.len() + rest.len();
        let pair = line[from..].trim_start();
        let (name, value) = pair.split_once([' ', '\t'])?;
        if name.contains('=') || suspicion(name).is_none() {
            return None;
        }
        let value_at = start + line.len() - value.trim_start().len();
        secret(text, value_at..value_at + value.trim().len())
    })
}

fn secret(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let value = text.get(range.clone())?.trim_matches(['"', '\'']);
    (!value.contains(['$', '…', '•']) && judge(value) == Value::Possible).then_some(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_masked_and_names_are_not() {
        for (text, expected) in [
            ("ENV DB_PASSWORD=hunter22 PORT=80", "ENV DB_PASSWORD=••• PORT=80"),
            ("ENV DB_PASSWORD 'hunter 22'\nUSER app", "ENV DB_PASSWORD •••\nUSER app"),
            ("RUN mysql --password=\"hunter22\" -e x", "RUN mysql --password=\"•••\" -e x"),
            ("RUN git clone https://me:s3cr3t@example.com/x", "RUN git clone https://me:•••@example.com/x"),
            ("ENV DB_PASSWORD=$GIVEN TOKEN_URL=https://x", "ENV DB_PASSWORD=$GIVEN TOKEN_URL=https://x"),
            ("write `ENV DB_PASSWORD=…`", "write `ENV DB_PASSWORD=…`"),
            ("`ENV A_TOKEN=abcdef12` is", "`ENV A_TOKEN=•••` is"),
            ("==", "=="),
        ] {
            assert_eq!(mask(text), expected);
        }
        let token = format!("x ghp_{} y", "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6");
        assert_eq!(mask(&token), "x ••• y");
    }

    #[test]
    fn absurd_texts_take_no_time() {
        let start = std::time::Instant::now();
        for part in ["=", "A=", "PASSWORD=", "ENV PASSWORD a\n", "://@", "-----BEGIN PRIVATE KEY-----"] {
            mask(&part.repeat(20_000));
        }
        assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
    }
}
