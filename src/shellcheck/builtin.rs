//! The linter that is built in: the crate `shuck-linter`.
//!
//! It was written from the outside, by ShellCheck's behaviour, and knows about 300 of its codes. How far both agree is
//! measured by `tests/oracle/shellcheck.py`.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use shuck_linter::{
    AmbientShellOptions, AnalysisRequest, Applicability, Diagnostic, LinterSettings, Rule, ShellCheckCodeMap,
    ShellDialect,
};
use shuck_parser::parser::Parser;

use super::Finding;
use super::extra;
use super::script::{Script, Shell};
use crate::finding::Level;
use crate::finding::{Fix, Safety};
use crate::shell::Options;
use crate::shellcheck::prefilter::is_plain;
use crate::text::Edit;

static MAP: LazyLock<ShellCheckCodeMap> = LazyLock::new(ShellCheckCodeMap::default);

/// The codes there are, and the linter's rules for them.
pub(super) static CODES: LazyLock<BTreeMap<u32, Rule>> = LazyLock::new(|| MAP.mappings().collect());

/// Quotes are looked at in scripts with at most this many variables outside of quotes: the linter follows each of them
/// through all that comes before it, and then through that again.
const MOST_UNQUOTED: usize = 256;

/// Of one script, so many places where it is no shell are looked at: the linter reads the line of each again. The rest
/// mostly follows from the first.
const MOST_BROKEN: usize = 64;

/// Said of a script that the linter gives up on.
const UNREADABLE: &str = "this script is nested too deep to be read";

/// SC2086.
const QUOTES: u32 = 2086;

/// SC2016.
const SINGLE_QUOTES: u32 = 2016;

/// The code for a `cd` whose failure nothing looks at.
const UNCHECKED_CD: u32 = 2164;

/// The code for `echo -e`.
const ECHO_FLAGS: u32 = 3037;

/// Settings are the same for all scripts but for a few, and dear to make.
static SETTINGS: LazyLock<LinterSettings> =
    LazyLock::new(|| LinterSettings::for_rules([]).with_resolve_source_closure(false));

/// What makes settings differ: the shell, its options, whether quotes are looked at.
type Key = (Shell, Options, bool);

/// The settings made so far, for these codes.
#[derive(Default)]
struct Made {
    codes: Vec<u32>,
    settings: Vec<(Key, LinterSettings)>,
}

impl Made {
    fn of(&mut self, key: Key) -> &LinterSettings {
        let at = self.settings.iter().position(|(other, _)| *other == key).unwrap_or_else(|| {
            self.settings.push((key, settings(key, &self.codes)));
            self.settings.len() - 1
        });
        &self.settings[at].1
    }
}

thread_local! {
    /// Most files of a run have the same codes, and the same few shells.
    static MADE: RefCell<Made> = RefCell::default();
}

pub(super) fn lint(scripts: &[Script], codes: &[u32]) -> Vec<Finding> {
    let mut made = MADE.take();
    if made.codes != codes {
        made = Made { codes: codes.to_vec(), settings: Vec::new() };
    }
    let mut findings = Vec::new();
    for script in scripts.iter().filter(|script| !script.put_in().is_empty() || !is_plain(&script.text)) {
        let quotes = unquoted(&script.text) <= MOST_UNQUOTED;
        if !quotes && codes.contains(&QUOTES) {
            let message =
                format!("whether variables need quotes is not looked at: there are more than {MOST_UNQUOTED}");
            findings.push(Finding::unread(script.file_span(), message));
        }
        let settings = made.of((script.shell, script.options, quotes));
        // It is a lot of code of others, and input is hostile.
        let Some((found, lost)) = catch_unwind(AssertUnwindSafe(|| lint_one(script, settings))).unwrap_or_default()
        else {
            findings.push(Finding::unread(script.file_span(), UNREADABLE));
            continue;
        };
        findings.extend(found.into_iter().filter_map(|found| finding(script, found)));
        if codes.contains(&extra::LOST_NEGATION) {
            findings.extend(lost.into_iter().filter_map(|at| extra::lost_negation(script.span(at..at + 1)?)));
        }
    }
    MADE.set(made);
    findings
}

/// Whether what follows is a script for another shell, which expands what stands in it: `bash -ec '…'`.
fn is_script(before: &str) -> bool {
    let option = before.trim_end_matches([' ', '\t', '\\', '\n']).rsplit([' ', '\t', '\n']).next().unwrap_or_default();
    option.starts_with('-') && !option.starts_with("--") && option.ends_with('c')
}

/// Whether a variable is all there is of a word. Nobody knows then whether it is meant to be several: `$packages`.
fn is_whole_word(text: &str, at: Range<usize>) -> bool {
    let ends = |char: char| char.is_whitespace() || matches!(char, ';' | '|' | '&' | '(' | ')' | '<' | '>' | '`');
    let before = text.get(..at.start).and_then(|before| before.chars().next_back());
    let behind = text.get(at.end..).and_then(|behind| behind.chars().next());
    before.is_none_or(ends) && behind.is_none_or(ends)
}

/// How many variables there are that no quote stands in front of.
fn unquoted(text: &str) -> usize {
    text.as_bytes().windows(2).filter(|pair| pair[1] == b'$' && pair[0] != b'"').count()
}

fn settings((shell, options, quotes): Key, codes: &[u32]) -> LinterSettings {
    let mut settings = SETTINGS.clone();
    let codes = codes.iter().filter(|code| quotes || **code != QUOTES);
    settings.rules = codes.filter_map(|code| CODES.get(code)).copied().collect();
    let Options { errexit, pipefail } = options;
    settings.with_shell(dialect(shell)).with_ambient_shell_options(AmbientShellOptions { errexit, pipefail })
}

fn dialect(shell: Shell) -> ShellDialect {
    match shell {
        Shell::Sh | Shell::Busybox => ShellDialect::Sh,
        Shell::Dash => ShellDialect::Dash,
        Shell::Bash | Shell::BashAsSh => ShellDialect::Bash,
        Shell::Ksh => ShellDialect::Ksh,
    }
}

/// Whether the parser gave up, which says nothing of the script's grammar: too deep, or too much.
fn is_limit(error: &shuck_parser::Error) -> bool {
    let message = error.to_string();
    message.contains("too deep") || message.contains("exhausted")
}

/// What the linter finds, and where [`extra::LOST_NEGATION`] is. `None` where the script is beyond the parser's limits.
fn lint_one(script: &Script, settings: &LinterSettings) -> Option<(Vec<Diagnostic>, Vec<usize>)> {
    // The grammar of bash holds that of `sh`: what only bash has is then seen for what it is.
    let mut parsed = Parser::with_dialect(&script.text, settings.shell.parser_dialect()).parse();
    if parsed.terminal_error.as_ref().is_some_and(is_limit) {
        return None;
    }
    parsed.diagnostics.truncate(MOST_BROKEN);
    let request = AnalysisRequest::from_parse_result(&parsed, &script.text, settings);
    // Few scripts hold such a comment, and looking for it costs.
    Some(match script.text.contains("shellcheck") {
        true => (request.with_shellcheck_map(&MAP).lint(), Vec::new()),
        false => (request.without_suppressions().lint(), extra::lost_negations(&parsed.file.body, script)),
    })
}

fn finding(script: &Script, found: Diagnostic) -> Option<Finding> {
    let code = MAP.code_for_rule(found.rule)?;
    let span = script.span(found.span.start.offset()..found.span.end.offset())?;
    let title = found.fix_title.unwrap_or_else(|| "change the script".to_owned());
    let there = script.text.get(found.span.start.offset()..found.span.end.offset()).unwrap_or_default();
    let most = script.most(code, there)?;
    if code == SINGLE_QUOTES && is_script(script.text.get(..found.span.start.offset()).unwrap_or_default()) {
        return None;
    }
    // Nothing follows that could run in the wrong folder; `/bin/echo` is not the shell's.
    let (before, behind) = script.text.split_at_checked(found.span.start.offset()).unwrap_or_default();
    let behind = behind.get(there.len()..).unwrap_or_default();
    let last = code == UNCHECKED_CD && behind.trim().is_empty();
    let program = code == ECHO_FLAGS && (there.contains("/echo") || before.trim_end().ends_with("/echo"));
    if program {
        return None;
    }
    let most = if last { most.min(Level::Note) } else { most };
    let is_list = code == QUOTES && script.lists.iter().any(|name| there.contains(name.as_str()));
    let fix = found.fix.filter(|_| !is_list).and_then(|fix| {
        let edit = |edit: &shuck_linter::Edit| {
            let range = edit.range();
            Some(Edit::replace(script.span(range.start().into()..range.end().into())?, edit.content()))
        };
        let edits: Option<Vec<Edit>> = fix.edits().iter().map(edit).collect();
        let safety =
            match code == QUOTES && is_whole_word(&script.text, found.span.start.offset()..found.span.end.offset()) {
                true => Safety::Display,
                false => super::safety(code, fix.applicability() == Applicability::Safe),
            };
        Fix::new(safety, title, edits?)
    });
    Some(Finding { code, span, message: found.message, fix, most })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is passed over without a look, the linter has nothing to say about either.
    #[test]
    fn nothing_in_plain_scripts() {
        let codes: Vec<u32> = CODES.keys().copied().collect();
        let arguments = [
            "", "a", "-y -p -m 755", "a=b /usr/local --c=d", "install -y a=1:2.3-4 b+ @c/d",
            "-rf /var/lib/apt/lists/* /tmp/*", "a.b:c 1 2", "x,y %z", "-c -- a", "-eux", "update -qq", "a b \\\n  c",
            "--from=a/b -o=c", "/", "../a ./b ..", "-",
        ];
        for first in super::super::prefilter::commands() {
            for second in ["rm", "mkdir"] {
                for arguments in arguments {
                    for link in ["&&", ";"] {
                        let text = format!("{first} {arguments} {link} {second} {arguments}");
                        for shell in [Shell::Busybox, Shell::Bash].into_iter().filter(|_| is_plain(&text)) {
                            let script = Script::plain(&text, shell);
                            let found = lint_one(&script, &settings((shell, Options::default(), true), &codes));
                            let found = found.expect("within limits").0;
                            let found: Vec<_> = found.iter().map(|found| MAP.code_for_rule(found.rule)).collect();
                            assert!(found.is_empty(), "{text}: {found:?}");
                        }
                    }
                }
            }
        }
    }
}
