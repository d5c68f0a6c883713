//! Completion: what may stand at the cursor.

use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionList, CompletionParams, CompletionResponse, CompletionTextEdit,
    Documentation, InsertTextFormat, MarkupContent, MarkupKind, TextEdit,
};

use super::answer::Answer;
use super::document::{Document, Kind};
use super::instruction_docs;
use super::session::{Client, Session, View};
use crate::config::KEYS;
use crate::context::Context;
use crate::knowledge::bases::{self, releases, variants};
use crate::knowledge::choices;
use crate::lint::registry;
use crate::model::{State, Variables};
use crate::rules;
use crate::syntax::{Instruction, ItemKind, Keyword, known_flags};
use crate::text::Span;

/// How many paths of the context are offered.
const MAX_PATHS: usize = 500;

pub(super) fn complete(session: &Session, params: CompletionParams) -> Answer<Option<CompletionResponse>> {
    let place = params.text_document_position;
    let Some(document) = session.document(&place.text_document.uri) else { return Ok(None) };
    let at = document.offset(place.position);
    let mut items = Items { document, client: session.client, at, from: at, found: Vec::new() };
    match document.kind {
        Kind::Dockerfile => _ = session.view(&document.uri, |view| items.dockerfile(view)),
        Kind::Configuration => items.configuration(),
        Kind::Compose => items.compose(session),
        Kind::Bake | Kind::Unknown => return Ok(None),
    }
    let list = CompletionList { is_incomplete: items.found.len() >= MAX_PATHS, items: items.found };
    Ok(Some(CompletionResponse::List(list)))
}

/// What has been found so far.
pub(super) struct Items<'d> {
    pub(super) document: &'d Document,
    client: Client,
    pub(super) at: usize,
    /// What is replaced starts here.
    pub(super) from: usize,
    found: Vec<CompletionItem>,
}

impl Items<'_> {
    /// Offers `text` instead of what is from `self.from` to the cursor.
    pub(super) fn push(
        &mut self,
        text: &str,
        kind: CompletionItemKind,
        detail: impl Into<Option<String>>,
    ) -> &mut CompletionItem {
        let range = self.document.range(Span::new(self.from, self.at));
        self.found.push(CompletionItem {
            label: text.to_owned(),
            kind: Some(kind),
            detail: detail.into(),
            sort_text: Some(format!("{:04}", self.found.len())),
            text_edit: Some(CompletionTextEdit::Edit(TextEdit { range, new_text: text.to_owned() })),
            ..CompletionItem::default()
        });
        let last = self.found.len() - 1;
        &mut self.found[last]
    }

    pub(super) fn documented(
        &mut self,
        text: &str,
        kind: CompletionItemKind,
        documentation: &str,
    ) -> &mut CompletionItem {
        let documentation = Documentation::MarkupContent(MarkupContent {
            kind: if self.client.markdown { MarkupKind::Markdown } else { MarkupKind::PlainText },
            value: documentation.to_owned(),
        });
        let item = self.push(text, kind, None);
        item.documentation = Some(documentation);
        item
    }

    fn dockerfile(&mut self, view: &View<'_>) {
        let items = &view.model.file.items;
        let index = items.partition_point(|item| item.span.start() < self.at);
        let line = view.document.line(view.document.line_of(self.at));
        let before = &view.document.text()[line.start()..self.at];
        match items[..index].last().map(|item| &item.kind) {
            _ if before.trim_start().starts_with('#') => self.comment(before),
            Some(ItemKind::Instruction(outer)) if outer.span.end() >= self.at || self.goes_on(outer) => {
                let Some(instruction) = view.document.instruction_at(self.at) else { return };
                if self.at <= instruction.keyword_span.end() {
                    self.instructions(instruction.keyword_span.start());
                } else if !instruction.heredocs.iter().any(|heredoc| heredoc.body.contains(Span::at(self.at))) {
                    self.arguments(view, instruction);
                }
            }
            _ => self.instructions(line.start() + before.len() - before.trim_start().len()),
        }
    }

    /// Whether the cursor is on the instruction's last line, after spaces that the tree leaves out.
    fn goes_on(&self, instruction: &Instruction) -> bool {
        self.document.line_of(instruction.span.end()) == self.document.line_of(self.at)
    }

    fn instructions(&mut self, from: usize) {
        self.from = from.min(self.at);
        let written = self.document.text()[self.from..self.at].to_owned();
        let lower = !written.is_empty() && written.chars().all(|char| char.is_ascii_lowercase());
        for keyword in Keyword::ALL {
            let name = if lower { keyword.as_str().to_lowercase() } else { keyword.as_str().to_owned() };
            let doc = instruction_docs::instruction(keyword);
            let snippet = format!("{name} {}", doc.snippet);
            let (snippets, range) = (self.client.snippets, self.document.range(Span::new(self.from, self.at)));
            let item = self.documented(&name, CompletionItemKind::KEYWORD, doc.text);
            if snippets {
                item.insert_text_format = Some(InsertTextFormat::SNIPPET);
                item.text_edit = Some(CompletionTextEdit::Edit(TextEdit { range, new_text: snippet }));
            }
        }
    }

    fn arguments(&mut self, view: &View<'_>, instruction: &Instruction) {
        let text = &view.document.text()[instruction.keyword_span.end()..self.at];
        let word_start = text.rfind([' ', '\t', '\n']).map_or(0, |before| before + 1);
        let word = text[word_start..].to_owned();
        let index = text[..word_start].split_whitespace().filter(|word| !word.starts_with("--") && *word != "\\").count();
        let start = instruction.keyword_span.end() + word_start;
        self.from = start;
        let state = state(view, instruction);
        if let Some(dollar) = word.rfind('$').filter(|at| is_name(word[at + 1..].trim_start_matches('{'))) {
            let braced = word[dollar + 1..].starts_with('{');
            self.from = start + dollar + 1 + usize::from(braced);
            let globals = instruction.keyword == Keyword::From || state.is_none();
            let variables = if globals { Some(&view.model.globals) } else { state.map(|state| &state.variables) };
            variables.into_iter().for_each(|variables| self.variables(variables));
            return;
        }
        if let Some(flag) = word.strip_prefix("--") {
            match flag.split_once('=') {
                Some((name, value)) => self.flag_value(view, instruction.keyword, name, value, self.at - value.len()),
                None => self.flags(instruction.keyword, start),
            }
            return;
        }
        match instruction.keyword {
            Keyword::From => self.image_argument(view, instruction, &word, index),
            Keyword::Copy | Keyword::Add if instruction.flag("from").is_none() => {
                if index == 0 && word.is_empty() {
                    self.flags(instruction.keyword, start);
                    self.from = start;
                }
                self.from = start;
                view.model.context.into_iter().for_each(|context| self.context_paths(context, &word));
            }
            Keyword::User => self.users(view, instruction),
            Keyword::Stopsignal => {
                choices::SIGNALS.iter().for_each(|signal| _ = self.push(signal, CompletionItemKind::ENUM_MEMBER, None));
            }
            Keyword::Onbuild => self.instructions(start),
            Keyword::Run | Keyword::Healthcheck if index == 0 && word.is_empty() => {
                self.flags(instruction.keyword, start);
            }
            _ => {}
        }
    }

    fn variables(&mut self, variables: &Variables) {
        let mut all: Vec<_> = variables.iter().collect();
        all.sort_by(|a, b| a.0.cmp(b.0));
        for (name, variable) in all {
            self.push(name, CompletionItemKind::VARIABLE, variable.value.clone());
        }
    }

    fn flags(&mut self, keyword: Keyword, start: usize) {
        self.from = start;
        for (name, kind) in known_flags(keyword) {
            let text = match kind {
                crate::syntax::FlagKind::Bool => format!("--{name}"),
                _ => format!("--{name}="),
            };
            let doc = instruction_docs::flag(keyword, name).unwrap_or_default();
            self.documented(&text, CompletionItemKind::PROPERTY, doc);
        }
    }

    fn flag_value(&mut self, view: &View<'_>, keyword: Keyword, name: &str, value: &str, start: usize) {
        self.from = start;
        if name == "from" {
            return self.stages(view);
        }
        if name == "chown" {
            view.model.stages.iter().for_each(|stage| {
                stage.made_accounts(view.model).iter().for_each(|(_, user)| self.offer_user(user));
            });
            return;
        }
        // Inside of `--mount` each field is completed for itself.
        if name == "mount" && value.contains(',') {
            let field = value.rsplit(',').next().unwrap_or_default();
            self.from = self.at - field.len();
            if field.starts_with("from=") {
                self.from = self.at - field.len() + "from=".len();
                return self.stages(view);
            }
            for key in choices::MOUNT_OPTIONS {
                self.push(key, CompletionItemKind::PROPERTY, None);
            }
            return;
        }
        for value in instruction_docs::flag_values(keyword, name) {
            self.push(value, CompletionItemKind::ENUM_MEMBER, None);
        }
    }

    /// Stages before the cursor.
    fn stages(&mut self, view: &View<'_>) {
        let at = self.at;
        for stage in view.model.stages.iter().filter(|stage| stage.from.span.end() < at) {
            if let Some(name) = stage.name {
                let base = view.model.source.slice(stage.from.args_span).replace(['\n', '\r'], " ");
                self.push(&name.text, CompletionItemKind::CLASS, base);
            }
        }
    }

    fn image_argument(&mut self, view: &View<'_>, instruction: &Instruction, word: &str, index: usize) {
        match index {
            0 => {
                if word.is_empty() && instruction.flags.is_empty() {
                    let start = self.from;
                    self.flags(Keyword::From, start);
                }
                if !word.contains(':') {
                    self.stages(view);
                    self.push("scratch", CompletionItemKind::CONSTANT, "an empty image".to_owned());
                }
                self.image(word);
            }
            1 => _ = self.push("AS", CompletionItemKind::KEYWORD, None),
            _ => {}
        }
    }

    /// Images of the tables, or the tags of the one that is written.
    pub(super) fn image(&mut self, word: &str) {
        match word.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')) {
            Some((image, tag)) => {
                self.from = self.at - tag.len();
                self.tags(image);
            }
            None => {
                for current in releases::all() {
                    self.push(current.image, CompletionItemKind::MODULE, format!(":{}", current.version));
                }
            }
        }
    }

    /// The current version of an image and its smaller variants.
    fn tags(&mut self, image: &str) {
        let pinned = releases::pin(image, None);
        let current = releases::current(image).map(|current| current.version.to_owned());
        let mut tags: Vec<String> = pinned.into_iter().chain(current.clone()).collect();
        for tag in &tags.clone() {
            let smaller = variants::smaller(image, Some(tag));
            tags.extend(smaller.into_iter().filter(|it| it.image == image).map(|it| it.tag));
        }
        if let Some(current) = releases::current(image) {
            tags.extend(current.codename.map(|name| format!("{}-{name}", current.version)));
            tags.extend(current.alpine.map(|name| format!("{}-{name}", current.version)));
        }
        let mut seen = std::collections::BTreeSet::new();
        tags.retain(|tag| seen.insert(tag.clone()));
        for tag in tags {
            let size = variants::size(image, Some(&tag)).map(|size| format!("about {size} MB"));
            self.push(&tag, CompletionItemKind::ENUM_MEMBER, size);
        }
    }

    fn offer_user(&mut self, user: &str) {
        if !self.found.iter().any(|item| item.label == user) {
            self.push(user, CompletionItemKind::VALUE, None);
        }
    }

    fn users(&mut self, view: &View<'_>, instruction: &Instruction) {
        let at = instruction.span.start();
        let Some(stage) = view.model.stages.iter().rfind(|stage| stage.from.span.start() < at) else { return };
        for (_, user) in stage.made_accounts(view.model) {
            self.offer_user(&user);
        }
        if let Some(image) = stage.root_image(view.model)
            && let Some(name) = image.familiar_name()
        {
            let accounts = bases::accounts(&name, image.tag_text());
            accounts.iter().filter_map(|account| account.name).for_each(|name| self.offer_user(name));
        }
        self.offer_user("nobody");
        self.offer_user("root");
    }

    /// What is in the directory of a context that the word before the cursor names so far, without what is ignored.
    pub(super) fn context_paths(&mut self, context: &Context, word: &str) {
        let directory = word.rfind('/').map_or("", |slash| &word[..=slash]);
        self.from += directory.len();
        let below = directory.trim_start_matches("./").trim_matches('/').to_owned();
        for entry in context.entries() {
            let (parent, name) = entry.path.rsplit_once('/').unwrap_or(("", &entry.path));
            if parent != below || context.ignored(&entry.path).is_some() || self.found.len() >= MAX_PATHS {
                continue;
            }
            match entry.kind {
                crate::context::Kind::Folder => self.push(&format!("{name}/"), CompletionItemKind::FOLDER, None),
                _ => self.push(name, CompletionItemKind::FILE, None),
            };
        }
    }

    /// Directives at the top, and names of rules in ignore comments.
    pub(super) fn comment(&mut self, before: &str) {
        let word = before.trim_start_matches([' ', '\t', '#']);
        let names_follow = ["plimsoll:", "hadolint", "shellcheck", "check="].iter().any(|start| word.starts_with(start));
        if names_follow && before.contains(['[', '=']) && !before.contains(']') {
            let start = before.rfind(['[', '=', ',', ' ']).map_or(0, |at| at + 1);
            self.from = self.at - (before.len() - start);
            let foreign = !word.starts_with("plimsoll:");
            return self.rules(foreign);
        }
        self.from = self.at - word.len();
        for (text, about) in [
            ("plimsoll: ignore[]: ", "Ignores rules for the next instruction, with a reason."),
            ("plimsoll: ignore-stage[]: ", "Ignores rules for the next stage, with a reason."),
            ("plimsoll: ignore-file[]: ", "Ignores rules for the file, with a reason."),
            ("syntax=docker/dockerfile:1", "The frontend that reads this file."),
            ("escape=`", "The character that continues a line."),
        ] {
            self.documented(text, CompletionItemKind::SNIPPET, about);
        }
    }

    fn rules(&mut self, foreign: bool) {
        for entry in rules::ALL {
            if foreign {
                for alias in entry.meta.aka {
                    self.push(alias, CompletionItemKind::ENUM_MEMBER, entry.meta.name.to_owned());
                }
            } else {
                let summary = entry.meta.summary();
                self.push(entry.meta.name, CompletionItemKind::ENUM_MEMBER, summary);
            }
        }
    }

    /// `plimsoll.toml`: keys at the start of a line, names of rules in strings and below `[levels]`.
    fn configuration(&mut self) {
        let line = self.document.line(self.document.line_of(self.at));
        let before = self.document.text()[line.start()..self.at].to_owned();
        let is_word = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.');
        let word = before.trim_end_matches(is_word).len();
        self.from = line.start() + word;
        let in_string = before.matches('"').count() % 2 == 1;
        let head = &self.document.text()[..line.start()];
        let table = head.lines().rev().find_map(|line| line.trim().strip_prefix('[')?.strip_suffix(']'));
        if in_string || table.is_some_and(|table| table.ends_with("levels")) {
            for entry in registry::all() {
                self.push(entry.meta.name, CompletionItemKind::ENUM_MEMBER, entry.meta.summary());
            }
        } else if !before.contains('=') {
            for key in KEYS {
                self.documented(key.name, CompletionItemKind::PROPERTY, key.summary);
            }
        }
    }
}

fn is_name(text: &str) -> bool {
    text.chars().all(|char| char.is_ascii_alphanumeric() || char == '_')
}

/// The state before an instruction.
fn state<'v>(view: &'v View<'_>, instruction: &Instruction) -> Option<&'v State> {
    let stages = &view.model.stages;
    let stage = stages.iter().rfind(|stage| stage.from.span.start() <= instruction.span.start())?;
    let at = instruction.span;
    stage.steps.iter().find(|step| step.instruction.span.contains(at)).map(|step| &step.state)
}
