//! Finds stop signals that are not written as `SIGNAME`.

use crate::finding::prelude::*;

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnInstruction(&[Keyword::Stopsignal], check)]).fix(Fixable::Always);

/// Signal numbers, the same on all architectures that containers run on except MIPS.
const NUMBERS: [(&str, &str); 16] = [
    ("1", "HUP"),
    ("2", "INT"),
    ("3", "QUIT"),
    ("6", "ABRT"),
    ("9", "KILL"),
    ("10", "USR1"),
    ("12", "USR2"),
    ("13", "PIPE"),
    ("14", "ALRM"),
    ("15", "TERM"),
    ("18", "CONT"),
    ("19", "STOP"),
    ("28", "WINCH"),
    ("30", "PWR"),
    ("34", "RTMIN"),
    ("37", "RTMIN+3"),
];

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Args::Words(args) = &step.instruction.args else { return };
    let Some(word) = args.words.first() else { return };
    let written = word.text.as_str();
    // An invalid signal is reported as an error of its own.
    if written.contains(['$', '"', '\'', ' ']) || is_refused(word.span, cx) {
        return;
    }
    let upper = written.to_ascii_uppercase();
    let (name, variant, why) = match NUMBERS.iter().find(|(number, _)| *number == written) {
        Some((_, name)) => (*name, "number", "is a signal number, which is harder to read than a name"),
        None if upper.starts_with(|char: char| char.is_ascii_digit() || char == '-') => return,
        None if !written.starts_with("SIG") => {
            (upper.trim_start_matches("SIG"), "short", "is not the full name of a signal")
        }
        None if upper != written => (&upper[3..], "lower-case", "is not the usual spelling of a signal"),
        None => return,
    };
    // `killing-stopsignal` reports these.
    if matches!(name, "KILL" | "STOP") {
        return;
    }
    let name = format!("SIG{name}");
    let fix = Fix::new(Safety::Safe, format!("use `{name}`"), [Edit::replace(word.span, name.clone())]);
    cx.report(word.span, format!("`{written}` {why}")).variant(variant).help(format!("use `{name}`")).fix(fix);
}

fn is_refused(span: Span, cx: &Cx<'_>) -> bool {
    let errors = &cx.model.file.errors;
    let next = errors.partition_point(|error| error.span.start < span.start);
    errors.get(next).is_some_and(|error| span.contains(error.span))
}
