//! Scripts of all files below the folder `PLIMSOLL_CORPUS`, if it is set: what the commands say of themselves is what
//! stands in the file. With `PLIMSOLL_SHOW=N` every Nth script is printed with what was made of it,
//! with `PLIMSOLL_UNCLEAN` every one that does not parse.

mod support;

use std::io::Write as _;
use std::time::{Duration, Instant};

use plimsoll::commands::cleanup::cleans;
use plimsoll::commands::download::{downloads, extracts};
use plimsoll::commands::packages::{PackageKind, installs, refreshes_index, upgrades};
use plimsoll::commands::service::starts;
use plimsoll::model::{BuildArgs, Model};
use plimsoll::shell::{Arg, Command};
use plimsoll::syntax::parse;
use plimsoll::text::{Source, Span};

fn slice(source: &Source, span: Span, within: Span) -> &str {
    assert!(within.contains(span), "{}: {span:?} is not in {within:?}", source.name());
    source.text().get(span.range()).unwrap_or_else(|| panic!("{}: {span:?} cuts a character", source.name()))
}

fn plain(text: &str) -> bool {
    !text.contains(['(', '\\', '\n', '"', '\'', '`', '$', '\r'])
}

fn arg(source: &Source, arg: &Arg, within: Span) {
    let written = slice(source, arg.span, within);
    assert!(!written.is_empty(), "{}: nothing at {arg:?}", source.name());
    if plain(written) {
        assert_eq!(written, arg.raw, "{}: {:?}", source.name(), arg.span);
        assert_eq!(Some(written), arg.text.as_deref(), "{}", source.name());
    }
}

fn command(source: &Source, command: &Command, within: Span) {
    slice(source, command.span, within);
    let name = slice(source, command.name_span, within);
    if plain(name) && !command.name.is_empty() {
        assert!(name.ends_with(&command.name), "{}: {name} is not {}", source.name(), command.name);
    }
    command.args.iter().for_each(|each| arg(source, each, within));
    command
        .redirects
        .iter()
        .filter_map(|redirect| redirect.target.as_ref())
        .for_each(|target| arg(source, target, within));
    for wrapper in &command.wrappers {
        assert!(slice(source, wrapper.span, within).trim_matches('"').ends_with(&wrapper.name), "{}", source.name());
    }
    for assignment in &command.assignments {
        assert!(slice(source, assignment.span, within).contains(&assignment.name), "{}", source.name());
    }
    for package in installs(command).iter().flat_map(|install| &install.packages) {
        let written = slice(source, package.span, within);
        assert!(!plain(written) || written.contains(&package.name), "{}: {package:?}", source.name());
    }
    let _ = (
        cleans(command),
        downloads(command),
        extracts(command),
        starts(command),
        refreshes_index(command),
        upgrades(command),
    );
}

fn show(source: &Source, text: &str, commands: &[Command]) {
    let mut out = std::io::stderr().lock();
    let _ = writeln!(out, "=== {}\n{text}\n---", source.name());
    for command in commands {
        let wrappers: Vec<_> = command.wrappers.iter().map(|wrapper| &wrapper.name).collect();
        let args: Vec<_> = command.args.iter().map(Arg::lexeme).collect();
        let place = command.place;
        let _ = writeln!(
            out,
            "{wrappers:?} {} {args:?} p{}[{}/{}] {:?}{}{}{}",
            command.name,
            place.pipeline,
            place.pipe_index,
            place.pipe_len,
            place.link,
            if place.conditional { " conditional" } else { "" },
            if place.subshell { " subshell" } else { "" },
            if command.redirects.is_empty() {
                String::new()
            } else {
                format!(
                    " {:?}",
                    command
                        .redirects
                        .iter()
                        .map(|it| (&it.operator, it.target.as_ref().map(Arg::lexeme)))
                        .collect::<Vec<_>>()
                )
            },
        );
        if let Some(install) = installs(command) {
            let packages: Vec<_> = install
                .packages
                .iter()
                .map(|package| match package.kind {
                    PackageKind::Name => format!("{} {} {:?}", package.name, package.operator, package.version),
                    kind => format!("{kind:?} {}", package.name),
                })
                .collect();
            let _ = writeln!(
                out,
                "    installs {:?} {packages:?} yes={} rec={} cache={}",
                install.manager, install.assume_yes, !install.no_recommends, !install.no_cache
            );
        }
        let cleaned = cleans(command);
        if !cleaned.is_empty() {
            let _ = writeln!(out, "    cleans {cleaned:?}");
        }
        if let Some(download) = downloads(command) {
            let _ = writeln!(
                out,
                "    downloads {:?} to {:?}",
                download.urls.iter().map(Arg::lexeme).collect::<Vec<_>>(),
                download.output
            );
        }
        if let Some(found) = extracts(command) {
            let _ = writeln!(out, "    extracts {:?}", found.archive.as_ref().map(Arg::lexeme));
        }
        if let Some(service) = starts(command) {
            let _ = writeln!(out, "    starts {service:?}");
        }
    }
}

#[test]
fn corpus() {
    let every: usize = std::env::var("PLIMSOLL_SHOW").ok().and_then(|text| text.parse().ok()).unwrap_or(usize::MAX);
    let (mut scripts, mut unclean, mut commands, mut bytes, mut nameless) = (0, 0, 0, 0, 0);
    let mut took = Duration::ZERO;
    for path in support::corpus() {
        let source = support::read(&path);
        let file = parse(source.text());
        let args = BuildArgs::default();
        let started = Instant::now();
        let model = Model::build(&source, &file, &args, None);
        took += started.elapsed();
        for step in model.steps() {
            let Some(script) = &step.script else { continue };
            for each in &script.commands {
                command(&source, each, script.span);
            }
            scripts += 1;
            bytes += script.span.len();
            commands += script.commands.len();
            nameless += script.commands.iter().filter(|command| command.name.is_empty()).count();
            unclean += usize::from(!script.clean);
            if scripts % every == 0 || (!script.clean && std::env::var_os("PLIMSOLL_UNCLEAN").is_some()) {
                show(&source, source.slice(script.span), &script.commands);
            }
        }
    }
    assert!(unclean * 20 <= scripts, "{unclean} of {scripts} scripts do not parse");
    let _ = writeln!(
        std::io::stderr(),
        "{scripts} scripts, {bytes} bytes, {unclean} unclean, {commands} commands ({nameless} without a name) models built in {took:?}"
    );
}
