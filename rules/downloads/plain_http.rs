//! Finds downloads over unencrypted `http`.

use std::cell::LazyCell;

use super::shared::{is_brought_unseen, lacks_certificates, lacks_tls, shorten};
use crate::commands::download::{downloads, verifies};
use crate::commands::windows_download;
use crate::finding::prelude::*;
use crate::knowledge::hosts::gone;
use crate::shell::Arg;
use crate::text::Url;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnInstruction(&[Keyword::Add, Keyword::Run], check)])
    .fix(Fixable::Sometimes);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    match step.keyword() {
        Keyword::Add => {
            for word in step.copy().iter().flat_map(|copy| &copy.sources) {
                let checked = step.flag("checksum").is_some();
                if word.text.starts_with("http://") && is_outside(&word.text) {
                    report(word.span, &word.text, checked, Safety::Unsafe, cx);
                }
            }
        }
        Keyword::Run => {
            windows_script(step, cx);
            let Some(script) = &step.script else { return };
            let last_check = LazyCell::new(|| script.commands.iter().rposition(verifies));
            for (at, command) in script.commands.iter().enumerate() {
                for arg in fetched(command) {
                    let text = arg.known().unwrap_or(&arg.raw).trim_matches(['"', '\'']);
                    if text.starts_with("http://") && is_outside(text) {
                        let checked = last_check.is_some_and(|check| check > at);
                        // Without certificates `https` fails.
                        let lacking = lacks_certificates(step, command, cx.model)
                            || lacks_tls(step, command, cx.model)
                            || is_brought_unseen(step, command, cx.model);
                        let safety = if lacking { Safety::Display } else { Safety::Unsafe };
                        report(arg.span, text, checked, safety, cx);
                    }
                }
            }
        }
        _ => {}
    }
}

/// What PowerShell or cmd fetches.
fn windows_script(step: &Step<'_>, cx: &Cx<'_>) {
    let statements = step.windows_statements(cx.source);
    let last_check = statements.iter().rposition(windows_download::verifies);
    for (at, word) in windows_download::fetched(&statements) {
        let text = word.lexeme();
        let Some(start) = text.find("http://") else { continue };
        let url = text[start..].split(['\'', '"', ',']).next().unwrap_or_default();
        // `http://` in a word's query is not what is fetched.
        let begins = text[..start].bytes().all(|byte| matches!(byte, b'"' | b'\'' | b'@' | b'$' | b','));
        if begins && is_outside(url) {
            report(word.span, url, last_check.is_some_and(|check| check > at), Safety::Unsafe, cx);
        }
    }
}

fn report(span: Span, url: &str, checked: bool, safety: Safety, cx: &Cx<'_>) {
    // A port serves one scheme only; S3 website endpoints do not support `https`.
    let only_http = host(url).contains(':') || url.contains(".s3-website");
    let at = cx.text(span).find("http://").filter(|_| !only_http).map(|at| span.start() + at);
    let shown = shorten(url);
    let mut found = cx.report(span, format!("`{shown}` is unencrypted: anyone on the network path can modify it"));
    if checked {
        found.at_most(Level::Note).help("a checksum protects it from modification, but not from being read");
    }
    found.help("use `https://`, and verify the download with a checksum");
    if let Some(at) = at {
        let edit = Edit::replace(Span::new(at, at + "http".len()), "https");
        found.fix(Fix::new(safety, "use `https`", [edit]));
    }
}

/// The words of a command that may be URLs it fetches.
fn fetched(command: &Command) -> Vec<&Arg> {
    if let Some(download) = downloads(command) {
        return download.urls.iter().collect();
    }
    let fetches = command.runs_any(&["git"], &["clone", "submodule"])
        || command
            .runs_any(&["yum", "dnf", "microdnf", "zypper", "tdnf"], &["install", "localinstall", "in", "reinstall"])
        || command.is_any(&["rpm", "fetch", "axel", "lftp"])
        || command.runs("apt-key", "adv");
    if !fetches {
        return Vec::new();
    }
    command.operands().collect()
}

/// The host of a URL, with its port.
fn host(url: &str) -> &str {
    let rest = url.trim_start_matches("http://");
    let host = rest.split(['/', '?', '"']).next().unwrap_or_default();
    host.rsplit('@').next().unwrap_or_default()
}

/// Whether the host is outside the local machine and network. One that has been shut down is the task of `dead-host`.
fn is_outside(url: &str) -> bool {
    if gone(url).is_some() {
        return false;
    }
    let name = Url::parse(url).host;
    let private = ["127.", "10.", "192.168.", "169.254.", "172.17."].iter().any(|net| name.starts_with(net));
    let local =
        name == "localhost" || name.ends_with(".local") || name.ends_with(".internal") || name.ends_with(".lan");
    !(private || local || name.starts_with('[') || !name.contains('.'))
}
