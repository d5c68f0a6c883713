//! What COPY and ADD put where.

use std::sync::OnceLock;

use super::{Change, Copied, Found, Log, Source, What};
use crate::context::path;
use crate::knowledge::file_kinds::UNPACKED;
use crate::knowledge::paths;
use crate::model::{Model, Origin, Stage, Step, Tri};
use crate::syntax::Keyword;

/// Records a COPY or ADD.
pub(super) fn record<'a>(step: &Step<'a>, stage: &Stage<'a>, model: &Model<'a>, log: &mut Log) {
    let Some(copy) = step.copy() else { return };
    let when = (step.index, 0);
    let Some(dest) = step.copy_dest(model) else {
        return log.add("/", Change { when, what: What::Unseen { changes: true } });
    };
    let anchor = if dest == "/" { "/" } else { dest.trim_end_matches('/') };
    let into = if dest.ends_with('/') || copy.sources.len() + step.instruction.heredocs.len() > 1 {
        Tri::Yes
    } else {
        log.is_directory(anchor)
    };
    let executable = step.flag("chmod").map(|flag| {
        let mode = flag.value.as_ref().and_then(|word| model.expand(step, word).value);
        mode.map_or(Tri::Unknown, |mode| super::mode::makes_executable(&mode).unwrap_or(Tri::Unknown))
    });
    let owner = owner(step, model);
    for (index, heredoc) in step.instruction.heredocs.iter().enumerate() {
        let place = match into {
            Tri::Yes => super::pattern::join(anchor, &heredoc.delimiter),
            _ => anchor.to_owned(),
        };
        let executable = executable.unwrap_or(Tri::No);
        log.add(&place, Change { when, what: What::File { heredoc: Some(index), executable, owner: owner.clone() } });
    }
    for word in &copy.sources {
        let from = match model.expand(step, word).value {
            Some(text) => source(&text, step, stage),
            None => Source::Anything,
        };
        let copied = Copied { from, into, executable, owner: owner.clone(), found: OnceLock::new() };
        log.add(anchor, Change { when, what: What::Copy(Box::new(copied)) });
    }
    if into == Tri::Yes {
        log.directories.insert(anchor.to_owned());
    }
}

/// Who owns the copied files: root without `--chown`.
fn owner(step: &Step<'_>, model: &Model<'_>) -> Option<String> {
    let Some(flag) = step.flag("chown") else { return Some("root".to_owned()) };
    let value = model.expand(step, flag.value.as_ref()?).value?;
    value.split(':').next().filter(|owner| !owner.is_empty()).map(str::to_owned)
}

fn source(text: &str, step: &Step<'_>, stage: &Stage<'_>) -> Source {
    let name = text.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
    if step.flag("from").is_some() {
        let import = stage.imports.iter().find(|import| import.step == step.index);
        return match import.map(|import| &import.origin) {
            Some(Origin::Stage(from)) if !path::has_wildcard(text) => {
                Source::Stage { stage: *from, path: path::clean(&format!("/{text}")) }
            }
            _ if path::has_wildcard(text) || matches!(name.as_str(), "" | "." | "..") => Source::Anything,
            _ => Source::Elsewhere { name },
        };
    }
    let remote = text.contains("://") || text.starts_with("git@");
    let archive = step.keyword() == Keyword::Add && UNPACKED.iter().any(|end| text.ends_with(end));
    match (remote, archive) {
        (true, _) if name.contains('.') && !text.ends_with(".git") => Source::Elsewhere { name },
        (true, _) | (_, true) => Source::Anything,
        _ => Source::Context { path: text.to_owned(), pattern: path::has_wildcard(text) },
    }
}

impl Copied {
    /// What its source names in the build context; `None` if the context is not known.
    pub(super) fn found(&self, model: &Model<'_>) -> Option<&[Found]> {
        let context = model.context.filter(|context| context.is_sure())?;
        let Source::Context { path, .. } = &self.from else { return None };
        Some(self.found.get_or_init(|| {
            let paths = context.glob(path).into_iter();
            paths.map(|path| Found { directory: context.is_dir(&path), path }).collect()
        }))
    }
}

impl Log {
    pub(super) fn add(&mut self, anchor: &str, change: Change) {
        self.changes.entry(anchor.to_owned()).or_default().push(change);
    }

    /// Whether a path is certainly, or certainly not, a directory so far.
    pub(super) fn is_directory(&self, path: &str) -> Tri {
        let first = path.split('/').nth(1).unwrap_or_default();
        let is_top = path.matches('/').count() == 1 && paths::TOP_LEVEL.contains(&first);
        if path == "/" || is_top || self.directories.contains(path) || paths::SEARCH_PATH.contains(&path) {
            Tri::Yes
        } else if paths::TOP_LEVEL.contains(&first) {
            Tri::Unknown
        } else {
            Tri::No
        }
    }
}
