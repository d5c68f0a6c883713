//! `plimsoll rule`: the pages.

use std::fmt::Write as _;
use std::io::Write as _;

use super::{Exit, complain};
use crate::rules;

pub(super) fn run(name: Option<&str>) -> Exit {
    let mut out = String::new();
    match name {
        None => {
            for entry in rules::ALL {
                let _ = writeln!(
                    out,
                    "{:<12} {:<28} {:<5} {}",
                    entry.practice,
                    entry.name,
                    entry.rule.level.as_str(),
                    entry.summary()
                );
            }
        }
        Some(name) => {
            let found: Vec<_> = rules::ALL.iter().filter(|entry| entry.answers_to(name)).collect();
            if found.is_empty() {
                let near = rules::closest(name).map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
                complain(&format!("there is no rule or practice called `{name}`{near}"));
                return Exit::Failed;
            }
            for entry in found {
                let aka = if entry.rule.aka.is_empty() { "-".into() } else { entry.rule.aka.join(", ") };
                let _ = writeln!(
                    out,
                    "{}\nPractice: {} · level: {} · since: {} · also known as: {aka}\n",
                    entry.page,
                    entry.practice,
                    entry.rule.level.as_str(),
                    entry.rule.since
                );
            }
        }
    }
    // A reader that has seen enough is no failure.
    let _ = std::io::stdout().write_all(out.as_bytes());
    Exit::Clean
}
