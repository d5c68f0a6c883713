//! What scripts for PowerShell and cmd download.

use crate::knowledge::command_lines::{
    DOTNET_DOWNLOADS, POWERSHELL_OTHER_URLS, WINDOWS_DOWNLOADERS, command_line,
};
use crate::shell::Arg;
use crate::shell::windows::Statement;

/// The arguments of a script that are fetched, each with the index of its statement.
pub fn fetched(statements: &[Statement]) -> Vec<(usize, &Arg)> {
    let mut found = Vec::new();
    // The depth of the statement whose parentheses hold what is fetched.
    let mut open: Option<u32> = None;
    for (at, statement) in statements.iter().enumerate() {
        if open.is_some_and(|depth| statement.depth <= depth) {
            open = None;
        }
        let name = WINDOWS_DOWNLOADERS.iter().find(|name| statement.is(name));
        let fetches = name.is_some() || open.is_some();
        let values = command_line(name.unwrap_or(&"")).values;
        let mut before = "";
        for word in &statement.words {
            let lower = before.to_ascii_lowercase();
            let is_value = lower.starts_with('-') && values.take_next(before);
            if fetches && !is_value && !POWERSHELL_OTHER_URLS.contains(&lower.as_str()) {
                found.push((at, word));
            }
            before = word.lexeme();
        }
        let last = statement.words.last().map_or("", Arg::lexeme);
        let method = last.rsplit_once('.').map(|(_, method)| method.to_ascii_lowercase());
        // `Invoke-WebRequest $(…)` and `$client.DownloadFile(…)`: what is in the parentheses is the next statement.
        if name.is_some() || method.is_some_and(|method| DOTNET_DOWNLOADS.contains(&method.as_str())) {
            open = open.or(Some(statement.depth));
        }
    }
    found
}

/// Whether a statement verifies a checksum or a signature.
pub fn verifies(statement: &Statement) -> bool {
    let has = |flag: &str| statement.words.iter().any(|word| word.lexeme().eq_ignore_ascii_case(flag));
    statement.is("Get-FileHash")
        || statement.is("Get-AuthenticodeSignature")
        || statement.is("certutil") && has("-hashfile")
        || (statement.is("gpg") || statement.is("gpg2")) && has("--verify")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::Dialect;
    use crate::shell::windows::statements;

    #[test]
    fn fetched_arguments() {
        for (text, want) in [
            ("Invoke-WebRequest 'http://a/b' -OutFile c", &["http://a/b"][..]),
            ("iwr -Proxy http://p:1 -Uri http://a/b; d http://e", &["http://a/b"]),
            ("(New-Object Net.WebClient).DownloadFile('http://a/b', 'c')", &["http://a/b,"]),
            ("$c.DownloadString(\"http://a/$b\"); e 'http://f'", &["\"http://a/$b\""]),
            ("Invoke-WebRequest $('http://a/{0}' -f $b) -OutFile c; d ('http://e')", &["http://a/{0}"]),
            ("curl.exe -o http.zip -x http://p -L http://a/b", &["http://a/b"]),
            ("echo http://a", &[]),
        ] {
            let statements = statements(text, 0, Dialect::PowerShell);
            let found = fetched(&statements).into_iter().map(|(_, word)| word.lexeme());
            let urls: Vec<&str> = found.filter(|word| word.contains("http://")).collect();
            assert_eq!(urls, want, "{text}");
        }
    }
}
