//! Finds very long lines in `RUN` instructions.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnRun(check)]).options::<Options>();

#[derive(serde::Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// Maximum number of characters per line of a RUN.
    max: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { max: 160 }
    }
}

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let max = cx.options::<Options>().max;
    let span = step.instruction.span;
    let mut start = span.start();
    for line in cx.text(span).split_inclusive('\n') {
        let text = line.trim_end();
        // A long URL cannot be broken.
        let breakable = text.split_whitespace().all(|word| word.chars().count() <= max / 2);
        if let Some((at, _)) = text.char_indices().nth(max).filter(|_| breakable) {
            let over = Span::new(start + at, start + text.len());
            cx.report(over, format!("line has {} characters (maximum {max})", text.chars().count()))
                .help("break it with `\\` after each command, or use a heredoc");
        }
        start += line.len();
    }
}
