use crate::model::Tri;
use crate::prelude::*;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnStep(check)]).fix(Fixable::Sometimes).aka(&["DL3004"]);

fn check(step: &Step<'_>, cx: &mut Cx<'_>) {
    let Some(script) = step.script.as_ref().filter(|_| step.keyword() == Keyword::Run) else { return };
    let root = step.runs_as_root(cx.model);
    let mut last = None;
    for command in &script.commands {
        let wrapper = command.wrappers.iter().find(|wrapper| wrapper.name == "sudo").map(|wrapper| wrapper.span);
        // `sudo sh -c 'a && b'` is one sudo over two commands.
        let Some(span) = wrapper.filter(|span| last != Some(*span)) else { continue };
        last = Some(span);
        let plain = span.end <= command.name_span.start && command.wrappers.len() == 1;
        let between = plain.then(|| cx.text(Span::new(span.end(), command.name_span.start())));
        let bare = between.is_some_and(|text| text.bytes().all(|byte| matches!(byte, b' ' | b'\t')));
        let found = cx.report(span, "`sudo` has no place in a Dockerfile");
        found.help(match root {
            Tri::Yes => "these commands run as root already: leave `sudo` out",
            _ => "switch with `USER root` before the step and back to the unprivileged user behind it",
        });
        if root == Tri::Yes && bare {
            let edit = Edit::delete(Span::new(span.start(), command.name_span.start()));
            found.fix(Fix::new(Safety::Unsafe, "leave `sudo` out", [edit]));
        }
    }
}
