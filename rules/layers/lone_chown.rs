//! A `chown` of files that were copied before.

use super::shared::late_changes;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]);

fn check(cx: &Cx<'_>) {
    for change in late_changes(cx.model, &["chown", "chgrp"], "chown") {
        let Some(owner) = change.command.operands().next().map(|arg| arg.lexeme().trim_matches('"')) else { continue };
        let owner = match change.command.name.as_str() {
            "chgrp" => format!("root:{owner}"),
            // `--chown` does not accept the old `user.group` syntax.
            _ if owner.contains(['$', ':']) => owner.to_owned(),
            _ => owner.replacen('.', ":", 1),
        };
        let keyword = change.copy.keyword().as_str();
        let message = format!("this `{}` duplicates `{}` in a new layer", change.command.name, change.file.path);
        let mut found = cx.report(change.command.span, message);
        found.label(change.file.span, "copied here");
        match owner.as_str() {
            "root" | "root:root" | "0" | "0:0" => {
                found.help(format!("omit it: root already owns what `{keyword}` adds"))
            }
            _ => found
                .help(format!("set the owner while copying: `{keyword} --chown={owner} …` (create the account first)")),
        };
        if !change.command.has_flag(&["-R", "--recursive"]) || change.is_one_file() {
            found.at_most(Level::Note);
        }
        if change.worked_on {
            found.at_most(Level::Note).help("run the steps that create other files in that directory as the same user");
        }
    }
}
