//! Scripts in which there is nothing to be found, known by a look at their text: two fifths of those of real files.
//!
//! `apt-get update && apt-get install -y vim`: words without a quote, a variable or a pattern, and commands about which
//! ShellCheck has nothing to say by themselves. A test holds the linter to it.

/// Commands that no code is about, whatever their arguments, as long as these are plain.
#[rustfmt::skip]
const COMMANDS: [&str; 56] = [
    "a2dismod", "a2enmod", "add-apt-repository", "addgroup", "adduser", "apk", "apt", "apt-get", "bundle", "cargo",
    "chown", "cmake", "composer", "conda", "corepack", "cpanm", "curl", "dnf", "docker-php-ext-configure",
    "docker-php-ext-enable", "docker-php-ext-install", "dotnet", "gem", "git", "go", "groupadd", "gunzip", "gzip",
    "ldconfig", "locale-gen", "make", "meson", "microdnf", "micromamba", "mix", "mvn", "ninja", "npm", "npx", "pip",
    "pip3", "pipenv", "pnpm", "poetry", "tdnf", "touch", "unzip", "update-alternatives", "update-ca-certificates",
    "useradd", "usermod", "uv", "wget", "yarn", "yum", "zypper",
];

/// Words that mean something to the shell, or that ShellCheck takes for such.
const WORDS: [&str; 14] =
    ["case", "do", "done", "elif", "else", "esac", "fi", "for", "function", "if", "in", "then", "until", "while"];

/// Whether no code can be found in it, in whatever shell.
pub(super) fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut words = Words { command: None, count: 0 };
    let (mut start, mut at) = (None, 0);
    loop {
        let byte = bytes.get(at).copied();
        match byte {
            Some(
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'.' | b'/' | b':' | b'@' | b'%' | b'+' | b',' | b'-',
            ) => {
                start.get_or_insert(at);
            }
            // An assignment, or what looks like one that went wrong.
            Some(b'=') if start.is_some() && words.count > 0 => {}
            Some(b'*') if start.is_some() && words.command == Some("rm") && bytes[at - 1] == b'/' => {}
            Some(b' ' | b'\t' | b'&' | b';' | b'\\') | None => {
                if let Some(start) = start.take()
                    && !words.add(&text[start..at])
                {
                    return false;
                }
                let next = bytes.get(at + 1);
                match byte {
                    Some(b'&') if next == Some(&b'&') && words.end() => at += 1,
                    Some(b';') if words.end() => {}
                    // Not in the middle of a word, and not the last of all.
                    Some(b'\\') if next == Some(&b'\n') && matches!(bytes.get(at + 2), Some(b' ' | b'\t')) => at += 1,
                    Some(b'\\') if next == Some(&b'\n') && at > 0 && matches!(bytes[at - 1], b' ' | b'\t') => at += 1,
                    Some(b' ' | b'\t') => {}
                    None => return words.end(),
                    _ => return false,
                }
            }
            Some(_) => return false,
        }
        at += 1;
    }
}

/// The words of a command so far.
struct Words<'a> {
    command: Option<&'a str>,
    count: usize,
}

impl<'a> Words<'a> {
    /// Whether the word is as plain.
    fn add(&mut self, word: &'a str) -> bool {
        self.count += 1;
        if WORDS.contains(&word) {
            return false;
        }
        let Some(command) = self.command else {
            self.command = Some(word);
            return COMMANDS.contains(&word) || matches!(word, "chmod" | "mkdir" | "rm" | "set");
        };
        match command {
            "chmod" => !word.contains('='),
            // Its mode is that of one folder.
            "mkdir" => word == "-p" || !word.starts_with('-'),
            // Not what the system needs.
            "rm" => {
                let temporary = ["/tmp/", "/var/tmp/", "/var/lib/apt/lists/", "/var/cache/", "/root/.cache"];
                !word.starts_with('/') || temporary.iter().any(|folder| word.starts_with(folder))
            }
            "set" => word.strip_prefix('-').is_some_and(|letters| letters.bytes().all(|byte| b"eux".contains(&byte))),
            _ => true,
        }
    }

    /// The command is over. Whether there was one.
    fn end(&mut self) -> bool {
        self.count = 0;
        self.command.take().is_some()
    }
}

/// Every command that is plain.
#[cfg(test)]
pub(super) fn commands() -> impl Iterator<Item = &'static str> {
    COMMANDS.into_iter().chain(["chmod", "mkdir", "rm", "set"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_or_not() {
        for plain in [
            "apt-get update && apt-get install -y vim=1:2 \\\n   && rm -rf /var/lib/apt/lists/*",
            "set -eux; apk add --no-cache git",
            "pip install a==1 \\\n b",
        ] {
            assert!(is_plain(plain), "{plain}");
        }
        for other in [
            "", "A=1 make", "make; ", "make;; make", "make &&", "make & make", "make \\", "ma\\\nke", "make $A",
            "cd a; make", "cd a", "rm -rf /usr", "rm *", "make *", "mkdir -m 7 -p a/b", "set -o pipefail",
            "make ; done", "make\nmake", "make =a", "make ä", "make | make",
        ] {
            assert!(!is_plain(other), "{other}");
        }
    }
}
