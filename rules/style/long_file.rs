//! Files that are too long to read.

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

fn check(cx: &mut Cx<'_>) {
    let most = cx.options::<Options>().max_lines;
    let lines = cx.source.line_count();
    if lines <= most {
        return;
    }
    let first = cx.source.line_span(most);
    cx.report(first, format!("this file has {lines} lines, more than {most}")).help(
        "split it: images that share a part are `FROM` a common one, and long scripts go into files of their own",
    );
}
