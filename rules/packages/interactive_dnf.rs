//! Finds `dnf` commands that prompt for confirmation.

use super::shared::prompts;
use crate::commands::packages::Manager;
use crate::finding::prelude::*;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes).aka(&["DL3038"]);

fn check(cx: &Cx<'_>) {
    for asking in prompts(cx.model, Manager::Dnf) {
        let (name, verb) = (asking.command.name.as_str(), cx.text(asking.verb));
        let edit = Edit::insert(asking.verb.end(), " -y");
        let fix = Fix::new(Safety::Safe, "add `-y`", [edit]).filter(|_| !asking.step.is_exec_form());
        let span = asking.command.name_span.cover(asking.verb);
        let mut found =
            cx.report(span, format!("`{name} {verb}` prompts for confirmation, which a build cannot answer"));
        found.help(format!("use `{name} {verb} -y`")).fix(fix);
        // It never prompts itself, but on some images the name belongs to dnf 5, which does.
        if asking.command.is("microdnf") {
            found.at_most(Level::Note);
        }
    }
}
