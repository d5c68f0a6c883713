//! What is known of the thing under the cursor.

use std::fmt::Write as _;

use lsp_types::{Hover, HoverContents, HoverParams, MarkupContent, MarkupKind, Position};

use super::answer::Answer;
use super::document::{Document, Kind};
use super::occurrences::{self, Symbol};
use super::session::{Session, View};
use super::{compose_hover, image_facts, instruction_docs};
use crate::config::KEYS;
use crate::finding::Meta;
use crate::lint::registry;
use crate::model::{Base, Model, Setting, Stage, State, Tri, Variable, VariableKind};
use crate::syntax::{Args, Instruction, ItemKind};
use crate::text::Span;

pub(super) fn hover(session: &Session, params: HoverParams) -> Answer<Option<Hover>> {
    let place = params.text_document_position_params;
    let Some(document) = session.document(&place.text_document.uri) else { return Ok(None) };
    let found = match document.kind {
        Kind::Dockerfile => session.view(&document.uri, |view| in_dockerfile(view, place.position)).flatten(),
        Kind::Compose => {
            let at = document.offset(place.position);
            compose_hover::at(session, document, at).or_else(|| rule_at(document, at))
        }
        Kind::Configuration => {
            let at = document.offset(place.position);
            rule_at(document, at).or_else(|| setting_at(document, at))
        }
        Kind::Bake | Kind::Unknown => None,
    };
    let Some((span, text)) = found else { return Ok(None) };
    let markdown = session.client.markdown;
    let contents = MarkupContent {
        kind: if markdown { MarkupKind::Markdown } else { MarkupKind::PlainText },
        value: if markdown { text } else { text.replace(['*', '`'], "") },
    };
    Ok(Some(Hover { contents: HoverContents::Markup(contents), range: Some(document.range(span)) }))
}

type Found = (Span, String);

fn in_dockerfile(view: &View<'_>, position: Position) -> Option<Found> {
    let document = view.document;
    let at = document.offset(position);
    let items = &document.file().items;
    let index = items.partition_point(|item| item.span.start() <= at);
    let item = items[..index].last()?;
    match &item.kind {
        ItemKind::Comment => rule_at(document, at),
        ItemKind::Directive(directive) if directive.name_span.contains(Span::at(at)) => {
            let text = match directive.name.as_str() {
                "syntax" => "The image of the frontend that reads this file.",
                "escape" => "The character that continues a line: `\\` or `` ` ``.",
                _ => "How BuildKit checks this file: `skip=…`, `error=true`.",
            };
            Some((directive.name_span, text.to_owned()))
        }
        ItemKind::Instruction(_) => {
            let instruction = document.instruction_at(at)?;
            name_at(view, at).or_else(|| in_instruction(view, instruction, at))
        }
        _ => None,
    }
}

fn in_instruction(view: &View<'_>, instruction: &Instruction, at: usize) -> Option<Found> {
    let touches = |span: Span| span.start() <= at && at <= span.end();
    if touches(instruction.keyword_span) {
        let doc = instruction_docs::instruction(instruction.keyword);
        let forms = doc.forms.join("\n");
        let mut text = format!("```dockerfile\n{forms}\n```\n\n{}", doc.text);
        if let Some(state) = state_at(view.model, at) {
            let _ = write!(text, "\n\n{}", state_facts(view.model, state.0, state.1));
        }
        return Some((instruction.keyword_span, text));
    }
    if let Some(flag) = instruction.flags.iter().find(|flag| touches(flag.name_span)) {
        let text = instruction_docs::flag(instruction.keyword, &flag.name)?;
        return Some((flag.name_span, format!("`--{}`\n\n{text}", flag.name)));
    }
    if let Args::From(from) = &instruction.args
        && let Some(image) = from.image.as_ref().filter(|image| touches(image.span))
    {
        let stage = view.model.stages.iter().find(|stage| stage.from.span == instruction.span)?;
        let text = match &stage.base {
            Base::Image(image) => image_text(image)?,
            Base::Scratch => "**scratch**\n\nAn empty image: no shell, no files, no users.".to_owned(),
            _ => return None,
        };
        return Some((image.span, text));
    }
    let used = view.model.images().find(|used| touches(used.image.span))?;
    Some((used.image.span, image_text(used.image)?))
}

fn image_text(image: &crate::model::ImageRef) -> Option<String> {
    let facts = image_facts::of(image);
    let expanded = image.value.as_ref().filter(|value| **value != image.written);
    match (facts, expanded) {
        (facts, Some(value)) => Some(format!("`{value}`\n\n{}", facts.unwrap_or_default())),
        (facts, None) => facts,
    }
}

fn name_at(view: &View<'_>, at: usize) -> Option<Found> {
    let (hit, _) = occurrences::at(view.model, at)?;
    let name = view.model.source.slice(hit.span);
    let text = match hit.symbol {
        Symbol::Stage(index) => stage_text(view.model, view.model.stage(index)?),
        Symbol::Variable(_) => variable_text(view, name, at)?,
        Symbol::Script(..) | Symbol::Heredoc(_) => return None,
    };
    Some((hit.span, text))
}

/// The stage that a byte is in, and the state before the instruction there.
fn state_at<'m, 'a>(model: &'m Model<'a>, at: usize) -> Option<(&'m Stage<'a>, &'m State)> {
    let index = model.stages.partition_point(|stage| stage.from.span.start() <= at);
    let stage = model.stages[..index].last()?;
    let step = stage.steps.partition_point(|step| step.instruction.span.start() <= at);
    let step = stage.steps[..step].last()?;
    Some((stage, &step.state))
}

/// `None` for a variable that nothing sets before: the base image's, or the shell's own.
fn variable_text(view: &View<'_>, name: &str, at: usize) -> Option<String> {
    let model = view.model;
    let state = state_at(model, at);
    // At its own definition a variable has the value that it is given there.
    let is_defined_here = |variable: &&Variable| variable.span.is_some_and(|span| span.contains(Span::at(at)));
    let after = model.stages.iter().filter_map(|stage| stage.end.variables.get(name)).find(is_defined_here);
    let global = model.globals.get(name);
    let variable = after.or(global.filter(is_defined_here)).or_else(|| match state {
        Some((_, state)) => state.variables.get(name),
        None => global,
    })?;
    let mut text = match &variable.value {
        Some(value) => format!("```\n{name}={}\n```", value.replace("```", "'''")),
        None if variable.unset => format!("`{name}` has no value unless `--build-arg` sets it."),
        None => format!("`{name}`: its value is not known."),
    };
    let origin = match variable.kind {
        VariableKind::Arg => "build argument",
        VariableKind::Env => "environment variable of the image",
        VariableKind::Predefined => "set by BuildKit",
        VariableKind::BuildArg => "build argument, set by the configuration",
    };
    let _ = write!(text, "\n\n{origin}");
    if let Some(span) = variable.span {
        let line = view.document.line_of(span.start()) + 1;
        let _ = write!(text, ", from line {line}");
    }
    Some(text)
}

fn setting(setting: Option<&Setting>) -> Option<&str> {
    setting?.value.as_deref()
}

/// User and working directory at a point.
fn state_facts(model: &Model<'_>, stage: &Stage<'_>, state: &State) -> String {
    let user = match (setting(state.user.as_deref()), stage.base_runs_as_root(model)) {
        (Some(user), _) => format!("`{user}`"),
        (None, Tri::Yes) if state.user.is_none() => "`root`, from the base image".to_owned(),
        (None, Tri::No) if state.user.is_none() => "the base image's, which is not root".to_owned(),
        _ => "not known".to_owned(),
    };
    let directory = setting(state.workdir.as_deref()).map_or_else(|| "not known".to_owned(), |it| format!("`{it}`"));
    format!("user: {user}; directory: {directory}")
}

fn stage_text(model: &Model<'_>, stage: &Stage<'_>) -> String {
    let title = stage.name.map_or_else(|| format!("stage {}", stage.index), |name| name.text.clone());
    let base = model.source.slice(stage.from.args_span);
    let shipped = match (stage.in_final, stage.reaches_final) {
        (true, _) => "its layers are part of the image",
        (false, true) => "the image takes files from it",
        (false, false) => "the image does not need it",
    };
    let mut text = format!("**{title}**\n\n- `FROM {}`\n- {shipped}\n", base.replace(['\n', '\r', '`'], " "));
    let _ = writeln!(text, "- {}", state_facts(model, stage, &stage.end));
    let mut variables: Vec<_> = stage
        .end
        .variables
        .iter()
        .filter(|(_, variable)| variable.kind == VariableKind::Env)
        .map(|(name, variable)| format!("{name}={}", variable.value.as_deref().unwrap_or("?")))
        .collect();
    variables.sort();
    variables.truncate(20);
    if !variables.is_empty() {
        let _ = write!(text, "\n```\n{}\n```", variables.join("\n").replace("```", "'''"));
    }
    text
}

/// The word of letters, digits and hyphens around a byte.
fn word_at(text: &str, at: usize) -> Option<Span> {
    let is_word = |char: char| char.is_ascii_alphanumeric() || char == '-';
    let start = text[..at].rfind(|char| !is_word(char)).map_or(0, |before| before + 1);
    let start = (start..=at).find(|start| text.is_char_boundary(*start))?;
    let end = text[at..].find(|char| !is_word(char)).map_or(text.len(), |after| at + after);
    Some(Span::new(start, end))
}

/// The page of the rule whose name is under the cursor, in a comment or in `plimsoll.toml`.
fn rule_at(document: &Document, at: usize) -> Option<Found> {
    let span = word_at(document.text(), at)?;
    let word = &document.text()[span.range()];
    let named = |meta: &Meta| meta.name == word || meta.aka.contains(&word);
    let rule = registry::all().iter().find(|entry| named(&entry.meta))?;
    Some((span, page(&rule.meta)))
}

/// The key of `plimsoll.toml` under the cursor.
fn setting_at(document: &Document, at: usize) -> Option<Found> {
    let span = word_at(document.text(), at)?;
    let key = KEYS.iter().find(|key| key.name == &document.text()[span.range()])?;
    Some((span, format!("`{}`\n\n{}", key.name, key.summary)))
}

/// A rule's page, up to its examples.
fn page(rule: &Meta) -> String {
    let body = rule.page.split("\n## Examples").next().unwrap_or_default().trim();
    format!("{body}\n\npractice `{}`, level `{}`", rule.practice, rule.level.as_str())
}
