//! Finds SSH servers that are set up to let root log in with a password.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(
    Level::Warn,
    "0.1.0",
    &[
        Check::OnCommand(&["sed", "echo", "printf", "perl"], check),
        Check::OnInstruction(&[Keyword::Copy, Keyword::Add], in_file),
    ],
)
.linux_only();

const OPTION: &str = "PermitRootLogin";

fn check(command: &Command, _: &Step<'_>, cx: &Cx<'_>) {
    // What `echo` only shows is not written anywhere.
    let shown = command.is_any(&["echo", "printf"]) && command.stdout_file().is_none() && command.place.pipe_len < 2;
    let Some(arg) = command.args.iter().find(|arg| permits(arg.lexeme())).filter(|_| !shown) else { return };
    report(arg.span, cx);
}

/// A configuration of the server that is written in a heredoc.
fn in_file(step: &Step<'_>, cx: &Cx<'_>) {
    for heredoc in &step.instruction.heredocs {
        let mut at = heredoc.body.start();
        for line in cx.text(heredoc.body).split_inclusive('\n') {
            let text = line.trim();
            if !text.starts_with('#') && permits(text) {
                let start = at + line.len() - line.trim_start().len();
                return report(Span::new(start, start + text.len()), cx);
            }
            at += line.len();
        }
    }
}

fn report(span: Span, cx: &Cx<'_>) {
    cx.report(span, format!("`{OPTION} yes` lets anyone who knows its password log in as root"))
        .help("omit it: by default, root can only log in with a key")
        .help("`docker exec` opens a shell without an SSH server");
}

/// Whether the last setting in a text, which in `s/…/…/` is the replacement, is `yes`.
fn permits(text: &str) -> bool {
    let Some(at) = text.rfind(OPTION) else { return false };
    let value = text[at + OPTION.len()..].trim_start_matches([' ', '\t', '=', '\\']);
    value.strip_prefix("yes").is_some_and(|rest| !rest.starts_with(|char: char| char.is_ascii_alphanumeric()))
}
