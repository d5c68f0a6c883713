//! Python: packages that need a compiler are installed in a virtual environment, which the last stage copies.

use crate::commands::packages::{Manager, PackageKind, installs};
use crate::fixes::line_end;
use crate::fixes::two_stages::{Build, Product, Taken, steps};
use crate::knowledge::canonical;
use crate::knowledge::command_lines::PIP_ELSEWHERE;
use crate::knowledge::os::{Distro, Libc};
use crate::knowledge::programs::Class;
use crate::knowledge::bases::variants::smaller;
use crate::model::Step;
use crate::shell::Command;
use crate::syntax::Keyword;
use crate::text::Edit;

/// The path of the environment in both stages.
const VENV: &str = "/opt/venv";

/// The runtime package of a library.
const LIBRARIES: [(&str, &str); 12] = [
    ("libffi-dev", ""),
    ("libpq-dev", "libpq5"),
    ("postgresql-dev", "libpq"),
    ("python3-dev", ""),
    ("python-dev", ""),
    ("libc-dev", ""),
    ("libc6-dev", ""),
    ("musl-dev", ""),
    ("linux-headers", ""),
    ("libssl-dev", ""),
    ("openssl-dev", ""),
    ("zlib1g-dev", ""),
];

pub(super) fn product(build: &Build<'_, '_>, start: &Step<'_>) -> Option<Product> {
    if canonical(build.name) != "python" {
        return None;
    }
    let command = build.start;
    let known = command.class().is(Class::PYTHON_SERVER) || command.is_any(&["python", "python3"]);
    if !known || !command.wrappers.is_empty() || command.path.contains('/') {
        return None;
    }
    let commands = build.commands();
    let is_pip = |command: &Command| installs(command).is_some_and(|install| install.manager == Manager::Pip);
    // Only where something is there to compile with.
    let tools = build.stage.installs().any(|(_, _, install)| {
        install.manager.is_system()
            && install.named().any(|package| {
                let kind = if install.manager == Manager::Apk { Manager::Apk } else { Manager::Apt };
                crate::knowledge::packages::category(kind, &package.name)
                    == Some(crate::knowledge::packages::Category::Build)
            })
    });
    let pips: Vec<_> = commands.iter().filter(|(_, command, _)| is_pip(command)).collect();
    let first = pips.first()?;
    if !tools || pips.iter().any(|(_, command, _)| odd(command)) {
        return None;
    }
    let seen = steps::look(build, is_pip, |command| command.is_any(&["pip", "pip3"]));
    let mut doubt = seen.doubt;
    let mut libraries = Vec::new();
    for header in &seen.headers {
        match LIBRARIES.iter().find(|(name, _)| name == header) {
            Some((_, "")) => {}
            Some((_, library)) => libraries.push(*library),
            None => {
                doubt.get_or_insert_with(|| {
                    format!("the program may also need the library of `{}`", header.replace('`', "'"))
                });
            }
        }
    }
    // What is copied before the packages only lists them; what comes after them goes to the last stage.
    let last_pip = pips.last()?.0;
    let behind: Vec<&Step<'_>> = build.stage.steps[last_pip.index + 1..].iter().collect();
    if behind.iter().any(|step| crate::fixes::two_stages::is_of_build(step) && step.keyword() == Keyword::Run) {
        return None;
    }
    let early: Vec<&Step<'_>> = build.stage.steps[..last_pip.index]
        .iter()
        .filter(|step| matches!(step.keyword(), Keyword::Copy | Keyword::Add))
        .collect();
    let only_lists = early
        .iter()
        .all(|step| step.copy().is_some_and(|copy| copy.sources.iter().all(|source| source.text.ends_with(".txt"))));
    if !only_lists || behind.iter().all(|step| !matches!(step.keyword(), Keyword::Copy | Keyword::Add)) {
        return None;
    }
    let tag = build.image.tag_text()?;
    let os = crate::knowledge::bases::os(build.name, Some(tag))?;
    let small = smaller("python", Some(tag))
        .into_iter()
        .find(|small| !small.changes_libc)
        .map_or(tag.to_owned(), |small| small.tag);
    let base = format!("{}:{small}", build.name);
    let end = line_end(build.model.source);
    let edits = vec![Edit::insert(
        before(build, first.0),
        format!("{end}RUN python -m venv {VENV}{end}ENV PATH={VENV}/bin:$PATH"),
    )];
    let mut setup = Vec::new();
    if !libraries.is_empty() {
        let names = libraries.join(" ");
        setup.push(match os.distro {
            Distro::Alpine => format!("RUN apk add --no-cache {names}"),
            _ => format!("RUN apt-get update && apt-get install -y --no-install-recommends {names} && rm -rf /var/lib/apt/lists/*"),
        });
    }
    if os.libc == Some(Libc::Musl) && os.distro == Distro::Alpine {
        setup.push("RUN apk add --no-cache libstdc++".to_owned());
    }
    setup.push(format!("ENV PATH={VENV}/bin:$PATH"));
    let _ = start;
    Some(Product {
        base,
        setup,
        taken: vec![Taken::folder(VENV)],
        finish: Vec::new(),
        edits,
        last: Some(last_pip.index),
        build_variable: |name| name.starts_with("PIP_") || name == "DEBIAN_FRONTEND",
        doubt,
    })
}

/// Whether it is installed elsewhere than in the interpreter's own directories, or not by name.
fn odd(command: &Command) -> bool {
    let install = installs(command);
    command.has_flag(PIP_ELSEWHERE)
        || command.has_flag(&["--user", "-e", "--editable"])
        || command.path.contains('/')
        || install.is_some_and(|install| install.packages.iter().any(|package| package.kind == PackageKind::Path))
}

fn before(build: &Build<'_, '_>, step: &Step<'_>) -> usize {
    let stage = build.stage;
    step.index.checked_sub(1).map_or(stage.from.span, |at| stage.steps[at].instruction.span).end()
}
