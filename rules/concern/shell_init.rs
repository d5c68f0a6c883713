//! A service that the container starts in the background.

use crate::commands::service::{Start, starts};
use crate::finding::in_script;
use crate::finding::prelude::*;
use crate::knowledge::programs::Class;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]);

/// Whether it only keeps a container from exiting.
fn waits(command: &Command) -> bool {
    command.class().is(Class::WAITS.or(Class::NO_OP).or(Class::SHELL)) || command.is_any(&["tail", "cat", "read"])
}

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    // Several services are left to `several-services`.
    if !stage.is_final || stage.started_services(cx.model).len() > 1 {
        return;
    }
    let commands = stage.start_commands(cx.model);
    let hidden = commands.iter().enumerate().find_map(|(at, start)| {
        let service = starts(start.command).filter(|_| !start.command.place.conditional)?;
        let in_background = service.start == Start::Init || start.command.place.background;
        in_background.then_some((at, start, service.name.clone()))
    });
    let Some((at, start, name)) = hidden else { return };
    // A script may stop the service again: `service x start; …; service x stop`.
    let later = || commands.iter().skip(at + 1).map(|start| &start.command);
    if later().any(|command| command.has_arg("stop") || command.is_any(&["kill", "pkill", "killall", "mysqladmin"])) {
        return;
    }
    let place = in_script(start);
    let last = later().next_back();
    let (variant, message) = match last {
        None if start.command.place.background => return,
        None => {
            ("exits", format!("the container exits once `{name}` is started{place}: nothing stays in the foreground"))
        }
        Some(last) if waits(last) => {
            ("", format!("`{name}` runs in the background{place}, but Docker only supervises `{}`", last.name))
        }
        Some(last) if last.name.is_empty() => {
            ("unsupervised", format!("`{name}` runs in the background{place}, where Docker does not supervise it"))
        }
        Some(last) => {
            ("", format!("`{name}` runs in the background{place}, but Docker only supervises `{}`", last.name))
        }
    };
    let only_waits = last.is_none_or(|last| waits(last));
    let mut found = cx.report(start.span, message);
    found.variant(variant);
    if only_waits {
        found.help("start the service itself as the container's only process, in the foreground, such as `CMD [\"nginx\", \"-g\", \"daemon off;\"]`");
    } else {
        found.help("run the service in its own container and start the two together with Compose");
    }
    found.help(
        "if the background service dies, the container keeps running; on `docker stop` it is killed without a signal",
    );
}
