//! ShellCheck's findings in the shell scripts of a Dockerfile.
//!
//! What a shell reads of RUN, CMD, ENTRYPOINT and HEALTHCHECK is taken as [`crate::syntax::shell_views`] shows it: byte
//! for byte as long as the stretch of file it stands for, so that a finding's place needs no translation. See
//! [`script`] for what is added to it, and [`Backend`] for what reads it.
//!
//! # Whose findings
//!
//! What ShellCheck finds in Dockerfiles, rules of our own find, which have its codes as aliases: `rules/shell`. The program itself
//! runs only if it is asked for (`shellcheck = "external"`); its findings are then reported under these rules, and
//! under an entry named by the code where there is none.

mod codes;
#[cfg(feature = "engine")]
pub mod external;
pub mod script;

use serde::{Deserialize, Serialize};

pub use codes::{code, entries, is_one, url};
pub use script::{Script, Scripts, scripts};

use crate::finding::Entry;
use crate::finding::{Diagnostic, Level};
use crate::finding::{Fix, Safety};
use crate::text::{Span, Variants};

/// What looks for ShellCheck's findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// Our own rules.
    #[default]
    Builtin,
    /// The program `shellcheck`.
    External,
    /// None.
    Off,
}

impl Variants for Backend {
    const ALL: &'static [Self] = &[Self::Builtin, Self::External, Self::Off];

    fn as_str(self) -> &'static str {
        match self {
            Backend::Builtin => "builtin",
            Backend::External => "external",
            Backend::Off => "off",
        }
    }
}

/// What is wrong with a script, before it is known whether anybody wants to hear it.
#[derive(Clone, Debug)]
pub struct Finding {
    /// `2086` of `SC2086`; 0 when it is not ShellCheck who says it.
    pub code: u32,
    /// In the file.
    pub span: Span,
    pub message: String,
    pub fix: Option<Fix>,
    /// It is not to be louder than this: see [`Script::most`].
    pub most: Level,
}

impl Finding {
    /// That something was not looked at.
    fn unread(span: Span, message: impl Into<String>) -> Finding {
        Finding { code: 0, span, message: message.into(), fix: None, most: Level::Note }
    }
}

/// How safe a fix is. `harmless` is how the linter rates it.
fn safety(code: u32, harmless: bool) -> Safety {
    match code {
        // Words are often meant to be split and dollars to be kept: `apt-get install $(cat list)`.
        2016 | 2046 => Safety::Display,
        // Who uses a variable is not always to be seen.
        2034 => Safety::Display,
        // Backticks, `$[ ]`, `egrep`, … : another way to write the same.
        2006 | 2007 | 2196 | 2197 | 2219 if harmless => Safety::Safe,
        _ => Safety::Unsafe,
    }
}

/// The findings that one of `rules` stands for, as diagnostics.
pub fn diagnose(findings: Vec<Finding>, rules: &[(&'static Entry, Level)]) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for finding in findings {
        let name = format!("SC{}", finding.code);
        let own = rules.iter().find_map(|(entry, level)| {
            let meta = &entry.meta;
            let alias = meta.aka.iter().copied().find(|alias| *alias == name);
            (meta.name == name || alias.is_some()).then_some((entry, level, alias.unwrap_or_default()))
        });
        let other =
            || rules.iter().find(|(entry, _)| entry.meta.name == codes::OTHER && !codes::is_listed(finding.code));
        let mut message = finding.message;
        let rule = own.or_else(|| {
            let (entry, level) = other()?;
            if finding.code != 0 {
                message.insert_str(0, &format!("{name}: "));
            }
            Some((entry, level, ""))
        });
        let Some((entry, level, variant)) = rule else { continue };
        let mut diagnostic = Diagnostic::new(&entry.meta, *level, finding.span, message);
        diagnostic.variant = variant;
        diagnostic.at_most(finding.most).fix(finding.fix);
        let known = |other: &Diagnostic| {
            other.rule == diagnostic.rule && other.variant == diagnostic.variant && other.span == diagnostic.span
        };
        // Several findings of one script may say the same; they follow each other.
        if !found.iter().rev().take(8).any(known) {
            found.push(diagnostic);
        }
    }
    found
}
