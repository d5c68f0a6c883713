//! Finds volumes in quotes.

use crate::finding::compose::*;

pub const RULE: Rule =
    Rule::new(Level::Off, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Always).aka(&["no-quotes-in-volumes"]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    for mount in service.mounts.iter().filter(|mount| mount.is_short && mount.node.file == 0) {
        let Some(text) = mount.node.text() else { continue };
        let is_quoted = matches!(mount.node.style, Style::Single | Style::Double);
        let is_simple =
            text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b':' | b'_' | b'-'))
                && text.starts_with(|first: char| first.is_ascii_alphabetic() || matches!(first, '/' | '.'));
        let written = cx.written(&mount.node);
        if is_quoted && is_simple && written.len() == text.len() + 2 && !text.ends_with(':') {
            let fix = Fix::new(Safety::Safe, "remove the quotes", [Edit::replace(mount.node.span, text)]);
            cx.at(&mount.node, "this volume does not need quotes").help("remove them").fix(fix);
        }
    }
}
