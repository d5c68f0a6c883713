//! ShellCheck's findings in the shell scripts of a Dockerfile.
//!
//! What a shell reads of RUN, CMD, ENTRYPOINT and HEALTHCHECK is taken as [`crate::syntax::shell_views`] shows it: byte
//! for byte as long as the stretch of file it stands for, so that a finding's place needs no translation. See
//! [`script`] for what is added to it, and [`Backend`] for what reads it.
//!
//! # Why the codes are rules
//!
//! Every code of ShellCheck is an [`Entry`] like those of our own rules, named by its code (`SC2086`) and of the practice
//! `shell`. So it can be selected, ignored, given a level and asked for its page in the same ways, and no report has to
//! know about it. The entries are made at start from what the linter says of its own rules; our own rules, each a file
//! under `rules/`, are [`crate::rules::ALL`], and both together [`crate::lint::registry::all`].
//!
//! # Why scripts are parsed twice
//!
//! `crate::shell` has parsed the script before, without the line of declarations that the linter needs and in the
//! widest dialect. Parsing is a twentieth of what linting costs, so its tree is not kept.

#[cfg(feature = "shellcheck")]
mod builtin;
mod codes;
#[cfg(feature = "engine")]
pub mod external;
#[cfg(feature = "shellcheck")]
mod extra;
#[cfg(feature = "shellcheck")]
mod fixes;
#[cfg(feature = "shellcheck")]
mod prefilter;
pub mod script;

use serde::{Deserialize, Serialize};

pub use codes::{code, entries, is_one, url};
pub use script::{Script, Scripts, scripts};

use crate::finding::Entry;
use crate::finding::{Diagnostic, Level};
use crate::finding::{Fix, Safety};
use crate::model::Model;
use crate::text::{Span, Variants};

/// What looks for ShellCheck's findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// The linter that is built in.
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

/// What the linter that is built in says of the scripts of a file, as far as one of `rules` stands for it. Pure.
pub fn builtin(model: &Model<'_>, rules: &[(&'static Entry, Level)]) -> Vec<Finding> {
    #[cfg(feature = "shellcheck")]
    {
        let codes: Vec<u32> = rules.iter().filter_map(|(entry, _)| code(&entry.meta)).collect();
        if codes.is_empty() {
            return Vec::new();
        }
        let Scripts { list, unread } = scripts(model);
        let mut findings = builtin::lint(&list, &codes);
        findings.extend(extra::lint(model, &list, &codes));
        findings.extend(unread);
        fixes::mend(model, &mut findings);
        findings
    }
    #[cfg(not(feature = "shellcheck"))]
    {
        let _ = (model, rules);
        Vec::new()
    }
}

/// How sure a repair is. `harmless` is what the linter says of it.
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
    let own: Vec<_> = match findings.is_empty() {
        true => return found,
        false => rules.iter().filter_map(|rule| Some((code(&rule.0.meta)?, rule))).collect(),
    };
    for finding in findings {
        let mut message = finding.message;
        let own = own.iter().find(|(code, _)| *code == finding.code).map(|(_, rule)| *rule);
        let rule = own.or_else(|| {
            if finding.code != 0 {
                message.insert_str(0, &format!("SC{}: ", finding.code));
            }
            rules.iter().find(|(entry, _)| entry.meta.name == codes::OTHER && !codes::is_listed(finding.code))
        });
        let Some((entry, level)) = rule else { continue };
        let mut diagnostic = Diagnostic::new(&entry.meta, *level, finding.span, message);
        diagnostic.at_most(finding.most).fix(finding.fix);
        let known = |other: &Diagnostic| other.rule == diagnostic.rule && other.span == diagnostic.span;
        // Several findings of one script may say the same; they follow each other.
        if !found.iter().rev().take(8).any(known) {
            found.push(diagnostic);
        }
    }
    found
}
