//! Definition, references, highlights and renaming.

use lsp_types::{
    DocumentHighlight, DocumentHighlightKind, DocumentHighlightParams, GotoDefinitionParams, GotoDefinitionResponse,
    Location, PrepareRenameResponse, ReferenceParams, RenameParams, TextDocumentPositionParams, TextEdit, WorkspaceEdit,
};

use super::answer::{Answer, refuse};
use super::name::{Name, Place, Sort};
use super::names;
use super::session::Session;

/// Where the name under the cursor is defined. Of several definitions, the one in force there.
pub(super) fn definition(session: &Session, params: GotoDefinitionParams) -> Answer<Option<GotoDefinitionResponse>> {
    let place = params.text_document_position_params;
    let name = names::at(session, &place.text_document.uri, place.position);
    let found = name.and_then(|name| Some(name.location(name.places.get(name.target?)?)));
    Ok(found.map(GotoDefinitionResponse::Scalar))
}

/// All places of the name under the cursor.
pub(super) fn references(session: &Session, params: ReferenceParams) -> Answer<Option<Vec<Location>>> {
    let place = params.text_document_position;
    let all = params.context.include_declaration;
    let name = names::at(session, &place.text_document.uri, place.position);
    Ok(name.map(|name| {
        let wanted = name.places.iter().filter(|found| all || !found.is_definition);
        wanted.map(|found| name.location(found)).collect()
    }))
}

/// The same in this document, for the client to mark.
pub(super) fn highlight(
    session: &Session,
    params: DocumentHighlightParams,
) -> Answer<Option<Vec<DocumentHighlight>>> {
    let place = params.text_document_position_params;
    let name = names::at(session, &place.text_document.uri, place.position);
    let mark = |(range, is_definition)| DocumentHighlight {
        range,
        kind: Some(if is_definition { DocumentHighlightKind::WRITE } else { DocumentHighlightKind::READ }),
    };
    Ok(name.map(|name| name.here().map(mark).collect()))
}

/// Whether there is something to rename under the cursor.
pub(super) fn prepare_rename(
    session: &Session,
    params: TextDocumentPositionParams,
) -> Answer<Option<PrepareRenameResponse>> {
    let name = names::at(session, &params.text_document.uri, params.position).filter(|name| name.is_renamable);
    Ok(name.map(|name| PrepareRenameResponse::Range(name.files[0].range(name.hit))))
}

/// Renames what is under the cursor in all files that name it.
pub(super) fn rename(session: &Session, params: RenameParams) -> Answer<Option<WorkspaceEdit>> {
    let place = params.text_document_position;
    let new = params.new_name.trim();
    let name = names::at(session, &place.text_document.uri, place.position).filter(|name| name.is_renamable);
    let Some(name) = name else { return Ok(None) };
    check_name(&name, new)?;
    let edits = name.files.iter().enumerate().map(|(index, file)| {
        let places = name.places.iter().filter(|place| place.file == index && !place.indirect);
        let edit = |place: &Place| TextEdit { range: file.range(place.span), new_text: new.to_owned() };
        (file.uri.clone(), file.version(), places.map(edit).collect::<Vec<_>>())
    });
    Ok(Some(session.workspace_edit(edits.filter(|(_, _, edits)| !edits.is_empty()))))
}

/// Whether a new name is one, and free.
fn check_name(name: &Name<'_>, new: &str) -> Answer<()> {
    let noun = name.sort.noun();
    if !name.sort.accepts(new) {
        return Err(refuse(match name.sort {
            Sort::Heredoc => format!("`{new}` is not a delimiter for a heredoc"),
            _ => format!("`{new}` is not a name for a {noun}"),
        }));
    }
    let is_taken = |other: &String| match name.sort {
        Sort::Stage => other.eq_ignore_ascii_case(new),
        _ => other == new,
    };
    match name.taken.iter().any(is_taken) {
        true => Err(refuse(format!("there is another {noun} called `{new}`"))),
        false => Ok(()),
    }
}
