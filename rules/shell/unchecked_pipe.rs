//! Finds pipelines that hide a failure of a command before the last one.

use crate::commands::download::{downloads, extracts};
use crate::commands::packages::installs;
use crate::finding::prelude::*;
use crate::fixes::placement;
use crate::knowledge::bases;
use crate::knowledge::command_lines::INFORMATION;
use crate::knowledge::managers::Manager;
use crate::knowledge::os::{Distro, Shells};
use crate::knowledge::programs::Class;
use crate::model::MAX_LATER_STEPS;
use crate::shell::{Dialect, Link};
use crate::syntax::{ViewKind, shell_views};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(check)]).fix(Fixable::Sometimes).aka(&["DL4006"]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(script) = &step.script else { return };
    let mut found: Vec<(Level, &Command)> =
        script.pipes().filter_map(|first| Some((weight(script, first)?, first))).collect();
    found.sort_by_key(|(level, first)| (std::cmp::Reverse(*level), first.span));
    let Some(((level, first), others)) = found.split_first() else { return };
    let culprit = left(script, first).min_by_key(|command| std::cmp::Reverse(rank(command))).unwrap_or(first);
    let name = if culprit.name.is_empty() { "the command before the pipe" } else { &format!("`{}`", culprit.name) };
    let way = way(step, cx);
    let mut report = cx.report(culprit.span, format!("the pipe hides a failure of {name}"));
    for (_, other) in others.iter().take(3) {
        report.label(other.span, "and here");
    }
    report.help(match way {
        Way::Option => "start the script with `set -o pipefail`",
        Way::Shell => {
            "add `SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]` above, since the image's `sh` does not support `pipefail`"
        }
        Way::Unknown => "use `set -o pipefail` (bash and BusyBox support it, dash does not), or write to a file first",
    });
    report.at_most(*level).fix(fix(step, script, first, way, cx));
}

/// The commands of a pipe, without those nested inside them.
fn parts<'a>(script: &'a Script, first: &'a Command) -> impl Iterator<Item = &'a Command> {
    let near = script.commands[script.position(first)..].iter().take(256);
    near.filter(|command| command.place.pipeline == first.place.pipeline)
}

/// The commands of a pipe that are not its last.
fn left<'a>(script: &'a Script, first: &'a Command) -> impl Iterator<Item = &'a Command> {
    parts(script, first).filter(|command| command.place.pipe_index + 1 < command.place.pipe_len)
}

fn rank(command: &Command) -> u8 {
    match command.name.as_str() {
        _ if !command.effects().can_fail || command.redirects.iter().any(|redirect| redirect.is_heredoc()) => 0,
        // Its input comes from the left.
        _ if reads(command) && command.place.pipe_index > 0 => 0,
        _ if reads(command) || only_asks(command) => 1,
        _ => 2,
    }
}

/// Whether it reads text, files or the state of the system: it rarely fails, and then the next command usually fails as
/// well.
fn reads(command: &Command) -> bool {
    command.name.is_empty() || command.class().is(READS)
}

const READS: Class = Class::TEXT_FILTER
    .or(Class::QUERY)
    .or(Class::CHECKSUM)
    .or(Class::CONDITION)
    .or(Class::PACKAGE_DATABASE)
    .or(Class::INTERPRETER)
    .or(Class::INFORMS);

/// `clang --version | …`
fn only_asks(command: &Command) -> bool {
    let first = command.args.first().map(|arg| arg.lexeme());
    first.is_some_and(|first| first == "-v" || INFORMATION.contains(&first)) && command.args.len() == 1
}

/// The level of an unnoticed failure; `None` if it does not matter or `pipefail` would not change anything.
fn weight(script: &Script, first: &Command) -> Option<Level> {
    if script.has_pipefail(first) || !script.dialect.is_readable() {
        return None;
    }
    let rank = left(script, first).map(rank).max()?;
    let last = parts(script, first).last()?;
    // Intended: `… || true`.
    let excused = script
        .after(last)
        .limited(64)
        .take_while(|other| other.place.list == last.place.list)
        .any(|other| other.place.link == Link::Or && other.is_any(&["true", ":", "echo", "printf"]));
    if rank == 0 || excused || is_argument(script, first) {
        return None;
    }
    let sure =
        rank == 2 && (first.place.depth == 0 || first.place.subshell) && !last.is_any(&["head", "grep", "egrep"]);
    Some(if sure { Level::Warn } else { Level::Note })
}

/// Whether a pipe is in a `$(…)` among a command's arguments, where its exit status is discarded.
fn is_argument(script: &Script, first: &Command) -> bool {
    if !first.place.subshell {
        return false;
    }
    let start = script.commands.partition_point(|other| other.span.start() < first.span.start());
    let outer = script.commands[..start].iter().rev().take(256).find(|other| {
        let span = other.full_span();
        span.start() < first.span.start() && first.span.end() <= span.end() && other.place.scope != first.place.scope
    });
    outer.is_some_and(|outer| {
        let runs_it = first.wrappers.iter().any(|wrapper| wrapper.span == outer.name_span);
        !runs_it && !outer.name.is_empty()
    })
}

/// How to enable `pipefail`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Option,
    Shell,
    Unknown,
}

fn way(step: &Step<'_>, cx: &Cx<'_>) -> Way {
    let dialect = step.script.as_ref().map_or(Dialect::Other, |script| script.dialect);
    if dialect.has_pipefail() {
        return Way::Option;
    }
    if has_own_shell(step, cx) {
        return Way::Unknown;
    }
    let stage = cx.model.stage(step.stage);
    let image = stage.and_then(|stage| stage.root_image(cx.model));
    let os = image.and_then(|image| bases::os(&image.familiar_name()?, image.tag_text()));
    match os {
        Some(os) if os.shells == Shells::Bash && matches!(os.distro, Distro::Debian | Distro::Ubuntu) => Way::Shell,
        // Here `/bin/sh` is bash.
        Some(os) if os.shells == Shells::Bash => Way::Option,
        None => stage.map_or(Way::Unknown, |stage| way_of_commands(stage, cx)),
        _ => Way::Unknown,
    }
}

/// The same for an image that is not known, by what its steps call: systems with `apt-get` have bash beside their `sh`, of
/// those with `yum`, `dnf`, `zypper` or `pacman` bash is the `sh`, and `apk` comes with BusyBox. What is piped into bash shows that there is one.
fn way_of_commands(stage: &Stage<'_>, cx: &Cx<'_>) -> Way {
    match stage.called_manager(cx.model) {
        Some(Manager::Apt) => Way::Shell,
        Some(Manager::Apk | Manager::Dnf | Manager::Yum | Manager::Zypper | Manager::Pacman) => Way::Option,
        None if !stage.runs_any(cx.model, brings_bash) && stage.runs_any(cx.model, runs_bash) => Way::Shell,
        _ => Way::Unknown,
    }
}

fn brings_bash(command: &Command) -> bool {
    installs(command).is_some_and(|install| install.named().any(|package| package.name == "bash"))
}

fn runs_bash(command: &Command) -> bool {
    command.is("bash") && !command.place.conditional && command.place.link != Link::Or
}

fn fix(step: &Step<'_>, script: &Script, pipe: &Command, way: Way, cx: &Cx<'_>) -> Option<Fix> {
    if way == Way::Shell {
        // The words of `bash -c` are read by a shell of their own.
        let inner = pipe.wrappers.iter().any(|wrapper| matches!(wrapper.name.as_str(), "sh" | "bash" | "dash" | "ash"));
        return other_shell(step, cx).filter(|_| !inner);
    }
    if !bears_pipefail(script) {
        return None;
    }
    // A subshell inherits the option, and another shell does not.
    let own_shell = pipe.place.scope != 0 && !pipe.place.subshell || !pipe.wrappers.is_empty();
    if way != Way::Option || step.is_exec_form() || !script.clean || own_shell {
        return None;
    }
    let first = script.commands.first()?;
    let title = "start with `set -o pipefail`";
    let edit = match first.args.first() {
        // `set -ex` → `set -exo pipefail`
        Some(flags) if first.is("set") && first.is_plain() && is_cluster(cx.text(flags.span)) => {
            Edit::insert(flags.span.end(), "o pipefail")
        }
        _ if !step.instruction.heredocs.is_empty() || first.place.background => return None,
        _ => Edit::insert(script.span.start(), "set -o pipefail && "),
    };
    let text = cx.text(script.span);
    let safety = if is_told_by_last(script) { Safety::Safe } else { Safety::Unsafe };
    Fix::new(safety, title, [edit]).filter(|_| !text.starts_with('#'))
}

/// Whether each pipe of a script already fails if a command on its left fails: the last command needs all of a download.
/// Then `pipefail` only names the right one.
fn is_told_by_last(script: &Script) -> bool {
    script.pipes().all(|first| {
        let mut left = left(script, first);
        let harmless = left.all(|command| rank(command) == 0);
        harmless
            || downloads(first).is_some()
                && parts(script, first).nth(1).is_some_and(|last| {
                    last.place.pipe_len == 2 && last.place.scope == first.place.scope && needs_whole_input(last)
                })
    })
}

/// Whether a command reads its input to the end, and fails if something is missing: a compressed archive or a key. None of
/// them accepts an empty input.
fn needs_whole_input(command: &Command) -> bool {
    let from_input = extracts(command).is_some_and(|extract| extract.archive.is_none());
    let early = ["--occurrence", "-q", "--fast-read", "-i", "--ignore-zeros"];
    match command.name.as_str() {
        "tar" | "gtar" => from_input && has_compression(command) && !command.has_flag(&early),
        "gunzip" | "bunzip2" | "zcat" | "bzcat" | "gzip" | "bzip2" => from_input,
        "apt-key" => command.subcommand().is_some_and(|verb| verb.is("add")) && command.has_arg("-"),
        "gpg" | "gpg2" => command.has_flag(&["--dearmor", "--dearmour", "--import"]),
        _ => false,
    }
}

/// Whether `tar` is told that its input is compressed: `-xz`, `xJ`, `--gzip`.
fn has_compression(command: &Command) -> bool {
    const WORDS: [&str; 4] = ["--gzip", "--gunzip", "--bzip2", "--xz"];
    let letters = |word: &str| word.bytes().all(|byte| byte.is_ascii_alphabetic()) && word.contains(['z', 'j', 'J']);
    command.has_flag(&WORDS)
        || command.args.first().is_some_and(|arg| letters(arg.lexeme().trim_start_matches('-')))
        || command.has_flag(&["-z", "-j", "-J"])
}

/// Whether these are single letters after one dash, to which `o` can be added.
fn is_cluster(flags: &str) -> bool {
    let letters = flags.strip_prefix('-').unwrap_or_default();
    !letters.is_empty() && letters.bytes().all(|byte| byte.is_ascii_alphabetic() && byte != b'o')
}

/// Whether `pipefail` would not turn a normal outcome of this script into a failure.
fn bears_pipefail(script: &Script) -> bool {
    let mut commands = script.commands.iter().filter(|command| command.place.pipe_len > 1);
    commands.all(|command| match command.place.pipe_index + 1 < command.place.pipe_len {
        true => !command.class().is(Class::FAILS_AS_ANSWER) && !command.is("yes"),
        false => !command.class().is(Class::EXITS_EARLY.or(Class::NO_OP)),
    })
}

/// A `SHELL` above the first pipe of the stage, for all of its pipes. If bash would run a later script differently, the
/// shell is set back above it.
fn other_shell(step: &Step<'_>, cx: &Cx<'_>) -> Option<Fix> {
    let stage = cx.model.stage(step.stage).filter(|stage| matches!(stage.base, Base::Image(_)))?;
    let shell = &step.state.shell;
    let has_pipe = |step: &&Step<'_>| {
        step.script.as_ref().is_some_and(|script| script.pipes().next().is_some()) && !has_own_shell(step, cx)
    };
    // The steps from the last one that bash would run differently to the next.
    let differs = |other: &&Step<'_>| other.state.shell == *shell && !is_same_to_bash(other, cx);
    let start = stage.steps[..step.index].iter().rev().take(MAX_LATER_STEPS).find(differs);
    let first = start.map_or(0, |other| other.index + 1);
    // Too many steps below the first pipe are not looked at, and it is not one of the last.
    let near = step.index.saturating_sub(MAX_LATER_STEPS);
    let piped = |at: usize| {
        stage.steps[at..=step.index]
            .iter()
            .take(MAX_LATER_STEPS + 1)
            .find(|other| other.keyword() == Keyword::Run && other.state.shell == *shell && has_pipe(other))
    };
    if first < near && piped(first).is_some_and(|other| other.index < near) {
        return None;
    }
    let first = piped(first.max(near))?;
    let mut after = cx.model.after(first);
    let mut later = std::iter::once(first).chain(after.by_ref().take(MAX_LATER_STEPS));
    let next = later.find(differs);
    if next.is_none() && after.next().is_some() {
        return None;
    }
    let set = |argv: &str, step: &Step<'_>| placement::above(step, &format!("SHELL [{argv}]"), cx.model);
    let edit = set("\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"", first)?;
    let Some(next) = next else {
        return Fix::new(Safety::Unsafe, "use `bash` with `pipefail`", [edit]);
    };
    // Another stage may have to keep what it inherits, so the shell is set back in this one.
    let next = if next.stage == step.stage { next } else { stage.steps.get(step.index + 1)? };
    let within = next.index > step.index && shell.span.is_none() && next.state.shell == *shell;
    let back = set("\"/bin/sh\", \"-c\"", next).filter(|_| within)?;
    Fix::new(Safety::Unsafe, "use `bash` with `pipefail` for these steps", [edit, back])
}

/// Whether it is a heredoc whose `#!` line names its shell, whatever SHELL says.
fn has_own_shell(step: &Step<'_>, cx: &Cx<'_>) -> bool {
    let views =
        if step.instruction.heredocs.is_empty() { Vec::new() } else { shell_views(cx.source.text(), step.instruction) };
    views.first().is_some_and(|view| matches!(view.kind, ViewKind::Body(_)) && view.interpreter.is_some())
}

fn is_same_to_bash(step: &Step<'_>, cx: &Cx<'_>) -> bool {
    match step.keyword() {
        Keyword::Onbuild => return false,
        Keyword::Run | Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck if !step.is_exec_form() => {}
        _ => return true,
    }
    if has_own_shell(step, cx) {
        return true;
    }
    let Some(script) = &step.script else {
        return step.keyword() == Keyword::Healthcheck && step.instruction.command_line().is_none();
    };
    // The `echo` of `sh` expands `\n`, that of bash does not; `sh` does not interpret braces and `&>`.
    let differs = |command: &Command| {
        let escapes = command.is("echo") && command.args.iter().any(|arg| arg.raw.contains('\\'));
        let braces = command.args.iter().any(|arg| has_brace(&arg.raw));
        escapes || braces || command.redirects.iter().any(|redirect| redirect.operator.starts_with("&>"))
    };
    script.clean
        && bears_pipefail(script)
        && !script.commands.iter().any(differs)
        && !cx.text(script.span).contains("$'")
}

/// `a{b,c}`, but not `${a}`.
fn has_brace(word: &str) -> bool {
    let bytes = word.as_bytes();
    word.contains(',') && (0..bytes.len()).any(|at| bytes[at] == b'{' && (at == 0 || bytes[at - 1] != b'$'))
}
