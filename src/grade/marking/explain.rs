//! Explains why a build or a container failed: at the line, and in the words of the linter.

use std::cell::LazyCell;

use super::analysis::{Analysis, EMPTY_IMAGE};
use super::checks::SMALLER;
use super::instruction_lines::{InstructionLines, one_line, step_text};
use super::symptoms::{NOT_EXECUTABLE, SOME_USER, absent_program, diagnosis};
use crate::grade::runs::{BUILD_FAILED, CONTAINS, CheckResult, Failure, EACH_TIME, HARD_CODED, ImageSize, NOT_AVAILABLE, STILL_RUNNING};
use crate::grade::sheet::{Location, Loss};
use crate::syntax::Keyword;
use crate::text::units::Size;

/// How much of a failed instruction is quoted, in characters.
const MAX_STEP: usize = 60;

/// How much of a line of output is quoted, in characters.
const MAX_OUTPUT: usize = 100;

/// Explains each failure as far as possible. `runs`: whether the checks start the image's own program.
pub(super) fn explain(checks: &mut [CheckResult], facts: &Analysis, runs: bool) {
    let lines = LazyCell::new(|| InstructionLines::of(facts.text.as_deref().unwrap_or_default()));
    for failure in checks.iter_mut().filter_map(|check| check.failure.as_mut()) {
        let advice = failure.earn_back.clone();
        explain_one(failure, facts, &lines, runs);
        let is_unexplained = failure.earn_back == advice || failure.what.contains(HARD_CODED);
        if let Some(hint) = facts.start.command().filter(|_| runs && is_unexplained).and_then(|(_, text)| facts.own.how_to_start(text)) {
            failure.earn_back = format!("{}; {hint}", failure.earn_back);
        }
        if failure.place.is_none() {
            let kept = failure.what.strip_prefix(CONTAINS).and_then(|path| path.split('`').next());
            let named = kept.map_or_else(|| lines.named(&failure.what), |path| lines.copy(path));
            failure.place = place(facts, named.or_else(|| facts.start.line().filter(|_| runs)));
        }
    }
}

/// A line of the Dockerfile.
fn place(facts: &Analysis, line: Option<usize>) -> Option<Location> {
    let (file, line) = (facts.dockerfile.clone()?, Some(line?));
    Some(Location { file, line, column: None })
}

fn explain_one(failure: &mut Failure, facts: &Analysis, lines: &InstructionLines, runs: bool) {
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
        failure.place = place(lines.failed(&failure.seen));
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
        if let Some(path) = what.split('`').nth(1).filter(|_| what.ends_with(NOT_EXECUTABLE)) {
            let chmod = lines.chmod(path);
            if chmod.is_some() {
                earn_back = format!("use `chmod 755 {path}` in this instruction");
            }
            failure.place = failure.place.take().or_else(|| place(chmod.or_else(|| lines.copy(path))));
        }
        if let Some(user) = what.strip_prefix(SOME_USER).zip(lines.user_at(line.filter(|_| is_build))) {
            what = format!("user `{}`{}", user.1, user.0);
        }
        failure.what = format!("{}: {what}", failure.what);
        failure.earn_back = earn_back;
    } else if let Some((what, earn_back)) = facts.start.unset(&facts.own).filter(|_| runs) {
        failure.what = format!("{}: {what}", failure.what);
        failure.earn_back = earn_back;
    } else if let Some(step) = failure.seen.lines().find_map(step_text).filter(|_| is_build) {
        let step = one_line(step).replace('`', "'");
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
    let found = facts.text.as_deref().and_then(|text| InstructionLines::of(text).layer(step));
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
