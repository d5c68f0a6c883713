//! As a page: rows, fixes, and the Dockerfile before and after side by side. It needs no other file and runs nothing.

use std::fmt::Write;

use super::{ALWAYS, Verification, meaning, outcome_name, safety, short, unverified};
use crate::report::mask;
use crate::text::diff::stretches;
use crate::text::escape::visible;
use crate::verify::Effect;

const HEAD: &str = r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Plimsoll: verification</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 90rem; padding: 0 1rem; color: #1c1e21; background: #fff }
table { border-collapse: collapse; margin: 1rem 0; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .2rem .6rem; border-bottom: 1px solid #ddd }
pre, .code td { font: 13px/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere }
.code { table-layout: fixed } .code td.n { width: 3rem; color: #666; text-align: right; user-select: none }
.code col.n { width: 3.5rem }
.removed { background: #ffe9e7 } .added { background: #e4f6e6 }
.better { color: #176c2b } .worse, .changed { color: #8a5300 } .broken { color: #b00020; font-weight: bold }
.verdict { font-size: 1.15rem; padding: .6rem 1rem; border-left: .3rem solid #8a5300; background: #fff7e8 }
.verdict.holds { border-color: #176c2b; background: #eef8f0 }
</style></head><body><h1>Plimsoll: verification</h1>
"#;

pub fn html(all: &[Verification]) -> String {
    let mut out = String::from(HEAD);
    for verification in all {
        one(verification, &mut out);
    }
    out.push_str("</body></html>\n");
    out
}

/// Text between tags.
fn escape(text: &str) -> String {
    visible(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn one(verification: &Verification, out: &mut String) {
    let class = if verification.holds() { "verdict holds" } else { "verdict" };
    let _ = writeln!(out, "<section><h2>{}</h2>", escape(&verification.path));
    let _ = writeln!(out, "<p class=\"{class}\">{}</p>", escape(&verification.verdict()));
    let _ = writeln!(out, "<p>{}</p>", escape(&verification.engine));
    for line in
        verification.profile.iter().map(|profile| format!("Run with {profile}")).chain(verification.notes.clone())
    {
        let _ = writeln!(out, "<p>{}</p>", escape(&line));
    }
    if let Some((said, advice)) = unverified(verification) {
        block("Last lines of the container", said, out);
        advice.iter().for_each(|advice| {
            let _ = writeln!(out, "<p>Try {}</p>", escape(advice));
        });
    }
    if let (false, Some(error)) = (verification.after.built, &verification.after.build_error) {
        block("What the engine reported", error, out);
    }
    rows(verification, out);
    fixes(verification, out);
    let (before, after) = &verification.texts;
    side_by_side(&mask(before), &mask(after), out);
    out.push_str("</section>\n");
}

fn block(title: &str, text: &str, out: &mut String) {
    if !text.trim().is_empty() {
        let lines: Vec<_> = text.lines().map(escape).collect();
        let _ = writeln!(out, "<p>{title}:</p><pre>{}</pre>", lines.join("\n"));
    }
}

fn rows(verification: &Verification, out: &mut String) {
    out.push_str("<table><tr><th></th><th>before</th><th>after</th><th></th></tr>\n");
    for row in &verification.comparison.rows {
        if row.change == Effect::Same && !ALWAYS.contains(&row.what) {
            continue;
        }
        let (before, after) = (escape(&short(&row.before, 200)), escape(&short(&row.after, 200)));
        let word = meaning(row.change);
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td>{before}</td><td>{after}</td><td class=\"{word}\">{word}</td></tr>",
            row.what
        );
    }
    out.push_str("</table>\n");
}

fn fixes(verification: &Verification, out: &mut String) {
    if verification.fixes.is_empty() {
        return;
    }
    out.push_str("<table><tr><th>Fix</th><th>Rule</th><th></th></tr>\n");
    for (unit, outcome) in &verification.fixes {
        let why = outcome.why().map(|why| format!(": {}", escape(&short(why, 240)))).unwrap_or_default();
        let title = escape(&unit.title) + safety(unit);
        let name = outcome_name(outcome);
        let _ = writeln!(out, "<tr><td>{title}</td><td>{}:{}</td><td>{name}{why}</td></tr>", unit.rule, unit.line);
    }
    out.push_str("</table>\n");
}

/// Two columns, in which lines that belong together are beside each other.
fn side_by_side(before: &str, after: &str, out: &mut String) {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let columns = "<colgroup><col class=\"n\"><col><col class=\"n\"><col></colgroup>";
    let _ = writeln!(out, "<table class=\"code\">{columns}<tr><th></th><th>before</th><th></th><th>after</th></tr>");
    for stretch in stretches(&old, &new) {
        let (is_same, left, right) = (stretch.is_same, stretch.old, stretch.new);
        for index in 0..left.len().max(right.len()) {
            out.push_str("<tr>");
            for (range, lines, class) in [(&left, &old, "removed"), (&right, &new, "added")] {
                let at = range.start + index;
                let _ = match lines.get(at).filter(|_| at < range.end) {
                    Some(line) => {
                        let class = if is_same { "" } else { class };
                        write!(out, "<td class=\"n\">{}</td><td class=\"{class}\">{}</td>", at + 1, escape(line))
                    }
                    None => write!(out, "<td class=\"n\"></td><td></td>"),
                };
            }
            out.push_str("</tr>\n");
        }
    }
    out.push_str("</table>\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beside_each_other() {
        let mut out = String::new();
        side_by_side("FROM a\nADD <x> /\nCMD b\n", "FROM a\nCOPY <x> /\nUSER c\nCMD b\n", &mut out);
        let changed = "<td class=\"n\">2</td><td class=\"removed\">ADD &lt;x&gt; /</td><td class=\"n\">2</td>\
                       <td class=\"added\">COPY &lt;x&gt; /</td>";
        assert!(out.contains(changed), "{out}");
        assert!(
            out.contains("<td class=\"n\"></td><td></td><td class=\"n\">3</td><td class=\"added\">USER c</td>"),
            "{out}"
        );
    }
}
