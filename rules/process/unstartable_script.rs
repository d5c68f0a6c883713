//! Finds start scripts without a `#!` line or with Windows line endings.

use crate::finding::prelude::*;
use crate::model::script_path;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnStage(check)]).linux_only();

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    if !stage.is_final {
        return;
    }
    // With an entrypoint, the CMD is only its arguments.
    let Some(step) = stage.entrypoint(cx.model).or(stage.cmd(cx.model)) else { return };
    let Some(command) = step.script.as_ref().and_then(|script| script.commands.first()) else { return };
    if step.instruction.exec_items().is_none() || command.is_shell() {
        return;
    }
    let Some(shipped) = script_path(command).and_then(|path| stage.shipped_file(cx.model, step, path)) else { return };
    let file = shipped.file.as_deref().unwrap_or("the heredoc");
    let first = shipped.text.split('\n').next().unwrap_or_default();
    let (variant, why, help) = if !first.starts_with("#!") {
        ("", "has no `#!` line", "start the script with `#!/bin/sh`")
    } else if first.ends_with('\r') {
        (
            "line-endings",
            "has Windows line endings, so the interpreter's name ends in a carriage return",
            "save it with Unix line endings, and keep them with `*.sh text eol=lf` in `.gitattributes`",
        )
    } else {
        return;
    };
    let copied = shipped.step.instruction.span;
    cx.report(command.span, format!("`{file}` cannot be started: it {why}"))
        .variant(variant)
        .label(copied, "copied here")
        .help(help);
}
