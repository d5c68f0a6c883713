//! A WORKDIR among the folders of the system.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStep(check)]).words(&["workdir"]);

fn check(step: &Step<'_>, cx: &mut Cx<'_>) {
    if step.keyword() != Keyword::Workdir {
        return;
    }
    let (Args::Words(args), Some(stage)) = (&step.instruction.args, cx.model.stage(step.stage)) else {
        return;
    };
    let after = stage.steps.get(step.index + 1).map_or(&stage.end, |next| &next.state);
    let (Some(word), Some(workdir)) = (args.words.first(), &after.workdir) else {
        return;
    };
    let Some(path) = workdir.value.as_deref().filter(|_| !stage.windows) else {
        return;
    };
    let top = path.split('/').nth(1).unwrap_or_default();
    let kernel = matches!(top, "proc" | "sys" | "dev") && !path.starts_with("/dev/shm");
    let programs =
        matches!(path, "/bin" | "/sbin" | "/lib" | "/lib64" | "/usr/bin" | "/usr/sbin" | "/usr/lib" | "/boot");
    if kernel {
        cx.report(word.span, format!("`/{top}` belongs to the kernel: what is put there is not in the image"))
            .help("work in a folder of your own, such as `/app`");
    } else if programs {
        cx.report(word.span, format!("`{path}` belongs to the system, and files of the project mix with its files"))
            .help("work in a folder of your own, such as `/app`, and name this one where something goes into it")
            .at_most(Level::Note);
    }
}
