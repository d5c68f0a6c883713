//! Finds downloads from servers that have been shut down.

use crate::finding::prelude::*;
use crate::knowledge::hosts::gone;
use crate::shell::{Arg, Link};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnInstruction(&[Keyword::Add, Keyword::Run], check)])
    .fix(Fixable::Sometimes);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    match step.keyword() {
        Keyword::Add => {
            for word in step.copy().iter().flat_map(|copy| &copy.sources) {
                look_at(word.span, None, cx);
            }
        }
        Keyword::Run => {
            let Some(script) = &step.script else { return };
            // A second server after `||` is a fallback for the first.
            let fallbacks: Vec<&Command> =
                script.commands.iter().filter(|command| command.place.link == Link::Or).collect();
            let tries = |command: &Command| {
                command.place.conditional
                    || fallbacks.iter().any(|other| {
                        other.place.list == command.place.list && other.span.start() > command.span.start()
                    })
            };
            for command in script.commands.iter().filter(|command| takes(command) && !tries(command)) {
                command.args.iter().for_each(|arg: &Arg| look_at(arg.span, Some(command), cx));
            }
        }
        _ => {}
    }
}

/// Commands whose words are URLs to fetch from, now or later; not those that search a file for text.
fn takes(command: &Command) -> bool {
    command.effects().network
        || command.is("rpm")
        || (command.is_any(&["echo", "printf"])
            && (command.stdout_file().is_some_and(|file| file.lexeme().contains("/etc/apt/"))
                || command.place.pipe_len > 1))
}

/// Whether it fetches keys by nothing but their whole fingerprints, which are the same keys on every server.
fn takes_whole_keys(command: &Command) -> bool {
    let at = command.args.iter().position(|arg| matches!(arg.lexeme(), "--recv-keys" | "--recv-key" | "--recv"));
    let mut keys =
        at.into_iter().flat_map(|at| &command.args[at + 1..]).take_while(|arg| !arg.raw.starts_with('-')).peekable();
    let whole = |arg: &Arg| {
        let key = arg.known().unwrap_or_default();
        let key = key.strip_prefix("0x").unwrap_or(key);
        key.len() == 40 && key.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    keys.peek().is_some() && keys.all(whole)
}

/// Where a text names a host, at the start of a URL.
fn places(text: &str, host: &str) -> Vec<usize> {
    let (mut found, mut start) = (Vec::new(), 0);
    while let Some((_, at, other)) = gone(&text[start..]) {
        if other == host {
            found.push(start + at);
        }
        start += at + other.len();
    }
    found
}

fn look_at(span: Span, command: Option<&Command>, cx: &Cx<'_>) {
    let text = cx.text(span);
    if let Some(at) = text.find("git://github.com/") {
        let scheme = Span::new(span.start() + at, span.start() + at + "git".len());
        let fix = Fix::new(Safety::Safe, "use `https`", [Edit::replace(scheme, "https")]);
        let mut found = cx.report(span, "`git://` has not been supported by GitHub since 2022");
        found.variant("git-protocol").help("use `https://github.com/…`").fix(fix);
        return;
    }
    if text.contains("ppa:webupd8team/java") {
        let mut found = cx.report(span, "this package archive has been empty since 2019, for licensing reasons");
        found.variant("empty-archive").help("install `openjdk-…`, or use a base image such as `eclipse-temurin`");
        return;
    }
    let Some((gone, at, host)) = gone(text) else { return };
    let place = Span::new(span.start() + at, span.start() + at + host.len());
    let server = host.split('/').next().unwrap_or(host);
    let mut found = cx.report(place, format!("`{server}` was shut down in {}", gone.since));
    match gone.replacement {
        Some(to) => {
            found.help(format!("use `{to}`"));
            let edits = places(text, host).into_iter().flat_map(|at| {
                let place = Span::new(span.start() + at, span.start() + at + host.len());
                // The successors answer by HTTPS only.
                let scheme = text[..at].ends_with("http://").then(|| Edit::insert(place.start() - "://".len(), "s"));
                [Edit::replace(place, to)].into_iter().chain(scheme)
            });
            let safety = if command.is_some_and(takes_whole_keys) { Safety::Safe } else { Safety::Unsafe };
            found.fix(Fix::new(safety, format!("use `{to}`"), edits));
        }
        None => {
            found.help(gone.instead);
        }
    }
}
