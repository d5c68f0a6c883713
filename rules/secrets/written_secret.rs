//! Finds secrets that a `RUN` writes to a file in the layer.

use crate::commands::cleanup::{normal_path, removes_paths};
use crate::finding::prelude::*;
use crate::knowledge::secrets::{Certainty, secret_file};
use crate::model::Mount;
use crate::shell::Arg;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(check)]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let commands = step.commands();
    let secrets: Vec<Secret> = step.run_mounts().filter(|mount| mount.kind() == "secret").map(Secret::of).collect();
    let in_final = cx.model.stage(step.stage).is_some_and(|stage| stage.in_final);
    for (at, command) in commands.iter().enumerate() {
        let Some((file, of)) = written(command, &secrets) else { continue };
        let path = file.lexeme().trim_matches('"').to_owned();
        let removed = commands[at..].iter().limited(200).any(|later| {
            removes_paths(later).iter().any(|gone| gone.path == normal_path(&path) || gone.covers(&normal_path(&path)))
        });
        // A removed file leaves nothing; a build argument is in the history anyway.
        if removed || path.starts_with("/dev/") || step.is_mounted_over(cx.model, &normal_path(&path)) {
            continue;
        }
        let mut found = cx.report(file.span, format!("this writes {of} to `{path}`, which stays in the layer"));
        if !in_final {
            found.at_most(Level::Note);
        }
        found.help(if of.contains("SSH") {
            "mount the SSH agent instead: `RUN --mount=type=ssh …`, built with `docker build --ssh default`".to_owned()
        } else {
            format!("mount the secret there for this step only: `RUN --mount=type=secret,id=…,target={path} …`")
        });
    }
}

/// A mounted secret.
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
    const MOUNTED: &str = "a mounted secret";
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
    // `'${TOKEN}'` is written literally: the file only references the variable.
    let holds = |arg: &Arg| arg.raw.contains('$') && arg.text.is_none() && !arg.raw.contains("\\$");
    (command.is_any(&["echo", "printf", "base64"]) && command.args.iter().any(holds)).then_some((file, known.what))
}
