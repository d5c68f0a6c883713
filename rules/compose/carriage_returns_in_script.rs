//! Finds mounted scripts with Windows line endings.

use crate::compose::MountKind;
use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let Some(context) = cx.model.context else { return };
    for mount in service.mounts.iter().filter(|mount| mount.kind == MountKind::Bind && mount.is_sure) {
        let Some(path) = cx.model.path(&mount.node, &mount.source) else { continue };
        if context.is_dir(&path) {
            continue;
        }
        let Some(text) = context.read(&path) else { continue };
        let is_script = text.lines().next().is_some_and(|line| line.starts_with("#!")) || path.ends_with(".sh");
        if !is_script || !text.lines().next().is_some_and(|_| text[..text.find('\n').unwrap_or(0)].ends_with('\r')) {
            continue;
        }
        let mut found =
            cx.at(&mount.node, format!("`{}` has Windows line endings (CRLF)", mount.source.replace('`', "'")));
        found.help("save it with LF line endings, and add `*.sh text eol=lf` to `.gitattributes`");
    }
}
