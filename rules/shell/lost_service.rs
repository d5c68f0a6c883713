//! Finds services that are started in a `RUN` and end with it.

use crate::commands::server::runs_forever;
use crate::commands::service::{Start, starts};
use crate::finding::prelude::*;
use crate::knowledge::programs::Class;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnCommand(&[], check)]).aka(&["DL3001"]);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(script) = step.script.as_ref().filter(|script| script.clean) else { return };
    let Some(service) = starts(command) else { return };
    let name = service.name.as_str();
    if service.start == Start::Systemd && !command.has_flag(&["--user", "--root"]) {
        let mut found = cx.report(command.span, "`systemctl` needs systemd, which does not run in a build");
        found.variant("systemctl").help(format!("start `{name}` as the container's program with `CMD`"));
        found.help("use `systemctl enable` to start it on a machine that boots this image");
        return;
    }
    // Whether a later command may use the service.
    let used =
        |other: &Command| starts(other).is_none() && !other.class().is(Class::FILE_TOOL.or(Class::SYSTEM_MANAGER));
    // With arguments it may do something other than serve; what never ends is another rule's.
    if service.start == Start::Direct && (!command.args.is_empty() || runs_forever(command)) {
        return;
    }
    let mut behind = script.after(command).take(65);
    let tail =
        behind.any(|other| used(other) && !script.ends_with_idle(other)) || script.after(command).nth(64).is_some();
    if tail || command.place.background {
        return;
    }
    let message = format!("`{name}` stops at the end of this `RUN` and will not run in the container");
    let mut found = cx.report(command.span, message);
    found.help("start the program with `CMD`, in the foreground: an image contains files, not processes");
    if service.start == Start::Direct || command.place.depth > 0 {
        found.at_most(Level::Note);
    }
}
