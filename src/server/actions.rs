//! Code actions: fixes, ignore comments, and conversions.

use std::collections::BTreeMap;

use lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, CodeActionResponse, CreateFile,
    CreateFileOptions, DocumentChangeOperation, DocumentChanges, OneOf, OptionalVersionedTextDocumentIdentifier,
    Position, Range, ResourceOp, TextDocumentEdit, TextEdit, WorkspaceEdit,
};

use super::conversions;
use super::diagnostics;
use super::answer::Answer;
use super::document::{Document, Kind};
use super::session::{Session, View};
use super::uri;
use crate::finding::{Diagnostic, Fix, NewFile, Order, Safety};
use crate::lint::fix_loop;
use crate::text::{Edit, Source, Span};

pub(super) fn actions(session: &Session, params: CodeActionParams) -> Answer<Option<CodeActionResponse>> {
    let Some(document) = session.document(&params.text_document.uri) else { return Ok(None) };
    if !matches!(document.kind, Kind::Dockerfile | Kind::Compose) {
        return Ok(None);
    }
    let wanted = document.span(params.range);
    let only = params.context.only;
    let wants = |kind: &CodeActionKind| match &only {
        // `source` asks for `source.fixAll`, too.
        Some(only) => only.iter().any(|asked| {
            let rest = kind.as_str().strip_prefix(asked.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
                || asked.as_str().starts_with(&format!("{}.", kind.as_str()))
        }),
        None => true,
    };
    let (found, errors) = session.lint(document, &document.source, true, &[]);
    let mut made = Actions { session, document, found, errors, actions: Vec::new() };
    if wants(&CodeActionKind::QUICKFIX) {
        made.quick_fixes(wanted);
    }
    if wants(&CodeActionKind::REFACTOR_REWRITE) && document.kind == Kind::Dockerfile {
        made.split(wanted);
        session.view(&document.uri, |view| made.conversions(view, wanted));
    }
    if wants(&CodeActionKind::SOURCE_FIX_ALL) {
        made.fix_all();
    }
    Ok(Some(made.actions.into_iter().map(CodeActionOrCommand::CodeAction).collect()))
}

struct Actions<'s> {
    session: &'s Session,
    document: &'s Document,
    /// With their fixes.
    found: Vec<Diagnostic>,
    errors: usize,
    actions: Vec<CodeAction>,
}

impl Actions<'_> {
    fn push(&mut self, title: String, kind: CodeActionKind, edit: WorkspaceEdit) -> &mut CodeAction {
        self.actions.push(CodeAction { title, kind: Some(kind), edit: Some(edit), ..CodeAction::default() });
        let last = self.actions.len() - 1;
        &mut self.actions[last]
    }

    fn edit(&self, edits: Vec<TextEdit>) -> WorkspaceEdit {
        let document = self.document;
        self.session.workspace_edit([(document.uri.clone(), Some(document.version), edits)])
    }

    /// What a fix does to the workspace; `None` if the client, or an untitled document, has no place for its file.
    fn edit_of(&self, fix: &Fix) -> Option<WorkspaceEdit> {
        match fix.new_file() {
            Some(file) => self.create(file),
            None => Some(self.edit(fix.edits().iter().map(|edit| self.document.edit(edit)).collect())),
        }
    }

    fn create(&self, file: &NewFile) -> Option<WorkspaceEdit> {
        if !self.session.client.creates_files {
            return None;
        }
        let root = std::path::absolute(self.session.context_root(self.document)?).ok()?;
        let uri = uri::of(&root.join(file.name))?;
        let create = CreateFile {
            uri: uri.clone(),
            options: Some(CreateFileOptions { overwrite: Some(false), ignore_if_exists: Some(true) }),
            annotation_id: None,
        };
        let start = Range::new(Position::new(0, 0), Position::new(0, 0));
        let fill = TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier { uri, version: None },
            edits: vec![OneOf::Left(TextEdit { range: start, new_text: file.text.clone() })],
        };
        Some(WorkspaceEdit {
            document_changes: Some(DocumentChanges::Operations(vec![
                DocumentChangeOperation::Op(ResourceOp::Create(create)),
                DocumentChangeOperation::Edit(fill),
            ])),
            ..WorkspaceEdit::default()
        })
    }

    /// For each finding in the range: its fix, all fixes of its rule, and an ignore comment.
    fn quick_fixes(&mut self, wanted: Span) {
        let touches = |span: Span| span.start <= wanted.end && wanted.start <= span.end;
        let here: Vec<_> = self.found.iter().filter(|found| touches(found.span)).cloned().collect();
        for found in &here {
            let shown = diagnostics::convert(self.session, self.document, found);
            if let Some(fix) = &found.fix
                && let Some(edit) = self.edit_of(fix)
            {
                let title = format!("{}{} ({})", fix.title, ending(fix.safety), found.rule.name);
                let safety = fix.safety;
                let action = self.push(title, CodeActionKind::QUICKFIX, edit);
                action.is_preferred = Some(safety == Safety::Safe);
                action.diagnostics = Some(vec![shown]);
            }
        }
        let mut rules = BTreeMap::new();
        for found in &here {
            rules.entry(found.rule.name).or_insert(found);
        }
        for (rule, found) in rules {
            let shown = diagnostics::convert(self.session, self.document, found);
            let fixable = |other: &&Diagnostic| {
                other.rule.name == rule && other.fix.as_ref().is_some_and(|fix| fix.is_allowed(Safety::Unsafe))
            };
            if self.found.iter().filter(fixable).count() > 1
                && let Some(edit) = self.fixed(Safety::Unsafe, Some(rule))
            {
                let action = self.push(format!("Fix all `{rule}` in this file"), CodeActionKind::QUICKFIX, edit);
                action.diagnostics = Some(vec![shown.clone()]);
            }
            if let Some(edit) = self.ignore(found) {
                let edit = self.edit(vec![self.document.edit(&edit)]);
                let title = format!("Ignore `{rule}` here, with a reason");
                self.push(title, CodeActionKind::QUICKFIX, edit).diagnostics = Some(vec![shown]);
            }
        }
    }

    /// A comment above the instruction that the finding is in; `None` for a finding that is in none.
    fn ignore(&self, found: &Diagnostic) -> Option<Edit> {
        if self.document.kind == Kind::Compose {
            return self.ignore_in_compose(found);
        }
        let items = &self.document.file().items;
        let index = items.partition_point(|item| item.span.start <= found.span.start);
        let item = items[..index].last()?;
        if !matches!(item.kind, crate::syntax::ItemKind::Instruction(_)) {
            return None;
        }
        let text = self.document.text();
        let newline = if text[item.span.range()].contains("\r\n") { "\r\n" } else { "\n" };
        let line = &text[item.span.start()..];
        let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        let comment = format!("{indent}# plimsoll: ignore[{}]: reason{newline}", found.rule.name);
        Some(Edit::insert(item.span.start(), comment))
    }

    /// A comment above the line that the finding is in, where a line begins there.
    fn ignore_in_compose(&self, found: &Diagnostic) -> Option<Edit> {
        let source = &self.document.source;
        let line = source.line_span(source.line_index(found.span.start()));
        let text = source.slice(line);
        let indent = &text[..text.len() - text.trim_start_matches(' ').len()];
        // In a block of text it would not be a comment.
        let is_entry = source.slice(Span::new(line.start(), found.span.start())).trim_start_matches([' ', '-']).is_empty();
        let newline = if source.text().contains("\r\n") { "\r\n" } else { "\n" };
        let comment = format!("{indent}# plimsoll: ignore[{}]: reason{newline}", found.rule.name);
        is_entry.then(|| Edit::insert(line.start(), comment))
    }

    /// The text after all fixes up to `allowed`, of one rule or of all, as one edit. `None` if nothing changes.
    fn fixed(&self, allowed: Safety, rule: Option<&str>) -> Option<WorkspaceEdit> {
        let choose = |mut found: Vec<Diagnostic>| {
            for diagnostic in &mut found {
                let other = rule.is_some_and(|rule| diagnostic.rule.name != rule);
                diagnostic.fix.take_if(|fix| other || fix.new_file().is_some());
            }
            found
        };
        let first = (choose(self.found.clone()), self.errors);
        let lint = |source: &Source, new: &[NewFile]| {
            let (found, errors) = self.session.lint(self.document, source, true, new);
            (choose(found), errors)
        };
        let fixed = fix_loop::fix_found(&self.document.source, first, allowed, lint).ok()?;
        Some(self.edit(vec![self.document.edit_to(fixed.source.text())?]))
    }

    fn fix_all(&mut self) {
        if fix_loop::applies(&self.found, Safety::Safe)
            && let Some(edit) = self.fixed(Safety::Safe, None)
        {
            let kind = CodeActionKind::from("source.fixAll.plimsoll".to_owned());
            self.push("Apply all safe fixes".to_owned(), kind, edit);
        }
    }

    /// The fix of the stage under the cursor that splits it in two, wherever its finding is.
    fn split(&mut self, wanted: Span) {
        let split = |found: &&Diagnostic| found.fix.as_ref().is_some_and(|fix| fix.order == Some(Order::Split));
        let fixes: Vec<_> = self.found.iter().filter(split).cloned().collect();
        let stages = self.session.view(&self.document.uri, |view| {
            let spans = view.model.stages.iter().map(|stage| {
                stage.steps.last().map_or(stage.from.span, |step| stage.from.span.cover(step.instruction.span))
            });
            spans.collect::<Vec<_>>()
        });
        let stage = stages.into_iter().flatten().find(|stage| stage.start <= wanted.start && wanted.start <= stage.end);
        let Some(stage) = stage else { return };
        for found in fixes.iter().filter(|found| stage.contains(found.span)) {
            if let Some(fix) = &found.fix
                && let Some(edit) = self.edit_of(fix)
            {
                let title = format!("{}{}", fix.title, ending(fix.safety));
                self.push(title, CodeActionKind::REFACTOR_REWRITE, edit);
            }
        }
    }

    fn conversions(&mut self, view: &View<'_>, wanted: Span) {
        let is_here = |span: Span| span.start <= wanted.start && wanted.start <= span.end;
        let Some(step) = view.model.steps().find(|step| is_here(step.instruction.span)) else { return };
        let offers = [
            ("Convert to exec form", conversions::exec_form(view.model, step)),
            ("Convert to a heredoc", conversions::heredoc(view.model, step)),
        ];
        for (title, edit) in offers {
            if let Some(edit) = edit {
                let edit = self.edit(vec![view.document.edit(&edit)]);
                self.push(title.to_owned(), CodeActionKind::REFACTOR_REWRITE, edit);
            }
        }
    }
}

/// How sure a fix is, as the end of its title.
fn ending(safety: Safety) -> &'static str {
    match safety {
        Safety::Safe => ", safe",
        Safety::Unsafe => ", may change behavior",
        Safety::Display => ", a suggestion",
    }
}
