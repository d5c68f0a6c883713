use crate::commands::service::{Start, starts};
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnCommand(check)]).aka(&["DL3001"]);

/// What needs no running service.
const TIDYING: &[&str] = &["rm", "apt-get", "apt", "apk", "yum", "dnf", "chown", "chmod", "mkdir", "ln", "touch"];

fn check(command: &Command, step: &Step<'_>, cx: &mut Cx<'_>) {
    let Some(script) = step.script.as_ref().filter(|script| script.clean) else { return };
    let Some(service) = starts(command) else { return };
    let name = service.name.as_str();
    if service.start == Start::Systemd && !command.has_flag(&["--user", "--root"]) {
        let message = "`systemctl` needs systemd, and no init system runs in a build";
        let found = cx.report(command.span, message);
        found.help(format!("start `{name}` as the container's program with `CMD`"));
        found.help("to have it started on a machine that boots this image, `systemctl enable` is enough");
        return;
    }
    // What follows may use it.
    let used = |other: &Command| starts(other).is_none() && !other.is_any(TIDYING);
    // Who knows what its arguments make it do.
    if service.start == Start::Direct && !command.args.is_empty() {
        return;
    }
    let mut behind = script.behind(command).take(65);
    let tail =
        behind.any(|other| used(other) && !script.ends_with_idle(other)) || script.behind(command).nth(64).is_some();
    if tail || command.place.background {
        return;
    }
    let message = format!("`{name}` runs until this `RUN` ends, and is not running in a container of the image");
    let found = cx.report(command.span, message);
    found.help("an image holds files, no processes: start the program with `CMD`, in the foreground");
    if service.start == Start::Direct || command.place.depth > 0 {
        found.at_most(Level::Note);
    }
}
