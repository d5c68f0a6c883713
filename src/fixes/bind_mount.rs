//! Files that are copied for the next step only: mounted instead, so that no layer contains them.

use crate::commands::cleanup::{Removed, normal_path};
use crate::finding::{Fix, Safety};
use crate::fixes::line_end;
use crate::fixes::run_script::remove_lines;
use crate::model::{Model, Step};
use crate::shell::{Command, rewrite};
use crate::text::Edit;

/// After more steps it is not looked at what they have put where.
const MAX_STEPS: usize = 200;

/// Lines that are longer are broken after the mount.
const LONG: usize = 100;

/// Replaces a `COPY` with a mount in the `RUN` right after it, which removes the files at its end. `None` if it is not
/// known what is copied where, or if the files may be mixed with others.
pub fn mount_instead<'a>(copied: &Step<'a>, run: &Step<'a>, removed: &Removed, model: &Model<'a>) -> Option<Fix> {
    let neighbors = copied.stage == run.stage && copied.index + 1 == run.index;
    let plain = !copied.is_kept && copied.instruction.heredocs.is_empty() && run.instruction.heredocs.is_empty();
    if !neighbors || !plain || copied.is_numbered(model) || run.is_exec_form() {
        return None;
    }
    if copied.instruction.flags.iter().any(|flag| flag.name != "from") {
        return None;
    }
    let [source] = copied.copy()?.sources.as_slice() else { return None };
    let source = model.expand(copied, source).value?;
    let dest = copied.copy_dest(model)?;
    let is_plain = |text: &str| !text.contains(['*', '?', '[', ',', '"', '\'', ' ', '$', '\\', '<']);
    if !is_plain(&source) || !is_plain(dest) || source.contains("://") {
        return None;
    }
    let target = target(copied, run, &source, dest, model)?;
    let exact = removed.path == normal_path(&target) && !removed.partial && !removed.contents;
    if !exact || target == "/" || holds_more(copied, &target, model) {
        return None;
    }
    let gone = without_removal(run, removed, model)?;
    let from = copied.flag("from").and_then(|flag| flag.text()).map(|from| format!("from={from},")).unwrap_or_default();
    let source = source.trim_end_matches('/');
    let path = if matches!(source, "." | "") { String::new() } else { format!("source={source},") };
    let flag = format!(" --mount=type=bind,{from}{path}target={target},rw");
    let start = run.instruction.keyword_span.end();
    let rest = model.source.text()[start..].lines().next().unwrap_or_default();
    // A flag and a command that are too long for one line.
    let joint = match rest.len() > 2 && flag.len() + rest.len() > LONG {
        true => format!(" {}{}{}", model.file.escape.as_char(), line_end(model.source), indentation(run, model)),
        false => String::new(),
    };
    let mount = Edit::insert(start, flag + &joint);
    let lines = remove_lines(model, copied.instruction.lines_span());
    // The comment on the copy goes with it, unless it is about both.
    let comment = run.comment_above(model);
    let own = copied.comment_above(model);
    let own = (!comment.is_empty() && !own.is_empty()).then(|| Edit::delete(own));
    let edits = own.into_iter().chain([lines, mount, gone]);
    Fix::new(Safety::Unsafe, "mount the files instead of copying them", edits)
}

/// Where the files are in the image: the directory whose contents are copied, or the file. `None` if it is not known
/// which of them the source is.
fn target<'a>(copied: &Step<'a>, run: &Step<'a>, source: &str, dest: &str, model: &Model<'a>) -> Option<String> {
    let folder = dest.trim_end_matches('/');
    let name = source.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let file = if dest.ends_with('/') { format!("{folder}/{name}") } else { dest.to_owned() };
    let context = model.context.filter(|context| context.is_sure() && copied.flag("from").is_none());
    if source.ends_with('/') || matches!(name, "." | "") || context.is_some_and(|context| context.is_dir(source)) {
        return Some(folder.to_owned());
    }
    let words = run.commands().iter().flat_map(|command| {
        let path = (!command.path.is_empty()).then_some(command.path.as_str());
        path.into_iter().chain(command.args.iter().filter_map(|arg| arg.known()))
    });
    let mut words = words.filter_map(|word| run.resolve(model, word));
    // A file of which the step reads nothing below, or a directory in which it does.
    let below = |word: &str, parent: &str| {
        word.strip_prefix(parent).and_then(|rest| rest.strip_prefix('/')).is_some_and(|rest| !rest.is_empty())
    };
    let has_ending = name.rsplit_once('.').is_some_and(|(stem, _)| !stem.is_empty());
    if context.is_some_and(|context| context.exists(source)) || has_ending && words.clone().any(|word| word == file) {
        return (!words.any(|word| below(&word, &file))).then_some(file);
    }
    // A step that reads something below it, as only a directory has.
    words.any(|word| below(&word, folder) && (file == folder || !word.starts_with(&file))).then(|| folder.to_owned())
}

/// Whether an earlier step may have put something else there, which the mount would hide.
fn holds_more<'a>(copied: &Step<'a>, target: &str, model: &Model<'a>) -> bool {
    let Some(stage) = model.stage(copied.stage).filter(|_| copied.index <= MAX_STEPS) else { return true };
    let inside = format!("{target}/");
    stage.steps[..copied.index].iter().any(|step| {
        let brings = step.brings(model).iter().any(|file| file.path == target || file.path.starts_with(&inside));
        brings || step.commands().iter().any(|command| command.args.iter().any(|arg| arg.known() == Some(target)))
    })
}

/// How the second line of a step is indented, without the space that follows the mount.
fn indentation(run: &Step<'_>, model: &Model<'_>) -> String {
    let text = model.source.slice(run.instruction.span);
    let joins = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with(['&', '|', '#']);
    let second = text.lines().nth(1).filter(|line| !joins(line));
    let indent = second.map_or("    ", |line| &line[..line.len() - line.trim_start().len()]);
    indent.strip_suffix(' ').unwrap_or(indent).to_owned()
}

/// The edit that omits the removal.
fn without_removal<'a>(run: &Step<'a>, removed: &Removed, model: &Model<'a>) -> Option<Edit> {
    let script = run.script.as_ref().filter(|script| script.clean)?;
    let is_removal = |command: &&Command| command.is("rm") && command.full_span().contains(removed.span);
    let command = script.commands.iter().find(is_removal)?;
    if command.place.conditional || command.place.depth > 0 || command.place.scope > 0 || !command.wrappers.is_empty() {
        return None;
    }
    if command.operands().count() > 1 {
        let arg = command.args.iter().find(|arg| arg.span == removed.span)?;
        return rewrite::drop_arg(command, arg, model.source);
    }
    rewrite::remove(script, command, model.source).or_else(|| rewrite::remove_last(script, command, model.source))
}
