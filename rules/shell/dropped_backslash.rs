//! Finds backslashes before characters that need none: the shell drops them.

use crate::finding::prelude::*;
use crate::shell::reader::PartKind;
use crate::shell::survey::{Kind, Role};

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC1001", "SC1012"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for &at in &survey.parts {
        let Some(part) = survey.part(at).filter(|part| matches!(part.kind, PartKind::Escape)) else { continue };
        let Some(Kind::Word(_)) = survey.parent(at).map(|above| survey.kind(above)) else { continue };
        // `\cp` keeps an alias from being used.
        let is_name = survey.parent(at).is_some_and(|word| {
            survey.role(word) == Role::Argument(0) && survey.span(word).start() == part.span.start()
        });
        if is_name {
            continue;
        }
        let text = survey.slice(part.span);
        let Some(behind) = text.get(1..).and_then(|rest| rest.chars().next()) else { continue };
        let code = match behind {
            'n' | 't' | 'r' => "SC1012",
            '-' | '_' | '/' | ':' | '%' | '=' => "SC1001",
            _ if behind.is_ascii_alphanumeric() => "SC1001",
            _ => continue,
        };
        let start = part.span.start();
        cx.report(script.span(Span::new(start, start + 1)), format!("the shell changes `{text}` to `{behind}`"))
            .variant(code)
            .help("quote the word to keep the backslash");
    }
}
