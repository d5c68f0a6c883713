//! Secrets that are known by how they look: tokens of well-known services, private keys, credentials in addresses.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// A token that a service has given out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// `GitHub token`.
    pub kind: &'static str,
    pub at: Range<usize>,
    /// Not surely one that must be kept: some tokens of this shape are made to be public.
    pub maybe: bool,
}

/// What it is, how it looks, and whether that may also be something public. The part that varies is `(…)`.
#[rustfmt::skip]
const SHAPES: &[(&str, &str, bool)] = &[
    ("AWS access key", r"\b(?:AKIA|ASIA)([A-Z2-7]{16})\b", false),
    ("GitHub token", r"\bgh[pousr]_([A-Za-z0-9]{36,251})\b", false),
    ("GitHub token", r"\bgithub_pat_([A-Za-z0-9_]{60,251})\b", false),
    ("GitLab token", r"\bgl(?:pat|dt|rt|ptt|cbt)-([A-Za-z0-9_-]{20,})", false),
    ("Slack token", r"\bxox[abeoprs]-([0-9A-Za-z]{8,}-[A-Za-z0-9-]{10,})", false),
    ("Slack webhook", r"\bhooks\.slack\.com/services/(T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/[A-Za-z0-9]{16,})", false),
    ("Stripe key", r"\b[sr]k_live_([A-Za-z0-9]{16,})\b", false),
    ("Google API key", r"\bAIza([A-Za-z0-9_-]{35})", true),
    ("npm token", r"\bnpm_([A-Za-z0-9]{36})\b", false),
    ("PyPI token", r"\bpypi-AgEIcHlwaS5vcmc([A-Za-z0-9_-]{40,})", false),
    ("RubyGems key", r"\brubygems_([a-f0-9]{48})\b", false),
    ("Docker Hub token", r"\bdckr_(?:pat|oat)_([A-Za-z0-9_-]{20,})", false),
    ("DigitalOcean token", r"\bdo[opr]_v1_([a-f0-9]{64})\b", false),
    ("SendGrid key", r"\bSG\.([A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})", false),
    ("Hugging Face token", r"\bhf_([A-Za-z]{34})\b", false),
    ("OpenAI key", r"\bsk-(?:proj-|svcacct-)?([A-Za-z0-9_-]{20,}T3BlbkFJ[A-Za-z0-9_-]{20,})", false),
    ("Anthropic key", r"\bsk-ant-[a-z]+[0-9]{2}-([A-Za-z0-9_-]{80,})", false),
    ("Azure storage key", r"\bAccountKey=([A-Za-z0-9+/]{86}==)", false),
    // The key itself has to follow: scripts look for the first line, or write it around a variable.
    ("private key", r#"-----BEGIN (?:[A-Z]+ ){0,2}PRIVATE KEY(?: BLOCK)?-----(?:\\[nr\r]|[\s"'\\])*([A-Za-z0-9+/]{40})"#, false),
    ("JSON Web Token", r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ([A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,})", true),
];

static ANY: LazyLock<Regex> = LazyLock::new(|| {
    let each: Vec<String> = SHAPES.iter().map(|(_, shape, _)| format!("(?:{shape})")).collect();
    Regex::new(&each.join("|")).expect("the shapes are valid")
});

/// Every token in a text, in order. Made-up ones (`AKIAXXXXXXXXXXXXXXXX`) and those of the services' own pages are
/// left out.
pub fn tokens(text: &str) -> impl Iterator<Item = Token> + '_ {
    ANY.captures_iter(text).filter_map(|found| {
        let whole = found.get(0)?;
        let (shape, part) = (1..found.len()).find_map(|group| Some((group - 1, found.get(group)?.as_str())))?;
        let (kind, _, maybe) = SHAPES[shape];
        (!is_made_up(part)).then(|| Token { kind, at: whole.range(), maybe })
    })
}

/// Few different characters, `EXAMPLE`, counted up: nobody was given this.
fn is_made_up(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let mut seen = [false; 256];
    lower.bytes().for_each(|byte| seen[usize::from(byte)] = true);
    seen.iter().filter(|seen| **seen).count() < 8
        || ["example", "1234567", "abcdefg", "xxxx", "0000000", "your", "fake", "dummy"]
            .iter()
            .any(|word| lower.contains(word))
}

/// What can be shown of a secret: enough to find it, too little to use it.
pub fn mask(secret: &str) -> String {
    let shown: String = secret.chars().take(4).filter(|char| char.is_ascii_graphic() && *char != '`').collect();
    if secret.len() >= 16 { format!("{shown}…") } else { "…".to_owned() }
}

/// `user:password@` in an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// `https`
    pub scheme: String,
    /// From the user to before the `@`.
    pub at: Range<usize>,
    /// Where the secret stands: the password, or the user's place where a token stands alone.
    pub secret: Range<usize>,
    /// The host and its port.
    pub host: String,
}

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    // In place of a word, a variable may have braces and whatever is in them.
    let part = r#"(?:\$\{[^}\s]*\}|\$\([^)]*\)|[^\s/@:"'`<>()\\{}|?#,;])"#;
    let pass = r#"(?:\$\{[^}\s]*\}|\$\([^)]*\)|[^\s/@"'`<>()\\{}|?#])"#;
    let text = format!(r"\b([A-Za-z][A-Za-z0-9+.-]*)://({part}*)(?::({pass}+))?@([\w.$\{{}}\[\]:-]+)");
    Regex::new(&text).expect("the pattern is valid")
});

/// Credentials in the addresses of a text. A user alone counts only where it looks like a token or is a variable
/// named so.
pub fn credentials(text: &str) -> impl Iterator<Item = Credentials> + '_ {
    ADDRESS.captures_iter(text).filter_map(|found| {
        let (scheme, user, pass) = (found.get(1)?, found.get(2)?, found.get(3));
        let secret = match pass {
            Some(pass) => pass,
            None if is_token_like(user.as_str()) => user,
            None => return None,
        };
        Some(Credentials {
            scheme: scheme.as_str().to_ascii_lowercase(),
            at: user.start()..secret.end(),
            secret: secret.range(),
            host: found.get(4)?.as_str().to_owned(),
        })
    })
}

fn is_token_like(user: &str) -> bool {
    if user.contains('$') {
        let lower = user.to_ascii_lowercase();
        return ["token", "secret", "passw", "_pat", "credential"].iter().any(|word| lower.contains(word));
    }
    let digits = user.bytes().filter(u8::is_ascii_digit).count();
    tokens(user).next().is_some() || (user.len() >= 20 && digits >= 4 && !is_made_up(user))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_token() {
        // Put together here, so that no scanner takes this file's words for real ones.
        let long = "A1b2C3d4E5f6G7h8J9k0L1m2N3p4Q5r6S7t8";
        for (text, kind) in [
            (format!("ENV X=AKIA{}", "Q7ZD4T2MWKXR5VNE"), "AWS access key"),
            (format!("ENV X=ghp_{long}"), "GitHub token"),
            (format!("glpat-{}", &long[..20]), "GitLab token"),
            (format!("npm_{long}"), "npm token"),
            (format!("sk_live_{}", &long[..24]), "Stripe key"),
            (format!("-----BEGIN RSA PRIVATE KEY-----\\n\\\n{long}{long}"), "private key"),
            (format!("-----BEGIN PRIVATE KEY-----\n{long}{long}"), "private key"),
            (format!("eyJ{0}.eyJ{0}.{0}", &long[..30]), "JSON Web Token"),
        ] {
            let found: Vec<_> = tokens(&text).map(|token| token.kind).collect();
            assert_eq!(found, [kind], "{text}");
        }
        for text in [
            "AKIAIOSFODNN7EXAMPLE",
            "AKIAXXXXXXXXXXXXXXXX",
            "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "grep -q -- '-----BEGIN PRIVATE KEY-----' f",
            "-----BEGIN RSA PRIVATE KEY-----\n$KEY\n",
            "npm_config_loglevel=warn",
        ] {
            assert_eq!(tokens(text).count(), 0, "{text}");
        }
    }

    #[test]
    fn what_is_in_an_address() {
        for (text, secret, host) in [
            ("git clone https://me:s3cr3t@example.com/x", "s3cr3t", "example.com"),
            ("https://x:${TOKEN}@github.com/a", "${TOKEN}", "github.com"),
            ("https://$GITHUB_TOKEN@github.com/a", "$GITHUB_TOKEN", "github.com"),
            ("https://a:$(cat /run/secrets/t)@h/x", "$(cat /run/secrets/t)", "h"),
            ("postgres://u:p@db:5432/x", "p", "db:5432"),
            ("https://:pw@h/", "pw", "h"),
        ] {
            let found: Vec<_> = credentials(text).collect();
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!((&text[found[0].secret.clone()], found[0].host.as_str()), (secret, host), "{text}");
        }
        for text in [
            "ssh://git@github.com/a",
            "https://github.com/a@b",
            "http://h:80/x?y=a@b",
            "https://unpkg.com/x@1.2",
            "https://$USER@h/",
            "https://h/a:b@c",
        ] {
            assert_eq!(credentials(text).count(), 0, "{text}");
        }
    }

    #[test]
    fn masked() {
        assert_eq!(mask("AKIAQ7ZD4T2MWKXR5VNE"), "AKIA…");
        assert_eq!(mask("hunter2"), "…");
    }
}
