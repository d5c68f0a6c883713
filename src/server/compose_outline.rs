//! Compose files: symbols, folding, selection and links.

use std::str::FromStr;

use lsp_types::{DocumentSymbol, SymbolInformation, SymbolKind, Uri};

use super::document::Document;
use super::folds::Folds;
use super::image_facts::image_page;
use super::session::Session;
use super::{symbol, uri};
use crate::compose::Project;
use crate::context::Context;
use crate::text::Span;
use crate::text::yaml::{self, Node};

/// The sections of the file, in each its entries, and in a service its keys.
pub(super) fn tree(document: &Document) -> Vec<DocumentSymbol> {
    let Ok(Some(root)) = yaml::parse(&document.source) else { return Vec::new() };
    root.entries().iter().filter_map(|(key, node)| entry(document, key, node, 0)).collect()
}

fn entry(document: &Document, key: &Node, node: &Node, depth: usize) -> Option<DocumentSymbol> {
    let name = key.text().unwrap_or_default();
    let detail = node.text().or_else(|| node.get("image")?.text()).unwrap_or_default();
    let kind = match depth {
        0 => SymbolKind::NAMESPACE,
        1 => SymbolKind::CLASS,
        _ => SymbolKind::PROPERTY,
    };
    let text = document.text();
    let whole = key.span.cover(node.span);
    // A block of lines ends where its last value ends, not at the line after.
    let whole = Span::new(whole.start(), whole.start() + text.get(whole.range())?.trim_end().len());
    if !whole.contains(key.span) {
        return None;
    }
    let mut own = symbol::tree_item(document, name.to_owned(), detail.chars().take(60).collect(), kind, whole, key.span);
    if depth < 2 {
        let inner = node.entries().iter().filter(|(key, node)| whole.contains(key.span) && whole.start <= node.span.start);
        own.children = Some(inner.filter_map(|(key, node)| entry(document, key, node, depth + 1)).collect());
    }
    Some(own)
}

/// The same as a list.
pub(super) fn list(document: &Document) -> Vec<SymbolInformation> {
    fn walk(document: &Document, symbols: Vec<DocumentSymbol>, found: &mut Vec<SymbolInformation>) {
        for symbol in symbols {
            found.push(symbol::list_item(document, &symbol.name, symbol.kind, symbol.selection_range));
            walk(document, symbol.children.unwrap_or_default(), found);
        }
    }
    let mut found = Vec::new();
    walk(document, tree(document), &mut found);
    found
}

/// Every entry of a mapping and item of a list that takes several lines, and blocks of comments.
pub(super) fn fold(document: &Document, folds: &mut Folds<'_>) {
    let Ok(read) = yaml::read(&document.source, 0, &mut |_, _, _| None) else { return };
    let mut block: Option<Span> = None;
    for comment in read.comments {
        let is_line = document.line(document.line_of(comment.start())).start() == comment.start();
        block = match block {
            Some(before) if is_line && document.line_of(before.end()) + 1 == document.line_of(comment.start()) => {
                Some(before.cover(comment))
            }
            before => {
                folds.comments(before);
                is_line.then_some(comment)
            }
        };
    }
    folds.comments(block);
    read.roots.iter().for_each(|root| fold_in(root, folds));
}

fn fold_in(node: &Node, folds: &mut Folds<'_>) {
    // What an alias repeats lies before it.
    for (key, value) in node.entries().iter().filter(|(key, value)| key.span.start < value.span.start) {
        folds.push(key.span.cover(value.span), None);
        fold_in(value, folds);
    }
    for item in node.items().iter().filter(|item| node.span.contains(item.span)) {
        folds.push(item.span, None);
        fold_in(item, folds);
    }
}

/// From the value under the cursor outward, with the keys on the way.
pub(super) fn spans(document: &Document, at: usize) -> Vec<Span> {
    let mut spans = Vec::new();
    if let Ok(Some(root)) = yaml::parse(&document.source) {
        enclosing(&root, at, &mut spans);
    }
    spans
}

fn enclosing(node: &Node, at: usize, spans: &mut Vec<Span>) {
    let touches = |span: Span| span.start() <= at && at <= span.end();
    for (key, value) in node.entries().iter().filter(|(key, value)| key.span.start <= value.span.start) {
        let whole = key.span.cover(value.span);
        if touches(whole) {
            spans.push(whole);
            spans.push(if touches(key.span) { key.span } else { value.span });
            return enclosing(value, at, spans);
        }
    }
    if let Some(item) = node.items().iter().find(|item| touches(item.span)) {
        spans.push(item.span);
        enclosing(item, at, spans);
    }
}

/// Images lead to their page; Dockerfiles and other files that a service names, to the file.
pub(super) fn links(session: &Session, document: &Document) -> Vec<(Span, Uri)> {
    session.project(document, &document.source, |project| {
        let images = project.services.iter().filter_map(|service| service.image.as_ref());
        let images = images.filter(|image| image.node.file == 0 && image.is_sure);
        let mut found: Vec<_> = images
            .filter_map(|image| {
                let page = image_page(None, &image.name)?;
                let quote = usize::from(document.text()[image.node.span.range()].starts_with(['"', '\'']));
                let start = image.node.span.start() + quote;
                let length = image.node.text()?.find(&image.name)? + image.name.len();
                Some((Span::new(start, start + length), Uri::from_str(&page).ok()?))
            })
            .collect();
        if let Some(context) = project.context {
            found.extend(files(project).into_iter().filter_map(|(node, path)| file_link(context, node, &path)));
        }
        found
    })
}

/// The files that the services of a project name.
fn files<'p>(project: &'p Project<'_>) -> Vec<(&'p Node, String)> {
    let mut found = Vec::new();
    for service in &project.services {
        if let Some(build) = &service.build
            && let Some(path) = project.dockerfile(build)
        {
            found.extend(build.dockerfile.as_ref().or(build.context.as_ref()).map(|node| (node, path)));
        }
        let of_maps = service.env_files.iter().filter_map(|file| file.get("path"));
        let env_files = service.env_files.iter().chain(of_maps);
        let of_text = |node: &'p Node| Some((node, project.path(node, node.text()?)?));
        found.extend(env_files.filter_map(of_text));
    }
    found
}

fn file_link(context: &Context, node: &Node, path: &str) -> Option<(Span, Uri)> {
    let is_there = node.file == 0 && context.exists_near(path) == Some(true);
    let root = std::path::absolute(context.root().filter(|_| is_there)?).ok()?;
    let clean = crate::context::path::clean(root.join(path).to_str()?);
    Some((node.span, uri::of(std::path::Path::new(&clean))?))
}
