//! What ShellCheck finds in the scripts of `RUN`: one finding each at its first line, as hadolint shows no more.
//!
//! hadolint knows nothing of base images. It hands ShellCheck the text of a `RUN` with the shell of `SHELL` (else `/bin/sh`) in
//! front, and the names that the stage declares, each with the value 1. A Dockerfile is made here that says the same to our
//! rules, with a stage for each script, and checked.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

use rpds::HashTrieSetSync;

use super::facts::Line;
use super::pragma;
use super::severity::{of_shellcheck, shell_message};
use super::{Severity, Sink};
use crate::knowledge::hadolint::PREDEFINED;
use crate::lint::{self, Settings, registry};
use crate::model::{BuildArgs, Model};
use crate::syntax::{self, Args, CommandLine, Dockerfile, Keyword, PairArgs};
use crate::text::{Source, suggest};

/// Codes that hadolint leaves out.
const LEFT_OUT: [&str; 3] = ["SC2187", "SC1090", "SC1091"];

/// Ends the scripts of heredocs.
const END: &str = "PLIMSOLL-SCRIPT-ENDS-HERE";

/// What a stage has set so far.
#[derive(Clone, Default)]
struct StageState {
    /// The words of `SHELL`.
    shell: Option<String>,
    declared: HashTrieSetSync<Arc<str>>,
}

pub(super) fn check(source: &Source, file: &Dockerfile, lines: &[Line<'_>], sink: &mut Sink<'_>) {
    let mut scripts = Scripts { text: String::new(), lines: Vec::new() };
    let mut shells = pragma::shells(source, file).into_iter().peekable();
    let mut stages: BTreeMap<&str, StageState> = BTreeMap::new();
    let (mut state, mut default, mut name) = (StageState::default(), StageState::default(), "");
    // What ONBUILD keeps for another build has a state of its own, which no stage ends.
    let mut kept = StageState::default();
    for (at, line) in lines.iter().enumerate() {
        while let Some((_, shell)) = shells.next_if(|(number, _)| *number < line.number) {
            match line.stage {
                // Before the first stage: for all of them.
                None => default.shell = Some(shell),
                Some(0) if line.is(Keyword::From) => default.shell = Some(shell),
                Some(_) => state.shell = Some(shell),
            }
        }
        let current = if line.onbuild { &mut kept } else { &mut state };
        match (&line.instruction.args, line.instruction.keyword) {
            (Args::From(_), _) if line.onbuild => {}
            (Args::From(from), _) => {
                stages.insert(std::mem::take(&mut name), std::mem::take(&mut state));
                name = from.name.as_ref().map_or("", |word| word.text.as_str());
                let base = from.image.as_ref().and_then(|image| stages.get(image.text.as_str()));
                state = base.unwrap_or(&default).clone();
            }
            (Args::Command(command), Keyword::Shell) => current.shell = shell_words(source, command),
            (Args::Pairs(pairs), Keyword::Env | Keyword::Arg) => current.declare(pairs, line.is(Keyword::Arg)),
            _ => {}
        }
        scripts.add(at, line, if line.onbuild { &kept } else { &state }, sink);
    }
    scripts.check(lines, sink);
}

/// The words of `SHELL`; what is not a JSON array is taken as it stands.
fn shell_words(source: &Source, command: &CommandLine) -> Option<String> {
    match command {
        CommandLine::Exec(form) => Some(form.items.iter().map(|item| item.value.as_str()).collect::<Vec<_>>().join(" ")),
        CommandLine::Shell(span) => Some(source.slice(*span).to_owned()),
        CommandLine::Empty => None,
    }
}

impl StageState {
    /// Of an `ARG` hadolint reads the first name only. It also forgets the shell.
    fn declare(&mut self, pairs: &PairArgs, is_arg: bool) {
        self.shell = None;
        let count = if is_arg { 1 } else { usize::MAX };
        let is_name = |name: &&str| {
            !name.starts_with(|char: char| char.is_ascii_digit())
                && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_')
        };
        let names = pairs.pairs.iter().take(count).map(|pair| pair.name.text.as_str());
        names.filter(is_name).for_each(|name| self.declared.insert_mut(name.into()));
    }
}

/// What ShellCheck makes of the first words of a script.
enum Interpreter {
    /// Not handed over.
    Unread,
    /// Reported without a look at the script.
    Refused(&'static str),
    /// The shell, and whether it is named by a path.
    Shell(&'static str, bool),
}

fn interpreter(words: Option<&str>) -> Interpreter {
    let Some(words) = words else { return Interpreter::Shell("sh", true) };
    if ["pwsh", "powershell", "cmd"].iter().any(|name| words.contains(name)) {
        return Interpreter::Unread;
    }
    let mut words = words.split_whitespace();
    let path = words.next().unwrap_or("/bin/sh");
    let mut name = path.rsplit('/').next().unwrap_or(path);
    if name == "env" {
        name = words.find(|word| !word.starts_with('-')).unwrap_or("sh");
    }
    match name {
        "sh" => Interpreter::Shell("sh", path.starts_with('/')),
        "bash" => Interpreter::Shell("bash", path.starts_with('/')),
        "ksh" => Interpreter::Shell("ksh", path.starts_with('/')),
        "dash" | "ash" => Interpreter::Shell("dash", path.starts_with('/')),
        "zsh" | "csh" | "tcsh" | "fish" | "python" | "python3" | "perl" | "ruby" => Interpreter::Refused("SC1071"),
        _ => Interpreter::Refused("SC1008"),
    }
}

/// Ordered by what hadolint shows of several: the last place, there the least severe, there the highest code.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct ShellFinding {
    at: usize,
    severity: Reverse<Severity>,
    code: &'static str,
    message: String,
}

/// A Dockerfile with a stage for each script that is read.
struct Scripts {
    text: String,
    /// For each stage.
    lines: Vec<ScriptLine>,
}

struct ScriptLine {
    /// The index of the line of the `RUN`.
    at: usize,
    /// The code to report if nothing else is found.
    fallback: Option<&'static str>,
    /// Codes with their places in the text.
    pedantry: Vec<(usize, &'static str)>,
}

impl Scripts {
    fn add(&mut self, at: usize, line: &Line<'_>, state: &StageState, sink: &mut Sink<'_>) {
        let Some(run) = line.script.as_ref().filter(|run| !run.is_exec) else { return };
        let (shell, has_path) = match interpreter(state.shell.as_deref()) {
            Interpreter::Unread => return,
            Interpreter::Refused(code) => return report(code, line, sink),
            Interpreter::Shell(name, has_path) => (name, has_path),
        };
        let first = run.text.lines().next().unwrap_or_default();
        let own = first.strip_prefix("#!").filter(|_| run.is_body);
        if own.is_some_and(|own| !own.trim_end().ends_with("sh") && !own.contains("sh ")) {
            return;
        }
        if let Some(code) = run.failure {
            return report(code, line, sink);
        }
        self.text.push_str(match shell {
            "bash" => "FROM --platform=linux x\nSHELL [\"/bin/bash\", \"-c\"]\n",
            "ksh" => "FROM --platform=linux x\nSHELL [\"/bin/ksh\", \"-c\"]\n",
            // Its `sh` is dash.
            "dash" => "FROM --platform=linux debian\n",
            _ => "FROM --platform=linux x\n",
        });
        let words: BTreeSet<&str> = run.text.split(|char: char| !char.is_ascii_alphanumeric() && char != '_').collect();
        // Also those that an undeclared one may be a misspelling of.
        let unknown: BTreeSet<&str> = run.variables().filter(|name| !state.declared.contains(*name)).collect();
        let near = unknown.into_iter().filter_map(|name| suggest::misspelled(name, state.declared.iter().map(|name| &**name)));
        let names = words.into_iter().filter(|word| state.declared.contains(*word) || PREDEFINED.contains(word));
        let names: BTreeSet<&str> = names.chain(near).collect();
        let names: Vec<String> = names.into_iter().map(|name| format!("{name}=1")).collect();
        if !names.is_empty() {
            let _ = writeln!(self.text, "ENV {}", names.join(" "));
        }
        if run.is_body {
            let _ = writeln!(self.text, "RUN <<\"{END}\"");
        } else {
            self.text.push_str("RUN ");
        }
        let pedantry = run.pedantry.iter().filter(|it| shell == "sh" || !it.is_posix);
        let pedantry = pedantry.map(|it| (self.text.len() + it.at, it.code)).collect();
        self.lines.push(ScriptLine { at, fallback: (!has_path).then_some("SC2239"), pedantry });
        // The shell is the stage's, whatever the first line of a body says.
        self.text.push_str(run.text.replacen("#!", "# ", usize::from(own.is_some())).trim_end());
        self.text.push('\n');
        if run.is_body {
            let _ = writeln!(self.text, "{END}");
        }
    }

    fn check(&self, lines: &[Line<'_>], sink: &mut Sink<'_>) {
        let source = Source::new("", self.text.as_str());
        let file = syntax::parse(source.text());
        let model = Model::build(&source, &file, &BuildArgs::new(), None);
        let starts: Vec<usize> = model.stages.iter().map(|stage| stage.from.span.start()).collect();
        let rules = registry::all().iter().filter(|entry| entry.is_shell_check());
        let mut last: BTreeMap<usize, ShellFinding> = BTreeMap::new();
        for found in lint::check_all(&model, &Settings::of(rules), None) {
            let Some(code) = found.code().filter(|code| !LEFT_OUT.contains(code)) else { continue };
            let Some(stage) = starts.partition_point(|start| *start <= found.span.start()).checked_sub(1) else { continue };
            keep(&mut last, stage, found.span.start(), code, found.message.into_owned());
        }
        for (stage, line) in self.lines.iter().enumerate() {
            for (at, code) in &line.pedantry {
                keep(&mut last, stage, *at, code, shell_message(code).unwrap_or_default().to_owned());
            }
        }
        for (stage, ScriptLine { at, fallback, .. }) in self.lines.iter().enumerate() {
            match (last.remove(&stage), fallback) {
                (Some(found), _) => sink.add_with(found.code, own_severity(found.code), &lines[*at], found.message),
                (None, Some(code)) => report(code, &lines[*at], sink),
                (None, None) => {}
            }
        }
    }
}

/// Takes the finding if it comes after the one that is there.
fn keep(last: &mut BTreeMap<usize, ShellFinding>, stage: usize, at: usize, code: &'static str, message: String) {
    let new = ShellFinding { at, severity: Reverse(own_severity(code)), code, message };
    match last.get(&stage) {
        Some(old) if *old >= new => {}
        _ => _ = last.insert(stage, new),
    }
}

fn own_severity(code: &str) -> Severity {
    code[2..].parse().map_or(Severity::Warning, of_shellcheck)
}

fn report(code: &'static str, line: &Line<'_>, sink: &mut Sink<'_>) {
    let message = shell_message(code).unwrap_or_default().to_owned();
    sink.add_with(code, own_severity(code), line, message);
}
