//! Parser directives that are only comments.

use std::sync::LazyLock;

use regex::Regex;

use crate::finding::prelude::*;
use crate::syntax::ItemKind;
use crate::text::suggest;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes);

static DIRECTIVE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[ \t]*#[ \t]*([A-Za-z]+)[ \t]*([=: \t])[ \t]*(\S+)[ \t\r]*$").expect("the pattern is constant")
});

fn check(cx: &Cx<'_>) {
    let has_syntax = cx.model.file.directives().any(|directive| directive.name == "syntax");
    let (mut above, mut instructions) = (false, 0);
    for item in &cx.model.file.items {
        match item.kind {
            ItemKind::Comment => {}
            ItemKind::Instruction(_) => {
                (above, instructions) = (true, instructions + 1);
                continue;
            }
            ItemKind::Blank => {
                above = true;
                continue;
            }
            ItemKind::Directive(_) | ItemKind::Bom => continue,
        }
        let line = cx.text(item.span).trim_end_matches(['\r', '\n']);
        let first = !std::mem::replace(&mut above, true);
        // Most comments are sentences.
        let is_short = line.split_ascii_whitespace().nth(4).is_none();
        let Some(found) = is_short.then(|| DIRECTIVE.captures(line)).flatten() else {
            continue;
        };
        let (word, sign, value) = (&found[1], &found[2], &found[3]);
        let name = word.to_ascii_lowercase();
        let of_docker = value.contains("docker/dockerfile");
        let escape = matches!(value, "`" | "\\");
        let span = Span::new(
            item.span.start() + line.len() - line.trim_start().len(),
            item.span.start() + line.trim_end().len(),
        );
        let known = name == "syntax" && of_docker || name == "escape" && escape;
        if known && sign == "=" {
            let message = format!("this `# {name}=` is only a comment: the directive must be at the very top");
            let fix = (!first && name == "syntax" && !has_syntax && !cx.source.text().starts_with(['\u{feff}', '#']))
                .then(|| top(item.span, cx))
                .flatten();
            let mut found = cx.report(span, message);
            found.help("move it to the first line; only other directives may come before it");
            found.fix(fix);
        } else if known && instructions == 0 {
            cx.report(span, format!("this `# {name}` is only a comment: a directive needs an equals sign"))
                .variant("no-equals-sign")
                .help(format!("write `# {name}={}`", value.replace('`', "'")));
        } else if instructions == 0 && sign == "=" && (of_docker || escape) {
            let meant =
                suggest::nearest(word, ["syntax", "escape"]).unwrap_or(if of_docker { "syntax" } else { "escape" });
            cx.report(span, format!("`{word}` is not a parser directive, so this is only a comment"))
                .variant("unknown-name")
                .help(format!("did you mean `# {meant}={}`?", value.replace('`', "'")));
        }
    }
}

/// A fix that moves the line to the top of the file.
fn top(line: Span, cx: &Cx<'_>) -> Option<Fix> {
    let text = cx.text(line).trim_start();
    let edits = [Edit::insert(0, text), Edit::delete(line)];
    Fix::new(Safety::Unsafe, "move it to the top", edits).filter(|_| text.ends_with('\n'))
}
