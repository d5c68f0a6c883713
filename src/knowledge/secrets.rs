//! Secrets that are known by their names: variables and files.

use Certainty::{Likely, Perhaps, Sure};

/// In paths, they speak of a secret. In lower case.
pub const FILES: &[&str] = &[
    ".ssh", "id_rsa", "id_ed25519", "secret", "password", "token", "credential", ".npmrc", ".netrc", ".pypirc", ".aws",
];

/// How surely a name is that of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suspicion {
    /// `KEY`, `AUTH`: as often something else.
    Weak,
    /// `DB_PASSWORD`, `NPM_TOKEN`.
    Strong,
}

/// Parts of a name that are secrets themselves.
const STRONG: &str = "accesskey apikey authtoken accesstoken apitoken credential credentials passphrase passwd password \
    passwords privatekey pword secret secretkey secrets token tokens pwd pass psw apisecret";

/// Parts that are as often something else.
const WEAK: &str = "auth key keys pat cred creds";

/// Words before `key` that make it a secret one.
const OF_KEY: &str = "access admin api app client crypt decrypt decryption deploy encrypt encryption hmac master private secret \
    service session signing sign ssh storage webhook";

/// Parts that make a name one of something about a secret, or of something public.
const ABOUT: &str = "public pub file files filename path paths dir directory folder location mount store keystore truststore \
    version url urls uri host hostname port server service endpoint domain name names username length len \
    size type types count expiry expires expiration expire ttl timeout age lifetime duration algorithm alg \
    issuer audience enabled enable disabled disable required require method methods mode policy prefix suffix \
    header headers provider class min max days rounds iterations format rotation fingerprint fingerprints \
    plugin plugins module driver backend strategy limit window sock socket hash checksum sha256 cookie bypass \
    parallelism site realm scope scopes source allow random generate use no skip gpg pgp keyring layout board \
    cache regex pattern field column index default manager arn dev repo usage";

/// Whether a variable of this name is to hold a secret. Words are told apart by `_`, `-`, `.` and by case.
pub fn suspicion(name: &str) -> Option<Suspicion> {
    if !has_sign(name) {
        return None;
    }
    let words = words(name);
    let is = |word: &str, list: &str| list.split(' ').any(|own| own == word);
    // The half of a pair that is no use without the other, but that is always kept with it.
    if words.windows(3).any(|three| three == ["access", "key", "id"]) {
        return Some(Suspicion::Strong);
    }
    let mut found = None;
    for (at, word) in words.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| &words[at]);
        let ends = ["password", "passwd", "passphrase", "apikey", "secret", "token", "secretkey"];
        let one = if is(word, STRONG) || ends.iter().any(|end| word.ends_with(end)) {
            // `PWD` and `PASS` alone are a directory and a step.
            let alone =
                matches!(word.as_str(), "pwd" | "pass" | "psw") && (at == 0 || before.is_some_and(|it| it == "old"));
            if alone { continue } else { Suspicion::Strong }
        } else if is(word, WEAK) {
            let secret = matches!(word.as_str(), "key" | "keys") && before.is_some_and(|it| is(it, OF_KEY));
            let token = word == "pat"
                && before.is_some_and(|it| matches!(it.as_str(), "github" | "gh" | "git" | "gitlab" | "azure"));
            // `PAT`, `AUTH` in front say what the rest is about.
            if secret || token {
                Suspicion::Strong
            } else if word == "pat" {
                continue;
            } else {
                Suspicion::Weak
            }
        } else {
            continue;
        };
        found = found.max(Some(one));
    }
    // What a name ends in is what it is: `TOKEN_URL` is an address, `AUTH_SERVICE_PASSWORD` a password.
    let last = words.last()?;
    let about = is(last, ABOUT)
        || last == "id"
        || last.bytes().all(|byte| byte.is_ascii_digit()) && words.len() > 2 && is(&words[words.len() - 2], ABOUT)
        || words.iter().any(|word| {
            matches!(
                word.as_str(),
                "public" | "pub" | "keyserver" | "fingerprint" | "dummy" | "enable" | "disable" | "cache" | "filters"
            )
        });
    // Keys of GnuPG are mostly public ones, its passwords are not.
    let of_gpg = words.iter().any(|word| matches!(word.as_str(), "gpg" | "pgp"));
    let about = about || of_gpg && !words.iter().any(|word| word.starts_with("pass") || word == "secret");
    // BuildKit passes these over wherever they stand.
    let passed = words.iter().any(|word| matches!(word.as_str(), "file" | "version"));
    found.filter(|_| !about && !passed)
}

/// Whether it holds what every strong and weak word holds. Most names do not, and are done with.
fn has_sign(name: &str) -> bool {
    const SIGNS: [&[u8]; 10] =
        [b"key", b"pass", b"pwd", b"psw", b"pword", b"secret", b"token", b"cred", b"auth", b"pat"];
    let bytes = name.as_bytes();
    // What `words` drops may stand within a word.
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (0..bytes.len()).any(|at| {
        !is_plain(&bytes[at])
            || SIGNS
                .iter()
                .any(|sign| bytes[at..].get(..sign.len()).is_some_and(|start| start.eq_ignore_ascii_case(sign)))
    })
}

/// `dbPassword`, `DB_PASSWORD` → `db`, `password`.
fn words(name: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut lower = false;
    for char in name.chars().take(128) {
        if matches!(char, '_' | '-' | '.') || (char.is_ascii_uppercase() && lower) {
            out.push(String::new());
        }
        lower = char.is_ascii_lowercase();
        if char.is_ascii_alphanumeric()
            && let Some(word) = out.last_mut()
        {
            word.push(char.to_ascii_lowercase());
        }
    }
    out.retain(|word| !word.is_empty());
    out
}

/// What a value says about being secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// A path, an address, `true`, a fingerprint, `dummy`: no secret, whatever the name.
    Harmless,
    /// A stand-in that somebody may forget to replace: `changeme`.
    StandIn,
    /// It may be one.
    Possible,
}

/// Values that are none, whatever the variable is called.
const NO_SECRETS: &str = "true false yes no on off none null nil undefined disabled enabled dummy fake unused unset notused \
    not-used placeholder default required optional auto file env ldap basic oauth oauth2 jwt always \
    never";

/// Judges the value of a variable that is named like a secret.
pub fn judge(value: &str) -> Value {
    let value = value.trim();
    let lower = value.to_ascii_lowercase();
    let is_hex = |length: usize| value.len() == length && value.bytes().all(|byte| byte.is_ascii_hexdigit());

    let path = value.starts_with(['/', '~'])
        || value.starts_with("./")
        || value.starts_with("../")
        || value.starts_with("file:");
    let address = value.contains("://") && super::tokens::credentials(value).next().is_none();
    // A fingerprint of a public key; written in groups of four too.
    let grouped: String = value.chars().filter(|char| !char.is_whitespace() && *char != ':').collect();
    let fingerprint = is_hex(40) && value.bytes().all(|byte| !byte.is_ascii_lowercase())
        || grouped.len().is_multiple_of(40)
            && grouped.len() > 40
            && grouped.bytes().all(|byte| byte.is_ascii_hexdigit());
    if value.len() < 2
        || path
        || address
        || fingerprint
        || NO_SECRETS.split(' ').any(|word| word == lower.trim_matches('*'))
    {
        return Value::Harmless;
    }
    if lower.contains("dummy")
        || lower.replace([' ', '_', '-'], "").trim_matches('*') == "setme"
        || lower.contains("placeholder")
        || lower.contains("not-a-real")
        || lower.contains("precompile")
    {
        return Value::Harmless;
    }
    // `PRIV_REPO_PASSWORD` in its own place: something is to put it in.
    let named = value.len() > 8
        && value.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
        && ["PASSWORD", "TOKEN", "SECRET", "_KEY"].iter().any(|word| value.contains(word));
    let mut stars = lower.trim_matches(|char: char| matches!(char, 'x' | '0' | '*' | '.' | '-' | '_')).chars();
    let stand_in = [
        "changeme", "change_me", "change-me", "replace", "your", "example", "insert", "todo", "secret_here", "<", "{{",
    ];
    // `%PASSWORD%`: a template.
    let marked = value.len() > 2 && ["%", "@", "__"].iter().any(|mark| value.starts_with(mark) && value.ends_with(mark));
    // `xoxb-xxxxxxxxxxxx-xxxxxxxx`: a part is masked.
    let masked = lower.contains("xxxxxxxx") || lower.contains("********");
    if named || marked || masked || lower.ends_with("here") || stars.next().is_none() || stand_in.iter().any(|word| lower.contains(word)) {
        return Value::StandIn;
    }
    Value::Possible
}

/// How sure a file's name says that it is a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// As often something harmless.
    Perhaps,
    Likely,
    /// Files of that name are nothing else.
    Sure,
}

/// A file that is a secret, or holds some, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretFile {
    /// `a private SSH key`.
    pub what: &'static str,
    pub certainty: Certainty,
}

/// Whole names.
#[rustfmt::skip]
const NAMES: &[(&str, &str, Certainty)] = &[
    (".aws", "AWS credentials", Likely),
    (".azure", "Azure credentials", Likely),
    (".boto", "cloud credentials", Sure),
    (".docker", "registry logins", Perhaps),
    (".dockercfg", "registry logins", Sure),
    (".dockerconfigjson", "registry logins", Sure),
    (".git-credentials", "passwords for git", Sure),
    (".gnupg", "GnuPG keys", Likely),
    (".htpasswd", "hashed passwords", Perhaps),
    (".kube", "access to a cluster", Likely),
    (".netrc", "passwords for hosts", Sure),
    (".npmrc", "a token for npm", Perhaps),
    (".pgpass", "database passwords", Sure),
    (".pypirc", "a token for PyPI", Sure),
    (".s3cfg", "AWS credentials", Sure),
    (".secrets", "secrets", Likely),
    (".ssh", "private SSH keys", Likely),
    (".vault-token", "a token for Vault", Sure),
    ("_netrc", "passwords for hosts", Sure),
    ("api-key.txt", "an API key", Likely),
    ("api-keys.json", "API keys", Likely),
    ("api_key.txt", "an API key", Likely),
    ("api_keys.json", "API keys", Likely),
    ("apikeys.json", "API keys", Likely),
    ("application_default_credentials.json", "cloud credentials", Sure),
    ("credentials.json", "credentials", Likely),
    ("id_dsa", "a private SSH key", Sure),
    ("id_ecdsa", "a private SSH key", Sure),
    ("id_ed25519", "a private SSH key", Sure),
    ("id_rsa", "a private SSH key", Sure),
    ("kubeconfig", "access to a cluster", Likely),
    ("master.key", "the key to Rails' credentials", Likely),
    ("password.txt", "a password", Likely),
    ("passwords.txt", "passwords", Likely),
    ("secret.txt", "a secret", Likely),
    ("secrets", "a directory for secrets", Perhaps),
    ("secrets.env", "secrets", Likely),
    ("secrets.json", "secrets", Likely),
    ("secrets.yaml", "secrets", Perhaps),
    ("secrets.yml", "secrets", Perhaps),
    ("service-account.json", "cloud credentials", Likely),
    ("serviceaccount.json", "cloud credentials", Likely),
    ("terraform.tfstate", "all that Terraform knows, passwords included", Likely),
    ("token.txt", "a token", Likely),
];

/// Endings.
#[rustfmt::skip]
const ENDINGS: &[(&str, &str, Certainty)] = &[
    ("-password.txt", "a password", Likely),
    (".jks", "a key store", Perhaps),
    (".kdbx", "passwords", Sure),
    (".key", "a private key", Likely),
    (".keystore", "a key store", Perhaps),
    (".p12", "a private key with its certificate", Perhaps),
    (".pem", "a private key", Perhaps),
    (".pfx", "a private key with its certificate", Perhaps),
    (".ppk", "a private SSH key", Sure),
    (".tfvars", "Terraform's variables, passwords among them", Perhaps),
    ("_password.txt", "a password", Likely),
];

/// Words in a name that say it is public, made up, or a pattern to fill in.
const PUBLIC: &str = "example sample template tmpl tpl dist default defaults pub public cert certs crt ca cacert cacerts chain \
    fullchain bundle root gpg pgp rpm apt repo repository release signing archive trust truststore keyring \
    dhparam dhparams dh ffdhe2048 ffdhe3072 ffdhe4096 nodesource docker yarn debug snakeoil stub schema git maven elastic elasticsearch \
    kubernetes postgres postgresql mongodb mysql nvidia";

/// What a source of COPY is, by its name. Patterns are read as names: `*.pem` is `.pem`.
pub fn secret_file(path: &str) -> Option<SecretFile> {
    let path = path.trim_end_matches('/');
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let parent = folder.rsplit('/').next().unwrap_or_default();
    let plain = name.trim_end_matches('*');
    let lower = plain.to_ascii_lowercase();
    let public = || {
        let mut words = lower.split(|char: char| !char.is_ascii_alphanumeric());
        words.any(|word| PUBLIC.split(' ').any(|own| own == word))
    };
    let file = |what, certainty| Some(SecretFile { what, certainty });
    if let Some((_, what, certainty)) = NAMES.iter().find(|(own, ..)| *own == lower) {
        return file(what, *certainty);
    }
    match (parent, lower.as_str()) {
        (".aws", "credentials") => return file("AWS credentials", Sure),
        (".docker", "config.json") => return file("registry logins", Likely),
        (".kube", "config") => return file("access to a cluster", Sure),
        _ => {}
    }
    const SETTINGS: &str = "the settings of one installation, often with passwords";
    match lower.strip_prefix(".env") {
        Some("" | ".prod" | ".production" | ".live") => return file(SETTINGS, Likely),
        Some(rest) if rest.starts_with('.') && !public() => return file(SETTINGS, Perhaps),
        _ => {}
    }
    let (end, what, certainty) = ENDINGS.iter().find(|(end, ..)| lower.ends_with(end)).filter(|_| !public())?;
    let made_up = ["test", "local", "self", "fake", "dummy", "dev"].iter().any(|word| lower.contains(word));
    match *end {
        // Certificates are mostly `.pem`, keys say that they are.
        ".pem" if ["key", "priv"].iter().any(|word| lower.contains(word)) && !made_up => file(what, Likely),
        ".key" if made_up => file(what, Perhaps),
        _ => file(what, *certainty),
    }
}

/// Whether a file that is [`secret_file`] by its name has a secret in its text. `None`: cannot be told.
pub fn holds_secret(path: &str, text: &str) -> Option<bool> {
    let name = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    if name.ends_with(".pem") || name.ends_with(".key") {
        let armoured = text.contains("-----BEGIN");
        return armoured.then(|| text.contains("PRIVATE KEY"));
    }
    let pairs =
        text.lines().filter(|line| !line.trim_start().starts_with(['#', ';'])).filter_map(|line| line.split_once('='));
    let held = |value: &str| !value.contains('$') && judge(value.trim().trim_matches(['"', '\''])) == Value::Possible;
    if name == ".npmrc" {
        return Some(pairs.into_iter().any(|(key, value)| {
            let key = key.trim().to_ascii_lowercase();
            ["_authtoken", "_auth", "_password"].iter().any(|end| key.ends_with(end)) && held(value)
        }));
    }
    if name.starts_with(".env") {
        let secret = |key: &str| suspicion(key.trim().trim_start_matches("export ")) == Some(Suspicion::Strong);
        let found = pairs.into_iter().any(|(key, value)| {
            (secret(key) && held(value)) || super::tokens::credentials(value).any(|it| held(&value[it.secret]))
        });
        return Some(found || super::tokens::tokens(text).next().is_some());
    }
    None
}

/// Words in the name of an env file that is meant to be in version control: its values are examples, or those of tests.
const OF_EXAMPLES: &str = "example sample template tmpl tpl dist default defaults stub test tests testing ci dev development";

/// Whether the values in an env file of this name are examples, or those of tests.
pub fn is_example(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let mut words = lower.split(|char: char| !char.is_ascii_alphanumeric());
    words.any(|word| !word.is_empty() && OF_EXAMPLES.split(' ').any(|own| own == word))
}

/// Values that a step is given because it only needs some value: `SECRET_KEY=foo ./manage.py collectstatic`.
pub const ANY_VALUE: &[&str] = &["foo", "bar", "build", "test", "abc", "nothing", "secret", "key"];

/// Passwords in examples and tests. In lower case.
pub const OBVIOUS_PASSWORDS: &[&str] =
    &["pass", "passwd", "password", "pw", "pwd", "user", "username", "secret", "token", "guest", "test"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_a_sign() {
        for word in STRONG.split_whitespace().chain(WEAK.split_whitespace()) {
            assert!(has_sign(word) && has_sign(&word.to_uppercase()), "{word}");
        }
        assert!(!has_sign("NODE_ENV") && has_sign("a b"));
    }

    #[test]
    fn names_of_variables() {
        let names = "DB_PASSWORD password dbPassword NPM_TOKEN GITHUBTOKEN API_KEY AWS_SECRET_ACCESS_KEY \
             AWS_ACCESS_KEY_ID SECRET_KEY_BASE DB_PASS MYSQL_PWD client-secret GH_PAT SSH_PRIVATE_KEY \
             ROOT_PASSWD";
        for name in names.split(' ') {
            assert_eq!(suspicion(name), Some(Suspicion::Strong), "{name}");
        }
        for name in ["KEY", "BASIC_AUTH", "LICENSE_KEY"] {
            assert_eq!(suspicion(name), Some(Suspicion::Weak), "{name}");
        }
        let names = "PATH GPG_KEY PASSWORD_FILE TOKEN_URL TOKENIZERS_PARALLELISM PWD OLD_PWD KEYCLOAK_VERSION MONKEY \
             AUTH_TYPE PUBLIC_KEY BYPASS SSH_AUTH_SOCK TOKEN_TTL USERNAME PRIVATE_NETWORK MAX_TOKENS_LIMIT \
             NODE_TLS_REJECT_UNAUTHORIZED NO_PASSWORD_PROMPT_TIMEOUT COMPASS";
        for name in names.split(' ') {
            assert_eq!(suspicion(name), None, "{name}");
        }
    }

    #[test]
    fn values() {
        for value in [
            "/run/secrets/x",
            "https://example.com/token",
            "true",
            "0D96DF4D4110E5C43FBFB17F2D347EA6AA65421D",
            "dummy",
            "x",
            "none",
        ] {
            assert_eq!(judge(value), Value::Harmless, "{value}");
        }
        for value in [
            "changeme",
            "<token>",
            "xxxx",
            "xoxb-xxxxxxxxxxxx-xxxx",
            "your-key",
            "00000000-0000",
            "REPO_PASSWORD",
            "EnvVarHere",
        ] {
            assert_eq!(judge(value), Value::StandIn, "{value}");
        }
        for value in ["root", "hunter2", "1234", "postgres://u:p@h/x"] {
            assert_eq!(judge(value), Value::Possible, "{value}");
        }
    }

    #[test]
    fn names_of_files() {
        for (path, certainty) in [
            ("id_rsa", Sure),
            ("keys/id_ed25519", Sure),
            (".ssh/", Likely),
            (".env", Likely),
            ("app/.env.local", Perhaps),
            ("server.key", Likely),
            ("*.pem", Perhaps),
            ("private.pem", Likely),
            ("/root/.aws/credentials", Sure),
            (".npmrc", Perhaps),
            ("prod.p12", Perhaps),
        ] {
            assert_eq!(secret_file(path).map(|file| file.certainty), Some(certainty), "{path}");
        }
        let harmless = "id_rsa.pub .env.example .env.sample ca.pem rds-ca-bundle.pem nodesource.gpg.key nginx_signing.key \
                        app.py .ssh/known_hosts debug.keystore cert.pem .envrc monkey";
        for path in harmless.split(' ') {
            assert_eq!(secret_file(path), None, "{path}");
        }
        assert!(NAMES.is_sorted_by_key(|row| row.0) && ENDINGS.is_sorted_by_key(|row| row.0));
    }

    #[test]
    fn texts_of_files() {
        for (path, text, held) in [
            (".env", "PORT=80\nexport DB_PASSWORD='hunter2'\n", Some(true)),
            (".env", "PORT=80\nDB_PASSWORD=\n# API_KEY=abc\n", Some(false)),
            (".env", "URL=postgres://a:hunter2@db/x", Some(true)),
            (".npmrc", "//registry.example.com/:_authToken=${NPM_TOKEN}\n", Some(false)),
            (".npmrc", "//registry.example.com/:_authToken=abcdef", Some(true)),
            ("a.pem", "-----BEGIN CERTIFICATE-----", Some(false)),
            ("a.key", "-----BEGIN RSA PRIVATE KEY-----", Some(true)),
            ("a.key", "\u{1}", None),
        ] {
            assert_eq!(holds_secret(path, text), held, "{path}: {text}");
        }
    }
}
