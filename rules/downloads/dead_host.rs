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
                look_at(word.span, cx);
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
                command.args.iter().for_each(|arg: &Arg| look_at(arg.span, cx));
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

fn look_at(span: Span, cx: &Cx<'_>) {
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
    let mut found = cx.report(place, format!("`{host}` was shut down in {}", gone.since));
    match gone.replacement {
        Some(to) => {
            found.help(format!("use `{to}`"));
            // The successors answer by HTTPS only.
            let scheme = text[..at].ends_with("http://").then(|| Edit::insert(place.start() - "://".len(), "s"));
            let edits = [Edit::replace(place, to)].into_iter().chain(scheme);
            found.fix(Fix::new(Safety::Unsafe, format!("use `{to}`"), edits));
        }
        None => {
            found.help(gone.instead);
        }
    }
}
