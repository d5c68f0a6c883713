//! `required-version`: ranges of versions, such as `>=0.1, <0.3`.

use std::cmp::Ordering;

use crate::text::Problem;

/// Operators, longest first, with the orderings that each accepts.
const OPERATORS: [(&str, &[Ordering]); 7] = [
    (">=", &[Ordering::Greater, Ordering::Equal]),
    ("<=", &[Ordering::Less, Ordering::Equal]),
    ("!=", &[Ordering::Less, Ordering::Greater]),
    ("==", &[Ordering::Equal]),
    (">", &[Ordering::Greater]),
    ("<", &[Ordering::Less]),
    ("=", &[Ordering::Equal]),
];

/// Whether `version`, which is three numbers, is in all of the ranges.
///
/// # Errors
/// When it is not, or when the ranges are malformed.
pub(super) fn check(ranges: &str, version: &str) -> Result<(), Problem> {
    let own = numbers(version.split(['-', '+']).next().unwrap_or_default()).unwrap_or_default();
    for range in ranges.split(',').map(str::trim) {
        let operator = OPERATORS.iter().find(|(operator, _)| range.starts_with(operator));
        let (text, accepted) = match operator {
            Some((operator, accepted)) => (range[operator.len()..].trim(), *accepted),
            None => (range, &[Ordering::Equal][..]),
        };
        let Some(wanted) = numbers(text) else {
            let problem = Problem::error(format!("`{range}` is not a version range"));
            return Err(problem.help("write it as `0.1`, `>=0.1` or `>=0.1, <0.3`"));
        };
        // Numbers that are not written are not compared.
        let shared = wanted.len().min(own.len());
        if !accepted.contains(&own[..shared].cmp(&wanted[..])) {
            let problem =
                Problem::error(format!("this file requires plimsoll {range}, and this is plimsoll {version}"));
            return Err(problem.help("install a version that matches, or change `required-version`"));
        }
    }
    Ok(())
}

/// `1.2.3` as numbers: one to three of them.
fn numbers(text: &str) -> Option<Vec<u64>> {
    let parts: Vec<&str> = text.split('.').collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let numbers: Option<Vec<u64>> =
        parts.iter().map(|part| Some(part).filter(|it| is_number(it))?.parse().ok()).collect();
    numbers.filter(|numbers| numbers.len() <= 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        for (ranges, fits) in [
            ("0.1.0", true),
            ("0.1", true),
            ("0.2", false),
            ("==0.1.1", false),
            ("= 0.1.0", true),
            (">=0.1", true),
            (">=0.2", false),
            (">0.1", false),
            (">0.1.0", false),
            (">0.0", true),
            ("<=0.1", true),
            ("<0.1", false),
            ("<0.1.1", true),
            ("!=0.1.0", false),
            (">=0.1, <0.3", true),
            (">=0.1,<0.1.0", false),
            ("", false),
            (">=", false),
            ("1.2.3.4", false),
            ("latest", false),
            ("99999999999999999999", false),
        ] {
            assert_eq!(check(ranges, "0.1.0").is_ok(), fits, "{ranges:?}");
        }
        assert!(check(">=0.1", "0.1.0-rc.1").is_ok());
    }
}
