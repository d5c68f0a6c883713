//! Which files a step adds, and in which directory its commands run.

use super::workdir;
use super::{Model, Step};
use crate::commands::download::{Output, downloads};
use crate::shell::{Arg, Command};
use crate::syntax::Keyword;
use crate::text::Span;

/// Something a step puts into the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopiedFile {
    /// Absolute and clean, without a slash at the end.
    pub path: String,
    /// Certainly a file or directory of that name; if not, the source may be a directory whose contents are copied.
    pub certain: bool,
    /// The source, as written in COPY and ADD.
    pub source: Option<String>,
    /// The word or command that adds it.
    pub span: Span,
}

impl<'a> Step<'a> {
    /// What COPY and ADD put where, source by source, and what a RUN downloads.
    pub fn brings(&self, model: &Model<'a>) -> Vec<CopiedFile> {
        match self.keyword() {
            Keyword::Copy | Keyword::Add => self.copies(model),
            Keyword::Run => self
                .commands_in(model)
                .filter_map(|(command, folder)| self.download(model, command, folder.as_deref()))
                .collect(),
            _ => Vec::new(),
        }
    }

    fn copies(&self, model: &Model<'a>) -> Vec<CopiedFile> {
        let (Some(args), Some(dest)) = (self.copy(), self.copy_dest(model)) else { return Vec::new() };
        let folder = dest.strip_suffix('/');
        let of_context = model.context.filter(|_| self.flag("from").is_none());
        let each = args.sources.iter().filter_map(|word| {
            let source = model.expand(self, word).value?;
            let name = source.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            // What is copied of a directory is its contents.
            let is_folder = source.ends_with('/') || matches!(name, "" | "." | "..") || of_context.is_some_and(|it| it.is_dir(&source));
            let (path, certain) = match folder {
                // An archive is unpacked, a pattern names who knows what.
                _ if source.contains(['*', '?', '[']) => return None,
                Some(folder) if is_folder => (if folder.is_empty() { "/" } else { folder }.to_owned(), true),
                Some(folder) => (format!("{folder}/{name}"), name.trim_start_matches('.').contains('.')),
                None => (dest.to_owned(), true),
            };
            let unpacked = self.keyword() == Keyword::Add
                && !source.contains("://")
                && [".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2"].iter().any(|end| source.ends_with(end));
            (!unpacked).then(|| CopiedFile { path, certain, source: Some(source.clone()), span: word.span })
        });
        each.collect()
    }

    fn download(&self, model: &Model<'a>, command: &Command, folder: Option<&str>) -> Option<CopiedFile> {
        let stage = model.stage(self.stage)?;
        let download = downloads(command)?;
        let name = match &download.output {
            Output::Stdout => return None,
            Output::File(file) => file.known()?,
            Output::RemoteName => {
                let url = download.urls.first()?.known()?.split(['?', '#']).next()?;
                url.split_once("://").and_then(|(_, rest)| rest.rsplit_once('/')).map(|(_, name)| name)?
            }
        };
        let path = workdir::join(folder, name, stage.windows).filter(|_| !name.is_empty())?;
        Some(CopiedFile { path, certain: true, source: None, span: command.span })
    }

    /// The commands of its script, each with the directory that it runs in: `None` if that is not known.
    pub fn commands_in(&self, model: &Model<'a>) -> impl Iterator<Item = (&Command, Option<String>)> {
        let windows = model.stage(self.stage).is_some_and(|stage| stage.windows);
        let mut folder = self.resolve(model, ".");
        let mut lost = false;
        let commands = self.commands().iter();
        commands.map(move |command| {
            let here = folder.clone().filter(|_| !lost);
            match command.name.as_str() {
                // What a subshell does ends with it, and a `cd` that may not happen may not have happened.
                "cd" | "pushd" if command.place.subshell || command.place.conditional => lost = true,
                "cd" | "pushd" => {
                    let to = command.operands().next().and_then(Arg::known);
                    let to = to.filter(|to| !to.starts_with(['~', '-']));
                    folder = to.and_then(|to| workdir::join(folder.as_deref(), to, windows));
                }
                "popd" => lost = true,
                _ => {}
            }
            (command, here)
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::BuildArgs;
    use super::*;
    use crate::text::Source;

    #[test]
    fn what_is_brought() {
        for (line, want) in [
            ("COPY a.tar.gz /tmp/", &["/tmp/a.tar.gz"][..]),
            ("COPY a b /tmp/", &["/tmp/a?", "/tmp/b?"]),
            ("COPY . /app", &["/app"]),
            ("COPY . .", &["/w"]),
            ("COPY src/ ./", &["/w"]),
            ("COPY x y", &["/w/y"]),
            ("COPY *.jar /app/", &[]),
            ("ADD x.tar.gz /opt/", &[]),
            ("ADD https://example.com/x.tar.gz /opt/", &["/opt/x.tar.gz"]),
            ("RUN curl -o /tmp/x https://example.com/y", &["/tmp/x"]),
            ("RUN cd /tmp && wget https://example.com/y?z && curl -O https://example.com/u", &["/tmp/y", "/tmp/u"]),
            ("RUN (cd /tmp && true); wget https://example.com/y", &[]),
        ] {
            let source = Source::new("Dockerfile", format!("FROM scratch\nWORKDIR /w\n{line}\n"));
            let tree = crate::syntax::parse(source.text());
            let model = Model::build(&source, &tree, &BuildArgs::new(), None);
            let brought = model.stages[0].steps[1].brings(&model);
            let shown: Vec<_> =
                brought.iter().map(|it| format!("{}{}", it.path, if it.certain { "" } else { "?" })).collect();
            assert_eq!(shown, want, "{line}");
        }
    }
}
