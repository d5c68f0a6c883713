use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStep(check)]).words(&["&"]);

fn check(step: &Step<'_>, cx: &mut Cx<'_>) {
    let Some(script) = step.script.as_ref().filter(|script| script.clean && step.keyword() == Keyword::Run) else {
        return;
    };
    let Some(last) = script.commands.iter().rev().find(|command| command.place.background && !command.is("")) else {
        return;
    };
    let list = script.commands.iter().filter(|command| command.place.list == last.place.list);
    let Some(first) = list.clone().next().filter(|_| script.ends_with(last)) else { return };
    // Waited for.
    if script.behind(last).any(|command| command.is("wait")) {
        return;
    }
    let span = list.fold(first.span, |span, command| span.cover(command.full_span()));
    let message = "what this `&` puts in the background is ended with the `RUN`, finished or not";
    cx.report(span, message)
        .help("leave out the `&` if it is work of the build; start what should run in the container with `CMD`");
}
