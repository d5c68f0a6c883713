//! Variables that enable debugging in the final image.

use crate::finding::prelude::*;
use crate::model::VariableKind;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnFile(check)])
    .words(&["_env", "debug", "environment", "profiles_active"]);

/// Variables that select the environment, such as development or production. Sorted.
const MODES: &[&str] = &[
    "APP_ENV", "ASPNETCORE_ENVIRONMENT", "DJANGO_ENV", "DOTNET_ENVIRONMENT", "FLASK_ENV", "MIX_ENV", "NODE_ENV",
    "RACK_ENV", "RAILS_ENV", "SPRING_PROFILES_ACTIVE",
];

/// On/off variables. Sorted.
const SWITCHES: &[&str] = &["APP_DEBUG", "DEBUG", "DJANGO_DEBUG", "FLASK_DEBUG", "PYTHONDEBUG", "XDEBUG_MODE"];

fn check(cx: &Cx<'_>) {
    let Some(stage) = cx.model.final_stage() else { return };
    let says = |name: &str| {
        let name = name.to_ascii_lowercase();
        ["dev", "debug", "test"].iter().any(|word| name.contains(word))
    };
    let name = stage.name.map(|name| name.text.as_str()).unwrap_or_default();
    let file = cx.source.name().rsplit(['/', '\\']).take(2);
    if says(name) || file.into_iter().any(says) {
        return;
    }
    for &name in MODES.iter().chain(SWITCHES) {
        let Some(variable) = stage.end.variables.get(name).filter(|variable| variable.kind == VariableKind::Env) else {
            continue;
        };
        let (Some(span), Some(value)) = (variable.span, variable.value.as_deref()) else {
            continue;
        };
        let lower = value.to_ascii_lowercase();
        let found = match MODES.contains(&name) {
            true => matches!(lower.as_str(), "dev" | "develop" | "development" | "debug" | "local"),
            false => matches!(lower.as_str(), "1" | "true" | "yes" | "on" | "debug" | "*"),
        };
        if found {
            let shown = value.replace('`', "'");
            cx.report(span, format!("final image runs with `{name}={shown}`"))
                .help("omit it, and set it for development with `docker run -e` or in a Compose file");
        }
    }
}
