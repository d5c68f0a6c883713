//! Finds variables and substitutions in single quotes, where the shell leaves them as they are.

use crate::finding::prelude::*;
use crate::knowledge::programs::{self, Class};
use crate::knowledge::shell_words;
use crate::shell::reader::PartKind;
use crate::shell::survey::{At, Kind, Role, Survey};

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2016"]);

/// How many arguments are searched for what a program expands. Each text in single quotes asks again.
const MAX_ARGS: usize = 100;

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for &at in &survey.parts {
        let Some(part) = survey.part(at).filter(|part| matches!(part.kind, PartKind::Single)) else { continue };
        let text = survey.slice(part.span);
        let inner = text.trim_matches('\'');
        if !looks_expanded(inner) || is_meant(survey, at, inner) {
            continue;
        }
        cx.report(script.place(at), "nothing is expanded in single quotes")
            .help("use double quotes to expand this here");
    }
}

/// `$x`, `${`, `$(`, `` `x` ``
fn looks_expanded(text: &str) -> bool {
    let bytes = text.as_bytes();
    let dollar = bytes
        .windows(2)
        .any(|pair| pair[0] == b'$' && (pair[1].is_ascii_alphanumeric() || matches!(pair[1], b'_' | b'{' | b'(')));
    let mut ticks = text.split('`').skip(1);
    dollar || ticks.next().is_some_and(|inner| !inner.is_empty()) && text.matches('`').count() > 1
}

/// Whether the text is for a program that expands it itself.
fn is_meant(survey: &Survey<'_>, at: At, inner: &str) -> bool {
    for above in survey.ancestors(at) {
        match survey.kind(above) {
            // `PS1='$x'`
            Kind::Assignment(assignment) => {
                if matches!(survey.slice(assignment.name), "PS1" | "PS2" | "PS3" | "PS4" | "PROMPT_COMMAND") {
                    return true;
                }
            }
            Kind::Word(_) => {
                if let Role::Argument(_) = survey.role(above)
                    && let Some(simple) = survey.simple(survey.nodes[above].parent)
                {
                    let (mut name, args) = simple.called(survey);
                    if matches!(&*name, "sudo" | "command" | "exec" | "nice")
                        && let Some(next) =
                            args.iter().find(|word| survey.literal(**word).is_some_and(|text| !text.starts_with('-')))
                    {
                        name = survey.literal(*next).unwrap_or_default();
                    }
                    let has = |wanted: &[&str]| {
                        args.iter().take(MAX_ARGS).any(|arg| wanted.contains(&&*survey.pattern(*arg)))
                    };
                    let name = name.rsplit('/').next().unwrap_or_default().to_owned();
                    return shell_words::OWN_LANGUAGES.contains(&name.as_str())
                        || programs::class(&name).is(Class::INTERPRETER.or(Class::SHELL))
                        || name.ends_with("awk")
                        || name == "sed" && is_sed(inner)
                        || name == "find" && has(&["-exec", "-execdir", "-ok"])
                        || name == "git" && has(&["filter-branch"]);
                }
            }
            Kind::Command(_) => return false,
            _ => {}
        }
    }
    false
}

/// Whether a dollar is sed's own: the last line, as in `$d` and `$!N`, or the end of a line.
fn is_sed(text: &str) -> bool {
    let bytes = text.as_bytes();
    (0..bytes.len()).any(|at| {
        bytes[at] == b'$'
            && matches!(bytes.get(at + 1), Some(b'{' | b'd' | b'p' | b's' | b'a' | b'i' | b'c'))
            && bytes.get(at + 2).is_none_or(|byte| !byte.is_ascii_alphabetic())
    })
}
