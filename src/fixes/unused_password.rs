//! Taking away the password of an account that nothing logs in to.

use crate::finding::{Fix, Safety};
use crate::fixes::run_script::{remove_comment, remove_lines};
use crate::knowledge::bases::{self, Role};
use crate::knowledge::comment_words::PASSWORD;
use crate::knowledge::credentials::LOGIN_SIGNS;
use crate::model::{Model, Stage, Step, Tri};
use crate::shell::{Command, Link, Script, rewrite};
use crate::text::{Edit, Span};

/// Without the password, an account is locked, as accounts that `useradd` creates are. `None` where something may ask for the
/// password: a server or a program that the file names, or one that an unknown base image contains.
///
/// `fed` is the `echo` that `chpasswd` reads.
pub fn remove_password<'a>(
    step: &Step<'a>,
    command: &Command,
    fed: Option<&Command>,
    password: Span,
    model: &Model<'a>,
) -> Option<Fix> {
    let script = step.script.as_ref().filter(|script| script.clean && !step.is_exec_form())?;
    let stage = model.stage(step.stage)?;
    // What a comment says about it was meant.
    if asks(stage, model) || step.mentions(PASSWORD, model) {
        return None;
    }
    let edits = match (command.name.as_str(), fed) {
        ("useradd", None) => vec![without_flag(command, password, model)?],
        ("chpasswd" | "passwd", Some(echo)) => without_pipe(step, script, echo, command, model)?,
        _ => return None,
    };
    Fix::new(Safety::Unsafe, "remove the password, which nothing asks for", edits)
}

/// Whether something may ask for the password of an account.
fn asks<'a>(stage: &Stage<'a>, model: &Model<'a>) -> bool {
    let known = stage.root_image(model).and_then(|image| image.familiar_name()).and_then(|name| bases::role(&name));
    let is_plain = matches!(known, Some(Role::Os | Role::Runtime | Role::Toolchain));
    let said = LOGIN_SIGNS.iter().any(|sign| model.source.mentions(sign));
    let switches = model.runs().any(|(_, script)| script.commands.iter().any(|command| command.is_any(&["su", "login"])))
        || model.stages.iter().any(|stage| stage.start_commands(model).iter().any(|start| start.command.is("su")));
    let remote = stage.ports(model).any(|port| matches!(port.first, 21..=23 | 2222 | 3389 | 5900..=5999));
    // Who starts as that account may become root by root's password.
    let climbs = stage.runs_as_root(model) != Tri::Yes && stage.run_commands(model).any(sets_for_root);
    !is_plain || said || switches || remote || climbs
}

/// `echo root:secret | chpasswd`
fn sets_for_root(command: &Command) -> bool {
    command.args.iter().any(|arg| arg.text.as_deref().is_some_and(|text| text == "root" || text.starts_with("root:")))
}

/// `useradd -m -p secret me` → `useradd -m me`
fn without_flag(command: &Command, password: Span, model: &Model<'_>) -> Option<Edit> {
    let at = command.args.iter().position(|arg| arg.span.start <= password.start && password.end <= arg.span.end)?;
    let arg = &command.args[at];
    let edit = rewrite::drop_arg(command, arg, model.source)?;
    if arg.lexeme().starts_with("-p") || arg.lexeme().starts_with("--password=") {
        return Some(edit);
    }
    let flag = command.args.get(at.checked_sub(1)?).filter(|flag| flag.is("-p") || flag.is("--password"))?;
    let flag = rewrite::drop_arg(command, flag, model.source)?;
    Some(Edit::delete(Span::new(flag.span.start(), edit.span.end())))
}

/// Removes `echo … | chpasswd`, with its RUN if there is nothing else in it.
fn without_pipe<'a>(
    step: &Step<'a>,
    script: &Script,
    echo: &Command,
    reader: &Command,
    model: &Model<'a>,
) -> Option<Vec<Edit>> {
    let is_plain = |command: &Command| {
        let place = &command.place;
        command.wrappers.is_empty()
            && place.scope == 0
            && place.depth == 0
            && place.pipe_len == 2
            && !(place.conditional || place.background || place.excused)
    };
    if !is_plain(echo) || !is_plain(reader) || echo.place.pipeline != reader.place.pipeline {
        return None;
    }
    let whole = Span::new(echo.full_span().start(), reader.full_span().end());
    if script.commands.len() == 2 {
        let lines = step.instruction.lines_span();
        let text = model.source.slice(lines);
        let alone = script.span == whole && step.instruction.span == lines && step.instruction.flags.is_empty();
        if !alone || text.contains('\n') || step.is_numbered(model) {
            return None;
        }
        return Some(remove_comment(model, step, &[]).into_iter().chain([remove_lines(model, lines)]).collect());
    }
    let at = script.position(echo);
    let before = script.commands.get(at.checked_sub(1)?)?;
    let next = script.commands.get(at + 2);
    let fits = before.place.scope == 0
        && before.place.depth == 0
        && echo.place.link == Link::And
        && next.is_none_or(|next| next.place.link != Link::Or);
    let start = before.full_span().end();
    let gap = model.source.slice(Span::new(start, whole.start().max(start)));
    let joined = gap.trim_matches(|char: char| char.is_whitespace() || char == '\\') == "&&";
    (fits && joined).then(|| vec![Edit::delete(Span::new(start, whole.end()))])
}
