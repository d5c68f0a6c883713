//! Finds image names without a registry.

use crate::finding::Target;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes);

fn check(cx: &Cx<'_>) {
    let Some(target) = cx.target(Target::wants_registry) else { return };
    if cx.model.file.is_template(cx.source.text()) {
        return;
    }
    let model = cx.model;
    for used in model.images() {
        let image = used.image;
        let Some(name) = image.familiar_name().filter(|_| image.registry.is_none() && image.invalid.is_none()) else {
            continue;
        };
        let full = match image.repository.text.as_deref() {
            Some(text) if text.contains('/') => format!("docker.io/{text}"),
            _ => format!("docker.io/library/{name}"),
        };
        let literal = image.value.as_deref() == Some(image.written.as_str());
        let written = image
            .repository
            .span
            .filter(|span| literal && cx.text(*span) == image.repository.text.as_deref().unwrap_or_default());
        // A `COPY` or a mount may refer to a named build context.
        let safety = if used.step.is_none() { Safety::Safe } else { Safety::Unsafe };
        let fix = written.and_then(|span| Fix::new(safety, "add the registry", [Edit::replace(span, full.as_str())]));
        cx.report(
            image.span,
            format!("`{name}` does not specify a registry, and {} does not default to Docker Hub", target.name()),
        )
        .help(format!("use `{full}`"))
        .fix(fix);
    }
}
