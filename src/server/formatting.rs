//! Formatting of a document or of some of its lines.

use std::ops::RangeInclusive;

use lsp_server::ErrorCode;
use lsp_types::{DocumentFormattingParams, DocumentRangeFormattingParams, FormattingOptions, TextEdit, Uri};

use super::answer::{Answer, failure};
use super::document::Kind;
use super::session::Session;
use crate::config::editor_config::EditorConfigs;
use crate::format::{FormatSettings, Formatted, IndentStyle, format};

pub(super) fn document(session: &Session, params: DocumentFormattingParams) -> Answer<Option<Vec<TextEdit>>> {
    edits(session, &params.text_document.uri, &params.options, None)
}

pub(super) fn range(session: &Session, params: DocumentRangeFormattingParams) -> Answer<Option<Vec<TextEdit>>> {
    // A range that ends at the start of a line does not include it.
    let (start, end) = (params.range.start, params.range.end);
    let last = if end.character == 0 && end.line > start.line { end.line } else { end.line.saturating_add(1) };
    let lines = start.line.saturating_add(1) as usize..=last as usize;
    edits(session, &params.text_document.uri, &params.options, Some(lines))
}

fn edits(
    session: &Session,
    uri: &Uri,
    options: &FormattingOptions,
    lines: Option<RangeInclusive<usize>>,
) -> Answer<Option<Vec<TextEdit>>> {
    let Some(document) = session.document(uri).filter(|document| document.kind == Kind::Dockerfile) else {
        return Ok(None);
    };
    let path = document.path.as_deref();
    let editor_config = path.map(|path| EditorConfigs::default().settings(path)).unwrap_or_default();
    let settings = session.settings(path).format.clone().merge(editor_config).merge(of_client(options)).options();
    match format(&document.source, &settings, lines) {
        Formatted::Unchanged => Ok(Some(Vec::new())),
        Formatted::Changed(text) => Ok(Some(document.edit_to(&text).into_iter().collect())),
        Formatted::Refused(why) => Err(failure(ErrorCode::RequestFailed, format!("not formatted: {why}"))),
    }
}

/// What the editor does in other files.
fn of_client(options: &FormattingOptions) -> FormatSettings {
    FormatSettings {
        indent_style: Some(if options.insert_spaces { IndentStyle::Space } else { IndentStyle::Tab }),
        indent_width: u8::try_from(options.tab_size).ok(),
        ..FormatSettings::default()
    }
}
