//! What hadolint reports about a Dockerfile, as it reports it: the same codes on the same lines at the same severities.
//!
//! For people who come from it, and for pipelines that rely on its findings: `profile = "hadolint"` and `plimsoll hadolint`.
//! The rules of plimsoll know better in many places and say so at the exact word; here nothing is known better. Each rule is
//! written from its documented behaviour and from what the program prints; `tests/oracle/hadolint_cli.py` compares the two.

mod array;
mod cmd;
mod facts;
mod files;
mod images;
mod instructions;
mod labels;
mod languages;
mod options;
mod packages;
mod pedantry;
mod pragma;
mod script;
mod severity;
mod shell;
mod syntax_error;
mod word;

pub use options::{Options, Setup, Threshold};
pub use severity::{Severity, severity};

use std::collections::BTreeSet;

use crate::finding::{Diagnostic, Entry, Level};
use crate::lint::registry;
use crate::syntax;
use crate::text::{Source, Span};
use facts::{Line, lines};

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// `DL3006` or `SC2086`.
    pub code: &'static str,
    pub severity: Severity,
    /// The first line of the instruction, from 1.
    pub line: usize,
    /// The instruction.
    pub span: Span,
    pub message: String,
}

/// What rules add findings to.
pub(super) struct Sink<'o> {
    options: &'o Options,
    /// A code and a line once, as hadolint has it.
    seen: BTreeSet<(usize, &'static str)>,
    found: Vec<Finding>,
}

impl Sink<'_> {
    /// Adds a finding, unless its code is ignored or off.
    fn add(&mut self, code: &'static str, line: &Line<'_>) {
        self.add_with(code, severity(code), line, severity::message(code).to_owned());
    }

    fn add_with(&mut self, code: &'static str, own: Severity, line: &Line<'_>, message: String) {
        let severity = self.options.severity(code, own);
        if severity > Severity::Ignore && self.seen.insert((line.number, code)) {
            self.found.push(Finding { code, severity, line: line.number, span: line.span, message });
        }
    }
}

/// Everything hadolint would report, by line.
pub fn check(source: &Source, options: &Options) -> Vec<Finding> {
    let file = syntax::parse(source.text());
    let lines = lines(source, &file);
    let mut sink = Sink { options, seen: BTreeSet::new(), found: Vec::new() };
    // A file that does not parse has this finding only.
    if let Some((line, span)) = syntax_error::first(source, &file, &lines) {
        let message = severity::message("DL1000").to_owned();
        return vec![Finding { code: "DL1000", severity: Severity::Error, line, span, message }];
    }
    instructions::check(source, &lines, &mut sink);
    images::check(&lines, &mut sink);
    files::check(&lines, &mut sink);
    packages::check(&lines, &mut sink);
    languages::check(&lines, &mut sink);
    labels::check(&lines, &mut sink);
    pragma::report(source, &file, &lines, &mut sink);
    shell::check(source, &file, &lines, &mut sink);
    let mut found = sink.found;
    if !options.disable_ignore_pragma {
        pragma::apply(source, &file, &lines, &mut found);
    }
    found.sort_by(|a, b| (a.line, a.code).cmp(&(b.line, b.code)));
    found
}

/// Whether a run with these findings fails.
pub fn fails(found: &[Finding], options: &Options) -> bool {
    !options.no_fail && found.iter().any(|found| options.threshold.reached(found.severity))
}

/// Whether a finding of this code fails a run.
pub fn fails_at(code: &str, options: &Options) -> bool {
    let own = match code.strip_prefix("SC").and_then(|number| number.parse().ok()) {
        Some(number) => severity::of_shellcheck(number),
        None => severity(code),
    };
    !options.no_fail && options.threshold.reached(options.severity(code, own))
}

impl Finding {
    /// The rule of ours that stands for the code.
    pub fn entry(&self) -> Option<&'static Entry> {
        entry(self.code)
    }

    /// The same in the terms of plimsoll: the rule that stands for the code.
    pub fn diagnostic(&self) -> Diagnostic {
        let level = match self.severity {
            Severity::Error => Level::Error,
            Severity::Warning => Level::Warn,
            Severity::Info | Severity::Style | Severity::Ignore => Level::Note,
        };
        let rule = self.entry().unwrap_or_else(|| other(self.code));
        let mut diagnostic = Diagnostic::new(&rule.meta, level, self.span, self.message.clone());
        diagnostic.variant = self.code;
        diagnostic
    }
}

/// Of several rules that have a code as an alias, the one that finds most of what the code does.
const CLOSEST: [(&str, &str); 1] = [("DL3025", "shell-form")];

/// The rule that has the code as an alias, or is called like it.
fn entry(code: &str) -> Option<&'static Entry> {
    let name = CLOSEST.iter().find(|(of, _)| *of == code).map_or(code, |(_, name)| name);
    let all = || registry::all().iter();
    all().find(|entry| entry.meta.name == name).or_else(|| all().find(|entry| entry.meta.aka.contains(&code)))
}

/// The rule for codes that no other rule has: ShellCheck's about the parsing of scripts, else syntax.
fn other(code: &str) -> &'static Entry {
    let all = registry::all();
    if code.starts_with("SC") { &all[all.len() - 1] } else { &all[0] }
}

#[cfg(test)]
mod tests;
