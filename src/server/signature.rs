//! Signature help: the forms of an instruction, and which argument is being written.

use lsp_types::{
    Documentation, ParameterInformation, ParameterLabel, SignatureHelp, SignatureHelpParams, SignatureInformation,
};

use super::answer::Answer;
use super::instruction_docs;
use super::session::{Session, View};
use crate::syntax::Instruction;

pub(super) fn help(session: &Session, params: SignatureHelpParams) -> Answer<Option<SignatureHelp>> {
    let place = params.text_document_position_params;
    let found = session.view(&place.text_document.uri, |view| {
        let at = view.document.offset(place.position);
        let instruction = view.document.instruction_at(at)?;
        let is_inside = instruction.keyword_span.end() < at
            && view.document.line_of(at) <= view.document.line_of(instruction.span.end())
            && instruction.heredocs.iter().all(|heredoc| at < heredoc.body.start());
        is_inside.then(|| signatures(view, instruction, at))
    });
    Ok(found.flatten())
}

fn signatures(view: &View<'_>, instruction: &Instruction, at: usize) -> SignatureHelp {
    let doc = instruction_docs::instruction(instruction.keyword);
    let written = &view.document.text()[instruction.keyword_span.end()..at];
    let json = written.trim_start().starts_with('[');
    let signature = |form: &&str| {
        let parameters = form.split(' ').skip(1).map(|word| ParameterInformation {
            label: ParameterLabel::Simple(word.to_owned()),
            documentation: None,
        });
        SignatureInformation {
            label: (*form).to_owned(),
            documentation: Some(Documentation::String(doc.text.to_owned())),
            parameters: Some(parameters.collect()),
            active_parameter: None,
        }
    };
    let signatures: Vec<_> = doc.forms.iter().map(signature).collect();
    let form = doc.forms.iter().position(|form| form.contains("[\"") == json).unwrap_or(0);
    let words: Vec<_> = written.split_whitespace().collect();
    let starts_next = written.ends_with([' ', '\t']);
    let flags = words.iter().filter(|word| word.starts_with("--")).count();
    let has_flags = doc.forms.get(form).is_some_and(|form| form.contains("[flags]") || form.contains("[--"));
    let arguments = (words.len() - flags + usize::from(starts_next)).saturating_sub(1);
    let writes_flag = !starts_next && words.last().is_some_and(|word| word.starts_with('-'));
    let active = if writes_flag { 0 } else { arguments + usize::from(has_flags) };
    let most = signatures.get(form).and_then(|it| it.parameters.as_ref()).map_or(0, Vec::len).saturating_sub(1);
    SignatureHelp {
        signatures,
        active_signature: Some(form as u32),
        active_parameter: Some(active.min(most) as u32),
    }
}
