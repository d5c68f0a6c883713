//! Variables in values: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:?message}`, `${NAME:+replacement}`, `$$`.

/// How deep defaults may be nested in defaults.
const MAX_DEPTH: usize = 16;

/// What a `${…}` says of a variable that is not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fallback {
    None,
    /// `:-`, `-`
    Default,
    /// `:?`, `?`
    Required,
    /// `:+`, `+`
    Replacement,
}

/// A use of a variable, as written: `text` is `$NAME` or all of `${…}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariableUse<'t> {
    pub name: &'t str,
    pub fallback: Fallback,
    /// What follows the operator.
    pub word: &'t str,
    pub text: &'t str,
    /// With `:?`, an empty value counts as none.
    pub is_set: bool,
}

/// A `${` that Compose cannot read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadFormat<'t>(pub &'t str);

/// A text with its variables filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filled<'t> {
    pub text: String,
    /// A variable that is not set, and has no default, is a part of it.
    pub open: bool,
    pub uses: Vec<VariableUse<'t>>,
}

/// Fills in the variables of a value.
///
/// # Errors
/// For a `${` that is not closed or does not begin with a name.
pub fn fill<'t>(text: &'t str, lookup: &dyn Fn(&str) -> Option<String>) -> Result<Filled<'t>, BadFormat<'t>> {
    let mut filled = Filled::default();
    fill_into(text, lookup, &mut filled, 0)?;
    Ok(filled)
}

fn fill_into<'t>(
    text: &'t str,
    lookup: &dyn Fn(&str) -> Option<String>,
    out: &mut Filled<'t>,
    depth: usize,
) -> Result<(), BadFormat<'t>> {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'$', rest.as_bytes()) {
        out.text.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        if let Some(next) = after.strip_prefix('$') {
            out.text.push('$');
            rest = next;
        } else if let Some(inner) = after.strip_prefix('{') {
            let end = closing(inner).filter(|_| depth < MAX_DEPTH).ok_or(BadFormat(&rest[at..]))?;
            let whole = &rest[at..at + 2 + end + 1];
            braced(&inner[..end], whole, lookup, out, depth)?;
            rest = &inner[end + 1..];
        } else {
            let length = name_length(after);
            if length == 0 {
                out.text.push('$');
            } else {
                let (name, whole) = (&after[..length], &rest[at..at + 1 + length]);
                let value = lookup(name);
                let is_set = value.is_some();
                out.open |= !is_set;
                out.text.push_str(&value.unwrap_or_default());
                out.uses.push(VariableUse { name, fallback: Fallback::None, word: "", text: whole, is_set });
            }
            rest = &after[length..];
        }
    }
    out.text.push_str(rest);
    Ok(())
}

fn braced<'t>(
    inner: &'t str,
    whole: &'t str,
    lookup: &dyn Fn(&str) -> Option<String>,
    out: &mut Filled<'t>,
    depth: usize,
) -> Result<(), BadFormat<'t>> {
    let (name, operator) = inner.split_at(name_length(inner));
    let (colon, operator) = operator.strip_prefix(':').map_or((false, operator), |rest| (true, rest));
    let fallback = match operator.bytes().next() {
        _ if name.is_empty() => return Err(BadFormat(whole)),
        None if !colon => Fallback::None,
        Some(b'-') => Fallback::Default,
        Some(b'?') => Fallback::Required,
        Some(b'+') => Fallback::Replacement,
        _ => return Err(BadFormat(whole)),
    };
    let word = operator.get(1..).unwrap_or_default();
    let value = lookup(name);
    let mut is_set = value.is_some();
    let value = value.filter(|value| !colon || !value.is_empty());
    if fallback == Fallback::Required {
        is_set = value.is_some();
    }
    out.uses.push(VariableUse { name, fallback, word, text: whole, is_set });
    match (value, fallback) {
        (Some(_), Fallback::Replacement) | (None, Fallback::Default) => fill_into(word, lookup, out, depth + 1)?,
        (None, Fallback::Replacement) => {}
        (Some(value), _) => out.text.push_str(&value),
        (None, _) => out.open = true,
    }
    Ok(())
}

/// How many bytes at the start are a name.
fn name_length(text: &str) -> usize {
    let is_name = |(at, byte): &(usize, u8)| byte.is_ascii_alphabetic() || *byte == b'_' || *at > 0 && byte.is_ascii_digit();
    text.bytes().enumerate().take_while(is_name).count()
}

/// Where the `}` is that closes a `${` before the text.
fn closing(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut depth = 0;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'{' if at > 0 && bytes[at - 1] == b'$' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> (String, bool) {
        let lookup = |name: &str| (name == "A").then(|| "a".to_owned());
        let filled = fill(text, &lookup).expect("it can be read");
        (filled.text, filled.open)
    }

    #[test]
    fn forms() {
        for (text, expected) in [
            ("$A-${A}", ("a-a", false)),
            ("$$A ${B:-b} ${B-b}", ("$A b b", false)),
            ("${B}x", ("x", true)),
            ("${A:+r} ${B:+r}", ("r ", false)),
            ("${B:-${A}${C:-d}}", ("ad", false)),
            ("$1 $ x$", ("$1 $ x$", false)),
        ] {
            assert_eq!(filled(text), (expected.0.to_owned(), expected.1), "{text}");
        }
        let none = |_: &str| None;
        for text in ["${", "${1}", "${A B}", "${A:x}", "${}"] {
            assert!(fill(text, &none).is_err(), "{text}");
        }
        assert!(fill(&"${A:-".repeat(10_000), &none).is_err());
    }
}
