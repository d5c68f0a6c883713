//! Finds patterns for `find` and `grep` that the shell expands first.

use crate::finding::prelude::*;
use crate::knowledge::shell_words;
use crate::shell::reader::{PartKind, Word};

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Sometimes).aka(&["SC2061", "SC2062"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for simple in &survey.simples {
        let (name, args) = simple.called(survey);
        match &*name {
            "find" => {
                for pair in args.windows(2) {
                    let takes = survey.bare(pair[0]).is_some_and(|option| shell_words::FIND_PATTERNS.contains(&option));
                    if takes && survey.is_glob(pair[1]) {
                        report(script, cx, pair[1], "SC2061", "find");
                    }
                }
            }
            "grep" => {
                let pattern = survey.operands(args).next();
                if let Some(pattern) = pattern.filter(|pattern| survey.is_glob(*pattern)) {
                    report(script, cx, pattern, "SC2062", "grep");
                }
            }
            _ => {}
        }
    }
}

fn report(script: &ScriptView<'_, '_>, cx: &Cx<'_>, word: Word, code: &'static str, name: &str) {
    let span = script.span(word.span);
    let shown = script.survey.slice(word.span);
    let parts = &script.tree()[word.parts];
    let plain = parts
        .iter()
        .all(|part| matches!(part.kind, PartKind::Literal | PartKind::Star | PartKind::Question | PartKind::Set(_)));
    let edits = [Edit::insert(span.start(), "'"), Edit::insert(span.end(), "'")];
    let fix = Fix::new(Safety::Unsafe, "put it in quotes", edits).filter(|_| plain && !shown.contains('\''));
    cx.report(span, format!("the shell expands `{shown}` before it is passed to `{name}`"))
        .variant(code)
        .help("put the pattern in quotes")
        .fix(fix);
}
