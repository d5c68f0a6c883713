//! A `chown` of files that were copied before.

use super::shared::{LateChange, late_changes};
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes);

fn check(cx: &Cx<'_>) {
    let changes = late_changes(cx.model, &["chown", "chgrp"], "chown");
    for change in &changes {
        let Some(owner) = owner(change.command) else { continue };
        let others = change.others(&changes);
        let alike = others.iter().all(|other| other.exact && self::owner(other.command).as_ref() == Some(&owner));
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
        if alike && is_known(&owner, change, cx.model) {
            let words = ["own", "permission"];
            found.fix(change.flag_instead(&format!("--chown={owner}"), &others, &words, cx.model));
        }
        if change.worked_on {
            found.at_most(Level::Note).help("run the steps that create other files in that directory as the same user");
        }
    }
}

/// The owner that COPY is given instead.
fn owner(command: &Command) -> Option<String> {
    let owner = command.operands().next().map(|arg| arg.lexeme().trim_matches('"'))?;
    Some(match command.name.as_str() {
        "chgrp" => format!("root:{owner}"),
        // `--chown` does not accept the old `user.group` syntax.
        _ if owner.contains(['$', ':']) => owner.to_owned(),
        _ => owner.replacen('.', ":", 1),
    })
}

/// Whether user and group are given, and exist where the files are copied.
fn is_known(owner: &str, change: &LateChange<'_, '_>, model: &Model<'_>) -> bool {
    let Some((user, group)) = owner.split_once(':') else { return false };
    let numeric = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if numeric(user) && numeric(group) {
        return true;
    }
    let Some(stage) = model.stage(change.copy.stage) else { return false };
    let copied = change.copy.instruction.span.start();
    let made = stage.made_accounts(model).iter().any(|(span, name)| name == user && span.end() <= copied);
    let base = stage.base_accounts(model).iter().any(|account| account.name == Some(user));
    user == group && (made || base)
}
