//! Finds `apt-key` commands that add a key.

use crate::commands::download::{Output, downloads};
use crate::commands::packages::refreshes_index;
use crate::finding::prelude::*;
use crate::knowledge::bases;
use crate::knowledge::hosts::SELF_ENTERED;
use crate::knowledge::os::Distro;
use crate::shell::{Arg, rewrite};

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
    let release = release(step, cx.model);
    let mut found = cx.report(command.name_span.cover(verb.span), message);
    found.variant(variant).help(
        "store the key in `/usr/share/keyrings/NAME.asc` and reference it in the repository's entry: `deb [signed-by=/usr/share/keyrings/NAME.asc] https://…`",
    );
    if release == Some(Release::Old) {
        // There is no other way to trust a key than for every repository.
        found.at_most(Level::Note);
    } else {
        found.fix(fix(command, step, release, cx));
    }
}

/// What the apt of a release reads.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Release {
    /// No `signed-by` (before 1.1: Debian 8, Ubuntu 14.04).
    Old,
    /// `signed-by`, but no ASCII-armored keys (before 1.4: Ubuntu 16.04).
    Binary,
    /// Both.
    Armored,
}

/// `None` if the base image is not known.
fn release(step: &Step<'_>, model: &Model<'_>) -> Option<Release> {
    let image = model.stage(step.stage)?.root_image(model)?;
    let os = bases::os(&image.familiar_name()?, image.tag_text())?;
    let major = os.version.as_deref()?.split('.').next()?.parse::<u32>().ok()?;
    match (os.distro, major) {
        (Distro::Debian, ..=8) | (Distro::Ubuntu, ..=15) => Some(Release::Old),
        (Distro::Ubuntu, 16..=17) => Some(Release::Binary),
        (Distro::Debian | Distro::Ubuntu, _) => Some(Release::Armored),
        _ => None,
    }
}

/// Where a key goes, and the edits that make its repository's entry refer to it.
struct Keyring {
    /// Without its ending.
    path: String,
    entries: Vec<Edit>,
    safety: Safety,
}

fn fix(command: &Command, step: &Step<'_>, release: Option<Release>, cx: &Cx<'_>) -> Option<Fix> {
    // What an ONBUILD adds is for another image.
    if step.is_exec_form() || step.is_kept {
        return None;
    }
    if command.args.first().is_some_and(|verb| verb.is("adv")) {
        received(command, step, release, cx)
    } else {
        piped(command, step, release, cx)
    }
}

/// `apt-key adv --recv-keys KEY` → the same by gpg, into a keyring of its own. `gnupg-ring:` is the format that apt reads,
/// and gpg 2 does not make the home directory that it needs for a keyserver.
fn received(command: &Command, step: &Step<'_>, release: Option<Release>, cx: &Cx<'_>) -> Option<Fix> {
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
    let other = || hex[hex.len() - 8..].to_ascii_lowercase();
    let ring = keyring(None, "gpg", step, release, cx).unwrap_or_else(|| Keyring {
        path: for_all(&other()),
        entries: Vec::new(),
        safety: Safety::Display,
    });
    let file = format!("{}.gpg", ring.path);
    let gpg = format!("gpg --homedir \"$(mktemp -d)\" --no-default-keyring --keyring gnupg-ring:{file}");
    // One line would be too long. Lines of the step itself show how they are joined.
    let script = step.script.as_ref()?;
    let open = format!("chmod 644 {file}");
    let joined = rewrite::append(script, command, &open, cx.source).filter(|edit| edit.text.contains('\n'));
    let open = joined.unwrap_or_else(|| {
        Edit::insert(command.full_span().end(), format!("{}{open}", rewrite::new_line(cx.source, script.span)))
    });
    let edits = [Edit::replace(command.name_span.cover(adv.span), gpg), open];
    let title = format!("store the key in its own keyring, `{file}`");
    Fix::new(ring.safety, title, edits.into_iter().chain(ring.entries))
}

/// `… | apt-key add -` → `… | tee /usr/share/keyrings/NAME.asc`, for an ASCII-armored key from a URL. On releases whose apt
/// does not read such files gpg writes what it reads.
fn piped(command: &Command, step: &Step<'_>, release: Option<Release>, cx: &Cx<'_>) -> Option<Fix> {
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
    let name = domain(host)?;
    // Two keys with the same name would share a file.
    let taken = keys(cx.model).take(MAX_KEYS + 1).count() > MAX_KEYS
        || keys(cx.model).count() > 1 && cx.source.text().matches(host).count() > entries(step, cx).count() + 1;
    let end = if release == Some(Release::Armored) { "asc" } else { "gpg" };
    let ring = keyring(Some(host), end, step, release, cx).unwrap_or_else(|| Keyring {
        path: for_all(name),
        entries: Vec::new(),
        safety: Safety::Display,
    });
    let place = format!("{}.{end}", ring.path);
    let store = if end == "asc" { format!("tee {place}") } else { format!("gpg --dearmor -o {place}") };
    let edit = match to_file(before, command, &place).filter(|_| end == "asc") {
        Some(output) => output,
        None => vec![Edit::replace(command.name_span.cover(dash.span), store)],
    };
    let title = format!("store the key in its own file, `{place}`");
    Fix::new(ring.safety, title, edit.into_iter().chain(ring.entries)).filter(|_| !taken)
}

/// Lets a download write to a file instead of a pipe: `curl -fsSL URL -o FILE`, `wget -qO FILE URL`. The log then does not
/// contain the key, and a failure is noticed.
fn to_file(download: &Command, reader: &Command, place: &str) -> Option<Vec<Edit>> {
    let plain = reader.wrappers.is_empty() && download.redirects.is_empty() && reader.redirects.is_empty();
    let end = download.gap_to(reader)?.cover(reader.full_span());
    match download.name.as_str() {
        _ if !plain => None,
        "curl" if !download.has_flag(&["-o", "-O", "--output", "--remote-name"]) => {
            Some(vec![Edit::replace(end, format!(" -o {place}"))])
        }
        "wget" => {
            let dash = download.args.iter().position(|arg| arg.raw == "-" || arg.raw.ends_with("O-"))?;
            let arg = &download.args[dash];
            let named = arg.raw.len() > 1 || dash > 0 && download.args[dash - 1].raw.ends_with('O');
            let at = Span::new(arg.span.end() - 1, arg.span.end());
            let gap = if arg.raw.len() > 1 { " " } else { "" };
            named.then(|| vec![Edit::replace(at, format!("{gap}{place}")), Edit::delete(end)])
        }
        _ => None,
    }
}

/// Where apt takes keys for every repository from.
fn for_all(name: &str) -> String {
    format!("/etc/apt/trusted.gpg.d/{name}")
}

/// `example` of `repo.example.com`.
fn domain(host: &str) -> Option<&str> {
    let name = host.split(':').next()?.rsplit('.').nth(1)?;
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-').then_some(name)
}

/// The commands of the file that add a key.
fn keys<'m>(model: &'m Model<'_>) -> impl Iterator<Item = &'m Command> {
    let verb = |arg: &Arg| arg.is("add") || arg.is("adv");
    let adds = move |command: &&Command| command.is("apt-key") && command.args.iter().any(verb);
    model.runs().flat_map(|(_, script)| &script.commands).filter(adds)
}

/// The keyring of the one repository that the stage adds, or that is on the key's host. `None` if it is not known which
/// repository a key is for, or if the base image's apt may not support `signed-by`.
fn keyring(host: Option<&str>, end: &str, step: &Step<'_>, release: Option<Release>, cx: &Cx<'_>) -> Option<Keyring> {
    release.filter(|release| *release != Release::Old)?;
    let stage = cx.model.stage(step.stage)?;
    // An entry that is copied or downloaded may need the key.
    let fetches = |command: &Command| {
        let Some(download) = downloads(command) else { return false };
        let output = match &download.output {
            Output::File(file) => Some(file),
            _ => command.stdout_file(),
        };
        output.is_some_and(|file| file.lexeme().starts_with("/etc/apt/sources"))
    };
    let brings = |step: &Step<'_>| {
        let copies = step.copy().is_some() && cx.text(step.instruction.span).contains("/etc/apt");
        copies || step.commands().iter().any(fetches)
    };
    if keys(cx.model).take(MAX_KEYS + 1).count() > MAX_KEYS || stage.steps.iter().any(brings) {
        return None;
    }
    let only = keys(cx.model).nth(1).is_none();
    let is_near = |entry: &Entry<'_>| only || host.is_some_and(|host| domain(host) == domain(entry.host));
    let own: Vec<Entry<'_>> = entries(step, cx).filter(is_near).collect();
    let first = own.first()?;
    if own
        .iter()
        .any(|entry| entry.host != first.host || entry.signed || !entry.plain || SELF_ENTERED.contains(&entry.host))
    {
        return None;
    }
    // Another key from there may be for the same repository.
    let domain_name = domain(first.host)?;
    if !only && keys(cx.model).filter(|command| names_domain(command, domain_name, cx)).count() > 1 {
        return None;
    }
    let name = first.file.as_deref().unwrap_or(domain_name);
    let path = format!("/usr/share/keyrings/{name}");
    // `add-apt-repository` of older releases knows no such option, so that the file is written without it.
    let written = match own.iter().find(|entry| entry.is_parsed) {
        Some(_) if own.len() > 1 => return None,
        Some(entry) => entry.written(name, cx)?,
        None => Vec::new(),
    };
    let entries = own.iter().map(|entry| match entry.has_options {
        // `[ arch=amd64 ]`
        true if cx.text(Span::new(entry.at, entry.at + 2)).ends_with(' ') => {
            Edit::insert(entry.at + 1, format!(" signed-by={path}.{end}"))
        }
        true => Edit::insert(entry.at + 1, format!("signed-by={path}.{end} ")),
        false => Edit::insert(entry.at, format!("[signed-by={path}.{end}] ")),
    });
    Some(Keyring { entries: entries.chain(written).collect(), path, safety: Safety::Unsafe })
}

/// Whether the line of a command contains the domain: `curl https://DOMAIN/key | apt-key add -`.
fn names_domain(command: &Command, domain: &str, cx: &Cx<'_>) -> bool {
    let line = cx.source.line_span(cx.source.line_index(command.span.start()));
    cx.text(line).contains(domain)
}

/// A repository's entry, `deb [options] URL …`, as an argument of a command.
struct Entry<'a> {
    /// Where the options or the URL start.
    at: usize,
    has_options: bool,
    host: &'a str,
    /// It refers to a key already.
    signed: bool,
    /// One line in one word.
    plain: bool,
    /// The name of the file that it is written to, without `.list`.
    file: Option<String>,
    /// It is an argument of `add-apt-repository`, which reads it and writes an entry of its own.
    is_parsed: bool,
    command: &'a Command,
    script: &'a Script,
}

impl Entry<'_> {
    /// `add-apt-repository 'deb …'` → `echo 'deb …' > /etc/apt/sources.list.d/NAME.list`, where the package index is
    /// fetched right after it: `add-apt-repository` may have done that as well.
    fn written(&self, name: &str, cx: &Cx<'_>) -> Option<Vec<Edit>> {
        let command = self.command;
        let plain = command.wrappers.is_empty() && command.assignments.is_empty() && command.redirects.is_empty();
        let alone = command.place.pipe_len <= 1 && !command.place.background && !command.place.conditional;
        let yes = |arg: &Arg| arg.is("-y") || arg.is("--yes");
        let entry = command.args.iter().find(|arg| !yes(arg))?;
        let only = command.args.iter().filter(|arg| !yes(arg)).count() == 1;
        let next = self.script.after(command).next();
        let fetched = next.is_some_and(|next| refreshes_index(next).is_some() && !next.place.conditional);
        if !plain || !alone || !only || !fetched {
            return None;
        }
        let file = format!("/etc/apt/sources.list.d/{name}.list");
        let start = Span::new(command.name_span.start(), entry.span.start());
        let end = Span::new(entry.span.end(), command.full_span().end());
        let free = !cx.text(start).contains('\n') && !cx.source.text().contains(&file);
        free.then(|| vec![Edit::replace(start, "echo "), Edit::replace(end, format!(" > {file}"))])
    }
}

/// The entries that the stage of a step writes for repositories of others than the distribution.
fn entries<'m>(step: &Step<'_>, cx: &'m Cx<'_>) -> impl Iterator<Item = Entry<'m>> {
    let stage = cx.model.stage(step.stage);
    let scripts = stage.into_iter().flat_map(|stage| &stage.steps).filter_map(|step| step.script.as_ref());
    let commands = scripts.flat_map(|script| script.commands.iter().map(move |command| (script, command)));
    let args = commands.flat_map(|(script, command)| command.args.iter().map(move |arg| (script, command, arg)));
    args.filter_map(|(script, command, arg)| {
        let text = cx.text(arg.span);
        let inner = text.trim_start_matches(['"', '\'']);
        let rest = inner
            .strip_prefix("deb-src ")
            .or_else(|| inner.strip_prefix("deb "))
            .or_else(|| (inner == "deb").then_some(""))?;
        let rest = rest.trim_start();
        let at = arg.span.start() + (text.len() - rest.len());
        let (_, url) = rest.split_once("://")?;
        let host = url.split(['/', ' ', '"', '\'', ':']).next()?;
        let official = host.ends_with("ubuntu.com") || host.ends_with("debian.org") || host.contains("mirror");
        let signed = rest.contains("signed-by");
        let one_line = text.matches("://").count() == 1;
        let plain = one_line && text.len() > inner.len() && !text.contains('\n');
        let file = written_to(command, script);
        let has_options = rest.starts_with('[');
        let is_parsed = command.is_any(&["add-apt-repository", "apt-add-repository"]);
        (!official).then_some(Entry { at, has_options, host, signed, plain, file, is_parsed, command, script })
    })
}

/// `name` of `… > /etc/apt/sources.list.d/name.list`, or `… | tee …`.
fn written_to(command: &Command, script: &Script) -> Option<String> {
    let next = || {
        let mut near = script.after(command).take(NEAR);
        near.find(|other| other.place.pipeline == command.place.pipeline && other.is("tee"))?.operands().next()
    };
    let path = command.stdout_file().or_else(next)?.text.as_deref()?;
    let name = path.strip_prefix("/etc/apt/sources.list.d/")?.strip_suffix(".list")?;
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    (plain && !name.is_empty()).then(|| name.to_owned())
}

/// How many commands after one are searched for its pipe's `tee`.
const NEAR: usize = 64;
