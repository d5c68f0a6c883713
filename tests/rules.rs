//! The pages are the tests: every example on every rule's page is linted, and the register is compared
//! with the directories. Examples that only guard against a regression, and teach nothing, are in
//! `tests/rules/cases/<practice>/<rule>.md`, in the same form. New examples need no Rust.

#[path = "rules/example.rs"]
mod example;
#[path = "rules/register.rs"]
mod register;

use libtest_mimic::{Arguments, Failed, Trial};
use plimsoll::finding::Entry;
use plimsoll::rules;

fn main() {
    let mut trials = vec![
        Trial::test("register is current", register::is_current),
        Trial::test("index is current", register::index_is_current),
        Trial::test("names and aliases are unique", register::names_are_unique),
    ];
    for entry in rules::ALL {
        trials.push(Trial::test(format!("{}: page", entry.meta.name), move || page(entry)));
        for (name, example) in example::of(entry) {
            let name = format!("{}: {name} ({})", entry.meta.name, example.kind());
            trials.push(Trial::test(name, move || example.check(entry)));
        }
    }
    trials.push(Trial::test("every file of cases belongs to a rule", cases_belong));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// A case of a rule that was renamed would never run again.
fn cases_belong() -> Result<(), Failed> {
    let files = || -> std::io::Result<Vec<std::path::PathBuf>> {
        let mut files = Vec::new();
        for practice in std::fs::read_dir(example::CASES)? {
            for file in std::fs::read_dir(practice?.path())? {
                files.push(file?.path());
            }
        }
        Ok(files)
    };
    for file in files()? {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().replace('_', "-");
        let practice =
            file.parent().and_then(|path| path.file_name()).unwrap_or_default().to_string_lossy().into_owned();
        if !rules::ALL.iter().any(|entry| entry.meta.name == name && entry.meta.practice == practice) {
            return Err(format!("{}: there is no such rule", file.display()).into());
        }
    }
    Ok(())
}

/// What every page has.
fn page(entry: &Entry) -> Result<(), Failed> {
    let page = entry.meta.page;
    let fail = |what: &str| Err(Failed::from(format!("rules/{}/{}.md {what}", entry.meta.practice, entry.meta.name)));
    if !page.starts_with(&format!("# {}\n", entry.meta.name)) {
        return fail("does not begin with its name as heading");
    }
    if !entry.meta.summary().ends_with('.') {
        return fail("has no summary: one paragraph below the heading, ending in a full stop");
    }
    for heading in ["## Why", "## Examples", "## Exceptions"] {
        if !page.lines().any(|line| line == heading) {
            return fail(&format!("has no `{heading}`"));
        }
    }
    let examples = example::read(page);
    // A rule about images has nothing to find in a file.
    if !entry.checks.is_empty()
        && (!examples.iter().any(|example| example.bad) || !examples.iter().any(|example| !example.bad))
    {
        return fail("needs a bad and a good example");
    }
    Ok(())
}
