//! Modes that let anyone write.

use std::cell::OnceCell;

use crate::commands::chmod::{closed, closed_to_others, is_group_writable, is_world_writable, mode, targets};
use crate::finding::prelude::*;
use crate::fixes::leave_root::may_leave_root;
use crate::fixes::world_writable::{is_program, only_account, share};
use crate::knowledge::comment_words::WRITABLE;
use crate::knowledge::variables;
use crate::model::{Numbers, Tri, Volume};
use crate::shell::Arg;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).linux_only().fix(Fixable::Sometimes);

/// A mode that lets anyone write, and whether it can be restricted.
struct Open {
    /// The word that contains the mode.
    span: Span,
    mode: String,
    /// The files belong to the user that runs the program, or no one has to write to them.
    settled: bool,
    /// Only programs and scripts, which run the same with the mode `755`.
    programs: bool,
    /// Open on purpose: a tool's directory, or a volume.
    meant: bool,
    /// Below a comment that says that it has to be written to.
    defended: bool,
    /// A `chgrp` to the only other account, and that account.
    group: Option<(Edit, String)>,
}

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let volumes = stage.volumes(cx.model).limited(16).collect();
    let facts = Facts { stage, model: cx.model, numbers: OnceCell::new(), account: OnceCell::new(), volumes };
    let open: Vec<Open> = stage.steps.iter().flat_map(|step| opened(step, &facts)).collect();
    if open.is_empty() {
        return;
    }
    // A build stage's modes may still change when its files are copied.
    // An image that starts as root and drops it may be meant to start as any user.
    let for_anybody = stage.steps_down(cx.model) != Tri::No;
    let warned = stage.in_final && !for_anybody;
    let leaves_root = may_leave_root(stage, cx.model);
    // The user it switches to may have to write there, and so may the user that another fix switches to, which
    // hands the files over.
    // And so may another account that the file creates: the container is often started as that.
    let others_write = for_anybody
        || stage.runs_as_root(cx.model) == Tri::No
        || !stage.made_accounts(cx.model).is_empty()
        || leaves_root;
    for Open { span, mode, settled, programs, meant, defended, group } in open {
        let level = if warned && !meant { Level::Warn } else { Level::Note };
        let shown = meant || defended || others_write && (for_anybody || !settled);
        let safety = match shown {
            true => Safety::Display,
            false if programs => Safety::Safe,
            false => Safety::Unsafe,
        };
        let at = Span::new(span.end().saturating_sub(mode.len()), span.end());
        // The account keeps what it may do: by its group instead of as anyone.
        let shared = group.filter(|_| shown && !meant && !defended && !for_anybody && !leaves_root);
        let shared = shared.zip(closed_to_others(&mode)).map(|((give, account), closed)| {
            let title = format!("let only the owner and the group `{account}` write: `{closed}`");
            (Safety::Unsafe, title, closed, Some(give))
        });
        let owned = || {
            let closed = closed(&mode)?;
            let who = if is_group_writable(&closed) { "the owner and the group" } else { "the owner" };
            Some((safety, format!("let only {who} write: `{closed}`"), closed, None))
        };
        let fix = shared.or_else(owned).filter(|_| cx.text(at) == mode);
        let fix = fix.and_then(|(safety, title, closed, give)| {
            Fix::new(safety, title, std::iter::once(Edit::replace(at, closed)).chain(give))
        });
        let mut found = cx.report(span, format!("mode `{mode}` lets anyone write"));
        found.at_most(level).help(
            "make the user that runs the program the owner (`COPY --chown`, `chown`), and let no one else write: `755` for \
             directories and programs, `644` for files",
        );
        found.fix(fix);
    }
}

/// What is asked for each file, computed once per stage.
struct Facts<'m, 'a> {
    stage: &'m Stage<'a>,
    model: &'m Model<'a>,
    numbers: OnceCell<Numbers>,
    account: OnceCell<Option<(Span, String)>>,
    volumes: Vec<Volume<'m, 'a>>,
}

impl Facts<'_, '_> {
    /// Whether the stage ends with this owner as its user.
    fn runs_it(&self, owner: &str) -> bool {
        let user = self.stage.end.user.as_ref().and_then(|user| user.value.as_deref());
        let numbers = || self.numbers.get_or_init(|| self.stage.numbers(self.model));
        user.is_some_and(|user| user == owner || numbers().is_same_user(user, owner))
    }
}

fn opened<'a>(step: &Step<'a>, facts: &Facts<'_, 'a>) -> Vec<Open> {
    let model = facts.model;
    let mut open = Vec::new();
    match step.keyword() {
        Keyword::Copy | Keyword::Add => {
            let Some(flag) = step.flag("chmod") else { return open };
            if let Some(mode) = flag.text().filter(|value| is_world_writable(value)) {
                let owner = step.flag("chown").and_then(|flag| flag.text());
                let programs = step.copy_dest(model).is_some_and(is_program);
                let settled = owner.is_some_and(|owner| facts.runs_it(&owner)) || programs;
                open.push(Open {
                    span: flag.span,
                    mode: mode.to_string(),
                    settled,
                    programs,
                    meant: false,
                    defended: step.mentions(WRITABLE, model),
                    group: None,
                });
            }
        }
        Keyword::Run => {
            let commands: Vec<&Command> = step.commands().iter().collect();
            let opens = commands.iter().any(|command| mode(command).is_some());
            let explained = opens && says_why(step, model);
            let defended = opens && step.mentions(WRITABLE, model);
            for (at, command) in commands.iter().enumerate() {
                let Some(arg) = mode(command) else { continue };
                let Some(mode) = arg.text.as_deref().filter(|text| is_world_writable(text)) else { continue };
                // A working directory that the step removes again.
                let gone = |arg: &Arg| {
                    let mut later = commands[at + 1..].iter().filter(|command| command.is("rm"));
                    later.any(|command| command.operands().any(|other| other.lexeme() == arg.lexeme()))
                };
                let files = files(command);
                if files.as_ref().is_some_and(|files| files.iter().all(|file| gone(file))) {
                    continue;
                }
                if explained {
                    continue;
                }
                let for_all = |file: &&Arg| is_tool_home(file) || is_volume(file, step, &facts.volumes, model);
                let meant = files.as_ref().is_some_and(|files| files.iter().all(for_all));
                let given = |file: &Arg| {
                    let next = commands.get(at + 1).filter(|next| next.is("chown"));
                    next.is_some_and(|next| {
                        let recursive =
                            !command.has_flag(&["-R", "--recursive"]) || next.has_flag(&["-R", "--recursive"]);
                        recursive
                            && next.operands().next().is_some_and(|owner| facts.runs_it(owner.lexeme()))
                            && targets(next).any(|other| other.raw == file.raw)
                    })
                };
                let runs = |file: &Arg| file.text.as_deref().is_some_and(is_program);
                let whole = command.has_flag(&["-R", "--recursive"]);
                let programs = files.as_ref().is_some_and(|files| !whole && files.iter().all(|file| runs(file)));
                let settled = files.is_some_and(|files| files.iter().all(|file| given(file) || runs(file)));
                let account = || facts.account.get_or_init(|| only_account(facts.stage, model)).as_ref();
                let group = Some(command).filter(|command| command.is("chmod")).and_then(|command| {
                    let (made, name) = account()?;
                    let edit = share(step, command, name, model).filter(|_| made.end <= command.span.start)?;
                    Some((edit, name.clone()))
                });
                open.push(Open { span: arg.span, mode: mode.to_owned(), settled, programs, meant, defended, group });
            }
        }
        _ => {}
    }
    open
}

/// A language tool's directory for packages, open to all as in the official images of Go, Ruby and Rust.
fn is_tool_home(arg: &Arg) -> bool {
    let word = arg.lexeme().trim_matches('"').trim_start_matches(['$', '{']);
    let name = word.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
    arg.lexeme().contains('$') && variables::PACKAGE_DIRECTORIES.contains(&name)
}

/// A volume: what is mounted there may belong to any user, and the container may start as any user.
fn is_volume(file: &Arg, step: &Step<'_>, volumes: &[Volume<'_, '_>], model: &Model<'_>) -> bool {
    let plain = |text: &str| text.replace(['"', '{', '}'], "").trim_end_matches('/').to_owned();
    let path = file.text.as_deref().and_then(|text| step.resolve(model, text));
    volumes.iter().any(|volume| {
        path.as_deref().is_some_and(|path| path.trim_end_matches('/') == volume.path)
            || plain(model.source.slice(volume.span)) == plain(file.lexeme())
    })
}

/// Whether a comment says that the image is meant to run as any user.
fn says_why(step: &Step<'_>, model: &Model<'_>) -> bool {
    let said = step.comments(model).replace('\n', " ");
    let reasons = [
        "arbitrary u", "arbitrary --user", "random u", "any uid", "any user", "as non-root", "as a non-root",
        "openshift",
    ];
    reasons.iter().any(|words| said.contains(words))
}

/// The files that the command changes; `None` if they are not known.
fn files(command: &Command) -> Option<Vec<&Arg>> {
    let files: Vec<&Arg> = match command.name.as_str() {
        "chmod" => targets(command).collect(),
        "mkdir" => command.operands().collect(),
        _ => return None,
    };
    (!files.is_empty()).then_some(files)
}
