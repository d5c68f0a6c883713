//! Rules about the packages of operating systems: apt-get, apk, yum, dnf, zypper.

use std::collections::BTreeSet;

use super::Sink;
use super::cmd::Cmd;
use super::facts::Line;
use crate::knowledge::hadolint::{DNF_INSTALLS, ZYPPER_PROMPTS};
use crate::syntax::{Args, Keyword};

pub(super) fn check(lines: &[Line<'_>], sink: &mut Sink<'_>) {
    let mut declared: BTreeSet<&str> = BTreeSet::new();
    for line in lines {
        match (&line.instruction.args, line.instruction.keyword) {
            (_, Keyword::From) => declared.clear(),
            (Args::Pairs(pairs), Keyword::Arg | Keyword::Env) => {
                declared.extend(pairs.pairs.iter().map(|pair| pair.name.text.as_str()));
            }
            _ => {}
        }
        for command in line.commands() {
            apt(command, line, sink);
            apk(command, line, sink);
            zypper(command, line, sink);
            rpm(command, line, &declared, sink);
        }
    }
    package_lists(lines, sink);
}

fn apt(command: &Cmd, line: &Line<'_>, sink: &mut Sink<'_>) {
    if command.name != "apt-get" || !command.has_arg(&["install"]) {
        return;
    }
    let words = command.plain(&["t", "target-release"]);
    let is_pinned = |word: &&str| word.contains(['=', '/']) || word.ends_with(".deb");
    if words.iter().filter(|word| **word != "install").any(|word| !is_pinned(word)) {
        sink.add("DL3008", line);
    }
    let flags = command.flags();
    let quiet = flags.iter().filter(|flag| matches!(**flag, "q" | "quiet")).count();
    let answers = flags.iter().any(|flag| matches!(*flag, "y" | "yes" | "assume-yes")) || command.has_arg(&["-q=2"]);
    if !answers && quiet < 2 {
        sink.add("DL3014", line);
    }
    if !flags.contains(&"no-install-recommends") && !command.has_arg(&["APT::Install-Recommends=false"]) {
        sink.add("DL3015", line);
    }
}

fn apk(command: &Cmd, line: &Line<'_>, sink: &mut Sink<'_>) {
    if command.name != "apk" || !command.has_arg(&["add"]) {
        return;
    }
    let words = command.plain(&["t", "virtual", "repository", "X"]);
    let is_pinned = |word: &&str| word.contains(['=', '~', '>', '<']) || word.ends_with(".apk");
    if words.iter().filter(|word| **word != "add").any(|word| !is_pinned(word)) {
        sink.add("DL3018", line);
    }
    if !command.has_flag(&["no-cache"]) && !line.has_cache(&["/var/cache/apk"]) {
        sink.add("DL3019", line);
    }
}

/// The lists of `update`, in stages that ship.
fn package_lists(lines: &[Line<'_>], sink: &mut Sink<'_>) {
    for line in lines.iter().filter(|line| ships(line, lines)) {
        let updates = |command: &Cmd| command.is_any(&["apt", "apt-get", "aptitude"]) && command.has_arg(&["update"]);
        let cleans = |command: &Cmd| command.name == "rm" && command.has_arg(&["-rf", "/var/lib/apt/lists/*"]);
        let cached = line.has_cache(&["/var/lib/apt/lists"])
            || line.has_cache(&["/var/lib/apt"]) && line.has_cache(&["/var/cache/apt"]);
        if line.commands().iter().any(updates) && !line.commands().iter().any(cleans) && !cached {
            sink.add("DL3009", line);
        }
    }
}

/// Whether the stage of a line is the last one, or another is based on it.
pub(super) fn ships(line: &Line<'_>, lines: &[Line<'_>]) -> bool {
    let froms: Vec<&Line<'_>> = lines.iter().filter(|line| line.from().is_some()).collect();
    let Some(stage) = line.stage else { return true };
    if stage + 1 >= froms.len() {
        return true;
    }
    let name = froms.get(stage).and_then(|line| line.from()).and_then(|from| from.name.as_ref());
    name.is_some_and(|name| {
        froms[stage + 1..].iter().any(|line| {
            let image = line.from().and_then(|from| from.image.as_ref());
            image.is_some_and(|image| image.text == name.text)
        })
    })
}

fn zypper(command: &Cmd, line: &Line<'_>, sink: &mut Sink<'_>) {
    if command.name != "zypper" {
        return;
    }
    let installs = |command: &Cmd| command.name == "zypper" && command.has_arg(&["install", "in"]);
    let asks = command.has_arg(ZYPPER_PROMPTS);
    if asks && !command.has_flag(&["n", "non-interactive", "y", "no-confirm"]) {
        sink.add("DL3034", line);
    }
    if command.has_arg(&["dist-upgrade", "dup"]) {
        sink.add("DL3035", line);
    }
    if !installs(command) {
        return;
    }
    let cleans = |command: &Cmd| {
        command.name == "zypper" && command.has_arg(&["clean", "cc"])
            || command.name == "rm" && command.has_arg(&["-rf", "/var/cache/zypp/*"])
    };
    if !is_cleaned(line, installs, cleans) && !line.has_cache(&["/var/cache/zypp"]) {
        sink.add("DL3036", line);
    }
    let words = command.plain(&[]);
    let is_pinned = |word: &&str| word.contains(['=', '>', '<']) || word.ends_with(".rpm");
    if words.iter().filter(|word| !matches!(**word, "install" | "in")).any(|word| !is_pinned(word)) {
        sink.add("DL3037", line);
    }
}

fn rpm(command: &Cmd, line: &Line<'_>, declared: &BTreeSet<&str>, sink: &mut Sink<'_>) {
    let yum = command.name == "yum";
    if !yum && !command.is_any(&["dnf", "microdnf"]) {
        return;
    }
    let name = command.name.as_str();
    let (ask, clean, version) =
        if yum { ("DL3030", "DL3032", "DL3033") } else { ("DL3038", "DL3040", "DL3041") };
    if command.has_arg(&["install", "groupinstall", "localinstall"]) && !command.has_flag(&["y", "assumeyes"]) {
        sink.add(ask, line);
    }
    let verbs: &[&str] = match yum {
        true => &["install"],
        false => DNF_INSTALLS,
    };
    let cache = if yum { "/var/cache/yum/*" } else { "/var/cache/libdnf5*" };
    let cleans = |other: &Cmd| {
        other.name == name && other.has_arg(&["clean", "all"]) || other.name == "rm" && other.has_arg(&["-rf", cache])
    };
    let cached = !yum && line.has_cache(&["/var/cache/libdnf5", ".cache/libdnf5"]);
    let installs = |other: &Cmd| other.name == name && other.has_arg(verbs);
    if installs(command) && !is_cleaned(line, installs, cleans) && !cached {
        sink.add(clean, line);
    }
    if !command.has_arg(&["install"]) {
        return;
    }
    let words = command.plain(&[]);
    let modules = words.contains(&"module");
    let is_pinned = |word: &&str| match modules {
        true => word.contains(':'),
        false => has_version(word) || known_variable(word, declared),
    };
    let other = |word: &&&str| !matches!(**word, "install" | "module");
    if words.iter().filter(other).any(|word| !is_pinned(word)) && !words.contains(&"group") {
        sink.add(version, line);
    }
}

/// Whether the first command that cleans comes after the first that installs.
fn is_cleaned(line: &Line<'_>, installs: impl Fn(&Cmd) -> bool, cleans: impl Fn(&Cmd) -> bool) -> bool {
    let commands = line.commands();
    commands.iter().position(cleans) > commands.iter().position(installs)
}

/// `name-1.2-3.el9`: a dash and a digit begin a version, which reaches to the end.
fn has_version(word: &str) -> bool {
    let is_version = |char: char| char.is_ascii_alphanumeric() || ".~^_:+-".contains(char);
    let end = word.rfind(|char| !is_version(char)).map_or(0, |at| at + 1);
    let begins = word.as_bytes()[end.saturating_sub(1)..].windows(2).any(|pair| pair[0] == b'-' && pair[1].is_ascii_digit());
    begins || word.contains('-') && word.ends_with(".rpm")
}

/// `name-$NAME` with a variable that the stage declares.
fn known_variable(word: &str, declared: &BTreeSet<&str>) -> bool {
    word.contains('-') && declared.iter().any(|name| word.contains(&format!("${{{name}}}")) || word.contains(&format!("${name}")))
}
