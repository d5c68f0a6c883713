//! What the file does not show: inlay hints, and lenses that verify and weigh.

use lsp_types::{
    CodeLens, CodeLensParams, Command, InlayHint, InlayHintKind, InlayHintLabel, InlayHintParams,
};

use super::answer::Answer;
use super::session::{Session, View};
use crate::model::{Base, Stage, Step, Tri};
use crate::syntax::{Args, Keyword};
use crate::text::Span;

/// The expanded image, whether the stage ships, the resolved directory, and who runs the container.
pub(super) fn hints(session: &Session, params: InlayHintParams) -> Answer<Option<Vec<InlayHint>>> {
    Ok(session.view(&params.text_document.uri, |view| {
        let wanted = view.document.span(params.range);
        let mut hints = Vec::new();
        for stage in &view.model.stages {
            of_stage(view, stage, wanted, &mut hints);
            for step in &stage.steps {
                if wanted.contains(Span::at(step.instruction.span.start())) {
                    hints.extend(of_step(view, stage, step));
                }
            }
        }
        hints
    }))
}

fn hint(view: &View<'_>, at: usize, label: String) -> InlayHint {
    InlayHint {
        position: view.document.position(at),
        label: InlayHintLabel::String(label),
        kind: None,
        text_edits: None,
        tooltip: None,
        padding_left: Some(true),
        padding_right: None,
        data: None,
    }
}

fn of_stage(view: &View<'_>, stage: &Stage<'_>, wanted: Span, hints: &mut Vec<InlayHint>) {
    if !wanted.contains(Span::at(stage.from.span.start())) {
        return;
    }
    if let (Base::Image(image), Args::From(from)) = (&stage.base, &stage.from.args)
        && let (Some(value), Some(word)) = (&image.value, &from.image)
        && *value != image.written
    {
        hints.push(hint(view, word.span.end(), format!("= {value}")));
    }
    if !stage.in_final && view.model.stages.len() > 1 {
        let label = if stage.reaches_final { "not shipped" } else { "not used" };
        hints.push(hint(view, stage.from.span.end(), label.to_owned()));
    }
}

fn of_step(view: &View<'_>, stage: &Stage<'_>, step: &Step<'_>) -> Option<InlayHint> {
    let end = step.instruction.args_span.end();
    match step.keyword() {
        // The state is the one before the step: what follows knows the directory.
        Keyword::Workdir => {
            let after = stage.steps.get(step.index + 1).map_or(&stage.end, |next| &next.state);
            let directory = after.workdir.as_ref()?.value.as_deref()?;
            let written = view.model.source.slice(step.instruction.args_span);
            (directory != written.trim_end_matches('/')).then(|| hint(view, end, format!("= {directory}")))
        }
        Keyword::Cmd | Keyword::Entrypoint if stage.is_final => {
            let user = match &stage.end.user {
                Some(user) => user.value.clone()?,
                None if stage.base_runs_as_root(view.model) == Tri::Yes => "root".to_owned(),
                None => return None,
            };
            let directory = stage.end.workdir.as_ref().and_then(|directory| directory.value.as_deref());
            let directory = directory.map(|it| format!(" in {it}")).unwrap_or_default();
            let mut made = hint(view, end, format!("as {user}{directory}"));
            made.kind = Some(InlayHintKind::PARAMETER);
            Some(made)
        }
        _ => None,
    }
}

/// Commands of the client, above the final stage.
pub(super) fn lenses(session: &Session, params: CodeLensParams) -> Answer<Option<Vec<CodeLens>>> {
    let lens = |view: &View<'_>, title: &str, command: &str| {
        let stage = view.model.final_stage()?;
        let uri = serde_json::Value::from(view.document.uri.as_str());
        Some(CodeLens {
            range: view.document.range(stage.from.keyword_span),
            command: Some(Command::new(title.to_owned(), command.to_owned(), Some(vec![uri]))),
            data: None,
        })
    };
    Ok(session.view(&params.text_document.uri, |view| {
        let offered = [("Verify the fixes", "plimsoll.verify"), ("Weigh the image", "plimsoll.weigh")];
        let wanted = offered.into_iter().filter(|_| has_engine());
        wanted.filter_map(|(title, command)| lens(view, title, command)).collect()
    }))
}

/// Whether the program of an engine is in `PATH`.
fn has_engine() -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let names = ["docker", "podman", "nerdctl", "buildah"];
    std::env::split_paths(&path).any(|directory| names.iter().any(|name| directory.join(name).is_file()))
}
