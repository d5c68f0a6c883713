use crate::model::Tri;
use crate::prelude::*;
use crate::shell::Arg;
use crate::shell::mode::{closed, is_world_writable, mode, targets};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStep(check)]).fix(Fixable::Sometimes);

fn check(step: &Step<'_>, cx: &mut Cx<'_>) {
    let Some(stage) = cx.model.stage(step.stage).filter(|stage| !stage.windows) else { return };
    let report = |span: Span, mode: &str, cx: &mut Cx<'_>| {
        // What a stage that only builds does may still be undone when its files are copied.
        // An image that starts as root and goes on as somebody else may be meant to start as anybody, too.
        let for_anybody = stage.steps_down(cx.model) != Tri::No;
        let level = if stage.in_final && !for_anybody { Level::Warn } else { Level::Note };
        // Whoever it steps down to may have to write there.
        let steps_down = for_anybody || stage.runs_as_root(cx.model) == Tri::No;
        let safety = if steps_down { Safety::Display } else { Safety::Unsafe };
        let at = Span::new(span.end().saturating_sub(mode.len()), span.end());
        let fix = closed(mode).filter(|_| cx.text(at) == mode).and_then(|closed| {
            Fix::new(safety, format!("let only the owner write: `{closed}`"), [Edit::replace(at, closed)])
        });
        let found = cx.report(span, format!("mode `{mode}` lets everybody write"));
        found.at_most(level).help(
            "give the files to the user that runs the program (`COPY --chown`, `chown`) and let nobody else write: `755` for \
             folders and programs, `644` for files",
        );
        found.fix(fix);
    };
    match step.keyword() {
        Keyword::Copy | Keyword::Add => {
            let Some(flag) = step.flag("chmod") else { return };
            if let Some(value) = flag.text().filter(|value| is_world_writable(value)) {
                report(flag.span, &value, cx);
            }
        }
        Keyword::Run => {
            let commands = || step.script.iter().flat_map(|script| &script.commands);
            for (at, command) in commands().enumerate() {
                let Some(arg) = mode(command) else { continue };
                // A folder to work in that is gone when the step ends.
                let gone = |arg: &Arg| {
                    let mut later = commands().skip(at + 1).filter(|command| command.is("rm"));
                    later.any(|command| command.operands().any(|other| other.lexeme() == arg.lexeme()))
                };
                if files(command).is_some_and(|files| files.iter().all(|file| gone(file))) {
                    continue;
                }
                let Some(text) = arg.text.as_deref().filter(|text| is_world_writable(text)) else { continue };
                report(arg.span, text, cx);
            }
        }
        _ => {}
    }
}

/// What the command gives the mode to; `None` when that is not known.
fn files(command: &Command) -> Option<Vec<&Arg>> {
    let files: Vec<&Arg> = match command.name.as_str() {
        "chmod" => targets(command).collect(),
        "mkdir" => command.operands().collect(),
        _ => return None,
    };
    (!files.is_empty()).then_some(files)
}
