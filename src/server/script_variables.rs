//! Where a script sets and uses variables.

use std::collections::BTreeSet;

use crate::model::Step;
use crate::shell::reader::{Assignment, For, ForHeader, Parameter};
use crate::shell::{Command, Dialect, Script};
use crate::syntax::shell_views;
use crate::text::{Source, Span};

/// The name of a variable in a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mention {
    /// In lower case where case does not matter.
    pub(super) name: String,
    pub(super) written: String,
    pub(super) span: Span,
    /// The script gives it a value here.
    pub(super) is_set: bool,
    /// Programs or the shell itself know it by this name.
    pub(super) is_fixed: bool,
}

/// Commands that read text as a script: what it sets is not seen.
const READERS: [&str; 3] = ["eval", "source", "."];
/// Commands whose arguments are variables, with values or without.
const DECLARATIONS: [&str; 5] = ["export", "readonly", "local", "declare", "typeset"];

/// The variables that a script mentions, in order.
pub(super) fn mentions(script: &Script, source: &Source) -> Vec<Mention> {
    in_order(posix(script, source))
}

/// The variables that the script of a step mentions that is read by PowerShell or cmd, and where it begins.
pub(super) fn windows_mentions(step: &Step<'_>, source: &Source) -> (usize, Vec<Mention>) {
    let Some(view) = shell_views(source.text(), step.instruction).into_iter().next() else { return (0, Vec::new()) };
    let dialect = view.interpreter.as_deref().map_or(step.state.shell.dialect, Dialect::from_name);
    // Continuations are not as in the file, and no name goes over one.
    let text = source.slice(Span::new(view.base, view.base + view.text.len()));
    let found = match dialect {
        Dialect::PowerShell => powershell(text, view.base),
        Dialect::Cmd => cmd(text, view.base),
        _ => Vec::new(),
    };
    (view.base, in_order(found))
}

fn in_order(mut found: Vec<Mention>) -> Vec<Mention> {
    found.sort_by_key(|mention| (mention.span, !mention.is_set));
    found.dedup_by_key(|mention| mention.span);
    found
}

fn is_name(text: &str) -> bool {
    text.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_')
        && text.chars().all(|char| char.is_ascii_alphanumeric() || char == '_')
}

/// The name at the start of a text.
fn leading_name(text: &str) -> &str {
    let end = text.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(text.len());
    if is_name(&text[..end]) { &text[..end] } else { "" }
}

fn posix(script: &Script, source: &Source) -> Vec<Mention> {
    let mut places: Vec<(usize, String, bool)> = Vec::new();
    let mut in_trees = BTreeSet::new();
    if let Some(read) = &script.read {
        let base = script.span.start();
        let mut push = |span: Span, is_set| {
            in_trees.insert(base + span.start());
            places.push((base + span.start(), read.text[span.range()].to_owned(), is_set));
        };
        read.tree.all::<Parameter>().iter().for_each(|parameter| push(parameter.name, false));
        read.tree.all::<Assignment>().iter().for_each(|assignment| push(assignment.name, true));
        for header in read.tree.all::<For>().iter().map(|it| &it.header) {
            if let ForHeader::Words { name: Some(name), .. } = header {
                push(name.span, true);
            }
        }
    }
    let is_reader = |command: &Command| READERS.contains(&command.name.as_str());
    let mut fixed: BTreeSet<String> = BTreeSet::new();
    for command in &script.commands {
        let is_declaration = DECLARATIONS.contains(&command.name.as_str());
        // In the environment of what it starts.
        let exports = !command.name.is_empty() && !is_declaration || command.name == "export";
        if exports {
            fixed.extend(command.assignments.iter().map(|assignment| assignment.name.clone()));
        }
        for arg in command.args.iter().filter(|_| is_declaration || command.name == "read") {
            let name = leading_name(&arg.raw);
            if !name.is_empty() && source.slice(arg.span).starts_with(name) {
                places.push((arg.span.start(), name.to_owned(), true));
                // With `-x` the others export as well.
                if command.name != "local" && command.name != "read" {
                    fixed.insert(name.to_owned());
                }
            }
        }
        // In a script in quotes, which another shell reads.
        let inner = command.args.iter().filter(|arg| arg.text.is_none()).map(|arg| arg.span);
        let inner = inner.chain(command.name.is_empty().then_some(command.name_span));
        let inner = inner.filter(|_| !command.wrappers.is_empty());
        for (start, name) in inner.flat_map(|span| names_after_dollars(source.slice(span), span.start())) {
            if !in_trees.contains(&start) {
                fixed.insert(name.clone());
                places.push((start, name, false));
            }
        }
    }
    let all_fixed = script.commands.iter().any(is_reader) || !script.clean;
    let place = |(start, name, is_set): (usize, String, bool)| {
        let span = Span::new(start, start + name.len());
        let is_plain = source.text().get(span.range()) == Some(&name);
        let is_fixed = all_fixed || fixed.contains(&name);
        (is_plain && is_name(&name)).then(|| Mention { written: name.clone(), name, span, is_set, is_fixed })
    };
    places.into_iter().filter_map(place).collect()
}

/// The names in `$name` and `${name…}` of a text that stands at `base`.
fn names_after_dollars(text: &str, base: usize) -> Vec<(usize, String)> {
    let after = text.match_indices('$').map(|(at, _)| at + 1);
    let starts = after.map(|at| at + usize::from(text[at..].starts_with('{')));
    starts.map(|at| (base + at, leading_name(&text[at..]).to_owned())).filter(|(_, name)| !name.is_empty()).collect()
}

/// `%NAME%`, and `$env:NAME` of PowerShell that is started there. What `set` sets is left alone.
fn cmd(text: &str, base: usize) -> Vec<Mention> {
    let mut found = powershell(text, base);
    found.retain(|mention| !mention.name.starts_with('$'));
    let mut marks = text.match_indices('%').map(|(at, _)| at).peekable();
    while let Some(at) = marks.next() {
        let written = leading_name(&text[at + 1..]);
        let end = at + 1 + written.len();
        if written.is_empty() || marks.peek() != Some(&end) {
            continue;
        }
        marks.next();
        let span = Span::new(base + at + 1, base + end);
        found.push(Mention { name: written.to_owned(), written: written.to_owned(), span, is_set: false, is_fixed: true });
    }
    found
}

/// How far before a variable `foreach (` may begin, in bytes.
const LOOK_BACK: usize = 16;

/// `$name`, `${name}` and `$env:NAME`. The last is a variable of the environment.
fn powershell(text: &str, base: usize) -> Vec<Mention> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('$') {
        let braced = text[at + 1..].starts_with('{');
        let mut start = at + 1 + usize::from(braced);
        let in_environment = text.get(start..start + 4).is_some_and(|word| word.eq_ignore_ascii_case("env:"));
        start += if in_environment { 4 } else { 0 };
        let written = leading_name(&text[start..]);
        let end = start + written.len();
        // `$global:x` and other scopes are left alone.
        if written.is_empty() || written == "_" || text[end..].starts_with(':') && !text[end..].starts_with("::") {
            continue;
        }
        let rest = text[end + usize::from(braced)..].trim_start_matches([' ', '\t']);
        let assigns = ["=", "+="].iter().any(|operator| rest.starts_with(operator)) && !rest.starts_with("==");
        let before = String::from_utf8_lossy(&text.as_bytes()[at.saturating_sub(LOOK_BACK)..at]).to_ascii_lowercase();
        let loops = before.trim_end_matches([' ', '(']).ends_with("foreach");
        let name = if in_environment { written.to_owned() } else { format!("${}", written.to_ascii_lowercase()) };
        found.push(Mention {
            name,
            written: written.to_owned(),
            span: Span::new(base + start, base + end),
            is_set: (assigns || loops) && !in_environment,
            is_fixed: written.to_ascii_lowercase().ends_with("preference"),
        });
    }
    found
}
