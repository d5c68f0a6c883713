//! "Did you mean": the nearest of a list of names.

use super::steps;

/// The nearest candidate, if one is near enough to be what was meant.
pub(crate) fn nearest<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if text.len() < 3 || text.len() > 48 {
        return None;
    }
    let text = text.to_lowercase();
    let most = |candidate: &str| text.len().min(candidate.len()).div_ceil(4);
    let scored = candidates.into_iter().map(|candidate| {
        steps::count(text.len() * candidate.len());
        (strsim::osa_distance(&text, &candidate.to_lowercase()), candidate)
    });
    scored
        .filter(|(distance, candidate)| *distance <= most(candidate))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Text from the file, cut to what fits into a message.
pub(crate) fn shorten(text: &str) -> String {
    const MOST: usize = 48;
    let mut out: String =
        text.chars().take(MOST).map(|char| if char.is_control() { '\u{fffd}' } else { char }).collect();
    if text.chars().nth(MOST).is_some() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_and_far() {
        let names = ["FROM", "RUN", "CMD", "COPY", "ENTRYPOINT"];
        for (text, expected) in [
            ("FORM", Some("FROM")),
            ("copyy", Some("COPY")),
            ("RUM", Some("RUN")),
            ("ENTRYPIONT", Some("ENTRYPOINT")),
            ("FOO", None),
            ("apt-get", None),
            ("chmod", None),
            ("x", None),
        ] {
            assert_eq!(nearest(text, names), expected, "{text}");
        }
    }
}
