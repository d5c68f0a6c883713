//! Finds downloads that are used without verification.

use super::plain_http::{is_check, shorten};
use crate::commands::download::{Download, Output, downloads, extracts};
use crate::finding::prelude::*;
use crate::knowledge::programs::Class;

/// How many of the commands that follow are searched for a use.
const FAR: usize = 200;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnRun(check)]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(script) = step.script.as_ref() else { return };
    // Verifying any file shows that the author has considered it.
    if script.commands.iter().any(is_check) || step.tests_only(cx.model) {
        return;
    }
    for (at, command) in script.commands.iter().enumerate() {
        let Some(download) = downloads(command).filter(|it| it.has_literal_url()) else { continue };
        let checks_itself = command.has_flag(&["--checksum"]);
        let Some((how, used)) = used(command, download, &script.commands[at + 1..]).filter(|_| !checks_itself) else {
            continue;
        };
        let url = download.urls[0].raw.trim_matches(['"', '\'']).to_owned();
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

/// How the same script uses the download, and where.
fn used(command: &Command, download: &Download, later: &[Command]) -> Option<(&'static str, Option<Span>)> {
    let target = match &download.output {
        // Running it is reported by `piped-script`.
        Output::Stdout => {
            let mut rest = later.iter().take_while(|next| next.place.pipeline == command.place.pipeline);
            let found = rest.find(|next| extracts(next).is_some_and(|it| it.archive.is_none() && !it.stdout))?;
            return Some(("unpacked", Some(found.span)));
        }
        Output::File(file) => file.raw.as_str(),
        Output::RemoteName => download.urls[0].raw.as_str(),
    };
    let name = file_name(target);
    if name.len() < 3 || name == "null" {
        return None;
    }
    let used = later.iter().take(FAR).find_map(|next| Some((how(next, name)?, Some(next.span))));
    let in_path = matches!(&download.output, Output::File(file) if file.raw.contains("/bin/"));
    used.or_else(|| in_path.then_some(("saved to a `bin` directory", None)))
}

fn how(command: &Command, name: &str) -> Option<&'static str> {
    let named = || command.operands().any(|arg| file_name(&arg.raw) == name);
    if extracts(command).is_some_and(|it| it.archive.is_some_and(|arg| file_name(&arg.raw) == name)) {
        return Some("unpacked");
    }
    let runs = command.name == name
        || ((command.class().is(Class::SHELL.or(Class::INTERPRETER)) || command.is_any(&["java", "source", "."]))
            && (named() || command.args.iter().any(|arg| file_name(&arg.raw) == name)));
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
