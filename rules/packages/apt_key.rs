//! Finds `apt-key` commands that add a key.

use crate::commands::download::downloads;
use crate::finding::prelude::*;
use crate::knowledge::bases;
use crate::knowledge::os::Distro;

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

/// `… | apt-key add -` → `… | tee /etc/apt/trusted.gpg.d/NAME.asc`, on releases whose apt reads such files (Debian 9,
/// Ubuntu 18.04), for an ASCII-armoured key from a URL that suggests a name.
fn fix(command: &Command, step: &Step<'_>, cx: &Cx<'_>) -> Option<Fix> {
    let image = cx.model.stage(step.stage)?.root_image(cx.model)?;
    let os = bases::os(&image.familiar_name()?, image.tag_text())?;
    let major: u32 = os.version.as_deref()?.split('.').next()?.parse().ok()?;
    let reads = matches!((os.distro, major), (Distro::Debian, 9..) | (Distro::Ubuntu, 18..));
    let [add, dash] = &command.args[..] else { return None };
    if !reads || !add.is("add") || !dash.is("-") || command.place.pipe_index != 1 || command.place.pipe_len != 2 {
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
    let title = format!("store the key in its own file, `{name}.asc`");
    let edit = Edit::replace(span, format!("tee /etc/apt/trusted.gpg.d/{name}.asc"));
    Fix::new(Safety::Unsafe, title, [edit]).filter(|_| !taken)
}
