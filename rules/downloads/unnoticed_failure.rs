use super::plain_http::is_check;
use crate::commands::download::{Download, Output, downloads, extracts};
use crate::finding::prelude::*;

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnStep(check)]).words(&["curl"]).fix(Fixable::Sometimes);

/// Flags with which it is no plain download, or the author looks at the answer.
const OTHER: &[&str] = &[
    "-w", "--write-out", "-d", "--data", "--data-raw", "--data-binary", "-X", "--request", "-F", "--form", "-K",
    "--config", "-i", "--include",
];

fn check(step: &Step<'_>, cx: &mut Cx<'_>) {
    let Some(script) = step.script.as_ref().filter(|_| step.keyword() == Keyword::Run) else { return };
    // What is checked or unpacked fails then, if it is not what it should be.
    if script.commands.iter().any(|command| is_check(command) || extracts(command).is_some()) {
        return;
    }
    for command in script.commands.iter().filter(|command| command.is("curl") && !command.has_flag(OTHER)) {
        let Some(download) = downloads(command).filter(|download| !download.fails && download.has_literal_url()) else {
            continue;
        };
        if !is_kept(command, download) || command.has_dynamic_arg() && !download.has_literal_url() {
            continue;
        }
        let found = cx.report(command.name_span, "`curl` takes an error page for the file, and the build goes on");
        found.help("write `curl -f`, so that an error of the server stops the build");
        if !step.is_exec_form() {
            let edit = Edit::insert(command.name_span.end(), " -f");
            found.fix(Fix::new(Safety::Unsafe, "add `-f`", [edit]));
        }
    }
}

/// It ends in a file, or in another command.
fn is_kept(command: &Command, download: &Download) -> bool {
    match &download.output {
        Output::File(file) => !file.raw.contains("/dev/"),
        Output::RemoteName => true,
        Output::Stdout => command.place.pipe_index + 1 < command.place.pipe_len,
    }
}
