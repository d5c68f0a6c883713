//! A download that is unpacked in a `RUN` and not removed.

use super::shared::is_removed_later;
use crate::commands::cleanup::may_take_away;
use crate::commands::download::{Output, downloads, extracts};
use crate::context::path::names;
use crate::finding::prelude::*;
use crate::fixes::run_script::append_to_run;
use crate::knowledge::paths::FOR_UNPACKING;
use crate::shell::Arg;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(check)]).fix(Fixable::Sometimes);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(script) = cx.model.shipped_script(step) else { return };
    let fetched = script.commands.iter().filter_map(|command| {
        let name = name(&downloads(command)?.output, command)?;
        // A command that may not run is not counted.
        (!command.place.conditional && !command.place.subshell).then_some((command, name))
    });
    for (command, name) in fetched.limited(128) {
        let behind = || script.after(command);
        let unpacks = |other: &&Command| {
            let archive = extracts(other).filter(|it| !it.stdout).and_then(|it| it.archive);
            other.is_any(&["tar", "unzip", "bsdtar", "7z", "7za"])
                && archive.is_some_and(|archive| names(last_part(&bare(&archive)), last_part(&name)))
        };
        let Some(extract) = behind().find(unpacks) else { continue };
        // With its directory, where that is known.
        let brought = step.brings(cx.model).into_iter().find(|it| it.span == command.span);
        let path = brought.map_or_else(|| name.clone(), |it| it.path);
        if behind().any(|other| may_take_away(other, &path))
            || is_mounted(step, &name, cx)
            || is_removed_later(cx.model, step, &name)
        {
            continue;
        }
        let message = format!("`{}` stays in the image after it is unpacked", last_part(&name).replace('`', ""));
        let archive = extracts(extract).and_then(|it| it.archive).map(|arg| arg.raw).unwrap_or_default();
        let later = &cx.source.text()[extract.full_span().end()..];
        let safety = if is_dispensable(&path, later) { Safety::Safe } else { Safety::Unsafe };
        let edit = append_to_run(cx.model, step, extract, &format!("rm {archive}"));
        cx.report(command.span, message)
            .label(extract.span, "unpacked here")
            .help(
                "remove it in the same `RUN`, or unpack the download directly: `curl … | tar -xz`, with `pipefail` set",
            )
            .fix(Fix::new(safety, "remove the archive after unpacking it", edit));
    }
}

/// How many bytes of the rest of the file are searched for each archive. A longer rest may name it.
const MAX_REST: usize = 64 * 1024;

/// Whether nothing expects an archive at this path: a build has left it there, and the rest of the file names neither it
/// nor all archives of its kind.
fn is_dispensable(path: &str, later: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("?", path));
    let ending = name.rsplit_once('.').map_or(name, |(_, ending)| ending);
    let temporary = folder.starts_with("/tmp");
    later.len() <= MAX_REST
        && !path.contains('$')
        && (temporary || FOR_UNPACKING.contains(&folder))
        && !later.contains(name)
        && (temporary || !later.contains(&format!("*.{ending}")))
}

fn bare(arg: &Arg) -> String {
    arg.known().unwrap_or(&arg.raw).replace(['"', '\''], "")
}

fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The name of the file that a download creates.
fn name(output: &Output, command: &Command) -> Option<String> {
    match output {
        Output::Stdout => None,
        Output::File(file) => Some(bare(file)).filter(|file| !file.is_empty() && !file.starts_with("/dev/")),
        Output::RemoteName => {
            let url = bare(downloads(command)?.urls.first()?);
            let url = url.split(['?', '#']).next()?;
            Some(last_part(url).to_owned()).filter(|name| !name.is_empty() && url.contains("://"))
        }
    }
}

fn is_mounted(step: &Step<'_>, name: &str, cx: &Cx<'_>) -> bool {
    step.run_mounts().next().is_some()
        && step.resolve(cx.model, name).is_none_or(|path| step.is_mounted_over(cx.model, &path))
}
