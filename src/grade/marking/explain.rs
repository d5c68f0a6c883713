//! Explains why a build or a container failed: at the line, and in the words of the linter.

use super::analysis::{Analysis, EMPTY_IMAGE};
use super::checks::what_to_submit;
use super::symptoms::{NOT_EXECUTABLE, absent_program, diagnosis};
use crate::grade::runs::{BUILD_FAILED, CONTAINS, CheckResult, Failure, NOT_AVAILABLE};
use crate::grade::sheet::Location;
use crate::syntax::{self, Keyword};
use crate::text::Source;

/// How many characters of a step have to be the same to recognize its instruction.
const MIN_SAME: usize = 12;

/// How much of a failed instruction is quoted, in characters.
const MAX_STEP: usize = 60;

/// Explains each failure as far as possible. `runs`: whether the checks start the image's own program.
pub(super) fn explain(checks: &mut [CheckResult], facts: &Analysis, runs: bool) {
    for failure in checks.iter_mut().filter_map(|check| check.failure.as_mut()) {
        explain_one(failure, facts, runs);
        if failure.place.is_none() {
            let named = facts.text.as_deref().and_then(|text| {
                let kept = failure.what.strip_prefix(CONTAINS).and_then(|path| path.split('`').next());
                kept.map_or_else(|| named_line(text, &failure.what), |path| copy_line(text, path))
            });
            failure.place = place(facts, named.or_else(|| facts.start.line().filter(|_| runs)));
        }
    }
}

/// A line of the Dockerfile.
fn place(facts: &Analysis, line: Option<usize>) -> Option<Location> {
    let (file, line) = (facts.dockerfile.clone()?, Some(line?));
    Some(Location { file, line, column: None })
}

fn explain_one(failure: &mut Failure, facts: &Analysis, runs: bool) {
    let place = |line| place(facts, line);
    let is_build = failure.what.contains(BUILD_FAILED);
    let is_cause = |missing: &&String| is_build || missing.starts_with(EMPTY_IMAGE);
    if let Some(missing) = facts.missing.as_ref().filter(is_cause) {
        failure.what = format!("{}: {missing}", failure.what);
        failure.earn_back = what_to_submit(missing).to_owned();
        return;
    }
    if let Some((what, earn_back, line)) = facts.start.unread_input(&failure.what, facts.text.as_deref()) {
        failure.what = format!("{}: {what}", failure.what);
        failure.earn_back = earn_back;
        failure.place = place(Some(line));
        return;
    }
    if failure.place.is_none() && is_build {
        failure.place = place(facts.text.as_deref().and_then(|text| failed_line(text, &failure.seen)));
    }
    let line = failure.place.as_ref().filter(|place| Some(&place.file) == facts.dockerfile.as_ref());
    let line = line.and_then(|place| place.line);
    let found = facts.explanations.iter().find(|found| {
        let found_line = found.loss.place.as_ref().and_then(|place| place.line);
        line.is_some() && found_line == line || names_the_same(failure, &found.loss.what)
    });
    if let Some(found) = found {
        failure.what = format!("{}: {}", failure.what, found.loss.what);
        failure.why.clone_from(&found.loss.why);
        if !found.loss.earn_back.is_empty() {
            failure.earn_back.clone_from(&found.loss.earn_back);
        }
        failure.place.clone_from(&found.loss.place);
        return;
    }
    // The rubric keeps the network off: that is why, whatever else the output says.
    if failure.earn_back.contains("without network access") {
        return;
    }
    let is_command = |_: &(String, String, usize)| runs && failure.seen.contains("not found");
    if let Some((what, earn_back, line)) = facts.start.invalid_array().filter(is_command) {
        failure.what = format!("{}: {what}", failure.what);
        failure.earn_back = earn_back;
        failure.place = place(Some(line));
    } else if let Some((what, earn_back, line)) = absent_program(&failure.seen).and_then(|program| facts.start.explain(program)) {
        failure.what = format!("{}: {what}", failure.what);
        failure.earn_back = earn_back;
        failure.place = place(line).or(failure.place.take());
    } else if let Some((what, earn_back)) = diagnosis(&failure.seen) {
        let copied = what.split('`').nth(1).filter(|_| what.ends_with(NOT_EXECUTABLE));
        failure.place = failure.place.take().or_else(|| place(copy_line(facts.text.as_deref()?, copied?)));
        failure.what = format!("{}: {what}", failure.what);
        failure.earn_back = earn_back;
    } else if let Some((what, earn_back)) = facts.start.unset().filter(|_| runs) {
        failure.what = format!("{}: {what}", failure.what);
        failure.earn_back = earn_back;
    } else if let Some(step) = failure.seen.lines().find_map(step_text).filter(|_| is_build) {
        let step = normal(step).replace('`', "'");
        let shown: String = step.chars().take(MAX_STEP).chain((step.chars().count() > MAX_STEP).then_some('…')).collect();
        failure.what = format!("{}: `{shown}` fails", failure.what);
        failure.earn_back = "correct this instruction, and try it with `docker build .`".to_owned();
    }
}

/// The line of an image or a frontend that an error about the Dockerfile names in backticks, from 1.
fn named_line(dockerfile: &str, what: &str) -> Option<usize> {
    let name = what.split('`').nth(1)?;
    if let Some(frontend) = name.strip_prefix("# syntax=") {
        return dockerfile.lines().position(|line| line.starts_with('#') && line.contains(frontend)).map(|line| line + 1);
    }
    if !what.starts_with("image `") && !what.contains("is not the name of an image") {
        return None;
    }
    let source = Source::new("Dockerfile", dockerfile);
    let file = syntax::parse(source.text());
    let names = |instruction: &&syntax::Instruction| {
        let is_image = |word: &str| word == name || word.strip_prefix("--from=") == Some(name);
        source.slice(instruction.span).split_whitespace().any(is_image)
    };
    let froms = || file.instructions().filter(|instruction| instruction.keyword == Keyword::From);
    let only = || froms().next().filter(|_| froms().count() == 1);
    let found = file.instructions().find(names).or_else(only)?;
    Some(source.line_index(found.span.start()) + 1)
}

/// The line of the instruction that copies a file to a path in the image, from 1.
fn copy_line(dockerfile: &str, path: &str) -> Option<usize> {
    let name = path.rsplit('/').next().filter(|name| !name.is_empty())?;
    let source = Source::new("Dockerfile", dockerfile);
    let file = syntax::parse(source.text());
    let copies = |instruction: &&syntax::Instruction| {
        let words = || source.slice(instruction.args_span).split_whitespace();
        matches!(instruction.keyword, Keyword::Copy | Keyword::Add)
            && words().any(|word| word.trim_matches(['"', '[', ']', ',']).rsplit('/').next() == Some(name))
    };
    let found = file.instructions().rfind(copies)?;
    Some(source.line_index(found.span.start()) + 1)
}

/// Whether an engine's error names what a finding names in backticks.
fn names_the_same(failure: &Failure, message: &str) -> bool {
    let seen = format!("{}\n{}", failure.what, failure.seen).to_lowercase();
    let names = message.split('`').skip(1).step_by(2).map(str::to_lowercase);
    let errors = [
        "not found", "unable to find user", "no matching entries", "no such file", "unknown instruction",
        "failed to solve", "does not exist", NOT_AVAILABLE, "is not allowed", "is not the name of an image",
    ];
    let is_error = errors.iter().any(|error| seen.contains(error));
    is_error && names.filter(|name| name.len() > 2).take(1).any(|name| seen.contains(&name))
}

/// The line of the instruction that a build stopped at, from 1.
fn failed_line(dockerfile: &str, seen: &str) -> Option<usize> {
    if let Some(line) = parse_error_line(seen) {
        return Some(line);
    }
    let step = seen.lines().find_map(step_text)?;
    let source = Source::new("Dockerfile", dockerfile);
    let file = syntax::parse(source.text());
    let step = normal(step);
    let fits = |instruction: &&syntax::Instruction| {
        let text = normal(source.slice(instruction.span));
        let same = text.bytes().zip(step.bytes()).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count();
        same >= MIN_SAME.min(step.len()) && (same == step.len() || same == text.len())
            || same > instruction.keyword_text.len() + MIN_SAME
    };
    let instructions = file.instructions().filter(|instruction| instruction.keyword != Keyword::From);
    let mut best: Option<(usize, usize)> = None;
    for instruction in instructions.filter(fits) {
        let text = normal(source.slice(instruction.span));
        let same = text.bytes().zip(step.bytes()).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count();
        if best.is_none_or(|(most, _)| same >= most) {
            best = Some((same, source.line_index(instruction.span.start()) + 1));
        }
    }
    best.map(|(_, line)| line)
}

/// `dockerfile parse error on line 3: …`.
fn parse_error_line(seen: &str) -> Option<usize> {
    let (_, rest) = seen.split_once("parse error on line ")?;
    rest.split(|ch: char| !ch.is_ascii_digit()).next()?.parse().ok()
}

/// The instruction in BuildKit's ` > [build 2/3] RUN make:` or Podman's `STEP 2/3: RUN make`.
fn step_text(line: &str) -> Option<&str> {
    let text = match line.trim_start().strip_prefix("> [") {
        Some(rest) => rest.split_once("] ")?.1.trim_end().trim_end_matches(':'),
        None => line.split_once("STEP ")?.1.split_once(": ")?.1,
    };
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// An instruction on one line, as builders show it.
fn normal(text: &str) -> String {
    let lines = text.lines().map(|line| line.trim().trim_end_matches('\\'));
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_errors_name() {
        let text = "# syntax=evil.invalid/x:1\nFROM alpine:3.22 AS base\nCOPY a/run.sh /app/\nFROM debian\nCOPY --from=tools /x /x\n";
        let line = |what: &str| named_line(text, what);
        assert_eq!(line("image `debian` is not allowed"), Some(4));
        assert_eq!(line(&format!("image `tools` {NOT_AVAILABLE}")), Some(5));
        assert_eq!(line("`alpine:3.22` is not the name of an image"), Some(2));
        assert_eq!(line("`# syntax=evil.invalid/x:1` uses a third-party frontend"), Some(1));
        assert_eq!((line("image `other` is not allowed"), line("`debian` is missing")), (None, None));
        assert_eq!(named_line("FROM python:${V}\n", "image `python:2` is not allowed"), Some(1));
        assert_eq!((copy_line(text, "/app/run.sh"), copy_line(text, "/app/other.sh")), (Some(3), None));
    }

    #[test]
    fn the_line_of_the_step() {
        let text = "FROM a\nRUN apt-get update && \\\n    apt-get install -y nothing\nCOPY run.py /app/\nRUN false\n";
        let line = |seen: &str| failed_line(text, seen);
        assert_eq!(line(" > [2/4] RUN apt-get update &&     apt-get install -y nothing:\nno\nERROR: failed"), Some(2));
        assert_eq!(line("STEP 3/4: COPY run.py /app/\nError: no such file"), Some(4));
        assert_eq!(line("[1/2] STEP 4/4: RUN false\nError: building"), Some(5));
        assert_eq!(line("ERROR: failed to solve: dockerfile parse error on line 3: unknown instruction: RUNN"), Some(3));
        assert_eq!(line("ERROR: failed to solve: something"), None);
    }
}
