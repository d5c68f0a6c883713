//! Symbols of a document and of the workspace.

use lsp_types::{
    DocumentSymbol, DocumentSymbolParams, DocumentSymbolResponse, Location, OneOf, SymbolInformation, SymbolKind,
    WorkspaceSymbol, WorkspaceSymbolParams, WorkspaceSymbolResponse,
};

use super::answer::Answer;
use super::document::{Document, Kind};
use super::session::{Session, View};
use super::name::Sort;
use super::{compose_names, compose_outline, symbol, uri};
use crate::discover::{SearchOptions, discover};
use crate::model::{Base, Stage};
use crate::syntax::{Directive, Instruction, Keyword};

/// How many files of the workspace are read to answer one request.
const MAX_FILES: usize = 500;
/// How much of a file is read, in bytes.
const MAX_LEN: u64 = 1 << 20;

/// Stages with their instructions; a flat list for clients that know no trees.
pub(super) fn document(session: &Session, params: DocumentSymbolParams) -> Answer<Option<DocumentSymbolResponse>> {
    if let Some(document) = session.document(&params.text_document.uri).filter(|it| it.kind == Kind::Compose) {
        return Ok(Some(match session.client.symbol_tree {
            true => DocumentSymbolResponse::Nested(compose_outline::tree(document)),
            false => DocumentSymbolResponse::Flat(compose_outline::list(document)),
        }));
    }
    Ok(session.view(&params.text_document.uri, |view| match view.client.symbol_tree {
        true => DocumentSymbolResponse::Nested(tree(view)),
        false => DocumentSymbolResponse::Flat(flat(view)),
    }))
}

fn tree(view: &View<'_>) -> Vec<DocumentSymbol> {
    let directives = view.model.file.directives().map(|directive| directive_symbol(view, directive));
    let preamble = view.model.preamble.iter().map(|instruction| instruction_symbol(view, instruction));
    let mut found: Vec<_> = directives.chain(preamble).collect();
    found.extend(view.model.stages.iter().map(|stage| {
        let end = stage.steps.last().map_or(stage.from.span, |step| step.instruction.span);
        let whole = stage.from.span.cover(end);
        let (name, detail) = stage_names(view, stage);
        let mut own = symbol::tree_item(view.document, name, detail, SymbolKind::CLASS, whole, stage.from.keyword_span);
        let steps = stage.steps.iter().map(|step| instruction_symbol(view, step.instruction));
        own.children = Some(steps.collect());
        own
    }));
    found
}

/// What a stage is called, and what it is based on.
fn stage_names(view: &View<'_>, stage: &Stage<'_>) -> (String, String) {
    let base = match &stage.base {
        Base::Image(image) => image.value.clone().unwrap_or_else(|| image.written.clone()),
        Base::Scratch => "scratch".to_owned(),
        Base::Stage(index) => {
            view.model.stage(*index).and_then(|base| base.name).map_or_else(|| index.to_string(), |it| it.text.clone())
        }
        Base::Missing => String::new(),
    };
    match stage.name {
        Some(name) => (name.text.clone(), base),
        None => (base, format!("stage {}", stage.index)),
    }
}

fn directive_symbol(view: &View<'_>, directive: &Directive) -> DocumentSymbol {
    let whole = directive.name_span.cover(directive.value_span);
    let (name, value) = (directive.name.clone(), directive.value.clone());
    symbol::tree_item(view.document, name, value, SymbolKind::PROPERTY, whole, directive.name_span)
}

fn kind(keyword: Keyword) -> SymbolKind {
    match keyword {
        Keyword::Arg | Keyword::Env => SymbolKind::VARIABLE,
        Keyword::Label => SymbolKind::PROPERTY,
        Keyword::Copy | Keyword::Add | Keyword::Volume => SymbolKind::FILE,
        Keyword::Onbuild => SymbolKind::EVENT,
        _ => SymbolKind::FUNCTION,
    }
}

fn instruction_symbol(view: &View<'_>, instruction: &Instruction) -> DocumentSymbol {
    let detail: String = instruction.logical.text.chars().take(60).collect();
    let name = instruction.keyword_text.to_uppercase();
    symbol::tree_item(view.document, name, detail, kind(instruction.keyword), instruction.span, instruction.keyword_span)
}

fn flat(view: &View<'_>) -> Vec<SymbolInformation> {
    let information =
        |name: &str, kind, span| symbol::list_item(view.document, name, kind, view.document.range(span));
    let directives = view
        .model
        .file
        .directives()
        .map(|directive| information(&directive.name, SymbolKind::PROPERTY, directive.name_span));
    let instructions = view.model.file.instructions().map(|instruction| {
        information(&instruction.keyword_text.to_uppercase(), kind(instruction.keyword), instruction.keyword_span)
    });
    directives.chain(instructions).collect()
}

/// The stages of all Dockerfiles in the workspace whose name, or base, contains the query, and the services of open Compose
/// files.
pub(super) fn workspace(session: &Session, params: WorkspaceSymbolParams) -> Answer<Option<WorkspaceSymbolResponse>> {
    let query = params.query.to_lowercase();
    let mut found = Vec::new();
    let mut collect = |view: &View<'_>| {
        for stage in &view.model.stages {
            let (name, base) = stage_names(view, stage);
            if name.to_lowercase().contains(&query) || base.to_lowercase().contains(&query) {
                let range = view.document.range(stage.from.span);
                found.push(WorkspaceSymbol {
                    name,
                    kind: SymbolKind::CLASS,
                    tags: None,
                    container_name: Some(base),
                    location: OneOf::Left(Location::new(view.document.uri.clone(), range)),
                    data: None,
                });
            }
        }
    };
    for document in session.documents.values() {
        session.view(&document.uri, &mut collect);
    }
    let mut services = Vec::new();
    for document in session.documents.values().filter(|document| document.kind == Kind::Compose) {
        let is_service = |found: &compose_names::Occurrence| {
            found.sort == Sort::Service && found.is_definition && found.name.to_lowercase().contains(&query)
        };
        for found in compose_names::all(&document.source).into_iter().filter(is_service) {
            services.push(WorkspaceSymbol {
                name: found.name,
                kind: SymbolKind::CLASS,
                tags: None,
                container_name: Some("service".to_owned()),
                location: OneOf::Left(Location::new(document.uri.clone(), document.range(found.span))),
                data: None,
            });
        }
    }
    for path in discover(&session.folders, &SearchOptions::default()).files.iter().take(MAX_FILES) {
        let Some(uri) = uri::of(path).filter(|uri| session.document(uri).is_none()) else { continue };
        let is_small = path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() <= MAX_LEN);
        let Ok(text) = std::fs::read_to_string(if is_small { path.as_path() } else { continue }) else { continue };
        let document = Document::new(uri, "dockerfile", 0, text, session.encoding);
        session.view_of(&document, &mut collect);
    }
    found.extend(services);
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Some(WorkspaceSymbolResponse::Nested(found)))
}
