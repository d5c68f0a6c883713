//! Finds words after the script of `sh -c`, which the script does not use.

use crate::finding::prelude::*;
use crate::knowledge::programs::{self, Class};
use crate::shell::exec_form::{join_words, json_array};

pub const RULE: Rule = Rule::new(
    Level::Warn,
    "0.1.0",
    &[Check::OnInstruction(&[Keyword::Run, Keyword::Cmd, Keyword::Entrypoint, Keyword::Healthcheck], check)],
)
.linux_only()
.fix(Fixable::Sometimes);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some([shell, flag, script, rest @ ..]) = step.instruction.exec_items() else { return };
    let name = shell.value.rsplit('/').next().unwrap_or_default();
    let takes_script = flag.value.starts_with('-') && !flag.value.starts_with("--") && flag.value.ends_with('c');
    let Some(first) = rest.first().filter(|_| programs::class(name).is(Class::SHELL) && takes_script) else { return };
    // A lone `--` only stands for the script's name.
    if reads_arguments(&script.value) || rest.iter().all(|item| item.value.starts_with("--") && item.value.len() == 2) {
        return;
    }
    let one_word = !script.value.trim().is_empty() && !script.value.contains(char::is_whitespace);
    let last = rest.last().unwrap_or(first);
    let span = first.span.cover(last.span);
    let mut found = cx.report(span, format!("`{name} -c` ignores this: only the first string after it is the script"));
    if !one_word {
        // The words may be there for a `CMD`, or for arguments when the container is started.
        found.at_most(Level::Note);
    }
    let words: Vec<&str> = std::iter::once(script).chain(rest).map(|item| item.value.as_str()).collect();
    let Some(line) = join_words(&words).filter(|_| one_word) else {
        found.help("put the whole command into one string, or use `\"$@\"` in it");
        return;
    };
    found.help(format!("join them: `{}`", json_array(&[name, "-c", &line])));
    let text = json_array(&[&line]);
    let inner = text.trim_start_matches('[').trim_end_matches(']');
    let edit = Edit::replace(script.span.cover(last.span), inner);
    found.fix(Fix::new(Safety::Unsafe, "join the words", [edit]));
}

/// `$1`, `$@`, `$*`, `$#`, `$0`, `${1…`, or `shift`.
fn reads_arguments(script: &str) -> bool {
    let mut signs = script.split('$').skip(1);
    signs.any(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        rest.starts_with(|char: char| char.is_ascii_digit() || matches!(char, '@' | '*' | '#'))
    }) || script.contains("shift")
}
