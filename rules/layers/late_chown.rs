//! A recursive `chown` or `chmod` of what an earlier `RUN` created.

use std::collections::HashSet;

use super::shared::late_changes;
use crate::commands::chmod::targets;
use crate::commands::cleanup::{lies_in, normal_path};
use crate::commands::download::{downloads, extracts};
use crate::commands::packages::installs;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnFile(check)]);

/// How many directories are remembered, the latest ones.
const MOST: usize = 128;

fn check(cx: &Cx<'_>) {
    let model = cx.model;
    if !model.runs().any(|(_, script)| script.commands.iter().any(changes)) {
        return;
    }
    // Copied files have rules of their own.
    let (owners, modes) = (late_changes(model, &["chown", "chgrp"], "chown"), late_changes(model, &["chmod"], "chmod"));
    let copied: HashSet<Span> = owners.iter().chain(&modes).map(|change| change.command.span).collect();
    let mut made: Vec<(String, &Command)> = Vec::new();
    for stage in model.stages.iter().filter(|stage| stage.is_shipped() && !stage.windows) {
        for step in stage.all(Keyword::Run) {
            let mut now = Vec::new();
            for (command, folder) in step.commands_in(model) {
                if changes(command) && !copied.contains(&command.span) {
                    let hit = targets(command).find_map(|target| {
                        let path = step.resolve(model, target.text.as_deref()?).filter(|path| path != "/")?;
                        let inside = made.iter().find(|(made, _)| lies_in(made, &normal_path(&path)))?;
                        Some((target.span, path, inside.1))
                    });
                    if let Some((span, path, by)) = hit {
                        report(command, span, &path, by, cx);
                    }
                } else if let Some(place) = fills(command, folder.as_deref()) {
                    now.push((normal_path(&place), command));
                }
            }
            made.extend(now.into_iter().limited(MOST));
            let surplus = made.len().saturating_sub(MOST);
            made.drain(..surplus);
        }
    }
}

/// Whether a command changes all files of a directory.
fn changes(command: &Command) -> bool {
    command.is_any(&["chown", "chmod", "chgrp"]) && command.has_flag(&["-R", "--recursive"])
}

fn report(command: &Command, span: Span, path: &str, by: &Command, cx: &Cx<'_>) {
    let message = format!("this `{}` duplicates the contents of `{path}` in a new layer", command.name);
    cx.report(span, message)
        .label(by.span, "files are added here, in an earlier layer")
        .help("do it in the `RUN` that creates the files, or create them as the user who needs them, after `USER`");
}

/// The directory or file that a command fills: with an unpacked archive, a clone, a download or a project's packages.
fn fills(command: &Command, folder: Option<&str>) -> Option<String> {
    let under = |path: &str| {
        if path.starts_with('/') { Some(path.to_owned()) } else { Some(format!("{}/{path}", folder?)) }
    };
    if let Some(extract) = extracts(command).filter(|extract| !extract.stdout) {
        return match extract.dest {
            Some(dest) => under(dest.text.as_deref()?),
            None if command.is_any(&["tar", "unzip", "bsdtar"]) => folder.map(str::to_owned),
            None => None,
        };
    }
    if command.runs("git", "clone") {
        let target = command.rest().nth(1).and_then(|arg| arg.text.as_deref());
        return under(target?);
    }
    if let Some(download) = downloads(command) {
        return match &download.output {
            crate::commands::download::Output::File(file) => under(file.text.as_deref()?),
            _ => None,
        };
    }
    use crate::commands::packages::Manager::{Bun, Composer, Npm, Pnpm, Yarn};
    let install = installs(command)?;
    let global = command.has_flag(&["-g", "--global"]) || command.has_arg("global");
    let local = matches!(install.manager, Bun | Composer | Npm | Pnpm | Yarn) && !global;
    folder.filter(|_| local).map(str::to_owned)
}
