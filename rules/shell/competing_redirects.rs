//! Finds two redirections of the same stream: `pip install a>=1 b>=2`.

use std::collections::HashMap;

use crate::finding::prelude::*;
use crate::shell::reader::{Redirect, RedirectOperator};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2261"]);

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
        let mut count: HashMap<&str, usize> = HashMap::new();
        redirects.iter().filter_map(stream).for_each(|stream| *count.entry(stream).or_default() += 1);
        for redirect in redirects {
            let Some(own) = stream(redirect) else { continue };
            if count.get(own).is_none_or(|count| *count < 2) {
                continue;
            }
            let start = redirect.descriptor.unwrap_or(redirect.operator_span);
            cx.report(
                script.span(start.cover(redirect.operator_span)),
                "this command redirects the same stream twice: the last redirection gets all output",
            )
            .help("quote the word if it is not meant as a redirection, as in `'package>=1.0'`");
        }
    }
}
