//! Text in UTF-16, as PowerShell's `>` and old versions of Notepad save it.

/// How many pairs of bytes tell the encoding of a text without a byte order mark.
const PAIRS: usize = 8;

/// The byte order of a text in UTF-16, told by its mark or by the zeros of its first letters, which are ASCII.
fn byte_order(bytes: &[u8]) -> Option<fn([u8; 2]) -> u16> {
    let zeros = |at: usize| bytes.iter().skip(at).step_by(2).take(PAIRS).filter(|byte| **byte == 0).count();
    match bytes {
        // The mark of UTF-32.
        [0xff, 0xfe, 0, 0, ..] => None,
        [0xff, 0xfe, ..] => Some(u16::from_le_bytes),
        [0xfe, 0xff, ..] => Some(u16::from_be_bytes),
        _ if bytes.len() < 2 * PAIRS => None,
        _ => match (zeros(0), zeros(1)) {
            (0, PAIRS) => Some(u16::from_le_bytes),
            (PAIRS, 0) => Some(u16::from_be_bytes),
            _ => None,
        },
    }
}

/// Whether bytes are text in UTF-16.
pub fn is_utf16(bytes: &[u8]) -> bool {
    byte_order(bytes).is_some()
}

/// The text without its byte order mark, with U+FFFD for what is not valid; `None` if it is not UTF-16.
pub fn decode(bytes: &[u8]) -> Option<String> {
    let unit = byte_order(bytes)?;
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text: String = char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .map(|char| char.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    if !rest.is_empty() {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    match text.strip_prefix('\u{feff}') {
        Some(marked) => Some(marked.to_owned()),
        None => Some(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_orders_and_marks() {
        let text = "FROM alpine:3.22 # \u{1f40b}\n";
        for unit in [u16::to_le_bytes, u16::to_be_bytes] {
            for mark in ["", "\u{feff}"] {
                let bytes: Vec<u8> = format!("{mark}{text}").encode_utf16().flat_map(unit).collect();
                assert_eq!(decode(&bytes).as_deref(), Some(text));
            }
        }
    }

    #[test]
    fn what_is_not_valid() {
        let decoded = |bytes: &[u8]| decode(bytes).expect("it has a mark");
        assert_eq!(decoded(b"\xff\xfea\0\x00\xd8b\0"), "a\u{fffd}b");
        assert_eq!(decoded(b"\xff\xfea\0b"), "a\u{fffd}");
        for bytes in ["FROM alpine:3.22\n".as_bytes(), b"FROM a\0lpine\0:3.22\n", b"\xff\xfe\0\0F\0\0\0", b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", b""] {
            assert_eq!(decode(bytes), None, "{bytes:?}");
        }
    }
}
