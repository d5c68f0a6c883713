use crate::finding::Rule;
use crate::lint::select::*;

const fn entry(practice: &'static str, name: &'static str, rule: Rule) -> Entry {
    Entry::new(practice, name, "", rule)
}

static RULES: &[Entry] = &[
    entry("nonroot", "root-user", Rule::new(Level::Warn, "0.1.0", &[]).aka(&["DL3002"])),
    entry("pinned", "untagged-base", Rule::new(Level::Warn, "0.1.0", &[]).aka(&["DL3006", "Untagged"])),
    entry("pinned", "latest-tag", Rule::new(Level::Error, "0.1.0", &[]).aka(&["DL3007"])),
    entry("pinned", "no-digest", Rule::new(Level::Off, "0.1.0", &[])),
    entry("metadata", "new-label", Rule::new(Level::Note, "0.1.0", &[]).preview()),
];

fn selectors(text: &str) -> Vec<Selector> {
    text.split_whitespace().map(|text| Selector::parse(text, RULES).expect("a known name")).collect()
}

/// `select=all ignore=pinned extend=x`, each with `+` between several.
fn selection(text: &str) -> Selection {
    let mut selection = Selection::default();
    for part in text.split_whitespace() {
        let (list, names) = part.split_once('=').expect("list=names");
        let names = selectors(&names.replace('+', " "));
        match list {
            "select" => selection.select = Some(names),
            "extend" => selection.extend_select = names,
            "ignore" => selection.ignore = names,
            _ => panic!("{list}"),
        }
    }
    selection
}

fn run(config: &str, cli: &str, preview: bool, levels: &[(&str, Level)], spared: &str) -> String {
    let levels: Vec<_> = levels.iter().map(|(name, level)| (selectors(name).remove(0), *level)).collect();
    let spared = selectors(spared);
    let spared: Vec<_> = spared.iter().collect();
    let (config, cli) = (selection(config), selection(cli));
    let choice =
        Choice { config: &config, cli: &cli, profile: Profile::Recommended, preview, levels: &levels, spared: &spared };
    let shown = choice.rules(RULES).into_iter().map(|(entry, level)| format!("{}:{}", entry.meta.name, level.as_str()));
    shown.collect::<Vec<_>>().join(" ")
}

const DEFAULT: &str = "root-user:warn untagged-base:warn latest-tag:error";

#[test]
fn precedence() {
    for (config, cli, expected) in [
        ("", "", DEFAULT),
        ("select=all", "", DEFAULT),
        ("select=pinned", "", "untagged-base:warn latest-tag:error"),
        ("select=PINNED", "", "untagged-base:warn latest-tag:error"),
        ("select=", "", ""),
        // the more specific one
        ("select=pinned ignore=latest-tag", "", "untagged-base:warn"),
        ("select=latest-tag ignore=pinned", "", "latest-tag:error"),
        ("ignore=pinned extend=dl3006", "", "root-user:warn untagged-base:warn"),
        ("select=pinned ignore=dl*", "", ""),
        ("select=*-base ignore=pinned", "", "untagged-base:warn"),
        ("ignore=pinned/latest-tag", "", "root-user:warn untagged-base:warn"),
        // among equals `ignore`
        ("select=pinned ignore=pinned", "", ""),
        ("select=all ignore=all", "", ""),
        // the command line first
        ("select=pinned", "ignore=latest-tag", "untagged-base:warn"),
        ("ignore=latest-tag", "extend=pinned", "root-user:warn untagged-base:warn latest-tag:error"),
        ("select=latest-tag", "ignore=all", ""),
        ("ignore=latest-tag select=nonroot", "select=pinned", "untagged-base:warn latest-tag:error"),
        ("select=pinned", "select=root-user", "root-user:warn"),
        // off by default, in preview: by name only
        ("extend=no-digest", "", "root-user:warn untagged-base:warn latest-tag:error no-digest:warn"),
        ("select=*digest", "", ""),
        ("", "select=new-label", "new-label:note"),
        ("select=metadata", "", ""),
    ] {
        assert_eq!(run(config, cli, false, &[], ""), expected, "{config} | {cli}");
    }
    assert_eq!(run("select=metadata", "", true, &[], ""), "new-label:note");
}

#[test]
fn levels() {
    use Level::{Error, Note, Off, Warn};
    for (config, cli, levels, spared, expected) in [
        ("select=pinned", "", &[("pinned", Note), ("latest-tag", Warn)][..], "", "untagged-base:note latest-tag:warn"),
        ("select=pinned", "", &[("latest-tag", Note), ("all", Error)], "", "untagged-base:error latest-tag:note"),
        ("select=pinned", "", &[("dl3007", Off)], "", "untagged-base:warn"),
        ("select=pinned", "select=latest-tag", &[("dl3007", Off)], "", "latest-tag:error"),
        ("select=pinned", "select=pinned", &[("dl3007", Off)], "", "untagged-base:warn"),
        ("select=pinned", "", &[("no-digest", Error)], "dl*", "no-digest:error"),
        ("select=nonroot", "", &[("no-digest", Error)], "", "root-user:warn"),
        ("select=metadata", "", &[("new-label", Warn)], "", "new-label:warn"),
        ("", "select=latest-tag+root-user", &[], "pinned", "root-user:warn"),
    ] {
        assert_eq!(run(config, cli, false, levels, spared), expected, "{config} | {cli} | {levels:?}");
    }
}

#[test]
fn unknown_names() {
    for (text, meant) in [
        ("untaged-base", Some("untagged-base")),
        ("pined", Some("pinned")),
        ("DL3060", None),
        ("x/y", None),
        ("", None),
    ] {
        let unknown = Selector::parse(text, RULES).expect_err("nothing has this name");
        assert_eq!(unknown.meant.as_deref(), meant, "{text}");
    }
    let malformed = Selector::parse("dl[", RULES).expect_err("no glob");
    assert_eq!(malformed.message, "`dl[` is not a valid glob: unclosed character class; missing ']'");
}

#[test]
fn selectors_that_select_nothing() {
    for (text, preview, expected) in [
        ("all", false, None),
        ("dl9*", false, Some("no rule fits it")),
        ("metadata", false, Some("its rules need `preview`")),
        ("metadata", true, None),
        ("*digest", false, Some("its rules are on only if they are selected by name")),
        ("no-digest", false, None),
    ] {
        assert_eq!(selectors(text)[0].idle(RULES, preview), expected, "{text}");
    }
}
