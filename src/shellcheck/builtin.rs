//! The linter that is built in: the crate `shuck-linter`.
//!
//! It was written from the outside, by ShellCheck's behaviour, and knows about 300 of its codes. How far both agree is
//! measured by `tests/oracle/shellcheck.py`.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use shuck_linter::{
    AmbientShellOptions, AnalysisRequest, Applicability, Diagnostic, LinterSettings, Rule, ShellCheckCodeMap,
    ShellDialect,
};
use shuck_parser::parser::Parser;

use super::Finding;
use super::script::{Script, Shell};
use crate::fix::{Edit, Fix};
use crate::shell::Options;

static MAP: LazyLock<ShellCheckCodeMap> = LazyLock::new(ShellCheckCodeMap::default);

/// The codes there are, and the linter's rules for them.
pub(super) static CODES: LazyLock<BTreeMap<u32, Rule>> = LazyLock::new(|| MAP.mappings().collect());

/// Quotes are looked at in scripts with at most this many variables outside of quotes: the linter follows each of them
/// through all that comes before it, and then through that again.
const MOST_UNQUOTED: usize = 256;

/// SC2086.
const QUOTES: u32 = 2086;

/// SC2016.
const SINGLE_QUOTES: u32 = 2016;

/// Settings are the same for all scripts but for a few, and dear to make.
static SETTINGS: LazyLock<LinterSettings> =
    LazyLock::new(|| LinterSettings::for_rules([]).with_resolve_source_closure(false));

/// What makes settings differ: the shell, its options, whether quotes are looked at.
type Key = (Shell, Options, bool);

pub(super) fn lint(scripts: &[Script], codes: &[u32]) -> Vec<Finding> {
    let mut made: Vec<(Key, LinterSettings)> = Vec::new();
    let mut findings = Vec::new();
    for script in scripts {
        let quotes = unquoted(&script.text) <= MOST_UNQUOTED;
        if !quotes && codes.contains(&QUOTES) {
            let message =
                format!("whether variables need quotes is not looked at: there are more than {MOST_UNQUOTED}");
            findings.push(Finding::unread(script.file_span(), message));
        }
        let key = (script.shell, script.options, quotes);
        let at = made.iter().position(|(other, _)| *other == key).unwrap_or_else(|| {
            made.push((key, settings(key, codes)));
            made.len() - 1
        });
        // It is a lot of code of others, and input is hostile.
        let found = catch_unwind(AssertUnwindSafe(|| lint_one(script, &made[at].1))).unwrap_or_default();
        findings.extend(found.into_iter().filter_map(|found| finding(script, found)));
    }
    findings
}

/// Whether what follows is a script for another shell, which expands what stands in it: `bash -ec '…'`.
fn is_script(before: &str) -> bool {
    let option = before.trim_end_matches([' ', '\t', '\\', '\n']).rsplit([' ', '\t', '\n']).next().unwrap_or_default();
    option.starts_with('-') && !option.starts_with("--") && option.ends_with('c')
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

fn lint_one(script: &Script, settings: &LinterSettings) -> Vec<Diagnostic> {
    // The grammar of bash holds that of `sh`: what only bash has is then seen for what it is.
    let parsed = Parser::with_dialect(&script.text, settings.shell.parser_dialect()).parse();
    let request = AnalysisRequest::from_parse_result(&parsed, &script.text, settings);
    // Few scripts hold such a comment, and looking for it costs.
    match script.text.contains("shellcheck") {
        true => request.with_shellcheck_map(&MAP).lint(),
        false => request.without_suppressions().lint(),
    }
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
    let is_list = code == QUOTES && script.lists.iter().any(|name| there.contains(name.as_str()));
    let fix = found.fix.filter(|_| !is_list).and_then(|fix| {
        let edit = |edit: &shuck_linter::Edit| {
            let range = edit.range();
            Some(Edit::replace(script.span(range.start().into()..range.end().into())?, edit.content()))
        };
        let edits: Option<Vec<Edit>> = fix.edits().iter().map(edit).collect();
        Fix::new(super::safety(code, fix.applicability() == Applicability::Safe), title, edits?)
    });
    Some(Finding { code, span, message: found.message, fix, most })
}
