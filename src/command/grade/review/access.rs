//! Who may use the pages: who has the printed URL, in a browser on this machine. A page from elsewhere may neither read nor
//! change anything: the host must be the loopback address (so no other name may lead here), and forms carry a secret.

use std::fmt::Write;

use crate::grade::submissions::digest_of;

/// The cookie that keeps the token.
const COOKIE: &str = "plimsoll-review";

/// The secrets of one run.
pub(super) struct Access {
    port: u16,
    token: String,
    /// The secret that forms carry.
    form: String,
}

/// What a request says of where it comes from.
#[derive(Clone, Debug, Default)]
pub(super) struct Head {
    pub(super) host: Option<String>,
    pub(super) origin: Option<String>,
    pub(super) cookie: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Allowed,
    /// The token in the URL is right: the cookie to keep it in.
    SignedIn(String),
    /// The status and the reason.
    Refused(u16, &'static str),
}

impl Access {
    /// # Errors
    /// When the system has no random numbers.
    pub(super) fn new(port: u16) -> Result<Self, getrandom::Error> {
        Ok(Self { port, token: secret()?, form: secret()? })
    }

    /// The URL to open.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/?token={}", self.port, self.token)
    }

    /// The secret that forms carry.
    pub(super) fn form(&self) -> &str {
        &self.form
    }

    pub(super) fn is_own_form(&self, secret: &str) -> bool {
        is_same(secret, &self.form)
    }

    pub(super) fn check(&self, head: &Head, query: &str) -> Verdict {
        let hosts = ["127.0.0.1", "localhost"].map(|name| format!("{name}:{}", self.port));
        let is_own = |text: &str| hosts.iter().any(|host| host == text);
        if !head.host.as_deref().is_some_and(is_own) {
            return Verdict::Refused(421, "this server answers only as 127.0.0.1");
        }
        let origin = head.origin.as_deref().map(|origin| origin.strip_prefix("http://").unwrap_or_default());
        if origin.is_some_and(|origin| !is_own(origin)) {
            return Verdict::Refused(403, "this request comes from another site");
        }
        let given = query.split('&').find_map(|pair| pair.strip_prefix("token="));
        if let Some(token) = given {
            return match is_same(token, &self.token) {
                true => Verdict::SignedIn(format!("{COOKIE}={token}; HttpOnly; SameSite=Strict; Path=/")),
                false => Verdict::Refused(403, "wrong token"),
            };
        }
        let cookies = head.cookie.as_deref().unwrap_or_default().split(';');
        let mut cookies = cookies.filter_map(|pair| pair.trim().split_once('='));
        match cookies.any(|(name, value)| name == COOKIE && is_same(value, &self.token)) {
            true => Verdict::Allowed,
            false => Verdict::Refused(403, "open the URL that `plimsoll grade --serve` printed"),
        }
    }
}

/// 256 random bits in hexadecimal.
fn secret() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

/// Whether two secrets are equal. What is compared are digests, all of their bytes: the time taken tells nothing.
fn is_same(given: &str, secret: &str) -> bool {
    let (given, secret) = (digest_of(&[given]), digest_of(&[secret]));
    given.bytes().zip(secret.bytes()).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_printed_url_on_this_machine() {
        let access = Access::new(8000).expect("there are random numbers");
        let head = |host: &str| Head { host: Some(host.to_owned()), ..Head::default() };
        let token = format!("token={}", access.token);
        let Verdict::SignedIn(cookie) = access.check(&head("127.0.0.1:8000"), &token) else { panic!("it is right") };
        assert!(cookie.contains("HttpOnly; SameSite=Strict"), "{cookie}");
        let cookie = cookie.split(';').next().map(str::to_owned);
        let signed_in = |host: &str| Head { cookie: cookie.clone(), ..head(host) };
        assert_eq!(access.check(&signed_in("127.0.0.1:8000"), ""), Verdict::Allowed);
        assert_eq!(access.check(&signed_in("localhost:8000"), ""), Verdict::Allowed);
        let from = |origin: &str| Head { origin: Some(origin.to_owned()), ..signed_in("127.0.0.1:8000") };
        assert_eq!(access.check(&from("http://127.0.0.1:8000"), ""), Verdict::Allowed);
        let refused = |head: &Head, query: &str| match access.check(head, query) {
            Verdict::Refused(status, _) => status,
            other => panic!("{other:?}"),
        };
        // A name that somebody else's DNS leads here, another port, another site, no token, a wrong one.
        assert_eq!(refused(&signed_in("evil.example:8000"), ""), 421);
        assert_eq!(refused(&signed_in("127.0.0.1:8001"), ""), 421);
        assert_eq!(refused(&Head { host: None, ..signed_in("") }, &token), 421);
        assert_eq!(refused(&from("http://evil.example"), ""), 403);
        assert_eq!(refused(&from("null"), ""), 403);
        assert_eq!(refused(&head("127.0.0.1:8000"), ""), 403);
        assert_eq!(refused(&head("127.0.0.1:8000"), "token="), 403);
        assert_eq!(refused(&head("127.0.0.1:8000"), &token[..token.len() - 1]), 403);
        assert!(access.is_own_form(access.form()) && !access.is_own_form("") && !access.is_own_form(&access.token));
    }
}
