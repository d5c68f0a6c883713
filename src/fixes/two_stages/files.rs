//! Files of the project that the built program may read: copied files that are not sources.

use crate::context::{Context, Kind};
use crate::fixes::two_stages::{Build, Taken};
use crate::knowledge::{file_kinds, project_files};
use crate::syntax::Keyword;

fn is_never(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    project_files::NOT_READ_AT_RUN_TIME.iter().any(|pattern| {
        match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
            (Some(end), _) => name.ends_with(end),
            (_, Some(start)) => name.starts_with(start),
            _ => name == *pattern,
        }
    })
}

/// Files copied from the context that may be read at run time, by their path in the image. `sources` are the extensions of
/// compiled files; `skip` names directories that the build consumes completely. `Err`: why it cannot be known.
pub(super) fn data(build: &Build<'_, '_>, sources: file_kinds::Kind, skip: &[&str]) -> Result<Vec<Taken>, String> {
    let unknown = || "without the build context, it is not known which other files the program reads".to_owned();
    let context =
        build.model.context.filter(|context| context.is_sure() && !context.truncated()).ok_or_else(unknown)?;
    let mut found = Vec::new();
    for step in build.stage.steps.iter().filter(|step| matches!(step.keyword(), Keyword::Copy | Keyword::Add)) {
        if step.flag("from").is_some() || !step.instruction.heredocs.is_empty() {
            return Err("the program may need files of another image".to_owned());
        }
        let unclear = || "it is not known what is copied where".to_owned();
        let copy = step.copy().ok_or_else(unclear)?;
        let dest = copy.dest.as_ref().and_then(|dest| build.model.expand(step, dest).value).ok_or_else(unclear)?;
        let to = build.resolve(step, &dest).ok_or_else(unclear)?;
        let named = step.context_sources(build.model);
        if named.len() < copy.sources.len() {
            return Err(unclear());
        }
        let into = dest.ends_with('/') || dest == "." || dest.ends_with("/.") || copy.sources.len() > 1;
        for one in named {
            for path in context.glob(&one.path) {
                if context.is_dir(&path) {
                    folder(context, &path, &to, sources, skip, &mut found);
                } else {
                    let name = path.rsplit('/').next().unwrap_or(&path);
                    let lies = if into || one.is_pattern {
                        format!("{}/{name}", to.trim_end_matches('/'))
                    } else {
                        to.clone()
                    };
                    if !is_source(name, sources)
                        && !is_never(name)
                        && !skip.contains(&path.as_str())
                        && context.ignored(&path).is_none()
                    {
                        found.push(Taken::file(&lies));
                    }
                }
            }
        }
    }
    Ok(found)
}

/// The data in a copied directory: files one by one, directories as a whole.
fn folder(context: &Context, path: &str, to: &str, sources: file_kinds::Kind, skip: &[&str], found: &mut Vec<Taken>) {
    let prefix = if path.is_empty() { String::new() } else { format!("{path}/") };
    let to = to.trim_end_matches('/');
    for entry in context.entries() {
        let Some(name) = entry.path.strip_prefix(&prefix).filter(|name| !name.is_empty() && !name.contains('/')) else {
            continue;
        };
        if is_never(name) || context.ignored(&entry.path).is_some() || (path.is_empty() && skip.contains(&name)) {
            continue;
        }
        let lies = format!("{to}/{name}");
        match entry.kind {
            Kind::File if !is_source(name, sources) => found.push(Taken::file(&lies)),
            Kind::Folder if has_data(context, &entry.path, sources) => found.push(Taken::folder(&lies)),
            _ => {}
        }
    }
}

fn has_data(context: &Context, folder: &str, sources: file_kinds::Kind) -> bool {
    let below = format!("{folder}/");
    context.entries().iter().any(|entry| {
        entry.kind == Kind::File
            && entry.path.starts_with(&below)
            && !entry.path[below.len()..].split('/').any(|part| is_never(part) || is_source(part, sources))
    })
}

fn is_source(name: &str, sources: file_kinds::Kind) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| file_kinds::kind_of_ending(ending).is(sources))
}
