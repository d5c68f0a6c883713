//! Finds env files that do not exist.

use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let Some(context) = cx.model.context else { return };
    for node in service.env_files.iter().filter(|node| !node.open) {
        let path_node = node.get("path").unwrap_or(node);
        if node.get("required").and_then(Node::text) == Some("false") || path_node.open {
            continue;
        }
        let Some(text) = path_node.text().filter(|text| !text.is_empty()) else { continue };
        let Some(path) = cx.model.path(node, text).filter(|path| !context.exists(path)) else { continue };
        let mut found = cx.at(path_node, format!("`{}` does not exist", text.replace('`', "'")));
        found.help("`docker compose up` fails without it; for an optional file, use `path` and `required: false`");
        // `.env` and the like are often kept out of version control.
        let example =
            ["example", "sample", "dist", "template"].iter().any(|end| context.exists(&format!("{path}.{end}")));
        if example || path.rsplit('/').next().is_some_and(|name| name.contains(".env") || name.starts_with("env")) {
            found.at_most(Level::Note);
        }
    }
}
