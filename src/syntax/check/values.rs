//! Ports, signals, modes, durations, digests: whether BuildKit takes a value.

use super::super::tree::*;
use super::Checker;
use crate::text::suggest::{nearest, shorten};

impl Checker<'_> {
    pub(super) fn port(&mut self, word: &Word) {
        let text = word.unquoted(self.escape);
        if text.is_empty() || text.contains('$') || text.contains(char::is_whitespace) {
            return;
        }
        let (ports, protocol) = text.split_once('/').unwrap_or((&text, ""));
        if !matches!(&*protocol.to_lowercase(), "" | "tcp" | "udp" | "sctp") && !protocol.contains('/') {
            let message = format!("`{}` is not a valid port protocol", shorten(protocol));
            self.argument(word.span, message, "use `tcp`, `udp` or `sctp`");
        }
        // Host addresses and ports are tolerated by BuildKit, so they are not an error.
        let ports = ports.rsplit(':').next().unwrap_or_default();
        let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
        let number = |text: &str| text.parse::<u16>().ok().filter(|_| !text.starts_with('+'));
        let shown = shorten(ports);
        match (number(first), number(last)) {
            (Some(first), Some(last)) if first > last => {
                self.argument(word.span, format!("the range `{shown}` is backwards"), format!("write `{last}-{first}`"));
            }
            (Some(_), Some(_)) => {}
            _ => self.argument(
                word.span,
                format!("`{shown}` is not a valid port"),
                "use a number from 0 to 65535, or a range such as `8000-8010`",
            ),
        }
    }

    pub(super) fn signal(&mut self, word: &Word) {
        let text = word.unquoted(self.escape);
        if text.is_empty() || text.contains('$') || is_signal(&text) {
            return;
        }
        let short = text.to_uppercase();
        let help = match nearest(short.trim_start_matches("SIG"), SIGNALS) {
            Some(near) => format!("did you mean `SIG{near}`?"),
            None => "use a name, such as `SIGTERM`, or a number".to_owned(),
        };
        self.argument(word.span, format!("`{}` is not a valid signal", shorten(&text)), help);
    }
}

/// Signals that Docker knows by name, without `SIG`.
const SIGNALS: [&str; 37] = [
    "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE", "POLL",
    "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1",
    "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN", "RTMAX", "UNUSED",
];

fn is_signal(text: &str) -> bool {
    if let Ok(number) = text.parse::<i64>() {
        return number != 0;
    }
    let upper = text.to_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let steps = |sign, most| {
        let (_, steps) = name.split_once(sign)?;
        steps.parse::<u32>().ok().filter(|steps| (1..=most).contains(steps))
    };
    SIGNALS.contains(&name)
        || (name.starts_with("RTMIN+") && steps('+', 15).is_some())
        || (name.starts_with("RTMAX-") && steps('-', 14).is_some())
}

/// Octal up to 7777, or chmod's symbols.
pub(super) fn is_mode(text: &str) -> bool {
    if text.starts_with(|char: char| char.is_ascii_digit()) {
        return u32::from_str_radix(text, 8).is_ok_and(|mode| mode <= 0o7777);
    }
    text.is_empty() || text.split(',').all(is_symbolic_clause)
}

fn is_symbolic_clause(clause: &str) -> bool {
    let actions = clause.trim_start_matches(['u', 'g', 'o', 'a']);
    actions.starts_with(['+', '-', '=']) && actions.bytes().all(|byte| b"+-=rwxXstugo".contains(&byte))
}

/// A number with a unit, as for `--mount=type=tmpfs,size=`.
pub(super) fn is_size(text: &str) -> bool {
    let number = text.trim_end_matches(|char: char| char.is_ascii_alphabetic()).trim_end_matches(' ');
    let unit = text[number.len()..].trim_start().to_lowercase();
    let unit = unit.strip_suffix('b').unwrap_or(&unit);
    let unit = unit.strip_suffix('i').unwrap_or(unit);
    !number.starts_with(['+', '-'])
        && number.parse::<f64>().is_ok_and(f64::is_finite)
        // Without a unit it is bytes.
        && matches!(unit, "" | "k" | "m" | "g" | "t" | "p")
}

/// `algorithm:hex` with an algorithm that is known and digits of its length.
pub(super) fn is_digest(text: &str) -> bool {
    let Some((algorithm, digits)) = text.split_once(':') else { return false };
    let length = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => return false,
    };
    digits.len() == length && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// A duration in nanoseconds, as Go writes them (`1m30s`). The error tells whether all that lacks is a unit.
pub(super) fn duration(text: &str) -> Result<f64, bool> {
    let (sign, mut rest) = match text.strip_prefix(['-', '+']) {
        Some(rest) if text.starts_with('-') => (-1.0, rest),
        Some(rest) => (1.0, rest),
        None => (1.0, text),
    };
    if rest == "0" {
        return Ok(0.0);
    }
    if rest.is_empty() {
        return Err(false);
    }
    let mut total = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|char: char| !char.is_ascii_digit() && char != '.').unwrap_or(rest.len());
        let number: f64 = rest[..digits].parse().map_err(|_| false)?;
        rest = &rest[digits..];
        let unit = rest.find(|char: char| char.is_ascii_digit() || char == '.').unwrap_or(rest.len());
        total += number
            * match &rest[..unit] {
                "ns" => 1.0,
                "us" | "µs" | "μs" => 1e3,
                "ms" => 1e6,
                "s" => 1e9,
                "m" => 60e9,
                "h" => 3600e9,
                "" => return Err(true),
                _ => return Err(false),
            };
        rest = &rest[unit..];
    }
    Ok(sign * total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, expected) in [
            ("1s", Ok(1e9)),
            ("1m30s", Ok(90e9)),
            (".5ms", Ok(5e5)),
            ("1.s", Ok(1e9)),
            ("0", Ok(0.0)),
            ("-2s", Ok(-2e9)),
            ("5", Err(true)),
            ("1m5", Err(true)),
            ("s", Err(false)),
            ("", Err(false)),
            ("5d", Err(false)),
            ("1 s", Err(false)),
        ] {
            assert_eq!(duration(text), expected, "{text}");
        }
    }

    #[test]
    fn modes_sizes_signals_digests() {
        assert!(["755", "0755", "07777", "u+x", "u=rwX,go=rX", "+x", "a-w", "u=g"].into_iter().all(is_mode));
        assert!(!["9999", "10000", "abc", "u", "77x", "u+q"].into_iter().any(is_mode));
        assert!(["64m", "1G", "10", "1.5gib", "5 MB"].into_iter().all(is_size));
        assert!(!["", "m", "-1", "5x", "1 2"].into_iter().any(is_size));
        assert!(["SIGTERM", "term", "9", "RTMIN+3", "SIGRTMAX-14", "999"].into_iter().all(is_signal));
        assert!(!["FOO", "0", "RTMIN+16", "SIGSIGTERM"].into_iter().any(is_signal));
        assert!(is_digest(&format!("sha256:{}", "a1".repeat(32))));
        assert!(!is_digest("sha256:aa") && !is_digest("md5:aa") && !is_digest("aa"));
    }
}
