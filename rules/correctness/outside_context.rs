//! Sources outside the build context.

use crate::finding::prelude::*;
use crate::knowledge::paths;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnCopy(check)]).linux_only();

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    for source in step.context_sources(cx.model) {
        let text = source.text.as_str();
        // `missing-source` reports this more precisely.
        let context = cx.model.context.filter(|context| context.is_sure());
        let found = context.map(|context| context.exists(&source.path));
        if found == Some(false) {
            continue;
        }
        let shown = text.replace('`', "'");
        if climbs(text) {
            let path = source.path.replace('`', "'");
            cx.report(source.span, format!("`{shown}` is outside the build context, so BuildKit uses `{path}` inside it"))
                .help("build from the parent directory (`docker build -f path/Dockerfile ..`) with paths relative to it, or pass the directory with `--build-context`");
        } else if text.starts_with("~/") || text == "~" {
            cx.report(
                source.span,
                format!("`{shown}` does not mean the home directory here, because only a shell expands `~`"),
            )
            .variant("home-directory")
            .help("copy the files into the build context first, or pass the directory with `--build-context`");
        } else if found.is_none() && is_of_system(text) {
            cx.report(source.span, format!("`{shown}` is looked up in the build context, not on the build host"))
                .variant("absolute-path")
                .help("omit the leading slash; to use a directory from elsewhere, pass it with `--build-context`")
                .at_most(Level::Note);
        }
    }
}

/// Whether `..` leads above the starting directory.
fn climbs(path: &str) -> bool {
    let mut depth = 0_i32;
    path.split('/').any(|part| {
        match part {
            "" | "." => {}
            ".." => depth -= 1,
            _ => depth += 1,
        }
        depth < 0
    })
}

fn is_of_system(path: &str) -> bool {
    let mut parts = path.strip_prefix('/').unwrap_or_default().split('/');
    let first = parts.next().unwrap_or_default();
    paths::OF_MACHINES.binary_search(&first).is_ok() && parts.next().is_some_and(|second| !second.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        assert!(paths::OF_MACHINES.is_sorted());
        assert!(climbs("../a") && climbs("a/../../b") && climbs("/..") && !climbs("a/../b") && !climbs("a..b"));
        assert!(
            is_of_system("/home/me") && !is_of_system("/app/x") && !is_of_system("home/me") && !is_of_system("/etc")
        );
    }
}
