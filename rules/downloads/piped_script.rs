//! Finds scripts that are downloaded and run in one step.

use super::shared::shorten;
use crate::commands::download::{Download, downloads, verifies};
use crate::finding::prelude::*;
use crate::knowledge::hosts;
use crate::knowledge::programs::{self, Class};
use crate::text::Url;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(check)]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(script) = step.script.as_ref() else { return };
    for (at, command) in script.commands.iter().enumerate() {
        let Some(download) = downloads(command).filter(|download| !download.urls.is_empty()) else { continue };
        let Some(interpreter) = interpreter(command, at, script) else { continue };
        let url = download.urls[0].raw.trim_matches(['"', '\'']).to_owned();
        let known = is_known(&url);
        let pinned = is_pinned(&url);
        let bad = url.starts_with("http://") || download.insecure.is_some();
        let message = format!("`{}` executes the response of `{}` without verification", interpreter.0, shorten(&url));
        let mut found = cx.report(command.span, message);
        found.label(interpreter.1, "executed here");
        if (known || pinned) && !bad {
            found.at_most(Level::Note);
        }
        found.help(help(download));
        if interpreter.2 {
            found.help("avoid the pipe: it runs an incomplete download, and hides its error without `pipefail`");
        }
    }
}

fn help(download: &Download) -> String {
    let url = download.urls[0].raw.trim_matches(['"', '\'']);
    let name =
        url.split(['?', '#']).next().and_then(|url| url.trim_end_matches('/').rsplit('/').next()).unwrap_or_default();
    let name =
        if name.is_empty() || name.contains(['$', '{', '`']) || !name.contains('.') { "install.sh" } else { name };
    format!(
        "download a fixed version to a file and verify its checksum first: `curl -fsSLo {name} … && echo \"<sha256>  {name}\" | sha256sum -c - && sh {name}`"
    )
}

/// The command that runs the output: its name, its span, and whether it reads a pipe.
fn interpreter(command: &Command, at: usize, script: &Script) -> Option<(String, Span, bool)> {
    // Further down the pipe, unless a command in between verifies it.
    let rest = script.commands[at + 1..].iter().take_while(|next| next.place.pipeline == command.place.pipeline);
    let mut rest = rest.filter(|next| next.place.pipe_index > command.place.pipe_index);
    if command.place.pipe_index + 1 < command.place.pipe_len {
        let found = rest.find(|next| runs_input(next) || verifies(next)).filter(|next| !verifies(next))?;
        return Some((found.name.clone(), found.span, true));
    }
    // `sh -c "$(curl …)"`, `bash <(curl …)`, `eval "$(curl …)"`: the command is inside a word of another one.
    let runs = |outer: &&Command| {
        let word = outer.args.iter().find(|arg| arg.span.contains(command.span));
        let alone = word.is_some_and(|word| word.raw.trim_start_matches('"').starts_with(['$', '<', '`']));
        alone && (is_interpreter(&outer.name) || outer.is_any(&["eval", "source", "."]))
    };
    let mut near = script.commands[..at].iter().rev().take(8).chain(script.commands[at + 1..].iter().take(4));
    near.find(runs).map(|outer| (outer.name.clone(), outer.name_span, false))
}

/// Whether it is an interpreter without a script of its own.
fn runs_input(command: &Command) -> bool {
    if !is_interpreter(&command.name) {
        return false;
    }
    let shell = command.is_shell();
    if command.has_arg("-") || command.has_arg("/dev/stdin") || command.has_arg("--") {
        return true;
    }
    if shell {
        command.has_flag(&["-s"]) || (!command.has_flag(&["-c"]) && command.operands().next().is_none())
    } else {
        command.args.is_empty()
    }
}

fn is_interpreter(name: &str) -> bool {
    programs::class(name).is(Class::SHELL.or(Class::OTHER_SHELL).or(Class::INTERPRETER))
}

fn is_known(url: &str) -> bool {
    let host = Url::parse(url).host.trim_start_matches("www.").to_ascii_lowercase();
    hosts::INSTALLERS.contains(&host.as_str())
}

/// Whether the path contains a version or a commit: `/v0.40.1/`, a hash.
fn is_pinned(url: &str) -> bool {
    Url::parse(url).path.split('/').any(|part| {
        let digits = part.trim_start_matches(|char: char| char.is_ascii_alphabetic() || char == '-');
        let version = digits.split('.').count() >= 2
            && digits.starts_with(|char: char| char.is_ascii_digit())
            && digits.split('.').take(2).all(|it| it.starts_with(|char: char| char.is_ascii_digit()));
        let hash = part.len() >= 40 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
        version || hash || (part.contains('$') && part.to_ascii_lowercase().contains("version"))
    })
}
