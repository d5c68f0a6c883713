//! The register and the index, held against the folders: rewritten when stale.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use libtest_mimic::Failed;
use plimsoll::finding::Fixable;
use plimsoll::lint::registry;
use plimsoll::rules;

const MARKER: &str = "// ---- generated ----\n";

pub(crate) fn is_current() -> Result<(), Failed> {
    let path = Path::new("rules/mod.rs");
    let old = fs::read_to_string(path)?;
    let (head, _) = old.split_once(MARKER).ok_or("rules/mod.rs has lost its marker line")?;
    let mut modules = String::new();
    let mut lines = String::new();
    for (practice, rules) in listing()? {
        writeln!(modules, "pub mod {practice} {{")?;
        // In the order that rustfmt gives them.
        let mut names: BTreeSet<String> = rules.clone();
        if Path::new("rules").join(&practice).join("shared.rs").is_file() {
            names.insert("shared".to_owned());
        }
        for name in names {
            let visibility = if name == "shared" { "pub(crate)" } else { "pub" };
            writeln!(modules, "    {visibility} mod {name};")?;
        }
        for rule in rules {
            writeln!(lines, "    {practice} / {rule} = \"{}\",", rule.replace('_', "-"))?;
        }
        writeln!(modules, "}}")?;
    }
    rewrite(path, &old, &format!("{head}{MARKER}\n{modules}\nregister! {{\n{lines}}}\n"))
}

/// Practices and their rules, sorted, by the files there are.
fn listing() -> Result<BTreeMap<String, BTreeSet<String>>, Failed> {
    let mut practices = BTreeMap::<String, BTreeSet<String>>::new();
    for folder in fs::read_dir("rules")? {
        let folder = folder?.path();
        if !folder.is_dir() {
            continue;
        }
        let practice = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !folder.join("README.md").is_file() {
            return Err(format!("rules/{practice} has no README.md: the practice in one page").into());
        }
        for file in fs::read_dir(&folder)? {
            let file = file?.path();
            if file.extension().is_some_and(|extension| extension == "rs") {
                let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                // What several rules of a practice share is no rule.
                if stem == "shared" {
                    continue;
                }
                if !file.with_extension("md").is_file() {
                    return Err(format!("rules/{practice}/{stem}.rs has no page beside it").into());
                }
                practices.entry(practice.clone()).or_default().insert(stem);
            }
        }
    }
    Ok(practices)
}

pub(crate) fn index_is_current() -> Result<(), Failed> {
    let path = Path::new("rules/README.md");
    let old = fs::read_to_string(path).unwrap_or_default();
    let mut text = String::from(
        "# Rules\n\nEvery rule that plimsoll has. `plimsoll rule NAME` prints a rule's page; its name, its practice and \
         its aliases\nare accepted wherever a rule can be named. This index is written by `cargo test --test rules`.\n",
    );
    let fixable = |wanted| rules::ALL.iter().filter(|entry| entry.meta.fixable == wanted).count();
    writeln!(
        text,
        "\nThere are {} rules, and those of ShellCheck's codes. {} have a fix for every finding, {} more for some.",
        rules::ALL.len(),
        fixable(Fixable::Always),
        fixable(Fixable::Sometimes)
    )?;
    let mut practice = "";
    for entry in rules::ALL {
        if entry.meta.practice != practice {
            practice = entry.meta.practice;
            write!(
                text,
                "\n## [{practice}]({practice}/README.md)\n\n| rule | level | fix | also known as | what it finds |\n|---|---|---|---|---|\n"
            )?;
        }
        let fix = match entry.meta.fixable {
            Fixable::Never => "",
            Fixable::Sometimes => "sometimes",
            Fixable::Always => "yes",
        };
        let file = format!("{practice}/{}.md", entry.meta.name.replace('-', "_"));
        let aka = entry.meta.aka.join(", ");
        let summary = entry.meta.summary().replace('|', "\\|");
        writeln!(
            text,
            "| [{}]({file}) | {} | {fix} | {aka} | {summary} |",
            entry.meta.name,
            entry.meta.level.as_str()
        )?;
    }
    text.push_str(
        "\n## ShellCheck's codes\n\nEach code of ShellCheck is a rule as well, of the practice `shell`: `plimsoll rule 'SC*'` \
         lists them, `plimsoll rule SC2086`\nexplains one, and they are selected and ignored as the others are.\n",
    );
    text.push('\n');
    text.push_str(&not_rules()?);
    rewrite(path, &old, &text)
}

/// What was weighed and left out, with its headings one level down. It may name rules that there are, and no others.
fn not_rules() -> Result<String, Failed> {
    let text = fs::read_to_string("rules/not_rules.md")?;
    for cell in text.lines().filter_map(|line| line.trim_end_matches([' ', '|']).rsplit(" | ").next()) {
        // A rule's name has a dash in it, and nothing that a command line has.
        let is_name = |name: &&str| {
            name.contains('-')
                && name.starts_with(|c: char| c.is_ascii_lowercase())
                && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        };
        let named = cell.split('`').skip(1).step_by(2).filter(is_name);
        if let Some(name) =
            named.filter(|name| *name != "apt-get").find(|name| rules::ALL.iter().all(|entry| entry.meta.name != *name))
        {
            return Err(format!("rules/not_rules.md names `{name}`, which is no rule").into());
        }
    }
    let lines = text.lines().map(|line| if line.starts_with('#') { format!("#{line}\n") } else { format!("{line}\n") });
    Ok(lines.collect())
}

fn rewrite(path: &Path, old: &str, new: &str) -> Result<(), Failed> {
    if old == new {
        return Ok(());
    }
    if std::env::var_os("CI").is_some() {
        return Err(format!("{} is stale: run `cargo test --test rules` and commit it", path.display()).into());
    }
    fs::write(path, new)?;
    Err(format!("{} was stale and is rewritten: run again", path.display()).into())
}

pub(crate) fn names_are_unique() -> Result<(), Failed> {
    let mut seen = BTreeSet::new();
    let practices: BTreeSet<_> = rules::ALL.iter().map(|entry| entry.meta.practice.to_lowercase()).collect();
    for entry in registry::all() {
        // One code of another tool may stand for several rules of ours, never one of our names.
        if !seen.insert(entry.meta.name.to_lowercase()) || practices.contains(entry.meta.name) {
            return Err(format!("`{}` is the name of two things", entry.meta.name).into());
        }
    }
    match rules::ALL.iter().flat_map(|entry| entry.meta.aka).find(|alias| seen.contains(&alias.to_lowercase())) {
        Some(alias) => Err(format!("the alias `{alias}` is also a rule's name").into()),
        None => Ok(()),
    }
}
