//! Which instruction made which layer: the image's history beside the Dockerfile.

use std::collections::HashMap;

use super::manifest::HistoryEntry;
use crate::model::{Base, Model, Stage};
use crate::syntax::Keyword;
use crate::text::{Source, Span};

/// What put bytes into an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The instruction; for the base image, the FROM. `None` if the Dockerfile is not known.
    pub span: Option<Span>,
    /// From 1; 0 if the Dockerfile is not known.
    pub line: usize,
    /// `RUN`, `COPY`; `FROM` for the base image.
    pub keyword: String,
    /// The instruction on one line, or the history's entry.
    pub text: String,
    pub is_base: bool,
}

/// The origins of an image, the base image first, and for each layer the index of its origin.
#[derive(Clone, Debug, Default)]
pub(super) struct Attribution {
    pub origins: Vec<Origin>,
    pub layers: Vec<usize>,
    /// Whether every instruction that makes a layer was found in the history.
    pub complete: bool,
}

/// How much of an instruction is kept to show it, in characters.
const MAX_TEXT: usize = 300;

/// The keyword of an entry, as BuildKit, Docker's old builder or Buildah write it.
fn keyword(created_by: &str) -> Option<Keyword> {
    let text = created_by.trim();
    let own = text.split_once("#(nop)").map_or(text, |(_, rest)| rest.trim_start());
    let word = own.split_whitespace().next().unwrap_or_default();
    let named = Keyword::ALL.into_iter().find(|keyword| keyword.as_str() == word);
    // Old builders write the command of a RUN alone.
    named.or_else(|| (text.starts_with('|') || text.starts_with('/')).then_some(Keyword::Run))
}

/// The origins by an image's history alone.
pub(super) fn of_history(history: &[HistoryEntry], layers: usize) -> Attribution {
    let mut found = Attribution { complete: true, ..Attribution::default() };
    for entry in history {
        let keyword = keyword(&entry.created_by).map_or("step", Keyword::as_str).to_owned();
        let text = Some(one_line(&entry.created_by)).filter(|text| !text.is_empty());
        let text = text.unwrap_or_else(|| "step without an instruction".to_owned());
        if !entry.empty_layer && found.layers.len() < layers {
            found.layers.push(found.origins.len());
        }
        found.origins.push(Origin { span: None, line: 0, keyword, text, is_base: false });
    }
    let unknown = found.origins.len();
    if found.layers.len() < layers {
        let text = "layers without history".to_owned();
        found.origins.push(Origin { span: None, line: 0, keyword: "step".to_owned(), text, is_base: false });
        found.layers.resize(layers, unknown);
    }
    found
}

/// The origins by the Dockerfile that the image was built from: its `target`, or the last stage.
pub(super) fn of_model(model: &Model<'_>, target: Option<&str>, history: &[HistoryEntry], layers: usize) -> Attribution {
    let is_target = |stage: &&Stage<'_>| target.is_some_and(|name| stage.is_named(name));
    let Some(stage) = model.stages.iter().find(is_target).or(model.stages.last()) else {
        return of_history(history, layers);
    };
    let source = model.source;
    let root = stage.lineage(model).last().unwrap_or(stage);
    let has_base = !matches!(root.base, Base::Scratch);
    let mut origins = vec![origin(source, root.from.span, "FROM", has_base)];
    let steps: Vec<_> = stage.history(model).collect();
    let (mut entry, mut step) = (history.len(), steps.len());
    // By entry of the history, the step that made it.
    let mut made_by = vec![None; history.len()];
    let mut missed = 0;
    let mut left: HashMap<&str, usize> = HashMap::new();
    steps.iter().for_each(|step| *left.entry(step.keyword().as_str()).or_default() += 1);
    while entry > 0 && step > 0 {
        let (seen, wanted) = (keyword(&history[entry - 1].created_by), steps[step - 1].keyword());
        if seen == Some(wanted) {
            made_by[entry - 1] = Some(step - 1);
            (entry, step) = (entry - 1, step - 1);
        } else if seen.is_none_or(|seen| left.get(seen.as_str()).is_none_or(|count| *count == 0)) {
            // Builders add labels of their own.
            entry -= 1;
            continue;
        } else {
            missed += usize::from(makes_layer(wanted));
            step -= 1;
        }
        left.entry(wanted.as_str()).and_modify(|count| *count -= 1);
    }
    missed += steps[..step].iter().filter(|step| makes_layer(step.keyword())).count();
    origins.extend(steps.iter().map(|it| origin(source, it.instruction.span, it.keyword().as_str(), false)));
    let with_layer = history.iter().zip(&made_by).filter(|(entry, _)| !entry.empty_layer);
    let mut by_layer: Vec<usize> = with_layer.map(|(_, step)| step.map_or(0, |step| step + 1)).collect();
    // Without a complete history the lowest layers are the base image's.
    if by_layer.len() < layers {
        by_layer.splice(0..0, std::iter::repeat_n(0, layers - by_layer.len()));
    }
    by_layer.truncate(layers);
    Attribution { origins, layers: by_layer, complete: missed == 0 }
}

fn makes_layer(keyword: Keyword) -> bool {
    matches!(keyword, Keyword::Run | Keyword::Copy | Keyword::Add)
}

fn origin(source: &Source, span: Span, keyword: &str, is_base: bool) -> Origin {
    let line = source.line_column(span.start()).0;
    Origin { span: Some(span), line, keyword: keyword.to_owned(), text: one_line(source.slice(span)), is_base }
}

fn one_line(text: &str) -> String {
    let words = text.replace("\\\n", " ").replace("\\\r\n", " ");
    words.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MAX_TEXT).collect()
}

/// The history of an image as a text with one line for each step, in place of its Dockerfile; the lines of the weight then
/// refer to it.
pub fn history_source(weight: &mut super::Weight) -> Source {
    let mut text = String::new();
    for (index, line) in weight.lines.iter_mut().enumerate() {
        let start = text.len();
        let own = if line.origin.text.is_empty() { "#" } else { &line.origin.text };
        text.push_str(own);
        line.origin.span = Some(Span::new(start, text.len()));
        line.origin.line = index + 1;
        text.push('\n');
    }
    Source::new(weight.name.clone(), text)
}
