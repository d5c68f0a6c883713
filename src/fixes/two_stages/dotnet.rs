//! .NET: the container starts `dotnet` with an assembly that `dotnet publish` created.

use crate::fixes::two_stages::{Build, Product, Taken, run_base, steps, value};
use crate::knowledge::canonical;
use crate::knowledge::bases::variants::run_bases;
use crate::model::{Step, join_path};
use crate::shell::Command;

fn builds(command: &Command) -> bool {
    command.runs_any(&["dotnet"], &["build", "publish", "restore", "test", "clean"])
}

pub(super) fn product(build: &Build<'_, '_>, start: &Step<'_>) -> Option<Product> {
    if !canonical(build.name).ends_with("dotnet/sdk") && !canonical(build.name).ends_with("dotnet/core/sdk") {
        return None;
    }
    let command = build.start;
    let program = match command.name.as_str() {
        "dotnet" => command.args.first()?.text.as_deref().filter(|text| text.ends_with(".dll"))?,
        _ => return None,
    };
    let path = build.resolve(start, program)?;
    let (folder, _) = path.rsplit_once('/').filter(|(folder, _)| !folder.is_empty())?;
    let commands = build.commands();
    let published = commands.iter().any(|(_, command, here)| {
        let out = value(command, &["-o", "--output"]).and_then(|out| join_path(here.as_deref(), out, false));
        match out {
            Some(out) => command.runs("dotnet", "publish") && out == folder,
            None => command.runs("dotnet", "publish") && folder.ends_with("/publish"),
        }
    });
    let seen = steps::look(build, builds, |command| command.is("dotnet"));
    // The source directory may be the one published to.
    let mixed = commands.iter().any(|(_, _, here)| here.as_deref() == Some(folder));
    if !seen.builds || !published || mixed {
        return None;
    }
    let mut doubt = seen.doubt;
    let all = run_bases(build.name, build.image.tag_text());
    let context = build.model.context.filter(|context| context.is_sure());
    let mut projects = context
        .into_iter()
        .flat_map(|context| context.entries())
        .filter(|entry| entry.path.ends_with(".csproj") || entry.path.ends_with(".fsproj"))
        .take(20);
    let web = context.is_none_or(|context| {
        projects.any(|entry| {
            context.read(&entry.path).is_none_or(|text| text.contains("Sdk.Web") || text.contains("AspNetCore"))
        })
    });
    let base = match web {
        true => run_base(build)?,
        false => all.into_iter().find(|base| base.image.ends_with("/runtime"))?,
    };
    if let Some(header) = seen.headers.first() {
        doubt.get_or_insert(format!("the program may also need the library of `{header}`"));
    }
    let base = format!("{}:{}", base.image, base.tag);
    let taken = vec![Taken::folder(folder)];
    Some(Product {
        base,
        setup: Vec::new(),
        taken,
        finish: Vec::new(),
        edits: Vec::new(),
        last: None,
        build_variable: |name| name.starts_with("NUGET_"),
        doubt,
    })
}
