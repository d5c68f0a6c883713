//! Secrets that are known by how they look: tokens of well-known services, private keys, credentials in addresses.

use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use aho_corasick::AhoCorasick;
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

/// What it is, what every one holds (one of these), how it looks, and whether that may also be something public. The
/// part that varies is `(…)`.
#[rustfmt::skip]
const SHAPES: &[(&str, &str, &str, bool)] = &[
    ("AWS access key", "AKIA ASIA", r"\b(?:AKIA|ASIA)([A-Z2-7]{16})\b", false),
    ("GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", r"\bgh[pousr]_([A-Za-z0-9]{36,251})\b", false),
    ("GitHub token", "github_pat_", r"\bgithub_pat_([A-Za-z0-9_]{60,251})\b", false),
    ("GitLab token", "glpat- gldt- glrt- glptt- glcbt-", r"\bgl(?:pat|dt|rt|ptt|cbt)-([A-Za-z0-9_-]{20,})", false),
    ("Slack token", "xox", r"\bxox[abeoprs]-([0-9A-Za-z]{8,}-[A-Za-z0-9-]{10,})", false),
    ("Slack webhook", "hooks.slack.com", r"\bhooks\.slack\.com/services/(T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/[A-Za-z0-9]{16,})", false),
    ("Stripe key", "k_live_", r"\b[sr]k_live_([A-Za-z0-9]{16,})\b", false),
    ("Google API key", "AIza", r"\bAIza([A-Za-z0-9_-]{35})", true),
    ("npm token", "npm_", r"\bnpm_([A-Za-z0-9]{36})\b", false),
    ("PyPI token", "pypi-AgEIcHlwaS5vcmc", r"\bpypi-AgEIcHlwaS5vcmc([A-Za-z0-9_-]{40,})", false),
    ("RubyGems key", "rubygems_", r"\brubygems_([a-f0-9]{48})\b", false),
    ("Docker Hub token", "dckr_", r"\bdckr_(?:pat|oat)_([A-Za-z0-9_-]{20,})", false),
    ("DigitalOcean token", "doo_v1_ dop_v1_ dor_v1_", r"\bdo[opr]_v1_([a-f0-9]{64})\b", false),
    ("SendGrid key", "SG.", r"\bSG\.([A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})", false),
    ("Hugging Face token", "hf_", r"\bhf_([A-Za-z]{34})\b", false),
    ("OpenAI key", "T3BlbkFJ", r"\bsk-(?:proj-|svcacct-)?([A-Za-z0-9_-]{20,}T3BlbkFJ[A-Za-z0-9_-]{20,})", false),
    ("Anthropic key", "sk-ant-", r"\bsk-ant-[a-z]+[0-9]{2}-([A-Za-z0-9_-]{80,})", false),
    ("Azure storage key", "AccountKey=", r"\bAccountKey=([A-Za-z0-9+/]{86}==)", false),
    // The key itself has to follow: scripts look for the first line, or write it around a variable.
    ("private key", "KEY----- BLOCK-----", r#"-----BEGIN (?:[A-Z]+ ){0,2}PRIVATE KEY(?: BLOCK)?-----(?:\\[nr\r]|[\s"'\\])*([A-Za-z0-9+/]{40})"#, false),
    ("JSON Web Token", "eyJ", r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ([A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,})", true),
];

/// The signs of all shapes, and whose each is. Few files hold any, and then of one or two.
static SIGNS: LazyLock<(AhoCorasick, Vec<usize>)> = LazyLock::new(|| {
    let signs = SHAPES.iter().enumerate().flat_map(|(shape, row)| row.1.split(' ').map(move |sign| (shape, sign)));
    let (shapes, signs): (Vec<usize>, Vec<&str>) = signs.unzip();
    (AhoCorasick::new(signs).expect("there are few, and they are short"), shapes)
});

/// The shapes, each made when it is needed: together they take longer than to read a file.
static MADE: [OnceLock<Regex>; SHAPES.len()] = [const { OnceLock::new() }; SHAPES.len()];

fn made(shape: usize) -> &'static Regex {
    // Tokens are ASCII; the engine is several times as fast where a word is that of ASCII.
    let pattern = || SHAPES[shape].2.replace(r"\b", r"(?-u:\b)");
    MADE[shape].get_or_init(|| Regex::new(&pattern()).expect("the shapes are valid"))
}

/// Every token in a text, in order. Made-up ones (`AKIAXXXXXXXXXXXXXXXX`) and those of the services' own pages are
/// left out.
pub fn tokens(text: &str) -> impl Iterator<Item = Token> + '_ {
    let (signs, shapes) = &*SIGNS;
    let mut held = [false; SHAPES.len()];
    signs.find_overlapping_iter(text).for_each(|hit| held[shapes[hit.pattern().as_usize()]] = true);
    let mut found: Vec<Token> =
        (0..SHAPES.len()).filter(|shape| held[*shape]).flat_map(|shape| of_shape(shape, text)).collect();
    found.sort_by_key(|token| token.at.start);
    let mut end = 0;
    found.retain(|token| {
        let apart = token.at.start >= end;
        end = end.max(token.at.end);
        apart
    });
    found.into_iter()
}

fn of_shape(shape: usize, text: &str) -> impl Iterator<Item = Token> + '_ {
    let (kind, _, _, maybe) = SHAPES[shape];
    made(shape).captures_iter(text).filter_map(move |found| {
        let (whole, part) = (found.get(0)?, found.get(1)?.as_str());
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
    /// The secret: the password, or the user part if a token is given alone.
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
    let may = text.contains("://") && text.contains('@');
    may.then(|| ADDRESS.captures_iter(text)).into_iter().flatten().filter_map(|found| {
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
            "ssh://git@github.com/a", "https://github.com/a@b", "http://h:80/x?y=a@b", "https://unpkg.com/x@1.2",
            "https://$USER@h/", "https://h/a:b@c",
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
