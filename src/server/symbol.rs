//! One symbol, as an item of a tree or of a list.

use lsp_types::{DocumentSymbol, Location, Range, SymbolInformation, SymbolKind};

use super::document::Document;
use crate::text::Span;

/// A symbol without children.
#[allow(deprecated)]
pub(super) fn tree_item(
    document: &Document,
    name: String,
    detail: String,
    kind: SymbolKind,
    whole: Span,
    own: Span,
) -> DocumentSymbol {
    DocumentSymbol {
        name: if name.is_empty() { "?".to_owned() } else { name },
        detail: Some(detail),
        kind,
        tags: None,
        deprecated: None,
        range: document.range(whole),
        selection_range: document.range(own),
        children: None,
    }
}

/// A symbol of a list.
#[allow(deprecated)]
pub(super) fn list_item(document: &Document, name: &str, kind: SymbolKind, range: Range) -> SymbolInformation {
    SymbolInformation {
        name: name.to_owned(),
        kind,
        tags: None,
        deprecated: None,
        location: Location::new(document.uri.clone(), range),
        container_name: None,
    }
}
