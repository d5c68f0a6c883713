//! What a file opens to everybody (`chmod 777`): a plain user can write there, until somebody closes it. So it is given to
//! that user when the program becomes his.

use crate::commands::chmod::{is_world_writable, mode, targets};
use crate::fixes::leave_root::Account;
use crate::knowledge::file_kinds::{Kind, kind};
use crate::knowledge::paths;
use crate::model::{Model, Stage, Step};
use crate::shell::{Arg, Command};
use crate::syntax::Keyword;
use crate::text::Edit;

/// What is to be done about it.
#[derive(Default)]
pub(super) struct Opened {
    /// `chown` behind the `chmod`s.
    pub(super) edits: Vec<Edit>,
    /// What is given by these, as far as it is literal.
    pub(super) folders: Vec<String>,
    /// The COPY and ADD instructions whose files are open, by index.
    pub(super) copies: Vec<usize>,
}

/// `Err`: why it cannot be given to the account.
pub(super) fn opened<'a>(stage: &Stage<'a>, model: &Model<'a>, account: &Account) -> Result<Opened, String> {
    let mut found = Opened::default();
    for step in &stage.steps {
        match step.keyword() {
            Keyword::Copy | Keyword::Add => {
                let open = step.flag("chmod").and_then(|flag| flag.text()).is_some_and(|mode| is_world_writable(&mode));
                if open && step.flag("chown").is_none() && !step.copy_dest(model).is_some_and(is_program) {
                    if owner(stage, model, account, step.instruction.span.start()).is_none() {
                        return Err("what `--chmod` lets everybody write would be closed to it".to_owned());
                    }
                    found.copies.push(step.index);
                }
            }
            Keyword::Run => {
                for command in step.script.iter().flat_map(|script| &script.commands) {
                    if mode(command).and_then(|mode| mode.text).is_some_and(|mode| is_world_writable(&mode)) {
                        let Some((edit, files)) = given(stage, step, command, model, account)? else { continue };
                        found.edits.push(edit);
                        found.folders.extend(files);
                    }
                }
            }
            _ => {}
        }
    }
    Ok(found)
}

/// `chmod -R 777 /data` → `chmod -R 777 /data && chown -R app /data`: in the same layer, and in the words of the file.
fn given<'a>(
    stage: &Stage<'a>,
    step: &Step<'a>,
    command: &Command,
    model: &Model<'a>,
    account: &Account,
) -> Result<Option<(Edit, Vec<String>)>, String> {
    let files: Vec<&Arg> = match command.name.as_str() {
        "chmod" => targets(command).collect(),
        "mkdir" => command.operands().collect(),
        _ => Vec::new(),
    };
    let programs = |file: &&Arg| file.text.as_deref().is_some_and(is_program);
    if !files.is_empty() && files.iter().all(programs) {
        return Ok(None);
    }
    let closed = || format!("what `{}` lets everybody write would be closed to it", command.name);
    let text = |arg: &Arg| model.source.slice(arg.span) == arg.raw && !arg.raw.contains(['\\', '\n']);
    let place = &command.place;
    let plain = command.wrappers.is_empty()
        && command.redirects.is_empty()
        && command.assignments.is_empty()
        && place.pipe_len <= 1
        && !place.background
        && step.script.as_ref().is_some_and(|script| script.clean)
        && !step.is_exec_form();
    let of_system = |file: &&Arg| file.text.as_deref().is_none_or(is_of_system);
    if files.is_empty() || !plain || files.iter().any(of_system) || !files.iter().all(|file| text(file)) {
        return Err(closed());
    }
    let owner = owner(stage, model, account, command.span.start()).ok_or_else(closed)?;
    let flag = if command.name == "chmod" && command.has_flag(&["-R", "--recursive"]) { "-R " } else { "" };
    let literal =
        files.iter().filter_map(|file| Some(file.text.as_deref()?.trim_end_matches('/').to_owned())).collect();
    let files: Vec<&str> = files.iter().map(|file| file.raw.as_str()).collect();
    let edit = Edit::insert(command.span.end(), format!(" && chown {flag}{owner} {}", files.join(" ")));
    Ok(Some((edit, literal)))
}

/// What the account is called in a step that may come before it is made; `None` if it has no name there.
fn owner<'a, 'm>(stage: &Stage<'a>, model: &Model<'a>, account: &'m Account, at: usize) -> Option<&'m str> {
    if account.make.is_some() {
        return Some("10001:10001");
    }
    let number = account.owner.bytes().all(|byte| byte.is_ascii_digit() || byte == b':');
    let of_base = stage.base_accounts(model).iter().any(|base| base.name == Some(account.owner.as_str()));
    let made = || stage.made_accounts(model).iter().any(|(span, name)| *name == account.owner && span.end() <= at);
    (account.shell && (number || of_base || made())).then_some(account.owner.as_str())
}

/// Something that is run, and not written to.
pub fn is_program(path: &str) -> bool {
    const NAMES: [&str; 4] = ["gradlew", "mvnw", "entrypoint", "docker-entrypoint"];
    let mut parts = path.rsplit('/');
    let name = parts.next().unwrap_or_default();
    let in_bin = !name.is_empty() && parts.next().is_some_and(|folder| matches!(folder, "bin" | "sbin"));
    in_bin || NAMES.contains(&name) || kind(name).is(Kind::EXECUTABLE)
}

/// Folders that must stay root's, and what may be any of them.
fn is_of_system(path: &str) -> bool {
    let path = path.trim_end_matches(['/', '*']);
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let first = parts.next().unwrap_or_default();
    let system = paths::TOP_LEVEL.contains(&first) && !paths::OPEN_TOP_LEVEL.contains(&first);
    let top = (first.is_empty() || paths::OPEN_TOP_LEVEL.contains(&first)) && parts.next().is_none();
    path.starts_with(['/', '~']) && (system && !path.starts_with("/usr/src/") && !path.starts_with("/usr/share/"))
        || path.starts_with('/') && top
        || path.is_empty()
        || matches!(path, "." | ".." | "~")
}
