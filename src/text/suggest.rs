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

/// The candidate of which a variable's name is likely a misspelling: one letter or only the case is different, or two letters
/// of a long name. Of several the nearest, and of those the first by name.
pub(crate) fn misspelled<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const MOST: usize = 2;
    let others = candidates.into_iter().filter(|candidate| *candidate != name && candidate.len().abs_diff(name.len()) <= MOST);
    let scored = others.map(|candidate| {
        steps::count(name.len() * candidate.len());
        let is_same = candidate.eq_ignore_ascii_case(name);
        (if is_same { 1 } else { strsim::levenshtein(name, candidate) }, candidate)
    });
    let (distance, candidate) = scored.min()?;
    (distance <= 1 && candidate.len() > 3 || distance <= MOST && candidate.len() > 7).then_some(candidate)
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
    fn misspelled_names() {
        for (name, set, expected) in [
            ("NODE_VERSON", "NODE_VERSION", true),
            ("node_version", "NODE_VERSION", true),
            ("ABCE", "ABCD", true),
            ("ABD", "ABC", false),
            ("ABDC", "ABCD", false),
            ("ABCDEFHG", "ABCDEFGH", true),
            ("ABCDEXY", "ABCDEFG", false),
            ("GRADLE_VERSION", "GRADLE_8_VERSION", true),
            ("ABCD", "ABCD", false),
        ] {
            assert_eq!(misspelled(name, [set]).is_some(), expected, "{name} {set}");
        }
        assert_eq!(misspelled("ABCDE", ["ABCDX", "ABCD", "ABCDF"]), Some("ABCD"));
    }

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
