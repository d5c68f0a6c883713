use crate::commands::cleanup::{normal_path, removes_paths};
use crate::finding::prelude::*;
use crate::knowledge::secrets::{Certainty, secret_file};
use crate::model::Mount;
use crate::shell::Arg;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStep(check)]);

fn check(step: &Step<'_>, cx: &mut Cx<'_>) {
    let Some(script) = step.script.as_ref().filter(|_| step.keyword() == Keyword::Run) else { return };
    let secrets: Vec<Secret> = step.run_mounts().filter(|mount| mount.kind() == "secret").map(Secret::of).collect();
    let in_final = cx.model.stage(step.stage).is_some_and(|stage| stage.in_final);
    for (at, command) in script.commands.iter().enumerate() {
        let Some((file, of)) = written(command, &secrets) else { continue };
        let path = file.lexeme().trim_matches('"').to_owned();
        let removed = script.commands[at..].iter().take(200).any(|later| {
            removes_paths(later).iter().any(|gone| gone.path == normal_path(&path) || gone.covers(&normal_path(&path)))
        });
        // A secret that only passes through the step leaves nothing; one in a build argument is in the history anyway.
        if removed || path.starts_with("/dev/") || step.is_mounted_over(cx.model, &normal_path(&path)) {
            continue;
        }
        let found = cx.report(file.span, format!("this writes {of} to `{path}`, where the layer keeps it"));
        if !in_final {
            found.at_most(Level::Note);
        }
        found.help(if of.contains("SSH") {
            "lend the key to this step instead: `RUN --mount=type=ssh …`, built with `docker build --ssh default`"
                .to_owned()
        } else {
            format!("let the secret lie there for this step only: `RUN --mount=type=secret,id=…,target={path} …`")
        });
    }
}

/// A secret that is mounted.
struct Secret {
    path: String,
    variable: Option<String>,
}

impl Secret {
    fn of(mount: Mount<'_>) -> Self {
        let id = mount.id().map(|id| id.text.clone()).unwrap_or_default();
        let path = mount.target().map_or_else(|| format!("/run/secrets/{id}"), |target| target.text.clone());
        Self { path, variable: mount.field("env").map(|name| name.text.clone()) }
    }

    fn is_in(&self, text: &str) -> bool {
        let named = |name: &String| text.contains(&format!("${name}")) || text.contains(&format!("${{{name}"));
        (self.path.len() > 1 && text.contains(&self.path)) || self.variable.as_ref().is_some_and(named)
    }
}

/// The file that a command writes a secret to.
fn written<'c>(command: &'c Command, secrets: &[Secret]) -> Option<(&'c Arg, &'static str)> {
    const MOUNTED: &str = "a secret that is mounted";
    let mounted = |arg: &Arg| secrets.iter().any(|secret| secret.is_in(&arg.raw));
    if command.is_any(&["cp", "mv", "install"]) && !secrets.is_empty() {
        let operands: Vec<&Arg> = command.operands().collect();
        let (last, sources) = operands.split_last()?;
        return sources.iter().any(|arg| mounted(arg)).then_some((*last, MOUNTED));
    }
    let file = command.stdout_file()?;
    if command.is_any(&["cat", "echo", "printf", "base64"]) && command.args.iter().any(mounted) {
        return Some((file, MOUNTED));
    }
    let path = file.lexeme().trim_matches('"');
    let token = |arg: &Arg| arg.raw.contains("_auth");
    let known = secret_file(path).filter(|known| {
        known.certainty == Certainty::Sure || (path.ends_with(".npmrc") && command.args.iter().any(token))
    })?;
    // `'${TOKEN}'` is written as it stands: the file only names the variable.
    let holds = |arg: &Arg| arg.raw.contains('$') && arg.text.is_none() && !arg.raw.contains("\\$");
    (command.is_any(&["echo", "printf", "base64"]) && command.args.iter().any(holds)).then_some((file, known.what))
}
