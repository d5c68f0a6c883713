//! `.env` and the files of `env_file`: `NAME=value` lines.

/// A line that sets a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvLine {
    pub name: String,
    /// Without quotes; empty for a name alone.
    pub value: String,
    /// In single quotes nothing is filled in.
    pub literal: bool,
}

/// The variables of a file, in its order.
pub fn read(text: &str) -> Vec<EnvLine> {
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        let line = line.trim_start();
        let line = line.strip_prefix("export ").map_or(line, str::trim_start);
        let Some((name, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) else { continue };
        let (name, value) = (name.trim_end(), value.trim_start());
        let quote = value.chars().next().filter(|first| matches!(first, '"' | '\''));
        let value = match quote {
            Some(quote) => {
                let mut rest = value[1..].to_owned();
                // A quoted value may go over lines.
                while !rest.contains(quote) {
                    let Some(next) = lines.next() else { break };
                    rest.push('\n');
                    rest.push_str(next);
                }
                rest.split(quote).next().unwrap_or_default().to_owned()
            }
            None => value.split(" #").next().unwrap_or_default().trim_end().to_owned(),
        };
        found.push(EnvLine { name: name.to_owned(), value, literal: quote == Some('\'') });
    }
    found
}

/// Why Compose rejects the file, and on which line, counted from 1; `None` if it does not.
pub fn mistake(text: &str) -> Option<(usize, &'static str)> {
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let line = line.trim_start();
        let line = line.strip_prefix("export ").map_or(line, str::trim_start);
        let Some((name, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) else { continue };
        if name.trim_end().contains([' ', '\t']) && !name.contains(':') {
            return Some((at + 1, "a name cannot contain a space"));
        }
        let value = value.trim_start();
        if let Some(quote) = value.chars().next().filter(|first| matches!(first, '"' | '\''))
            && !value[1..].contains(quote)
            && !lines.any(|(_, next)| next.contains(quote))
        {
            return Some((at + 1, "the quote is never closed"));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let text = "# x\nA=1\nexport B = 'two # 2' # c\nC=\"a\nb\"\nD=x # y\nE=\n";
        let values: Vec<_> = read(text).into_iter().map(|line| (line.name, line.value)).collect();
        let expected = [("A", "1"), ("B", "two # 2"), ("C", "a\nb"), ("D", "x"), ("E", "")];
        assert_eq!(mistake(text), None);
        assert_eq!(mistake("A=1\nA b=2\n"), Some((2, "a name cannot contain a space")));
        assert_eq!(mistake("A='x\nB=2\n"), Some((1, "the quote is never closed")));
        assert_eq!(values, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
