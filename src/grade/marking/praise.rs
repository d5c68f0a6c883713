//! Praise for what the Dockerfile does well.

use crate::grade::rubric::static_checks::RuleDeductions;
use crate::model::{Model, Tri};

/// For a criterion without findings: a sentence for each practice that the Dockerfile visibly follows.
pub(super) fn of(deductions: &RuleDeductions, model: &Model<'_>) -> Vec<String> {
    let Some(stage) = model.final_stage() else { return Vec::new() };
    let counts = |practice: &str| deductions.rules.iter().any(|(entry, _)| entry.meta.practice == practice);
    let mut praise = Vec::new();
    let image = stage.root_image(model);
    if counts("pinned")
        && let Some(image) = image.filter(|image| !image.untagged())
    {
        praise.push(format!("`{}` names a version", image.value.as_deref().unwrap_or(&image.written)));
    }
    if counts("nonroot") && stage.runs_as_root(model) == Tri::No {
        let user = stage.end.user.as_ref().and_then(|user| user.value.clone());
        praise.push(match user {
            Some(user) => format!("the final image runs as `{user}`"),
            None => "the base image does not run as root".to_owned(),
        });
    }
    if counts("stages") && stage.imports.iter().any(|import| matches!(import.origin, crate::model::Origin::Stage(_))) {
        praise.push("build tools stay out of the final image".to_owned());
    }
    if counts("slim") {
        let small = ["slim", "alpine", "distroless"];
        let name = image.map(|image| image.value.clone().unwrap_or_else(|| image.written.clone()));
        match name {
            Some(name) if small.iter().any(|word| name.contains(word)) => {
                praise.push(format!("`{name}` is a small base image"))
            }
            None if stage.is_from_scratch(model) => praise.push("the final image starts from scratch".to_owned()),
            _ => {}
        }
    }
    praise
}
