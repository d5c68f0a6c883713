//! What a submission puts into its image: its program, if it clearly has one, and the files that it copies.

use serde::{Deserialize, Serialize};

use crate::context::{Context, Entry, Kind};
use crate::model::Model;
use crate::syntax::Keyword;

/// Beyond this many files, nobody can tell which one is the program.
const MAX_FILES: usize = 40;

/// What a submission puts into its image.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct OwnFiles {
    /// The submission's only script, if it has no other code: a path in the build context.
    script: Option<String>,
    /// Where the final image has it.
    installed: Option<String>,
    /// Where the final image has files of the submission, and the lines of their `COPY`, from 1.
    copied: Vec<(String, usize)>,
}

impl OwnFiles {
    pub(super) fn of(model: &Model<'_>, context: &Context) -> Self {
        let script = only_script(context);
        let Some(stage) = model.final_stage() else { return Self { script, ..Self::default() } };
        let copies = stage.history(model).filter(|step| matches!(step.keyword(), Keyword::Copy | Keyword::Add));
        let copied: Vec<(String, usize)> = copies
            .flat_map(|step| step.brings(model))
            .map(|file| (file.path, model.source.line_index(file.span.start()) + 1))
            .collect();
        let installed = script.as_ref().and_then(|script| {
            let is_it = |path: &String| {
                let origin = model.file_in(stage, path).origin;
                origin.and_then(|origin| origin.context).as_ref() == Some(script)
            };
            let below = |path: &str| [path.to_owned(), format!("{}/{script}", path.trim_end_matches('/'))];
            copied.iter().flat_map(|(path, _)| below(path)).find(is_it)
        });
        Self { script, installed, copied }
    }

    /// The array that starts the submission's program in the final image, if the image has it.
    pub(super) fn start(&self) -> Option<String> {
        self.installed.as_deref().map(array)
    }

    /// How to get the program into the image, and to start it.
    pub(super) fn how_to_install(&self) -> Option<String> {
        let (script, path) = self.target()?;
        Some(format!("copy the program into the image: `COPY --chmod=755 {script} {path}`; start it: `ENTRYPOINT {}`", array(&path)))
    }

    /// How to start the program instead of what the Dockerfile starts; `None` if it starts it, or may do so.
    pub(super) fn how_to_start(&self, started: &str) -> Option<String> {
        let (script, path) = self.target()?;
        let name = script.rsplit('/').next()?;
        if started.contains(name) {
            return None;
        }
        match &self.installed {
            Some(installed) => Some(format!("if `{installed}` is the program, start it: `ENTRYPOINT {}`", array(installed))),
            None if self.copied.is_empty() => Some(format!(
                "if `{script}` is the program, copy and start it: `COPY --chmod=755 {script} {path}` and `ENTRYPOINT {}`",
                array(&path)
            )),
            None => None,
        }
    }

    /// Where a file of this name is in the image, and the line that copies it, from 1.
    pub(super) fn place_of(&self, path: &str) -> Option<(&str, usize)> {
        let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        let wanted = name(path);
        let is_plain = |path: &str| !wanted.is_empty() && !path.contains('`');
        let found = self.copied.iter().find(|(own, _)| name(own) == wanted && own != path && is_plain(own))?;
        Some((&found.0, found.1))
    }

    /// The script, and where it should be in the image.
    fn target(&self) -> Option<(&str, String)> {
        let script = self.script.as_deref()?;
        Some((script, format!("/{}", script.rsplit('/').next()?)))
    }
}

fn array(path: &str) -> String {
    format!("[\"{path}\"]")
}

/// The only script of the context, if it has no other code.
fn only_script(context: &Context) -> Option<String> {
    let files: Vec<&Entry> = context.entries().iter().filter(|entry| entry.kind == Kind::File).take(MAX_FILES + 1).collect();
    if files.len() > MAX_FILES || context.truncated() {
        return None;
    }
    let mut rest = files.into_iter().filter(|entry| !is_aside(&entry.path));
    let script = rest.next().filter(|_| rest.next().is_none())?;
    let is_plain = script.path.chars().all(|ch| ch.is_ascii_alphanumeric() || "._-/".contains(ch));
    let is_sent = is_plain && context.ignored(&script.path).is_none();
    let is_script = is_sent && context.read(&script.path).is_some_and(|text| text.starts_with("#!"));
    is_script.then(|| script.path.clone())
}

/// Whether a file is about the submission, instead of a part of its program.
fn is_aside(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let end = name.rsplit('.').next().unwrap_or_default();
    let is_docker = ["dockerfile", "containerfile", "compose.", "docker-compose."].iter().any(|start| name.starts_with(start));
    is_docker || name.starts_with('.') || matches!(end, "md" | "txt" | "pdf" | "dockerfile" | "toml")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::BuildArgs;
    use crate::syntax;
    use crate::text::Source;

    fn own(dockerfile: &str, files: &[(&str, &str)]) -> OwnFiles {
        let context = Context::in_memory(files.iter().copied());
        let source = Source::new("Dockerfile", dockerfile.to_owned());
        let file = syntax::parse(source.text());
        OwnFiles::of(&Model::build(&source, &file, &BuildArgs::default(), Some(&context)), &context)
    }

    const SCRIPT: (&str, &str) = ("greet.sh", "#!/bin/sh\necho\n");

    #[test]
    fn where_the_program_is() {
        for (dockerfile, expected) in [
            ("FROM a\nCOPY greet.sh /greet.sh\n", Some("[\"/greet.sh\"]")),
            ("FROM a\nCOPY greet.sh /usr/bin/hi\n", Some("[\"/usr/bin/hi\"]")),
            ("FROM a\nWORKDIR /app\nCOPY . .\n", Some("[\"/app/greet.sh\"]")),
            ("FROM a\nCOPY . /\n", Some("[\"/greet.sh\"]")),
            ("FROM a\nCOPY . /all\n", Some("[\"/all/greet.sh\"]")),
            ("FROM busybox:1.37\nCOPY . /all\nUSER 1000\n", Some("[\"/all/greet.sh\"]")),
            ("FROM a AS b\nCOPY . /all\nFROM a\n", None),
            ("FROM a\n", None),
        ] {
            assert_eq!(own(dockerfile, &[SCRIPT]).start().as_deref(), expected, "{dockerfile}");
        }
        assert_eq!(own("FROM a\nCOPY . /\n", &[SCRIPT, ("app.py", "")]).start(), None);
        assert_eq!(own("FROM a\nCOPY . /\n", &[("app.py", "print()")]).start(), None);
        assert_eq!(own("FROM a\nCOPY . /\n", &[SCRIPT, ("README.md", "")]).start().as_deref(), Some("[\"/greet.sh\"]"));
    }

    #[test]
    fn what_to_do_with_it() {
        let how = |dockerfile: &str| own(dockerfile, &[SCRIPT]).how_to_start("[\"echo\"]").unwrap_or_default();
        assert_eq!(
            how("FROM a\nENTRYPOINT [\"echo\"]\n"),
            "if `greet.sh` is the program, copy and start it: `COPY --chmod=755 greet.sh /greet.sh` and `ENTRYPOINT [\"/greet.sh\"]`"
        );
        assert_eq!(how("FROM a\nCOPY . /x\n"), "if `/x/greet.sh` is the program, start it: `ENTRYPOINT [\"/x/greet.sh\"]`");
        assert_eq!(how("FROM a\nCOPY --from=b /run /run\n"), "");
        assert_eq!(own("FROM a\n", &[SCRIPT]).how_to_start("[\"/app/greet.sh\"]"), None);
        let copied = own("FROM a\nCOPY greet.sh /greet.sh\n", &[SCRIPT]);
        assert_eq!(copied.place_of("/app/greet.sh"), Some(("/greet.sh", 2)));
        assert_eq!((copied.place_of("/greet.sh"), copied.place_of("/app/other")), (None, None));
    }
}
