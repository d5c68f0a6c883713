use crate::finding::prelude::*;
use crate::knowledge::bases::{Role, role};
use crate::shell::exec_form::{is_brief, json_array, literal_words, plain_words, with_exec};
use crate::syntax::{TriviaKind, ViewKind, shell_views};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStep(check)])
    .fix(Fixable::Sometimes)
    .aka(&["DL3025", "JSONArgsRecommended"]);

fn check(step: &Step<'_>, cx: &mut Cx<'_>) {
    let (keyword, stage) = (step.keyword(), &cx.model.stages[step.stage]);
    // Who sets SHELL wants one; what starts with a bracket was meant as a JSON array; flags are an error here.
    let Some(CommandLine::Shell(span)) = step.instruction.command_line() else { return };
    let chosen =
        step.state.shell.span.is_some() || (keyword != Keyword::Healthcheck && !step.instruction.flags.is_empty());
    // `start /B`: a script of Windows, on a base that does not say so.
    let for_windows = stage.windows || cx.text(*span).trim_start().starts_with("start /");
    if keyword == Keyword::Run || chosen || for_windows || cx.text(*span).starts_with('[') {
        return;
    }
    let Some(view) = shell_views(cx.source.text(), step.instruction).into_iter().find(|it| it.kind == ViewKind::Line)
    else {
        return;
    };
    // Then these are the words that the entrypoint is meant to be given.
    let arguments = keyword == Keyword::Cmd
        && stage.entrypoint(cx.model).is_some_and(Step::is_exec_form)
        && view.text.starts_with('-');
    let words = if arguments { literal_words(&view.text) } else { plain_words(&view.text) };
    let gives_way = step.script.as_ref().is_some_and(ends_in_exec);
    if words.is_none() && (gives_way || keyword == Keyword::Healthcheck) {
        return;
    }
    let commented = step.instruction.trivia.iter().any(|trivia| trivia.kind == TriviaKind::Comment);
    let (fix, help) = match (&words, with_exec(&view.text)) {
        (Some(words), _) => (Some((json_array(words), safety(step, words, cx.model))), None),
        (None, Some(script)) => (
            Some((json_array(&["sh", "-c", &script]), Safety::Unsafe)),
            Some("a shell has to expand the variables: let it give way to the program with `exec`"),
        ),
        (None, None) => {
            (None, Some("put the commands into a script that ends in `exec program`, and start that in exec form"))
        }
    };
    let name = keyword.as_str();
    let message = match keyword {
        _ if arguments => {
            "these are no arguments for the `ENTRYPOINT`: in shell form it is given `/bin/sh` and `-c`".to_owned()
        }
        Keyword::Healthcheck => "this check starts a shell that it does not need".to_owned(),
        _ if gives_way => format!("this `{name}` starts a shell only to leave it"),
        _ => format!("`{name}` in shell form: a shell is the first process, and keeps signals to itself"),
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
    let found = cx.report(*span, message);
    // `trap … TERM` and `wait`: this shell hears the signals.
    let hears = step.commands().iter().any(|command| command.is("trap"));
    if keyword == Keyword::Healthcheck || gives_way || brief || hears {
        found.at_most(Level::Note);
    }
    if let Some((array, _)) = &fix {
        let check = if keyword == Keyword::Healthcheck { " CMD" } else { "" };
        found.help(format!("write `{name}{check} {array}`"));
    }
    if let Some(help) = help {
        found.help(help);
    }
    if let Some((array, safety)) = fix.filter(|_| !commented) {
        found.fix(Fix::new(safety, "write it in exec form", [Edit::replace(*span, array)]));
    }
}

/// The last command replaces the shell, so that signals reach it.
fn ends_in_exec(script: &Script) -> bool {
    let last = script.commands.iter().rfind(|command| command.place.scope == 0);
    last.is_some_and(|last| last.wrappers.first().is_some_and(|it| it.name == "exec") && last.place.depth == 0)
}

fn safety(step: &Step<'_>, words: &[String], model: &Model<'_>) -> Safety {
    let stage = &model.stages[step.stage];
    let known_base = match stage.root_image(model) {
        None => stage.is_from_scratch(model),
        Some(image) => {
            let role = image.familiar_name().and_then(|name| role(&name));
            matches!(role, Some(Role::Os | Role::Runtime | Role::Toolchain))
        }
    };
    // The CMD, ignored till now, would become arguments. In shell form what begins with a dash can be nothing else.
    if let Some(cmd) = stage.cmd(model).filter(|_| step.keyword() == Keyword::Entrypoint) {
        let text = model.source.slice(cmd.instruction.args_span);
        let meant = !cmd.is_exec_form() && text.starts_with('-');
        return if meant { Safety::Unsafe } else { Safety::Display };
    }
    let same_arguments = match step.keyword() {
        // An entrypoint would be given other arguments than before.
        Keyword::Cmd => stage.entrypoint(model).is_none() && known_base,
        Keyword::Entrypoint => stage.is_final,
        _ => true,
    };
    if same_arguments && starts_by_itself(step, &words[0], model) { Safety::Safe } else { Safety::Unsafe }
}

/// A shell runs a script without `#!` line all the same; nothing else does.
fn starts_by_itself(step: &Step<'_>, program: &str, model: &Model<'_>) -> bool {
    const SYSTEM: [&str; 6] = ["/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/", "/usr/local/bin/", "/usr/local/sbin/"];
    let stage = &model.stages[step.stage];
    let counts = [stage.cmd(model), stage.entrypoint(model), stage.healthcheck(model)];
    let in_force = counts.into_iter().flatten().any(|other| std::ptr::eq(other, step));
    if in_force && let Some(shipped) = stage.shipped_file(model, step, program) {
        return shipped.text.starts_with("#!");
    }
    let own = program.contains('/') && !SYSTEM.iter().any(|folder| program.starts_with(folder));
    !own && !program.ends_with(".sh") && !program.ends_with(".bash")
}
