//! The variables that a script uses and does not set.

use std::collections::HashSet;

use crate::text::Span;

/// Each `$name` and `${name}` of a script whose text stands at `base`, in order. Left out: what is in single quotes
/// or after a backslash, what has a default or another operator, and every name that also appears without a `$`, since
/// the script may set it.
pub fn free_variables(text: &str, base: usize) -> Vec<(String, Span)> {
    let bytes = text.as_bytes();
    let (mut uses, mut mentioned) = (Vec::new(), HashSet::new());
    let (mut at, mut double) = (0, false);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => {
                double = !double;
                at += 1;
            }
            b'\'' if !double => {
                let close = text[at + 1..].find('\'').map_or(bytes.len(), |close| at + 1 + close + 1);
                at = close;
            }
            b'$' => {
                let braced = bytes.get(at + 1) == Some(&b'{');
                let start = at + 1 + usize::from(braced);
                let end = name_end(bytes, start);
                let closed = !braced || bytes.get(end) == Some(&b'}');
                if end > start && closed && !bytes[start].is_ascii_digit() {
                    let stop = end + usize::from(braced);
                    uses.push((&text[start..end], Span::new(base + at, base + stop)));
                    at = stop;
                } else {
                    // What follows may be a name with an operator: not free, and not set.
                    at = end.max(at + 1);
                }
            }
            byte if is_name(byte) => {
                let end = name_end(bytes, at);
                mentioned.insert(&text[at..end]);
                at = end;
            }
            _ => at += 1,
        }
    }
    let free = uses.into_iter().filter(|(name, _)| !mentioned.contains(name));
    free.map(|(name, span)| (name.to_owned(), span)).collect()
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn name_end(bytes: &[u8], start: usize) -> usize {
    bytes[start.min(bytes.len())..].iter().position(|byte| !is_name(*byte)).map_or(bytes.len(), |length| start + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free() {
        for (text, names) in [
            ("echo $A ${B} \"$C\" x$D", &["A", "B", "C", "D"][..]),
            ("echo '$A' \\$B \"\\$C\" $1 $$ ${D:-x} ${#E}", &[]),
            ("A=1; echo $A; read B; echo $B", &[]),
            ("echo \"it's $A\"", &["A"]),
            ("echo ${", &[]),
            ("x$", &[]),
            ("for A in 1; do echo $A $é; done", &[]),
        ] {
            let found: Vec<_> = free_variables(text, 10).into_iter().map(|(name, _)| name).collect();
            assert_eq!(found, names, "{text}");
        }
        assert_eq!(free_variables("a ${B}", 10)[0].1, Span::new(12, 16));
    }
}
