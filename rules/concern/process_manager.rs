//! A process manager in the final image.

use crate::commands::packages::Manager;
use crate::finding::prelude::*;
use crate::knowledge::packages::{Category, category};
use crate::knowledge::programs::Class;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]).linux_only();

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    if !stage.is_final {
        return;
    }
    let commands = stage.start_commands(cx.model);
    let started = commands.iter().find(|start| !start.command.place.conditional && is_manager(start.command));
    let installed = installed(stage);
    let mut found = match (started, &installed) {
        (Some(start), _) => {
            let short = start.command.name.is_empty() || start.command.name == "init";
            let name = if short { &start.command.path } else { &start.command.name };
            let (span, message) = (start.span, format!("the container runs the process manager `{name}`"));
            let mut found = cx.report(span, message);
            if let Some((span, name)) = installed {
                found.label(span, format!("`{name}` is installed here"));
            }
            found
        }
        (None, Some((span, name))) => {
            let message = format!("`{name}` is a process manager, but a container needs only one process");
            let mut found = cx.report(*span, message);
            found.variant("installed");
            found
        }
        (None, None) => return,
    };
    found
        .help("start the service itself, in the foreground: `CMD [\"nginx\", \"-g\", \"daemon off;\"]`")
        .help("let the engine restart it (`docker run --restart`), and let Compose start related services together");
}

/// The package that provides a process manager. Many packages install systemd, so it counts only if it is started.
fn installed(stage: &Stage<'_>) -> Option<(Span, String)> {
    stage.installs().find_map(|(_, _, install)| {
        let by_pip = |name: &str| install.manager == Manager::Pip && matches!(name, "supervisor" | "circus" | "honcho");
        let by_system = |name: &str| {
            let kind = category(install.manager, name);
            kind == Some(Category::Supervisor) && !name.starts_with("systemd") && name != "openrc"
        };
        let package = install.named().find(|package| by_pip(&package.name) || by_system(&package.name))?;
        Some((package.span, package.name.clone()))
    })
}

fn is_manager(command: &Command) -> bool {
    // `/init` is s6-overlay's, `/sbin/init` systemd's.
    command.class().is(Class::SUPERVISOR) || matches!(command.path.as_str(), "/init" | "/sbin/init" | "/usr/sbin/init")
}
