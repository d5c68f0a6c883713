//! Finds `CMD`, `ENTRYPOINT` and `HEALTHCHECK` in shell form.

use crate::finding::prelude::*;
use crate::knowledge::bases::{Role, role};
use crate::knowledge::paths;
use crate::knowledge::programs::Class;
use crate::shell::Link;
use crate::shell::exec_form::{is_brief, is_builtin, json_array, literal_words, plain_words, with_exec};
use crate::syntax::{TriviaKind, ViewKind, shell_views};

pub const RULE: Rule = Rule::new(
    Level::Warn,
    "0.1.0",
    &[Check::OnInstruction(&[Keyword::Cmd, Keyword::Entrypoint, Keyword::Healthcheck], check)],
)
.linux_only()
.fix(Fixable::Sometimes)
.aka(&["DL3025", "JSONArgsRecommended"]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let (keyword, stage) = (step.keyword(), &cx.model.stages[step.stage]);
    // SHELL asks for a shell, an opening bracket was meant as a JSON array, and flags are an error here.
    let Some(CommandLine::Shell(span)) = step.instruction.command_line() else { return };
    let chosen =
        step.state.shell.span.is_some() || (keyword != Keyword::Healthcheck && !step.instruction.flags.is_empty());
    // `start /B` is a Windows command, even if the base image does not show it.
    let for_windows = cx.text(*span).trim_start().starts_with("start /");
    if chosen || for_windows || cx.text(*span).starts_with('[') {
        return;
    }
    let Some(view) = shell_views(cx.source.text(), step.instruction).into_iter().find(|it| it.kind == ViewKind::Line)
    else {
        return;
    };
    // The words are meant as arguments of the entrypoint.
    let arguments = keyword == Keyword::Cmd
        && stage.entrypoint(cx.model).is_some_and(Step::is_exec_form)
        && view.text.starts_with('-');
    let words = if arguments { literal_words(&view.text) } else { plain_words(&view.text) };
    let gives_way = step.script.as_ref().is_some_and(ends_in_exec);
    if words.is_none() && (gives_way || keyword == Keyword::Healthcheck) {
        return;
    }
    let commented = step.instruction.trivia.iter().any(|trivia| trivia.kind == TriviaKind::Comment);
    let (array, help) = match (&words, with_exec(&view.text)) {
        (Some(words), _) => (Some((json_array(words), safety(step, words, cx.model))), None),
        (None, Some(script)) => (
            Some((json_array(&["sh", "-c", &script]), same_arguments(step, cx.model))),
            Some("use `exec` so that the shell, which expands the variables, replaces itself with the program"),
        ),
        (None, None) => {
            (None, Some("put the commands in a script that ends in `exec program`, and start it in exec form"))
        }
    };
    let name = keyword.as_str();
    let (variant, message) = match keyword {
        _ if arguments => (
            "arguments",
            "in shell form, the `ENTRYPOINT` receives `/bin/sh -c …` instead of these arguments".to_owned(),
        ),
        Keyword::Healthcheck => ("healthcheck", "this check starts an unnecessary shell".to_owned()),
        _ if gives_way => ("exec", format!("this `{name}` starts a shell only to `exec` out of it")),
        _ => ("", format!("`{name}` in shell form runs under a shell as PID 1, which does not forward signals")),
    };
    let brief = match &words {
        Some(words) => is_brief(words),
        None => {
            let words = |command: &Command| -> Vec<String> {
                let args = command.args.iter().map(|arg| arg.lexeme().to_owned());
                std::iter::once(command.name.clone()).chain(args).collect()
            };
            let commands = step.commands();
            let first = |text: &str| text.split_whitespace().next().is_some_and(|program| is_brief(&[program, ""]));
            match commands {
                [] | [_] => first(&view.text) || commands.iter().any(|command| is_brief(&words(command))),
                _ => commands.iter().all(|command| is_brief(&words(command))),
            }
        }
    };
    let mut found = cx.report(*span, message);
    found.variant(variant);
    // With `trap … TERM` and `wait`, the shell handles signals itself.
    let hears = step.commands().iter().any(|command| command.is("trap"));
    if keyword == Keyword::Healthcheck || gives_way || brief || hears {
        found.at_most(Level::Note);
    }
    if let Some((array, _)) = &array {
        let check = if keyword == Keyword::Healthcheck { " CMD" } else { "" };
        found.help(format!("use `{name}{check} {array}`"));
    }
    if let Some(help) = help {
        found.help(help);
    }
    // What is on several lines, or is given to an entrypoint that is not known, keeps its form.
    let short = |safety| safety == Safety::Safe && !cx.text(*span).contains('\n');
    let array = array.filter(|(_, safety)| !commented && (words.is_some() || short(*safety)));
    // `cmd` knows no `exec`.
    let mut exec_fix = exec_last(step).filter(|_| !brief);
    if !cx.model.shows_linux() {
        exec_fix.iter_mut().for_each(|fix| fix.safety = Safety::Display);
    }
    // Where exec form may start it otherwise, the shell still can, and step aside.
    let stays = |safety| safety == Safety::Unsafe && !gives_way && !arguments;
    let fix = match array {
        Some((array, safety)) => exec_fix
            .filter(|fix| stays(safety) && fix.safety == Safety::Safe)
            .or_else(|| Fix::new(safety, "use exec form", [Edit::replace(*span, array)])),
        None => exec_fix,
    };
    found.fix(fix);
}

/// Lets the last command replace the shell. `None` where the shell has something left to do.
fn exec_last(step: &Step<'_>) -> Option<Fix> {
    let script = step.script.as_ref().filter(|script| script.clean && step.keyword() != Keyword::Healthcheck)?;
    let own = |command: &&Command| command.place.scope == 0;
    let last = script.commands.iter().rfind(own)?;
    let place = &last.place;
    let plain = place.depth == 0 && place.pipe_len <= 1 && !place.conditional && place.link != Link::Or;
    let external = last.assignments.is_empty() && last.wrappers.is_empty() && !is_builtin(&last.name);
    let named = last.name.starts_with(|char: char| char.is_ascii_alphanumeric());
    let ends = last.full_span().end() == script.span.end();
    let waits = |command: &Command| command.is("trap") || command.place.background;
    if !plain || !external || !named || !ends || script.commands.iter().any(waits) {
        return None;
    }
    let before = || script.commands.iter().filter(own).filter(|command| command.span.start() < last.span.start());
    // A file that is read may bring a function of that name, and what is left in the background needs a parent.
    let reads = before().any(|command| command.is_any(&[".", "source"])) && !last.path.contains('/');
    let quiet = before().all(|command| command.class().is(Class::ELEMENTARY) && !command.is_any(&["set", "eval"]));
    // The program runs before it, and this only keeps the container alive if it ends: `server && bash`.
    let keeps_alive = last.is_shell() && last.args.is_empty() || last.is("sleep") || last.is("tail");
    if keeps_alive && !quiet {
        return None;
    }
    let defines = before().any(|command| command.class().is(Class::SHELL_FUNCTION))
        || script.commands.iter().any(|command| command.place.depth > 0);
    let safety = if quiet && !reads { Safety::Safe } else { Safety::Unsafe };
    Fix::new(safety, "start the program with `exec`", [Edit::insert(last.span.start(), "exec ")]).filter(|_| !defines)
}

/// Whether the last command replaces the shell, so that signals reach it.
fn ends_in_exec(script: &Script) -> bool {
    let last = script.commands.iter().rfind(|command| command.place.scope == 0);
    last.is_some_and(|last| last.wrappers.first().is_some_and(|it| it.name == "exec") && last.place.depth == 0)
}

fn safety(step: &Step<'_>, words: &[String], model: &Model<'_>) -> Safety {
    match same_arguments(step, model) {
        Safety::Safe if !starts_by_itself(step, &words[0], model) => Safety::Unsafe,
        safety => safety,
    }
}

/// Whether nothing else starts with other arguments when this becomes exec form.
fn same_arguments(step: &Step<'_>, model: &Model<'_>) -> Safety {
    let stage = &model.stages[step.stage];
    let known_base = match stage.root_image(model) {
        None => stage.is_from_scratch(model),
        Some(image) => {
            let role = image.familiar_name().and_then(|name| role(&name));
            matches!(role, Some(Role::Os | Role::Runtime | Role::Toolchain))
        }
    };
    // The CMD, so far ignored, would become arguments. A shell-form CMD that starts with a dash is meant as arguments.
    if let Some(cmd) = stage.cmd(model).filter(|_| step.keyword() == Keyword::Entrypoint) {
        let text = model.source.slice(cmd.instruction.args_span);
        let meant = !cmd.is_exec_form() && text.starts_with('-');
        return if meant { Safety::Unsafe } else { Safety::Display };
    }
    let same_arguments = match step.keyword() {
        // An entrypoint would receive different arguments.
        Keyword::Cmd => stage.entrypoint(model).is_none() && known_base,
        Keyword::Entrypoint => stage.is_final,
        _ => true,
    };
    if same_arguments { Safety::Safe } else { Safety::Unsafe }
}

/// Whether the program starts without a shell: only a shell runs a script that lacks its `#!` line.
fn starts_by_itself(step: &Step<'_>, program: &str, model: &Model<'_>) -> bool {
    let stage = &model.stages[step.stage];
    let counts = [stage.cmd(model), stage.entrypoint(model), stage.healthcheck(model)];
    let in_force = counts.into_iter().flatten().any(|other| std::ptr::eq(other, step));
    if in_force && let Some(shipped) = stage.shipped_file(model, step, program) {
        return shipped.text.starts_with("#!");
    }
    let own = program.contains('/') && !paths::is_in_search_path(program);
    !own && !program.ends_with(".sh") && !program.ends_with(".bash")
}
