//! Finds `cd` whose failure lets the script go on in the wrong directory.

use super::shared::Joined;
use crate::finding::prelude::*;
use crate::shell::Link;
use crate::shell::survey::{Kind, Role, Survey};

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Sometimes).aka(&["SC2164", "SC2103"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    if script.options.errexit || survey.sets_errexit() {
        return;
    }
    let mut whole: Option<Option<Joined>> = None;
    for simple in &survey.simples {
        let (name, args) = simple.called(survey);
        if !matches!(&*name, "cd" | "pushd" | "popd") || survey.is_condition(simple.at) {
            continue;
        }
        if let [only] = args
            && survey.bare(*only).is_some_and(|path| path.bytes().all(|byte| matches!(byte, b'.' | b'/')))
        {
            continue;
        }
        let span = script.span(simple.words_span());
        let next = survey.nodes[simple.at].end < survey.nodes.len();
        let fix = joined(script, span, &mut whole, cx).or_else(|| {
            Fix::new(Safety::Unsafe, "stop the script if it fails", [Edit::insert(span.end(), " || exit 1")])
        });
        let alone = simple.redirects.is_empty() && !is_piped(survey, simple.at);
        let mut found =
            cx.report(script.place(simple.at), format!("if `{name}` fails, the script continues in another directory"));
        found
            .variant("SC2164")
            .help(format!("add `&&` after it, or use `{name} … || exit 1`"))
            .fix(fix.filter(|_| alone && next));
        // Nothing follows that could run in the wrong directory.
        if !next {
            found.at_most(Level::Note);
        }
    }
    returns(script, cx);
}

/// The fix that writes `&&` for `;`, after the `cd` and after all commands that follow it.
fn joined(script: &ScriptView<'_, '_>, span: Span, whole: &mut Option<Option<Joined>>, cx: &Cx<'_>) -> Option<Fix> {
    let commands = script.step.script.as_ref().filter(|script| script.clean && !script.commands.is_empty())?;
    let first = commands.commands.partition_point(|command| command.span.start < span.start);
    let cd =
        commands.commands[first..].iter().take_while(|it| it.span.start == span.start).find(|it| it.span == span)?;
    let plain = cd.place.scope == 0 && !cd.place.conditional && !cd.place.subshell && !cd.place.excused;
    if !plain {
        return None;
    }
    let whole = whole.get_or_insert_with(|| {
        // A failure before `||` is handled there.
        let alternates = commands.commands.iter().any(|other| other.place.scope == 0 && other.place.link == Link::Or);
        (!alternates).then(|| Joined::new(commands, cx))
    });
    whole.as_mut()?.fix(cd)
}

fn is_piped(survey: &Survey<'_>, at: usize) -> bool {
    survey
        .parent(at)
        .is_some_and(|above| matches!(survey.kind(above), Kind::Pipeline(pipeline) if pipeline.commands.len() > 1))
}

/// `cd a; make; cd ..`: it may not be where it was.
fn returns(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for at in 0..survey.nodes.len() {
        if !matches!(survey.kind(at), Kind::List(_)) || survey.role(at) == Role::Condition {
            continue;
        }
        let mut left = false;
        for item in survey.children(at) {
            let Some(only) = survey.only_command(item).and_then(|at| survey.simple(at)) else { continue };
            let words = only.words;
            if words.first().and_then(|word| survey.bare(*word)) != Some("cd") {
                continue;
            }
            let to = words.get(1).and_then(|word| survey.literal(*word));
            if to.as_deref() == Some("..") && left {
                cx.report(script.place(only.at), "`cd ..` changes to the wrong directory if the previous `cd` failed")
                    .variant("SC2103")
                    .help("use a subshell: `( cd … && … )`")
                    .at_most(Level::Note);
            } else {
                left |= words.len() == 2 && to.as_deref() != Some("..");
            }
        }
    }
}
