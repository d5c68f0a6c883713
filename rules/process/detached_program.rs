//! Programs that leave the foreground, so that the container ends.

use crate::commands::server::{detaches, foreground};
use crate::finding::in_script;
use crate::finding::prelude::*;
use crate::model::{Thing, Tri};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).linux_only().fix(Fixable::Sometimes);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    if !stage.is_final || stage.base_completes_cmd(cx.model) {
        return;
    }
    let commands = stage.start_commands(cx.model);
    let Some(last) = commands.last() else { return };
    let command = last.command;
    let place = &command.place;
    let plain = !place.conditional && place.depth == 0 && place.pipe_len <= 1;
    if plain && place.background {
        let name = command.name.replace('`', "'");
        cx.report(
            last.span,
            format!("`{name}` runs in the background{}, so the container stops immediately", in_script(last)),
        )
        .variant("background")
        .help("omit the last `&` to keep the program in the foreground, or end with `wait`");
        return;
    }
    if !plain || place.background || !detaches(command) {
        return;
    }
    // Of an entrypoint and its arguments only the first runs.
    let entrypoint = stage.entrypoint(cx.model).is_some();
    if entrypoint && stage.cmd(cx.model).is_some() && last.file.is_none() || is_configured(command, stage, cx) {
        return;
    }
    let name = command.name.as_str();
    let mut found = cx.report(
        last.span,
        format!("`{name}` moves to the background{}, so the container stops immediately", in_script(last)),
    );
    let add = foreground(command);
    if add.is_empty() {
        found.help(match name {
            "pm2" => "start it with `pm2-runtime`".to_owned(),
            _ => format!("start `{name}` in the foreground, as the last command"),
        });
        return;
    }
    let shell = add.iter().map(|word| if word.contains(' ') { format!("'{word}'") } else { (*word).to_owned() });
    let shell = shell.collect::<Vec<_>>().join(" ");
    found.help(format!("keep it in the foreground: `{name} {shell}`"));
    if last.file.is_some() {
        return;
    }
    let text = cx.text(command.name_span);
    let quoted = text.len() > 1 && text.starts_with('"') && text.ends_with('"');
    let insertion = match quoted {
        true => add.iter().map(|word| format!(", \"{word}\"")).collect(),
        false => format!(" {shell}"),
    };
    let edit = Edit::insert(command.name_span.end(), insertion);
    found.fix(Fix::new(Safety::Unsafe, "keep it in the foreground", [edit]));
}

/// Whether a configuration file may keep it in the foreground.
fn is_configured(command: &Command, stage: &Stage<'_>, cx: &Cx<'_>) -> bool {
    let (texts, folder): (&'static [&'static str], &str) = match command.name.as_str() {
        "nginx" | "openresty" => (&["daemon off", "daemon  off", "nginx.conf"], "/etc/nginx"),
        name if name.starts_with("php-fpm") => (&["daemonize", "php-fpm.conf"], "/etc/php"),
        _ => return false,
    };
    let copies = |step: &Step<'_>| {
        step.copy().is_some()
            && step.copy_dest(cx.model).is_none_or(|dest| {
                dest == "/"
                    || dest == "/etc/"
                    || dest == "/etc"
                    || dest.starts_with(folder)
                        && !dest.contains("conf.d")
                        && !dest.contains("sites-")
                        && !dest.contains("html")
            })
    };
    cx.model.provides_in(stage, Thing::Text(texts)) != Tri::No || stage.history(cx.model).any(copies)
}
