//! The parser against the crate `dockerfile-parser`, an independent implementation: whatever both read, they read alike.
//! (Why the crate is not the parser itself stands in `src/syntax/mod.rs`.) It parses eight kinds of instructions and
//! refuses the whole file at the first thing it does not know; such files tell nothing and are left out.

// What was skipped is said on the tests' output.
#![allow(clippy::print_stdout)]

mod support;

use std::path::PathBuf;

use dockerfile_parser::{Dockerfile as Theirs, Instruction as Their, ShellOrExecExpr};
use plimsoll::syntax::{Args, CommandLine, Dockerfile, Escape, Instruction, Keyword, Word, parse};
use support::{corpus, fixtures, read};

/// Larger files could overflow its stack: it recurses for every continued line.
const MOST_BYTES: usize = 20_000;

/// What an instruction says, in words that both sides can give.
type Said = (&'static str, Vec<String>);

/// Why, and which instructions it concerns.
type Reason = (&'static str, fn(&Instruction) -> bool);

/// Why, and which files it concerns.
type FileReason = (&'static str, fn(&str, &Dockerfile) -> bool);

/// What the crate is known to get wrong, each with the instructions it concerns. BuildKit is with us on all of them.
const KNOWN: [Reason; 7] = [
    ("flags of RUN are part of its command", |own| own.keyword == Keyword::Run && !own.flags.is_empty()),
    ("flags of COPY without a value make all flags sources", |own| {
        own.keyword == Keyword::Copy && own.flags.iter().any(|flag| flag.value.is_none())
    }),
    ("`--` is an argument", |own| own.logical.text.contains("-- ")),
    ("single quotes are quotes in a JSON array", |own| {
        matches!(own.args, Args::Command(CommandLine::Shell(_))) && own.logical.text.starts_with('[')
    }),
    ("the JSON form of COPY is words", |own| matches!(&own.args, Args::Copy(copy) if copy.json)),
    ("a continuation at the end of the file is text", |own| {
        own.trivia.last().is_some_and(|trivia| trivia.span.end + 1 >= own.span.end)
    }),
    ("quotes and backslashes of a value are taken off otherwise", |own| match own.args {
        Args::Pairs(_) => own.logical.text.contains(['\\', '\'', '"']),
        Args::Copy(_) => own.logical.text.contains('\\'),
        _ => false,
    }),
];

/// Where files are split otherwise, and why that is a fault of the crate.
const SPLIT_OTHERWISE: [FileReason; 4] = [
    ("heredoc bodies are instructions", |_, file| file.instructions().any(|own| !own.heredocs.is_empty())),
    ("two escape characters continue a line", |text, _| text.contains("\\\\\n") || text.contains("\\\\\r\n")),
    ("a carriage return ends a line", |text, _| text.replace("\r\n", "\n").contains('\r')),
    ("the escape character is always a backslash", |_, file| file.escape == Escape::Backtick),
];

fn theirs(instruction: &Their) -> Said {
    let command = |expr: &ShellOrExecExpr| match expr {
        ShellOrExecExpr::Shell(text) => vec!["shell".to_owned(), text.to_string().trim().to_owned()],
        ShellOrExecExpr::Exec(list) => {
            std::iter::once("exec").chain(list.as_str_vec()).map(str::to_owned).collect::<Vec<_>>()
        }
    };
    match instruction {
        Their::From(from) => {
            let alias = from.alias.iter().map(|alias| alias.content.clone());
            ("FROM", std::iter::once(from.image.content.clone()).chain(alias).collect())
        }
        Their::Arg(arg) => {
            let value = arg.value.iter().map(|value| value.content.clone());
            ("ARG", std::iter::once(arg.name.content.clone()).chain(value).collect())
        }
        Their::Env(env) => (
            "ENV",
            env.vars
                .iter()
                .flat_map(|var| [var.key.content.clone(), var.value.to_string().trim_end().to_owned()])
                .collect(),
        ),
        Their::Label(label) => (
            "LABEL",
            label.labels.iter().flat_map(|label| [label.name.content.clone(), label.value.content.clone()]).collect(),
        ),
        Their::Copy(copy) => {
            let words = copy.sources.iter().chain([&copy.destination]);
            ("COPY", words.map(|word| word.content.clone()).collect())
        }
        Their::Run(run) => ("RUN", command(&run.expr)),
        Their::Cmd(cmd) => ("CMD", command(&cmd.expr)),
        Their::Entrypoint(entrypoint) => ("ENTRYPOINT", command(&entrypoint.expr)),
        Their::Misc(_) => ("", Vec::new()),
    }
}

fn ours(file: &Dockerfile, own: &Instruction) -> Said {
    let text = |word: &Word| word.unquoted(file.escape);
    let said = match &own.args {
        Args::From(from) => from.image.iter().chain(&from.name).map(|word| word.text.clone()).collect(),
        Args::Pairs(pairs) => pairs
            .pairs
            .iter()
            .flat_map(|pair| std::iter::once(text(&pair.name)).chain(pair.value.iter().map(text)))
            .collect(),
        Args::Copy(copy) => copy.sources.iter().chain(&copy.dest).map(text).collect(),
        Args::Command(CommandLine::Exec(exec)) => {
            std::iter::once("exec".to_owned()).chain(exec.items.iter().map(|item| item.value.clone())).collect()
        }
        // Without flags the arguments are all there is.
        Args::Command(_) => vec!["shell".to_owned(), own.logical.text.clone()],
        _ => Vec::new(),
    };
    (own.keyword.as_str(), said)
}

/// Files compared, instructions compared, and what differs without a known reason.
fn compare(paths: Vec<PathBuf>) -> (usize, usize, Vec<String>) {
    let (mut files, mut instructions, mut differences) = (0, 0, Vec::new());
    for path in paths {
        let source = read(&path);
        if source.text().len() > MOST_BYTES {
            continue;
        }
        let Ok(their) = Theirs::parse(source.text()) else { continue };
        let file = parse(source.text());
        let own: Vec<_> = file.instructions().collect();
        if own.len() != their.instructions.len() {
            if SPLIT_OTHERWISE.iter().any(|(_, applies)| applies(source.text(), &file)) {
                continue;
            }
            differences.push(format!("{}: {} and {} instructions", source.name(), own.len(), their.instructions.len()));
            continue;
        }
        files += 1;
        for (own, their) in own.into_iter().zip(&their.instructions) {
            let expected = theirs(their);
            if expected.0.is_empty() || KNOWN.iter().any(|(_, applies)| applies(own)) {
                continue;
            }
            instructions += 1;
            let found = ours(&file, own);
            if found != expected {
                let line = source.line_index(own.span.start()) + 1;
                differences.push(format!("{}:{line}: {found:?} is {expected:?} to them", source.name()));
            }
        }
    }
    (files, instructions, differences)
}

#[test]
fn our_files_read_alike() {
    let (files, instructions, differences) = compare(fixtures());
    println!("{files} files, {instructions} instructions");
    assert!(files > 20 && instructions > 60, "{files} files, {instructions} instructions");
    assert_eq!(differences, [""; 0]);
}

#[test]
fn a_corpus_reads_alike() {
    let (files, instructions, differences) = compare(corpus());
    println!("{files} files, {instructions} instructions");
    assert_eq!(differences, [""; 0]);
}
