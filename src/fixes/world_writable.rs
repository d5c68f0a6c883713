//! World-writable files (`chmod 777`): an unprivileged user can write them until someone tightens the mode. So the user gets
//! to own them when the program is changed to run as that user.

use crate::commands::chmod::{is_world_writable, mode, targets};
use crate::fixes::leave_root::Account;
use crate::knowledge::bases;
use crate::knowledge::command_lines::ANOTHER_GROUP;
use crate::knowledge::file_kinds::{Kind, kind};
use crate::knowledge::os::Distro;
use crate::knowledge::paths;
use crate::model::{Model, Stage, Step, Tri};
use crate::shell::{Arg, Command, rewrite};
use crate::syntax::Keyword;
use crate::text::{Edit, Span};

/// The edits, and what they cover.
#[derive(Default)]
pub(super) struct Opened {
    /// A `chown` after each `chmod`.
    pub(super) edits: Vec<Edit>,
    /// The directories whose owner these change, as far as they are literal.
    pub(super) folders: Vec<String>,
    /// The COPY and ADD instructions whose files are world-writable, by index.
    pub(super) copies: Vec<usize>,
}

/// `Err`: why the account cannot own them.
pub(super) fn opened<'a>(stage: &Stage<'a>, model: &Model<'a>, account: &Account) -> Result<Opened, String> {
    let mut found = Opened::default();
    for step in &stage.steps {
        match step.keyword() {
            Keyword::Copy | Keyword::Add => {
                let open = step.flag("chmod").and_then(|flag| flag.text()).is_some_and(|mode| is_world_writable(&mode));
                if open && step.flag("chown").is_none() && !step.copy_dest(model).is_some_and(is_program) {
                    if owner(stage, model, account, step.instruction.span.start()).is_none() {
                        return Err(
                            "the program could no longer write to what `--chmod` makes world-writable".to_owned()
                        );
                    }
                    found.copies.push(step.index);
                }
            }
            Keyword::Run => {
                for command in step.commands().iter() {
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
    let closed = || format!("the program could no longer write to what `{}` makes world-writable", command.name);
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
    let what = format!("chown {flag}{owner} {}", files.join(" "));
    let appended = step.script.as_ref().and_then(|script| rewrite::append(script, command, &what, model.source));
    // In a branch.
    let edit = appended.unwrap_or_else(|| Edit::insert(command.span.end(), format!(" && {what}")));
    Ok(Some((edit, literal)))
}

/// The only account besides root that the stage uses, and where it is created: with a group of its own name, by the tools of
/// a system that creates one. `None` if any other user may run something.
pub fn only_account<'a>(stage: &Stage<'a>, model: &Model<'a>) -> Option<(Span, String)> {
    let accounts = stage.made_accounts(model);
    let [(made, name)] = accounts.as_slice() else { return None };
    let image = stage.root_image(model)?;
    let os = bases::os(&image.familiar_name()?, image.tag_text())?;
    let has_groups = matches!(
        os.distro,
        Distro::Alpine
            | Distro::Alma
            | Distro::Centos
            | Distro::Debian
            | Distro::Fedora
            | Distro::Oracle
            | Distro::Rhel
            | Distro::Rocky
            | Distro::Ubuntu
    );
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let command = stage.run_commands(model).find(|command| command.span == *made)?;
    let other_group = command.has_flag(ANOTHER_GROUP) || command.place.conditional;
    let is_alone = |user: &str| matches!(user.split(':').next(), Some("root" | "0")) || user == name;
    let mut users = stage.history(model).filter(|step| step.keyword() == Keyword::User);
    let others = users.any(|step| !is_alone(model.source.slice(step.instruction.args_span)));
    let alone = !others && stage.base_runs_as_root(model) == Tri::Yes;
    (has_groups && is_plain && !other_group && alone).then(|| (*made, name.clone()))
}

/// `chmod -R 777 /data` → `chmod -R 775 /data && chgrp -R app /data`: the `chgrp`. `None` for directories of the system, for
/// files that are not known, and where it is not run as root.
pub fn share<'a>(step: &Step<'a>, command: &Command, group: &str, model: &Model<'a>) -> Option<Edit> {
    let files: Vec<&Arg> = targets(command).collect();
    let is_known = |file: &&Arg| {
        let literal = model.source.slice(file.span) == file.raw && !file.raw.contains(['\\', '\n']);
        literal && file.text.as_deref().is_some_and(|path| path.starts_with('/') && !is_of_system(path))
    };
    let as_root = step.runs_as_root(model) == Tri::Yes && !step.is_exec_form();
    if files.is_empty() || !files.iter().all(is_known) || !as_root {
        return None;
    }
    let flag = if command.has_flag(&["-R", "--recursive"]) { "-R " } else { "" };
    let files: Vec<&str> = files.iter().map(|file| file.raw.as_str()).collect();
    let script = step.script.as_ref().filter(|script| script.clean)?;
    rewrite::append(script, command, &format!("chgrp {flag}{group} {}", files.join(" ")), model.source)
}

/// The account's name or number in a step that may run before it is created; `None` if it does not have one there.
fn owner<'a, 'm>(stage: &Stage<'a>, model: &Model<'a>, account: &'m Account, at: usize) -> Option<&'m str> {
    if account.make.is_some() {
        return Some("10001:10001");
    }
    let number = account.owner.bytes().all(|byte| byte.is_ascii_digit() || byte == b':');
    let of_base = stage.base_accounts(model).iter().any(|base| base.name == Some(account.owner.as_str()));
    let made = || stage.made_accounts(model).iter().any(|(span, name)| *name == account.owner && span.end() <= at);
    (account.shell && (number || of_base || made())).then_some(account.owner.as_str())
}

/// Whether it is run, not written to.
pub fn is_program(path: &str) -> bool {
    const NAMES: [&str; 4] = ["gradlew", "mvnw", "entrypoint", "docker-entrypoint"];
    let mut parts = path.rsplit('/');
    let name = parts.next().unwrap_or_default();
    let in_bin = !name.is_empty() && parts.next().is_some_and(|folder| matches!(folder, "bin" | "sbin"));
    in_bin || NAMES.contains(&name) || kind(name).is(Kind::EXECUTABLE)
}

/// Whether it is a directory that root must keep, or a pattern that may match one.
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
