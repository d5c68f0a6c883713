//! Repairs for codes that the linter finds and has none for.

use super::Finding;
use crate::finding::{Fix, Safety};
use crate::model::{Model, Step};
use crate::shell::{Arg, Command, Link, Script};
use crate::text::Edit;
use crate::text::Span;

/// `export A=$(b)`: a failure of `b` goes unnoticed.
const DECLARED_AND_SET: u32 = 2155;
/// `cd a` of which nobody asks whether it succeeded.
const UNCHECKED_CD: u32 = 2164;
/// `rm -r "$a/"*`, which may be `rm -r /*`.
const EMPTY_PATH: u32 = 2115;

/// Gives the findings repairs, as far as a command of a script that we read lies there.
pub(super) fn mend(model: &Model<'_>, findings: &mut [Finding]) {
    let wanted = |finding: &Finding| {
        finding.fix.is_none() && matches!(finding.code, DECLARED_AND_SET | UNCHECKED_CD | EMPTY_PATH)
    };
    if !findings.iter().any(wanted) {
        return;
    }
    let steps: Vec<&Step<'_>> = model.steps().filter(|step| step.script.is_some()).collect();
    for finding in findings.iter_mut().filter(|finding| wanted(finding)) {
        let at = steps.partition_point(|step| step.instruction.span.start <= finding.span.start);
        let Some(script) = at.checked_sub(1).and_then(|at| steps[at].script.as_ref()) else { continue };
        let behind = script.commands.partition_point(|command| command.span.start <= finding.span.start);
        let near = script.commands[behind.saturating_sub(8)..(behind + 1).min(script.commands.len())].iter().rev();
        let mut there = near.filter(|command| command.full_span().contains(finding.span));
        finding.fix = match finding.code {
            DECLARED_AND_SET => there.find_map(|command| set_first(script, command, model)),
            UNCHECKED_CD => there.find_map(|command| or_exit(script, command)),
            _ => there.find_map(|command| never_empty(command, finding, model)),
        };
    }
}

/// `export A=$(b)` → `A=$(b) && export A`.
fn set_first(script: &Script, command: &Command, model: &Model<'_>) -> Option<Fix> {
    let text = |span| model.source.slice(span);
    let [arg] = &command.args[..] else { return None };
    if !script.clean || !is_alone(command) || text(command.name_span) != command.name || text(arg.span) != arg.raw {
        return None;
    }
    // What a pipe in it hides is another matter, which would come to light only then.
    let piped = |other: &Command| arg.span.contains(other.span) && other.place.pipe_len > 1;
    if script.commands.iter().any(piped) {
        return None;
    }
    let name = arg.raw.split_once('=')?.0.to_owned();
    // Behind a `&&` of a list the joint has to be one as well; where each command counts for itself it must not, since
    // `set -e` overlooks what fails before a `&&`.
    let at = script.position(command);
    let next = script.commands[at + 1..].iter().find(|other| other.span.start() >= command.full_span().end());
    let list = command.place.list;
    let chained = command.place.link == Link::And || next.is_some_and(|next| next.place.list == list);
    if command.place.link == Link::Or || next.is_some_and(|next| next.place.list == list && next.place.link == Link::Or)
    {
        return None;
    }
    let joint = if chained { " && " } else { "; " };
    let declare = Span::new(command.name_span.start(), arg.span.start());
    let edits = match command.name.as_str() {
        "export" | "readonly" => {
            vec![Edit::delete(declare), Edit::insert(arg.span.end(), format!("{joint}{} {name}", command.name))]
        }
        "local" => vec![Edit::insert(arg.span.start(), format!("{name}{joint}"))],
        _ => return None,
    };
    Fix::new(Safety::Unsafe, format!("give `{name}` its value first"), edits)
}

/// `cd a` → `cd a || exit 1`.
fn or_exit(script: &Script, command: &Command) -> Option<Fix> {
    let plain =
        command.is("cd") && command.redirects.is_empty() && command.wrappers.is_empty() && command.place.pipe_len <= 1;
    if !plain || !script.clean || command.place.background {
        return None;
    }
    let end = command.span.end();
    Fix::new(Safety::Unsafe, "end with a failure if it fails", [Edit::insert(end, " || exit 1")])
}

/// `rm -r $a/b` → `rm -r ${a:?}/b`.
fn never_empty(command: &Command, finding: &Finding, model: &Model<'_>) -> Option<Fix> {
    let holds = |arg: &&Arg| arg.span.contains(finding.span) || finding.span.contains(arg.span);
    let arg = command.args.iter().find(holds).filter(|_| command.is("rm"))?;
    let text = model.source.slice(arg.span);
    let at = text.find('$')?;
    if !text[..at].bytes().all(|byte| byte == b'"') {
        return None;
    }
    let rest = &text[at + 1..];
    let bare = rest.strip_prefix('{').unwrap_or(rest);
    let len = bare.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    let braces = bare.len() != rest.len();
    if len == 0 || bare.as_bytes()[0].is_ascii_digit() || braces && !bare[len..].starts_with('}') {
        return None;
    }
    let name = &bare[..len];
    let start = arg.span.start() + at;
    let end = start + 1 + len + if braces { 2 } else { 0 };
    let edit = Edit::replace(Span::new(start, end), format!("${{{name}:?}}"));
    Fix::new(Safety::Unsafe, format!("fail if `{name}` is empty"), [edit])
}

/// Nothing stands around it that the joint would tear apart.
fn is_alone(command: &Command) -> bool {
    let place = &command.place;
    !place.background
        && place.pipe_len <= 1
        && command.wrappers.is_empty()
        && command.redirects.is_empty()
        && command.assignments.is_empty()
}
