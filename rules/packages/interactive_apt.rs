//! Finds `apt-get` commands that may prompt for confirmation.

use super::shared::prompts;
use crate::commands::packages::Manager;
use crate::finding::prelude::*;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes).aka(&["DL3014"]);

fn check(cx: &Cx<'_>) {
    for asking in prompts(cx.model, Manager::Apt) {
        let (name, verb) = (asking.command.name.as_str(), cx.text(asking.verb));
        let edit = Edit::insert(asking.verb.end(), " -y");
        let fix = Fix::new(Safety::Safe, "add `-y`", [edit]).filter(|_| !asking.step.is_exec_form());
        let span = asking.command.name_span.cover(asking.verb);
        let mut found =
            cx.report(span, format!("`{name} {verb}` may prompt for confirmation, which a build cannot answer"));
        found.help(format!("use `{name} {verb} -y`")).fix(fix);
        // It prompts only if there is something to remove.
        if verb.starts_with("auto") {
            found.at_most(Level::Note);
        }
    }
}
