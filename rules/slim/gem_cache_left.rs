//! Gem archives that stay in a layer of the final image next to what was installed from them.

use crate::commands::packages::{Manager, fetches_packages};
use crate::finding::prelude::*;
use crate::fixes::run_script::append_to_run;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnRun(check)]).fix(Fixable::Sometimes);

/// Where RubyGems and Bundler keep archives.
const PLACES: [&str; 3] = ["/cache", ".bundle", ".gem"];

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(script) = cx.model.shipped_script(step) else { return };
    let fetches = |command: &&Command| {
        let manager =
            fetches_packages(command).filter(|_| !command.has_flag(&["--no-cache", "--local", "--prefer-local"]));
        // Bundler itself is small, as is RubyGems.
        let small = || command.runs("gem", "update") || command.rest().all(|arg| arg.lexeme().starts_with("bundler"));
        matches!(manager, Some(Manager::Bundle)) || (matches!(manager, Some(Manager::Gem)) && !small())
    };
    let Some(first) = script.commands.iter().find(fetches) else { return };
    let last = script.commands.iter().rfind(fetches).unwrap_or(first);
    let cleaned = script.after(last).any(|command| {
        command.is_any(&["rm", "find"])
            && command.args.iter().any(|arg| PLACES.iter().any(|place| arg.raw.contains(place)))
    });
    // A cache mount may hold the archives.
    if cleaned || step.run_mounts().any(|mount| mount.kind() == "cache") {
        return;
    }
    let whose = first.head_span();
    let path =
        if first.is("gem") { "\"$(gem env gemdir)\"/cache" } else { "~/.bundle/cache \"$(gem env gemdir)\"/cache" };
    let edit = append_to_run(cx.model, step, last, &format!("rm -rf {path}"));
    let fix = Fix::new(Safety::Safe, "remove the archives", edit);
    cx.report(
        whose,
        format!("`{}` leaves the installed gems' archives in this layer", cx.text(whose).replace('`', "'")),
    )
    .help(format!("end the same `RUN` with `&& rm -rf {path}`"))
    .help("or install in a first stage, clean up there, and copy the gem directory")
    .fix(fix);
}
