//! What a scalar is, as YAML 1.2 and Compose read it.

use super::schema::{NULL, NUMBER, TEXT, TRUTH, WHOLE};
use crate::text::yaml::{Node, Style};

/// The kind of a scalar, as one of the bits of a shape. A text with a variable is a text.
pub fn kind(node: &Node, written: &str) -> u8 {
    let Some(text) = node.text() else { return 0 };
    if node.tag.as_ref() == "str" || !matches!(node.style, Style::Plain | Style::Alias) || written.contains('$') {
        return TEXT;
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => NULL,
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => TRUTH,
        _ if is_whole(text) => NUMBER | WHOLE,
        _ if is_float(text) => NUMBER,
        _ => TEXT,
    }
}

fn is_whole(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let of = |prefix: &str, radix: u32| {
        digits.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty() && rest.chars().all(|char| char.is_digit(radix)))
    };
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) || of("0x", 16) || of("0o", 8)
}

fn is_float(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    text.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        && text.contains(|char: char| char.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'-' | b'+'))
        && text.parse::<f64>().is_ok()
        || matches!(text, ".inf" | ".Inf" | ".nan" | ".NaN")
}

/// The truth value that Compose makes of a text; `yes` and the like are taken with a warning.
pub fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "t" | "1" | "yes" | "y" | "on" => Some(true),
        "false" | "f" | "0" | "no" | "n" | "off" => Some(false),
        _ => None,
    }
}

/// Whether it is a size: `1.5g`, `512mb`, `1048576`.
pub fn is_size(text: &str) -> bool {
    let text = text.trim();
    let digits = text.trim_start_matches('-');
    let end = digits.find(|char: char| !char.is_ascii_digit() && char != '.').unwrap_or(digits.len());
    let (number, unit) = digits.split_at(end);
    let unit = unit.trim_start().to_ascii_lowercase();
    let unit = unit.strip_suffix("ib").or_else(|| unit.strip_suffix('b')).unwrap_or(&unit);
    number.parse::<f64>().is_ok() && unit.len() <= 1 && "kmgtp".contains(unit)
}

/// Why it is not a duration such as `1m30s`; `None` if it is one.
pub fn duration_mistake(text: &str) -> Option<String> {
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return None;
    }
    if rest.is_empty() {
        return Some("it is empty".to_owned());
    }
    while !rest.is_empty() {
        let end = rest.find(|char: char| !char.is_ascii_digit() && char != '.').unwrap_or(rest.len());
        let (number, after) = rest.split_at(end);
        if number.parse::<f64>().is_err() {
            return Some("it does not start with a number".to_owned());
        }
        let end = after.find(|char: char| char.is_ascii_digit() || char == '.').unwrap_or(after.len());
        let (unit, next) = after.split_at(end);
        match unit {
            "" => return Some("it has no unit".to_owned()),
            "ns" | "us" | "µs" | "ms" | "s" | "m" | "h" | "d" | "w" | "y" => {}
            unit => return Some(format!("`{}` is not a valid unit of time", crate::text::suggest::shorten(unit))),
        }
        rest = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_durations() {
        for text in ["512m", "1.5g", "10", "1GB", "2 MiB", "-1"] {
            assert!(is_size(text), "{text}");
        }
        assert!(!is_size("512Mi") && !is_size("") && !is_size("x"));
        assert!(duration_mistake("5").is_some() && duration_mistake("5x").is_some() && duration_mistake("").is_some());
        assert!(duration_mistake("1.5s").is_none());
    }
}
