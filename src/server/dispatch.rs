//! From a message to the function that handles it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use lsp_server::{ErrorCode, Notification, Request, Response};
use lsp_types::notification::{self as note, Notification as _};
use lsp_types::request::{self as ask, Request as _};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::answer::{Answer, failure, refuse};
use super::document::Document;
use super::session::Session;
use super::{
    actions, completion, diagnostics, formatting, hints, hover, navigation, outline, signature, symbols, tokens, uri, watch,
};

/// Calls `f`; a bug in it does not end the session.
pub(super) fn guarded<T: Default>(f: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(f)).unwrap_or_default()
}

/// Answers a request.
pub(super) fn request(session: &mut Session, request: Request, cancelled: bool) {
    let Request { id, method, params } = request;
    let answer = match () {
        () if cancelled => Err(failure(ErrorCode::RequestCanceled, "cancelled")),
        () if session.shut_down => Err(failure(ErrorCode::InvalidRequest, "the server has been shut down")),
        () => catch_unwind(AssertUnwindSafe(|| answer(session, &method, params)))
            .unwrap_or_else(|_| Err(failure(ErrorCode::InternalError, format!("internal error in `{method}`")))),
    };
    let (result, error) = match answer {
        Ok(result) => (Some(result), None),
        Err(error) => (None, Some(error)),
    };
    session.send(Response { id, result, error }.into());
}

fn call<R>(session: &Session, params: Value, f: fn(&Session, R::Params) -> Answer<R::Result>) -> Answer<Value>
where
    R: ask::Request,
{
    let params: R::Params = serde_json::from_value(params).map_err(|error| refuse(error.to_string()))?;
    let result = f(session, params)?;
    serde_json::to_value(result).map_err(|it| failure(ErrorCode::InternalError, it.to_string()))
}

fn answer(session: &mut Session, method: &str, params: Value) -> Answer<Value> {
    match method {
        ask::Shutdown::METHOD => {
            session.shut_down = true;
            Ok(Value::Null)
        }
        ask::HoverRequest::METHOD => call::<ask::HoverRequest>(session, params, hover::hover),
        ask::Completion::METHOD => call::<ask::Completion>(session, params, completion::complete),
        ask::SignatureHelpRequest::METHOD => call::<ask::SignatureHelpRequest>(session, params, signature::help),
        ask::GotoDefinition::METHOD => call::<ask::GotoDefinition>(session, params, navigation::definition),
        ask::References::METHOD => call::<ask::References>(session, params, navigation::references),
        ask::DocumentHighlightRequest::METHOD => {
            call::<ask::DocumentHighlightRequest>(session, params, navigation::highlight)
        }
        ask::PrepareRenameRequest::METHOD => {
            call::<ask::PrepareRenameRequest>(session, params, navigation::prepare_rename)
        }
        ask::Rename::METHOD => call::<ask::Rename>(session, params, navigation::rename),
        ask::DocumentSymbolRequest::METHOD => call::<ask::DocumentSymbolRequest>(session, params, symbols::document),
        ask::WorkspaceSymbolRequest::METHOD => {
            call::<ask::WorkspaceSymbolRequest>(session, params, symbols::workspace)
        }
        ask::FoldingRangeRequest::METHOD => call::<ask::FoldingRangeRequest>(session, params, outline::fold),
        ask::SelectionRangeRequest::METHOD => call::<ask::SelectionRangeRequest>(session, params, outline::select),
        ask::DocumentLinkRequest::METHOD => call::<ask::DocumentLinkRequest>(session, params, outline::links),
        ask::SemanticTokensFullRequest::METHOD => {
            call::<ask::SemanticTokensFullRequest>(session, params, tokens::full)
        }
        ask::SemanticTokensRangeRequest::METHOD => {
            call::<ask::SemanticTokensRangeRequest>(session, params, tokens::range)
        }
        ask::InlayHintRequest::METHOD => call::<ask::InlayHintRequest>(session, params, hints::hints),
        ask::Formatting::METHOD => call::<ask::Formatting>(session, params, formatting::document),
        ask::RangeFormatting::METHOD => call::<ask::RangeFormatting>(session, params, formatting::range),
        ask::CodeLensRequest::METHOD => call::<ask::CodeLensRequest>(session, params, hints::lenses),
        ask::CodeActionRequest::METHOD => call::<ask::CodeActionRequest>(session, params, actions::actions),
        ask::DocumentDiagnosticRequest::METHOD => {
            call::<ask::DocumentDiagnosticRequest>(session, params, diagnostics::pull)
        }
        _ => Err(failure(ErrorCode::MethodNotFound, format!("`{method}` is not supported"))),
    }
}

/// Acts on a notification. A malformed one is dropped: there is nowhere to report it.
pub(super) fn notification(session: &mut Session, notification: Notification) {
    let Notification { method, params } = notification;
    guarded(|| _ = act(session, &method, params));
}

fn read<P: DeserializeOwned>(params: Value) -> Option<P> {
    serde_json::from_value(params).ok()
}

fn act(session: &mut Session, method: &str, params: Value) -> Option<()> {
    match method {
        note::DidOpenTextDocument::METHOD => {
            let open = read::<lsp_types::DidOpenTextDocumentParams>(params)?.text_document;
            let key = open.uri.as_str().to_owned();
            let document = Document::new(open.uri, &open.language_id, open.version, open.text, session.encoding);
            session.documents.insert(key.clone(), document);
            session.changed(&key);
        }
        note::DidChangeTextDocument::METHOD => {
            let change = read::<lsp_types::DidChangeTextDocumentParams>(params)?;
            let key = change.text_document.uri.as_str();
            session.documents.get_mut(key)?.change(change.text_document.version, change.content_changes);
            session.changed(key);
        }
        note::DidCloseTextDocument::METHOD => {
            let uri = read::<lsp_types::DidCloseTextDocumentParams>(params)?.text_document.uri;
            session.close(uri.as_str())?;
            diagnostics::clear(session, uri);
        }
        note::DidSaveTextDocument::METHOD => {
            let uri = read::<lsp_types::DidSaveTextDocumentParams>(params)?.text_document.uri;
            let document = session.documents.get(uri.as_str())?;
            match document.kind {
                super::document::Kind::Configuration => session.forget_projects(),
                _ => _ = session.unpublished.insert(uri.as_str().to_owned()),
            }
        }
        note::DidChangeWatchedFiles::METHOD => {
            watch::changed(session, &read::<lsp_types::DidChangeWatchedFilesParams>(params)?.changes);
        }
        note::DidChangeConfiguration::METHOD => {
            let settings = read::<lsp_types::DidChangeConfigurationParams>(params)?.settings;
            session.configure(&settings);
        }
        note::DidChangeWorkspaceFolders::METHOD => {
            let event = read::<lsp_types::DidChangeWorkspaceFoldersParams>(params)?.event;
            let removed: Vec<_> = event.removed.iter().filter_map(|folder| uri::path(&folder.uri)).collect();
            session.folders.retain(|folder| !removed.contains(folder));
            session.folders.extend(event.added.iter().filter_map(|folder| uri::path(&folder.uri)));
            session.forget_projects();
        }
        _ => {}
    }
    Some(())
}
