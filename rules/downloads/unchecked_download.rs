//! Finds downloads that are used without verification.

use super::shared::shorten;
use crate::commands::download::{Download, Output, downloads, extracts, verifies};
use crate::context::path::names;
use crate::finding::prelude::*;
use crate::knowledge::programs::Class;
use crate::model::MAX_LATER_STEPS;
use crate::shell::Arg;

/// How many of the commands that follow are searched for a use.
const FAR: usize = 200;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnRun(check)]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(script) = step.script.as_ref() else { return };
    // Verifying any file shows that the author has considered it.
    if script.commands.iter().any(verifies) || step.tests_only(cx.model) {
        return;
    }
    for (at, command) in script.commands.iter().enumerate() {
        let Some(download) = downloads(command).filter(|it| it.has_literal_url()) else { continue };
        let checks_itself = command.has_flag(&["--checksum"]);
        let later = &script.commands[at + 1..];
        let used = used(command, download, later).or_else(|| used_later(download, step, cx.model));
        let Some((how, used)) = used.filter(|_| !checks_itself) else { continue };
        let url = download.urls[0].known().unwrap_or(&download.urls[0].raw).trim_matches(['"', '\'']).to_owned();
        let name = file_name(&url);
        let mut found = cx.report(command.span, format!("`{}` is {how} without verifying its checksum", shorten(&url)));
        if let Some(used) = used {
            found.label(used, format!("{how} here"));
        }
        found.help(format!("verify its checksum first: `echo \"<sha256>  {name}\" | sha256sum -c -`"));
    }
}

fn file_name(path: &str) -> &str {
    let path = path.trim_matches(['"', '\'']).split(['?', '#']).next().unwrap_or_default();
    path.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

/// The name of the file that it creates.
fn saved_name(download: &Download) -> Option<&str> {
    let target = match &download.output {
        Output::Stdout => return None,
        Output::File(file) => file.known().unwrap_or(&file.raw),
        Output::RemoteName => download.urls[0].known().unwrap_or(&download.urls[0].raw),
    };
    Some(file_name(target)).filter(|name| name.len() >= 3 && *name != "null")
}

/// How a later RUN of the stage uses the download, and where. `None` if one verifies anything before that.
fn used_later(download: &Download, step: &Step<'_>, model: &Model<'_>) -> Option<(&'static str, Option<Span>)> {
    let name = saved_name(download)?;
    let later = model.after(step).limited(MAX_LATER_STEPS).filter(|later| later.stage == step.stage);
    for script in later.filter_map(|later| later.script.as_ref()) {
        if script.commands.iter().any(verifies) {
            return None;
        }
        if let Some(found) = script.commands.iter().find_map(|next| Some((how(next, name)?, Some(next.span)))) {
            return Some(found);
        }
    }
    None
}

/// How the same script uses the download, and where.
fn used(command: &Command, download: &Download, later: &[Command]) -> Option<(&'static str, Option<Span>)> {
    // Running it is reported by `piped-script`.
    if matches!(download.output, Output::Stdout) {
        let mut rest = later.iter().take_while(|next| next.place.pipeline == command.place.pipeline);
        let found = rest.find(|next| extracts(next).is_some_and(|it| it.archive.is_none() && !it.stdout))?;
        return Some(("unpacked", Some(found.span)));
    }
    let name = saved_name(download)?;
    let used = later.iter().take(FAR).find_map(|next| Some((how(next, name)?, Some(next.span))));
    let in_path = matches!(&download.output, Output::File(file) if file.raw.contains("/bin/"));
    used.or_else(|| in_path.then_some(("saved to a `bin` directory", None)))
}

fn how(command: &Command, name: &str) -> Option<&'static str> {
    let is_it = |arg: &Arg| {
        let words = [file_name(arg.known().unwrap_or(&arg.raw)), file_name(&arg.raw)];
        words.into_iter().any(|word| names(word, name))
    };
    let named = || command.operands().any(is_it);
    if extracts(command).is_some_and(|it| it.archive.as_ref().is_some_and(is_it)) {
        return Some("unpacked");
    }
    let runs = command.name == name
        || ((command.class().is(Class::SHELL.or(Class::INTERPRETER)) || command.is_any(&["java", "source", "."]))
            && (named() || command.args.iter().any(is_it)));
    if runs {
        return Some("run");
    }
    let installs = command.is_any(&["dpkg", "rpm", "installer", "gdebi"])
        || command.class().is(Class::SYSTEM_MANAGER)
            && command.subcommand().is_some_and(|verb| ["install", "localinstall", "add"].iter().any(|it| verb.is(it)));
    if installs && named() {
        return Some("installed");
    }
    let executable = command.is("chmod")
        && command
            .operands()
            .next()
            .and_then(|arg| arg.text.as_deref())
            .is_some_and(|mode| mode.contains('x') || mode.contains(['7', '5']));
    (executable && named()).then_some("made executable")
}
