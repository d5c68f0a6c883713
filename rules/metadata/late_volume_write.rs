//! Finds writes to a directory that is already declared a volume.

use crate::finding::prelude::*;
use crate::knowledge::programs::Class;
use crate::model::lies_below;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]).linux_only();

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    if !stage.in_final {
        return;
    }
    let model = cx.model;
    let volumes: Vec<_> = stage.volumes(model).limited(16).collect();
    for volume in volumes {
        let Some((span, variant, what)) =
            stage.steps[volume.step.index + 1..].iter().find_map(|step| write(step, &volume.path, model))
        else {
            continue;
        };
        cx.report(span, format!("{what} `{}`, which is already declared a volume", volume.path))
            .variant(variant)
            .label(volume.span, "declared here")
            .help("move the `VOLUME` after all steps that write to it, or omit it and mount a volume with `-v`");
    }
}

/// Where a step writes to the volume, and how.
fn write(step: &Step<'_>, volume: &str, model: &Model<'_>) -> Option<(Span, &'static str, &'static str)> {
    match step.keyword() {
        Keyword::Copy | Keyword::Add => {
            let dest = step.copy_dest(model)?;
            lies_below(dest, volume).then(|| {
                (
                    step.copy().and_then(|copy| copy.dest.as_ref()).map_or(step.instruction.span, |it| it.span),
                    "copied",
                    "this copies files to",
                )
            })
        }
        Keyword::Run => step.script.as_ref()?.commands.iter().find_map(|command| {
            let below = |arg: &&crate::shell::Arg| {
                arg.text.as_deref().is_some_and(|text| text.starts_with('/') && lies_below(text, volume))
            };
            let reads = matches!(command.name.as_str(), "cp" | "mv" | "ln" | "install");
            let target = if reads { command.operands().last().filter(below) } else { command.operands().find(below) };
            let target =
                target.filter(|_| command.class().is(Class::FILE_TOOL.or(Class::ARCHIVER)) || command.is("tee"));
            let output = command
                .redirects
                .iter()
                .filter(|it| it.writes_stdout())
                .filter_map(|it| it.target.as_ref())
                .find(below);
            target.or(output).map(|arg| (arg.span, "", "this writes to"))
        }),
        _ => None,
    }
}
