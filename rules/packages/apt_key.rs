//! Finds `apt-key` commands that add a key.

use crate::commands::download::downloads;
use crate::finding::prelude::*;
use crate::knowledge::bases;
use crate::knowledge::os::Distro;
use crate::shell::rewrite::new_line;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnCommand(&["apt-key"], check)]).fix(Fixable::Sometimes);

/// Files that add more keys are not fixed, since each is compared with the whole text.
const MAX_KEYS: usize = 50;

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    let verb = command.args.iter().find(|arg| matches!(arg.lexeme(), "add" | "adv"));
    let adds = verb.is_some_and(|verb| verb.is("add"))
        || command
            .args
            .iter()
            .any(|arg| ["--recv", "--fetch", "--import"].iter().any(|flag| arg.lexeme().starts_with(flag)));
    let Some(verb) = verb.filter(|_| adds) else { return };
    // A separate keyring at least limits the key's reach.
    let (variant, message) = if command.has_flag(&["--keyring"]) {
        ("own-keyring", "`apt-key` is deprecated and was removed in Debian 13")
    } else {
        ("", "`apt-key` trusts this key for every repository and was removed in Debian 13")
    };
    cx.report(command.name_span.cover(verb.span), message)
        .variant(variant)
        .fix(fix(command, step, cx))
        .help("store the key in `/etc/apt/keyrings/NAME.asc` and reference it in the repository's entry: `deb [signed-by=/etc/apt/keyrings/NAME.asc] https://…`");
}

fn fix(command: &Command, step: &Step<'_>, cx: &Cx<'_>) -> Option<Fix> {
    if step.is_exec_form() {
        return None;
    }
    if command.args.first().is_some_and(|verb| verb.is("adv")) {
        received(command, cx)
    } else {
        piped(command, step, cx)
    }
}

/// `apt-key adv --recv-keys KEY` → the same by gpg, into a keyring of its own. `gnupg-ring:` is the format that apt reads.
fn received(command: &Command, cx: &Cx<'_>) -> Option<Fix> {
    let adv = command.args.first()?;
    let key = command.args.last()?.text.as_deref()?;
    let hex = key.strip_prefix("0x").unwrap_or(key);
    let is_key = hex.len() >= 8 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    // One key, from a server, by words that gpg takes as they are.
    let mut flags = command.args[1..].iter().map(|arg| arg.lexeme()).filter(|word| word.starts_with('-'));
    let known = flags.all(|flag| {
        ["--keyserver", "--recv", "--batch", "--no-tty", "--quiet"].iter().any(|known| flag.starts_with(known))
    });
    let receives = command.args.iter().rev().nth(1).is_some_and(|arg| arg.lexeme().starts_with("--recv"));
    let plain = command.wrappers.is_empty() && command.redirects.is_empty() && command.place.pipe_len <= 1;
    if !is_key || !known || !receives || !plain || command.place.background {
        return None;
    }
    let file = format!("/etc/apt/trusted.gpg.d/{}.gpg", hex[hex.len() - 8..].to_ascii_lowercase());
    let gpg = format!("gpg --no-default-keyring --keyring gnupg-ring:{file}");
    // One line would be too long.
    let joint = new_line(cx.source);
    let edits = [
        Edit::replace(command.name_span.cover(adv.span), gpg),
        Edit::insert(command.full_span().end(), format!("{joint}chmod 644 {file}")),
    ];
    Fix::new(Safety::Unsafe, "store the key in its own keyring", edits)
}

/// `… | apt-key add -` → `… | tee /etc/apt/trusted.gpg.d/NAME.asc`, on releases whose apt reads such files (Debian 9,
/// Ubuntu 18.04), for an ASCII-armoured key from a URL that suggests a name. On others gpg writes what apt reads.
fn piped(command: &Command, step: &Step<'_>, cx: &Cx<'_>) -> Option<Fix> {
    let image = cx.model.stage(step.stage)?.root_image(cx.model);
    let os = image.and_then(|image| bases::os(&image.familiar_name()?, image.tag_text()));
    let major = os.as_ref().and_then(|os| os.version.as_deref()?.split('.').next()?.parse::<u32>().ok());
    let distro = os.map(|os| os.distro);
    let reads = matches!((distro, major), (Some(Distro::Debian), Some(9..)) | (Some(Distro::Ubuntu), Some(18..)));
    let [add, dash] = &command.args[..] else { return None };
    if !add.is("add") || !dash.is("-") || command.place.pipe_index != 1 || command.place.pipe_len != 2 {
        return None;
    }
    let script = step.script.as_ref()?;
    let before = script
        .commands
        .iter()
        .find(|other| other.place.pipeline == command.place.pipeline && other.place.pipe_index == 0)?;
    let [url] = &downloads(before)?.urls[..] else { return None };
    let url = url.text.as_deref()?.split_once("://")?.1;
    // Binary keys need another file name.
    if url.starts_with("packages.cloud.google.com/") || url.ends_with(".gpg") && !url.ends_with("pubkey.gpg") {
        return None;
    }
    let host = url.split('/').next()?;
    let name =
        host.rsplit('.').nth(1).filter(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))?;
    // Two keys with the same name would share a file.
    let adds = |command: &&Command| command.is("apt-key") && command.args.first().is_some_and(|arg| arg.is("add"));
    let all = cx.model.runs().flat_map(|(_, script)| script.commands.iter()).filter(adds);
    let count = all.take(MAX_KEYS + 1).count();
    let taken = count > MAX_KEYS || count > 1 && cx.source.text().matches(host).count() > 1;
    let span = command.name_span.cover(dash.span);
    let end = if reads { "asc" } else { "gpg" };
    let title = format!("store the key in its own file, `{name}.{end}`");
    let place = format!("/etc/apt/trusted.gpg.d/{name}.{end}");
    let store = if reads { format!("tee {place}") } else { format!("gpg --dearmor -o {place}") };
    let edit = Edit::replace(span, store);
    Fix::new(Safety::Unsafe, title, [edit]).filter(|_| !taken)
}
