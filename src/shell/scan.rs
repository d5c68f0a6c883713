//! Quotes, substitutions and braces, byte by byte.

#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Double,
    Backtick,
    Paren,
    /// `${`; whether it is in double quotes, where `'` is a character like any other.
    Brace {
        quoted: bool,
    },
}

/// Where the escape, quoted string or substitution that starts at `at` ends; `at + 1` if there is none,
/// the end if it does not close. Linear, without recursion.
pub(super) fn skip(bytes: &[u8], mut at: usize) -> usize {
    let mut open: Vec<Open> = Vec::new();
    // Where the open backtick is in the stack: there is at most one.
    let mut backtick = None;
    loop {
        let Some(&byte) = bytes.get(at) else { return bytes.len() };
        let next = bytes.get(at + 1).copied();
        let top = open.last().copied();
        let quoted = matches!(top, Some(Open::Double | Open::Brace { quoted: true }));
        match byte {
            b'\\' => at += 2,
            b'\'' if !quoted => {
                at = bytes[at + 1..].iter().position(|byte| *byte == b'\'').map_or(bytes.len(), |len| at + len + 2);
            }
            b'"' => {
                if top == Some(Open::Double) {
                    open.pop();
                } else {
                    open.push(Open::Double);
                }
                at += 1;
            }
            b'`' => {
                // Inside a backtick substitution the next unescaped backtick closes it, whatever is open in between.
                match backtick.take() {
                    Some(index) => open.truncate(index),
                    None => {
                        backtick = Some(open.len());
                        open.push(Open::Backtick);
                    }
                }
                at += 1;
            }
            b'$' if next == Some(b'(') => {
                open.push(Open::Paren);
                at += 2;
            }
            b'$' if next == Some(b'{') => {
                open.push(Open::Brace { quoted });
                at += 2;
            }
            b'(' if matches!(top, None | Some(Open::Paren)) => {
                open.push(Open::Paren);
                at += 1;
            }
            b')' if top == Some(Open::Paren) => {
                open.pop();
                at += 1;
            }
            b'}' if matches!(top, Some(Open::Brace { .. })) => {
                open.pop();
                at += 1;
            }
            _ => at += 1,
        }
        if open.is_empty() {
            return at.min(bytes.len());
        }
    }
}

/// The most words that [`expand_braces`] makes of one.
const MAX_WORDS: usize = 64;

/// `/var/{lib,cache}/x` → `/var/lib/x`, `/var/cache/x`, as bash does; the word alone when there is
/// nothing to expand or it would be more than 64 words. Ranges (`{1..9}`) stay as they are.
pub fn expand_braces(whole: &str) -> Vec<String> {
    let mut done = Vec::new();
    let mut todo = vec![(whole.to_owned(), 0)];
    while let Some((word, start)) = todo.pop() {
        match first_braces(&word, start) {
            Some((open, commas, close)) => {
                let mut ends = commas;
                ends.push(close);
                if todo.len() + done.len() + ends.len() > MAX_WORDS {
                    return vec![whole.to_owned()];
                }
                // Pushed in reverse, so that they come off the stack in order.
                for index in (0..ends.len()).rev() {
                    let begin = if index == 0 { open + 1 } else { ends[index - 1] + 1 };
                    let word = format!("{}{}{}", &word[..open], &word[begin..ends[index]], &word[close + 1..]);
                    todo.push((word, open));
                }
            }
            None => done.push(word),
        }
    }
    done
}

/// The first `{a,b}` at or after `start`: its opening brace, its commas, its closing brace.
fn first_braces(word: &str, start: usize) -> Option<(usize, Vec<usize>, usize)> {
    let bytes = word.as_bytes();
    let mut open: Vec<(usize, Vec<usize>)> = Vec::new();
    let mut best: Option<(usize, Vec<usize>, usize)> = None;
    for (at, byte) in bytes.iter().enumerate().skip(start) {
        match byte {
            b'{' if at == 0 || bytes[at - 1] != b'$' => open.push((at, Vec::new())),
            b',' => {
                if let Some((_, commas)) = open.last_mut() {
                    commas.push(at);
                }
            }
            b'}' => {
                if let Some((begin, commas)) = open.pop()
                    && !commas.is_empty()
                    && best.as_ref().is_none_or(|best| begin < best.0)
                {
                    best = Some((begin, commas, at));
                }
                if open.is_empty() && best.is_some() {
                    return best;
                }
            }
            _ => {}
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends() {
        for (text, end) in [
            ("'a b' c", 5),
            (r#""a\"b" c"#, 6),
            (r#""a $(b "c") d" e"#, 14),
            ("$(a (b) 'c)') d", 13),
            ("${a:-${b}} c", 10),
            ("`a b` c", 5),
            ("\"${a:-it's}\" b", 12),
            ("\\  a", 2),
            ("'open", 5),
            ("x", 1),
            ("\\", 1),
            ("`echo \"a`\"`", 9),
        ] {
            assert_eq!(skip(text.as_bytes(), 0), end, "{text}");
        }
    }

    #[test]
    fn braces() {
        assert_eq!(expand_braces("/a/{b,c}/d{1,2}"), ["/a/b/d1", "/a/b/d2", "/a/c/d1", "/a/c/d2"]);
        assert_eq!(expand_braces("{a,{b,c}}x"), ["ax", "bx", "cx"]);
        assert_eq!(expand_braces("/a/{b}"), ["/a/{b}"]);
        assert_eq!(expand_braces("${a,b}"), ["${a,b}"]);
        assert_eq!(expand_braces(&"{a,b}".repeat(100)).len(), 1);
        assert_eq!(expand_braces(&"{".repeat(10_000)).len(), 1);
    }
}
