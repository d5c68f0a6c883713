//! `.dockerignore`, by the builder's own rules.
//!
//! They are not `.gitignore`'s: a pattern is anchored at the context's root, the last pattern that
//! matches decides, what lies below a matched directory is matched too, and an exception can bring
//! back a file of an ignored directory. Patterns are regular expressions underneath, which shows in
//! corners (`[*]`, `\d`); those are kept, because what counts is what the builder does.

use regex::{Regex, RegexBuilder};

use super::path::{Wildcard, clean};
use crate::text::{Source, Span};

/// The most patterns of one file that are read.
pub const MAX_PATTERNS: usize = 1000;
/// The longest pattern that is read, in bytes.
const MAX_PATTERN: usize = 4096;
/// The most memory one compiled pattern may take, in bytes.
const MAX_COMPILED: usize = 1 << 20;

/// An ignore file, read.
#[derive(Debug)]
pub struct IgnoreFile {
    source: Source,
    patterns: Vec<Pattern>,
    errors: Vec<PatternError>,
}

/// One line of an ignore file that says something.
#[derive(Debug)]
pub struct Pattern {
    /// The pattern in the ignore file, its `!` included.
    pub span: Span,
    /// From 1.
    pub line: usize,
    /// `!`: what it matches is not ignored after all.
    pub exception: bool,
    /// As the builder reads it: cleaned, without `!` and leading `/`.
    pub cleaned: String,
    matcher: Matcher,
}

/// A line on which the builder gives up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    pub span: Span,
    /// From 1.
    pub line: usize,
    /// What is wrong, in the words of a finding.
    pub message: String,
}

#[derive(Debug)]
enum Matcher {
    Exact,
    /// A `**` at the end, nothing else special: what stands before it.
    Prefix(String),
    /// A `**` at the start, nothing else special: the text after it.
    Suffix(String),
    Regex(Box<Regex>),
}

impl IgnoreFile {
    /// Reads an ignore file; `name` is what reports call it. Never fails: lines that the builder
    /// would refuse are [`IgnoreFile::errors`] and match nothing.
    pub fn parse(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        let source = Source::new(name, bytes);
        let mut patterns = Vec::new();
        let mut errors = Vec::new();
        for (line, span) in lines(source.text()) {
            let text = source.slice(span);
            if patterns.len() + errors.len() == MAX_PATTERNS {
                let message = format!("more than {MAX_PATTERNS} patterns; the rest is not read");
                errors.push(PatternError { span, line, message });
                break;
            }
            match Pattern::new(text, span, line) {
                Ok(pattern) => patterns.push(pattern),
                Err(message) => errors.push(PatternError { span, line, message }),
            }
        }
        Self { source, patterns, errors }
    }

    pub fn source(&self) -> &Source {
        &self.source
    }

    pub fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    /// Lines that make the build fail (or are beyond this program's limits), in file order.
    pub fn errors(&self) -> &[PatternError] {
        &self.errors
    }

    /// Whether any pattern is an exception (`!`).
    pub fn has_exceptions(&self) -> bool {
        self.patterns.iter().any(|pattern| pattern.exception)
    }

    /// The pattern because of which `path` is not part of the build context, or `None` when it is
    /// part of it. `path` is relative to the context's root, with `/`; the root itself is never ignored.
    pub fn matches(&self, path: &str) -> Option<&Pattern> {
        self.verdict(path).filter(|pattern| !pattern.exception)
    }

    /// The pattern that decides about `path`: an exception if it was ignored and brought back;
    /// `None` if no pattern speaks of it.
    pub fn verdict(&self, path: &str) -> Option<&Pattern> {
        let path = super::path::in_context(path);
        let mut verdict: Option<&Pattern> = None;
        if path.is_empty() {
            return verdict;
        }
        for pattern in &self.patterns {
            let ignored = verdict.is_some_and(|last| !last.exception);
            if pattern.exception == ignored && pattern.matches_or_parent(&path) {
                verdict = Some(pattern);
            }
        }
        verdict
    }
}

impl Pattern {
    fn new(line: &str, span: Span, number: usize) -> Result<Self, String> {
        if line.len() > MAX_PATTERN {
            return Err(format!("pattern is longer than {MAX_PATTERN} bytes; it is not read"));
        }
        let (exception, cleaned) = read_pattern(line);
        if exception && cleaned.is_empty() {
            return Err("`!` without a pattern after it; the build stops here".to_owned());
        }
        let broken = || format!("`{line}` is not a valid pattern; the build stops here");
        if is_refused(&cleaned) {
            return Err(broken());
        }
        let matcher = Matcher::new(&cleaned).ok_or_else(broken)?;
        Ok(Self { span, line: number, exception, cleaned, matcher })
    }

    /// Whether the pattern, exception or not, fits this very path.
    pub fn matches(&self, path: &str) -> bool {
        match &self.matcher {
            Matcher::Exact => self.cleaned == path,
            Matcher::Prefix(prefix) => path.starts_with(prefix.as_str()),
            // `**/a` is also `a`.
            Matcher::Suffix(suffix) => path.ends_with(suffix.as_str()) || suffix.strip_prefix('/') == Some(path),
            Matcher::Regex(regex) => regex.is_match(path),
        }
    }

    /// Whether the pattern fits this path or a directory it is in.
    pub fn matches_or_parent(&self, path: &str) -> bool {
        self.matches(path) || path.match_indices('/').any(|(at, _)| self.matches(&path[..at]))
    }
}

impl Matcher {
    fn new(pattern: &str) -> Option<Self> {
        let (regex, kind) = go_regex(pattern);
        Some(match kind {
            Kind::Exact => Matcher::Exact,
            Kind::Prefix => Matcher::Prefix(pattern.strip_suffix("**")?.to_owned()),
            Kind::Suffix => Matcher::Suffix(pattern.strip_prefix("**")?.to_owned()),
            Kind::Regex => {
                let mut builder = RegexBuilder::new(&translate(&regex)?);
                let regex = builder.size_limit(MAX_COMPILED).dfa_size_limit(MAX_COMPILED).build().ok()?;
                Matcher::Regex(Box::new(regex))
            }
        })
    }
}

/// Whether a line (not empty, without space around it) is an exception, and its pattern. The
/// builder reads it twice, once with the file and once with the pattern, which shows: `./!a` is an
/// exception, and `/ a` is `a`.
fn read_pattern(line: &str) -> (bool, String) {
    let (mark, text) = match line.strip_prefix('!') {
        Some(rest) => ("!", rest.trim()),
        None => ("", line),
    };
    let mut once = if text.is_empty() { String::new() } else { clean(text) };
    if once.len() > 1 && once.starts_with('/') {
        once.remove(0);
    }
    let twice = clean(format!("{mark}{once}").trim());
    match twice.strip_prefix('!') {
        Some(rest) => (true, rest.to_owned()),
        None => (false, twice),
    }
}

/// Whether the builder's own check of a pattern fails. It matches the pattern against `.` and sees
/// only mistakes in what it comes to look at: a stretch without `*` is looked at whole, the second
/// stretch only if the first one fits. Other mistakes are left to the regular expression.
fn is_refused(pattern: &str) -> bool {
    let Some((first, rest)) = next_stretch(pattern) else { return false };
    match Wildcard::new(first) {
        None => true,
        Some(first) if first.matches(".") => {
            next_stretch(rest).is_some_and(|(second, _)| Wildcard::new(second).is_none())
        }
        Some(_) => false,
    }
}

/// The pattern up to its next `*` outside of `[…]`, stars before it left out, and what follows.
fn next_stretch(pattern: &str) -> Option<(&str, &str)> {
    let pattern = pattern.trim_start_matches('*');
    let mut in_class = false;
    let mut chars = pattern.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '\\' => _ = chars.next(),
            '[' => in_class = true,
            ']' => in_class = false,
            '*' if !in_class => return Some(pattern.split_at(at)),
            _ => {}
        }
    }
    (!pattern.is_empty()).then_some((pattern, ""))
}

/// The lines that hold a pattern: number from 1, and the pattern without space around it. A comment
/// starts in the first column.
fn lines(text: &str) -> impl Iterator<Item = (usize, Span)> {
    let mut next = 0;
    text.split_inclusive('\n').enumerate().filter_map(move |(index, whole)| {
        let mut start = next;
        next += whole.len();
        let mut line = whole;
        if index == 0
            && let Some(rest) = line.strip_prefix('\u{feff}')
        {
            start += line.len() - rest.len();
            line = rest;
        }
        let pattern = line.trim();
        if line.starts_with('#') || pattern.is_empty() {
            return None;
        }
        start += line.len() - line.trim_start().len();
        Some((index + 1, Span::new(start, start + pattern.len())))
    })
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Exact,
    Prefix,
    Suffix,
    Regex,
}

/// The regular expression, in Go's syntax, that the builder makes of a cleaned pattern, and whether
/// it is needed or a plain comparison does.
fn go_regex(pattern: &str) -> (String, Kind) {
    let mut regex = String::from("^");
    let mut kind = Kind::Exact;
    let mut chars = pattern.chars().peekable();
    let mut first = true;
    while let Some(char) = chars.next() {
        match char {
            '*' if chars.next_if_eq(&'*').is_some() => {
                // `**/` is `**`: any number of directories, none included.
                chars.next_if_eq(&'/');
                if chars.peek().is_some() {
                    regex.push_str("(.*/)?");
                    kind = Kind::Regex;
                } else if kind == Kind::Exact {
                    kind = Kind::Prefix;
                } else {
                    regex.push_str(".*");
                    kind = Kind::Regex;
                }
                if first {
                    kind = Kind::Suffix;
                }
            }
            '*' => {
                regex.push_str("[^/]*");
                kind = Kind::Regex;
            }
            '?' => {
                regex.push_str("[^/]");
                kind = Kind::Regex;
            }
            '.' | '+' | '(' | ')' | '|' | '{' | '}' | '$' => regex.extend(['\\', char]),
            '\\' => {
                regex.push('\\');
                if let Some(escaped) = chars.next() {
                    regex.push(escaped);
                    kind = Kind::Regex;
                }
            }
            '[' | ']' => {
                regex.push(char);
                kind = Kind::Regex;
            }
            _ => regex.push(char),
        }
        first = false;
    }
    regex.push('$');
    (regex, kind)
}

/// From Go's syntax of regular expressions to the `regex` crate's, as far as [`go_regex`] makes use
/// of it. They differ inside `[…]`, where Go knows no nested classes and set operations, and in
/// `\d` and its like, which are ASCII in Go. `None` where Go fails.
fn translate(go: &str) -> Option<String> {
    let mut out = String::with_capacity(go.len() * 2);
    let mut rest = go;
    while let Some(char) = rest.chars().next() {
        rest = &rest[char.len_utf8()..];
        match char {
            '[' => rest = translate_class(rest, &mut out)?,
            ']' => out.push_str("\\]"),
            '\\' => match escape(&mut rest)? {
                Escape::Char(char) => push_char(char, &mut out),
                Escape::Class(class) => out.extend(["[", class, "]"]),
                Escape::Anchor(anchor) => out.push_str(anchor),
            },
            _ => out.push(char),
        }
    }
    Some(out)
}

/// Reads a class whose `[` is already read; gives what follows it.
fn translate_class<'a>(mut rest: &'a str, out: &mut String) -> Option<&'a str> {
    out.push('[');
    if let Some(after) = rest.strip_prefix('^') {
        out.push('^');
        rest = after;
    }
    let mut first = true;
    loop {
        if let Some(after) = rest.strip_prefix(']')
            && !first
        {
            out.push(']');
            return Some(after);
        }
        first = false;
        if rest.starts_with("[:")
            && let Some(end) = rest.find(":]")
            && end >= 2
        {
            let name = &rest[2..end];
            // The classes of POSIX, as Go names them.
            let known = ["alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct"];
            let known = known.iter().chain(&["space", "upper", "word", "xdigit"]);
            known.into_iter().find(|class| **class == name.strip_prefix('^').unwrap_or(name))?;
            out.push_str(&rest[..end + 2]);
            rest = &rest[end + 2..];
            continue;
        }
        let from = match class_item(&mut rest)? {
            Escape::Char(char) => char,
            Escape::Class(class) => {
                out.push_str(class);
                continue;
            }
            Escape::Anchor(_) => return None,
        };
        push_char(from, out);
        if let Some(after) = rest.strip_prefix('-')
            && !after.starts_with(']')
        {
            rest = after;
            let Escape::Char(to) = class_item(&mut rest)? else { return None };
            if to < from {
                return None;
            }
            out.push('-');
            push_char(to, out);
        }
    }
}

fn class_item(rest: &mut &str) -> Option<Escape> {
    let char = rest.chars().next()?;
    *rest = &rest[char.len_utf8()..];
    if char == '\\' { escape(rest) } else { Some(Escape::Char(char)) }
}

enum Escape {
    Char(char),
    /// The inside of a class.
    Class(&'static str),
    Anchor(&'static str),
}

/// What a `\` and the next character mean in Go. Its rarer escapes (`\x41`, `\pL`, `\Q`) count as
/// errors here: no pattern has them on purpose.
fn escape(rest: &mut &str) -> Option<Escape> {
    let char = rest.chars().next()?;
    *rest = &rest[char.len_utf8()..];
    Some(match char {
        'a' => Escape::Char('\x07'),
        'f' => Escape::Char('\x0c'),
        'n' => Escape::Char('\n'),
        'r' => Escape::Char('\r'),
        't' => Escape::Char('\t'),
        'v' => Escape::Char('\x0b'),
        'd' => Escape::Class("[0-9]"),
        'D' => Escape::Class("[^0-9]"),
        's' => Escape::Class(r"[\t\n\x0C\r\x20]"),
        'S' => Escape::Class(r"[^\t\n\x0C\r\x20]"),
        'w' => Escape::Class("[0-9A-Za-z_]"),
        'W' => Escape::Class("[^0-9A-Za-z_]"),
        'A' => Escape::Anchor("^"),
        'z' => Escape::Anchor("$"),
        'b' => Escape::Anchor(r"(?-u:\b)"),
        _ if char.is_ascii() && !char.is_ascii_alphanumeric() => Escape::Char(char),
        _ => return None,
    })
}

fn push_char(char: char, out: &mut String) {
    out.push_str(&format!("\\x{{{:x}}}", u32::from(char)));
}

#[cfg(test)]
mod tests;
