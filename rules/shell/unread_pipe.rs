//! Finds input for commands that do not read it, and pipes from and to tests.

use crate::finding::prelude::*;
use crate::knowledge::command_lines::{MAKES_DIRECTORIES, READ_NO_INPUT};
use crate::shell::reader::{CommandKind, PartKind, RedirectOperator, SubstitutionKind};
use crate::shell::survey::{At, Kind, Simple, Survey};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnScript(check)]).aka(&["SC2216", "SC2217", "SC2266"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for &at in &survey.commands {
        let Some(command) = survey.command(at) else { continue };
        if let Some(pipe) = command.pipe {
            let before = previous(survey, at);
            if is_test(survey, at) || before.is_some_and(|before| is_test(survey, before)) {
                cx.report(
                    script.span(pipe.span),
                    "a test does not read input or print output, so this pipe has no effect",
                )
                .variant("SC2266")
                .help("use `||` or `&&`");
            }
        }
        let Some(simple) = survey.simple(at) else { continue };
        let (name, _) = simple.called(survey);
        let Some(word) = simple.words.first() else { continue };
        let directories = MAKES_DIRECTORIES.contains(&&*name);
        if !(directories || READ_NO_INPUT.contains(&&*name)) || may_read(survey, simple, &name) {
            continue;
        }
        let span = script.span(Span::new(command.span.start(), word.span.end()));
        if command.pipe.is_some() {
            let mut found = cx.report(span, format!("`{name}` does not read the piped input"));
            found.help(format!("use `| xargs {name}` to pass it as arguments"));
            if !directories {
                found.variant("SC2216");
            }
        }
        let input = simple.redirects.iter().any(|redirect| {
            matches!(
                redirect.operator,
                RedirectOperator::Read
                    | RedirectOperator::Heredoc
                    | RedirectOperator::HeredocTabs
                    | RedirectOperator::HereString
            ) && redirect.descriptor.is_none()
        });
        if input && !directories {
            cx.report(span, format!("`{name}` does not read standard input"))
                .variant("SC2217")
                .help(format!("pass it as arguments, with `$(…)` or `xargs {name}`"));
        }
    }
}

/// The command before this one in its pipeline.
fn previous(survey: &Survey<'_>, at: At) -> Option<At> {
    let above = survey.parent(at)?;
    // The one that ends where this one starts: from there outward until right below the pipeline.
    let mut before = at.checked_sub(1).filter(|before| *before > above)?;
    while survey.parent(before)? != above {
        before = survey.parent(before)?;
    }
    Some(before)
}

fn is_test(survey: &Survey<'_>, at: At) -> bool {
    match survey.command(at).map(|command| command.kind) {
        Some(CommandKind::Test(_)) => true,
        Some(CommandKind::Simple { words, .. }) => {
            survey.tree[words].first().is_some_and(|word| matches!(survey.bare(*word), Some("[" | "test")))
        }
        _ => false,
    }
}

/// Whether the input may be meant for something in the command: a substitution, a question, `/dev/stdin`.
fn may_read<'t>(survey: &Survey<'t>, simple: &Simple<'t>, name: &str) -> bool {
    let args = simple.args(survey);
    let asks = matches!(name, "rm" | "cp" | "mv") && survey.has_option(args, 'i', "interactive");
    asks || args.iter().any(|arg| survey.pattern(*arg).starts_with("/dev/"))
        || survey.inside(simple.at).any(|at| match survey.kind(at) {
            Kind::Part(part) => match part.kind {
                PartKind::Substitution(id) => survey.tree[id].kind != SubstitutionKind::Function,
                _ => false,
            },
            _ => false,
        })
}
