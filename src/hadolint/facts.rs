//! A Dockerfile as hadolint sees it: instructions with the line they begin on, and images.

use super::cmd::Cmd;
use super::script::RunScript;
use crate::syntax::{Args, Dockerfile, FromArgs, Instruction, Keyword};
use crate::text::{Source, Span};

/// An instruction, or the one that an `ONBUILD` keeps.
pub(super) struct Line<'a> {
    /// The number of its first line, from 1.
    pub(super) number: usize,
    pub(super) span: Span,
    pub(super) instruction: &'a Instruction,
    /// Which `FROM` it follows, from 0; `None` before the first.
    pub(super) stage: Option<usize>,
    /// `ONBUILD` keeps it.
    pub(super) onbuild: bool,
    /// That of a `RUN`.
    pub(super) script: Option<RunScript>,
}

/// All instructions in file order; what `ONBUILD` keeps follows it.
pub(super) fn lines<'a>(source: &Source, file: &'a Dockerfile) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    let mut stage = None;
    for instruction in file.instructions() {
        if instruction.keyword == Keyword::From {
            stage = Some(stage.map_or(0, |stage| stage + 1));
        }
        let span = instruction.lines_span();
        let number = source.line_column(instruction.span.start()).0;
        let mut push = |instruction: &'a Instruction, onbuild| {
            let script = RunScript::of(source, instruction);
            lines.push(Line { number, span, instruction, stage, onbuild, script });
        };
        push(instruction, false);
        if let Args::Onbuild(Some(inner)) = &instruction.args {
            push(inner, true);
        }
    }
    lines
}

/// The parts of an image reference as hadolint splits it.
#[derive(Clone, Debug, Default)]
pub(super) struct Image<'a> {
    /// What is before the first `/`, if there is a dot in it.
    pub(super) registry: Option<&'a str>,
    /// What is between the registry and the tag.
    pub(super) name: &'a str,
    pub(super) tag: Option<&'a str>,
    pub(super) has_digest: bool,
}

impl<'a> Image<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let (rest, has_digest) = match text.split_once('@') {
            Some((rest, _)) => (rest, true),
            None => (text, false),
        };
        let (registry, rest) = match rest.split_once('/') {
            Some((registry, rest)) if registry.contains('.') => (Some(registry), rest),
            _ => (None, rest),
        };
        // A colon in `${…}` begins no tag.
        let mut depth = 0_usize;
        let colon = rest.bytes().position(|byte| {
            match byte {
                b'{' => depth += 1,
                b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            byte == b':' && depth == 0
        });
        let (name, tag) = colon.map_or((rest, None), |at| (&rest[..at], Some(&rest[at + 1..])));
        Self { registry, name, tag, has_digest }
    }
}

impl<'a> Line<'a> {
    pub(super) fn from(&self) -> Option<&'a FromArgs> {
        match &self.instruction.args {
            Args::From(from) if !self.onbuild => Some(from),
            _ => None,
        }
    }

    pub(super) fn is(&self, keyword: Keyword) -> bool {
        self.instruction.keyword == keyword
    }

    /// Those of a `RUN`, in order.
    pub(super) fn commands(&self) -> &[Cmd] {
        self.script.as_ref().map_or(&[], |script| &script.commands)
    }

    /// Is a `RUN` with a mount of one of these types on a path that contains one of these.
    pub(super) fn has_cache(&self, paths: &[&str]) -> bool {
        self.instruction.flags.iter().filter(|flag| flag.name == "mount").any(|flag| {
            let value = |keys: &[&str]| keys.iter().find_map(|key| flag.field(key)).map(|word| word.text.as_str());
            let target = value(&["target", "dst", "destination"]).unwrap_or_default();
            let target = target.trim_end_matches('/');
            matches!(value(&["type"]), Some("cache" | "tmpfs")) && paths.iter().any(|path| target.ends_with(path))
        })
    }
}

/// Text without the quotes around it.
pub(super) fn unquoted(text: &str) -> &str {
    text.trim_matches(['"', '\''])
}

impl Line<'_> {
    /// The words of USER, WORKDIR, EXPOSE and their like, joined.
    pub(super) fn words(&self) -> Vec<&str> {
        match &self.instruction.args {
            Args::Words(words) => words.words.iter().map(|word| word.text.as_str()).collect(),
            _ => Vec::new(),
        }
    }
}
