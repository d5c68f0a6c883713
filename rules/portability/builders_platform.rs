use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).words(&["platform"]);

fn check(stage: &Stage<'_>, cx: &mut Cx<'_>) {
    let Some(flag) = stage.from.flag("platform") else { return };
    let Some(value) = flag.value.as_ref() else { return };
    let is_builders = matches!(value.text.trim_matches('"'), "$BUILDPLATFORM" | "${BUILDPLATFORM}");
    if !is_builders {
        return;
    }
    if stage.in_final {
        // Files to fetch from it, for any machine.
        if stage.is_final && !starts_anything(stage, cx.model) {
            return;
        }
        cx.report(
            value.span,
            "the final image is made for the machine that builds it, not for the one it is meant for",
        )
        .help("leave `--platform` out: the target's platform is the default")
        .help("`$BUILDPLATFORM` is for stages that cross-compile");
        return;
    }
    let text = cx.text(stage_span(stage));
    let aware =
        ["TARGETARCH", "TARGETPLATFORM", "TARGETOS", "GOARCH", "--target", "xx-", "--arch", "CARGO_BUILD_TARGET"];
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
        "go" => "write `ARG TARGETOS TARGETARCH` and `GOOS=$TARGETOS GOARCH=$TARGETARCH go build …`",
        _ => "compile for the platform in `TARGETPLATFORM`, or leave `--platform` out and let the stage be emulated",
    };
    cx.report(command.span, "this compiles for the machine that builds the image, whatever the target is")
        .at_most(Level::Note)
        .label(value.span, "the stage runs on the builder's own platform")
        .help(help);
}

fn stage_span(stage: &Stage<'_>) -> Span {
    let end = stage.steps.last().map_or(stage.from.span, |step| step.instruction.span);
    stage.from.span.cover(end)
}

/// Whether the final image takes files from it.
fn is_taken_from(stage: &Stage<'_>, model: &Model<'_>) -> bool {
    let taken = |other: &Stage<'_>| {
        other.imports.iter().any(|import| matches!(import.origin, Origin::Stage(from) if from == stage.index))
    };
    stage.reaches_final && model.stages.iter().any(|other| other.in_final && taken(other))
}

fn starts_anything(stage: &Stage<'_>, model: &Model<'_>) -> bool {
    stage.entrypoint(model).is_some() || stage.cmd(model).is_some() || stage.all(Keyword::Run).next().is_some()
}
