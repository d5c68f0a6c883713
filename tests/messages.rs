//! Every text that a finding prints, as a snapshot: one file per practice, with the findings of each rule on the bad
//! examples of its page and cases, as `--format full` shows them. A change of wording is thus a change that a review
//! sees. The help of every subcommand is in `cli_help.snap`.
//!
//! After a deliberate change: `INSTA_UPDATE=always cargo test --test messages`, then read the diff.

#[path = "rules/example.rs"]
mod example;
#[path = "support/help.rs"]
mod help;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use plimsoll::finding::Entry;
use plimsoll::report::{self, FileReport, Format, Report};
use plimsoll::rules;
use plimsoll::text::Source;

const SNAPSHOTS: &str = "tests/messages";

fn main() {
    let mut practices = BTreeMap::<&str, Vec<&'static Entry>>::new();
    for entry in rules::ALL {
        practices.entry(entry.meta.practice).or_default().push(entry);
    }
    let names: Vec<_> = practices.keys().copied().collect();
    let mut trials: Vec<_> = practices
        .into_iter()
        .map(|(practice, rules)| Trial::test(practice, move || snapshot(practice, &findings(&rules)?)))
        .collect();
    trials.push(Trial::test("cli_help", || snapshot("cli_help", &help_texts())));
    trials.push(Trial::test("every snapshot is compared", move || all_are_compared(&names)));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// Compares `text` with its snapshot; insta panics with the diff if they differ.
fn snapshot(name: &str, text: &str) -> Result<(), Failed> {
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path("messages");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
    Ok(())
}

/// What `--format full` prints for each bad example, without the summary and the references to `plimsoll rule`.
fn findings(rules: &[&'static Entry]) -> Result<String, Failed> {
    let mut text = String::new();
    for entry in rules {
        for (name, example) in example::of(entry).into_iter().filter(|(_, example)| example.bad) {
            let source = Arc::new(Source::new(example.name(), example.text.as_str()));
            let file = FileReport::new(source, example.findings(entry));
            let report = Report { files: vec![file], applied: None };
            let mut bytes = Vec::new();
            report::write(Format::Full, &report, &mut bytes, false)?;
            writeln!(text, "# {}: {name}", entry.meta.name)?;
            let full = String::from_utf8(bytes)?;
            let mut lines: Vec<_> = full.lines().filter(|line| !line.contains("= more: `plimsoll rule ")).collect();
            lines.pop();
            for line in lines {
                writeln!(text, "{}", line.trim_end())?;
            }
        }
    }
    Ok(text)
}

/// Without what only builds with the feature `mcp` have.
fn help_texts() -> String {
    let pages = help::pages().into_iter().filter(|(command, _)| command != "plimsoll mcp");
    let shown = pages.map(|(command, text)| format!("$ {command} --help\n{text}\n")).collect::<String>();
    shown.split_inclusive('\n').filter(|line| !line.starts_with("  mcp ")).collect()
}

/// A snapshot of a practice that was renamed would never be compared again.
fn all_are_compared(practices: &[&str]) -> Result<(), Failed> {
    for file in std::fs::read_dir(SNAPSHOTS)? {
        let path = file?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        // What insta leaves of a failure.
        if path.extension().is_some_and(|extension| extension == "new") {
            continue;
        }
        if name != "cli_help" && !practices.contains(&name.as_str()) {
            return Err(format!("{}: not a practice; remove the file", path.display()).into());
        }
    }
    Ok(())
}
