//! Rules about single instructions, and about how often a stage has them.

use super::Sink;
use super::array::is_array;
use super::facts::{Image, Line, unquoted};
use crate::knowledge::hadolint::{QUIET, SECRET_NAMES, SECRET_PARTS, SHELLS, USELESS};
use crate::syntax::{Args, CommandLine, HealthcheckArgs, Keyword};
use crate::text::Source;

pub(super) fn check(source: &Source, lines: &[Line<'_>], sink: &mut Sink<'_>) {
    for line in lines {
        commands(line, sink);
        secrets(line, sink);
        if line.onbuild {
            continue;
        }
        match line.instruction.keyword {
            Keyword::Workdir => workdir(line, sink),
            Keyword::Expose => expose(line, sink),
            Keyword::Maintainer => sink.add("DL4000", line),
            Keyword::Onbuild => onbuild(line, sink),
            Keyword::Run if line.commands().iter().any(|command| command.name == "cd") => sink.add("DL3003", line),
            _ => {}
        }
        let command = match &line.instruction.args {
            Args::Healthcheck(HealthcheckArgs::Cmd { command, .. }) => Some(command),
            Args::Command(command) if matches!(line.instruction.keyword, Keyword::Cmd | Keyword::Entrypoint) => {
                Some(command)
            }
            _ => None,
        };
        if command.is_some_and(|command| !is_array(source, command)) {
            sink.add("DL3025", line);
        }
    }
    repeated(lines, sink);
    users(lines, sink);
    runs(lines, sink);
    downloads(lines, sink);
    pipes(lines, sink);
    variables(lines, sink);
    healthchecks(lines, sink);
}

fn commands(line: &Line<'_>, sink: &mut Sink<'_>) {
    for command in line.commands() {
        let name = command.name.as_str();
        if USELESS.contains(&name) || name == "vim" {
            sink.add("DL3001", line);
        }
        match name {
            "sudo" => sink.add("DL3004", line),
            "apt" => sink.add("DL3027", line),
            "ln" if command.has_arg(&["/bin/sh"]) => sink.add("DL4005", line),
            "useradd" if !command.has_flag(&["l", "no-log-init"]) => {
                let is_uid = |arg: &String| arg.ends_with('u') && arg.starts_with('-') && !arg.starts_with("--");
                let uid = command.args.iter().position(is_uid).and_then(|at| command.args.get(at + 1));
                if uid.is_some_and(|uid| uid.chars().count() > 5) {
                    sink.add("DL3046", line);
                }
            }
            "wget"
                if !command.has_flag(QUIET) && !command.has_arg(&["-nv"]) => {
                    sink.add("DL3047", line);
                }
            _ => {}
        }
    }
}

fn workdir(line: &Line<'_>, sink: &mut Sink<'_>) {
    let path = line.words().first().map_or("", |word| unquoted(word));
    let is_drive = path.as_bytes().get(1) == Some(&b':');
    if !path.starts_with(['/', '$']) && !is_drive {
        sink.add("DL3000", line);
    }
}

fn expose(line: &Line<'_>, sink: &mut Sink<'_>) {
    let too_high = |text: &str| text.parse::<u32>().is_ok_and(|port| port > 65_535);
    for word in line.words() {
        let ports = word.split('/').next().unwrap_or_default();
        if ports.split('-').any(too_high) {
            sink.add("DL3011", line);
        }
    }
}

fn onbuild(line: &Line<'_>, sink: &mut Sink<'_>) {
    let forbidden = match &line.instruction.args {
        Args::Onbuild(Some(inner)) => {
            matches!(inner.keyword, Keyword::From | Keyword::Maintainer | Keyword::Onbuild)
        }
        Args::Onbuild(None) => true,
        _ => false,
    };
    if forbidden {
        sink.add("DL3043", line);
    }
}

fn secrets(line: &Line<'_>, sink: &mut Sink<'_>) {
    let Args::Pairs(pairs) = &line.instruction.args else { return };
    if !matches!(line.instruction.keyword, Keyword::Arg | Keyword::Env) {
        return;
    }
    let is_secret = |name: &str| {
        let name = name.to_ascii_lowercase();
        SECRET_NAMES.contains(&name.as_str()) || SECRET_PARTS.iter().any(|part| name.contains(part))
    };
    if pairs.pairs.iter().any(|pair| is_secret(&pair.name.text)) {
        sink.add("DL3064", line);
    }
}

/// CMD, ENTRYPOINT and HEALTHCHECK, of which the last one of a stage counts.
fn repeated(lines: &[Line<'_>], sink: &mut Sink<'_>) {
    for (keyword, code) in
        [(Keyword::Cmd, "DL4003"), (Keyword::Entrypoint, "DL4004"), (Keyword::Healthcheck, "DL3012")]
    {
        let mut last = None;
        for line in lines.iter().filter(|line| !line.onbuild && line.is(keyword)) {
            if last == Some(line.stage) {
                sink.add(code, line);
            }
            last = Some(line.stage);
        }
    }
}

fn users(lines: &[Line<'_>], sink: &mut Sink<'_>) {
    let mut arguments: Vec<&str> = Vec::new();
    let mut last: Option<&Line<'_>> = None;
    let is_root = |line: &Line<'_>| {
        let name = line.words().first().copied().unwrap_or_default();
        matches!(name, "root" | "0") || name.starts_with("root:") || name.starts_with("0:")
    };
    for line in lines.iter().filter(|line| !line.onbuild) {
        match (&line.instruction.args, line.instruction.keyword) {
            (_, Keyword::From) => {
                last.take().filter(|line| is_root(line)).into_iter().for_each(|line| sink.add("DL3002", line));
            }
            (Args::Pairs(pairs), Keyword::Arg) => arguments.extend(pairs.pairs.iter().map(|it| it.name.text.as_str())),
            (_, Keyword::User) => {
                last = Some(line);
                let user = line.words().first().copied().unwrap_or_default();
                let name = user.split(':').next().unwrap_or_default();
                let is_number = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
                let is_argument = arguments.iter().any(|argument| {
                    user.contains(&format!("${argument}")) || user.contains(&format!("${{{argument}"))
                });
                if !is_number && !is_argument {
                    sink.add("DL3066", line);
                }
            }
            _ => {}
        }
    }
    last.filter(|line| is_root(line)).into_iter().for_each(|line| sink.add("DL3002", line));
}

/// A `RUN` right after another with the same flags, both short.
fn runs(lines: &[Line<'_>], sink: &mut Sink<'_>) {
    let flags = |line: &Line<'_>| {
        let flag = |flag: &crate::syntax::Flag| (flag.name.clone(), flag.value.as_ref().map(|it| it.text.clone()));
        line.instruction.flags.iter().map(flag).collect::<Vec<_>>()
    };
    let lines: Vec<_> = lines.iter().filter(|line| !line.onbuild).collect();
    for pair in lines.windows(2) {
        let [first, second] = pair else { continue };
        let both = first.is(Keyword::Run) && second.is(Keyword::Run) && first.stage == second.stage;
        let short = first.commands().len() <= 1 && second.commands().len() <= 1;
        if both && short && flags(first) == flags(second) {
            sink.add("DL3059", second);
        }
    }
}

/// Both programs in one stage: reported wherever one is used once both are. What `ONBUILD` keeps is counted on its own, and
/// over all stages.
fn downloads(lines: &[Line<'_>], sink: &mut Sink<'_>) {
    let (mut own, mut kept, mut stage) = ((false, false), (false, false), None);
    for line in lines {
        if line.stage != stage {
            (own, stage) = ((false, false), line.stage);
        }
        let uses = |name: &str| line.commands().iter().any(|command| command.name == name);
        let (new_wget, new_curl) = (uses("wget"), uses("curl"));
        let (wget, curl) = if line.onbuild { &mut kept } else { &mut own };
        *wget |= new_wget;
        *curl |= new_curl;
        if *wget && *curl && (new_wget || new_curl) {
            sink.add("DL4001", line);
        }
    }
}

fn pipes(lines: &[Line<'_>], sink: &mut Sink<'_>) {
    let mut is_set = false;
    for line in lines {
        match (&line.instruction.args, line.instruction.keyword) {
            (_, Keyword::From) => is_set = false,
            (Args::Command(CommandLine::Exec(form)), Keyword::Shell) if !line.onbuild => {
                let words: Vec<&str> = form.items.iter().flat_map(|item| item.value.split_whitespace()).collect();
                is_set = sets_pipefail(&words);
            }
            // hadolint does not look at what is kept for another build.
            (_, Keyword::Run) if !line.onbuild && !is_set && line.script.as_ref().is_some_and(|script| script.has_pipe) => {
                sink.add("DL4006", line);
            }
            _ => {}
        }
    }
}

/// Whether `["/bin/bash", "-o", "pipefail", "-c"]` or a shell without pipes of this kind is set.
fn sets_pipefail(words: &[&str]) -> bool {
    let Some((shell, flags)) = words.split_first() else { return false };
    if ["pwsh", "powershell", "cmd"].iter().any(|other| shell.starts_with(other)) {
        return true;
    }
    let has_o = flags.iter().any(|flag| flag.starts_with('-') && !flag.starts_with("--") && flag.contains('o'));
    SHELLS.contains(shell) && has_o && flags.contains(&"pipefail")
}

/// `ENV A=1 B=$A`: the value is that of before.
fn variables(lines: &[Line<'_>], sink: &mut Sink<'_>) {
    let mut known: Vec<&str> = Vec::new();
    for line in lines.iter().filter(|line| !line.onbuild) {
        let Args::Pairs(pairs) = &line.instruction.args else { continue };
        let names: Vec<&str> = pairs.pairs.iter().map(|pair| pair.name.text.as_str()).collect();
        if line.is(Keyword::Env) {
            let uses = |name: &&str| {
                let others = pairs.pairs.iter().filter(|pair| pair.name.text != **name);
                others.filter_map(|pair| pair.value.as_ref()).any(|value| {
                    value.text.contains(&format!("${{{name}}}")) || bare_use(&value.text, name)
                })
            };
            if names.iter().any(|name| !known.contains(name) && uses(name)) {
                sink.add("DL3044", line);
            }
        }
        if matches!(line.instruction.keyword, Keyword::Env | Keyword::Arg) {
            known.extend(names);
        }
    }
}

/// `$NAME`, and not the start of a longer name.
fn bare_use(text: &str, name: &str) -> bool {
    let needle = format!("${name}");
    text.match_indices(&needle).any(|(at, _)| {
        let next = text[at + needle.len()..].chars().next();
        next.is_none_or(|char| !char.is_ascii_alphanumeric() && char != '_')
    })
}

/// A stage as the rule about `HEALTHCHECK` sees it.
struct Checked<'l, 'a> {
    line: &'l Line<'a>,
    /// Its image, without the tag, and its name: without `AS` that of the image.
    image: &'a str,
    name: &'a str,
    /// It, a stage that it is based on, or one that is based on it has a `HEALTHCHECK`.
    good: bool,
}

/// Off by default: stages without a HEALTHCHECK. What is based on a stage counts for it from where it stands.
fn healthchecks(lines: &[Line<'_>], sink: &mut Sink<'_>) {
    let mut stages: Vec<Checked<'_, '_>> = Vec::new();
    for line in lines.iter().filter(|line| !line.onbuild) {
        if let Some(from) = line.from() {
            let image = from.image.as_ref().map_or("", |word| Image::of(&word.text).name);
            let name = from.name.as_ref().map_or(image, |word| word.text.as_str());
            let good = stages.iter().any(|stage| stage.good && stage.name == image);
            stages.push(Checked { line, image, name, good });
        } else if line.is(Keyword::Healthcheck) && let Some(last) = stages.last_mut() {
            last.good = true;
            let mut images = vec![last.image];
            while let Some(image) = images.pop() {
                for stage in stages.iter_mut().filter(|stage| !stage.good && stage.name == image) {
                    stage.good = true;
                    images.push(stage.image);
                }
            }
        }
    }
    stages.iter().filter(|stage| !stage.good).for_each(|stage| sink.add("DL3057", stage.line));
}
