//! Folding, selection and links.

use std::str::FromStr;

use lsp_types::{
    DocumentLink, DocumentLinkParams, FoldingRange, FoldingRangeParams, SelectionRange,
    SelectionRangeParams, Uri,
};

use super::answer::Answer;
use super::document::{Document, Kind};
use super::folds::Folds;
use super::image_facts::image_page;
use super::session::{Session, View};
use super::{compose_outline, uri};
use crate::model::ImageRef;
use crate::syntax::{Instruction, ItemKind, TriviaKind};
use crate::text::Span;

/// Instructions over several lines, heredocs, blocks of comments, and stages.
pub(super) fn fold(session: &Session, params: FoldingRangeParams) -> Answer<Option<Vec<FoldingRange>>> {
    if let Some(document) = session.document(&params.text_document.uri).filter(|it| it.kind == Kind::Compose) {
        let mut folds = Folds::new(document);
        compose_outline::fold(document, &mut folds);
        return Ok(Some(folds.found));
    }
    Ok(session.view(&params.text_document.uri, |view| {
        let mut folds = Folds::new(view.document);
        let mut comments: Option<Span> = None;
        for item in &view.model.file.items {
            match &item.kind {
                ItemKind::Comment => comments = Some(comments.map_or(item.span, |before| before.cover(item.span))),
                ItemKind::Instruction(instruction) => {
                    folds.comments(comments.take());
                    fold_instruction(&mut folds, instruction);
                }
                ItemKind::Blank | ItemKind::Directive(_) | ItemKind::Bom => folds.comments(comments.take()),
            }
        }
        folds.comments(comments);
        folds.found
    }))
}

/// The folds of one instruction.
fn fold_instruction(folds: &mut Folds<'_>, instruction: &Instruction) {
    folds.push(instruction.span, None);
    // Of several heredocs, each for itself.
    for heredoc in instruction.heredocs.iter().filter(|_| instruction.heredocs.len() > 1) {
        let end = heredoc.terminator.unwrap_or(heredoc.body).end();
        folds.push(heredoc.body.cover(Span::at(end)), None);
    }
    // Comments among continued lines, those that follow each other.
    let mut block: Option<Span> = None;
    for trivia in &instruction.trivia {
        match (trivia.kind, block) {
            (TriviaKind::Comment, Some(before)) if before.end == trivia.span.start => {
                block = Some(before.cover(trivia.span));
            }
            (TriviaKind::Comment, before) => {
                folds.comments(before);
                block = Some(trivia.span);
            }
            (_, before) => {
                folds.comments(before);
                block = None;
            }
        }
    }
    folds.comments(block);
}

/// From the word under the cursor outward: flag or argument, arguments, instruction, stage, file; in a Compose file value
/// and key, entry, service.
pub(super) fn select(session: &Session, params: SelectionRangeParams) -> Answer<Option<Vec<SelectionRange>>> {
    let uri = &params.text_document.uri;
    if let Some(document) = session.document(uri).filter(|it| it.kind == Kind::Compose) {
        let select = |position: &lsp_types::Position| {
            let at = document.offset(*position);
            nested(document, at, compose_outline::spans(document, at))
        };
        return Ok(Some(params.positions.iter().map(select).collect()));
    }
    Ok(session.view(uri, |view| {
        let select = |position: &lsp_types::Position| {
            let at = view.document.offset(*position);
            nested(view.document, at, spans(view, at))
        };
        params.positions.iter().map(select).collect()
    }))
}

fn spans(view: &View<'_>, at: usize) -> Vec<Span> {
    let stage = view.model.stages.iter().rfind(|stage| stage.from.span.start() <= at);
    let whole = stage.map(|stage| {
        stage.steps.last().map_or(stage.from.span, |step| stage.from.span.cover(step.instruction.span))
    });
    let mut spans: Vec<_> = whole.into_iter().collect();
    if let Some(instruction) = view.document.instruction_at(at) {
        spans.push(instruction.span);
        spans.push(instruction.args_span);
        spans.extend(instruction.heredocs.iter().map(|heredoc| heredoc.body));
        spans.extend(instruction.flags.iter().map(|flag| flag.span));
        spans.push(instruction.keyword_span);
    }
    spans
}

/// The spans around a byte, outermost first, in the file and around the word there.
fn nested(document: &Document, at: usize, spans: Vec<Span>) -> SelectionRange {
    let touches = |span: &Span| span.start() <= at && at <= span.end();
    let text = document.text();
    let start = text[..at].rfind(char::is_whitespace).map_or(0, |before| before + 1);
    let start = (start..=at).find(|start| text.is_char_boundary(*start)).unwrap_or(at);
    let end = text[at..].find(char::is_whitespace).map_or(text.len(), |after| at + after);
    let file = Span::new(0, text.len());
    let mut found: Option<SelectionRange> = None;
    let mut outer = file;
    for span in std::iter::once(file).chain(spans).chain([Span::new(start, end)]).filter(touches) {
        // Each lies in the one before.
        if (found.is_none() || span != outer) && outer.contains(span) {
            let parent = found.take().map(Box::new);
            found = Some(SelectionRange { range: document.range(span), parent });
            outer = span;
        }
    }
    found.unwrap_or(SelectionRange { range: document.range(Span::at(at)), parent: None })
}

/// Images lead to their page, sources of COPY and ADD to the file.
pub(super) fn links(session: &Session, params: DocumentLinkParams) -> Answer<Option<Vec<DocumentLink>>> {
    if let Some(document) = session.document(&params.text_document.uri).filter(|it| it.kind == Kind::Compose) {
        let found = compose_outline::links(session, document);
        return Ok(Some(found.into_iter().map(|(span, target)| link(document, span, target)).collect()));
    }
    Ok(session.view(&params.text_document.uri, |view| {
        let images = view.model.images().filter_map(|used| {
            let target = Uri::from_str(&page_of(used.image)?).ok()?;
            Some(link(view.document, image_span(used.image), target))
        });
        let mut found: Vec<_> = images.collect();
        let Some(context) = view.model.context.filter(|context| context.is_sure()) else { return found };
        let Some(root) = context.root().and_then(|root| std::path::absolute(root).ok()) else { return found };
        for step in view.model.steps() {
            for source in step.context_sources(view.model) {
                if !source.is_pattern && !source.path.is_empty() && context.exists(&source.path) {
                    let target = uri::of(&root.join(&source.path));
                    found.extend(target.map(|target| link(view.document, source.span, target)));
                }
            }
        }
        found
    }))
}

fn link(document: &Document, span: Span, target: Uri) -> DocumentLink {
    DocumentLink { range: document.range(span), target: Some(target), tooltip: None, data: None }
}

/// Without tag and digest.
fn image_span(image: &ImageRef) -> Span {
    let tail = [&image.tag, &image.digest].into_iter().flatten().filter_map(|part| part.span);
    match tail.map(|span| span.start()).min() {
        Some(start) if start > image.span.start() + 1 && image.span.contains(Span::at(start)) => {
            Span::new(image.span.start(), start - 1)
        }
        _ => image.span,
    }
}

/// The page of an image; `None` where a variable decides.
fn page_of(image: &ImageRef) -> Option<String> {
    let name = image.familiar_name().filter(|_| image.invalid.is_none())?;
    image_page(image.registry.as_ref().and_then(|it| it.text.as_deref()), &name)
}
