//! Finds three and more commands in a row that append to one file.

use crate::finding::prelude::*;
use crate::shell::reader::RedirectOperator;
use crate::shell::survey::{At, Kind};

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2129"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for at in 0..survey.nodes.len() {
        if !matches!(survey.kind(at), Kind::List(_)) {
            continue;
        }
        let mut run: Option<(At, &str, usize)> = None;
        for item in survey.children(at).map(Some).chain([None]) {
            let appends = item.and_then(|item| {
                let command = survey.only_command(item)?;
                let [redirect] = &script.tree()[survey.command(command)?.redirects] else { return None };
                let target = redirect.target.filter(|_| redirect.operator == RedirectOperator::Append)?;
                Some((command, survey.slice(target.span)))
            });
            match (&mut run, appends) {
                (Some((_, file, count)), Some((_, next))) if *file == next => *count += 1,
                (previous, appends) => {
                    if let Some((first, file, 3..)) = *previous {
                        cx.report(
                            script.place(first),
                            format!("the commands from here on append to `{file}` separately"),
                        )
                        .help(format!("use `{{ …; …; }} >> {file}`, or a heredoc"));
                    }
                    *previous = appends.map(|(command, file)| (command, file, 1));
                }
            }
        }
    }
}
