//! `ADD` where `COPY` does the same.

use crate::commands::chmod;
use crate::finding::prelude::*;
use crate::fixes::workdir;
use crate::knowledge::bases;
use crate::knowledge::directories::DIRECTORIES;
use crate::knowledge::file_kinds::{Kind, is_text, kind_of_ending};
use crate::knowledge::paths;
use crate::model::MAX_LATER_STEPS;
use crate::syntax::CopyArgs;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnInstruction(&[Keyword::Add], check)])
    .fix(Fixable::Sometimes)
    .aka(&["DL3020"]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(args) = step.copy() else { return };
    let own = ["checksum", "keep-git-dir", "unpack"];
    if args.dest.is_none() || own.iter().any(|flag| step.flag(flag).is_some()) {
        return;
    }
    let kinds: Option<Vec<bool>> =
        args.sources.iter().map(|word| is_plain(&word.unquoted(cx.model.file.escape), cx)).collect();
    let Some(kinds) = kinds else { return };
    let sure = kinds.iter().all(|plain| *plain) || is_used_as_file(step, args, cx) || is_put_as_file(step, args, cx);
    let keyword = if step.instruction.keyword_text.starts_with('a') { "copy" } else { "COPY" };
    let safety = if sure { Safety::Safe } else { Safety::Unsafe };
    let span = step.instruction.keyword_span;
    let whole = span.len() == "ADD".len();
    let place = destination(step, args, cx);
    let title = match place.as_ref().filter(|place| place.text.starts_with('/') && place.text.len() > 1) {
        Some(place) => format!("write `{keyword}`, with the destination `{}`", place.text),
        None => format!("write `{keyword}`"),
    };
    let edits = [Edit::replace(span, keyword)].into_iter().chain(place);
    let fix = Fix::new(safety, title, edits).filter(|_| whole);
    cx.report(span, "`ADD` is not needed here; use `COPY`")
        .help("use `COPY`; `ADD` is for URLs, Git repositories and archives to unpack")
        .fix(fix);
}

/// An edit that writes the same destination without relying on the base image's working directory, or on `.` being a
/// directory.
fn destination<'a>(step: &Step<'a>, args: &CopyArgs, cx: &Cx<'a>) -> Option<Edit> {
    let dest = args.dest.as_ref().filter(|dest| !args.json && cx.text(dest.span) == dest.text)?;
    if dest.text == "." {
        let several = args.sources.len() + step.instruction.heredocs.len() > 1;
        return several.then(|| Edit::insert(dest.span.end(), "/"));
    }
    let path = dest.text.strip_prefix("./").unwrap_or(&dest.text);
    let plain = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-_.+".contains(&byte));
    let below = !path.starts_with('/') && path.split('/').all(|part| part != "." && part != "..");
    if path.is_empty() || !plain || !below || step.state.workdir.is_some() {
        return None;
    }
    let stage = cx.model.stage(step.stage).filter(|stage| !stage.windows)?;
    let name = stage.root_image(cx.model).and_then(|image| image.familiar_name());
    let in_root = stage.is_from_scratch(cx.model) || name.and_then(|name| bases::workdir(&name)) == Some("/");
    // A separate working directory is better, where possible.
    let stays = in_root && workdir::needed(stage, cx.model).is_none();
    stays.then(|| Edit::replace(dest.span, format!("/{path}")))
}

/// Whether a source is certainly not an archive; `None` if `ADD` may do something with it that `COPY` does not.
fn is_plain(source: &str, cx: &Cx<'_>) -> Option<bool> {
    let remote = source.contains("://") || source.starts_with("git@") || source.starts_with("github.com/");
    if remote || source.contains(['$', '{', '<', '%']) {
        return None;
    }
    let name = source.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    if is_text(name) {
        return Some(true);
    }
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    if ending.is_some_and(|ending| kind_of_ending(ending).is(Kind::TARBALL)) || name.contains(".tar.") {
        return None;
    }
    if source.ends_with('/') || matches!(name, "" | "." | "..") {
        return Some(true);
    }
    if source.contains(['*', '?', '[']) {
        // `*` may match an archive, `*.conf` does not.
        let literal = ending.filter(|ending| !ending.contains(['*', '?', '[', ']']))?;
        return is_no_archive(literal).then_some(true);
    }
    if let Some(context) = cx.model.context.filter(|context| context.is_sure()) {
        let path = crate::context::path::in_context(source);
        if context.is_dir(&path) || context.read(&path).is_some_and(|text| !text.contains(['\0', '\u{1a}', '\u{fffd}']))
        {
            return Some(true);
        }
    }
    Some(ending.map_or_else(|| DIRECTORIES.contains(&name), is_no_archive))
}

/// Whether the place of a single source is one for a file that is no archive: by its own ending, or by its directory.
fn is_put_as_file<'a>(step: &Step<'a>, args: &CopyArgs, cx: &Cx<'a>) -> bool {
    let ([source], Some(dest)) = (args.sources.as_slice(), step.copy_dest(cx.model)) else { return false };
    let name = source.text.rsplit('/').next().unwrap_or_default();
    let path = if dest.ends_with('/') { format!("{dest}{name}") } else { dest.to_owned() };
    let Some((directory, name)) = path.rsplit_once('/') else { return false };
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    match ending {
        Some(ending) => is_no_archive(ending) && !dest.ends_with('/'),
        None => paths::SEARCH_PATH.contains(&directory) || paths::of_files(directory),
    }
}

/// Whether what a single source becomes is run, or made executable, by a later command or when the container starts: an
/// archive would have become a directory.
fn is_used_as_file<'a>(step: &Step<'a>, args: &CopyArgs, cx: &Cx<'a>) -> bool {
    let [source] = args.sources.as_slice() else { return false };
    let Some((stage, dest)) = cx.model.stage(step.stage).zip(step.copy_dest(cx.model)) else { return false };
    let name = source.text.rsplit('/').next().unwrap_or_default();
    let path = if dest.ends_with('/') { format!("{dest}{name}") } else { dest.to_owned() };
    let later = stage.all_from(Keyword::Run, step.index + 1);
    let start = [stage.entrypoint(cx.model), stage.cmd(cx.model)].into_iter().flatten();
    let mut commands = later.chain(start).limited(MAX_LATER_STEPS).flat_map(|other| other.commands());
    commands.any(|command| {
        let made = command.is("chmod") && !command.has_flag(&["-R", "--recursive"]);
        command.path == path || made && chmod::targets(command).any(|target| target.text.as_deref() == Some(&path))
    })
}

/// Whether a file with this ending is certainly not an archive that `ADD` unpacks.
fn is_no_archive(ending: &str) -> bool {
    let kind = kind_of_ending(ending);
    !kind.is_unknown() && !kind.is(Kind::TARBALL) && !matches!(ending, "bin" | "run")
}
