//! Finds scripts that start with `cd` where `WORKDIR` would do.

use crate::finding::prelude::*;
use crate::fixes::placement;
use crate::fixes::run_script::{remove_comment, remove_lines};
use crate::knowledge::variables;
use crate::shell::{Link, rewrite};

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnCommand(&["cd"], check)]).fix(Fixable::Sometimes).aka(&["DL3003"]);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(script) = step.script.as_ref().filter(|script| script.clean && !step.is_exec_form()) else { return };
    if !command.is_plain() || script.after(command).next().is_none() || script.position(command) > 8 {
        return;
    }
    let Some(to) = command.operands().next() else { return };
    let path = match to.text.as_deref() {
        Some(path) if !path.starts_with(['~', '-']) => path,
        None if is_known(&to.raw) => to.raw.trim_matches('"'),
        _ => return,
    };
    // Only a leading `cd`, after at most a `mkdir` of that directory: later ones go to directories the script created.
    let before = script.commands.iter().take_while(|other| other.span != command.span);
    let leads = before
        .clone()
        .all(|other| other.is("set") || (other.is("mkdir") && other.operands().all(|arg| arg.raw == to.raw)));
    // One WORKDIR cannot replace a change to an unrelated directory; a further change downwards is fine.
    let again = script.named("cd").any(|other| {
        let to = other.operands().next().and_then(|arg| arg.text.as_deref());
        other.span != command.span && other.place.scope == 0 && to.is_none_or(|to| to.starts_with(['/', '-', '~', '.']))
    });
    let Some(folder) = step.resolve(cx.model, path).filter(|_| !path.contains('$')) else {
        if leads && !again {
            report(command, path, None, cx);
        }
        return;
    };
    let current = step.state.workdir.as_ref().and_then(|workdir| workdir.value.as_deref());
    if leads && current == Some(folder.as_str()) {
        let fix = rewrite::remove(script, command, cx.source);
        let fix = fix.and_then(|edit| Fix::new(Safety::Safe, "remove the `cd`", [edit]));
        let at = step.state.workdir.as_ref().map(|workdir| workdir.span);
        let mut found = cx.report(command.span, format!("the step already starts in `{folder}`"));
        if let Some(at) = at {
            found.label(at, "set here");
        }
        found.variant("already-there").help("remove the `cd`").fix(fix);
        return;
    }
    // Temporary work.
    let passing =
        ["/tmp", "/var/tmp", "/dev/shm"].iter().any(|top| folder == *top || folder.starts_with(&format!("{top}/")));
    if leads && !again && !passing {
        report(command, &folder, fix(command, script, step, &folder, cx), cx);
    }
}

/// Whether a path consists of text and of variables that `WORKDIR` can expand. The script has not set any before, so
/// they come from `ENV` or `ARG`, possibly of the base image, unless they are a shell's own.
fn is_known(raw: &str) -> bool {
    let plain = |char: char| char.is_ascii_alphanumeric() || "_/.-${}".contains(char);
    let mut names = raw.split('$').skip(1).map(|rest| {
        let rest = rest.trim_start_matches('{');
        &rest[..rest.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(rest.len())]
    });
    raw.trim_matches('"').chars().all(plain)
        && names.all(|name| !name.is_empty() && !variables::SET_BY_SHELLS.contains(&name))
}

fn report(command: &Command, folder: &str, fix: Option<Fix>, cx: &Cx<'_>) {
    cx.report(command.span, format!("the step starts by changing to `{folder}`"))
        .help(format!("use `WORKDIR {folder}` before this step; it also applies to later steps"))
        .fix(fix);
}

/// The fix that uses `WORKDIR` instead, if the next instruction sets another one anyway.
fn fix(command: &Command, script: &Script, step: &Step<'_>, folder: &str, cx: &Cx<'_>) -> Option<Fix> {
    let next = cx.model.stage(step.stage)?.steps.get(step.index + 1)?;
    let Args::Words(words) = &next.instruction.args else { return None };
    let resets = next.keyword() == Keyword::Workdir && words.words.first()?.text.starts_with('/');
    let second = script.after(command).next()?;
    let plain = folder.chars().all(|char| char.is_ascii_alphanumeric() || "/._-+".contains(char));
    let alone = script.commands.first()?.span == command.span && step.instruction.flags.is_empty();
    let gap = command.gap_to(second)?;
    let bare =
        cx.text(gap).trim_matches(|char: char| char.is_whitespace() || char == cx.model.file.escape.as_char()) == "&&";
    let joined = second.place.link == Link::And && second.place.list == command.place.list && bare;
    if !resets || !plain || !alone || !joined || command.place.excused || script.span.start() != command.span.start() {
        return None;
    }
    let keyword = step.instruction.keyword_span.end();
    let gap = cx.text(Span::new(keyword, script.span.start()));
    let gap = if gap.trim_matches([' ', '\t']).is_empty() { gap } else { " " };
    let mut edits = vec![Edit::replace(Span::new(keyword, second.span.start()), gap)];
    edits.push(placement::above(step, &format!("WORKDIR {folder}"), cx.model)?);
    // The next one is the same: it moves up.
    if words.words.first()?.text.trim_end_matches('/') == folder {
        let comment = next.comment_above(cx.model);
        if !comment.is_empty() {
            edits.push(remove_comment(cx.model, next, &["workdir", "working directory", "work dir"])?);
        }
        edits.push(remove_lines(cx.model, next.instruction.lines_span()));
    }
    Fix::new(Safety::Unsafe, format!("use `WORKDIR {folder}`"), edits)
}
