//! The scripts of a Dockerfile, as a linter for scripts wants them.
//!
//! A script that a RUN holds knows variables that nothing in it sets: those of ARG and ENV. So a line is put in front
//! of it that declares the ones it mentions, with the value that is known of them: a linter that sees `VERSION=1.2`
//! knows that `$VERSION` needs no quotes, and one that sees `FLAGS="$1"` does not.

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;

use super::Finding;
use crate::finding::Level;
use crate::knowledge::variables;
pub use crate::model::ScriptShell as Shell;
use crate::model::{Model, Stage, Step, Variable, VariableKind, script_head, system_shell, view_shell};
use crate::shell::Options;
use crate::syntax::{Args, Instruction, ShellView, ViewKind, shell_views, without_joints_in_quotes};
use crate::text::Span;

/// One script.
#[derive(Clone, Debug)]
pub struct Script {
    /// What a linter gets to read.
    pub text: String,
    pub shell: Shell,
    /// What the shell was started with.
    pub options: Options,
    /// Where the text starts in the file, were nothing put in.
    base: usize,
    /// What was put in.
    put_in: Range<usize>,
}

impl Script {
    /// Where a range of the text is in the file. `None` when it was put in.
    pub fn span(&self, range: Range<usize>) -> Option<Span> {
        let place = |at: usize| match at {
            at if at >= self.put_in.end => Some(self.base + at - self.put_in.len()),
            at => (at < self.put_in.start).then_some(self.base + at),
        };
        let start = place(range.start)?;
        Some(Span::new(start, place(range.end)?.max(start)))
    }

    /// What it shows of the file.
    pub fn file_span(&self) -> Span {
        Span::new(self.base, self.base + self.text.len() - self.put_in.len())
    }

    /// The range of its text that is not in the file.
    pub fn put_in(&self) -> Range<usize> {
        self.put_in.clone()
    }

    /// How loud a finding may be at most in it. `None`: it does not hold for its shell. `there` is what it points at.
    pub fn most(&self, code: u32, there: &str) -> Option<Level> {
        match self.shell {
            // What is not in the standard: SC3000 to SC3999.
            _ if code / 1000 != 3 => Some(Level::Error),
            // Every shell in use has `local` and `echo -n`.
            _ if code == 3043 || matches!(code, 3036 | 3037) && there == "-n" => None,
            // `ulimit -n` is fine everywhere, `read -a` is not.
            Shell::Dash if code == 3045 => Some(Level::Note),
            Shell::Sh => Some(Level::Note),
            Shell::BashAsSh => None,
            // Some of the variables, and some of the options of `read`.
            Shell::Busybox if matches!(code, 3028 | 3045) => Some(Level::Note),
            Shell::Busybox => (!IN_BUSYBOX.contains(&code)).then_some(Level::Warn),
            Shell::Dash | Shell::Bash | Shell::Ksh => Some(Level::Warn),
        }
    }
}

/// What is not in the standard, and busybox has all the same.
const IN_BUSYBOX: [u32; 16] =
    [3003, 3010, 3012, 3013, 3014, 3020, 3036, 3037, 3039, 3040, 3046, 3048, 3051, 3057, 3060, 3061];

/// Longer scripts, in bytes, are not read: no person wrote them.
const MOST_LEN: usize = 64 << 10;

/// How many bytes of scripts are read of one file; each script counts as some more than it has.
const MOST_IN_ALL: usize = 1 << 20;
const EACH: usize = 256;

/// The scripts of a file.
#[derive(Clone, Debug, Default)]
pub struct Scripts {
    pub list: Vec<Script>,
    /// What is to be said of those that are left out.
    pub unread: Vec<Finding>,
}

/// Every script of the file in a shell that linters know, in file order; none of a template.
pub fn scripts(model: &Model<'_>) -> Scripts {
    let mut scripts = Scripts::default();
    if model.file.is_template(model.source.text()) {
        return scripts;
    }
    let mut left = MOST_IN_ALL;
    for stage in &model.stages {
        let sh = system_shell(model, stage);
        // What an ONBUILD of this stage declares for the ones after it.
        let mut later = HashSet::new();
        for step in &stage.steps {
            let instruction = step.onbuild().unwrap_or(step.instruction);
            if step.onbuild().is_some()
                && let Args::Pairs(pairs) = &instruction.args
            {
                later.extend(pairs.pairs.iter().map(|pair| pair.name.text.as_str()));
            }
            let Some(script) = script(model, stage, step, instruction, sh, &later) else { continue };
            if script.text.len() > MOST_LEN {
                let message = "this script is too long to be read";
                scripts.unread.push(Finding::unread(instruction.keyword_span, message));
                continue;
            }
            let Some(rest) = left.checked_sub(script.text.len() + EACH) else {
                let message = "the scripts from here on are not read: there are too many";
                scripts.unread.push(Finding::unread(instruction.keyword_span, message));
                return scripts;
            };
            left = rest;
            scripts.list.push(script);
        }
    }
    scripts
}

fn script(
    model: &Model<'_>,
    stage: &Stage<'_>,
    step: &Step<'_>,
    instruction: &Instruction,
    sh: Shell,
    later: &HashSet<&str>,
) -> Option<Script> {
    if stage.windows {
        return None;
    }
    let view = shell_views(model.source.text(), instruction).into_iter().next()?;
    // Meant to be a JSON array, and another rule says what is wrong with it.
    if view.text.strip_prefix('[').is_some_and(|rest| !rest.starts_with(['[', ' ', '\t', '\\'])) {
        return None;
    }
    let (shell, options) = view_shell(&view, &step.state, sh)?;
    let onbuild = step.onbuild().is_some();
    let declared = |name: &str| match step.state.variables.get(name) {
        Some(variable) if !onbuild || variable.kind == VariableKind::Env => Some(value(name, variable)),
        // Any builder passes these on; nothing is known of what is in them.
        _ if later.contains(name) || variables::PROXIES.contains(&name) => Some(UNKNOWN.to_owned()),
        _ => None,
    };
    let names = mentioned(&view.text);
    let line = declarations(&names, declared);
    let ShellView { mut text, base, .. } = view;
    if view.kind == ViewKind::Line && instruction.heredocs.is_empty() {
        text = without_joints_in_quotes(text);
    }
    if let Some(joined) = open_braces(&text) {
        text = joined;
    }
    let at = if view.kind == ViewKind::Line { 0 } else { head_len(&text) };
    text.insert_str(at, &line);
    Some(Script { text, shell, options, base, put_in: at..at + line.len() })
}

/// The linter's parser takes `{` before a joined line for a part of a word; a line break there means the same.
fn open_braces(text: &str) -> Option<String> {
    if !text.contains("{\\\n") {
        return None;
    }
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (at, _) in text.match_indices("{\\\n") {
        let before = at
            .checked_sub(1)
            .is_none_or(|before| bytes[before].is_ascii_whitespace() || b";&|(".contains(&bytes[before]));
        if before && bytes.get(at + 3).is_none_or(u8::is_ascii_whitespace) {
            out.push_str(&text[from..at]);
            out.push_str("{ \n");
            from = at + 3;
        }
    }
    out.push_str(&text[from..]);
    Some(out)
}

fn head_len(text: &str) -> usize {
    let len = script_head(text).map(str::len).sum();
    // A last line without an end would run into the text that is appended.
    if text[..len].ends_with('\n') || len == 0 { len } else { 0 }
}

/// A value of which a linter knows nothing.
const UNKNOWN: &str = "\"$1\"";

/// What a linter is to know of a variable's value.
fn value(name: &str, variable: &Variable) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_./:@%+=,-".contains(&byte);
    match &variable.value {
        Some(value) if value.is_empty() && variable.kind == VariableKind::Env => "''".to_owned(),
        Some(value) if !value.is_empty() && value.len() <= 256 && value.bytes().all(plain) => value.clone(),
        // What BuildKit gives these is one word.
        None if variables::PLATFORM.contains(&name) => "x".to_owned(),
        _ => UNKNOWN.to_owned(),
    }
}

/// Every word of the script that can be a variable's name.
fn mentioned(text: &str) -> BTreeSet<&str> {
    let is_name = |char: char| char.is_ascii_alphanumeric() || char == '_';
    let words = text.split(|char| !is_name(char));
    // The shell has its own idea of PATH.
    words.filter(|word| word.starts_with(|char: char| !char.is_ascii_digit()) && *word != "PATH").collect()
}

/// The line that declares variables. `declared` gives the value of one, if it is declared.
fn declarations(names: &BTreeSet<&str>, declared: impl Fn(&str) -> Option<String>) -> String {
    let mut line = String::new();
    for name in names {
        if let Some(value) = declared(name) {
            line += if line.is_empty() { "export " } else { " " };
            line += name;
            line += "=";
            line += &value;
        }
    }
    if !line.is_empty() {
        line.push('\n');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::BuildArgs;
    use crate::syntax::parse;
    use crate::text::Source;

    fn texts(text: &str) -> Vec<String> {
        let source = Source::new("Dockerfile", text);
        let tree = parse(source.text());
        let model = Model::build(&source, &tree, &BuildArgs::new(), None);
        let scripts = scripts(&model);
        for script in &scripts.list {
            assert!(script.span(script.put_in()).is_none() || script.put_in().is_empty());
            for (at, char) in script.text.char_indices().filter(|(_, char)| char.is_alphanumeric()) {
                if let Some(span) = script.span(at..at + char.len_utf8()) {
                    assert_eq!(source.slice(span).chars().next(), Some(char), "{:?} at {at}", script.text);
                }
            }
        }
        scripts.list.into_iter().map(|script| script.text).collect()
    }

    #[test]
    fn what_is_mentioned_is_declared() {
        let file = "FROM a\nARG b=1 c=\"x y\" d\nENV e='' unused=1\nRUN echo ä $b $c $d $e $f $PATH\n";
        let line = "export b=1 c=\"$1\" d=\"$1\" e=''\n";
        assert_eq!(texts(file), [format!("{line}echo ä $b $c $d $e $f $PATH")]);
        assert_eq!(texts("FROM a\nRUN echo $http_proxy\n"), ["export http_proxy=\"$1\"\necho $http_proxy"]);
        assert_eq!(texts("FROM a\nARG TARGETARCH\nRUN echo $TARGETARCH\n"), ["export TARGETARCH=x\necho $TARGETARCH"]);
        assert_eq!(texts("FROM a\nONBUILD ARG b\nONBUILD RUN echo $b\n"), ["export b=\"$1\"\necho $b"]);
    }

    #[test]
    fn a_head_stays_in_front() {
        let file = "FROM a\nARG b=1\nRUN <<E\n#!/bin/bash\n# shellcheck disable=SC2086\n\necho $b\nE\n";
        assert_eq!(texts(file), ["#!/bin/bash\n# shellcheck disable=SC2086\n\nexport b=1\necho $b\n"]);
    }

    #[test]
    fn not_for_these() {
        for run in ["RUN [\"a\"]", "RUN ['a']", "SHELL [\"pwsh\"]\nRUN a", "RUN <<E\n#!/usr/bin/python3\nE", "COPY a b"]
        {
            assert_eq!(texts(&format!("FROM a\n{run}\n")), [""; 0], "{run}");
        }
        assert_eq!(texts("FROM {{ base }}\nRUN a\n"), [""; 0]);
        assert_eq!(texts("FROM a\nRUN [ -f b ] && [[ c ]]\n").len(), 1);
    }

    #[test]
    fn not_too_much() {
        let source = Source::new("Dockerfile", format!("FROM a\nRUN {}\n", "a".repeat(MOST_LEN + 1)));
        let tree = parse(source.text());
        let found = scripts(&Model::build(&source, &tree, &BuildArgs::new(), None));
        assert_eq!((found.list.len(), found.unread.len()), (0, 1));
        let source = Source::new("Dockerfile", format!("FROM a\n{}", "RUN a\n".repeat(10_000)));
        let tree = parse(source.text());
        let found = scripts(&Model::build(&source, &tree, &BuildArgs::new(), None));
        assert_eq!((found.list.len() < 5_000, found.unread.len()), (true, 1));
    }
}
