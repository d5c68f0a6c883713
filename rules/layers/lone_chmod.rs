//! A `chmod` of files that were just copied.

use super::shared::late_changes;
use crate::commands::chmod::mode;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes);

fn check(cx: &Cx<'_>) {
    for change in late_changes(cx.model, &["chmod"], "chmod") {
        // If other work came in between, a `chmod` of a directory may be meant for its files.
        let Some(mode) =
            mode(change.command).and_then(|arg| arg.text).filter(|_| !change.worked_on || change.is_one_file())
        else {
            continue;
        };
        let octal = match mode.as_str() {
            "+x" | "a+x" | "ugo+x" | "a+rx" | "+rx" | "u+x" | "ug+x" | "u+rx" | "+rwx" => "755",
            octal if !octal.is_empty() && octal.bytes().all(|byte| byte.is_ascii_digit()) => octal,
            _ => continue,
        };
        // Do not suggest a mode that lets anyone write.
        let octal = match octal {
            "777" | "0777" => "755",
            "666" | "0666" => "644",
            octal => octal,
        };
        let recursive = change.command.has_flag(&["-R", "--recursive"]);
        let keyword = change.copy.keyword().as_str();
        let message = format!("this `chmod` duplicates `{}` in a new layer", change.file.path);
        let mut found = cx.report(change.command.span, message);
        if !recursive || change.is_one_file() {
            // A script is small, but this still adds a layer.
            found.at_most(Level::Note);
        }
        let words = ["exec", "permission", "chmod", "mode"];
        found
            .label(change.file.span, "copied here")
            .help(format!("set the mode while copying: `{keyword} --chmod={octal} …`"))
            .fix(change.flag_instead(&format!("--chmod={octal}"), &words, cx.model));
    }
}
