//! The fields of a form, as browsers send them: `application/x-www-form-urlencoded`.

use std::collections::BTreeMap;

/// The fields by name; of two with the same name the last one counts.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    pub(super) fn parse(text: &str) -> Self {
        let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
        Self(pairs.map(|(name, value)| (decoded(name), decoded(value))).collect())
    }

    /// A field's text without surrounding whitespace; empty if there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.trim())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let code = digits.filter(|_| *byte == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(code.unwrap_or(if *byte == b'+' { b' ' } else { *byte }));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields() {
        let form = Form::parse("student=ada&comment.user=good%2C+see+me%21%0D%0A&points.user=7%2C5&odd=%zz%4&x&x=1&x=2");
        assert_eq!((form.get("student"), form.get("comment.user")), ("ada", "good, see me!"));
        assert_eq!((form.get("points.user"), form.get("odd"), form.get("x"), form.get("none")), ("7,5", "%zz%4", "2", ""));
        assert!(form.has("odd") && !form.has("none"));
        assert_eq!(Form::parse("a=%ff").get("a"), "\u{fffd}");
    }
}
