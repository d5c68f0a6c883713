//! A service that the container starts in the background.

use crate::commands::service::{Start, starts};
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]);

/// Commands that only keep a container from exiting.
const WAITING: [&str; 9] = ["tail", "sleep", "wait", "bash", "sh", "cat", "read", "true", "sleep-forever"];

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
    let place = start.by_file();
    let last = later().next_back();
    let message = match last {
        None if start.command.place.background => return,
        None => {
            format!("the container exits once `{name}` is started{place}: nothing stays in the foreground")
        }
        Some(last) if WAITING.contains(&last.name.as_str()) => {
            format!("`{name}` runs in the background{place}, but Docker only supervises `{}`", last.name)
        }
        Some(last) if last.name.is_empty() => {
            format!("`{name}` runs in the background{place}, where Docker does not supervise it")
        }
        Some(last) => {
            format!("`{name}` runs in the background{place}, but Docker only supervises `{}`", last.name)
        }
    };
    let waits = last.is_none_or(|last| WAITING.contains(&last.name.as_str()));
    let mut found = cx.report(start.span, message);
    if waits {
        found.help("start the service itself as the container's only process, in the foreground, such as `CMD [\"nginx\", \"-g\", \"daemon off;\"]`");
    } else {
        found.help("run the service in its own container and start the two together with Compose");
    }
    found.help(
        "if the background service dies, the container keeps running; on `docker stop` it is killed without a signal",
    );
}
