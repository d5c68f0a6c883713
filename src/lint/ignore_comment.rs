//! Ignore comments: ours, hadolint's, ShellCheck's and BuildKit's.
//!
//! ```dockerfile
//! # plimsoll: ignore[root-user, slim]: the debugger needs it
//! # plimsoll: ignore[root-user] until 2027-03-01: …
//! # plimsoll: ignore-stage[…]: …      right above a FROM: that stage
//! # plimsoll: ignore-file[…]: …       anywhere: the whole file
//! # hadolint ignore=DL3006,DL3008     also `global ignore=` and `stage ignore=`
//! # shellcheck disable=SC2086,SC2046  its codes only
//! # check=skip=JSONArgsRecommended    at the top: the whole file; above an instruction: that one
//! # checkov:skip=CKV_DOCKER_3:reason  the whole file, as `# kics-scan disable=…`; `# trivy:ignore:DS-0002` what comes next
//! ```
//!
//! A comment above an instruction covers it however many comments and blank lines are between them; one
//! among its continued lines covers it too. Nothing in a heredoc's body is a comment.

use crate::finding::{Diagnostic, Meta, is_shellcheck_code};
use crate::shellcheck;
use crate::text::suggest::nearest;
use crate::text::{Date, Span};

/// Whose syntax a comment is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Dialect {
    Plimsoll,
    Hadolint,
    ShellCheck,
    BuildKit,
    /// dclint's and compose-lint's.
    Compose,
    /// Checkov, Trivy and KICS.
    Scanner,
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
    pub(super) dialect: Dialect,
    /// The whole comment line, trimmed.
    pub(super) span: Span,
    pub(super) names: Vec<Name>,
    pub(super) has_reason: bool,
    /// The last day on which it is meant to be needed.
    pub(super) until: Option<Date>,
    /// Why it is not an ignore comment although it looks like one, and how to write it.
    pub(super) fault: Option<(String, String)>,
    /// What it covers; `None` when it stands where it can cover nothing.
    pub(super) scope: Option<Span>,
}

#[derive(Debug)]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) span: Span,
}

/// Whether a name that is a code of another tool is that of the finding, should the rule have several.
pub(super) fn means(name: &str, found: &Diagnostic) -> bool {
    let is_same = |alias: &&str| alias.eq_ignore_ascii_case(name);
    if found.rule.aka.iter().any(&is_same) && !found.aliases().iter().any(is_same) {
        return false;
    }
    !is_shellcheck_code(&name.to_ascii_uppercase())
        || !is_shellcheck_code(found.variant)
        || found.variant.eq_ignore_ascii_case(name)
}

/// Whether a name in a comment of this dialect is one of the rule's.
pub(super) fn matches(name: &str, dialect: Dialect, rule: &Meta) -> bool {
    match dialect {
        Dialect::Plimsoll => name.eq_ignore_ascii_case("all") || rule.answers_to(name),
        Dialect::Hadolint => rule.answers_to(name),
        Dialect::Scanner => rule.has_foreign_code(name),
        Dialect::ShellCheck => shellcheck::is_one(rule) && (name == "all" || rule.answers_to(name)),
        Dialect::Compose => name == "all" || rule.answers_to(name),
        Dialect::BuildKit => rule.is_buildkit_check() && (name == "all" || rule.answers_to(name)),
    }
}

/// Words with which people try to silence a rule.
const ATTEMPTS: [&str; 7] = ["ignor", "disabl", "noqa", "nolint", "skip", "allow", "suppress"];

/// An ignore comment that is misspelt, out of place, or has no date where it announces one.
fn malformed(span: Span, fault: impl Into<String>, help: impl Into<String>) -> IgnoreComment {
    let fault = Some((fault.into(), help.into()));
    IgnoreComment {
        dialect: Dialect::Plimsoll,
        span,
        names: Vec::new(),
        has_reason: true,
        until: None,
        fault,
        scope: None,
    }
}

/// A comment for plimsoll that is not written as one: `ignor[x]`, `ignore x`, `disable=x`, `Plimsoll: Ignore[x]`.
fn misspelt(body: &str, span: Span) -> Option<IgnoreComment> {
    let lower = body.get(..64.min(body.len())).unwrap_or(body).to_lowercase();
    let rest = lower.strip_prefix("plimsoll")?;
    let rest = rest.trim_start().trim_start_matches([':', '=']).trim_start();
    let attempt = ATTEMPTS.iter().any(|word| rest.starts_with(word));
    let help = "write `# plimsoll: ignore[RULE]: REASON` on a separate line";
    attempt.then(|| malformed(span, "this is not a valid ignore comment", help))
}

/// The comments of other tools: their first word, the word that silences, what their codes begin with, and how to write one.
const FOREIGN: [(&str, &str, &[&str], &str); 5] = [
    ("hadolint", "ignore", &["DL", "SC"], "# hadolint ignore=DL3008"),
    ("shellcheck", "disable", &["SC"], "# shellcheck disable=SC2086"),
    ("checkov", "skip", &["CKV"], "# checkov:skip=CKV_DOCKER_3:REASON"),
    ("trivy", "ignore", &["AVD-", "DS-", "DS0"], "# trivy:ignore:DS-0002"),
    ("kics-scan", "disable", &[], "# kics-scan disable=ID"),
];

/// A comment for another tool that the tool does not read as one: `hadolint ignre=DL3008`, `hadolint ignore DL3008`,
/// `shellcheck ignore=SC2086`. Text that only mentions a tool has no code right after such a word.
fn misspelt_foreign(body: &str, span: Span) -> Option<IgnoreComment> {
    let lower = body.get(..96.min(body.len())).unwrap_or(body).to_lowercase();
    let (rest, (_, right, codes, example)) =
        FOREIGN.iter().find_map(|known| Some((lower.strip_prefix(known.0)?, *known)))?;
    let rest = rest.strip_prefix([' ', '\t', ':', '-', '_'])?.trim_start();
    let rest = ["global", "stage"].iter().find_map(|word| rest.strip_prefix(word)?.strip_prefix([' ', '\t'])).unwrap_or(rest);
    let rest = rest.trim_start();
    let end = rest.find(|char: char| !char.is_ascii_alphabetic() && char != '-').unwrap_or(rest.len());
    let (word, after) = rest.split_at(end);
    // `ignores` and `ignored` are said of the tool.
    let is_said = word.starts_with(right) && word.len() > right.len() && !word.contains('-');
    let silences = word == right || ATTEMPTS.iter().any(|attempt| word.starts_with(attempt)) || nearest(word, [right]).is_some();
    if !silences || is_said {
        return None;
    }
    let after = after.trim_start();
    let list = after.trim_start_matches(['=', ':', '[', '(', ' ', '\t']);
    let has_code = codes.iter().any(|code| {
        let number = list.strip_prefix(&code.to_lowercase()).map(|number| number.trim_start_matches('_'));
        number.is_some_and(|number| number.starts_with(|char: char| char.is_ascii_alphanumeric()))
    });
    let help = format!("write `{example}` on a separate line");
    (has_code || after.starts_with('=')).then(|| malformed(span, "this is not a valid ignore comment", help))
}

/// An ignore comment at the end of a line of an instruction, where no builder sees a comment.
pub(super) fn trailing(text: &str, offset: usize) -> Option<IgnoreComment> {
    let starts = ["plimsoll: ignore", "hadolint ignore="];
    let at = text.match_indices('#').map(|(at, _)| at).find(|at| {
        let body = text[at + 1..].trim_start_matches([' ', '\t']);
        starts.iter().any(|start| body.starts_with(start))
    })?;
    let line = text[at..].lines().next().unwrap_or_default().trim_end();
    let span = Span::new(offset + at, offset + at + line.len());
    let help = "put it on a separate line above the instruction";
    Some(malformed(span, "an ignore comment at the end of a line has no effect", help))
}

/// Reads the text of a comment, without its `#`, which is at `offset` in the file.
pub(super) fn read(text: &str, offset: usize) -> Option<(IgnoreComment, Reach)> {
    let body = text.trim_start();
    let at = |part: &str| offset + (part.as_ptr() as usize - text.as_ptr() as usize);
    let span = Span::new(at(body), at(body) + body.trim_end().len());
    let names = |list: &str| {
        let split = list.split([',', ' ', ';']).map(str::trim).filter(|name| !name.is_empty());
        let name =
            |name: &str| Name { text: name.into(), span: Span::new(at(name), at(name) + name.len()) };
        split.map(name).collect::<Vec<_>>()
    };
    let comment = |dialect, names, has_reason| {
        let (until, fault, scope) = (None, None, None);
        IgnoreComment { dialect, span, names, has_reason, until, fault, scope }
    };
    if let Some((reach, list, rest)) = own(body) {
        let (until, rest) = match rest.trim_start().strip_prefix("until").map(str::trim_start) {
            None => (None, rest),
            Some(rest) => {
                let end = rest.find([':', ' ', '\t']).unwrap_or(rest.trim_end().len());
                let (date, rest) = rest.split_at(end);
                match date.parse::<Date>() {
                    Ok(date) => (Some(date), rest),
                    Err(error) => return Some((malformed(span, error, "write `until YYYY-MM-DD`"), reach)),
                }
            }
        };
        let names = names(list);
        if names.is_empty() {
            return Some((malformed(span, "this ignore comment does not name a rule", "name the rules, or remove it"), reach));
        }
        let reason = rest.trim_start().strip_prefix(':').is_some_and(|reason| !reason.trim().is_empty());
        return Some((IgnoreComment { until, ..comment(Dialect::Plimsoll, names, reason) }, reach));
    }
    if let Some(comment) = misspelt(body, span) {
        return Some((comment, Reach::Next));
    }
    let foreign = foreign(body).map(|(dialect, list, reach)| (comment(dialect, names(list), true), reach));
    foreign.or_else(|| Some((misspelt_foreign(body, span)?, Reach::Next)))
}

/// Whose comment it is, the list of what it silences, and what it reaches.
fn foreign(body: &str) -> Option<(Dialect, &str, Reach)> {
    if let Some(rest) = body.strip_prefix("hadolint") {
        let rest = rest.strip_prefix(char::is_whitespace)?.trim_start();
        let (reach, rest) = match rest.split_once(char::is_whitespace) {
            Some(("global", rest)) => (Reach::File, rest.trim_start()),
            Some(("stage", rest)) => (Reach::Stage, rest.trim_start()),
            _ => (Reach::Next, rest),
        };
        let list = rest.strip_prefix("ignore")?.trim_start().strip_prefix('=')?;
        return Some((Dialect::Hadolint, list.split('#').next().unwrap_or_default(), reach));
    }
    if let Some(rest) = body.strip_prefix("shellcheck") {
        let rest = rest.strip_prefix(char::is_whitespace)?;
        let list = rest.split_whitespace().find_map(|word| word.strip_prefix("disable="))?;
        return Some((Dialect::ShellCheck, list, Reach::Next));
    }
    if let Some(rest) = body.strip_prefix("checkov:skip=") {
        return Some((Dialect::Scanner, rest.split([':', ' ', '\t']).next().unwrap_or_default(), Reach::File));
    }
    if let Some(rest) = body.strip_prefix("trivy:ignore:") {
        // Parameters and a reason may follow.
        return Some((Dialect::Scanner, rest.split([' ', '\t', ':', '[']).next().unwrap_or_default(), Reach::Next));
    }
    if let Some(rest) = body.strip_prefix("kics-scan disable=") {
        return Some((Dialect::Scanner, rest, Reach::File));
    }
    let rest = body.strip_prefix("check")?.trim_start().strip_prefix('=')?.trim_start();
    let skip = rest.split(' ').next()?.split(';').find_map(|part| part.strip_prefix("skip="))?;
    Some((Dialect::BuildKit, skip, Reach::Next))
}

/// What `plimsoll: ignore[LIST]REST` reaches, its list, and what follows.
fn own(body: &str) -> Option<(Reach, &str, &str)> {
    let rest = body.strip_prefix("plimsoll:")?.trim_start();
    let (reach, rest) = [("ignore-file", Reach::File), ("ignore-stage", Reach::Stage), ("ignore", Reach::Next)]
        .into_iter()
        .find_map(|(word, reach)| Some((reach, rest.strip_prefix(word)?)))?;
    let (list, rest) = rest.trim_start().strip_prefix('[')?.split_once(']')?;
    Some((reach, list, rest))
}

/// Reads a comment of dclint's or compose-lint's in a Compose file: one for each form that is in it.
///
/// ```yaml
/// # dclint disable rule-a rule-b           at the top: the file
/// # dclint disable-line rule-a             that line
/// # dclint disable-next-line rule-a        the next entry
/// # compose-lint: disable=CL-0001          the next entry, or that line
/// ```
pub(super) fn read_compose(text: &str, offset: usize) -> Vec<(IgnoreComment, Reach)> {
    let body = text.trim_start();
    let at = |part: &str| offset + (part.as_ptr() as usize - text.as_ptr() as usize);
    let span = Span::new(at(body), at(body) + body.trim_end().len());
    let (reach, list) = if let Some(rest) = body.strip_prefix("dclint").map(str::trim_start) {
        let forms = [("disable-next-line", Reach::Next), ("disable-line", Reach::Next), ("disable", Reach::Stage)];
        let Some((reach, rest)) = forms.into_iter().find_map(|(word, reach)| Some((reach, rest.strip_prefix(word)?)))
        else {
            return Vec::new();
        };
        (reach, rest)
    } else if let Some(rest) = body.strip_prefix("compose-lint:").map(str::trim_start) {
        let forms = [("disable-file=", Reach::File), ("disable=", Reach::Next), ("ignore=", Reach::Next)];
        let Some((reach, rest)) = forms.into_iter().find_map(|(word, reach)| Some((reach, rest.strip_prefix(word)?)))
        else {
            return Vec::new();
        };
        (reach, rest.split(" -- ").next().unwrap_or_default())
    } else {
        return Vec::new();
    };
    let split = list.split([',', ' ', ';']).map(str::trim).filter(|name| !name.is_empty());
    let mut names: Vec<Name> =
        split.map(|name| Name { text: name.into(), span: Span::new(at(name), at(name) + name.len()) }).collect();
    if names.is_empty() {
        names.push(Name { text: "all".to_owned(), span });
    }
    vec![(IgnoreComment { dialect: Dialect::Compose, span, names, has_reason: true, until: None, fault: None, scope: None }, reach)]
}
