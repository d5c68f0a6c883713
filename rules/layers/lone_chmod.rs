use crate::prelude::*;
use crate::shell::mode::mode;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]);

fn check(cx: &mut Cx<'_>) {
    for change in cx.model.rechanges(&["chmod"], "chmod") {
        // Of a whole folder only some files are meant, or others have come in since.
        let Some(mode) =
            mode(change.command).and_then(|arg| arg.text).filter(|_| !change.worked_on || is_file(&change.file.path))
        else {
            continue;
        };
        let octal = match mode.as_str() {
            "+x" | "a+x" | "ugo+x" | "a+rx" | "+rx" | "u+x" | "ug+x" | "u+rx" | "+rwx" => "755",
            octal if !octal.is_empty() && octal.bytes().all(|byte| byte.is_ascii_digit()) => octal,
            _ => continue,
        };
        let keyword = change.copy.keyword().as_str();
        let message = format!("this `chmod` stores `{}` a second time, in a layer of its own", change.file.path);
        cx.report(change.command.span, message)
            .label(change.file.span, "copied here")
            .help(format!("set the mode on the way in: `{keyword} --chmod={octal} …`"));
    }
}

fn is_file(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.trim_start_matches('.').contains('.'))
}
