//! What a shell gets to read of an instruction, at its positions in the file.
//!
//! A view is as long as the stretch of file it shows, byte for byte, so `base + offset` is the place in the file and
//! whatever a shell parser says about it needs no translation. Only what is Dockerfile and not shell differs.

use super::tree::*;
use crate::knowledge::programs::{self, Class};
use crate::text::Span;

/// What a view shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ViewKind {
    /// The whole shell form. Heredocs that the command line opens follow with body and terminator, as a shell has them.
    Line,
    /// `RUN <<EOF` and nothing else: the body is the script, in the shell in force or the one its `#!` line names.
    /// The index is into [`Instruction::heredocs`]. Further heredocs are ignored by BuildKit.
    Body(usize),
    /// The body of a heredoc that a [`ViewKind::Line`] feeds to an interpreter: `RUN python3 <<EOF`, `RUN <<EOF bash`.
    Input(usize),
}

/// One text for one shell or interpreter.
#[derive(Clone, Debug)]
pub struct ShellView {
    pub kind: ViewKind,
    /// Where the text starts in the file.
    pub base: usize,
    /// As long as the stretch it shows. Continuations are `\` and a line feed whatever the escape character, comments
    /// and blank lines between them are spaces, carriage returns before a line feed are spaces.
    pub text: String,
    /// The base name of the program that reads it when it is not the shell in force: of the `#!` line of a [`ViewKind::Body`]
    /// (`env` looked through), of the command of a [`ViewKind::Input`].
    pub interpreter: Option<String>,
}

impl ShellView {
    /// What it shows.
    #[cfg(any(test, feature = "internals"))]
    pub fn span(&self) -> Span {
        Span::new(self.base, self.base + self.text.len())
    }
}

/// What shells read of an instruction: nothing for exec forms and instructions that run none. For RUN, CMD, ENTRYPOINT,
/// and HEALTHCHECK CMD the first view is what the shell in force reads; bodies for other interpreters follow.
///
/// `text` is the whole file's. An ONBUILD has no views; the instruction that it keeps has.
pub fn shell_views(text: &str, instruction: &Instruction) -> Vec<ShellView> {
    let line = match &instruction.args {
        Args::Command(CommandLine::Shell(span)) if instruction.keyword != Keyword::Shell => *span,
        Args::Healthcheck(HealthcheckArgs::Cmd { command: CommandLine::Shell(span), .. }) => *span,
        _ => return Vec::new(),
    };
    let heredocs = &instruction.heredocs;
    if let Some(first) = heredocs.first()
        && first.opener.contains(line)
    {
        return vec![body(text, instruction, first, ViewKind::Body(0))];
    }
    let mut bytes = text.as_bytes()[line.range()].to_vec();
    join(&mut bytes, line.start(), instruction);
    blank_joints_in_quotes(&mut bytes, false);
    if let Some(last) = heredocs.last() {
        let end = last.terminator.unwrap_or(last.body).end().min(instruction.span.end());
        append_heredocs(&mut bytes, text, line, end, heredocs);
    }
    let mut views = vec![ShellView { kind: ViewKind::Line, base: line.start(), text: utf8(bytes), interpreter: None }];
    if let [heredoc] = &heredocs[..]
        && heredoc.fd.unwrap_or(0) == 0
        && let Some(interpreter) = fed_interpreter(&views[0].text[..line.len()], heredoc.opener, line)
    {
        let mut view = body(text, instruction, heredoc, ViewKind::Input(0));
        view.interpreter = Some(interpreter);
        views.push(view);
    }
    views
}

/// Only ASCII bytes are ever replaced, by ASCII bytes, or whole comments by spaces.
fn utf8(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("whole characters are replaced by ASCII")
}

fn body(text: &str, instruction: &Instruction, heredoc: &Heredoc, kind: ViewKind) -> ShellView {
    // One that is never closed ends with the file, its last line break not included.
    let end = heredoc.body.end().min(instruction.span.end()).max(heredoc.body.start());
    let mut bytes = text.as_bytes()[heredoc.body.start()..end].to_vec();
    carriage_returns(&mut bytes, b' ');
    let text = utf8(bytes);
    let interpreter = text.strip_prefix("#!").and_then(|rest| rest.lines().next()).and_then(shebang);
    ShellView { kind, base: heredoc.body.start(), text, interpreter }
}

/// The program of a `#!` line.
fn shebang(line: &str) -> Option<String> {
    let mut words = line.split_whitespace().map(base_name);
    let first = words.next()?;
    let name = if first == "env" { words.find(|word| !word.starts_with('-') && !word.contains('='))? } else { first };
    Some(name.to_owned())
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Replaces the `\r`s before each line feed.
fn carriage_returns(bytes: &mut [u8], by: u8) {
    let mut before_feed = false;
    for byte in bytes.iter_mut().rev() {
        match *byte {
            b'\n' => before_feed = true,
            b'\r' if before_feed => *byte = by,
            _ => before_feed = false,
        }
    }
}

/// Makes shell continuations of Dockerfile continuations, and spaces of what BuildKit drops.
fn join(bytes: &mut [u8], base: usize, instruction: &Instruction) {
    let end = base + bytes.len();
    let inside = |trivia: &&Trivia| trivia.span.start() >= base && trivia.span.end() <= end;
    for trivia in instruction.trivia.iter().filter(inside) {
        let range = trivia.span.start() - base..trivia.span.end() - base;
        match trivia.kind {
            TriviaKind::Comment | TriviaKind::Blank => bytes[range].fill(b' '),
            TriviaKind::Continuation => {
                // Pairs of `\` and line feed join what is around them. An odd byte becomes a space, where there is one
                // already if that can be.
                let blank = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_whitespace);
                let before = range.start.checked_sub(1).and_then(|at| bytes.get(at));
                let leading = range.len() % 2 == 1 && blank(before) && !blank(bytes.get(range.end));
                let (joint, rest) = (usize::from(leading), range.len() / 2 * 2);
                let bytes = &mut bytes[range];
                bytes.fill(b' ');
                bytes[joint..joint + rest].chunks_exact_mut(2).for_each(|pair| pair.copy_from_slice(b"\\\n"));
            }
        }
    }
    carriage_returns(bytes, b' ');
}

/// The view with spaces for the joints inside double quotes too. A shell makes nothing of these joints, but a linter may
/// miscount what comes after them.
pub(crate) fn without_joints_in_quotes(text: String) -> String {
    let mut bytes = text.into_bytes();
    blank_joints_in_quotes(&mut bytes, true);
    utf8(bytes)
}

/// BuildKit joins lines before a shell sees them; inside single quotes a shell would not. `all`: in double quotes too.
fn blank_joints_in_quotes(bytes: &mut [u8], all: bool) {
    enum Open {
        Double,
        /// `$(`, with the parentheses open in it.
        Command(usize),
    }
    let mut stack: Vec<Open> = Vec::new();
    let mut word_start = true;
    let mut at = 0;
    while at < bytes.len() {
        let in_double = matches!(stack.last(), Some(Open::Double));
        let starts = std::mem::replace(&mut word_start, false);
        match bytes[at] {
            b'\\' => {
                // A joint is nothing: the word, or the lack of one, goes on.
                word_start = starts && bytes.get(at + 1) == Some(&b'\n');
                if all && in_double && bytes.get(at + 1) == Some(&b'\n') {
                    bytes[at..at + 2].fill(b' ');
                }
                at += 1;
            }
            b'\'' if !in_double => {
                at += 1;
                while at < bytes.len() && bytes[at] != b'\'' {
                    if bytes[at] == b'\\' && bytes.get(at + 1) == Some(&b'\n') {
                        bytes[at..at + 2].fill(b' ');
                    }
                    at += 1;
                }
            }
            b'"' if in_double => drop(stack.pop()),
            b'"' => stack.push(Open::Double),
            b'$' if bytes.get(at + 1) == Some(&b'(') => {
                stack.push(Open::Command(0));
                word_start = true;
                at += 1;
            }
            // All that follows is one comment: the line is one line.
            b'#' if starts && !in_double => return,
            b'(' => {
                word_start = true;
                if let Some(Open::Command(depth)) = stack.last_mut() {
                    *depth += 1;
                }
            }
            b')' => match stack.last_mut() {
                Some(Open::Command(0)) => drop(stack.pop()),
                Some(Open::Command(depth)) => *depth -= 1,
                _ => word_start = true,
            },
            b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' => word_start = true,
            _ => {}
        }
        at += 1;
    }
}

/// Appends what follows the command line up to the end of the last heredoc.
fn append_heredocs(bytes: &mut Vec<u8>, text: &str, line: Span, end: usize, heredocs: &[Heredoc]) {
    let from = bytes.len();
    bytes.extend_from_slice(&text.as_bytes()[line.end().min(end)..end]);
    let tail = &mut bytes[from..];
    // Between the command line and the first body there may be spaces or a continuation that leads nowhere.
    let header = heredocs[0].body.start().saturating_sub(line.end()).min(tail.len());
    tail[..header].fill(b' ');
    if let Some(feed) = tail[..header].last_mut() {
        *feed = b'\n';
    }
    carriage_returns(&mut tail[header..], b' ');
    for terminator in heredocs.iter().filter_map(|heredoc| heredoc.terminator) {
        // A space after the terminator would undo it, so its carriage return becomes a line feed.
        let at = terminator.end() - line.end();
        let returns = text.as_bytes()[terminator.end()..end].iter().take_while(|byte| **byte == b'\r').count();
        tail[at..at + returns].fill(b'\n');
    }
}

/// The interpreter that reads the heredoc as its program: the command is its name, maybe with options, and nothing else.
fn fed_interpreter(view: &str, opener: Span, line: Span) -> Option<String> {
    let (start, end) = (opener.start().checked_sub(line.start())?, opener.end().checked_sub(line.start())?);
    let around = [view.get(..start)?, view.get(end..)?].join(" ");
    if around.contains(['|', ';', '&', '<', '>', '(', ')', '$', '`', '\'', '"', '#', '=']) {
        return None;
    }
    let mut words = around.split_whitespace().filter(|word| *word != "\\");
    let name = base_name(words.next()?);
    let class = programs::class(name);
    if !class.is(Class::SHELL.or(Class::OTHER_SHELL).or(Class::INTERPRETER)) {
        return None;
    }
    // `-c` and `-e` of some bring a program of their own; `-` says that the program is the input.
    let shell = class.is(Class::SHELL) || name == "fish";
    let plain = |word: &str| {
        word == "-" || (word.starts_with('-') && !word.contains('c') && (shell || !word.contains(['e', 'm', 'r', 'f'])))
    };
    words.all(plain).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::parse;

    /// The views of the last instruction, each with what it is and who reads it; checks that they fit the file.
    fn views(text: &str) -> Vec<(ViewKind, String, Option<String>)> {
        let file = parse(text);
        let last = file.instructions().next_back().unwrap();
        let instruction = match &last.args {
            Args::Onbuild(Some(inner)) => inner,
            _ => last,
        };
        let views = shell_views(text, instruction);
        for view in &views {
            assert!(instruction.span.contains(view.span()), "{text:?}");
        }
        views.into_iter().map(|view| (view.kind, view.text, view.interpreter)).collect()
    }

    fn line(text: &str) -> String {
        match views(text).remove(0) {
            (ViewKind::Line, text, None) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn lines_are_joined_in_place() {
        for (file, expected) in [
            ("RUN a b\n", "a b"),
            ("RUN a \\\n b\n", "a \\\n b"),
            ("RUN a \\\n  # it's\n\n b\n", "a \\\n           b"),
            ("RUN a \\\r\n b\r\n", "a \\\n  b"),
            ("RUN a\\ \n b\n", "a\\\n  b"),
            ("RUN a\\  \nb\n", "a\\\n\\\nb"),
            ("# escape=`\nRUN a `\n b\\c\n", "a \\\n b\\c"),
            ("RUN echo 'a \\\n b' \\\n c\n", "echo 'a    b' \\\n c"),
            ("RUN echo \"it's \\\n\" \\\n c\n", "echo \"it's \\\n\" \\\n c"),
            ("RUN echo \"$(x 'a\\\nb')\"\n", "echo \"$(x 'a  b')\""),
            ("RUN a # don't \\\n c\n", "a # don't \\\n c"),
            ("RUN a \\\n", "a"),
            ("RUN --mount=type=ssh a\n", "a"),
            ("CMD x y\n", "x y"),
            ("ENTRYPOINT x\n", "x"),
            ("HEALTHCHECK --retries=1 CMD x \\\n y\n", "x \\\n y"),
            ("ONBUILD RUN a \\\n b\n", "a \\\n b"),
        ] {
            assert_eq!(line(file), expected, "{file:?}");
        }
    }

    #[test]
    fn no_shell_no_view() {
        for file in ["RUN [\"a\"]\n", "CMD\n", "SHELL x\n", "COPY a b\n", "ONBUILD COPY a b\n", "HEALTHCHECK NONE\n"] {
            assert!(shell_views(file, parse(file).instructions().next().unwrap()).is_empty(), "{file:?}");
        }
    }

    #[test]
    fn a_heredoc_alone_is_the_script() {
        let body = |text: &str| (ViewKind::Body(0), text.to_owned(), None);
        assert_eq!(views("RUN <<EOF\na\r\nb\nEOF\n"), [body("a \nb\n")]);
        assert_eq!(views("RUN <<-'E'\n\ta\n\tE\n"), [body("\ta\n")]);
        assert_eq!(views("ONBUILD RUN <<E\na\nE\n"), [body("a\n")]);
        let python = (ViewKind::Body(0), "#!/usr/bin/env -S python3 -u\nx\n".to_owned(), Some("python3".to_owned()));
        assert_eq!(views("RUN <<E\n#!/usr/bin/env -S python3 -u\nx\nE\n"), [python]);
        assert_eq!(views("RUN <<E\na\n"), [body("a")]);
    }

    #[test]
    fn a_heredoc_for_a_command_is_data() {
        assert_eq!(line("RUN cat <<E > f \\\n && x\na\nE\n"), "cat <<E > f \\\n && x\na\nE");
        assert_eq!(line("RUN cat <<A <<-B | x\na\nA\n\tb\n\tB\n"), "cat <<A <<-B | x\na\nA\n\tb\n\tB");
        assert_eq!(line("RUN cat <<A <<B  \r\na\r\nA\r\nb\r\nB\r\n"), "cat <<A <<B   \na \nA\n\nb \nB");
        assert_eq!(line("RUN cat <<E\na\n"), "cat <<E\na");
        assert_eq!(views("RUN cat <<E >f\na\nE\n").len(), 1);
    }

    #[test]
    fn a_heredoc_for_an_interpreter_is_its_program() {
        for (command, interpreter) in [
            ("<<E bash", Some("bash")),
            ("bash -eux <<E", Some("bash")),
            ("/usr/bin/python3.12 - <<E", Some("python3.12")),
            ("python3 \\\n <<E", Some("python3")),
            ("python3 x.py <<E", None),
            ("python3 -c x <<E", None),
            ("bash <<E | tee f", None),
            ("bash 3<<E", None),
            ("psql <<E", None),
        ] {
            let found = views(&format!("RUN {command}\na\nE\n"));
            assert_eq!(found[0].0, ViewKind::Line, "{command}");
            let input = interpreter.map(|name| (ViewKind::Input(0), "a\n".to_owned(), Some(name.to_owned())));
            assert_eq!(found.get(1).cloned(), input, "{command}");
        }
    }
}
