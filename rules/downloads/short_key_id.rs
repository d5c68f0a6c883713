//! Finds keys that are fetched by a short key ID.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnCommand(KEY_TOOLS, check)]);

const KEY_TOOLS: &[&str] = &["apt-key", "gpg", "gpg1", "gpg2", "pacman-key"];

fn check(command: &Command, _: &Step<'_>, cx: &Cx<'_>) {
    let receives = ["--recv-keys", "--recv-key", "--recv", "--receive-keys", "-r"];
    let Some(at) = command.args.iter().position(|arg| receives.contains(&arg.lexeme())) else { return };
    if command.args[at].is("-r") && !command.is("pacman-key") {
        return;
    }
    for arg in &command.args[at + 1..] {
        let Some(text) = arg.text.as_deref() else { continue };
        let id = text.trim_start_matches("0x");
        let is_hex = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hex || !matches!(id.len(), 8 | 16) {
            continue;
        }
        let mut found = cx.report(arg.span, format!("`{text}` is a short key ID, which other keys may share"));
        found.help("use the full 40-digit fingerprint, which `gpg --fingerprint` shows");
        if id.len() == 16 {
            found.at_most(Level::Note);
        }
    }
}
