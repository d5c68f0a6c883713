//! As a comment on a pull request: the verdict first, details folded.

use std::fmt::Write;

use super::{ALWAYS, Verification, meaning, outcome_name, safety, short, unverified};
use crate::lint::registry;
use crate::report::rule_url;
use crate::text::escape::markdown as escape;
use crate::verify::{Effect, FixOutcome};

/// The longest diff in a comment, in bytes: hosts limit a comment to 65,536 characters.
const MAX_DIFF: usize = 20_000;

pub fn markdown(all: &[Verification]) -> String {
    let mut out = String::from("### Plimsoll: verification\n");
    for verification in all {
        one(verification, &mut out);
    }
    out
}

fn one(verification: &Verification, out: &mut String) {
    let sign = if verification.holds() { "✅" } else { "⚠️" };
    let path = escape(&verification.path);
    let _ = writeln!(out, "\n{sign} **{path}**: {}\n", escape(&verification.verdict()));
    let rows = &verification.comparison.rows;
    if let Some(size) = rows.iter().find(|row| row.what == "size" && row.change != Effect::Same) {
        let _ = writeln!(out, "Image size: {} → **{}**\n", escape(&size.before), escape(&size.after));
    }
    for unmet in &verification.comparison.unmet {
        let _ = writeln!(out, "- **not as expected**: {}\n", escape(unmet));
    }
    if let Some((said, advice)) = unverified(verification) {
        for advice in advice {
            let _ = writeln!(out, "- Try {}", escape(advice));
        }
        folded("Last lines of the container", "text", said, out);
    }
    if let (false, Some(error)) = (verification.after.built, &verification.after.build_error) {
        folded("What the engine reported", "text", error, out);
    }
    let _ = writeln!(out, "\n| | before | after | |\n| :-- | :-- | :-- | :-- |");
    for row in rows.iter().filter(|row| row.change != Effect::Same || ALWAYS.contains(&row.what)) {
        let sign = match row.change {
            Effect::Same => "",
            Effect::Broken => "**broken**",
            change => meaning(change),
        };
        let (before, after) = (short(&row.before, 120), short(&row.after, 120));
        let _ = writeln!(out, "| {} | {} | {} | {sign} |", row.what, escape(&before), escape(&after));
    }
    fixes(verification, out);
    folded("Diff", "diff", &verification.diff, out);
    let run_with: String = verification.profile.iter().map(|profile| format!(", run with {profile}")).collect();
    let _ = writeln!(out, "\n<sub>{}{}</sub>", escape(&verification.engine), escape(&run_with));
}

fn fixes(verification: &Verification, out: &mut String) {
    if verification.fixes.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n| Fix | Rule | |\n| :-- | :-- | :-- |");
    for (unit, outcome) in &verification.fixes {
        let entry = registry::all().iter().find(|entry| entry.meta.name == unit.rule);
        let rule = match entry.and_then(|entry| rule_url(&entry.meta)) {
            Some(url) => format!("[`{}`]({url})", unit.rule),
            None => format!("`{}`", unit.rule),
        };
        let name = outcome_name(outcome);
        let outcome = match outcome {
            FixOutcome::Kept => name.to_owned(),
            FixOutcome::Rejected(why) => format!("{name}: {}", escape(&short(why, 240))),
            FixOutcome::NotTried(why) => escape(&short(why, 240)).into_owned(),
        };
        let _ = writeln!(out, "| {}{} | {rule} | {outcome} |", escape(&unit.title), safety(unit));
    }
}

/// A block that opens when it is clicked.
fn folded(title: &str, language: &str, text: &str, out: &mut String) {
    if text.trim().is_empty() {
        return;
    }
    let mut most = MAX_DIFF.min(text.len());
    while !text.is_char_boundary(most) {
        most -= 1;
    }
    let (text, rest) = text.split_at(most);
    // Longer than any fence in the text.
    let longest = text.split(|ch| ch != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let _ = writeln!(out, "\n<details><summary>{title}</summary>\n\n{fence}{language}");
    for line in text.lines() {
        let _ = writeln!(out, "{}", crate::text::escape::visible(line));
    }
    let more = if rest.is_empty() { "" } else { "\nThe rest is left out.\n" };
    let _ = writeln!(out, "{fence}\n{more}\n</details>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_way_out_of_a_block() {
        let mut out = String::new();
        folded("Diff", "diff", "+RUN echo ````\n```\n</details>\n", &mut out);
        assert!(out.contains("`````diff\n+RUN echo ````\n```\n</details>\n`````\n"), "{out}");
        let mut out = String::new();
        folded("Diff", "diff", &"ä".repeat(MAX_DIFF), &mut out);
        assert!(out.len() < MAX_DIFF + 200 && out.contains("left out"));
    }
}
