//! Findings, pushed after changes or pulled by the client.

use std::collections::BTreeMap;
use std::str::FromStr;

use lsp_types::notification::PublishDiagnostics;
use lsp_types::request::WorkspaceDiagnosticRefresh;
use lsp_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag,
    DocumentDiagnosticParams, DocumentDiagnosticReport, DocumentDiagnosticReportResult,
    FullDocumentDiagnosticReport, Location, NumberOrString, PublishDiagnosticsParams,
    RelatedFullDocumentDiagnosticReport, Uri,
};

use super::answer::Answer;
use super::document::{Document, Kind};
use super::position::Positions;
use super::session::Session;
use super::uri;
use crate::finding::{self, Level, Meta};
use crate::text::Problem;

/// What the client shows as the origin of a finding.
const SOURCE: &str = "plimsoll";

/// Publishes the findings of all documents that have changed, and mistakes in their configurations. A client that pulls
/// findings is told to do so again when more than the documents has changed.
pub(super) fn publish(session: &mut Session) {
    let keys = std::mem::take(&mut session.unpublished);
    let is_stale = std::mem::take(&mut session.is_stale);
    for document in keys.iter().filter_map(|key| session.documents.get(key)) {
        if session.client.pulls {
            // Reads its configuration.
            session.settings(document.path.as_deref());
        } else {
            let params = PublishDiagnosticsParams {
                uri: document.uri.clone(),
                diagnostics: of(session, document),
                version: Some(document.version),
            };
            session.notify::<PublishDiagnostics>(params);
        }
    }
    if session.client.refreshes && is_stale {
        session.ask::<WorkspaceDiagnosticRefresh>(());
    }
    publish_problems(session, is_stale);
}

/// Takes the findings of a closed document off the screen.
pub(super) fn clear(session: &Session, uri: Uri) {
    if !session.client.pulls {
        session.notify::<PublishDiagnostics>(PublishDiagnosticsParams { uri, diagnostics: Vec::new(), version: None });
    }
}

/// The findings of one document.
pub(super) fn pull(
    session: &Session,
    params: DocumentDiagnosticParams,
) -> Answer<DocumentDiagnosticReportResult> {
    let document = session.document(&params.text_document.uri);
    let items = document.map(|document| of(session, document)).unwrap_or_default();
    let report = RelatedFullDocumentDiagnosticReport {
        related_documents: None,
        full_document_diagnostic_report: FullDocumentDiagnosticReport { result_id: None, items },
    };
    Ok(DocumentDiagnosticReportResult::Report(DocumentDiagnosticReport::Full(report)))
}

/// The findings of a document, by its kind.
fn of(session: &Session, document: &Document) -> Vec<Diagnostic> {
    match document.kind {
        Kind::Dockerfile | Kind::Compose => {
            let (found, _) = session.lint(document, &document.source, false, &[]);
            found.iter().map(|found| convert(session, document, found)).collect()
        }
        Kind::Bake | Kind::Configuration | Kind::Unknown => Vec::new(),
    }
}

/// A finding as the protocol has it.
pub(super) fn convert(session: &Session, document: &Document, found: &finding::Diagnostic) -> Diagnostic {
    let mut message = found.message.clone().into_owned();
    for help in &found.help {
        message.push_str("\nhelp: ");
        message.push_str(help);
    }
    let related = found.labels.iter().map(|label| DiagnosticRelatedInformation {
        location: Location::new(document.uri.clone(), document.range(label.span)),
        message: label.message.clone().into_owned(),
    });
    let related: Vec<_> = related.filter(|_| session.client.related).collect();
    Diagnostic {
        range: document.range(found.span),
        severity: Some(severity(found.level)),
        code: Some(NumberOrString::String(found.rule.name.to_owned())),
        code_description: page(session, found.rule).map(|href| CodeDescription { href }),
        source: Some(SOURCE.to_owned()),
        message,
        related_information: (!related.is_empty()).then_some(related),
        tags: tag(found.rule).map(|tag| vec![tag]),
        data: None,
    }
}

fn severity(level: Level) -> DiagnosticSeverity {
    match level {
        Level::Error => DiagnosticSeverity::ERROR,
        Level::Warn => DiagnosticSeverity::WARNING,
        Level::Note | Level::Off => DiagnosticSeverity::INFORMATION,
    }
}

fn page(session: &Session, rule: &Meta) -> Option<Uri> {
    let base = session.options.rule_pages.as_deref()?.trim_end_matches('/');
    Uri::from_str(&format!("{base}/{}/{}", rule.practice, rule.name)).ok()
}

/// Clients show what is unnecessary faded, and what is deprecated struck through.
fn tag(rule: &Meta) -> Option<DiagnosticTag> {
    let is = |words: &[&str]| rule.name.split('-').any(|word| words.contains(&word));
    match () {
        () if is(&["unused", "redundant", "repeated", "duplicate"]) => Some(DiagnosticTag::UNNECESSARY),
        () if is(&["maintainer", "outdated", "deprecated", "legacy"]) => Some(DiagnosticTag::DEPRECATED),
        () => None,
    }
}

/// Mistakes in configuration files, at their places. With `is_stale` all have been read again, and those that are fixed go.
fn publish_problems(session: &mut Session, is_stale: bool) {
    let mut files: BTreeMap<String, Vec<Diagnostic>> = BTreeMap::new();
    for problem in session.take_problems() {
        let Some((source, span)) = &problem.place else { continue };
        let Ok(path) = std::path::absolute(source.name()) else { continue };
        let Some(uri) = uri::of(&path) else { continue };
        let range = Positions::new(source.text(), session.encoding).range(source.text(), *span);
        files.entry(uri.as_str().to_owned()).or_default().push(Diagnostic {
            range,
            severity: Some(if problem.fatal { DiagnosticSeverity::ERROR } else { DiagnosticSeverity::WARNING }),
            source: Some(SOURCE.to_owned()),
            message: text(&problem),
            ..Diagnostic::default()
        });
    }
    if is_stale {
        for fixed in std::mem::take(&mut session.faulty) {
            files.entry(fixed).or_default();
        }
    }
    for (key, diagnostics) in files {
        let Ok(uri) = Uri::from_str(&key) else { continue };
        if !diagnostics.is_empty() {
            session.faulty.insert(key);
        }
        session.notify::<PublishDiagnostics>(PublishDiagnosticsParams { uri, diagnostics, version: None });
    }
}

fn text(problem: &Problem) -> String {
    std::iter::once(&problem.message).chain(&problem.help).map(String::as_str).collect::<Vec<_>>().join("\n")
}
