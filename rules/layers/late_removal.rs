//! Files and packages that are removed in a later layer than the one that added them.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use crate::commands::cleanup::{Removed, normal_path, removes_paths};
use crate::commands::packages::{Manager, installs, uninstalls};
use crate::finding::prelude::*;
use crate::fixes::bind_mount::mount_instead;
use crate::knowledge::file_kinds::{Kind, kind};
use crate::knowledge::secrets;
use crate::model::CopiedFile;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes);

/// What earlier steps left in the image.
#[derive(Default)]
struct Left {
    /// By normalised path; of one path in file order.
    files: BTreeMap<String, VecDeque<Came>>,
    /// Names of packages and package groups, and where they are first installed.
    packages: HashMap<(Manager, String), Span>,
}

/// How many files in a directory that is removed are looked at to name one of them.
const MOST_BELOW: usize = 256;

/// How many files of one step are remembered.
const MOST_OF_STEP: usize = 128;

impl Left {
    /// The path of the earliest file that this removal removes.
    fn first(&self, removed: &Removed) -> Option<String> {
        let mut folder = removed.path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let below = removed.recursive || removed.contents;
        if below && removed.path != "/" {
            folder.clone_from(&removed.path);
        }
        let one = self.files.get_key_value(&removed.path);
        folder.push('/');
        let inside = self.files.range(folder.clone()..).take_while(|(path, _)| path.starts_with(&folder));
        let pattern = below || removed.path.rsplit('/').next().is_some_and(|name| name.starts_with('*'));
        let inside = inside.take(if pattern { MOST_BELOW } else { 0 });
        let taken = one.into_iter().chain(inside).filter(|(path, _)| takes(removed, path));
        let first = taken.min_by_key(|(_, came)| came.front().map(|came| came.file.span.start));
        first.map(|(path, _)| path.clone())
    }
}

/// A file that an instruction added.
struct Came {
    file: CopiedFile,
    keyword: Keyword,
    /// `--from`
    from: Option<String>,
    /// Index of the instruction in its stage.
    step: usize,
}

fn check(cx: &Cx<'_>) {
    let mut left = Left::default();
    let model = cx.model;
    for stage in model.stages.iter().filter(|stage| stage.in_final && !stage.windows) {
        for step in &stage.steps {
            if step.keyword() == Keyword::Run {
                removed_files(step, &mut left, cx);
                removed_packages(step, &mut left, cx);
            }
            // What the step itself removes again is not part of its layer.
            let gone = removals(step, model);
            let is_gone = |it: &CopiedFile| {
                let path = normal_path(&it.path);
                gone.iter().any(|removed| removed.span.start > it.span.start && takes(removed, &path))
            };
            let from = step.flag("from").and_then(|flag| flag.text());
            let brought = step.brings(model).into_iter().limited(2 * MOST_OF_STEP);
            for file in brought.filter(|it| it.path != "/" && !is_gone(it)).limited(MOST_OF_STEP) {
                let came = Came { file, keyword: step.keyword(), from: from.clone(), step: step.index };
                left.files.entry(normal_path(&came.file.path)).or_default().push_back(came);
            }
            for (manager, name, span) in kept(step) {
                left.packages.entry((manager, name)).or_insert(span);
            }
        }
    }
}

fn removed_files(step: &Step<'_>, left: &mut Left, cx: &Cx<'_>) {
    if left.files.is_empty() {
        return;
    }
    for removed in removals(step, cx.model) {
        let Some(path) = left.first(&removed) else { continue };
        let Some(came) = left.files.get_mut(&path) else { continue };
        let Some(Came { file, keyword, from, step: copied }) = came.pop_front() else { continue };
        if came.is_empty() {
            left.files.remove(&path);
        }
        // The source may be a directory, of which the contents are copied: then the file is not at that path.
        let is_exact = file.certain || removed.path == path;
        let shown = if is_exact { &file.path } else { &removed.path };
        let all = if removed.contents && removed.path == normal_path(shown) { "/*" } else { "" };
        let message = format!("`{shown}{all}` is removed in a later layer, so it still takes up space in the image");
        let mut found = cx.report(removed.span, message);
        if !matters(&file.path) {
            found.at_most(Level::Note);
        }
        found.label(file.span, "added here");
        found.help(match (keyword, file.source) {
            (Keyword::Copy | Keyword::Add, Some(source)) if !source.contains("://") => {
                let from = from.map(|from| format!("from={from},")).unwrap_or_default();
                format!(
                    "mount it instead, so that no layer contains it: `RUN --mount=type=bind,{from}source={source},target={shown} …`"
                )
            }
            (Keyword::Add, _) => "download it with `curl` or `wget`, use it and remove it in one `RUN`".to_owned(),
            _ => "download it, use it and remove it in one `RUN`".to_owned(),
        });
        let before = cx.model.stage(step.stage).and_then(|stage| stage.steps.get(copied));
        let before = before.filter(|before| before.keyword() == keyword && keyword != Keyword::Run);
        found.fix(before.and_then(|before| mount_instead(before, step, &removed, cx.model)));
    }
}

/// The paths that a `RUN` removes, absolute where the working directory is known.
fn removals(step: &Step<'_>, model: &Model<'_>) -> Vec<Removed> {
    let mut out = Vec::new();
    if step.keyword() != Keyword::Run {
        return out;
    }
    for (command, folder) in step.commands_in(model) {
        for removed in removes_paths(command) {
            let path = match (&removed.path, folder.as_deref()) {
                (path, _) if path.starts_with(['/', '~']) => path.clone(),
                (path, _) if path.starts_with('$') => continue,
                (path, Some(folder)) => normal_path(&format!("{folder}/{path}")),
                (_, None) => continue,
            };
            out.push(Removed { path, ..removed.clone() });
        }
    }
    out
}

/// Whether a file is likely to be large, or a secret. A script, a list or a public key is a few kilobytes.
fn matters(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    if secrets::FILES.iter().any(|sign| lower.contains(sign)) {
        return true;
    }
    let name = lower.rsplit('/').next().unwrap_or_default();
    !kind(name).is(Kind::SMALL) && !lower.starts_with("/etc/")
}

/// Whether this removal removes all of `path`.
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

fn removed_packages(step: &Step<'_>, left: &mut Left, cx: &Cx<'_>) {
    if left.packages.is_empty() {
        return;
    }
    // Steps may reuse a name such as `.build-deps`.
    let own: HashSet<String> = installed(step).into_iter().map(|(_, name, _)| name).collect();
    for command in step.commands().iter() {
        let Some(&(manager, ref packages)) = uninstalls(command) else { continue };
        let mut gone = packages.iter().filter(|package| !own.contains(&package.name)).filter_map(|package| {
            let installed_at = left.packages.get(&(manager, package.name.clone()))?;
            Some((package, *installed_at))
        });
        let Some((first, installed_at)) = gone.next() else { continue };
        let more = gone.count();
        let name = &first.name;
        let (variant, message) = match more {
            0 => (
                "package",
                format!("`{name}` is uninstalled in a later layer, so it still takes up space in the image"),
            ),
            _ => (
                "packages",
                format!(
                    "`{name}` and {more} more are uninstalled in a later layer, so they still take up space in the image"
                ),
            ),
        };
        cx.report(first.span, message)
            .variant(variant)
            .label(installed_at, "installed here")
            .help("install it, use it and remove it in one `RUN`, or build in a separate stage and copy the result");
    }
}

/// The packages that a step installs and does not remove again.
fn kept(step: &Step<'_>) -> Vec<(Manager, String, Span)> {
    let mut found = installed(step);
    if !found.is_empty() {
        let commands = step.commands().iter();
        let gone: HashSet<&str> = commands
            .filter_map(uninstalls)
            .flat_map(|(_, packages)| packages.iter().map(|package| package.name.as_str()))
            .collect();
        found.retain(|(_, name, _)| !gone.contains(name.as_str()));
    }
    found
}

/// The system packages, or their groups, that a step installs.
fn installed(step: &Step<'_>) -> Vec<(Manager, String, Span)> {
    let commands = step.commands().iter();
    let installs = commands.filter_map(installs).filter(|install| !install.dry_run && install.manager.is_system());
    let packages = installs.flat_map(|install| {
        let group = install.virtual_group.as_ref().map(|group| (group.lexeme().to_owned(), group.span));
        let named = install.named().map(|package| (package.name.clone(), package.span));
        // A group is removed by its name.
        let names: Vec<_> = if let Some(group) = group { vec![group] } else { named.collect() };
        names.into_iter().map(move |(name, span)| (install.manager, name, span))
    });
    packages.collect()
}
