//! How an image starts, as its Dockerfile shows it, and what is wrong if the engine does not find a program.

use serde::{Deserialize, Serialize};

use super::own_files::OwnFiles;
use crate::grade::runs::HARD_CODED;
use crate::model::{Model, Step};
use crate::syntax::{self, Keyword};
use crate::text::Source;

/// How the final image starts, as the Dockerfile shows it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct StartInstructions {
    /// The line of the final stage's `FROM`, from 1.
    from: usize,
    entrypoint: Option<StartInstruction>,
    cmd: Option<StartInstruction>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct StartInstruction {
    line: usize,
    /// Its command, as written.
    text: String,
    /// Its words, if it is in exec form.
    words: Vec<String>,
    /// Its exec form as it should be written, if it is in shell form and needs no shell.
    exec_form: Option<String>,
    /// Whether it is meant as an array, but is not valid JSON.
    is_invalid_array: bool,
}

impl StartInstructions {
    pub(super) fn of(model: &Model<'_>) -> Self {
        let Some(stage) = model.final_stage() else { return Self::default() };
        let read = |step: Option<&Step<'_>>| {
            step.map(|step| {
                let span = step.instruction.span;
                let text = model.source.slice(step.instruction.args_span);
                let words: Vec<String> = serde_json::from_str(text).unwrap_or_default();
                let exec_form = exec_form(text).filter(|_| words.is_empty());
                let is_invalid_array = exec_form.is_some() && text.trim_start().starts_with('[');
                let line = model.source.line_index(span.start()) + 1;
                StartInstruction { line, text: text.trim().to_owned(), words, exec_form, is_invalid_array }
            })
        };
        let from = model.source.line_index(stage.from.keyword_span.start()) + 1;
        Self { from, entrypoint: read(stage.entrypoint(model)), cmd: read(stage.cmd(model)) }
    }

    /// The line that starts the program, from 1: of `ENTRYPOINT`, of `CMD`, or of `FROM` if neither is set.
    pub(super) fn line(&self) -> Option<usize> {
        let set = self.entrypoint.as_ref().or(self.cmd.as_ref()).map(|instruction| instruction.line);
        set.or(Some(self.from)).filter(|line| *line > 0)
    }

    pub(super) fn has_cmd(&self) -> bool {
        self.cmd.is_some()
    }

    /// The instruction that starts the program, and its command as written: empty if neither is set.
    pub(super) fn command(&self) -> Option<(&'static str, &str)> {
        let entrypoint = self.entrypoint.as_ref().map(|it| ("ENTRYPOINT", it.text.as_str()));
        entrypoint.or_else(|| self.cmd.as_ref().map(|it| ("CMD", it.text.as_str())))
    }

    /// What the exec form passes on as it is written, because no shell expands it: `$WHO`. `failure` says what was printed.
    pub(super) fn unexpanded(&self, failure: &str) -> Option<(String, String, usize)> {
        let (_, printed) = failure.rsplit_once("prints ")?;
        let all = [("ENTRYPOINT", &self.entrypoint), ("CMD", &self.cmd)];
        let instructions = all.into_iter().filter_map(|(keyword, it)| Some((keyword, it.as_ref()?)));
        let is_shell = |word: &String| matches!(word.rsplit('/').next(), Some("sh" | "bash" | "ash" | "dash" | "zsh"));
        for (keyword, instruction) in instructions.filter(|(_, it)| !it.words.iter().any(is_shell)) {
            let variables = instruction.words.iter().skip(1).flat_map(|word| word.match_indices('$').map(|(at, _)| &word[at..]));
            let names = variables.map(|rest| {
                let end = rest[1..].find(|ch: char| !(ch.is_ascii_alphanumeric() || "_{}".contains(ch)));
                end.map_or(rest, |end| &rest[..=end])
            });
            let Some(name) = names.into_iter().find(|name| name.len() > 1 && printed.contains(name)) else { continue };
            let what = format!("exec form does not expand `{name}`");
            let words = instruction.words.join(" ").replace(['"', '`'], "'");
            let array = array_of(&["/bin/sh", "-c", &words]);
            return Some((what, format!("let a shell expand it: `{keyword} {array}`"), instruction.line));
        }
        None
    }

    /// What is wrong if nothing in the Dockerfile says what to start.
    pub(super) fn unset(&self, own: &OwnFiles) -> Option<(String, String)> {
        if self.from == 0 || self.entrypoint.is_some() || self.cmd.is_some() {
            return None;
        }
        let what = "neither `CMD` nor `ENTRYPOINT` is set, so the base image's own command runs";
        Some((what.to_owned(), self.how_to_take_arguments(own)))
    }

    /// How to start a program that takes arguments.
    fn how_to_take_arguments(&self, own: &OwnFiles) -> String {
        let is_program = |array: &String| !array.starts_with("[\"-");
        let cmd = self.cmd.as_ref().and_then(|cmd| match cmd.words.is_empty() {
            true => cmd.exec_form.clone(),
            false => Some(cmd.text.clone()).filter(|text| !text.contains(['`', '\n'])),
        });
        match (cmd.filter(is_program), own.start()) {
            (Some(array), _) => format!("set the program with `ENTRYPOINT` instead of `CMD`: `ENTRYPOINT {array}`"),
            (None, Some(array)) => format!("set the program: `ENTRYPOINT {array}`"),
            (None, None) => "set the program with `ENTRYPOINT [\"…\"]`, and its default arguments with `CMD`".to_owned(),
        }
    }

    /// What is wrong with an array that is not valid JSON: a shell takes it for a command.
    pub(super) fn invalid_array(&self) -> Option<(String, String, usize)> {
        let all = [("ENTRYPOINT", &self.entrypoint), ("CMD", &self.cmd)];
        let (keyword, line, array) = all.into_iter().find_map(|(keyword, instruction)| {
            let instruction = instruction.as_ref().filter(|instruction| instruction.is_invalid_array)?;
            Some((keyword, instruction.line, instruction.exec_form.as_ref()?))
        })?;
        let what = format!("`{keyword}` is not valid JSON, so a shell runs the brackets as a command");
        Some((what, format!("use double quotes: `{keyword} {array}`"), line))
    }

    /// Why a program prints the same whatever it is given, or nothing of its arguments: an entry point in shell form gets no
    /// arguments, and a build argument is gone when the container runs. `failure` has the command in backticks.
    pub(super) fn unread_input(&self, failure: &str, dockerfile: Option<&str>) -> Option<(String, String, usize)> {
        let command = failure.split('`').nth(1).filter(|command| command.starts_with("docker run"))?;
        let has_args = command.split(" IMAGE").nth(1).is_some_and(|args| !args.trim().is_empty());
        let is_unread = failure.contains(HARD_CODED);
        if let Some(entrypoint) = self.entrypoint.as_ref().filter(|it| has_args && is_unread && it.words.is_empty()) {
            let what = "`ENTRYPOINT` in shell form gets no arguments".to_owned();
            let own = entrypoint.exec_form.as_ref().map(|array| format!("use exec form: `ENTRYPOINT {array}`"));
            let earn_back = own.unwrap_or_else(|| "use exec form: a JSON array with double quotes".to_owned());
            return Some((what, earn_back, entrypoint.line));
        }
        let source = Source::new("Dockerfile", dockerfile.filter(|_| is_unread)?.to_owned());
        let file = syntax::parse(source.text());
        let names = command.split(" -e ").skip(1).filter_map(|rest| rest.split_once('=')).map(|(name, _)| name);
        let declares = |instruction: &&syntax::Instruction, name: &str| {
            let text = source.slice(instruction.args_span);
            instruction.keyword == Keyword::Arg
                && text.split_whitespace().any(|word| word.split('=').next() == Some(name))
        };
        let found = names.into_iter().find_map(|name| Some((name, file.instructions().find(|it| declares(it, name))?)));
        let (name, instruction) = found?;
        let what = format!("`ARG {name}` is known while the image is built, and not when the container runs");
        let earn_back = format!(
            "let the program that `CMD` or `ENTRYPOINT` starts read `{name}`, not a `RUN`; `ENV {name}=…` sets its default"
        );
        Some((what, earn_back, source.line_index(instruction.span.start()) + 1))
    }

    /// What is wrong if the engine does not find a program in the image.
    pub(super) fn explain(&self, program: &str, own: &OwnFiles) -> Option<(String, String, Option<usize>)> {
        let shown = program.replace('`', "'");
        let first = |instruction: &StartInstruction| instruction.words.first().map(String::as_str) == Some(program);
        for (keyword, instruction) in [("ENTRYPOINT", &self.entrypoint), ("CMD", &self.cmd)] {
            let Some(instruction) = instruction.as_ref().filter(|it| first(it)) else { continue };
            let line = Some(instruction.line);
            if program.contains(' ') {
                let words: Vec<String> = shown.split_whitespace().map(|word| format!("\"{word}\"")).collect();
                let what = format!("`{keyword}` names one program `{shown}`, with spaces in its name");
                return Some((what, format!("use one string for each word: `{keyword} [{}]`", words.join(", ")), line));
            }
            let is_option = program.starts_with('-');
            if keyword == "CMD" && is_option {
                let what = format!("`{shown}` is an argument, and there is no `ENTRYPOINT` that takes it");
                let earn_back = match own.start() {
                    Some(array) => format!("name the program first: `ENTRYPOINT {array}`; keep `{shown}` in `CMD` only if the program has this option"),
                    None => format!("name the program first: `ENTRYPOINT [\"…\"]`, with `{shown}` in `CMD`"),
                };
                return Some((what, earn_back, line));
            }
            let what = format!("`{keyword}` starts `{shown}`, which is not in the image");
            let earn_back = match own.place_of(program) {
                Some((path, copied)) => {
                    let words: Vec<&str> = [path].into_iter().chain(instruction.words[1..].iter().map(String::as_str)).collect();
                    let array = array_of(&words).replace('`', "'");
                    format!("use the path to which line {copied} copies it: `{keyword} {array}`")
                }
                None => format!("copy or install `{shown}`, or correct its path in `{keyword}`"),
            };
            return Some((what, earn_back, line));
        }
        if self.entrypoint.is_none() {
            let what = format!("`{shown}` replaces `CMD`, and there is no `ENTRYPOINT` that takes it as an argument");
            return Some((what, self.how_to_take_arguments(own), self.cmd.as_ref().map(|cmd| cmd.line)));
        }
        None
    }
}

/// Words as the array of an exec form.
fn array_of<T: AsRef<str>>(words: &[T]) -> String {
    let words: Vec<String> = words.iter().map(|word| serde_json::to_string(word.as_ref()).unwrap_or_default()).collect();
    format!("[{}]", words.join(", "))
}

/// The exec form of a command in shell form, if no shell is needed to run it; of an array with wrong quotes, the valid one.
pub(super) fn exec_form(text: &str) -> Option<String> {
    let text = text.trim();
    let words: Vec<String> = if text.starts_with('[') {
        let quoted: String = text.chars().map(|ch| if "'‘’“”".contains(ch) { '"' } else { ch }).collect();
        serde_json::from_str(&quoted).ok()?
    } else {
        if text.contains(|ch: char| "$&|;<>(){}[]*?'\"\\`~#!\n".contains(ch)) {
            return None;
        }
        text.split_whitespace().map(str::to_owned).collect()
    };
    let is_assignment = words.first().is_none_or(|word| word.contains('='));
    let array = array_of(&words);
    (!is_assignment && !array.contains('`')).then_some(array)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exec_forms() {
        for (text, expected) in [
            ("python run.py --port 80", Some(r#"["python", "run.py", "--port", "80"]"#)),
            ("['/greet.sh', 'a b']", Some(r#"["/greet.sh", "a b"]"#)),
            ("[“node”, “x.js”]", Some(r#"["node", "x.js"]"#)),
            ("[/greet.sh]", None),
            ("python run.py $PORT", None),
            ("A=1 python run.py", None),
            ("", None),
        ] {
            assert_eq!(exec_form(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn arrays_that_are_not_json() {
        let text = "FROM a\nENTRYPOINT ['/greet.sh']\nCMD run\n";
        let source = Source::new("Dockerfile", text.to_owned());
        let file = syntax::parse(source.text());
        let start = StartInstructions::of(&Model::build(&source, &file, &crate::model::BuildArgs::default(), None));
        let (what, earn_back, line) = start.invalid_array().expect("it is one");
        assert_eq!((what.contains("`ENTRYPOINT` is not valid JSON"), line), (true, 2));
        assert_eq!(earn_back, "use double quotes: `ENTRYPOINT [\"/greet.sh\"]`");
        assert_eq!((start.line(), start.unset(&OwnFiles::default())), (Some(2), None));
    }

    #[test]
    fn input_that_is_not_read() {
        let start = |words: &[&str]| StartInstructions {
            entrypoint: Some(StartInstruction {
                line: 3,
                words: words.iter().map(|word| (*word).to_owned()).collect(),
                ..StartInstruction::default()
            }),
            cmd: None,
            from: 1,
        };
        let same = |command: &str| format!("`{command}` {HARD_CODED}: `Hello, world!`");
        let line = |start: &StartInstructions, failure: &str, text: &str| {
            start.unread_input(failure, Some(text)).map(|(what, _, line)| (what.contains("ARG"), line))
        };
        let arg = "FROM a\nARG WHO=world\nRUN echo $WHO > /x\n";
        assert_eq!(line(&start(&[]), &same("docker run IMAGE pier1"), arg), Some((false, 3)));
        assert_eq!(line(&start(&["/x"]), &same("docker run IMAGE pier1"), arg), None);
        assert_eq!(line(&start(&["/x"]), &same("docker run -e WHO=pier1 IMAGE"), arg), Some((true, 2)));
        assert_eq!(line(&start(&["/x"]), &same("docker run -e HOST=pier1 IMAGE"), arg), None);
        assert_eq!(line(&start(&[]), "`docker run IMAGE pier1` prints nothing", arg), None);
    }

    #[test]
    fn variables_in_exec_form() {
        let of = |text: &str| {
            let source = Source::new("Dockerfile", text.to_owned());
            let file = syntax::parse(source.text());
            StartInstructions::of(&Model::build(&source, &file, &crate::model::BuildArgs::default(), None))
        };
        let start = of("FROM a\nENTRYPOINT [\"echo\", \"Hello, $WHO!\"]\n");
        let (what, earn_back, line) = start.unexpanded("`docker run -e WHO=x IMAGE` prints `Hello, $WHO!`").expect("it is");
        assert_eq!((what.as_str(), line), ("exec form does not expand `$WHO`", 2));
        assert_eq!(earn_back, "let a shell expand it: `ENTRYPOINT [\"/bin/sh\", \"-c\", \"echo Hello, $WHO!\"]`");
        assert_eq!(start.unexpanded("the container prints `Hello, you!`"), None);
        let start = of("FROM a\nENTRYPOINT [\"sh\", \"-c\", \"echo '$WHO'\"]\n");
        assert_eq!(start.unexpanded("the container prints `$WHO`"), None);
    }

    #[test]
    fn a_program_that_takes_arguments() {
        let how = |text: &str| {
            let source = Source::new("Dockerfile", text.to_owned());
            let file = syntax::parse(source.text());
            let model = Model::build(&source, &file, &crate::model::BuildArgs::default(), None);
            StartInstructions::of(&model).how_to_take_arguments(&OwnFiles::default())
        };
        let use_this = "set the program with `ENTRYPOINT` instead of `CMD`: `ENTRYPOINT [\"python\", \"run.py\"]`";
        assert_eq!(how("FROM a\nCMD [\"python\", \"run.py\"]\n"), use_this);
        assert_eq!(how("FROM a\nCMD python run.py\n"), use_this);
        assert!(how("FROM a\nCMD [\"--who\"]\n").contains("its default arguments"));
    }

    #[test]
    fn a_program_that_is_not_there() {
        let start = |entrypoint: Option<&[&str]>, cmd: Option<&[&str]>| {
            let read = |words: Option<&[&str]>, line| {
                let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
                words.map(|words| StartInstruction { line, words: own(words), ..StartInstruction::default() })
            };
            StartInstructions { from: 1, entrypoint: read(entrypoint, 3), cmd: read(cmd, 4) }
        };
        let what = |start: StartInstructions, program: &str| start.explain(program, &OwnFiles::default()).map(|(what, _, line)| (what, line));
        assert_eq!(
            what(start(None, Some(&["python", "run.py"])), "-H"),
            Some(("`-H` replaces `CMD`, and there is no `ENTRYPOINT` that takes it as an argument".to_owned(), Some(4)))
        );
        assert_eq!(
            what(start(None, Some(&["--help"])), "--help"),
            Some(("`--help` is an argument, and there is no `ENTRYPOINT` that takes it".to_owned(), Some(4)))
        );
        assert_eq!(
            what(start(None, Some(&["python run.py"])), "python run.py"),
            Some(("`CMD` names one program `python run.py`, with spaces in its name".to_owned(), Some(4)))
        );
        assert_eq!(
            what(start(Some(&["/app/run"]), None), "/app/run"),
            Some(("`ENTRYPOINT` starts `/app/run`, which is not in the image".to_owned(), Some(3)))
        );
        assert_eq!(what(start(Some(&["/x"]), None), "other"), None);
    }
}
