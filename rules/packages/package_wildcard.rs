//! Finds patterns in place of package names.

use crate::commands::packages::{Manager, PackageKind, installs};
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnCommand(&[], check)]);

fn check(command: &Command, _: &Step<'_>, cx: &Cx<'_>) {
    let Some(install) = installs(command).filter(|install| install.manager.is_system() && !install.dry_run) else {
        return;
    };
    let pattern = |text: &str| text.contains(['*', '?']) && !text.contains(['/', '$', '`']);
    for package in install.packages.iter().filter(|package| package.kind == PackageKind::Name && pattern(&package.name))
    {
        let shown = package.text.replace('`', "'");
        let (variant, message) = match install.manager {
            Manager::Apk => ("apk", format!("`apk` does not support patterns such as `{shown}`")),
            _ => ("", format!("`{shown}` installs every package whose name matches")),
        };
        cx.report(package.span, message).variant(variant).help("list the packages that you need");
    }
}
