//! Whether two texts read the same.

use super::script::words;
use crate::shell::reader;
use crate::syntax::{self, Args, CommandLine, Dockerfile, HealthcheckArgs, Instruction, Keyword, Word};
use crate::text::Span;

/// What reads differently in `new`, as a phrase that names the instruction; `None` if nothing does.
pub(super) fn difference(text: &str, file: &Dockerfile, new: &str) -> Option<String> {
    let other = syntax::parse(new);
    if other.escape != file.escape || !directives(file).eq(directives(&other)) {
        return Some("a directive would read differently".to_owned());
    }
    let (mut before, mut after) = (file.instructions(), other.instructions());
    loop {
        let (a, b) = match (before.next(), after.next()) {
            (None, None) => break,
            (Some(a), Some(b)) => (a, b),
            (Some(one), None) | (None, Some(one)) => {
                return Some(format!("`{}` would appear or disappear", one.keyword.as_str()));
            }
        };
        if !same(text, a, new, b) {
            let line = text[..a.span.start()].matches('\n').count() + 1;
            return Some(format!("`{}` on line {line} would read differently", a.keyword.as_str()));
        }
    }
    (file.errors.len() != other.errors.len()).then(|| "it would not parse as before".to_owned())
}

fn directives(file: &Dockerfile) -> impl Iterator<Item = (&str, &str)> {
    file.directives().map(|directive| (directive.name.as_str(), directive.value.as_str()))
}

fn same(text: &str, a: &Instruction, new: &str, b: &Instruction) -> bool {
    let flags = |instruction: &Instruction| -> Vec<(String, Option<String>)> {
        let flag = |flag: &syntax::Flag| (flag.name.clone(), flag.value.as_ref().map(|value| value.text.clone()));
        instruction.flags.iter().map(flag).collect()
    };
    let bodies = |text: &str, instruction: &Instruction| -> Vec<(String, String)> {
        let body = |body: &syntax::Heredoc| (text[body.opener.range()].to_owned(), text[body.body.range()].to_owned());
        instruction.heredocs.iter().map(body).collect()
    };
    a.keyword == b.keyword
        && a.keyword_text.eq_ignore_ascii_case(&b.keyword_text)
        && flags(a) == flags(b)
        && bodies(text, a) == bodies(new, b)
        && same_arguments(text, a, new, b)
}

fn same_arguments(text: &str, a: &Instruction, new: &str, b: &Instruction) -> bool {
    match (&a.args, &b.args) {
        (Args::From(a), Args::From(b)) => word(&a.image) == word(&b.image) && word(&a.name) == word(&b.name),
        (Args::Copy(x), Args::Copy(y)) => {
            x.json == y.json && texts(&x.sources) == texts(&y.sources) && word(&x.dest) == word(&y.dest)
        }
        (Args::Pairs(x), Args::Pairs(y)) => {
            let same = |(x, y): (&syntax::Pair, &syntax::Pair)| x.name.text == y.name.text && word(&x.value) == word(&y.value);
            x.legacy == y.legacy && x.pairs.len() == y.pairs.len() && x.pairs.iter().zip(&y.pairs).all(same)
        }
        (Args::Words(x), Args::Words(y)) => x.json == y.json && texts(&x.words) == texts(&y.words),
        (Args::Command(x), Args::Command(y)) => same_command(a, x, b, y),
        (Args::Healthcheck(x), Args::Healthcheck(y)) => match (x, y) {
            (HealthcheckArgs::None, HealthcheckArgs::None) => true,
            (HealthcheckArgs::Cmd { command: x, .. }, HealthcheckArgs::Cmd { command: y, .. }) => same_command(a, x, b, y),
            (HealthcheckArgs::Other(x), HealthcheckArgs::Other(y)) => texts(x) == texts(y),
            _ => false,
        },
        (Args::Onbuild(Some(x)), Args::Onbuild(Some(y))) => same(text, x, new, y),
        (Args::Onbuild(None), Args::Onbuild(None)) => true,
        _ => false,
    }
}

fn same_command(a: &Instruction, x: &CommandLine, b: &Instruction, y: &CommandLine) -> bool {
    match (x, y) {
        (CommandLine::Empty, CommandLine::Empty) => true,
        (CommandLine::Exec(x), CommandLine::Exec(y)) => {
            x.items.iter().map(|item| &item.value).eq(y.items.iter().map(|item| &item.value))
        }
        (CommandLine::Shell(x), CommandLine::Shell(y)) => {
            let (Some(x), Some(y)) = (script(a, *x), script(b, *y)) else { return false };
            x == y || (a.keyword == Keyword::Run && a.heredocs.is_empty() && same_script(x, y))
        }
        _ => false,
    }
}

fn script(instruction: &Instruction, span: Span) -> Option<&str> {
    let line = &instruction.logical;
    line.text.get(line.index_of(span.start())?..).map(str::trim)
}

/// Whether two scripts have the same words and operators, in the same order.
fn same_script(a: &str, b: &str) -> bool {
    let (x, y) = (reader::read(a), reader::read(b));
    x.is_clean() && y.is_clean() && leaves(a, &x) == leaves(b, &y)
}

/// The words, whole, and the tokens between them, without spaces.
fn leaves<'a>(text: &'a str, tree: &reader::Tree) -> Vec<&'a str> {
    let words = words(tree);
    let mut next = 0;
    let mut leaves = Vec::new();
    for (kind, span) in tree.tokens() {
        while words.get(next).is_some_and(|word| word.end <= span.start) {
            next += 1;
        }
        match words.get(next).filter(|word| word.start <= span.start) {
            Some(word) if word.start == span.start => leaves.push(&text[word.range()]),
            Some(_) => {}
            None if kind == reader::TokenKind::Space => {}
            None => leaves.push(&text[span.range()]),
        }
    }
    leaves
}

fn word(word: &Option<Word>) -> Option<&str> {
    word.as_ref().map(|word| word.text.as_str())
}

fn texts(words: &[Word]) -> Vec<&str> {
    words.iter().map(|word| word.text.as_str()).collect()
}
