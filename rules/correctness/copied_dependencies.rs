//! Dependencies that are copied from the machine that builds.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStep(check)]);

fn check(step: &Step<'_>, cx: &mut Cx<'_>) {
    let (Keyword::Copy | Keyword::Add) = step.keyword() else {
        return;
    };
    for source in step.context_sources(cx.model) {
        let path = source.text.trim_end_matches('/');
        let (what, made_by) = match path.rsplit('/').next().unwrap_or_default() {
            "node_modules" => ("holds programs built for the machine it comes from", "npm ci"),
            "venv" | ".venv" | "virtualenv" => {
                ("has the paths of the machine it comes from in it", "pip install -r requirements.txt")
            }
            "__pycache__" => ("is made again by the Python of the image", "python -m compileall ."),
            _ => continue,
        };
        let shown = path.replace('`', "'");
        let found = cx.report(source.span, format!("`{shown}` {what}"));
        found.help(format!(
            "make it in the image, with `RUN {made_by}`, and leave it out of the context with `.dockerignore`"
        ));
        if path.ends_with("node_modules") {
            // It is fine where nothing in it was compiled.
            found.at_most(Level::Note);
        }
    }
}
