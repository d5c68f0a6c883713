//! What a step uses from the build context.

use super::{Model, Step};
use crate::context::path;
use crate::syntax::{Args, Dockerfile, Keyword};
use crate::text::Span;

/// A file, directory or pattern that COPY, ADD or a bind mount names in the build context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextSource {
    pub span: Span,
    /// Expanded; as written otherwise.
    pub text: String,
    /// As [`crate::context::Context`] takes it: relative to the context's root, which is the empty string.
    pub path: String,
    /// It contains `*`, `?` or `[`. In a bind mount these are ordinary characters.
    pub is_pattern: bool,
    /// It contains a variable, so that `--build-arg` may change it.
    pub is_variable: bool,
}

/// What COPY and ADD take from the build context, as written: tells which directory it is.
pub fn copied_sources(file: &Dockerfile) -> Vec<&str> {
    let copies = file.instructions().filter(|instruction| instruction.flag("from").is_none());
    let sources = copies.flat_map(|instruction| match &instruction.args {
        Args::Copy(copy) => &copy.sources[..],
        _ => &[],
    });
    sources.map(|word| word.text.as_str()).collect()
}

impl<'a> Step<'a> {
    /// The sources of COPY, ADD and `RUN --mount=type=bind` in the build context, without those from a stage, an image, a
    /// heredoc or a URL, and those that depend on an unknown variable.
    pub fn context_sources(&self, model: &Model<'a>) -> Vec<ContextSource> {
        let (words, of_copy) = match self.keyword() {
            Keyword::Copy | Keyword::Add if self.flag("from").is_none() => {
                (self.copy().map(|copy| copy.sources.iter().collect()).unwrap_or_default(), true)
            }
            Keyword::Run => {
                let binds = self.run_mounts().filter(|mount| mount.kind() == "bind" && mount.from().is_none());
                (binds.filter_map(|mount| mount.source()).collect::<Vec<_>>(), false)
            }
            _ => (Vec::new(), false),
        };
        let read = |word: &&crate::syntax::Word| {
            let text = model.expand(self, word).value?;
            let is_remote = text.contains("://") || text.starts_with("git@");
            (!is_remote && !text.is_empty()).then(|| ContextSource {
                span: word.span,
                path: path::in_context(&text),
                is_pattern: of_copy && path::has_wildcard(&text),
                is_variable: word.text.contains('$'),
                text,
            })
        };
        words.iter().filter_map(read).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{BuildArgs, Model};
    use crate::text::Source;

    #[test]
    fn sources_of_the_context() {
        let text = "FROM alpine AS a\nARG X=lib\nCOPY --from=a /x /x\nCOPY a ./b/../c* $X /\nADD https://x/y z <<E /\nE\n\
                    RUN --mount=source=d*,target=/d --mount=type=cache,target=/e --mount=from=a,source=/f,target=/f true\n\
                    COPY $UNKNOWN /\n";
        let source = Source::new("x", text);
        let tree = crate::syntax::parse(source.text());
        let model = Model::build(&source, &tree, &BuildArgs::new(), None);
        let found: Vec<_> = model.steps().flat_map(|step| step.context_sources(&model)).collect();
        let brief: Vec<_> = found.iter().map(|one| (one.path.as_str(), one.is_pattern, one.is_variable)).collect();
        let expected =
            [("a", false, false), ("c*", true, false), ("lib", false, true), ("z", false, false), ("d*", false, false)];
        assert_eq!(brief, expected);
    }
}
