//! Files that are copied for the next step only: mounted instead, so that no layer contains them.

use crate::commands::cleanup::{Removed, normal_path};
use crate::commands::download::extracts;
use crate::commands::packages::installs;
use crate::finding::{Fix, Safety};
use crate::fixes::line_end;
use crate::fixes::run_script::remove_lines;
use crate::knowledge::file_kinds::{Kind, kind};
use crate::knowledge::programs::Class;
use crate::model::{Model, Step, join_path, lies_below};
use crate::shell::{Arg, Command, rewrite};
use crate::syntax::Keyword;
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
    let (target, is_file) = target(copied, run, &source, dest, model)?;
    let exact = removed.path == normal_path(&target) && !removed.partial && !removed.contents;
    if !exact || target == "/" || holds_more(copied, &target, model) {
        return None;
    }
    let gone = without_removal(run, removed, model)?;
    let from = copied.flag("from").and_then(|flag| flag.text()).map(|from| format!("from={from},")).unwrap_or_default();
    let source = source.trim_end_matches('/');
    let path = if matches!(source, "." | "") { String::new() } else { format!("source={source},") };
    let read = is_file && run.commands_in(model).all(|(command, folder)| {
        command.full_span().contains(removed.span) || only_reads(command, folder.as_deref(), &target)
    });
    let write = if read { "" } else { ",rw" };
    let flag = format!(" --mount=type=bind,{from}{path}target={target}{write}");
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

/// Where the files are in the image: the directory whose contents are copied, or the file, and whether it is a file.
/// `None` if it is not known which of them the source is.
fn target<'a>(copied: &Step<'a>, run: &Step<'a>, source: &str, dest: &str, model: &Model<'a>) -> Option<(String, bool)> {
    let folder = dest.trim_end_matches('/');
    let name = source.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let file = if dest.ends_with('/') { format!("{folder}/{name}") } else { dest.to_owned() };
    let context = model.context.filter(|context| context.is_sure() && copied.flag("from").is_none());
    if source.ends_with('/') || matches!(name, "." | "") || context.is_some_and(|context| context.is_dir(source)) {
        return Some((folder.to_owned(), false));
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
        return (!words.any(|word| below(&word, &file))).then_some((file, true));
    }
    // A step that reads something below it, as only a directory has.
    let is_folder = words.any(|word| below(&word, folder) && (file == folder || !word.starts_with(&file)));
    is_folder.then(|| (folder.to_owned(), false))
}

/// Whether an earlier step may have put something else there, which the mount would hide, and which would stay when the
/// removal goes.
fn holds_more<'a>(copied: &Step<'a>, target: &str, model: &Model<'a>) -> bool {
    let Some(stage) = model.stage(copied.stage).filter(|_| copied.index <= MAX_STEPS) else { return true };
    let mut before = stage.history(model).take_while(|step| !std::ptr::eq(*step, copied));
    let names = |word: &str, folder: Option<&str>| {
        join_path(folder, word, false).is_some_and(|path| path == target || lies_below(&path, target))
    };
    let mut seen = 0;
    before.any(|step| {
        seen += 1;
        let brings = step.brings(model).iter().any(|file| file.path == target || lies_below(&file.path, target));
        let makes = |(command, folder): (&Command, Option<String>)| {
            let words = command.args.iter().filter_map(|arg| arg.known()).chain(command.stdout_file().and_then(Arg::known));
            words.map(|word| word.split_once('=').map_or(word, |(_, value)| value)).any(|word| names(word, folder.as_deref()))
        };
        seen > MAX_STEPS || brings || brings_tree(step, target, model) || step.commands_in(model).any(makes)
    })
}

/// Whether a step copies a directory to one above a path, and may bring that path with it.
fn brings_tree<'a>(step: &Step<'a>, target: &str, model: &Model<'a>) -> bool {
    let (Some(copy), Some(dest)) = (step.copy(), step.copy_dest(model)) else { return false };
    let dest = dest.trim_end_matches('/');
    let Some(rest) = target.strip_prefix(dest).and_then(|rest| rest.strip_prefix('/')) else { return false };
    let context = model.context.filter(|context| context.is_sure() && step.flag("from").is_none());
    copy.sources.iter().any(|source| {
        let source = source.text.trim_end_matches('/');
        let name = source.rsplit('/').next().unwrap_or_default();
        match context.filter(|_| !source.contains(['$', '*', '?', '['])) {
            Some(context) => context.exists(&format!("{source}/{rest}")),
            None => {
                let tarball = step.keyword() == Keyword::Add && kind(name).is(Kind::TARBALL);
                tarball || !is_of_file(name)
            }
        }
    })
}

/// Whether a name has the ending of a file: not `conf.d`, `root-3.12` or a pattern.
fn is_of_file(name: &str) -> bool {
    let ending = name.trim_start_matches('.').rsplit_once('.').map(|(_, ending)| ending);
    ending.is_some_and(|ending| {
        let number = ending.bytes().all(|byte| byte.is_ascii_digit());
        ending != "d" && !number && !ending.contains(['*', '?'])
    })
}

/// Whether a command leaves a file as it is.
fn only_reads(command: &Command, folder: Option<&str>, file: &str) -> bool {
    let names = |word: &str| {
        let path = join_path(folder, word, false);
        path.is_some_and(|path| path == file || lies_below(file, &path))
    };
    let own = (!command.path.is_empty()).then_some(command.path.as_str());
    let named = own.is_some_and(names) || command.args.iter().any(|arg| arg.known().is_some_and(names));
    if !named {
        return true;
    }
    let class = command.class();
    let installs = installs(command).is_some();
    let keeps = Class::QUERY.or(Class::CHECKSUM).or(Class::SIGNATURE).or(Class::PRINTS).or(Class::PACKAGE_DATABASE);
    let patches = command.is("patch") && command.args.windows(2).any(|two| two[0].is("-i") && two[1].known().is_some_and(names));
    let unpacks = command.is("tar") && extracts(command).is_some() && !command.has_flag(&["-C", "--directory"]);
    class.is(keeps) || installs || patches || unpacks
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
