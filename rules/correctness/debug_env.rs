//! Variables that enable debugging in the final image.

use crate::finding::prelude::*;
use crate::knowledge::stage_names::{NOT_FOR_PRODUCTION, word_of};
use crate::knowledge::variables::{DEBUG_SWITCHES, MODES, ON};
use crate::model::VariableKind;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnFile(check)]);

fn check(cx: &Cx<'_>) {
    let Some(stage) = cx.model.final_stage() else { return };
    let says = |name: &str| word_of(name, NOT_FOR_PRODUCTION).is_some();
    let mut path = cx.source.name().rsplit(['/', '\\']).take(2);
    if stage.name.is_some_and(|name| says(&name.text)) || path.any(says) {
        return;
    }
    for &name in MODES.iter().chain(DEBUG_SWITCHES) {
        let Some(variable) = stage.end.variables.get(name).filter(|variable| variable.kind == VariableKind::Env) else {
            continue;
        };
        let (Some(span), Some(value)) = (variable.span, variable.value.as_deref()) else {
            continue;
        };
        let lower = value.to_ascii_lowercase();
        let found = match MODES.contains(&name) {
            true => matches!(lower.as_str(), "dev" | "develop" | "development" | "debug" | "local"),
            false => ON.contains(&lower.as_str()),
        };
        if found {
            let shown = value.replace('`', "'");
            cx.report(span, format!("the final image runs with `{name}={shown}`"))
                .help("omit it, and set it for development with `docker run -e` or in a Compose file");
        }
    }
}
