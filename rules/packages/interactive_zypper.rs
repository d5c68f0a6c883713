//! Finds `zypper` commands that prompt for confirmation.

use super::shared::prompts;
use crate::commands::packages::Manager;
use crate::finding::prelude::*;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes).aka(&["DL3034"]);

fn check(cx: &Cx<'_>) {
    for asking in prompts(cx.model, Manager::Zypper) {
        let (name, verb) = (asking.command.name.as_str(), cx.text(asking.verb));
        let edit = Edit::insert(asking.verb.start(), "--non-interactive ");
        let fix = Fix::new(Safety::Safe, "add `--non-interactive`", [edit]).filter(|_| !asking.step.is_exec_form());
        let span = asking.command.name_span.cover(asking.verb);
        cx.report(span, format!("`{name} {verb}` prompts for confirmation, which a build cannot answer"))
            .help(format!("use `{name} --non-interactive {verb}`"))
            .fix(fix);
    }
}
