//! Finds the line of a submission's Dockerfile that an error of a build or a container is about.

use crate::syntax::{self, Dockerfile, Instruction, Keyword};
use crate::text::Source;

/// How many characters of a step have to be the same to recognize its instruction.
const MIN_SAME: usize = 12;

/// The instructions of a Dockerfile. Lines count from 1.
pub(super) struct InstructionLines {
    source: Source,
    file: Dockerfile,
}

impl InstructionLines {
    pub(super) fn of(dockerfile: &str) -> Self {
        let source = Source::new("Dockerfile", dockerfile);
        let file = syntax::parse(source.text());
        Self { source, file }
    }

    fn line(&self, instruction: &Instruction) -> usize {
        self.source.line_index(instruction.span.start()) + 1
    }

    /// The line of the last instruction that fits, by its keyword and its arguments.
    fn last(&self, fits: impl Fn(Keyword, &str) -> bool) -> Option<(usize, Keyword)> {
        let fits = |it: &&Instruction| fits(it.keyword, self.source.slice(it.args_span));
        self.file.instructions().filter(fits).last().map(|found| (self.line(found), found.keyword))
    }

    /// The instruction that made a layer, by its text.
    pub(super) fn layer(&self, step: &str) -> Option<(usize, Keyword)> {
        let step = one_line(step);
        self.last(|keyword, args| {
            let args = one_line(args);
            matches!(keyword, Keyword::Run | Keyword::Copy | Keyword::Add) && !args.is_empty() && step.contains(&args)
        })
    }

    /// The last `RUN` that changes the permissions of a file.
    pub(super) fn chmod(&self, path: &str) -> Option<usize> {
        let name = file_name(path)?;
        let names = |args: &str| args.split_whitespace().any(|word| file_name(word) == Some(name));
        self.last(|keyword, args| keyword == Keyword::Run && args.contains("chmod") && names(args)).map(|(line, _)| line)
    }

    /// The last instruction that copies a file to a path in the image.
    pub(super) fn copy(&self, path: &str) -> Option<usize> {
        let name = file_name(path)?;
        let bare = |word: &str| file_name(word.trim_matches(['"', '[', ']', ','])) == Some(name);
        let copies = |keyword, args: &str| {
            matches!(keyword, Keyword::Copy | Keyword::Add) && args.split_whitespace().any(bare)
        };
        self.last(copies).map(|(line, _)| line)
    }

    /// The last `USER`.
    pub(super) fn user(&self) -> Option<usize> {
        self.last(|keyword, _| keyword == Keyword::User).map(|(line, _)| line)
    }

    /// The user that a line sets or is run by; without a line, the user of the container.
    pub(super) fn user_at(&self, line: Option<usize>) -> Option<String> {
        let mut user = None;
        for instruction in self.file.instructions() {
            if line.is_some_and(|line| self.line(instruction) > line) {
                break;
            }
            match instruction.keyword {
                Keyword::From => user = None,
                Keyword::User => user = Some(self.source.slice(instruction.args_span).trim().to_owned()),
                _ => {}
            }
        }
        user.filter(|user| !user.is_empty() && !user.contains(['$', '`', '\n']))
    }

    /// The line of an image or a frontend that an error about the Dockerfile names in backticks.
    pub(super) fn named(&self, error: &str) -> Option<usize> {
        let name = error.split('`').nth(1)?;
        if let Some(frontend) = name.strip_prefix("# syntax=") {
            let names = |line: &str| line.starts_with('#') && line.contains(frontend);
            return self.source.text().lines().position(names).map(|line| line + 1);
        }
        if !error.starts_with("image `") && !error.contains("is not the name of an image") {
            return None;
        }
        let names = |instruction: &&Instruction| {
            let is_image = |word: &str| word == name || word.strip_prefix("--from=") == Some(name);
            self.source.slice(instruction.span).split_whitespace().any(is_image)
        };
        let froms = || self.file.instructions().filter(|instruction| instruction.keyword == Keyword::From);
        let only = || froms().next().filter(|_| froms().count() == 1);
        self.file.instructions().find(names).or_else(only).map(|found| self.line(found))
    }

    /// The instruction that a build stopped at.
    pub(super) fn failed(&self, seen: &str) -> Option<usize> {
        if let Some(line) = parse_error_line(seen) {
            return Some(line);
        }
        let step = one_line(seen.lines().find_map(step_text)?);
        let mut best: Option<(usize, usize)> = None;
        for instruction in self.file.instructions().filter(|instruction| instruction.keyword != Keyword::From) {
            let text = one_line(self.source.slice(instruction.span));
            let same = text.bytes().zip(step.bytes()).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count();
            let fits = same >= MIN_SAME.min(step.len()) && (same == step.len() || same == text.len())
                || same > instruction.keyword_text.len() + MIN_SAME;
            if fits && best.is_none_or(|(most, _)| same >= most) {
                best = Some((same, self.line(instruction)));
            }
        }
        best.map(|(_, line)| line)
    }
}

fn file_name(path: &str) -> Option<&str> {
    path.rsplit('/').next().filter(|name| !name.is_empty())
}

/// `dockerfile parse error on line 3: …`.
fn parse_error_line(seen: &str) -> Option<usize> {
    let (_, rest) = seen.split_once("parse error on line ")?;
    rest.split(|ch: char| !ch.is_ascii_digit()).next()?.parse().ok()
}

/// The instruction in BuildKit's ` > [build 2/3] RUN make:` or Podman's `STEP 2/3: RUN make`.
pub(super) fn step_text(line: &str) -> Option<&str> {
    let text = match line.trim_start().strip_prefix("> [") {
        Some(rest) => rest.split_once("] ")?.1.trim_end().trim_end_matches(':'),
        None => line.split_once("STEP ")?.1.split_once(": ")?.1,
    };
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// An instruction on one line, as builders show it.
pub(super) fn one_line(text: &str) -> String {
    let lines = text.lines().map(|line| line.trim().trim_end_matches('\\'));
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grade::runs::NOT_AVAILABLE;

    #[test]
    fn lines_that_errors_name() {
        let text = "# syntax=evil.invalid/x:1\nFROM alpine:3.22 AS base\nCOPY a/run.sh /app/\nFROM debian\nCOPY --from=tools /x /x\n";
        let lines = InstructionLines::of(text);
        let line = |what: &str| lines.named(what);
        assert_eq!(line("image `debian` is not allowed"), Some(4));
        assert_eq!(line(&format!("image `tools` {NOT_AVAILABLE}")), Some(5));
        assert_eq!(line("`alpine:3.22` is not the name of an image"), Some(2));
        assert_eq!(line("`# syntax=evil.invalid/x:1` uses a third-party frontend"), Some(1));
        assert_eq!((line("image `other` is not allowed"), line("`debian` is missing")), (None, None));
        let only = InstructionLines::of("FROM python:${V}\n");
        assert_eq!(only.named("image `python:2` is not allowed"), Some(1));
        assert_eq!((lines.copy("/app/run.sh"), lines.copy("/app/other.sh")), (Some(3), None));
    }

    #[test]
    fn users_and_permissions() {
        let text = "FROM a AS b\nUSER 1\nFROM a\nCOPY x.sh /x.sh\nRUN chmod 644 /x.sh\nUSER app\nRUN mkdir /x\nUSER 7\n";
        let lines = InstructionLines::of(text);
        assert_eq!((lines.chmod("/x.sh"), lines.chmod("/y.sh")), (Some(5), None));
        assert_eq!((lines.user_at(Some(5)), lines.user_at(Some(7)).as_deref()), (None, Some("app")));
        assert_eq!((lines.user_at(None).as_deref(), lines.user()), (Some("7"), Some(8)));
    }

    #[test]
    fn the_line_of_the_step() {
        let text = "FROM a\nRUN apt-get update && \\\n    apt-get install -y nothing\nCOPY run.py /app/\nRUN false\n";
        let lines = InstructionLines::of(text);
        let line = |seen: &str| lines.failed(seen);
        assert_eq!(line(" > [2/4] RUN apt-get update &&     apt-get install -y nothing:\nno\nERROR: failed"), Some(2));
        assert_eq!(line("STEP 3/4: COPY run.py /app/\nError: no such file"), Some(4));
        assert_eq!(line("[1/2] STEP 4/4: RUN false\nError: building"), Some(5));
        assert_eq!(line("ERROR: failed to solve: dockerfile parse error on line 3: unknown instruction: RUNN"), Some(3));
        assert_eq!(line("ERROR: failed to solve: something"), None);
    }
}
