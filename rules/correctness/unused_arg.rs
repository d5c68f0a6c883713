//! Unused `ARG`s.

use std::collections::{HashMap, HashSet};

use crate::finding::prelude::*;
use crate::fixes::run_script::remove_lines;
use crate::knowledge::variables;

use crate::syntax::Pair;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes);

/// The maximum number of stages for which derived stages are checked.
const MOST_STAGES: usize = 200;

fn check(cx: &Cx<'_>) {
    let model = cx.model;
    if cx.model.file.instructions().all(|instruction| instruction.keyword != Keyword::Arg) {
        return;
    }
    if cx.model.file.is_template(cx.source.text())
        || !cx.model.file.errors.is_empty()
        || model.stages.len() > MOST_STAGES
    {
        return;
    }
    let again: HashSet<&str> =
        model.steps().flat_map(|step| declared(step.instruction)).map(|(name, _)| name).collect();
    let above = model.preamble.iter().flat_map(|instruction| declared(instruction)).map(|(name, _)| name);
    let names = Names::new(again.iter().copied().chain(above));
    // The last position of each name, by stage; the part before the first `FROM` counts as one.
    let mut last: Vec<HashMap<&str, usize>> = vec![HashMap::new(); model.stages.len() + 1];
    for instruction in &model.preamble {
        mentions(instruction, &names, cx, &mut last[0]);
    }
    for stage in &model.stages {
        mentions(stage.from, &names, cx, &mut last[0]);
        for step in &stage.steps {
            mentions(step.instruction, &names, cx, &mut last[stage.index + 1]);
        }
    }
    let preamble =
        model.preamble.iter().flat_map(|instruction| declared(instruction).map(move |it| (*instruction, it)));
    for (instruction, (name, span)) in preamble {
        let used = last[0].get(name).is_some_and(|at| *at > span.start())
            || last[1..].iter().any(|stage| stage.contains_key(name));
        if !used && !again.contains(name) && !is_read_by_tools(name) {
            cx.report(span, format!("`{name}` is declared, but nothing in this file uses it"))
                .variant("global")
                .help(format!("remove `ARG {name}`, or use `${name}` where it is needed"))
                .fix(fix(instruction, cx));
        }
    }
    for stage in &model.stages {
        let on_top = model.stages_on_top(stage);
        let on_top: Vec<&Stage<'_>> = on_top.collect();
        let last_reader = match on_top.iter().flat_map(|other| &other.steps).any(may_read) {
            true => usize::MAX,
            false => stage.steps.iter().rposition(may_read).map_or(0, |at| at + 1),
        };
        let last_run = stage.all(Keyword::Run).next_back().map(|run| run.index);
        for step in &stage.steps {
            for (name, span) in declared(step.instruction) {
                let here = last[stage.index + 1].get(name).is_some_and(|at| *at > span.start());
                if here || is_read_by_tools(name) || on_top.iter().any(|other| last[other.index + 1].contains_key(name))
                {
                    continue;
                }
                // A new value makes the next `RUN` run again: BuildKit counts every `ARG` above it.
                let renews = variables::VOLATILE.contains(&name) && last_run.is_some_and(|run| step.index < run);
                if step.index < last_reader || renews {
                    continue;
                }
                cx.report(span, format!("`{name}` is declared, but nothing after it uses it"))
                    .help(format!("remove `ARG {name}`, or use `${name}` where it is needed"))
                    .fix(fix(step.instruction, cx));
            }
        }
    }
}

/// Removes the instruction, if it declares nothing else and no comment explains it. Some builders refuse a build argument
/// that no file declares.
fn fix(instruction: &Instruction, cx: &Cx<'_>) -> Option<Fix> {
    let span = instruction.lines_span();
    let text = cx.source.text();
    let above = text[..span.start()].lines().next_back().unwrap_or_default();
    let alone = declared(instruction).count() == 1 && !cx.text(span).contains('\n');
    let edit = remove_lines(cx.model, span);
    let fix = Fix::new(Safety::Unsafe, "remove the `ARG`", [edit]);
    fix.filter(|_| alone && !above.trim_start().starts_with('#'))
}

/// Whether a program that the step runs may read variables by itself.
fn may_read(step: &Step<'_>) -> bool {
    match (step.keyword(), &step.script) {
        (Keyword::Run, Some(script)) => {
            !script.clean
                || script.commands.iter().any(|command| {
                    let named = !command.name.is_empty();
                    named && command.effects().reads_environment || command.path.contains('/')
                })
        }
        (Keyword::Run | Keyword::Onbuild, _) => true,
        _ => false,
    }
}

fn is_read_by_tools(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    upper.ends_with("_PROXY")
        || variables::READ_BY_TOOLS.iter().any(|start| name.starts_with(start))
        || variables::READ_BY_PROGRAMS.contains(&name)
}

fn declared(instruction: &Instruction) -> impl Iterator<Item = (&str, Span)> {
    let pairs: &[Pair] = match &instruction.args {
        Args::Pairs(args) if instruction.keyword == Keyword::Arg => args.pairs.as_slice(),
        _ => &[],
    };
    // `trailing-comment` reports a `#` and everything after it.
    let pairs = pairs.iter().take_while(|pair| !pair.name.text.starts_with('#'));
    // `variable-arg-name` reports `ARG ${name}`.
    let pairs = pairs.filter(|pair| !pair.name.text.contains('$'));
    pairs.map(|pair| (pair.name.text.as_str(), pair.name.span))
}

/// The names to look for.
struct Names<'a> {
    names: HashSet<&'a str>,
    /// Whether any name starts with this byte: few words of a file have to be looked up.
    starts: [bool; 256],
}

impl<'a> Names<'a> {
    fn new(names: impl Iterator<Item = &'a str>) -> Self {
        let names: HashSet<_> = names.collect();
        let mut starts = [false; 256];
        names.iter().filter_map(|name| name.bytes().next()).for_each(|byte| starts[usize::from(byte)] = true);
        Self { names, starts }
    }

    fn has(&self, word: &str) -> bool {
        self.starts[usize::from(word.as_bytes()[0])] && self.names.contains(word)
    }
}

/// Collects where an instruction mentions the names, except where an `ARG` declares them.
fn mentions<'a>(instruction: &Instruction, names: &Names<'_>, cx: &Cx<'a>, into: &mut HashMap<&'a str, usize>) {
    let text = cx.text(instruction.span);
    let own: Vec<Span> = declared(instruction).map(|(_, span)| span).collect();
    let mut own = own.iter().peekable();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !is_name(bytes[at]) {
            at += 1;
            continue;
        }
        let end = bytes[at..].iter().position(|byte| !is_name(*byte)).map_or(bytes.len(), |length| at + length);
        let place = instruction.span.start() + at;
        while own.next_if(|span| span.end() <= place).is_some() {}
        if names.has(&text[at..end]) && own.peek().is_none_or(|span| place < span.start()) {
            into.insert(&text[at..end], place);
        }
        at = end;
    }
}
