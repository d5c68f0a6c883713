//! Rules about the packages of languages: pip, npm, yarn, gem, go.

use super::Sink;
use super::cmd::Cmd;
use super::facts::{Line, unquoted};
use super::packages::ships;
use crate::knowledge::hadolint::{PIP_VALUES, REPOSITORIES, VERSION_SIGNS, YES};
use crate::syntax::{Args, Keyword};

pub(super) fn check(lines: &[Line<'_>], sink: &mut Sink<'_>) {
    // By stage: its name, and whether pip keeps no cache in it.
    let mut stages: Vec<(&str, bool)> = Vec::new();
    // The same of what `ONBUILD` keeps, which no stage ends.
    let mut kept = false;
    for line in lines {
        if let Some(from) = line.from() {
            let base = from.image.as_ref().map_or("", |word| word.text.as_str());
            let inherited = stages.iter().rev().find(|(name, _)| !name.is_empty() && *name == base);
            let inherited = inherited.is_some_and(|(_, set)| *set);
            stages.push((from.name.as_ref().map_or("", |word| word.text.as_str()), inherited));
        }
        let set = if line.onbuild { Some(&mut kept) } else { stages.last_mut().map(|(_, set)| set) };
        if let (Args::Pairs(pairs), Keyword::Env, Some(set)) = (&line.instruction.args, line.instruction.keyword, set) {
            let value = |pair: &crate::syntax::Pair| pair.value.as_ref().map(|it| unquoted(&it.text).to_lowercase());
            let off = |pair: &&crate::syntax::Pair| pair.name.text == "PIP_NO_CACHE_DIR";
            let sets = |value: String| YES.contains(&value.as_str());
            *set |= pairs.pairs.iter().filter(off).filter_map(value).any(sets);
        }
        let no_cache = if line.onbuild { kept } else { stages.last().is_some_and(|(_, set)| *set) };
        for command in line.commands() {
            pip(command, no_cache, line, sink);
            npm(command, line, sink);
            gem(command, line, sink);
            go(command, line, sink);
        }
        let installs = |command: &Cmd| command.name == "yarn" && command.has_arg(&["install"]);
        let cleans = |command: &Cmd| command.name == "yarn" && command.has_arg(&["cache", "clean"]);
        if line.commands().iter().any(installs)
            && !line.commands().iter().any(cleans)
            && !line.has_cache(&[".cache/yarn"])
            && ships(line, lines)
        {
            sink.add("DL3060", line);
        }
    }
}

fn is_pip_install(command: &Cmd) -> bool {
    let pip = command.name.starts_with("pip") && !command.name.starts_with("pipenv") && command.has_arg(&["install"]);
    let module = command.name.starts_with("python")
        && command.args.windows(3).any(|words| matches!([&*words[0], &*words[1], &*words[2]], ["-m", "pip", "install"]));
    pip || module
}

fn pip(command: &Cmd, no_cache: bool, line: &Line<'_>, sink: &mut Sink<'_>) {
    if !is_pip_install(command) {
        return;
    }
    let all = command.plain(PIP_VALUES);
    let after = all.iter().position(|word| *word == "install").map_or(0, |at| at + 1);
    let files = command.has_flag(&["r", "requirement", "c", "constraint"]) || command.has_arg(&["."]);
    let is_pinned = |word: &&str| {
        let is_repository = REPOSITORIES.iter().any(|start| word.starts_with(start));
        VERSION_SIGNS.iter().any(|sign| word.contains(sign))
            || word.ends_with(".whl")
            || word.ends_with(".tar.gz")
            || word.contains(if is_repository { '@' } else { '/' })
    };
    if !files && all[after..].iter().any(|word| !is_pinned(word)) {
        sink.add("DL3013", line);
    }
    let other = command.name.starts_with("pipx") || command.name.starts_with("pipenv");
    let cached = line.has_cache(&[".cache/pip"]);
    if !no_cache && !other && !cached && !command.has_flag(&["no-cache-dir"]) {
        sink.add("DL3042", line);
    }
}

fn npm(command: &Cmd, line: &Line<'_>, sink: &mut Sink<'_>) {
    let words = command.plain(&["loglevel", "registry"]);
    if command.name != "npm" || words.first() != Some(&"install") {
        return;
    }
    let is_pinned = |word: &&str| {
        let git = ["git://", "git+ssh://", "git+http://", "git+https://"].iter().any(|start| word.starts_with(start));
        let tarball = [".tar", ".tar.gz", ".tgz"].iter().any(|end| word.ends_with(end));
        let path = ["/", "./", "../", "~/"].iter().any(|start| word.starts_with(start));
        let version = word.strip_prefix('@').unwrap_or(word).contains('@');
        if git { word.contains('#') } else { tarball || path || version }
    };
    if words[1..].iter().any(|word| !is_pinned(word)) {
        sink.add("DL3016", line);
    }
}

fn gem(command: &Cmd, line: &Line<'_>, sink: &mut Sink<'_>) {
    if command.name != "gem" || !command.has_arg(&["install", "i"]) || command.has_flag(&["v", "version"]) {
        return;
    }
    let mut skip = false;
    let gem = |word: &&String| {
        // What follows a flag is its value, also if it looks like a flag.
        let is_value = std::mem::take(&mut skip);
        skip = !is_value && word.starts_with('-');
        !skip && !is_value && !matches!(word.as_str(), "install" | "i")
    };
    let gems: Vec<_> = command.args.iter().take_while(|word| *word != "--").filter(gem).collect();
    if gems.iter().any(|gem| !gem.contains(':')) {
        sink.add("DL3028", line);
    }
}

fn go(command: &Cmd, line: &Line<'_>, sink: &mut Sink<'_>) {
    let words = command.plain(&[]);
    if command.name != "go" || !matches!(words.first(), Some(&("install" | "get" | "run"))) {
        return;
    }
    let is_pinned = |word: &&str| match word.split_once('@') {
        Some((_, version)) => !matches!(version, "latest" | "none"),
        None => word.starts_with(['.', '/']),
    };
    if words[1..].iter().any(|word| !is_pinned(word)) {
        sink.add("DL3062", line);
    }
}
