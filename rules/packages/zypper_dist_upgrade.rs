//! Finds `zypper dist-upgrade`.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnCommand(&["zypper"], check)]).aka(&["DL3035"]);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(verb) = command.subcommand().filter(|verb| verb.is("dist-upgrade") || verb.is("dup")) else { return };
    if command.has_flag(&["--dry-run", "-D", "--download-only", "-d"]) {
        return;
    }
    let base =
        cx.model.stage(step.stage).and_then(|stage| stage.root_image(cx.model)).map(|image| image.written.as_str());
    let rolling = base.is_some_and(|base| base.contains("tumbleweed"));
    let message = format!("`zypper {}` can move the whole system to another release", verb.lexeme().replace('`', "'"));
    let mut found = cx.report(command.name_span.cover(verb.span), message);
    if rolling {
        found
            .at_most(Level::Note)
            .help("use a newer base image (`docker build --pull`), which saves a layer; Tumbleweed has no other way to upgrade");
    } else {
        found.help("use a base image with the release you want; `zypper patch` installs its security fixes");
    }
}
