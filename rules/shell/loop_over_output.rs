//! Finds `for` loops over the output of `find`, `ls` and `cat`, whose names and lines are split at spaces.

use crate::finding::prelude::*;
use crate::shell::reader::{CommandKind, ForHeader, PartKind};
use crate::shell::survey::Kind;

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2044", "SC2045", "SC2013"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for &at in &survey.commands {
        let Some(command) = survey.command(at) else { continue };
        let CommandKind::For(id) = command.kind else { continue };
        let ForHeader::Words { words, .. } = script.tree()[id].header else { continue };
        let only = words.len() == 1;
        for word in survey.children(at).filter(|at| survey.role(*at) == crate::shell::survey::Role::Item) {
            let mut parts = survey.children(word);
            let Some(part) = parts.next().filter(|_| parts.next().is_none()) else { continue };
            if !matches!(survey.part(part).map(|part| part.kind), Some(PartKind::Substitution(_))) {
                continue;
            }
            let Some(list) = survey.children(part).next() else { continue };
            let items: Vec<usize> = survey.children(list).collect();
            let [item] = items[..] else { continue };
            let pipelines: Vec<usize> = survey.children(item).collect();
            let [pipeline] = pipelines[..] else { continue };
            let Kind::Pipeline(piped) = survey.kind(pipeline) else { continue };
            let names: Vec<String> = survey
                .children(pipeline)
                .map(|at| survey.simple(at).map(|simple| simple.name(survey).into_owned()).unwrap_or_default())
                .collect();
            let alone = piped.commands.len() == 1;

            let (code, message, help) = match names[0].as_str() {
                "find" if alone => (
                    "SC2044",
                    "filenames from `find` are split on whitespace",
                    "use `find … -exec`, or `find … | while read -r`",
                ),
                "ls" if alone => {
                    ("SC2045", "filenames from `ls` are split on whitespace", "use a pattern: `for file in ./*`")
                }
                // Filters: what they print is made of lines.
                "cat" | "grep"
                    if only
                        && names.iter().all(|name| {
                            matches!(
                                name.as_str(),
                                "cat"
                                    | "grep"
                                    | "fgrep"
                                    | "egrep"
                                    | "sed"
                                    | "awk"
                                    | "cut"
                                    | "tail"
                                    | "head"
                                    | "sort"
                                    | "uniq"
                                    | "tr"
                            )
                        }) =>
                {
                    ("SC2013", "this loop iterates over words, not lines", "use `while read -r line`")
                }
                _ => continue,
            };
            // ShellCheck only looks at loops over one word.
            cx.report(script.place(part), message).variant(if only { code } else { Diagnostic::NO_ALIAS }).help(help);
        }
    }
}
