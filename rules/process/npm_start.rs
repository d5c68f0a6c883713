//! Finds containers that run a package manager's script as PID 1.

use crate::finding::prelude::*;
use crate::shell::exec_form::{json_array, plain_words};

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]).linux_only().fix(Fixable::Sometimes);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    if !stage.is_final {
        return;
    }
    // With an entrypoint, the CMD is only its arguments.
    let Some(step) = stage.start_step(cx.model) else { return };
    let Some(last) = step.script.as_ref().and_then(|script| script.commands.last()) else { return };
    let Some(script) = script_name(last).filter(|_| !last.place.background) else { return };
    let context = cx.model.context.filter(|context| context.is_sure());
    let scripts = context.and_then(|context| context.project().node.as_ref()).map(|node| &node.scripts);
    let program = scripts.and_then(|scripts| {
        let hooks = [format!("pre{script}"), format!("post{script}")];
        let line = scripts.get(script).filter(|_| !hooks.iter().any(|hook| scripts.contains_key(hook)))?;
        plain_words(line).filter(|words| words[0] == "node")
    });
    let only = stage.cmd(cx.model).is_none_or(|cmd| std::ptr::eq(cmd, step));
    let mut found = cx.report(
        last.span,
        format!("`{}` runs as PID 1 and does not reliably forward signals to the program", last.name),
    );
    match &program {
        Some(words) => {
            found.help(format!("run the `{script}` command from package.json directly: `{}`", json_array(words)))
        }
        None => found.help(format!(
            "run the `{script}` command from package.json directly, for example `CMD [\"node\", \"server.js\"]`"
        )),
    };
    if let (Some(words), Some(CommandLine::Exec(form))) = (program, step.instruction.command_line())
        && form.items.first().is_some_and(|item| item.value == last.name)
        && only
    {
        let edit = Edit::replace(form.span, json_array(&words));
        found.fix(Fix::new(Safety::Unsafe, "run the program directly", [edit]));
    }
}

/// The name of the package.json script that is run, if it starts the application.
fn script_name(command: &Command) -> Option<&str> {
    let mut operands = command.operands().map(|arg| arg.text.as_deref());
    let (first, second) = (operands.next()??, operands.next().flatten());
    let script = match (command.name.as_str(), first) {
        ("npm" | "yarn" | "pnpm", "start") => "start",
        ("npm" | "yarn" | "pnpm", "run" | "run-script") => second?,
        _ => return None,
    };
    (script == "start" || script.starts_with("start:") || script.starts_with("serve") || script == "prod")
        .then_some(script)
}
