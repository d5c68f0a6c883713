//! Ignore comments: ours, hadolint's, ShellCheck's and BuildKit's, and what is wrong with them.
//!
//! ```dockerfile
//! # plimsoll: ignore[root-user, slim]: the debugger needs it
//! # plimsoll: ignore-stage[…]: …      right above a FROM: that stage
//! # plimsoll: ignore-file[…]: …       anywhere: the whole file
//! # hadolint ignore=DL3006,DL3008     also `global ignore=` and `stage ignore=`
//! # shellcheck disable=SC2086,SC2046  its codes only
//! # check=skip=JSONArgsRecommended    at the top: the whole file; above an instruction: that one
//! ```
//!
//! A comment above an instruction covers it however many comments and blank lines stand between; one
//! among its continued lines covers it too. Nothing in a heredoc's body is a comment.

use crate::finding::Diagnostic;
use crate::finding::{Meta, is_shellcheck_code};
use crate::lint::Settings;
use crate::lint::registry;
use crate::rules;
use crate::shellcheck;
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
pub(super) fn apply(mut comments: Vec<IgnoreComment>, settings: &Settings, found: Vec<Diagnostic>) -> Outcome {
    let mut outcome = Outcome::default();
    for diagnostic in found {
        let mut covered = false;
        for comment in comments.iter_mut().filter(|comment| comment.covers(diagnostic.span)) {
            let dialect = comment.dialect;
            for name in comment
                .names
                .iter_mut()
                .filter(|name| name.matches(diagnostic.rule, dialect) && name.means(&diagnostic))
            {
                name.used = true;
                covered = true;
            }
        }
        if covered { outcome.ignored.push(diagnostic) } else { outcome.kept.push(diagnostic) }
    }
    for comment in &comments {
        comment.complain(settings, &mut outcome.kept);
    }
    outcome
}

/// Whose syntax a comment is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    Plimsoll,
    Hadolint,
    ShellCheck,
    BuildKit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// What comes next: an instruction, an entry.
    Next,
    Stage,
    File,
}

/// An ignore comment with what it covers.
#[derive(Debug)]
pub struct IgnoreComment {
    dialect: Dialect,
    /// The whole comment line, trimmed.
    span: Span,
    names: Vec<Name>,
    has_reason: bool,
    /// What it covers; `None` when it stands where it can cover nothing.
    pub(super) scope: Option<Span>,
}

#[derive(Debug)]
struct Name {
    text: String,
    span: Span,
    used: bool,
}

impl Name {
    /// Whether a name that is a code of ShellCheck's is that of the finding, should the rule have several.
    fn means(&self, found: &Diagnostic) -> bool {
        let name = self.text.to_ascii_uppercase();
        !is_shellcheck_code(&name) || !is_shellcheck_code(found.variant) || found.variant == name
    }

    fn matches(&self, rule: &Meta, dialect: Dialect) -> bool {
        match dialect {
            Dialect::Plimsoll => self.text.eq_ignore_ascii_case("all") || rule.answers_to(&self.text),
            Dialect::Hadolint => rule.answers_to(&self.text),
            Dialect::ShellCheck => shellcheck::is_one(rule) && (self.text == "all" || rule.answers_to(&self.text)),
            Dialect::BuildKit => rule.is_buildkit_check() && (self.text == "all" || rule.answers_to(&self.text)),
        }
    }
}

impl IgnoreComment {
    fn covers(&self, span: Span) -> bool {
        self.scope.is_some_and(|scope| scope.start <= span.start && span.start <= scope.end)
    }

    /// Reports what is wrong with the comment itself. Foreign ones are taken as they are where they
    /// may be meant for a check of the other tool that we do not have.
    fn complain(&self, settings: &Settings, out: &mut Vec<Diagnostic>) {
        for name in self.names.iter().filter(|name| !name.used) {
            // Where we are silent hadolint, or the real ShellCheck, may not be: the comment is for it.
            let foreign = self.dialect != Dialect::Plimsoll && is_foreign_code(&name.text, &["SC"]);
            if self.dialect == Dialect::Hadolint || foreign {
                continue;
            }
            if settings.rules.iter().any(|(entry, _)| name.matches(&entry.meta, self.dialect)) {
                let message = format!("there is nothing here that `{}` would report", name.text);
                report("unused-ignore", name.span, message, settings, out);
            } else if self.dialect == Dialect::Plimsoll
                && !is_foreign_code(&name.text, &["DL", "SC"])
                && !registry::all().iter().any(|entry| name.matches(&entry.meta, self.dialect))
            {
                let message = format!("there is no rule or practice called `{}`", name.text);
                let found = report("unknown-ignore", name.span, message, settings, out);
                if let (Some(found), Some(near)) = (found, rules::closest(&name.text)) {
                    found.help(format!("did you mean `{near}`?"));
                }
            }
        }
        if let Some(name) = self.names.first() {
            let message = format!("this comment silences `{}`", name.text.replace('`', "'"));
            report("ignore-comment", self.span, message, settings, out);
        }
        if self.dialect == Dialect::Plimsoll && !self.has_reason {
            let message = "this ignore comment does not say why";
            report("ignore-without-reason", self.span, message.into(), settings, out);
        }
    }
}

fn report<'o>(
    rule: &str,
    span: Span,
    message: String,
    settings: &Settings,
    out: &'o mut Vec<Diagnostic>,
) -> Option<&'o mut Diagnostic> {
    let (entry, level) = settings.rules.iter().find(|(entry, _)| entry.meta.name == rule)?;
    out.push(Diagnostic::new(&entry.meta, *level, span, message));
    out.last_mut()
}

/// Whether it is digits behind one of these.
fn is_foreign_code(text: &str, prefixes: &[&str]) -> bool {
    let text = text.to_ascii_uppercase();
    let digits = prefixes.iter().find_map(|prefix| text.strip_prefix(prefix));
    digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Reads the text of a comment, without its `#`, which is at `offset` in the file.
pub(super) fn read(text: &str, offset: usize) -> Option<(IgnoreComment, Reach)> {
    let body = text.trim_start();
    let at = |part: &str| offset + (part.as_ptr() as usize - text.as_ptr() as usize);
    let span = Span::new(at(body), at(body) + body.trim_end().len());
    let names = |list: &str| {
        let split = list.split([',', ' ', ';']).map(str::trim).filter(|name| !name.is_empty());
        let name =
            |name: &str| Name { text: name.into(), span: Span::new(at(name), at(name) + name.len()), used: false };
        split.map(name).collect::<Vec<_>>()
    };
    let comment = |dialect, names, has_reason| IgnoreComment { dialect, span, names, has_reason, scope: None };
    if let Some(rest) = body.strip_prefix("plimsoll:") {
        let rest = rest.trim_start();
        let (reach, rest) = [("ignore-file", Reach::File), ("ignore-stage", Reach::Stage), ("ignore", Reach::Next)]
            .into_iter()
            .find_map(|(word, reach)| Some((reach, rest.strip_prefix(word)?)))?;
        let (list, rest) = rest.trim_start().strip_prefix('[')?.split_once(']')?;
        let reason = rest.trim_start().strip_prefix(':').is_some_and(|reason| !reason.trim().is_empty());
        return Some((comment(Dialect::Plimsoll, names(list), reason), reach));
    }
    if let Some(rest) = body.strip_prefix("hadolint") {
        let rest = rest.strip_prefix(char::is_whitespace)?.trim_start();
        let (reach, rest) = match rest.split_once(char::is_whitespace) {
            Some(("global", rest)) => (Reach::File, rest.trim_start()),
            Some(("stage", rest)) => (Reach::Stage, rest.trim_start()),
            _ => (Reach::Next, rest),
        };
        let list = rest.strip_prefix("ignore")?.trim_start().strip_prefix('=')?;
        let list = list.split('#').next().unwrap_or_default();
        return Some((comment(Dialect::Hadolint, names(list), true), reach));
    }
    if let Some(rest) = body.strip_prefix("shellcheck") {
        let rest = rest.strip_prefix(char::is_whitespace)?;
        let list = rest.split_whitespace().find_map(|word| word.strip_prefix("disable="))?;
        return Some((comment(Dialect::ShellCheck, names(list), true), Reach::Next));
    }
    let rest = body.strip_prefix("check")?.trim_start().strip_prefix('=')?.trim_start();
    let skip = rest.split(' ').next()?.split(';').find_map(|part| part.strip_prefix("skip="))?;
    Some((comment(Dialect::BuildKit, names(skip), true), Reach::Next))
}
