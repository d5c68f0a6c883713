//! The pages are the tests: every example of every rule's page is linted, and the register is held
//! against the folders. New examples need no Rust.

#[path = "rules/example.rs"]
mod example;
#[path = "rules/register.rs"]
mod register;

use libtest_mimic::{Arguments, Failed, Trial};
use plimsoll::rule::Entry;
use plimsoll::rules;

fn main() {
    let mut trials = vec![
        Trial::test("register is current", register::is_current),
        Trial::test("index is current", register::index_is_current),
        Trial::test("names and aliases are unique", register::names_are_unique),
    ];
    for entry in rules::ALL {
        trials.push(Trial::test(format!("{}: page", entry.name), move || page(entry)));
        for (number, example) in example::read(entry.page).into_iter().enumerate() {
            let name = format!("{}: example {} ({})", entry.name, number + 1, example.kind());
            trials.push(Trial::test(name, move || example.check(entry)));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// What every page has.
fn page(entry: &Entry) -> Result<(), Failed> {
    let page = entry.page;
    let fail = |what: &str| Err(Failed::from(format!("rules/{}/{}.md {what}", entry.practice, entry.name)));
    if !page.starts_with(&format!("# {}\n", entry.name)) {
        return fail("does not begin with its name as heading");
    }
    if !entry.summary().ends_with('.') {
        return fail("has no summary: one paragraph below the heading, ending in a full stop");
    }
    for heading in ["## Why", "## Examples", "## Exceptions"] {
        if !page.lines().any(|line| line == heading) {
            return fail(&format!("has no `{heading}`"));
        }
    }
    let examples = example::read(page);
    if !examples.iter().any(|example| example.bad) || !examples.iter().any(|example| !example.bad) {
        return fail("needs a bad and a good example");
    }
    Ok(())
}
