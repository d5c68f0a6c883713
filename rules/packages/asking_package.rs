//! Finds packages that prompt through debconf while they are configured.

use crate::commands::packages::{Manager, installs};
use crate::finding::prelude::*;
use crate::knowledge::bases;
use crate::knowledge::os::Distro;
use crate::model::{Thing, Tri};

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]).fix(Fixable::Sometimes);

/// Packages that prompt when they are configured, and what for. Sorted.
#[rustfmt::skip]
const ASKING: &[(&str, &str)] = &[
    ("console-setup", "a keyboard"),
    ("iptables-persistent", "whether to save the rules"),
    ("jackd2", "a priority"),
    ("keyboard-configuration", "a keyboard"),
    ("krb5-config", "a realm"),
    ("krb5-user", "a realm"),
    ("libpam-ldap", "a server"),
    ("nslcd", "a server"),
    ("phpmyadmin", "a web server"),
    ("postfix", "the type of mail server"),
    ("slapd", "a password"),
    ("ttf-mscorefonts-installer", "acceptance of a license"),
    ("tzdata", "a time zone"),
    ("wireshark-common", "who can capture packets"),
    ("xorg", "a keyboard"),
    ("xserver-xorg", "a keyboard"),
];

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let image = stage.root_image(cx.model);
    let known = image.and_then(|image| Some((image.familiar_name()?, image.tag_text())));
    // Other images may set the variable themselves.
    let Some((name, tag)) = known.filter(|(name, _)| bases::image(name).is_some()) else { return };
    let ubuntu = bases::os(&name, tag).is_some_and(|os| os.distro == Distro::Ubuntu);
    for step in stage.all(Keyword::Run) {
        if cx.model.provides(step, Thing::Text(ANSWERS)) != Tri::No {
            return;
        }
        let silenced = step.state.variables.get("DEBIAN_FRONTEND").is_some();
        // One that is set for a command is set for no other.
        let set_for = |command: &Command| !command.name.is_empty() && command.assigned("DEBIAN_FRONTEND").is_some();
        let elsewhere = |command: &Command| {
            let mut before = step.commands().iter().take_while(|other| other.span.start() < command.span.start());
            let own = before.clone().filter(|other| set_for(other)).count();
            let text = cx.text(Span::new(step.instruction.span.start(), command.span.start()));
            own > 0 && text.matches("DEBIAN_FRONTEND").count() == own && before.all(|other| !other.is("export"))
        };
        if silenced || step.is_exec_form() {
            continue;
        }
        for command in step.commands() {
            let Some((at, what, package)) = asks(command, ubuntu) else { continue };
            let zone = package == "tzdata"
                && (cx.model.provides(step, Thing::Text(TIME_ZONE)) != Tri::No
                    || step.contains_before(cx.model, command, TIME_ZONE));
            let answered = command.assigned("DEBIAN_FRONTEND").is_some();
            let silent = step.contains_before(cx.model, command, ANSWERS) && !elsewhere(command);
            if !zone && !answered && !silent {
                report(command, at, what, package, cx);
                return;
            }
        }
    }
}

/// Texts that suppress all prompts.
const ANSWERS: &[&str] = &["DEBIAN_FRONTEND", "debconf", "DEBCONF", "/etc/apt/apt.conf"];

/// Texts that suppress the prompt for the time zone.
const TIME_ZONE: &[&str] = &["/etc/localtime", "/etc/timezone"];

/// The first package of a command that prompts, and what for.
fn asks(command: &Command, ubuntu: bool) -> Option<(Span, &'static str, &'static str)> {
    // Piped or redirected input may be the answer.
    let fed = command.place.pipe_index > 0 || command.redirects.iter().any(|it| it.operator.contains('<'));
    let install = installs(command).filter(|it| it.manager == Manager::Apt && !it.dry_run && !fed)?;
    install.named().find_map(|package| {
        let row = &ASKING[ASKING.binary_search_by(|row| row.0.cmp(&package.name)).ok()?];
        // Debian's images already include it.
        (row.0 != "tzdata" || ubuntu).then_some((package.span, row.1, row.0))
    })
}

fn report(command: &Command, at: Span, what: &str, package: &str, cx: &Cx<'_>) {
    let name = command.name.as_str();
    let edit = Edit::insert(command.name_span.start(), "DEBIAN_FRONTEND=noninteractive ");
    // `sudo` and similar wrappers do not pass variables on.
    let fix =
        Fix::new(Safety::Safe, "set `DEBIAN_FRONTEND=noninteractive`", [edit]).filter(|_| command.wrappers.is_empty());
    let (variant, end) = if package == "tzdata" { ("may-hang", "; the build may hang") } else { ("", "") };
    cx.report(at, format!("`{package}` prompts for {what}, which a build cannot answer{end}"))
        .variant(variant)
        .help(format!("set it for this command only: `DEBIAN_FRONTEND=noninteractive {name} …`"))
        .fix(fix);
}
