//! Finds `curl` without `-L` on URLs known to redirect.

use super::shared::shorten;
use crate::commands::download::downloads;
use crate::finding::prelude::*;
use crate::knowledge::command_lines::CURL_ANSWER;
use crate::text::Url;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnCommand(&["curl"], check)]).fix(Fixable::Sometimes);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    if command.has_flag(CURL_ANSWER) {
        return;
    }
    let Some(download) = downloads(command).filter(|download| !download.follows) else { return };
    let Some(arg) = download.urls.iter().find(|url| redirects(url.raw.trim_matches(['"', '\'']))) else { return };
    let url = shorten(arg.raw.trim_matches(['"', '\'']));
    let mut found = cx.report(arg.span, format!("`{url}` redirects, which `curl` does not follow without `-L`"));
    found.help("use `curl -L` to follow redirects");
    if !step.is_exec_form() {
        let edit = Edit::insert(command.name_span.end(), " -L");
        found.fix(Fix::new(Safety::Unsafe, "add `-L`", [edit]));
    }
}

/// Whether a URL is known to redirect.
fn redirects(url: &str) -> bool {
    let Url { scheme, host, path } = Url::parse(url);
    let parts: Vec<&str> = path.split('/').collect();
    match host.trim_start_matches("www.") {
        _ if scheme.is_empty() => false,
        "github.com" => {
            matches!(parts.get(2), Some(&"archive" | &"raw" | &"tarball" | &"zipball"))
                || (parts.get(2) == Some(&"releases")
                    && matches!(parts.get(3), Some(&"download" | &"latest"))
                    && parts.len() > 4)
        }
        "bit.ly" | "git.io" | "goo.gl" | "tinyurl.com" | "aka.ms" => !path.is_empty(),
        "go.microsoft.com" => path.starts_with("fwlink"),
        "sourceforge.net" => path.ends_with("/download"),
        "downloads.sourceforge.net" => true,
        _ => false,
    }
}
