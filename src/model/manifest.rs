//! The project's files that a step finds in its working directory.

use super::{Model, Step};
use crate::context::path;
use crate::knowledge::paths;
use crate::syntax::Keyword;

impl<'a> Step<'a> {
    /// The path in the build context of the file `name` in the directory that this step runs in, copied by the last COPY or
    /// ADD before it in its stage. `None` if there is none, or if the context is not known.
    pub fn copied_from(&self, model: &Model<'a>, name: &str) -> Option<String> {
        let context = model.context.filter(|context| context.is_sure())?;
        let folder = self.resolve(model, ".")?;
        let folder = folder.trim_end_matches('/');
        let steps = &model.stage(self.stage)?.steps[..self.index];
        let copies = steps.iter().rev().filter(|step| matches!(step.keyword(), Keyword::Copy | Keyword::Add));
        for copy in copies {
            let Some(dest) = copy.copy_dest(model) else { continue };
            let into = dest.trim_end_matches('/') == folder;
            if !into && dest != format!("{folder}/{name}") {
                continue;
            }
            for source in copy.context_sources(model) {
                let fits = |found: &String| {
                    found.rsplit('/').next() == Some(name) && !context.is_dir(found) && context.ignored(found).is_none()
                };
                for found in context.glob(&source.path) {
                    let inside = if found.is_empty() { name.to_owned() } else { format!("{found}/{name}") };
                    if fits(&found) {
                        return Some(found);
                    }
                    if context.is_dir(&found) && context.exists(&inside) && fits(&inside) {
                        return Some(path::in_context(&inside));
                    }
                }
            }
        }
        None
    }

    /// The text of that file.
    pub fn manifest(&self, model: &Model<'a>, name: &str) -> Option<String> {
        let path = self.copied_from(model, name)?;
        model.context?.read(&path).map(|text| text.into_owned())
    }

    /// Whether it copies the whole build context, and where that is written.
    pub fn whole_context(&self, model: &Model<'a>) -> Option<crate::text::Span> {
        let copy = self.copy().filter(|_| self.flag("from").is_none())?;
        let whole = |source: &&crate::syntax::Word| {
            let path = model.expand(self, source).value;
            path.is_some_and(|path| paths::WHOLE.contains(&path.as_str()))
        };
        copy.sources.iter().find(whole).map(|source| source.span)
    }
}
