//! Which findings ignore comments silence, and what is wrong with the comments.

use std::collections::HashMap;

use super::covers::Covers;
use super::ignore_comment::{Dialect, IgnoreComment, matches};
use crate::finding::{Diagnostic, Text, scanner_of};
use crate::lint::Settings;
use crate::lint::registry;
use crate::rules;
use crate::rules::correctness::expired_ignore;
use crate::text::Span;

/// What became of the findings.
#[derive(Debug, Default)]
pub struct Outcome {
    /// To be reported: what no comment covers, and what is wrong with the comments.
    pub kept: Vec<Diagnostic>,
    /// Covered by a comment.
    pub ignored: Vec<Diagnostic>,
}

/// Takes out the findings that a comment covers; adds what is wrong with the comments themselves.
pub(super) fn apply(comments: Vec<IgnoreComment>, settings: &Settings, found: Vec<Diagnostic>) -> Outcome {
    let mut outcome = Outcome::default();
    let mut covers = Covers::new(&comments);
    outcome.kept = found;
    outcome.ignored = outcome.kept.extract_if(.., |found| covers.take(found)).collect();
    let mut verdicts = Verdicts { settings, known: HashMap::new(), suggestions: 0 };
    for (comment, used) in comments.iter().zip(covers.used()) {
        comment.complain(&used, &mut verdicts, &mut outcome.kept);
    }
    outcome
}

/// What is wrong with a name that nothing was found for.
#[derive(Clone, Copy)]
enum Verdict {
    /// Nothing, or nothing that we know.
    Fine,
    Unused,
    /// No rule has the name; the nearest one that has.
    Unknown(Option<&'static str>),
}

/// The verdicts, each found once.
struct Verdicts<'s> {
    settings: &'s Settings,
    known: HashMap<(Dialect, String), Verdict>,
    /// How many names were compared with those of all rules.
    suggestions: usize,
}

/// For how many names a similar one is looked for.
const MOST_SUGGESTIONS: usize = 100;

impl Verdicts<'_> {
    /// Foreign comments are taken as they are where they may be meant for a check of the other tool that we do not have.
    fn of(&mut self, name: &str, dialect: Dialect) -> Verdict {
        let key = (dialect, name.to_owned());
        if let Some(verdict) = self.known.get(&key) {
            return *verdict;
        }
        // Where we are silent hadolint, or the real ShellCheck, may not be: the comment is for it.
        let foreign = dialect != Dialect::Plimsoll && is_foreign_code(name, &["SC"]);
        let verdict = if matches!(dialect, Dialect::Hadolint | Dialect::Scanner | Dialect::Compose) || foreign {
            Verdict::Fine
        } else if registry::all().iter().any(|it| it.checks.is_empty() && matches(name, dialect, &it.meta)) {
            // Only an image can tell.
            Verdict::Fine
        } else if self.settings.rules.iter().any(|(entry, _)| matches(name, dialect, &entry.meta)) {
            Verdict::Unused
        } else if dialect == Dialect::Plimsoll
            && !is_foreign_code(name, &["DL", "SC"])
            && scanner_of(name).is_none()
            && !registry::all().iter().any(|entry| matches(name, dialect, &entry.meta))
        {
            self.suggestions += 1;
            Verdict::Unknown((self.suggestions <= MOST_SUGGESTIONS).then(|| rules::closest(name)).flatten())
        } else {
            Verdict::Fine
        };
        self.known.insert(key, verdict);
        verdict
    }
}

impl IgnoreComment {
    /// Reports what is wrong with the comment itself. `used` tells for which of its names something was found.
    fn complain(&self, used: &[bool], verdicts: &mut Verdicts<'_>, out: &mut Vec<Diagnostic>) {
        let settings = verdicts.settings;
        if let Some((fault, help)) = &self.fault {
            if let Some(found) = report("malformed-ignore", self.span, fault.clone(), settings, out) {
                found.help(help.clone());
            }
            return;
        }
        let today = settings.options.get("expired-ignore").and_then(|options| options.downcast_ref());
        let today = today.and_then(|options: &expired_ignore::Options| options.today);
        if let (Some(until), Some(today)) = (self.until, today)
            && until < today
        {
            let message = format!("this ignore comment expired on {until}");
            if let Some(found) = report("expired-ignore", self.span, message, settings, out) {
                found.help("fix the finding and remove the comment, or set a later date");
            }
        }
        for (name, _) in self.names.iter().zip(used).filter(|(_, used)| !**used) {
            match verdicts.of(&name.text, self.dialect) {
                Verdict::Fine => {}
                Verdict::Unused => {
                    let message = format!("`{}` reports nothing here", name.text);
                    report("unused-ignore", name.span, message, settings, out);
                }
                Verdict::Unknown(near) => {
                    let message = format!("there is no rule or practice named `{}`", name.text);
                    let found = report("unknown-ignore", name.span, message, settings, out);
                    if let (Some(found), Some(near)) = (found, near) {
                        found.help(format!("did you mean `{near}`?"));
                    }
                }
            }
        }
        if let Some(name) = self.names.first() {
            let message = format!("this comment silences `{}`", name.text.replace('`', "'"));
            report("ignore-comment", self.span, message, settings, out);
        }
        if self.dialect == Dialect::Plimsoll && !self.has_reason {
            let message = "this ignore comment has no reason";
            report("ignore-without-reason", self.span, message, settings, out);
        }
    }
}

fn report<'o>(
    rule: &str,
    span: Span,
    message: impl Into<Text>,
    settings: &Settings,
    out: &'o mut Vec<Diagnostic>,
) -> Option<&'o mut Diagnostic> {
    let (entry, level) = settings.rules.iter().find(|(entry, _)| entry.meta.name == rule)?;
    out.push(Diagnostic::new(&entry.meta, *level, span, message));
    out.last_mut()
}

/// Whether it is one of these prefixes followed by digits.
fn is_foreign_code(text: &str, prefixes: &[&str]) -> bool {
    let text = text.to_ascii_uppercase();
    let digits = prefixes.iter().find_map(|prefix| text.strip_prefix(prefix));
    digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}
