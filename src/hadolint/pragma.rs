//! Comments that silence rules, read as strictly as hadolint reads them.

use super::facts::Line;
use super::{Finding, Sink};
use crate::syntax::{Dockerfile, ItemKind, Keyword};
use crate::text::{Source, Span};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// The next line only.
    Line,
    Stage,
    File,
}

/// Codes that a comment on this line silences.
struct Pragma {
    line: usize,
    span: Span,
    reach: Reach,
    codes: Vec<String>,
}

fn pragmas(source: &Source, file: &Dockerfile) -> Vec<Pragma> {
    let comments = file.items.iter().filter(|item| matches!(item.kind, ItemKind::Comment));
    let pragma = |item: &crate::syntax::Item| {
        let text = source.slice(item.span).trim();
        let (reach, codes) = read(text.strip_prefix('#')?)?;
        Some(Pragma { line: source.line_column(item.span.start()).0, span: item.span, reach, codes })
    };
    comments.filter_map(pragma).collect()
}

/// ` hadolint [global|stage] ignore=DL3006,SC2086 [# reason]`.
fn read(comment: &str) -> Option<(Reach, Vec<String>)> {
    let body = comment.trim().strip_prefix("hadolint")?;
    let body = body.strip_prefix([' ', '\t'])?.trim_start();
    let (reach, body) = match body.split_once([' ', '\t']) {
        Some(("global", rest)) => (Reach::File, rest.trim_start()),
        Some(("stage", rest)) => (Reach::Stage, rest.trim_start()),
        _ => (Reach::Line, body),
    };
    let list = body.strip_prefix("ignore")?.trim_start().strip_prefix('=')?;
    let list = list.split('#').next().unwrap_or_default().trim();
    let codes: Vec<String> = list.split(',').map(|code| code.trim().to_owned()).collect();
    let is_code = |code: &String| !code.is_empty() && code.chars().all(|char| "DLSC0123456789".contains(char));
    codes.iter().all(is_code).then_some((reach, codes))
}

/// DL1001, which is off by default: each comment for a line.
pub(super) fn report(source: &Source, file: &Dockerfile, lines: &[Line<'_>], sink: &mut Sink<'_>) {
    for pragma in pragmas(source, file).iter().filter(|pragma| pragma.reach == Reach::Line) {
        if let Some(line) = lines.first() {
            let (number, span) = (pragma.line, pragma.span);
            let at = Line { number, span, instruction: line.instruction, stage: None, onbuild: false, script: None };
            sink.add("DL1001", &at);
        }
    }
}

/// Takes out what comments cover.
pub(super) fn apply(source: &Source, file: &Dockerfile, lines: &[Line<'_>], found: &mut Vec<Finding>) {
    let pragmas = pragmas(source, file);
    if pragmas.is_empty() {
        return;
    }
    let stage_end = |from: usize| {
        let mut froms = lines.iter().filter(|line| line.is(Keyword::From)).map(|line| line.number);
        froms.find(|number| *number > from).unwrap_or(usize::MAX)
    };
    found.retain(|found| {
        let covers = |pragma: &Pragma| match pragma.reach {
            Reach::File => true,
            Reach::Line => found.line == pragma.line + 1,
            // The FROM below it is not covered.
            Reach::Stage => {
                let from = pragma.line + 1;
                let is_from = lines.iter().any(|line| line.number == from && line.is(Keyword::From));
                is_from && (from + 1..stage_end(from)).contains(&found.line)
            }
        };
        !pragmas.iter().any(|pragma| pragma.codes.iter().any(|code| code == found.code) && covers(pragma))
    });
}

/// The shells that `# hadolint shell=…` comments name, each with its line.
pub(super) fn shells(source: &Source, file: &Dockerfile) -> Vec<(usize, String)> {
    let comments = file.items.iter().filter(|item| matches!(item.kind, ItemKind::Comment));
    let shell = |item: &crate::syntax::Item| {
        let text = source.slice(item.span).trim().strip_prefix('#')?.trim_start();
        let text = text.strip_prefix("hadolint")?.strip_prefix([' ', '\t'])?.trim_start();
        let name = text.strip_prefix("shell")?.trim_start().strip_prefix('=')?.trim();
        (!name.is_empty()).then(|| (source.line_column(item.span.start()).0, name.to_owned()))
    };
    comments.filter_map(shell).collect()
}
