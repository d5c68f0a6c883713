//! How long the steps of a run take: `cargo bench`, or `cargo bench -- lint` for one of them.
//!
//! Three sizes, as measured on thousands of real files: a tenth are smaller than `small`, half are smaller than `median`, and
//! one in a hundred is larger than `large`, which has the stages of `median` ten times.

use divan::Bencher;
use divan::counter::BytesCount;
use plimsoll::finding::Safety;
use plimsoll::lint::{self, Settings, fix_loop};
use plimsoll::model::{BuildArgs, Model};
use plimsoll::shellcheck::Backend;
use plimsoll::syntax;
use plimsoll::text::Source;

fn main() {
    divan::main();
}

const FILES: &[&str] = &["small", "median", "large"];

fn text(name: &str) -> String {
    let median = include_str!("median.Dockerfile");
    match name {
        "small" => include_str!("small.Dockerfile").to_owned(),
        "median" => median.to_owned(),
        _ => {
            // Arguments come before the first stage once, and each copy has stages of its own.
            let (head, stages) = median.split_at(median.find("FROM").unwrap_or_default());
            let copies = (0..10).map(|copy| {
                ["build", "tools"].iter().fold(stages.to_owned(), |text, name| {
                    text.replace(&format!("AS {name}"), &format!("AS {name}{copy}"))
                        .replace(&format!("from={name}"), &format!("from={name}{copy}"))
                })
            });
            head.to_owned() + &copies.collect::<String>()
        }
    }
}

fn source(name: &str) -> Source {
    Source::new("Dockerfile", text(name))
}

/// With ShellCheck's findings, as by default, or without.
fn settings(shellcheck: Backend) -> Settings {
    Settings { shellcheck, ..Settings::standard() }
}

fn findings(source: &Source, settings: &Settings) -> (Vec<plimsoll::finding::Diagnostic>, usize) {
    let tree = syntax::parse(source.text());
    let model = Model::build(source, &tree, &BuildArgs::new(), None);
    (lint::check(&model, settings, None), tree.errors.len())
}

/// Text to tree.
#[divan::bench(args = FILES)]
fn parse(bencher: Bencher<'_, '_>, name: &str) {
    let text = text(name);
    bencher.counter(BytesCount::of_str(&text)).bench(|| syntax::parse(&text));
}

/// Tree to model, with the scripts read.
#[divan::bench(args = FILES)]
fn model(bencher: Bencher<'_, '_>, name: &str) {
    let source = source(name);
    let tree = syntax::parse(source.text());
    bencher.counter(BytesCount::of_str(source.text())).bench(|| {
        Model::build(&source, &tree, &BuildArgs::new(), None);
    });
}

/// Text to findings, with our own rules.
#[divan::bench(args = FILES)]
fn lint_rules(bencher: Bencher<'_, '_>, name: &str) {
    let (source, settings) = (source(name), settings(Backend::Off));
    bencher.counter(BytesCount::of_str(source.text())).bench(|| findings(&source, &settings));
}

/// Text to findings, with ShellCheck's too.
#[divan::bench(args = FILES)]
fn lint_all(bencher: Bencher<'_, '_>, name: &str) {
    let (source, settings) = (source(name), settings(Backend::Builtin));
    bencher.counter(BytesCount::of_str(source.text())).bench(|| findings(&source, &settings));
}

/// Text to text, with all fixes that do not need a build context.
#[divan::bench(args = FILES)]
fn fix(bencher: Bencher<'_, '_>, name: &str) {
    let (source, settings) = (source(name), settings(Backend::Off));
    bencher
        .counter(BytesCount::of_str(source.text()))
        .bench(|| fix_loop::fix(&source, Safety::Unsafe, |source| findings(source, &settings)).is_ok());
}
