//! Build-time variables that stay in the image.

use crate::finding::prelude::*;
use crate::model::VariableKind;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]).fix(Fixable::Sometimes);

const NAME: &str = "DEBIAN_FRONTEND";

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let Some(variable) = stage.end.variables.get(NAME).filter(|_| stage.in_final) else {
        return;
    };
    let (Some(span), Some("noninteractive")) = (variable.span, variable.value.as_deref()) else {
        return;
    };
    if variable.kind != VariableKind::Env {
        return;
    }
    let Some(step) = stage.steps.iter().find(|step| step.instruction.span.contains(span)) else {
        return;
    };
    let Args::Pairs(args) = &step.instruction.args else {
        return;
    };
    let alone = args.pairs.len() == 1 && step.instruction.trivia.is_empty();
    let whole = Span::new(step.instruction.keyword_span.start(), step.instruction.args_span.end());
    let keyword = if step.instruction.keyword_text == "env" { "arg" } else { "ARG" };
    let edit = Edit::replace(whole, format!("{keyword} {NAME}=noninteractive"));
    let fix = Fix::new(Safety::Unsafe, "use `ARG` instead", [edit]).filter(|_| alone);
    cx.report(span, format!("`{NAME}` is only needed during the build, but stays in the image"))
        .help(format!("use `ARG {NAME}=noninteractive`, which sets it for every later `RUN` but not in containers"))
        .fix(fix);
}
