//! Accounts and groups whose name or number the base image already has.

use crate::finding::prelude::*;
use crate::knowledge::bases::{ACCOUNT_CHANGES, Contents};
use crate::knowledge::os::Distro;
use crate::model::{Thing, Tri};
use crate::shell::{Arg, Link};

pub const RULE: Rule =
    Rule::new(Level::Error, "0.1.0", &[Check::OnCommand(&["useradd", "adduser", "groupadd", "addgroup"], check)])
        .linux_only();

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    let (Some(stage), Some(script)) = (cx.model.stage(step.stage), step.script.as_ref()) else { return };
    let Some(contents) = stage.contents(cx.model).filter(|contents| !contents.accounts.is_empty()) else { return };
    let place = &command.place;
    if !script.clean || place.conditional || place.link == Link::Or || place.pipe_len > 1 || place.excused {
        return;
    }
    if cx.model.provides(step, Thing::Text(ACCOUNT_CHANGES)) != Tri::No
        || step.contains_before(cx.model, command, ACCOUNT_CHANGES)
    {
        return;
    }
    let Some(image) = stage.root_image(cx.model) else { return };
    let written = image.written.replace('`', "'");
    let group = command.is_any(&["groupadd", "addgroup"]);
    if let Some((span, name)) = taken_name(command, group, contents) {
        let (kind, remove) = if group { ("group", "groupdel") } else { ("user", "userdel -r") };
        cx.report(span, format!("{kind} `{name}` already exists in `{written}`, so this step fails"))
            .variant("name")
            .label(image.span, format!("this image already contains `{name}`"))
            .help(format!("use the image's own `{name}`, or remove it first: `{remove} {name}`"));
        return;
    }
    let Some((arg, number, sure)) = number(command, group, step) else { return };
    let owner = if group { contents.group_of(number) } else { contents.account_of(number) };
    let Some(owner) = owner.filter(|owner| command.operands().all(|arg| !arg.is(owner))) else { return };
    let (what, remove) = if group { ("GID", "groupdel") } else { ("UID", "userdel -r") };
    let end = if sure { ", so this step fails" } else { "" };
    let mut found = cx.report(arg.span, format!("{what} {number} is already taken by `{owner}` in `{written}`{end}"));
    found.variant("number");
    found.label(image.span, format!("this image already contains `{owner}`"));
    found.help(format!("use another ID, such as 10001, or remove the account first: `{remove} {owner}`"));
    if !sure {
        found.at_most(Level::Warn);
    }
}

/// The name that the command creates, if the image has it.
fn taken_name<'c>(command: &'c Command, group: bool, contents: &Contents) -> Option<(Span, &'c str)> {
    let mut operands = command.operands();
    let (arg, more) = (operands.next()?, operands.next().is_some());
    let name = arg.text.as_deref()?;
    let debian = contents.os.as_ref().is_some_and(|os| os.distro != Distro::Alpine);
    // `adduser USER GROUP` adds to a group; Debian's with `--system` does nothing if the account exists.
    let system =
        command.has_flag(&["--system", "-f", "--force"]) && (debian && command.name.starts_with("add") || group);
    let sets_defaults = command.is("useradd") && command.has_flag(&["-D", "--defaults"]);
    let made = !(more || system || sets_defaults);
    let taken = match group {
        true => contents.has_group(name),
        false => contents.accounts.iter().any(|account| account.name == Some(name)),
    };
    (made && taken).then_some((arg.span, name))
}

/// The number that the command asks for, and whether nothing but the file decides it.
fn number(command: &Command, group: bool, step: &Step<'_>) -> Option<(Arg, u32, bool)> {
    if command.has_flag(&["-o", "--non-unique", "--allow-bad-names"]) {
        return None;
    }
    let arg = command.flag_value(if group { &["-g", "--gid"] } else { &["-u", "--uid"] })?;
    if let Some(number) = arg.text.as_deref().and_then(|text| text.parse().ok()) {
        return Some((arg, number, true));
    }
    let name = arg.raw.trim_matches('"').strip_prefix('$')?.trim_start_matches('{').trim_end_matches('}');
    let number = step.state.variables.get(name)?.value.as_deref()?.parse().ok()?;
    Some((arg, number, false))
}
