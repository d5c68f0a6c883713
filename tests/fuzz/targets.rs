//! What is done with hostile bytes: by coverage-guided fuzzing (`tests/fuzz/README.md`), and by `cargo test --test fuzz` with
//! the seeds and small changes of them. Each panics where a promise is broken.

use std::sync::Arc;

use plimsoll::compose::Project;
use plimsoll::context::IgnoreFile;
use plimsoll::finding::{Diagnostic, Safety};
use plimsoll::grade::rubric::Rubric;
use plimsoll::grade::submissions::archive::{ArchiveLimits, unpack};
use plimsoll::lint::{self, Settings, fix_loop};
use plimsoll::model::{BuildArgs, Model};
use plimsoll::rules;
use plimsoll::shell::Dialect;
use plimsoll::shell::reader::{accepts, read};
use plimsoll::syntax::{self, Dockerfile};
use plimsoll::text::Source;
use plimsoll::text::steps::counted;

/// By name, as `cargo fuzz run NAME` has them.
type Target = (&'static str, fn(&[u8]));

pub const TARGETS: &[Target] = &[
    ("reader", reader),
    ("syntax", syntax_tree),
    ("model", model),
    ("rules", all_rules),
    ("fix_loop", fixes),
    ("ignore_file", ignore_file),
    ("archive", archive),
    ("rubric", rubric),
    ("compose", compose),
];

fn text(bytes: &[u8]) -> String {
    Source::new("Dockerfile", bytes).text().to_owned()
}

/// Every byte of a script is in one leaf.
pub fn reader(bytes: &[u8]) {
    let text = text(bytes);
    let tree = read(&text);
    let mut at = 0;
    for (_, span) in tree.tokens() {
        assert_eq!(span.start(), at, "a gap");
        at = span.end();
    }
    assert_eq!(at, text.len(), "the end is missing");
    for dialect in [Dialect::Bash, Dialect::Posix, Dialect::Ash] {
        accepts(&text, dialect);
    }
}

/// Every byte of a file is in one item, and the steps are few.
pub fn syntax_tree(bytes: &[u8]) {
    let text = text(bytes);
    let (file, steps) = counted(|| syntax::parse(&text));
    covers(&file, text.len());
    // In a file of which no line is an instruction, each keyword is compared with all that there are.
    assert!(steps <= 400 * text.len() as u64 + 10_000, "{steps} steps");
}

fn covers(file: &Dockerfile, len: usize) {
    let mut at = 0;
    for item in &file.items {
        assert_eq!(item.span.start(), at, "a gap");
        at = item.span.end();
    }
    assert_eq!(at, len, "the end is missing");
}

fn with_model<R>(bytes: &[u8], work: impl FnOnce(&Source, &Model<'_>) -> R) -> R {
    let source = Source::new("Dockerfile", bytes);
    let file = syntax::parse(source.text());
    let model = Model::build(&source, &file, &BuildArgs::new(), None);
    work(&source, &model)
}

/// The places that a model names are in the file.
pub fn model(bytes: &[u8]) {
    with_model(bytes, |source, model| {
        for command in model.runs().flat_map(|(_, script)| &script.commands) {
            assert!(command.span.end() <= source.text().len(), "a command behind the end");
            assert!(source.text().get(command.span.range()).is_some(), "a command within a character");
        }
        model.variable_uses().for_each(|used| _ = source.slice(used.span));
        model.images().for_each(|used| _ = used.image.written.len());
    });
}

fn lint(bytes: &[u8], settings: &Settings) -> (Vec<Diagnostic>, usize) {
    with_model(bytes, |source, model| {
        let found = lint::check(model, settings, None);
        for found in &found {
            source.slice(found.span);
            found.labels.iter().for_each(|label| _ = source.slice(label.span));
            for edit in found.fix.iter().flat_map(|fix| fix.edits()) {
                source.slice(edit.span);
            }
        }
        (found, model.file.errors.len())
    })
}

/// Every rule.
pub fn all_rules(bytes: &[u8]) {
    lint(bytes, &Settings::of(rules::ALL));
}

/// Fixes come to rest, the second time nothing is left to do, and the file has no more errors than before.
pub fn fixes(bytes: &[u8]) {
    let source = Source::new("Dockerfile", bytes);
    if source.text().as_bytes() != bytes {
        return;
    }
    let settings = Settings::of(rules::ALL);
    let one = |source: &Source| lint(source.bytes(), &settings);
    let fixed = fix_loop::fix(&source, Safety::Unsafe, one).expect("the fixes come to rest");
    let errors = |source: &Source| syntax::parse(source.text()).errors.len();
    assert!(errors(&fixed.source) <= errors(&source), "there are more errors than before");
    let again = fix_loop::fix(&fixed.source, Safety::Unsafe, one).expect("the fixes come to rest");
    assert_eq!(again.source.text(), fixed.source.text(), "the second run changes something");
}

/// Every rule on a Compose file; its places are in the file.
pub fn compose(bytes: &[u8]) {
    let source = Source::new("compose.yaml", bytes);
    let project = Project::load(&source, "compose.yaml", None);
    for found in lint::check_compose(&project, &Settings::of(rules::ALL)) {
        source.slice(found.span);
        found.labels.iter().for_each(|label| _ = source.slice(label.span));
        for edit in found.fix.iter().flat_map(|fix| fix.edits()) {
            source.slice(edit.span);
        }
    }
}

/// Patterns, matched with names made of the same bytes.
pub fn ignore_file(bytes: &[u8]) {
    let file = IgnoreFile::parse(".dockerignore", bytes);
    for name in String::from_utf8_lossy(bytes).split(['\n', ' ']).take(50) {
        file.matches(name);
        file.verdict(name);
    }
}

/// Whatever is unpacked stays in its directory and within its limits.
pub fn archive(bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a directory can be made");
    let inside = folder.path().join("inside");
    std::fs::create_dir(&inside).expect("a directory can be made");
    let limits = ArchiveLimits { bytes: 1 << 20, files: 100, ..ArchiveLimits::default() };
    for name in ["a.zip", "a.tar", "a.tar.gz"] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file can be written");
        let _ = unpack(&path, &inside, limits);
        std::fs::remove_file(&path).expect("it is there");
    }
    assert_eq!(std::fs::read_dir(folder.path()).expect("it is there").count(), 1, "something is outside");
}

/// A rubric that is read can be read again from what `--freeze` prints.
pub fn rubric(bytes: &[u8]) {
    if let Ok((rubric, _)) = Rubric::of(&Arc::new(Source::new("rubric.toml", bytes))) {
        rubric.freeze();
        rubric.max_points(true);
    }
}
