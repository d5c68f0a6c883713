//! What the tests of the parser share: files, and what holds for every tree.

// Each test uses its part of it.
#![allow(dead_code)]

pub(crate) mod skip;

use std::path::{Path, PathBuf};

use plimsoll::syntax::{Args, CommandLine, HealthcheckArgs, Instruction, ItemKind, Word, parse, shell_views};
use plimsoll::text::{Source, Span};

use skip::skipped;

pub(crate) fn read(path: &Path) -> Source {
    let name = path.file_name().expect("a file has a name").to_string_lossy();
    Source::new(name, std::fs::read(path).expect("the file can be read"))
}

/// Our own files, in order of their names.
pub(crate) fn fixtures() -> Vec<PathBuf> {
    dockerfiles(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/syntax"))
}

/// The files of the folder that `PLIMSOLL_CORPUS` names.
pub(crate) fn corpus() -> Vec<PathBuf> {
    match std::env::var_os("PLIMSOLL_CORPUS") {
        Some(folder) => dockerfiles(Path::new(&folder)),
        None => {
            skipped("PLIMSOLL_CORPUS is not set, so our own files are all there is");
            Vec::new()
        }
    }
}

fn dockerfiles(folder: &Path) -> Vec<PathBuf> {
    let entries =
        std::fs::read_dir(folder).expect("the folder can be read").map(|entry| entry.expect("it can be listed").path());
    let is_dockerfile = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        path.is_file() && (name.contains("dockerfile") || name.contains("containerfile"))
    };
    let mut paths: Vec<_> = entries.filter(is_dockerfile).collect();
    paths.sort();
    paths
}

/// Parses, and checks what holds for every file: items cover every byte once, every span lies where it belongs and on
/// character boundaries, and views are as long as what they show.
pub(crate) fn check_tree(source: &Source) {
    let text = source.text();
    let file = parse(text);
    let mut at = 0;
    for item in &file.items {
        assert_eq!(item.span.start(), at, "a gap or an overlap");
        assert!(!item.span.is_empty());
        at = item.span.end();
        match &item.kind {
            ItemKind::Instruction(instruction) => check_instruction(text, item.span, instruction),
            ItemKind::Directive(directive) => {
                assert_eq!(text[directive.name_span.range()].to_lowercase(), directive.name);
                assert_eq!(text[directive.value_span.range()], directive.value);
            }
            _ => {}
        }
    }
    assert_eq!(at, text.len(), "the end is missing");
    let mut last = 0;
    for error in &file.errors {
        assert!(error.span.start() >= last, "errors are in file order");
        last = error.span.start();
        assert!(text.get(error.span.range()).is_some(), "{error:?}");
        assert!(error.message.len() < 500 && error.help.as_ref().is_none_or(|help| help.len() < 500));
    }
}

fn check_instruction(text: &str, outer: Span, instruction: &Instruction) {
    let inside = |span: Span| {
        assert!(outer.contains(span), "{span:?} in {outer:?}");
        assert!(text.get(span.range()).is_some(), "{span:?} splits a character");
    };
    inside(instruction.span);
    inside(instruction.keyword_span);
    inside(instruction.args_span);
    assert!(instruction.keyword_span.end <= instruction.args_span.start || instruction.args_span.is_empty());
    let word = |word: &Word| inside(word.span);
    for flag in &instruction.flags {
        inside(flag.span);
        assert!(flag.span.contains(flag.name_span));
        flag.value.iter().for_each(word);
        for field in &flag.fields {
            assert!(flag.span.contains(field.span));
            assert!(field.value.as_ref().is_none_or(|value| field.span.contains(value.span)), "{field:?} in {flag:?}");
        }
    }
    let logical = &instruction.logical;
    assert!(logical.map.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1), "{logical:?}");
    for (at, char) in logical.text.char_indices().step_by(logical.text.len() / 4096 + 1) {
        assert!(text[logical.to_file(at)..].starts_with(char), "the map leads astray");
    }
    for trivia in &instruction.trivia {
        inside(trivia.span);
    }
    for heredoc in &instruction.heredocs {
        inside(heredoc.opener);
        inside(heredoc.body);
        heredoc.terminator.into_iter().for_each(inside);
    }
    let command = |command: &CommandLine| match command {
        CommandLine::Empty => {}
        CommandLine::Shell(span) => inside(*span),
        CommandLine::Exec(exec) => {
            inside(exec.span);
            exec.items.iter().for_each(|item| assert!(exec.span.contains(item.span)));
        }
    };
    match &instruction.args {
        Args::From(from) => from.image.iter().chain(&from.as_keyword).chain(&from.name).for_each(word),
        Args::Command(line) => command(line),
        Args::Healthcheck(HealthcheckArgs::None) => {}
        Args::Healthcheck(HealthcheckArgs::Cmd { keyword, command: line }) => {
            inside(*keyword);
            command(line);
        }
        Args::Healthcheck(HealthcheckArgs::Other(words)) => words.iter().for_each(word),
        Args::Copy(copy) => copy.sources.iter().chain(&copy.dest).for_each(word),
        Args::Pairs(pairs) => {
            for pair in &pairs.pairs {
                inside(pair.span);
                word(&pair.name);
                pair.value.iter().for_each(word);
            }
        }
        Args::Words(words) => words.words.iter().for_each(word),
        Args::Onbuild(Some(inner)) => check_instruction(text, outer, inner),
        Args::Onbuild(None) => {}
    }
    for view in shell_views(text, instruction) {
        inside(view.span());
    }
}
