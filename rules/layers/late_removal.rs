use crate::model::Brought;
use crate::prelude::*;
use crate::shell::cleanup::{Removed, normal_path, removes_paths};
use crate::shell::packages::{Manager, installs, uninstalls};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]);

/// What earlier steps left in the image.
#[derive(Default)]
struct Left {
    files: Vec<(Brought, Keyword)>,
    /// Names of packages and of groups of them, with where they are installed.
    packages: Vec<(Manager, String, Span)>,
}

fn check(cx: &mut Cx<'_>) {
    let mut left = Left::default();
    let model = cx.model;
    for stage in model.stages.iter().filter(|stage| stage.in_final && !stage.windows) {
        for step in &stage.steps {
            if step.keyword() == Keyword::Run {
                removed_files(step, &mut left, cx);
                removed_packages(step, &mut left, cx);
            }
            let brought = step.brings(model).into_iter().map(|it| (it, step.keyword()));
            left.files.extend(brought.filter(|(it, _)| it.path != "/").take(64));
            left.packages.extend(installed(step));
        }
    }
}

fn removed_files(step: &Step<'_>, left: &mut Left, cx: &mut Cx<'_>) {
    if left.files.is_empty() {
        return;
    }
    for (command, folder) in step.commands_in(cx.model) {
        for removed in removes_paths(command) {
            let path = match &removed.path {
                path if path.starts_with(['/', '~']) => path.clone(),
                path if path.starts_with('$') => continue,
                path => match folder.as_deref() {
                    Some(folder) => normal_path(&format!("{folder}/{path}")),
                    None => continue,
                },
            };
            let removed = Removed { path, ..removed.clone() };
            let Some(at) = left.files.iter().position(|(file, _)| takes(&removed, &normal_path(&file.path))) else {
                continue;
            };
            let (file, keyword) = left.files.swap_remove(at);
            let message =
                format!("`{}` is removed in another layer than it came in, so the image still holds it", file.path);
            let found = cx.report(removed.span, message);
            found.label(file.span, "comes in here");
            found.help(match (keyword, file.source) {
                (Keyword::Copy, Some(source)) => format!(
                    "let the step read it without a layer that holds it: `RUN --mount=type=bind,source={source},target={} …`, \
                     with `from=` if another stage has it",
                    file.path
                ),
                (Keyword::Add, _) => "fetch it with `curl` or `wget`, use it and remove it in one `RUN`".to_owned(),
                _ => "fetch it, use it and remove it in one `RUN`".to_owned(),
            });
        }
    }
}

/// Whether this removal takes the whole of `path`.
fn takes(removed: &Removed, path: &str) -> bool {
    let below = path.strip_prefix(&removed.path).filter(|rest| rest.is_empty() || rest.starts_with('/'));
    if !removed.partial && below.is_some_and(|rest| rest.is_empty() || removed.recursive) {
        return true;
    }
    // `rm /tmp/*.deb`
    let (folder, pattern) = removed.path.rsplit_once('/').unwrap_or_default();
    let (inside, name) = path.rsplit_once('/').unwrap_or_default();
    removed.contents && !removed.partial && removed.path == inside
        || folder == inside
            && pattern.strip_prefix('*').is_some_and(|end| !end.contains(['*', '?', '[']) && name.ends_with(end))
}

fn removed_packages(step: &Step<'_>, left: &mut Left, cx: &mut Cx<'_>) {
    for command in step.script.iter().flat_map(|script| &script.commands) {
        let Some((manager, packages)) = uninstalls(command) else { continue };
        let mut gone = packages.iter().filter_map(|package| {
            let found = left.packages.iter().find(|(by, name, _)| *by == manager && *name == package.name)?;
            Some((package, found.2))
        });
        let Some((first, installed_at)) = gone.next() else { continue };
        let more = gone.count();
        let and_more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let message = format!(
            "`{}`{and_more} is uninstalled in another layer than it was installed in, so the image still holds it",
            first.name
        );
        cx.report(first.span, message)
            .label(installed_at, "installed here")
            .help("install it, use it and remove it in one `RUN`, or build in a stage of its own and copy the result");
    }
}

fn installed(step: &Step<'_>) -> Vec<(Manager, String, Span)> {
    let commands = step.script.iter().flat_map(|script| &script.commands);
    let installs = commands.filter_map(installs).filter(|install| !install.dry_run && install.manager.is_system());
    let packages = installs.flat_map(|install| {
        let group = install.virtual_group.as_ref().map(|group| (group.lexeme().to_owned(), group.span));
        let named = install.named().map(|package| (package.name.clone(), package.span));
        // What is grouped is removed by the group's name.
        let names: Vec<_> = if let Some(group) = group { vec![group] } else { named.collect() };
        names.into_iter().map(move |(name, span)| (install.manager, name, span))
    });
    packages.collect()
}
