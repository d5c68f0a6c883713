//! Finds volumes that contain the program.

use crate::finding::prelude::*;
use crate::model::lies_below;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).linux_only();

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    if !stage.is_final {
        return;
    }
    let model = cx.model;
    let Some(workdir) = stage.end.workdir.as_ref().and_then(|it| Some((it.value.as_deref()?, it.span))) else { return };
    let volumes: Vec<_> = stage.volumes(model).limited(16).collect();
    for volume in volumes.into_iter().filter(|volume| volume.path != "/" && lies_below(workdir.0, &volume.path)) {
        let steps = stage.history(model);
        // The program: a directory copied as a whole, possibly from a build stage.
        let copied = steps.filter(|step| {
            let folder = step.copy().is_some_and(|copy| {
                copy.sources.iter().any(|word| word.text.ends_with(['.', '/', '*']) || word.text.ends_with("src"))
            });
            folder
                && step
                    .copy_dest(model)
                    .is_some_and(|dest| lies_below(dest, &volume.path) && lies_below(dest, workdir.0))
        });
        let Some(copy) = copied.last() else { continue };
        cx.report(volume.span, format!("`{}` contains the program and is declared a volume", volume.path))
            .label(copy.instruction.span, "program copied here")
            .help("declare only the data directory, or omit the `VOLUME` and mount the sources with `-v` during development");
    }
}
