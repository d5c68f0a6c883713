//! `plimsoll rule`: the rules' pages.

use std::fmt::Write;

use serde_json::json;

use super::terminal::Terminal;
use super::{Exit, Stop, print};
use crate::command::args::rule::RuleArgs;
use crate::command::options::TextFormat;
use crate::finding::{Entry, Fixable};
use crate::lint::registry;
use crate::lint::select::Selector;
use crate::report::rule_url;
use crate::rules;
use crate::text::Problem;

pub(super) fn run(rule: &RuleArgs, terminal: &Terminal) -> Result<Exit, Stop> {
    let fitting: Vec<&Entry> = match &rule.name {
        // ShellCheck's codes would drown out the others.
        None => rules::ALL.iter().collect(),
        Some(name) => match Selector::parse(name, registry::all()) {
            Ok(selector) => registry::all().iter().filter(|entry| selector.fits(entry).is_some()).collect(),
            Err(unknown) => return Err(Problem::from(unknown).into()),
        },
    };
    let text = match (rule.format, &fitting[..]) {
        // One rule is an object, unless the list of all happens to have but one.
        (TextFormat::Json, [one]) if rule.name.is_some() => format!("{:#}\n", data(one)),
        (TextFormat::Json, all) => format!("{:#}\n", serde_json::Value::Array(all.iter().copied().map(data).collect())),
        (TextFormat::Text, [one]) if rule.name.is_some() => page(one, terminal.color_out),
        (TextFormat::Text, all) if rule.name.is_none() => list(all) + &codes(),
        (TextFormat::Text, all) => list(all),
    };
    print(text.as_bytes())
}

fn fixable(entry: &Entry) -> &'static str {
    match entry.meta.fixable {
        Fixable::Never => "never",
        Fixable::Sometimes => "sometimes",
        Fixable::Always => "always",
    }
}

fn data(entry: &Entry) -> serde_json::Value {
    json!({
        "name": entry.meta.name,
        "practice": entry.meta.practice,
        "aliases": entry.meta.aka.iter().copied().chain(entry.meta.foreign_codes()).collect::<Vec<_>>(),
        "level": entry.meta.level,
        "preview": entry.meta.preview,
        "since": entry.meta.since,
        "fixable": fixable(entry),
        "summary": entry.meta.summary(),
        "url": rule_url(&entry.meta),
        "page": entry.meta.page,
    })
}

/// The page of a rule, after its facts.
fn page(entry: &Entry, color: bool) -> String {
    let rule = &entry.meta;
    let (title, body) = entry.meta.page.trim().split_once('\n').unwrap_or_default();
    let mut text = if color { format!("\x1b[1m{title}\x1b[0m\n\n") } else { format!("{title}\n\n") };
    let mut facts = vec![format!("practice: {}", entry.meta.practice), format!("level: {}", rule.level.as_str())];
    facts.push(format!("since: {}", rule.since));
    facts.push(format!("fixable: {}", fixable(entry)));
    if rule.preview {
        facts.push("preview".to_owned());
    }
    let _ = writeln!(text, "{}", facts.join(", "));
    let aka: Vec<&str> = rule.aka.iter().copied().chain(rule.foreign_codes()).collect();
    if !aka.is_empty() {
        let _ = writeln!(text, "also known as: {}", aka.join(", "));
    }
    text.push('\n');
    let mut in_code = false;
    for line in body.trim().lines() {
        let fence = line.starts_with("```");
        in_code ^= fence;
        let heading = !in_code && line.starts_with('#');
        let _ = match color && (heading || fence) {
            true if heading => writeln!(text, "\x1b[1m{line}\x1b[0m"),
            true => writeln!(text, "\x1b[2m{line}\x1b[0m"),
            false => writeln!(text, "{line}"),
        };
    }
    text
}

/// How to list the rules that the list omits.
fn codes() -> String {
    match registry::all().len() - rules::ALL.len() {
        0 => String::new(),
        count => format!("\nshell, from ShellCheck\n  {count} codes: `plimsoll rule 'SC*'` lists them\n"),
    }
}

/// One line per rule, by practice.
fn list(entries: &[&Entry]) -> String {
    let width = entries.iter().map(|entry| entry.meta.name.len()).max().unwrap_or(0);
    let mut practice = "";
    let mut text = String::new();
    for entry in entries {
        if entry.meta.practice != practice {
            let gap = if practice.is_empty() { "" } else { "\n" };
            practice = entry.meta.practice;
            let _ = writeln!(text, "{gap}{practice}");
        }
        let fix = if entry.meta.fixable == Fixable::Never { "   " } else { "[*]" };
        let level = entry.meta.level.as_str();
        let _ = writeln!(text, "  {:width$}  {level:5}  {fix}  {}", entry.meta.name, entry.meta.summary());
    }
    text
}
