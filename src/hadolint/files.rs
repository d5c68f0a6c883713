//! Rules about COPY and ADD, and archives.

use super::Sink;
use super::facts::{Line, unquoted};
use crate::knowledge::hadolint::{ARCHIVES, UNPACKERS};
use crate::syntax::{Args, CopyArgs, Keyword};

fn is_archive(path: &str) -> bool {
    ARCHIVES.iter().any(|end| path.ends_with(end))
}

pub(super) fn check(lines: &[Line<'_>], sink: &mut Sink<'_>) {
    for line in lines.iter().filter(|line| !line.onbuild) {
        let Args::Copy(copy) = &line.instruction.args else { continue };
        match line.instruction.keyword {
            Keyword::Add => add(copy, line, sink),
            _ => several(copy, line, sink),
        }
    }
    unpacked(lines, sink);
    relative(lines, sink);
}

fn add(copy: &CopyArgs, line: &Line<'_>, sink: &mut Sink<'_>) {
    let is_fine = |source: &str| {
        let source = unquoted(source);
        is_archive(source) || source.starts_with("http://") || source.starts_with("https://")
    };
    if copy.sources.iter().any(|source| !is_fine(&source.text)) {
        sink.add("DL3020", line);
    }
}

fn several(copy: &CopyArgs, line: &Line<'_>, sink: &mut Sink<'_>) {
    let ends = copy.dest.as_ref().is_some_and(|dest| unquoted(&dest.text).ends_with('/'));
    if copy.sources.len() > 1 && !ends {
        sink.add("DL3021", line);
    }
}

fn base_name(path: &str) -> &str {
    unquoted(path).rsplit(['/', '\\']).next().unwrap_or_default()
}

/// Archives that are copied, and unpacked later in the stage.
fn unpacked(lines: &[Line<'_>], sink: &mut Sink<'_>) {
    let mut copied: Vec<(&Line<'_>, &str)> = Vec::new();
    for line in lines.iter().filter(|line| !line.onbuild) {
        if line.is(Keyword::From) {
            copied.clear();
        }
        if let Args::Copy(copy) = &line.instruction.args
            && line.is(Keyword::Copy)
            && line.instruction.flag("from").is_none()
        {
            let dest = copy.dest.as_ref().map_or("", |dest| base_name(&dest.text));
            if is_archive(dest) {
                copied.push((line, dest));
            } else {
                let sources = copy.sources.iter().map(|source| base_name(&source.text));
                copied.extend(sources.filter(|source| is_archive(source)).map(|source| (line, source)));
            }
        }
        for command in line.commands() {
            let unpacks = UNPACKERS.contains(&command.name.as_str())
                || command.name == "tar"
                    && command.args.iter().any(|arg| {
                        let short = arg.starts_with('-') && !arg.starts_with("--") && arg.contains('x');
                        short || arg == "--extract" || arg == "--get"
                    });
            let names = |name: &str| command.args.iter().any(|arg| base_name(arg) == name);
            for (at, _) in copied.iter().filter(|(_, name)| unpacks && names(name)) {
                sink.add("DL3010", at);
            }
        }
    }
}

/// A relative target without a `WORKDIR`, in the stage or one it is based on.
fn relative(lines: &[Line<'_>], sink: &mut Sink<'_>) {
    let mut stages: Vec<(&str, bool)> = Vec::new();
    for line in lines.iter().filter(|line| !line.onbuild) {
        if let Some(from) = line.from() {
            let base = from.image.as_ref().map_or("", |word| word.text.as_str());
            let inherited = stages.iter().rev().find(|(name, _)| !name.is_empty() && *name == base);
            let inherited = inherited.is_some_and(|(_, set)| *set);
            stages.push((from.name.as_ref().map_or("", |word| word.text.as_str()), inherited));
        }
        let Some(stage) = stages.last_mut() else { continue };
        match (&line.instruction.args, line.instruction.keyword) {
            (_, Keyword::Workdir) => stage.1 = true,
            (Args::Copy(copy), Keyword::Copy) if !stage.1 => {
                let dest = copy.dest.as_ref().map_or("", |dest| unquoted(&dest.text));
                let is_drive = dest.as_bytes().get(1) == Some(&b':');
                if !dest.starts_with(['/', '$']) && !is_drive {
                    sink.add("DL3045", line);
                }
            }
            _ => {}
        }
    }
}
