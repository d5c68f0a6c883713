//! Finds two redirections of the same stream: `pip install a>=1 b>=2`.

use crate::finding::prelude::*;
use crate::shell::reader::{Redirect, RedirectOperator};

pub const RULE: Rule = Rule::new(Level::Warn, "0.2.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2261"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    let stream = |redirect: &Redirect| match redirect.operator {
        RedirectOperator::Read => Some(redirect.descriptor.map_or("0", |span| survey.slice(span))),
        RedirectOperator::Write | RedirectOperator::Append | RedirectOperator::Clobber => {
            Some(redirect.descriptor.map_or("1", |span| survey.slice(span)))
        }
        RedirectOperator::WriteBoth | RedirectOperator::AppendBoth => Some("1"),
        _ => None,
    };
    for &at in &survey.commands {
        let Some(command) = survey.command(at) else { continue };
        let redirects = &script.tree()[command.redirects];
        for redirect in redirects {
            let Some(own) = stream(redirect) else { continue };
            if redirects.iter().filter(|other| stream(other) == Some(own)).count() < 2 {
                continue;
            }
            let start = redirect.descriptor.unwrap_or(redirect.operator_span);
            cx.report(
                script.span(start.cover(redirect.operator_span)),
                "another redirection of this command has the same stream: the last one has it all",
            )
            .help("quote the word if no redirection is meant, as in `'package>=1.0'`");
        }
    }
}
