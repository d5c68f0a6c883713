//! A `chmod` of files that were just copied.

use super::shared::late_changes;
use crate::commands::chmod::mode;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes);

fn check(cx: &Cx<'_>) {
    let changes = late_changes(cx.model, &["chmod"], "chmod");
    for change in &changes {
        // If other work came in between, a `chmod` of a directory may be meant for its files.
        let Some(octal) = octal(change.command).filter(|_| !change.worked_on || change.is_one_file()) else { continue };
        let others = change.others(&changes);
        let alike = others.iter().all(|other| other.exact && self::octal(other.command).as_ref() == Some(&octal));
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
            .fix(change.flag_instead(&format!("--chmod={octal}"), &others, &words, cx.model).filter(|_| alike));
    }
}

/// The mode that COPY is given instead, in digits.
fn octal(command: &Command) -> Option<String> {
    let mode = mode(command)?.text?;
    let octal = match mode.as_str() {
        "+x" | "a+x" | "ugo+x" | "a+rx" | "+rx" | "u+x" | "ug+x" | "u+rx" | "+rwx" => "755",
        octal if !octal.is_empty() && octal.bytes().all(|byte| byte.is_ascii_digit()) => octal,
        _ => return None,
    };
    // Do not suggest a mode that lets anyone write.
    Some(match octal {
        "777" | "0777" => "755".to_owned(),
        "666" | "0666" => "644".to_owned(),
        octal => octal.to_owned(),
    })
}
