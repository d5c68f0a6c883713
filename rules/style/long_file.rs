//! Files with too many lines.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnFile(check)]).options::<Options>();

#[derive(serde::Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Options {
    max_lines: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { max_lines: 200 }
    }
}

fn check(cx: &Cx<'_>) {
    let most = cx.options::<Options>().max_lines;
    let lines = cx.source.line_count();
    if lines <= most {
        return;
    }
    let first = cx.source.line_span(most);
    cx.report(first, format!("the file has {lines} lines (maximum {most})"))
        .help("split it: move shared parts into a common base image, and long scripts into separate files");
}
