//! Finds package managers run with signature or certificate verification disabled.

use crate::commands::packages::{PackageKind, installs, is_python_tool, uninstalls};
use crate::finding::prelude::*;
use crate::knowledge::managers::{KEY_SIGNS, SOURCE_SIGNS, UNVERIFIED_SETTINGS};
use crate::knowledge::programs::Class;
use crate::shell::Token;
use crate::shell::rewrite::drop_arg;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnCommand(&[], check)]).fix(Fixable::Sometimes);

/// Programs, and their flags that disable verification.
const FLAGS: &[(&[&str], &[&str])] = &[
    (
        &["apt-get", "apt", "aptitude"],
        &["--allow-unauthenticated", "--force-yes", "--allow-insecure-repositories", "--allow-weak-repositories"],
    ),
    (&["apk"], &["--allow-untrusted"]),
    (&["yum", "dnf", "dnf5", "microdnf", "tdnf"], &["--nogpgcheck", "--no-gpgchecks"]),
    (&["rpm"], &["--nosignature", "--nodigest", "--nogpg"]),
    (&["zypper"], &["--no-gpg-checks", "--no-gpgcheck", "--no-gpgchecks", "--allow-unsigned-rpm"]),
    (&["npm", "yarn", "pnpm"], &["--no-strict-ssl"]),
];

fn check(command: &Command, _: &Step<'_>, cx: &Cx<'_>) {
    // Removing packages or reading files installs nothing.
    if uninstalls(command).is_some() || command.runs_any(&["apk"], &["index", "verify", "fetch"]) {
        return;
    }
    let Some((span, shown)) = by_flag(command).or_else(|| by_setting(command)).or_else(|| by_address(command)) else {
        return;
    };
    let (variant, message) = match shown {
        Some(flag) => ("", format!("`{}` disables package verification", flag.replace('`', "'"))),
        None => (
            "plain-http",
            "packages are fetched over plain `http`: anyone on the network path can modify them".to_owned(),
        ),
    };
    let local = is_local(command);
    let keyless = lacks_keys(command, cx);
    let mut found = cx.report(span, message);
    found
        .variant(variant)
        .help("remove it, and import the missing key or certificate")
        .fix(fix(command, span, cx).filter(|_| !local && !keyless));
    if local {
        // A file built here has no signature to verify.
        found.at_most(Level::Note);
    }
}

/// Removes the flag; `--force-yes` becomes `-y` if nothing else answers prompts.
fn fix(command: &Command, span: Span, cx: &Cx<'_>) -> Option<Fix> {
    let arg = command.args.iter().find(|arg| arg.span == span)?;
    let flag = arg.text.as_deref().filter(|text| text.starts_with("--") && *text != "--trusted-host")?;
    let answers = command.has_flag(&["-y", "--yes", "--assume-yes", "-qq"]);
    let edit = match flag {
        "--force-yes" if !answers => Edit::replace(span, "-y"),
        _ => drop_arg(command, arg, cx.source)?,
    };
    Fix::new(Safety::Unsafe, format!("remove `{flag}`"), [edit])
}

type Found = (Span, Option<String>);

fn by_flag(command: &Command) -> Option<Found> {
    let rows = FLAGS.iter().filter(|row| command.is_any(row.0));
    let mut flags = rows.filter_map(|row| command.flag(row.1));
    if let Some(arg) = flags.next() {
        return Some((arg.span, Some(arg.lexeme().to_owned())));
    }
    if !is_python_tool(command) {
        return None;
    }
    let trusted = command.args.iter().find(|arg| {
        arg.is("--trusted-host")
            || arg.lexeme().starts_with("--trusted-host=")
            || arg.lexeme().ends_with(".trusted-host")
    });
    trusted.map(|arg| (arg.span, Some("--trusted-host".to_owned())))
}

/// `-o APT::Get::AllowUnauthenticated=true`, `echo "deb [trusted=yes] …" > …`, `npm config set strict-ssl false`.
fn by_setting(command: &Command) -> Option<Found> {
    let sets =
        command.is_any(&["npm", "yarn", "pnpm"]) && command.runs_any(&["npm", "yarn", "pnpm"], &["config", "set", "c"]);
    if sets {
        let at = command.args.iter().position(|arg| arg.is("strict-ssl"))?;
        let value = command.args.get(at + 1)?;
        return value
            .is("false")
            .then(|| (command.args[at].span.cover(value.span), Some("strict-ssl false".to_owned())));
    }
    let class = command.class();
    let writes = class.is(Class::PRINTS.or(Class::SYSTEM_MANAGER))
        || command.is_any(&["sed", "tee", "cat", "yum-config-manager"])
        || command.is_any(&["npm", "yarn", "pnpm"]);
    command.args.iter().filter(|_| writes).find_map(|arg| {
        let text = arg.lexeme();
        // In `s/gpgcheck=0/gpgcheck=1/` the replacement counts.
        let text = if command.is("sed") {
            text.rsplit_once("gpgcheck").map_or(text, |(at, _)| &text[at.len()..])
        } else {
            text
        };
        if !text.contains(['=', '"']) {
            return None;
        }
        let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
        // A directory of packages built in this step.
        if bare.contains("trusted=yes") && bare.contains("file:") {
            return None;
        }
        let setting = UNVERIFIED_SETTINGS.iter().find(|setting| bare.contains(*setting))?;
        Some((arg.span, Some(setting.replace('"', " "))))
    })
}

/// An index or registry without encryption.
fn by_address(command: &Command) -> Option<Found> {
    let flags: &[&str] = match command.name.as_str() {
        "npm" | "yarn" | "pnpm" => &["--registry"],
        "gem" => &["-s", "--source"],
        _ if is_python_tool(command) => &["-i", "--index-url", "--extra-index-url", "--default-index", "--index"],
        _ => return None,
    };
    let values = command.tokens().filter_map(|token| match token {
        Token::Flag { name, value, .. } if flags.contains(&&*name) => value,
        _ => None,
    });
    let near = ["http://localhost", "http://127.", "http://host.docker.internal"];
    let mut plain = values.filter(|value| {
        value.lexeme().starts_with("http://") && !near.iter().any(|near| value.lexeme().starts_with(near))
    });
    plain.next().map(|value| (value.span, None))
}

/// Whether the file adds a source of packages and never a key, so that nothing can be verified yet.
fn lacks_keys(command: &Command, cx: &Cx<'_>) -> bool {
    let has = |signs: &[&'static str]| signs.iter().any(|sign| cx.source.mentions(sign));
    command.class().is(Class::SYSTEM_MANAGER) && has(SOURCE_SIGNS) && !has(KEY_SIGNS)
}

/// Whether it installs only local files.
fn is_local(command: &Command) -> bool {
    installs(command).is_some_and(|install| {
        let files = install.packages.iter().all(|package| package.kind == PackageKind::Path);
        install.manager.is_system() && !install.packages.is_empty() && files
    })
}
