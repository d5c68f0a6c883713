//! Plimsoll lints Dockerfiles, explains what it finds, and fixes it.
//!
//! # As a library
//!
//! [`check`] gives the findings of a Dockerfile, [`fix`] applies their fixes. Both are pure: the same text and options give
//! the same result, without a clock, a network or a process.
//!
//! ```
//! use plimsoll::{Level, Options, check};
//!
//! let findings = check("FROM python\nRUN pip install flask\n", &Options::default())?;
//! let untagged = findings.iter().find(|finding| finding.rule.name == "untagged-base").expect("it has no tag");
//! assert_eq!(untagged.level, Level::Warn);
//! assert_eq!(untagged.span.range(), 5..11);
//! # Ok::<(), plimsoll::OptionsError>(())
//! ```
//!
//! ```
//! use plimsoll::{Options, Safety, fix};
//!
//! let fixed = fix("FROM alpine:3.22\nMAINTAINER me\n", Safety::Safe, &Options::default())?;
//! assert_eq!(fixed.text, "FROM alpine:3.22\nLABEL org.opencontainers.image.authors=\"me\"\n");
//! # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
//! ```
//!
//! # Features
//!
//! `cli` is the program, `grade` marks submissions, `server` serves editors, `engine` builds and runs images, which all of
//! them need. All are on by default. Without them the library reads, lints and fixes text, and depends on nothing that the rest needs.
//!
//! # Inside
//!
//! `src/README.md` maps the modules and follows one file through them; `tests/architecture.rs` holds the imports that are
//! allowed. What always holds:
//!
//! 1. Parsing never fails; errors are findings; a broken file is still linted. Spans are bytes; lines and columns exist only
//!    where something is shown.
//! 2. Linting is pure. What another program finds is handed in.
//! 3. Input is hostile: no panic, no hang, no time beyond linear, no deep recursion.
//! 4. Only `process` starts processes, each with limits.
//! 5. Exit codes: 0 clean, 1 findings, 2 error, 3 nothing to check.
//! 6. stdout is results, stderr is the rest; only `report`, `server` and `command` print.

// What only the tests use is re-exported, too.
#![cfg_attr(not(feature = "internals"), allow(unused_imports))]
// What only the program uses.
#![cfg_attr(not(feature = "cli"), allow(dead_code))]

macro_rules! modules {
    ($($(#[$attribute:meta])* $name:ident)*) => { $(
        $(#[$attribute])*
        #[cfg(feature = "internals")]
        #[doc(hidden)]
        pub mod $name;
        $(#[$attribute])*
        #[cfg(not(feature = "internals"))]
        mod $name;
    )* };
}

modules! {
    #[cfg(feature = "engine")]
    builds
    #[cfg(feature = "cli")]
    command
    commands
    compose
    #[cfg(feature = "engine")]
    config
    context
    #[cfg(feature = "engine")]
    discover
    #[cfg(feature = "engine")]
    engine
    finding
    fixes
    format
    #[cfg(feature = "grade")]
    grade
    #[cfg(feature = "engine")]
    hadolint
    knowledge
    lint
    model
    #[cfg(feature = "engine")]
    process
    #[cfg(feature = "engine")]
    report
    #[cfg(feature = "server")]
    server
    shell
    shellcheck
    syntax
    text
    #[cfg(feature = "engine")]
    verify
    #[cfg(feature = "engine")]
    weigh
    #[path = "../rules/mod.rs"]
    rules
}

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

#[cfg(feature = "cli")]
#[doc(hidden)]
pub use command::run;
pub use context::Context;
pub use finding::{Diagnostic as Finding, Fix, Fixable, Label, Level, Meta, NewFile, Safety, Target};
pub use lint::fix_loop::FixError;
pub use lint::profile::Profile;
pub use text::{Edit, Source, Span};

use lint::Settings;
use lint::select::{Choice, Selection, Selector};
use model::Model;

/// How a Dockerfile is checked. The default is what the program does without a configuration.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The levels to start from.
    pub profile: Profile,
    /// Only these rules, by name, practice, glob or another tool's code. `None`: all that the profile has.
    pub select: Option<Vec<String>>,
    /// Not these.
    pub ignore: Vec<String>,
    /// Values of build arguments.
    pub build_args: BTreeMap<String, String>,
    /// What the image is built and run with. Empty: Docker.
    pub targets: Vec<Target>,
    /// The build context's directory. Without it, no finding depends on what is in the context.
    pub context: Option<PathBuf>,
    /// Report what ignore comments cover, too.
    pub no_ignore_comments: bool,
}

/// A selector in [`Options`] that names no rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionsError(String);

impl fmt::Display for OptionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for OptionsError {}

impl Options {
    fn settings(&self) -> Result<Settings, OptionsError> {
        let selectors = |texts: &[String]| {
            let parse = |text: &String| Selector::parse(text, lint::registry::all());
            texts.iter().map(parse).collect::<Result<Vec<_>, _>>().map_err(|unknown| OptionsError(unknown.message))
        };
        let selection = Selection {
            select: self.select.as_deref().map(selectors).transpose()?,
            ignore: selectors(&self.ignore)?,
            extend_select: Vec::new(),
        };
        let nothing = Selection::default();
        let choice = Choice {
            config: &nothing,
            cli: &selection,
            profile: self.profile,
            preview: false,
            levels: &[],
            spared: &[],
        };
        let mut settings = Settings::of(choice.rules(lint::registry::all()).iter().map(|(entry, _)| *entry));
        settings.rules = choice.rules(lint::registry::all());
        settings.targets.clone_from(&self.targets);
        Ok(settings)
    }

    /// The findings in one text and how many syntax errors it has.
    fn lint(&self, source: &Source, settings: &Settings) -> (Vec<Finding>, usize) {
        let file = syntax::parse(source.text());
        let context = self.context.as_ref().map(|root| Context::on_disk(root, None));
        let model = Model::build(source, &file, &self.build_args, context.as_ref());
        let found = match self.no_ignore_comments {
            true => lint::check_all(&model, settings, None),
            false => lint::check(&model, settings, None),
        };
        (found, file.errors.len())
    }
}

/// Everything there is to report about a Dockerfile, in file order.
///
/// # Errors
/// When a selector in `options` names no rule.
pub fn check(text: &str, options: &Options) -> Result<Vec<Finding>, OptionsError> {
    Ok(options.lint(&Source::new("Dockerfile", text), &options.settings()?).0)
}

/// A Dockerfile after its fixes.
#[derive(Clone, Debug)]
pub struct Fixed {
    pub text: String,
    /// How many findings of which rule were fixed.
    pub applied: BTreeMap<&'static str, usize>,
    /// What is found in the fixed text.
    pub left: Vec<Finding>,
}

/// Applies the fixes of a Dockerfile up to `allowed`, until none applies. Files that fixes would create are not written.
///
/// # Errors
/// When a selector in `options` names no rule, or the fixes would break the file or do not settle: see [`FixError`].
pub fn fix(text: &str, allowed: Safety, options: &Options) -> Result<Fixed, Box<dyn std::error::Error + Send + Sync>> {
    let settings = options.settings()?;
    let source = Source::new("Dockerfile", text);
    let fixed = lint::fix_loop::fix(&source, allowed, |source| options.lint(source, &settings))?;
    Ok(Fixed { text: fixed.source.text().to_owned(), applied: fixed.applied, left: fixed.left })
}
