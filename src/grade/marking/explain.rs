//! Explains why a build or a container failed: at the line, and in the words of the linter.

use super::analysis::{Analysis, EMPTY_IMAGE};
use super::checks::SMALLER;
use super::symptoms::{NOT_EXECUTABLE, SOME_USER, absent_program, diagnosis};
use crate::grade::runs::{BUILD_FAILED, CONTAINS, CheckResult, Failure, EACH_TIME, HARD_CODED, ImageSize, NOT_AVAILABLE, STILL_RUNNING};
use crate::grade::sheet::{Location, Loss};
use crate::syntax::{self, Keyword};
use crate::text::Source;
use crate::text::units::Size;

/// How many characters of a step have to be the same to recognize its instruction.
const MIN_SAME: usize = 12;

/// How much of a failed instruction is quoted, in characters.
const MAX_STEP: usize = 60;

/// How much of a line of output is quoted, in characters.
const MAX_OUTPUT: usize = 100;

/// Explains each failure as far as possible. `runs`: whether the checks start the image's own program.
pub(super) fn explain(checks: &mut [CheckResult], facts: &Analysis, runs: bool) {
    for failure in checks.iter_mut().filter_map(|check| check.failure.as_mut()) {
        let advice = failure.earn_back.clone();
        explain_one(failure, facts, runs);
        let is_unexplained = failure.earn_back == advice || failure.what.contains(HARD_CODED);
        if let Some(hint) = facts.start.command().filter(|_| runs && is_unexplained).and_then(|(_, text)| facts.own.how_to_start(text)) {
            failure.earn_back = format!("{}; {hint}", failure.earn_back);
        }
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
        failure.earn_back = facts.what_to_submit();
        return;
    }
    if let Some((what, earn_back, line)) = facts.start.unexpanded(&failure.what).filter(|_| runs) {
        failure.what = format!("{}: {what}", failure.what);
        failure.earn_back = earn_back;
        failure.place = place(Some(line));
        return;
    }
    if let Some((what, earn_back, line)) = facts.start.unread_input(&failure.what, facts.text.as_deref()) {
        let print = failure.earn_back.split_once(EACH_TIME).filter(|_| what.starts_with("`ARG")).map(|(_, print)| print);
        failure.earn_back = print.map_or(earn_back.clone(), |print| format!("{earn_back}; {print}"));
        failure.what = format!("{}: {what}", failure.what);
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
    } else if let Some((what, earn_back, line)) = absent_program(&failure.seen).and_then(|program| facts.start.explain(program, &facts.own)) {
        failure.what = format!("{}: {what}", failure.what);
        failure.earn_back = earn_back;
        failure.place = place(line).or(failure.place.take());
    } else if let Some((mut what, mut earn_back)) = diagnosis(&failure.seen) {
        let text = facts.text.as_deref().unwrap_or_default();
        if let Some(path) = what.split('`').nth(1).filter(|_| what.ends_with(NOT_EXECUTABLE)) {
            let chmod = chmod_line(text, path);
            if chmod.is_some() {
                earn_back = format!("use `chmod 755 {path}` in this instruction");
            }
            failure.place = failure.place.take().or_else(|| place(chmod.or_else(|| copy_line(text, path))));
        }
        if let Some(user) = what.strip_prefix(SOME_USER).zip(user_at(text, line.filter(|_| is_build))) {
            what = format!("user `{}`{}", user.1, user.0);
        }
        failure.what = format!("{}: {what}", failure.what);
        failure.earn_back = earn_back;
    } else if let Some((what, earn_back)) = facts.start.unset(&facts.own).filter(|_| runs) {
        failure.what = format!("{}: {what}", failure.what);
        failure.earn_back = earn_back;
    } else if let Some(step) = failure.seen.lines().find_map(step_text).filter(|_| is_build) {
        let step = normal(step).replace('`', "'");
        let shown: String = step.chars().take(MAX_STEP).chain((step.chars().count() > MAX_STEP).then_some('…')).collect();
        let code = exit_code(&failure.seen).map(|code| format!(" with exit code {code}")).unwrap_or_default();
        failure.what = format!("{}: `{shown}` fails{code}", failure.what);
        failure.earn_back = match (always_fails(&step), last_output(&failure.seen)) {
            (Some(command), _) => format!("remove `{command}`, which always fails"),
            (None, Some(output)) => format!("fix what this instruction prints last: `{output}`"),
            (None, None) => "run the commands of this instruction one at a time, to see which of them fails".to_owned(),
        };
    } else if let Some((keyword, text)) = facts.start.command().filter(|_| failure.what.contains(STILL_RUNNING)) {
        let text: String = text.replace('`', "'").split_whitespace().collect::<Vec<_>>().join(" ");
        if text.chars().count() <= MAX_STEP {
            failure.what = format!("{}: `{keyword}` starts `{text}`", failure.what);
        }
    }
}

/// Says which layer makes an image large, and what to do about it.
pub(super) fn explain_size(loss: &mut Loss, size: &ImageSize, facts: &Analysis, has_hint: bool) {
    let Some((bytes, step)) = size.largest.as_ref().filter(|(bytes, _)| *bytes > size.bytes / 2) else { return };
    let largest = Size(*bytes);
    let found = facts.text.as_deref().and_then(|text| layer_line(text, step));
    let (what, how) = match found {
        Some((line, Keyword::Run)) => {
            loss.place = place(facts, Some(line));
            (format!("this instruction adds {largest} of it"), "remove what the program does not need from this instruction, or at its end")
        }
        Some((line, _)) => {
            loss.place = place(facts, Some(line));
            (format!("this instruction adds {largest} of it"), "copy only what the program needs when it runs")
        }
        None => (format!("one layer of the base image has {largest}"), "start from a smaller base image"),
    };
    loss.what = format!("{}; {what}", loss.what);
    if !has_hint {
        loss.earn_back = loss.earn_back.replace(SMALLER, how);
    }
}

/// The instruction that made a layer, by its text: its line, from 1.
fn layer_line(dockerfile: &str, step: &str) -> Option<(usize, Keyword)> {
    let step = normal(step);
    let source = Source::new("Dockerfile", dockerfile);
    let file = syntax::parse(source.text());
    let made_it = |instruction: &&syntax::Instruction| {
        let text = normal(source.slice(instruction.args_span));
        matches!(instruction.keyword, Keyword::Run | Keyword::Copy | Keyword::Add) && !text.is_empty() && step.contains(&text)
    };
    let found = file.instructions().filter(made_it).last()?;
    Some((source.line_index(found.span.start()) + 1, found.keyword))
}

/// The exit code in an engine's error about a step.
fn exit_code(seen: &str) -> Option<u32> {
    let rest = ["exit code: ", "exit status "].iter().find_map(|words| Some(seen.rsplit_once(words)?.1))?;
    rest.split(|ch: char| !ch.is_ascii_digit()).next()?.parse().ok()
}

/// The last line that a failed step printed itself.
fn last_output(seen: &str) -> Option<String> {
    let own = |line: &&str| {
        let line = line.trim_start();
        !line.is_empty() && step_text(line).is_none() && !["ERROR", "Error", "error: failed to solve"].iter().any(|start| line.starts_with(start))
    };
    let line = seen.lines().rfind(own)?.trim().replace('`', "'");
    let is_long = line.chars().count() > MAX_OUTPUT;
    Some(line.chars().take(MAX_OUTPUT).chain(is_long.then_some('…')).collect())
}

/// The command at the end of a step that always fails: `false`, or `exit` with a code.
fn always_fails(step: &str) -> Option<&str> {
    let last = step.rsplit(['&', ';', '|']).next()?.trim();
    let last = last.strip_prefix("RUN ").unwrap_or(last).trim();
    let code = last.strip_prefix("exit ").map(str::trim);
    let is_failure = code.is_some_and(|code| code != "0" && code.bytes().all(|byte| byte.is_ascii_digit()));
    (last == "false" || is_failure).then_some(last)
}

/// The line of the last `RUN` that changes the permissions of a file, from 1.
fn chmod_line(dockerfile: &str, path: &str) -> Option<usize> {
    let name = path.rsplit('/').next().filter(|name| !name.is_empty())?;
    let source = Source::new("Dockerfile", dockerfile);
    let file = syntax::parse(source.text());
    let changes = |instruction: &&syntax::Instruction| {
        let text = source.slice(instruction.args_span);
        let mut words = text.split_whitespace();
        instruction.keyword == Keyword::Run && text.contains("chmod") && words.any(|word| word.rsplit('/').next() == Some(name))
    };
    let found = file.instructions().rfind(changes)?;
    Some(source.line_index(found.span.start()) + 1)
}

/// The user that a line of the Dockerfile sets or is run by, from 1; without a line, the user of the container.
fn user_at(dockerfile: &str, line: Option<usize>) -> Option<String> {
    let source = Source::new("Dockerfile", dockerfile);
    let file = syntax::parse(source.text());
    let mut user = None;
    for instruction in file.instructions() {
        if line.is_some_and(|line| source.line_index(instruction.span.start()) + 1 > line) {
            break;
        }
        match instruction.keyword {
            Keyword::From => user = None,
            Keyword::User => user = Some(source.slice(instruction.args_span).trim().to_owned()),
            _ => {}
        }
    }
    user.filter(|user| !user.is_empty() && !user.contains(['$', '`', '\n']))
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
    fn why_a_step_fails() {
        let docker = " > [2/4] RUN make:\nmake: no rule\nERROR: failed to solve: process \"/bin/sh -c make\" did not complete successfully: exit code: 2";
        let podman = "STEP 2/4: RUN make\nmake: no rule\nError: building at STEP \"RUN make\": while running runtime: exit status 2";
        for seen in [docker, podman] {
            assert_eq!((exit_code(seen), last_output(seen).as_deref()), (Some(2), Some("make: no rule")), "{seen}");
        }
        assert_eq!(last_output(" > [2/4] RUN false:\nERROR: failed to solve: exit code: 1"), None);
        for (step, expected) in [
            ("RUN echo a && false", Some("false")),
            ("RUN false", Some("false")),
            ("RUN a; exit 3", Some("exit 3")),
            ("RUN exit 0", None),
            ("RUN make false", None),
        ] {
            assert_eq!(always_fails(step), expected, "{step}");
        }
    }

    #[test]
    fn what_makes_an_image_large() {
        let text = "FROM a\nRUN dd if=/dev/zero \\\n  of=/x\nCOPY data /data\n";
        let facts = Analysis { text: Some(text.to_owned()), dockerfile: Some("Dockerfile".to_owned()), ..Analysis::default() };
        let explained = |bytes: u64, step: &str| {
            let mut loss = Loss { what: "the image size is 90.0 MB".to_owned(), earn_back: SMALLER.to_owned(), ..Loss::default() };
            let size = ImageSize { bytes: 90_000_000, largest: Some((bytes, step.to_owned())) };
            explain_size(&mut loss, &size, &facts, false);
            (loss.place.and_then(|place| place.line), loss.what, loss.earn_back)
        };
        for step in ["RUN /bin/sh -c dd if=/dev/zero   of=/x # buildkit", "/bin/sh -c dd if=/dev/zero of=/x"] {
            let (line, what, _) = explained(80_000_000, step);
            assert_eq!((line, what.as_str()), (Some(2), "the image size is 90.0 MB; this instruction adds 80.0 MB of it"));
        }
        assert_eq!(explained(80_000_000, "COPY data /data # buildkit").0, Some(4));
        let (line, _, how) = explained(80_000_000, "/bin/sh -c #(nop) ADD file:1 in /");
        assert_eq!((line, how.as_str()), (None, "start from a smaller base image"));
        assert_eq!(explained(8_000_000, "COPY data /data").2, SMALLER);
    }

    #[test]
    fn users_and_permissions() {
        let text = "FROM a AS b\nUSER 1\nFROM a\nCOPY x.sh /x.sh\nRUN chmod 644 /x.sh\nUSER app\nRUN mkdir /x\nUSER 7\n";
        assert_eq!((chmod_line(text, "/x.sh"), chmod_line(text, "/y.sh")), (Some(5), None));
        assert_eq!((user_at(text, Some(5)), user_at(text, Some(7)).as_deref()), (None, Some("app")));
        assert_eq!(user_at(text, None).as_deref(), Some("7"));
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
