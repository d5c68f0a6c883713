//! `apt-get update` that leaves the package lists in a layer of the final image.

use super::shared::{cleaned_too_late, left};
use crate::commands::cleanup::{Leftover, cleans};
use crate::commands::packages::{Manager, fetches_packages, refreshes_index};
use crate::finding::prelude::*;
use crate::fixes::package_index::fetch_index_there;
use crate::fixes::run_script::{append_to_run, remove_run};
use crate::knowledge::command_lines::INFORMATION;
use crate::knowledge::paths::PROGRAMS;
use crate::knowledge::programs::Class;
use crate::model::{IndexUse, MAX_LATER_STEPS};
use crate::shell::Link;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(check)]).fix(Fixable::Sometimes).aka(&["DL3009"]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let model = cx.model;
    let left = left(model, step, Leftover::AptLists, |command| refreshes_index(command) == Some(Manager::Apt));
    let Some(update) = left.first() else { return };
    let message = format!("`{} update` leaves the package lists (20 to 50 MB) in this layer", update.name);
    let mut found = cx.report(update.span, message);
    if let Some(late) = cleaned_too_late(model, step, Leftover::AptLists) {
        found.label(late.span, "too late: the earlier layer still contains the lists");
    }
    let sudo = if update.is_behind("sudo") { "sudo " } else { "" };
    let needed = model.needs_index(step, Manager::Apt);
    match &needed {
        Some(later) => found.label(later.install.head_span(), "a later layer installs from them here").help(
            "merge the two `RUN`s, or update in the later one as well; end each with `&& rm -rf /var/lib/apt/lists/*`",
        ),
        None => found.help(format!("end the same `RUN` with `&& {sudo}rm -rf /var/lib/apt/lists/*`")),
    };
    if let Some(later) = &needed {
        found.fix(fetch_again(step, update, later, model));
    } else {
        found.fix(fix(step, model));
    }
}

/// Lets the step that needs the lists fetch them itself, and drops this step if it does nothing else.
fn fetch_again<'a>(step: &Step<'a>, update: &Command, later: &IndexUse<'_, 'a>, model: &Model<'a>) -> Option<Fix> {
    let there = fetch_index_there(model, step, update, later)?;
    if let Some(remove) = remove_run(model, step, update).filter(|_| later.step.stage == step.stage) {
        let safety = if later.next { Safety::Safe } else { Safety::Unsafe };
        return Fix::new(safety, "fetch the package lists where packages are installed", [remove, there]);
    }
    let script = model.shipped_script(step)?;
    let uses = |command: &&Command| fetches_packages(command) == Some(Manager::Apt);
    let last = script.commands.iter().rfind(uses).filter(|last| refreshes_index(last).is_none())?;
    let here = append_to_run(model, step, last, "rm -rf /var/lib/apt/lists/*")?;
    // The lists do not just move to another layer. If more steps install from them, these follow in the next round.
    let cleaned = later.script.commands.iter().any(|command| cleans(command).contains(&Leftover::AptLists));
    let removed = match cleaned || model.needs_index(later.step, Manager::Apt).is_some() {
        true => None,
        false => {
            let last = later.script.commands.iter().rfind(|command| fetches_packages(command) == Some(Manager::Apt))?;
            Some(append_to_run(model, later.step, last, "rm -rf /var/lib/apt/lists/*")?)
        }
    };
    // What comes in between could change what is fetched.
    let safety = if later.next { Safety::Safe } else { Safety::Unsafe };
    Fix::new(
        safety,
        "remove the package lists, and fetch them again where they are needed",
        [here, there].into_iter().chain(removed),
    )
}

/// Whether it runs a program or script of which it is not known what it does.
fn is_unseen(command: &Command, script: &Script) -> bool {
    if command.is_shell() {
        // The commands of `sh -c` are read.
        let inner = |other: &Command| other.wrappers.iter().any(|wrapper| wrapper.span == command.name_span);
        return !script.commands.iter().any(inner);
    }
    let of_system =
        PROGRAMS.iter().any(|place| command.path.strip_prefix(place).is_some_and(|rest| rest.starts_with('/')));
    let asks = matches!(&command.args[..], [arg] if INFORMATION.contains(&arg.lexeme()));
    let builds = command.class().is(Class::NATIVE_BUILD) || command.is("configure");
    command.path.contains('/') && !of_system && !builds || command.is_any(&["opam", "python"]) && !asks
}

/// Removes the lists after the last command that needs them, unless a later `RUN` needs them as well.
fn fix(step: &Step<'_>, model: &Model<'_>) -> Option<Fix> {
    let script = model.shipped_script(step)?;
    let uses = |command: &&Command| fetches_packages(command) == Some(Manager::Apt);
    let last = script.commands.iter().rfind(uses)?;
    // Lists that are fetched and removed with nothing in between are of no use.
    if refreshes_index(last).is_some() {
        return None;
    }
    // What the step itself runs afterwards may install something as well.
    let mut rest = script.commands.iter().filter(|other| other.span.start() > last.span.start());
    let mut safety = if rest.any(|other| is_unseen(other, script)) { Safety::Unsafe } else { Safety::Safe };
    let mut fetched = false;
    let mut after = model.after(step);
    for later in after.by_ref().take(MAX_LATER_STEPS) {
        if !matches!(later.keyword(), Keyword::Run | Keyword::Onbuild) {
            continue;
        }
        let Some(script) = later.script.as_ref().filter(|script| script.clean) else {
            safety = Safety::Unsafe;
            continue;
        };
        // A script that is not available may install something.
        if script.commands.iter().any(|command| is_unseen(command, script)) {
            safety = Safety::Unsafe;
        }
        let Some(first) = script.commands.iter().find(uses) else { continue };
        refreshes_index(first)?;
        // From here on, the lists are those that this step fetches.
        fetched = !first.place.conditional && first.place.link != Link::Or;
        if fetched {
            break;
        }
    }
    if !fetched && after.next().is_some() {
        safety = Safety::Unsafe;
    }
    let sudo = if last.is_behind("sudo") { "sudo " } else { "" };
    let edit = append_to_run(model, step, last, &format!("{sudo}rm -rf /var/lib/apt/lists/*"));
    Fix::new(safety, "remove the package lists", edit)
}
