//! `pip` commands that leave their download cache in a layer of the final image.

use super::shared::{cleaned_too_late, left};
use crate::commands::cleanup::Leftover;
use crate::commands::packages::{Manager, installs};
use crate::finding::prelude::*;
use crate::fixes::run_script::append_to_run;
use crate::knowledge::bases::end_of_life::{EndOfLife, end_of_life};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(check)]).fix(Fixable::Sometimes).aka(&["DL3042"]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let model = cx.model;
    // Any value disables the cache, even `0` and `false`; an empty one does not.
    let off = step.state.variables.get("PIP_NO_CACHE_DIR").is_some_and(|set| set.value.as_deref() != Some(""));
    // `export PIP_NO_CACHE_DIR=1 && pip install …`
    let exports = |command: &Command| {
        command.is("export")
            && !command.place.conditional
            && command
                .args
                .iter()
                .any(|arg| arg.lexeme().strip_prefix("PIP_NO_CACHE_DIR=").is_some_and(|value| !value.is_empty()))
    };
    if off || step.package_settings.pip || step.commands().iter().any(exports) {
        return;
    }
    let left = left(model, step, Leftover::Pip, leaves);
    let Some(first) = left.first() else { return };
    let fix = match has_old_pip(step, model) {
        true => remove_cache(&left, step, model),
        false => add_flag(&left, step),
    };
    let mut found = cx.report(first.head_span(), "`pip install` leaves its download cache in this layer");
    if let Some(late) = cleaned_too_late(model, step, Leftover::Pip) {
        found.label(late.span, "too late: the earlier layer still contains the cache");
    }
    found.help(match has_old_pip(step, model) {
        true => "end the same `RUN` with `&& rm -rf ~/.cache/pip`: this pip may be too old for `--no-cache-dir`",
        false => "use `pip install --no-cache-dir`, or set `ENV PIP_NO_CACHE_DIR=1` for the whole image",
    });
    found.fix(fix);
}

fn add_flag(left: &[&Command], step: &Step<'_>) -> Option<Fix> {
    let installs = left.iter().filter_map(|command| installs(command));
    let flags = installs.map(|install| Edit::insert(install.verb.end(), " --no-cache-dir"));
    Fix::new(Safety::Safe, "add `--no-cache-dir`", flags).filter(|_| !step.is_exec_form())
}

/// What works with every pip, if it runs as the user that removes its cache.
fn remove_cache(left: &[&Command], step: &Step<'_>, model: &Model<'_>) -> Option<Fix> {
    let last = left.iter().all(|command| command.wrappers.is_empty()).then(|| left.last())??;
    let edit = append_to_run(model, step, last, "rm -rf ~/.cache/pip")?;
    Fix::new(Safety::Safe, "remove the cache", [edit])
}

/// Whether the image's own pip (before 6.0) does not support the flag; one installed later may.
fn has_old_pip(step: &Step<'_>, model: &Model<'_>) -> bool {
    let image = model.stage(step.stage).and_then(|stage| stage.root_image(model));
    let Some((image, name)) = image.and_then(|image| Some((image, image.familiar_name()?))) else { return false };
    // The Python images have their own pip.
    let is_old = |end: EndOfLife| {
        let major = end.version.split('.').next().and_then(|major| major.parse::<u32>().ok());
        let first_fit = match end.product {
            "Ubuntu" => 16,
            "Debian" => 9,
            _ => 0,
        };
        major.is_some_and(|major| major < first_fit)
    };
    name != "python" && end_of_life(&name, image.tag_text()).into_iter().any(is_old)
        || image
            .tag_text()
            .is_some_and(|tag| ["trusty", "wheezy", "jessie"].iter().any(|old| tag.contains(old)) && name != "python")
}

fn leaves(command: &Command) -> bool {
    let flags = ["--no-index", "--cache-dir", "--help", "-h"];
    !command.is("uv")
        && !command.has_flag(&flags)
        && installs(command).is_some_and(|install| {
            install.manager == Manager::Pip && !install.no_cache && !install.dry_run && !install.packages.is_empty()
        })
}
