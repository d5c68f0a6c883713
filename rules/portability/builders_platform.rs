//! Finds stages that build for the build platform instead of the target platform.

use crate::finding::prelude::*;
use crate::knowledge::platforms;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let Some(flag) = stage.from.flag("platform") else { return };
    let Some(value) = flag.value.as_ref() else { return };
    let is_builders = matches!(value.text.trim_matches('"'), "$BUILDPLATFORM" | "${BUILDPLATFORM}");
    if !is_builders {
        return;
    }
    if stage.in_final {
        // It only holds files to be exported.
        if stage.is_final && !starts_anything(stage, cx.model) {
            return;
        }
        cx.report(value.span, "the final image uses the build platform instead of the target platform")
            .help("omit `--platform`: the target platform is the default")
            .help("use `$BUILDPLATFORM` only for stages that cross-compile");
        return;
    }
    let text = cx.text(stage_span(stage));
    let aware = platforms::TARGET_SIGNS;
    if aware.iter().any(|word| text.contains(word)) || !is_taken_from(stage, cx.model) {
        return;
    }
    let compiles =
        stage.steps.iter().filter(|step| step.keyword() == Keyword::Run).filter_map(|step| step.script.as_ref());
    let compile = compiles.flat_map(|script| &script.commands).find(|command| {
        command.runs_any(&["go", "cargo"], &["build", "install"]) && command.wrappers.is_empty()
            || command.is_any(&["gcc", "g++", "cc", "clang", "rustc"]) && !command.has_flag(&["--version", "-v"])
    });
    let Some(command) = compile else { return };
    let help = match command.name.as_str() {
        "go" => "add `ARG TARGETOS TARGETARCH`, then `GOOS=$TARGETOS GOARCH=$TARGETARCH go build …`",
        _ => "compile for `TARGETPLATFORM`, or omit `--platform` and let the stage run under emulation",
    };
    cx.report(command.span, "this compiles for the build platform instead of the target platform")
        .variant("compiler")
        .at_most(Level::Note)
        .label(value.span, "the stage runs on the build platform")
        .help(help);
}

fn stage_span(stage: &Stage<'_>) -> Span {
    let end = stage.steps.last().map_or(stage.from.span, |step| step.instruction.span);
    stage.from.span.cover(end)
}

/// Whether the final image copies files from it.
fn is_taken_from(stage: &Stage<'_>, model: &Model<'_>) -> bool {
    let mut uses = stage.uses_of(model);
    stage.reaches_final && uses.any(|(other, import)| other.in_final && matches!(import.origin, Origin::Stage(_)))
}

fn starts_anything(stage: &Stage<'_>, model: &Model<'_>) -> bool {
    stage.entrypoint(model).is_some() || stage.cmd(model).is_some() || stage.all(Keyword::Run).next().is_some()
}
