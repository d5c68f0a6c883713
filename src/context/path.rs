//! Paths and wildcards the way the builder reads them: Go's `path.Clean` and `filepath.Match`,
//! always with `/`.

/// The shortest path that means the same, without looking at the disk: `a//b/./c/..` is `a/b`. An
/// empty path is `.`; a path that starts with `/` never leaves the root.
pub fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(&last) if last != ".." => _ = parts.pop(),
                _ if rooted => {}
                _ => parts.push(".."),
            },
            _ => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

/// A path of the build context, as a COPY or ADD source names it: relative to the context's root,
/// which `/` and `..` never leave. The root itself is the empty string.
pub fn in_context(path: &str) -> String {
    clean(&format!("/{path}")).split_off(1)
}

/// Whether a COPY source is a pattern and not just a name.
pub fn has_wildcard(path: &str) -> bool {
    let mut chars = path.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => _ = chars.next(),
            '*' | '?' | '[' => return true,
            _ => {}
        }
    }
    false
}

/// Whether a word of a command, which may be a pattern with an extension (`tool-*.tar.gz`), names this file.
pub fn names(word: &str, name: &str) -> bool {
    let is_pattern = has_wildcard(word) && word.contains('.');
    word == name || is_pattern && Wildcard::new(word).is_some_and(|pattern| pattern.matches(name))
}

/// A wildcard pattern by the rules of Go's `filepath.Match`: `*` and `?` stop at `/`, `[a-c]`,
/// `[^a-c]`, `\` takes the next character literally; no `**`, no braces.
#[derive(Clone, Debug)]
pub struct Wildcard {
    tokens: Vec<Token>,
    /// The characters it ends with: most names are told apart by them.
    tail: String,
}

#[derive(Clone, Debug)]
enum Token {
    Star,
    Any,
    Char(char),
    Class { negated: bool, ranges: Vec<(char, char)> },
}

impl Token {
    fn takes(&self, char: char) -> bool {
        match self {
            Token::Star => false,
            Token::Any => char != '/',
            Token::Char(own) => *own == char,
            // A class takes a `/` like any other character.
            Token::Class { negated, ranges } => {
                ranges.iter().any(|(from, to)| *from <= char && char <= *to) != *negated
            }
        }
    }
}

impl Wildcard {
    /// `None` for a malformed pattern: a class that is empty, not closed or has a stray `-`, or a
    /// `\` at the end.
    pub fn new(pattern: &str) -> Option<Self> {
        let mut tokens = Vec::new();
        let mut chars = pattern.chars().peekable();
        while let Some(char) = chars.next() {
            tokens.push(match char {
                '*' => Token::Star,
                '?' => Token::Any,
                '\\' => Token::Char(chars.next()?),
                '[' => {
                    let negated = chars.next_if_eq(&'^').is_some();
                    let mut ranges = Vec::new();
                    while ranges.is_empty() || chars.next_if_eq(&']').is_none() {
                        let from = class_char(&mut chars)?;
                        let to = if chars.next_if_eq(&'-').is_some() { class_char(&mut chars)? } else { from };
                        ranges.push((from, to));
                    }
                    Token::Class { negated, ranges }
                }
                _ => Token::Char(char),
            });
        }
        let literal = tokens.iter().rev().take_while(|token| matches!(token, Token::Char(_))).count();
        let tail = tokens[tokens.len() - literal..].iter().filter_map(|token| match token {
            Token::Char(char) => Some(*char),
            _ => None,
        });
        Some(Self { tail: tail.collect(), tokens })
    }

    /// Whether the whole of `name` fits. Takes time of at most pattern times name.
    pub fn matches(&self, name: &str) -> bool {
        if !name.ends_with(&self.tail) {
            return false;
        }
        let mut rest = name.chars();
        let mut at = 0;
        // Where to go on when what follows the last star does not fit: one character further.
        let mut retry = None;
        loop {
            match self.tokens.get(at) {
                Some(Token::Star) => {
                    at += 1;
                    retry = Some((at, rest.clone()));
                    continue;
                }
                Some(token) => {
                    let mut next = rest.clone();
                    if next.next().is_some_and(|char| token.takes(char)) {
                        rest = next;
                        at += 1;
                        continue;
                    }
                }
                None if rest.as_str().is_empty() => return true,
                None => {}
            }
            let Some((after, mut from)) = retry.take() else { return false };
            match from.next() {
                None | Some('/') => return false,
                Some(_) => {
                    at = after;
                    rest = from.clone();
                    retry = Some((after, from));
                }
            }
        }
    }
}

/// One end of a range in a class. It is never the last character: that would leave the class open.
fn class_char(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<char> {
    let char = match chars.next()? {
        '-' | ']' => return None,
        '\\' => chars.next()?,
        char => char,
    };
    chars.peek().map(|_| char)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleaned() {
        for (path, expected) in [
            ("", "."),
            (".", "."),
            ("./a", "a"),
            ("a/", "a"),
            ("a//b", "a/b"),
            ("a/../b", "b"),
            ("a/..", "."),
            ("../a", "../a"),
            ("../../a", "../../a"),
            ("a/../../b", "../b"),
            ("/", "/"),
            ("/..", "/"),
            ("/../a/", "/a"),
            ("//a", "/a"),
            ("a/.b/..c", "a/.b/..c"),
        ] {
            assert_eq!(clean(path), expected, "{path:?}");
        }
    }

    #[test]
    fn context_paths_stay_inside() {
        for (path, expected) in [
            (".", ""),
            ("/", ""),
            ("", ""),
            ("./src/", "src"),
            ("/etc/passwd", "etc/passwd"),
            ("../../etc", "etc"),
            ("a/../../../b", "b"),
        ] {
            assert_eq!(in_context(path), expected, "{path:?}");
        }
    }

    #[test]
    fn wildcards() {
        let cases = [
            ("*", "a.txt", true),
            ("*", "", true),
            ("*", "a/b", false),
            ("*", ".hidden", true),
            ("*.jar", "app.jar", true),
            ("*.jar", "app.jar.old", false),
            ("a*", "a", true),
            ("a*b*c", "aXbXbXc", true),
            ("a*b*c", "aXbXbX", false),
            ("a*/b", "ax/b", true),
            ("a*/b", "a/x/b", false),
            ("target/*.jar", "target/x.jar", true),
            ("target/*.jar", "target/sub/x.jar", false),
            ("**", "ab", true),
            ("**/x", "a/b/x", false),
            ("**/x", "a/x", true),
            ("?", "é", true),
            ("?", "/", false),
            ("?", "", false),
            ("go.[ms]*", "go.mod", true),
            ("go.[ms]*", "go.sum", true),
            ("go.[^m]*", "go.mod", false),
            ("[!a]", "!", true),
            ("[!a]", "b", false),
            ("[^a]", "/", true),
            ("[a-c]x", "bx", true),
            ("[c-a]x", "bx", false),
            ("\\*", "*", true),
            ("\\*", "a", false),
            ("{a,b}", "a", false),
            ("{a,b}", "{a,b}", true),
            ("[\\]]", "]", true),
        ];
        for (pattern, name, expected) in cases {
            assert_eq!(Wildcard::new(pattern).unwrap().matches(name), expected, "{pattern} {name}");
        }
        for pattern in ["[", "[]", "[^]", "a[", "[a", "[a-]", "[-a]", "[]a]", "x\\", "[\\", "[a\\"] {
            assert!(Wildcard::new(pattern).is_none(), "{pattern}");
        }
    }

    #[test]
    fn many_stars_end() {
        let pattern = "*a".repeat(200) + "b";
        assert!(!Wildcard::new(&pattern).unwrap().matches(&"a".repeat(4000)));
    }

    #[test]
    fn wildcard_or_name() {
        assert!(has_wildcard("a*"));
        assert!(has_wildcard("a[b]"));
        assert!(!has_wildcard("a\\*"));
        assert!(!has_wildcard("src/main.rs"));
    }
}
