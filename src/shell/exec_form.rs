//! Commands that need no shell: the words of one, and the JSON array that says the same.

use super::{Dialect, parse_script};
use crate::knowledge::programs::{self, Class};

/// Whether the shell itself has to run a command of this name.
pub fn is_builtin(name: &str) -> bool {
    programs::class(name).is(Class::BUILTIN)
}

/// The words of a script that is one command and means the same without a shell: literals only, nothing to expand, no
/// operators, redirections or assignments. A leading `exec` is taken off. Lines are joined by `\`.
pub fn plain_words(script: &str) -> Option<Vec<String>> {
    let mut words = literal_words(script)?;
    if words.first().is_some_and(|word| word == "exec") {
        words.remove(0);
    }
    let program = words.first().filter(|word| !word.starts_with('-') && !word.is_empty())?;
    (!program.contains('=') && !is_builtin(program)).then_some(words)
}

/// Splits at spaces and takes quotes off; `None` as soon as a shell would do more than that.
pub fn literal_words(script: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = script.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            ' ' | '\t' => words.extend(word.take()),
            '\\' if chars.peek() == Some(&'\n') => _ = chars.next(),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '\'' => break,
                        '\n' => return None,
                        char => word.push(char),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '"' => break,
                        '\\' if chars.peek() == Some(&'\n') => _ = chars.next(),
                        '$' | '`' | '\\' | '\n' => return None,
                        char => word.push(char),
                    }
                }
            }
            _ if char.is_ascii_alphanumeric() || "-_./:=,@%+^".contains(char) => {
                word.get_or_insert_default().push(char);
            }
            _ => return None,
        }
    }
    words.extend(word);
    Some(words)
}

/// A script that is one command with something to expand in it, with `exec` before it: the shell steps aside. `None`
/// for what more than one process does, and for what has `exec` already.
pub fn with_exec(text: &str) -> Option<String> {
    let joined = text.replace("\\\n", "");
    // Between words one space is as good as many; in quotes it may not be.
    let joined = match joined.contains(['"', '\'']) {
        true => joined,
        false => joined.split_whitespace().collect::<Vec<_>>().join(" "),
    };
    let text = joined.trim();
    let script = parse_script(text, 0, Dialect::Posix);
    let [command] = script.commands.as_slice() else { return None };
    let plain = script.clean
        && command.place.depth == 0
        && !command.place.background
        && command.assignments.is_empty()
        && command.wrappers.is_empty()
        && !command.name.is_empty()
        && !command.name.starts_with('-')
        && !is_builtin(&command.name)
        && !matches!(command.name.as_str(), "powershell" | "pwsh" | "cmd")
        && text.starts_with(&command.path)
        && !text.contains(['\\', '`', ';', '#', '\n', '|', '&', '<', '>', '(', ')']);
    plain.then(|| format!("exec {text}"))
}

/// Whether a command ends quickly, or is a shell for somebody at a keyboard: nobody misses a signal.
pub fn is_brief<S: AsRef<str>>(words: &[S]) -> bool {
    let program = words.first().map_or("", |word| word.as_ref().rsplit('/').next().unwrap_or_default());
    let asks = |word: &S| matches!(word.as_ref(), "-h" | "-help" | "--help" | "--version" | "-version");
    const BRIEF: &str = "echo printf true false ls cat date env head uname cut grep sort cmp diff basename dirname wc usage mkdir cp mv \
        chmod chown ln touch";
    (!program.is_empty() && BRIEF.split(' ').any(|brief| brief == program))
        || (matches!(program, "sh" | "bash" | "zsh") && words.len() == 1)
        || words.iter().skip(1).any(asks)
}

/// A command line of words of which none needs quotes: `$NAME` may be in them, and operators between them.
pub fn join_words<S: AsRef<str>>(words: &[S]) -> Option<String> {
    let plain = |word: &str| {
        let mut rest = word;
        while let Some(at) = rest.find(|char: char| !char.is_ascii_alphanumeric() && !"-_./:=,@%+".contains(char)) {
            let behind = rest[at..].strip_prefix('$')?;
            rest = match behind.strip_prefix('{') {
                Some(inner) => inner.split_once('}').filter(|(name, _)| is_name(name))?.1,
                None => behind.trim_start_matches(|char: char| char.is_ascii_alphanumeric() || char == '_'),
            };
            if rest.len() == behind.len() {
                return None;
            }
        }
        (!word.is_empty()).then_some(())
    };
    words.iter().try_for_each(|word| if is_operator(word.as_ref()) { Some(()) } else { plain(word.as_ref()) })?;
    Some(words.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(" "))
}

/// What only a shell takes for more than a word.
pub fn is_operator(word: &str) -> bool {
    const OPERATORS: [&str; 14] = ["&&", "||", "|", ";", "&", ">", ">>", "<", "2>", "2>>", "2>&1", "&>", "1>&2", ">&2"];
    OPERATORS.contains(&word)
}

/// What can name a variable.
pub fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The words as a JSON array, the way Dockerfiles write it.
pub fn json_array<S: AsRef<str>>(words: &[S]) -> String {
    let words: Vec<String> = words.iter().map(|word| json_string(word.as_ref())).collect();
    format!("[{}]", words.join(", "))
}

fn json_string(text: &str) -> String {
    let mut out = String::from("\"");
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => out.push_str(&format!("\\u{:04x}", control as u32)),
            char => out.push(char),
        }
    }
    out + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exec_before_it() {
        assert_eq!(with_exec("a -b $C \\\n d").as_deref(), Some("exec a -b $C d"));
        for script in ["exec a $B", "a && b", "A=1 b", "cd $A", "a $(b)", "a &", "$A b", "(a)", "a > b", "--a"] {
            assert_eq!(with_exec(script), None, "{script}");
        }
        assert_eq!(join_words(&["a", "&&", "b:$C", "${D}/e"]).as_deref(), Some("a && b:$C ${D}/e"));
        assert_eq!(join_words(&["a b"]), None);
        assert_eq!(join_words(&["a", "${D:-x}"]), None);
        assert_eq!(join_words(&["a", "$("]), None);
    }

    #[test]
    fn what_needs_no_shell() {
        for (script, want) in [
            ("nginx -g 'daemon off;'", Some(r#"["nginx", "-g", "daemon off;"]"#)),
            ("python  app.py \\\n  --port=80", Some(r#"["python", "app.py", "--port=80"]"#)),
            ("exec a\\\nb", Some(r#"["ab"]"#)),
            (r#"echo "it's" 'a"b\'"#, Some(r#"["echo", "it's", "a\"b\\"]"#)),
            ("a ''", Some(r#"["a", ""]"#)),
            ("a $B", None),
            ("a \"$B\"", None),
            ("a && b", None),
            ("a > b", None),
            ("a *", None),
            ("a ~/b", None),
            ("a {b,c}", None),
            ("A=1 b", None),
            ("cd x", None),
            ("exec -a x y", None),
            ("exec", None),
            ("a # b", None),
            ("a \\b", None),
            ("a 'b", None),
            ("! a", None),
            ("(a)", None),
            ("", None),
        ] {
            assert_eq!(plain_words(script).map(|words| json_array(&words)).as_deref(), want, "{script}");
        }
    }
}
