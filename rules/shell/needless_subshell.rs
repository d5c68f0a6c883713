//! Finds parentheses around tests only.

use crate::finding::prelude::*;
use crate::shell::reader::{CommandKind, TerminatorKind};
use crate::shell::survey::{At, Kind, Survey};

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2233", "SC2234", "SC2235"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    let tests = tests_only(survey);
    for &at in &survey.commands {
        let Some(CommandKind::Subshell(block)) = survey.command(at).map(|command| command.kind) else { continue };
        let body = at + 1;
        if !tests.get(body).is_some_and(|tests| *tests) || !matches!(survey.kind(body), Kind::List(_)) {
            continue;
        }
        let code = if is_all_of_a_branch(survey, at) {
            "SC2233"
        } else if is_one_test(survey, body) {
            "SC2234"
        } else {
            "SC2235"
        };
        cx.report(script.span(block.open), "parentheses around a test start an unnecessary process")
            .variant(code)
            .help("use `{ …; }` to group tests, or remove the parentheses");
    }
}

/// By node: whether it is a list or a command with nothing but tests.
fn tests_only(survey: &Survey<'_>) -> Vec<bool> {
    let mut tests = vec![false; survey.nodes.len()];
    for at in (0..survey.nodes.len()).rev() {
        let of_tests = |tests: &[bool]| {
            let mut parts = survey.children(at).filter(|at| !matches!(survey.kind(*at), Kind::Redirect(_))).peekable();
            parts.peek().is_some() && parts.all(|at| tests[at])
        };
        tests[at] = match survey.kind(at) {
            Kind::List(_) => of_tests(&tests),
            Kind::Item(item) => {
                !item.terminator.is_some_and(|end| end.kind == TerminatorKind::Ampersand) && of_tests(&tests)
            }
            Kind::Pipeline(pipeline) => pipeline.commands.len() == 1 && of_tests(&tests),
            Kind::Command(command) => match command.kind {
                CommandKind::Simple { .. } => survey
                    .simple(at)
                    .and_then(|simple| simple.words.first())
                    .is_some_and(|word| matches!(survey.bare(*word), Some("[" | "test"))),
                CommandKind::Test(_) => true,
                CommandKind::Subshell(_) | CommandKind::Group(_) => of_tests(&tests),
                _ => false,
            },
            _ => false,
        };
    }
    tests
}

/// Whether a list is one test, without `!`.
fn is_one_test(survey: &Survey<'_>, list: At) -> bool {
    let mut items = survey.children(list);
    let only = items.next().filter(|_| items.next().is_none()).and_then(|item| survey.only_command(item));
    only.is_some_and(|command| {
        let plain = survey.parent(command).is_some_and(|above| match survey.kind(above) {
            Kind::Pipeline(pipeline) => pipeline.prefixes.is_empty(),
            _ => false,
        });
        let group = survey
            .command(command)
            .is_some_and(|command| matches!(command.kind, CommandKind::Group(_) | CommandKind::Subshell(_)));
        plain && !group
    })
}

/// Whether a command is a whole statement of a condition or a branch of `if` and `while`.
fn is_all_of_a_branch(survey: &Survey<'_>, at: At) -> bool {
    let mut around = survey.ancestors(at);
    let (Some(pipeline), Some(item), Some(_), Some(owner)) =
        (around.next(), around.next(), around.next(), around.next())
    else {
        return false;
    };
    let alone = survey.only_command(item) == Some(at)
        && matches!(survey.kind(pipeline), Kind::Pipeline(pipeline) if pipeline.prefixes.is_empty());
    alone
        && match survey.kind(owner) {
            Kind::Branch(_) => true,
            Kind::Command(command) => matches!(command.kind, CommandKind::Loop(_)),
            _ => false,
        }
}
