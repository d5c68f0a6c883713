//! BuildKit features used without a `# syntax=` line.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes);

fn check(cx: &Cx<'_>) {
    if cx.model.file.directives().any(|directive| directive.name == "syntax") {
        return;
    }
    let modern = |instruction: &&Instruction| {
        let flag = instruction.flags.iter().find(|flag| {
            !matches!(flag.name.as_str(), "from" | "chown" | "platform") && instruction.keyword != Keyword::Healthcheck
        });
        let heredoc = instruction.heredocs.first().map(|heredoc| heredoc.opener);
        flag.map(|flag| flag.span).or(heredoc)
    };
    let Some(span) = cx.model.file.instructions().find_map(|instruction| modern(&instruction)) else {
        return;
    };
    let line_end = cx.source.line_end();
    let edit = Edit::insert(0, format!("# syntax=docker/dockerfile:1{line_end}"));
    let plain = !cx.source.text().starts_with(['\u{feff}', '#']);
    cx.report(span, "this needs BuildKit, but the file has no `# syntax=` line")
        .help("start the file with `# syntax=docker/dockerfile:1`, so that every builder parses it the same way")
        .fix(Fix::new(Safety::Unsafe, "add `# syntax=docker/dockerfile:1`", [edit]).filter(|_| plain));
}
