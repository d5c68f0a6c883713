//! The patterns of `${v#p}`, `${v%p}` and `${v/p/r}`.

use regex::Regex;

use super::expand::MAX_VALUE;

/// A shell pattern (`*`, `?`, no brackets) as a regular expression.
pub(super) fn regex(pattern: &str, greedy: bool, anchored: bool) -> Result<Regex, String> {
    let mut out = String::from(if anchored { "^" } else { "" });
    let mut chars = pattern.chars().peekable();
    while let Some(char) = chars.next() {
        let literal = match char {
            '*' => {
                out.push_str(if greedy { ".*" } else { ".*?" });
                continue;
            }
            '?' => {
                out.push('.');
                continue;
            }
            '\\' if matches!(chars.peek(), Some('}' | '/')) => continue,
            '\\' => match chars.next() {
                Some(next @ ('*' | '?' | '\\')) => next,
                _ => return Err(format!("the pattern `{pattern}` has an escape that means nothing")),
            },
            _ => char,
        };
        out.push_str(&regex::escape(literal.encode_utf8(&mut [0; 4])));
    }
    Regex::new(&out).map_err(|_| format!("the pattern `{pattern}` cannot be read"))
}

/// `${v#pattern}` and `${v%pattern}`; a doubled sign is the pattern's first character.
pub(super) fn trim(kind: char, pattern: &str, value: &str) -> Result<String, String> {
    let (greedy, pattern) = match pattern.strip_prefix(kind) {
        Some(rest) => (true, rest),
        None => (false, pattern),
    };
    if kind == '#' {
        let found = regex(pattern, greedy, true)?.find(value).map_or(0, |found| found.end());
        return Ok(value[found..].to_owned());
    }
    let reversed: String = value.chars().rev().collect();
    let found = regex(&reverse_pattern(pattern), greedy, true)?.find(&reversed).map_or(0, |found| found.end());
    Ok(value[..value.len() - found].to_owned())
}

/// The pattern reversed, with each escape still before its character.
fn reverse_pattern(pattern: &str) -> String {
    let mut units = Vec::new();
    let mut chars = pattern.chars();
    while let Some(char) = chars.next() {
        units.push((char, if char == '\\' { chars.next() } else { None }));
    }
    units.into_iter().rev().flat_map(|(char, escaped)| [Some(char), escaped]).flatten().collect()
}

/// `None` if the result is too long.
pub(super) fn replace(regex: &Regex, value: &str, replacement: &str, all: bool) -> Option<String> {
    let mut out = String::new();
    let mut end = 0;
    for found in regex.find_iter(value).take(if all { usize::MAX } else { 1 }) {
        out.push_str(&value[end..found.start()]);
        out.push_str(replacement);
        end = found.end();
        if out.len() > MAX_VALUE {
            return None;
        }
    }
    out.push_str(&value[end..]);
    Some(out)
}
