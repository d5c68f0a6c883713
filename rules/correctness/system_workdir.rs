//! A `WORKDIR` in a system directory.

use crate::finding::prelude::*;
use crate::knowledge::paths;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnInstruction(&[Keyword::Workdir], check)]).linux_only();

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let (Args::Words(args), Some(stage)) = (&step.instruction.args, cx.model.stage(step.stage)) else {
        return;
    };
    let after = stage.steps.get(step.index + 1).map_or(&stage.end, |next| &next.state);
    let (Some(word), Some(workdir)) = (args.words.first(), &after.workdir) else {
        return;
    };
    let Some(path) = workdir.value.as_deref() else {
        return;
    };
    let top = path.split('/').nth(1).unwrap_or_default();
    let kernel = matches!(top, "proc" | "sys" | "dev") && !path.starts_with("/dev/shm");
    let programs = paths::PROGRAMS.contains(&path);
    if kernel {
        cx.report(word.span, format!("`/{top}` belongs to the kernel: files put there are not in the image"))
            .help("use a separate directory, such as `/app`");
    } else if programs {
        cx.report(word.span, format!("`{path}` is a system directory, so project files mix with system files"))
            .variant("programs")
            .help("use a separate directory, such as `/app`, and use this one only as the destination of files")
            .at_most(Level::Note);
    }
}
