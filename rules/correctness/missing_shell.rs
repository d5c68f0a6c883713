//! Shell commands in images without a shell.

use crate::finding::prelude::*;
use crate::knowledge::bases::os;
use crate::knowledge::os::Shells;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnStage(check)]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let root = stage.root(cx.model);
    let (span, what) = match &root.base {
        Base::Scratch => (root.from.args_span, "an empty image has no shell".to_owned()),
        Base::Image(image) if !stage.windows => {
            let system = image.familiar_name().and_then(|name| os(&name, image.tag_text()));
            if system.is_none_or(|system| system.shells != Shells::None) {
                return;
            }
            (image.span, format!("`{}` has no shell", image.written))
        }
        _ => return,
    };
    let below: Vec<&Stage<'_>> = stage.chain(cx.model).take(32).collect();
    if below.len() == 32 || below.iter().flat_map(|stage| &stage.steps).any(|step| may_bring_shell(step, cx.model)) {
        return;
    }
    for step in &stage.steps {
        if may_bring_shell(step, cx.model) || step.state.shell.span.is_some() {
            return;
        }
        let Some(CommandLine::Shell(line)) = step.instruction.command_line() else { continue };
        // Other rules report broken arrays, and a heredoc may be for another interpreter.
        if cx.text(*line).starts_with('[') || cx.text(*line).starts_with("<<") {
            continue;
        }
        let name = step.keyword().as_str();
        let mut found = cx.report(*line, format!("this `{name}` needs a shell, but the image does not have one"));
        found.label(span, what.as_str());
        if step.keyword() == Keyword::Run {
            found.help("run it in a build stage, and copy the result with `COPY --from`");
        } else {
            found.help("use exec form, as in `[\"/program\", \"argument\"]`");
        }
    }
}

/// Whether the step may add a shell.
fn may_bring_shell(step: &Step<'_>, model: &Model<'_>) -> bool {
    let Some(copy) = step.copy() else {
        return step.keyword() == Keyword::Onbuild || step.run_mounts().next().is_some();
    };
    let archive = step.keyword() == Keyword::Add && copy.sources.iter().any(|word| word.text.contains(".t"));
    let dest = step.copy_dest(model);
    archive
        || dest.is_none_or(|dest| {
            let programs = ["/bin/", "/usr/", "/busybox/", "/sbin/"].iter().any(|folder| dest.starts_with(folder));
            let all =
                |word: &Word| matches!(word.text.trim_end_matches(['/', '.', '*']), "" | "/bin" | "/usr" | "/usr/bin");
            let shell = dest.ends_with("sh") || copy.sources.iter().any(|word| word.text.ends_with("sh"));
            programs
                || shell
                || (dest == "/" && (step.flag("from").is_some() || copy.sources.iter().any(all)))
                || copy.sources.iter().any(|word| word.text.contains(['$', '*']))
                || dest == "/bin"
                || dest == "/busybox"
        })
}
