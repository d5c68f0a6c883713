//! Finds disabled TLS certificate verification.

use super::shared::{is_brought_unseen, lacks_certificates, with_certificates};
use crate::commands::download::downloads;
use crate::finding::prelude::*;
use crate::knowledge::comment_words::UNVERIFIED;
use crate::shell::Arg;
use crate::shell::rewrite::drop_arg;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnInstruction(&[Keyword::Env, Keyword::Run], check)])
    .fix(Fixable::Sometimes);

/// Variables, the values that disable verification (empty: any), and the affected program.
#[rustfmt::skip]
const VARIABLES: &[(&str, &[&str], &str)] = &[
    ("GIT_SSL_NO_VERIFY", &["1", "true", "yes", "on"], "git"),
    ("GODEBUG", &["x509ignore=1"], "Go"),
    ("NODE_TLS_REJECT_UNAUTHORIZED", &["0"], "Node.js"),
    ("NPM_CONFIG_STRICT_SSL", &["false"], "npm"),
    ("PERL_LWP_SSL_VERIFY_HOSTNAME", &["0"], "Perl"),
    ("PYTHONHTTPSVERIFY", &["0"], "Python"),
    ("SSL_NO_VERIFY", &["1", "true"], "OpenSSL"),
    ("YARN_ENABLE_STRICT_SSL", &["false", "0"], "Yarn"),
    ("npm_config_strict_ssl", &["false"], "npm"),
];

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    match (&step.instruction.args, step.keyword()) {
        (Args::Pairs(args), Keyword::Env) => {
            for pair in &args.pairs {
                let value = pair.value.as_ref().map(|word| word.unquoted(cx.model.file.escape)).unwrap_or_default();
                if let Some(what) = switched_off(&pair.name.text, &value) {
                    let message =
                        format!("`{}` makes {what} trust any server, even in the running container", pair.name.text);
                    cx.report(pair.span, message).variant("env").help(HELP);
                }
            }
        }
        (_, Keyword::Run) => {
            for command in step.commands().iter() {
                for (span, what) in off(command) {
                    let fix = fix(command, span, step, cx);
                    let mut found = cx.report(span, format!("{what} does not verify the server's certificate"));
                    found.help(HELP).fix(fix);
                }
            }
        }
        _ => {}
    }
}

const HELP: &str = "keep verification on; for a private certificate authority, copy its certificate to \
                    `/usr/local/share/ca-certificates` and run `update-ca-certificates`";

fn switched_off(name: &str, value: &str) -> Option<&'static str> {
    let row = VARIABLES.iter().find(|(own, ..)| *own == name)?;
    row.1.contains(&value.to_ascii_lowercase().as_str()).then_some(row.2)
}

/// Removes the flag, or its letter from a group of short flags. Only shown below a comment that defends it.
fn fix(command: &Command, span: Span, step: &Step<'_>, cx: &Cx<'_>) -> Option<Fix> {
    let arg = command.args.iter().find(|arg| arg.span == span && arg.raw == cx.text(span))?;
    let edit = match arg.raw.as_str() {
        "-k" => drop_arg(command, arg, cx.source)?,
        flag if flag.starts_with("--") => drop_arg(command, arg, cx.source)?,
        flag if command.is("curl") && flag.starts_with('-') => {
            let at = span.start() + flag.find('k')?;
            Edit::delete(Span::new(at, at + 1))
        }
        _ => return None,
    };
    // Without certificates no server can be verified.
    let lacks = lacks_certificates(step, command, cx.model);
    let meant = step.mentions(UNVERIFIED, cx.model) || is_brought_unseen(step, command, cx.model);
    if let Some(install) = with_certificates(step, command, cx.model).filter(|_| lacks && !meant) {
        let title = "install `ca-certificates`, and verify the certificate";
        return Fix::new(Safety::Unsafe, title, [install, edit]);
    }
    let safety = if lacks || meant { Safety::Display } else { Safety::Unsafe };
    Fix::new(safety, "verify the certificate", [edit])
}

fn off(command: &Command) -> Vec<(Span, &'static str)> {
    let mut found = Vec::new();
    if let Some(download) = downloads(command)
        && let Some(span) = download.insecure
    {
        let local = download.urls.iter().all(|url| url.raw.contains("//localhost") || url.raw.contains("//127."));
        if !local {
            found.push((
                span,
                if command.is("wget") {
                    "`wget`"
                } else if command.is("curl") {
                    "`curl`"
                } else {
                    "`aria2c`"
                },
            ));
        }
    }
    for assignment in &command.assignments {
        let value = assignment.value.as_deref().unwrap_or_default();
        if let Some(what) = switched_off(&assignment.name, value) {
            found.push((assignment.span, what));
        }
    }
    if command.is("export") {
        let pairs = command.args.iter().filter_map(|arg| Some((arg, arg.text.as_deref()?.split_once('=')?)));
        found.extend(pairs.filter_map(|(arg, (name, value))| Some((arg.span, switched_off(name, value)?))));
    }
    match command.name.as_str() {
        "git" => {
            let is_off =
                |arg: &&Arg| arg.text.as_deref().is_some_and(|text| text.eq_ignore_ascii_case("http.sslVerify=false"));
            found.extend(command.flag_values(&["-c"]).iter().filter(|arg| is_off(arg)).map(|arg| (arg.span, "`git`")));
            if command.runs("git", "config") {
                found.extend(setting(command, "http.sslverify").map(|span| (span, "`git`")));
            }
        }
        "npm" | "yarn" | "pnpm" if command.runs_any(&["npm", "yarn", "pnpm"], &["config", "set"]) => {
            found.extend(setting(command, "strict-ssl").map(|span| (span, "`npm`")));
        }
        _ => {}
    }
    found
}

/// `config … name false`.
fn setting(command: &Command, name: &str) -> Option<Span> {
    command.args.windows(2).find_map(|pair| {
        let named = pair[0].text.as_deref().is_some_and(|text| text.eq_ignore_ascii_case(name));
        let off = pair[1].text.as_deref().is_some_and(|text| matches!(text, "false" | "0" | "off" | "no"));
        (named && off).then(|| pair[0].span.cover(pair[1].span))
    })
}
