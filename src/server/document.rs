//! An open document.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use lsp_types::{Position, Range, TextDocumentContentChangeEvent, TextEdit, Uri};

use super::position::{Encoding, Positions};
use super::uri;
use crate::config::FILE_NAMES;
use crate::syntax::{self, Dockerfile, Instruction};
use crate::text::{Edit, MAX_LEN, Source, Span};

/// What a document is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Dockerfile,
    Compose,
    /// `docker-bake.hcl` or `docker-bake.json`
    Bake,
    /// `plimsoll.toml`
    Configuration,
    /// Nothing that is read.
    Unknown,
}

impl Kind {
    /// The client's word for the language decides, then the file's name.
    fn of(language: &str, path: Option<&Path>) -> Self {
        let name = path.and_then(|path| path.file_name()?.to_str()).unwrap_or_default();
        match language {
            _ if FILE_NAMES.contains(&name) => Kind::Configuration,
            "dockerbake" => Kind::Bake,
            _ if crate::builds::is_bake(name) => Kind::Bake,
            "dockerfile" | "containerfile" | "Dockerfile" => Kind::Dockerfile,
            "dockercompose" | "docker-compose" | "yaml.docker-compose" => Kind::Compose,
            "" | "plaintext" | "text" | "yaml" if path.is_some_and(crate::discover::is_compose) => Kind::Compose,
            "" | "plaintext" | "text" if path.is_some_and(crate::discover::is_dockerfile_name) => Kind::Dockerfile,
            _ => Kind::Unknown,
        }
    }
}

/// A text as the editor has it, saved or not.
pub(super) struct Document {
    pub(super) uri: Uri,
    pub(super) path: Option<PathBuf>,
    pub(super) version: i32,
    pub(super) kind: Kind,
    pub(super) source: Source,
    positions: Positions,
    encoding: Encoding,
    file: OnceCell<Dockerfile>,
}

impl Document {
    pub(super) fn new(uri: Uri, language: &str, version: i32, text: String, encoding: Encoding) -> Self {
        let path = uri::path(&uri);
        let kind = Kind::of(language, path.as_deref());
        let mut document = Self {
            uri,
            path,
            version,
            kind,
            source: Source::new("", ""),
            positions: Positions::new("", encoding),
            encoding,
            file: OnceCell::new(),
        };
        document.set_text(text);
        document
    }

    fn set_text(&mut self, text: String) {
        // A text that spans cannot reach into is not read.
        let text = if text.len() > MAX_LEN { String::new() } else { text };
        let name = self.path.as_ref().map_or_else(|| self.uri.as_str().to_owned(), |path| path.display().to_string());
        self.positions = Positions::new(&text, self.encoding);
        self.source = Source::new(name, text);
        self.file = OnceCell::new();
    }

    /// Applies changes, each to the result of those before it.
    pub(super) fn change(&mut self, version: i32, changes: Vec<TextDocumentContentChangeEvent>) {
        self.version = version;
        for change in changes {
            let Some(range) = change.range else {
                self.set_text(change.text);
                continue;
            };
            let (start, end) = (self.offset(range.start), self.offset(range.end));
            let (start, end) = (start.min(end), start.max(end));
            let mut text = self.text().to_owned();
            text.replace_range(start..end, &change.text);
            self.set_text(text);
        }
    }

    pub(super) fn text(&self) -> &str {
        self.source.text()
    }

    /// The tree; of what is not a Dockerfile an empty one.
    pub(super) fn file(&self) -> &Dockerfile {
        self.file.get_or_init(|| match self.kind {
            Kind::Dockerfile => syntax::parse(self.text()),
            Kind::Compose | Kind::Bake | Kind::Configuration | Kind::Unknown => Dockerfile::default(),
        })
    }

    pub(super) fn offset(&self, position: Position) -> usize {
        self.positions.offset(self.text(), position)
    }

    pub(super) fn span(&self, range: Range) -> Span {
        let (start, end) = (self.offset(range.start), self.offset(range.end));
        Span::new(start.min(end), start.max(end))
    }

    pub(super) fn position(&self, at: usize) -> Position {
        self.positions.position(self.text(), at)
    }

    pub(super) fn range(&self, span: Span) -> Range {
        self.positions.range(self.text(), span)
    }

    pub(super) fn line_of(&self, at: usize) -> usize {
        self.positions.line_of(at)
    }

    /// A line without its line break.
    pub(super) fn line(&self, line: usize) -> Span {
        self.positions.line(self.text(), line)
    }

    /// The instruction that a byte is in, or right after; one that ONBUILD keeps counts as its own.
    pub(super) fn instruction_at(&self, at: usize) -> Option<&Instruction> {
        let items = &self.file().items;
        let index = items.partition_point(|item| item.span.start() <= at);
        let found = items[..index].last().and_then(|item| match &item.kind {
            syntax::ItemKind::Instruction(instruction) => Some(&**instruction),
            _ => None,
        })?;
        match &found.args {
            syntax::Args::Onbuild(Some(kept)) if kept.span.start() <= at => Some(kept),
            _ => Some(found),
        }
    }

    pub(super) fn edit(&self, edit: &Edit) -> TextEdit {
        TextEdit { range: self.range(edit.span), new_text: edit.text.clone() }
    }

    /// One edit that makes `new` of the text: what both have in common at the ends is left alone.
    pub(super) fn edit_to(&self, new: &str) -> Option<TextEdit> {
        let old = self.text();
        if old == new {
            return None;
        }
        let mut start = old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count();
        while !old.is_char_boundary(start) || !new.is_char_boundary(start) {
            start -= 1;
        }
        let rest = old[start..].bytes().rev().zip(new[start..].bytes().rev());
        let mut end = rest.take_while(|(a, b)| a == b).count();
        while !old.is_char_boundary(old.len() - end) || !new.is_char_boundary(new.len() - end) {
            end -= 1;
        }
        let span = Span::new(start, old.len() - end);
        Some(self.edit(&Edit::replace(span, &new[start..new.len() - end])))
    }
}
