//! Leaving root: creates an account with the tools of the base image, gives it the files that the program writes, and
//! sets `USER` after the last step that needs root.

use crate::commands::download::extracts;
use crate::finding::{Fix, Order, Safety};
use crate::fixes::root_obstacles::doubt;
use crate::fixes::run_script::remove_lines;
use crate::fixes::world_writable::{Opened, opened};
use crate::fixes::{line_end, placement, source_scan};
use crate::knowledge::bases::{self, Role};
use crate::knowledge::canonical;
use crate::knowledge::file_kinds::{Kind, kind};
use crate::knowledge::managers::Manager;
use crate::knowledge::os::Distro;
use crate::knowledge::paths;
use crate::model::{Model, Stage, Step, Tri, lies_below};
use crate::syntax::Keyword;
use crate::text::Edit;
use crate::text::Span;

/// The account that will run the program.
pub(super) struct Account {
    /// For `USER`.
    user: String,
    /// For `chown`.
    pub(super) owner: String,
    /// The command that creates it.
    pub(super) make: Option<&'static str>,
    /// The image has a shell to run a step in.
    pub(super) shell: bool,
    /// It was in effect before, and already owns what it needs.
    had: bool,
}

/// Steps that need root, or that create files owned by root.
/// A SHELL that no RUN follows is not among them: whether its program exists is unknown.
const ROOTS: [Keyword; 6] =
    [Keyword::Run, Keyword::Copy, Keyword::Add, Keyword::Workdir, Keyword::Volume, Keyword::Onbuild];

/// The fix for a shipped stage that runs as root. `None` where it is not known how.
pub fn leave_root<'a>(stage: &Stage<'a>, model: &Model<'a>) -> Option<Fix> {
    if !has_a_way(stage, model) {
        return None;
    }
    let account = earlier(stage, model).or_else(|| account(stage, model))?;
    let (reason, open) = match (doubt(stage, model), opened(stage, model, &account)) {
        (Some(reason), _) | (None, Err(reason)) => (Some(reason), Opened::default()),
        (None, Ok(open)) => (None, open),
    };
    let edits = edits(stage, model, &account, &reason, open)?;
    let title = match (&reason, account.make) {
        (Some(reason), _) => format!("run as `{}` (shown only: {reason})", account.owner),
        (None, Some(_)) => format!("create an account and run as `{}`", account.user),
        (None, None) if account.user == account.owner => format!("run as `{}`", account.user),
        (None, None) => format!("run as `{}`, by its UID {}", account.owner, account.user),
    };
    let safety = if reason.is_some() { Safety::Display } else { Safety::Unsafe };
    Fix::new(safety, title, edits).map(|fix| fix.in_order(Order::User))
}

/// Whether [`leave_root`] may apply to a stage that runs as root, now or after other fixes.
pub fn may_leave_root<'a>(stage: &Stage<'a>, model: &Model<'a>) -> bool {
    let root = match stage.end.user {
        Some(_) => stage.end.user_is_root(),
        None => stage.base_runs_as_root(model),
    };
    root == Tri::Yes
        && stage.is_shipped_last(model)
        && has_a_way(stage, model)
        && doubt(stage, model).is_none()
        && (earlier(stage, model).is_some() || account(stage, model).is_some())
}

fn has_a_way<'a>(stage: &Stage<'a>, model: &Model<'a>) -> bool {
    let own = stage.entrypoint(model).is_some() || stage.cmd(model).is_some();
    if !own || stage.windows || stage.need_of_root(model).is_some() || stage.steps_down(model) != Tri::No {
        return false;
    }
    // Who builds on it may count on root.
    !model.stages_on_top(stage).any(|other| other.all(Keyword::Run).next().is_some())
}

/// The unprivileged user that was in effect before the last `USER root`.
fn earlier<'a>(stage: &Stage<'a>, model: &Model<'a>) -> Option<Account> {
    let root = stage.end.user.as_deref()?;
    let steps = stage.history(model);
    let before =
        steps.filter(|step| step.state.user_is_root() == Tri::No).filter_map(|step| step.state.user.as_deref());
    let last = before.filter(|user| user.span.end <= root.span.start).max_by_key(|user| user.span.end)?;
    let user = last.value.clone().filter(|user| !user.contains(char::is_whitespace) && !user.is_empty())?;
    Some(Account { owner: user.split(':').next()?.to_owned(), user, make: None, shell: true, had: true })
}

fn account<'a>(stage: &Stage<'a>, model: &Model<'a>) -> Option<Account> {
    if let Some((_, name)) = stage.made_accounts(model).pop() {
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
        let user = stage.uid_of(&name, model).unwrap_or_else(|| name.clone());
        // By that name it would be root all the same.
        let root = user.bytes().all(|byte| byte == b'0');
        return (plain && !root).then_some(Account { user, owner: name, make: None, shell: true, had: false });
    }
    if stage.is_from_scratch(model) {
        let user = "65532:65532".to_owned();
        return Some(Account { user: user.clone(), owner: user, make: None, shell: false, had: false });
    }
    let image = stage.root_image(model)?;
    let name = image.familiar_name()?;
    // Servers have their own ways.
    if matches!(bases::role(&name), Some(Role::Application | Role::Database | Role::WebServer)) {
        return None;
    }
    let os = bases::os(&name, image.tag_text())?;
    let shell = os.distro != Distro::Distroless && !matches!(os.shells, crate::knowledge::os::Shells::None);
    if let Some(owner) = owner_of_copies(stage) {
        return Some(Account { user: owner.clone(), owner, make: None, shell, had: false });
    }
    if let Some(account) = stage.base_accounts(model).first() {
        // By its number, of which Kubernetes can tell that it is not root.
        let uid = account.uid.map(|uid| uid.to_string());
        let owner = account.name.map(str::to_owned).or_else(|| uid.clone())?;
        return Some(Account { user: uid.unwrap_or_else(|| owner.clone()), owner, make: None, shell, had: false });
    }
    let numbered =
        |user: &str, shell| Account { user: user.to_owned(), owner: user.to_owned(), make: None, shell, had: false };
    let made =
        |make| Account { user: "10001".to_owned(), owner: "app".to_owned(), make: Some(make), shell: true, had: false };
    let tag = image.tag_text().unwrap_or_default();
    // The small images of this family come without the programs that make accounts.
    let small = ["minimal", "slim", "micro"].iter().any(|word| tag.contains(word) || name.contains(word));
    Some(match (os.manager, os.distro) {
        (None, _) if !shell => numbered("65532:65532", false),
        (Some(Manager::Apt), _) => made("useradd --create-home --uid 10001 app"),
        (Some(Manager::Apk), Distro::Alpine) => made("adduser -D -u 10001 app"),
        (
            Some(Manager::Dnf),
            Distro::Alma | Distro::Centos | Distro::Fedora | Distro::Oracle | Distro::Rhel | Distro::Rocky,
        ) if !small && canonical(&name) != "openjdk" => made("useradd --create-home --uid 10001 app"),
        _ => numbered("10001:10001", shell),
    })
}

/// The number that every COPY with `--chown` gives its files to: they are meant for that user.
fn owner_of_copies(stage: &Stage<'_>) -> Option<String> {
    let copies = stage.steps.iter().filter(|step| matches!(step.keyword(), Keyword::Copy | Keyword::Add));
    let mut owners =
        copies.filter_map(|step| step.flag("chown")).map(|flag| flag.value.as_ref().map(|value| value.text.as_str()));
    let first = owners.next().flatten()?;
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let plain = first.split(':').count() <= 2 && first.split(':').all(number);
    let root = first.split(':').next().is_some_and(|user| user.bytes().all(|byte| byte == b'0'));
    (plain && !root && owners.all(|other| other == Some(first))).then(|| first.to_owned())
}

fn edits<'a>(
    stage: &Stage<'a>,
    model: &Model<'a>,
    account: &Account,
    reason: &Option<String>,
    opened: Opened,
) -> Option<Vec<Edit>> {
    let end = line_end(model.source);
    let last = stage.steps.iter().rfind(|step| ROOTS.contains(&step.keyword()));
    let behind = last.map_or(stage.from.span, |step| step.instruction.span).end();
    let user_root = stage.last(Keyword::User);
    let user_last = user_root.filter(|user| last.is_none_or(|last| last.index < user.index));
    let mut edits = opened.edits;
    let mut given: Vec<String> = Vec::new();
    let workdir = stage.end.workdir.as_ref().and_then(|workdir| workdir.value.clone());
    let own_folder = workdir.as_deref().filter(|folder| is_own(folder) && !account.had);
    let writes = if reason.is_some() { Tri::No } else { source_scan::writes_files(model.context) };
    if let Some(folder) = own_folder.filter(|_| writes != Tri::No && account.shell) {
        given.push(folder.to_owned());
    }
    let made: Vec<String> = stage.all(Keyword::Run).flat_map(|step| made_folders(step, model)).collect();
    let volumes: Vec<String> = stage.volumes(model).map(|volume| volume.path).collect();
    for folder in made.iter().chain(&volumes).filter(|folder| is_own(folder) && !account.had) {
        if !given.contains(folder) && !opened.folders.contains(folder) {
            given.push(folder.clone());
        }
    }
    if !account.shell && !given.is_empty() {
        return None;
    }
    let owner = owner_as_written(stage, model, &account.owner);
    // What is copied to where the program writes belongs to the account as well.
    let open: Vec<&str> =
        own_folder.filter(|_| writes == Tri::Yes).into_iter().chain(given.iter().map(String::as_str)).collect();
    let open = || {
        open.iter().filter(|folder| {
            writes == Tri::Yes || Some(**folder) != own_folder || volumes.iter().any(|volume| volume == **folder)
        })
    };
    let copies = stage.steps.iter().filter(|step| matches!(step.keyword(), Keyword::Copy | Keyword::Add));
    let mut filled = false;
    for copy in copies {
        let dest = copy.copy_dest(model);
        let is_open = opened.copies.contains(&copy.index);
        if !is_open && !dest.is_some_and(|dest| open().any(|folder| lies_below(dest, folder))) {
            continue;
        }
        filled = true;
        // The account is made further down, a number needs none.
        let owner = if account.make.is_some() { "10001:10001" } else { owner.as_str() };
        let known = account.make.is_some() || !stage.base_accounts(model).is_empty() || account.owner.contains(':');
        if known && copy.flag("chown").is_none() {
            edits.push(Edit::insert(copy.instruction.keyword_span.end(), format!(" --chown={owner}")));
        }
    }
    // A program that was unpacked there writes below it.
    let unpacked = own_folder
        .is_some_and(|folder| given.iter().any(|given| given == folder) && unpacks_into(folder, stage, model));
    let missing: Vec<&str> = volumes.iter().filter(|folder| given.contains(folder)).map(String::as_str).collect();
    let mut commands: Vec<String> = account.make.map(str::to_owned).into_iter().collect();
    if !missing.is_empty() {
        commands.push(format!("mkdir -p {}", missing.join(" ")));
    }
    if !given.is_empty() {
        let recursive = given.iter().any(|folder| made.contains(folder) || volumes.contains(folder));
        let alone = given.iter().all(|folder| Some(folder.as_str()) != own_folder);
        let flag = if recursive && alone && !filled || unpacked { "-R " } else { "" };
        commands.push(format!("chown {flag}{owner} {}", given.join(" ")));
    }
    let run = (!commands.is_empty()).then(|| placement::cased(&format!("RUN {}", commands.join(" && ")), model));
    let user = placement::cased(&format!("USER {}", account.user), model);
    // Root is needed again for that, if the file leaves it in between.
    let leaves = stage.steps.iter().any(|step| step.state.user_is_root() == Tri::No);
    if leaves && run.is_some() && stage.end.user_is_root() != Tri::Yes {
        return None;
    }
    if run.is_some() && !shell_is_tried(stage, last) {
        return None;
    }
    // Before the first VOLUME: what is given to it later is lost with some builders.
    let volume = stage.all(Keyword::Volume).next().filter(|_| volumes.iter().any(|folder| given.contains(folder)));
    // Nothing is given away that is not there yet.
    let copy = stage.steps.iter().find(|step| matches!(step.keyword(), Keyword::Copy | Keyword::Add));
    let early = run.is_some()
        && given.iter().all(|folder| {
            Some(folder.as_str()) == own_folder
                && !unpacked
                && copy.is_some_and(|copy| {
                    copy.state.workdir.as_ref().and_then(|workdir| workdir.value.as_deref()) == own_folder
                })
        });
    let at = match (volume, early) {
        (Some(volume), _) => Some(before(stage, volume)),
        // What depends on nothing comes before what changes often.
        (None, true) => copy.map(|copy| early_place(stage, copy, given.is_empty())),
        _ => None,
    };
    // Where a SHELL was set that no RUN has tried, a later place is better.
    let at = at.filter(|_| stage.all(Keyword::Shell).next().is_none());
    let mut tail = String::new();
    match (run, at) {
        (Some(run), Some(at)) if at != behind => {
            let apart = if ends_paragraph(at, model) { end } else { "" };
            insert(&mut edits, at, &format!("{apart}{end}{run}"));
        }
        (Some(run), _) => tail.push_str(&format!("{end}{run}")),
        (None, _) => {}
    }
    // Set off by a blank line, as the instructions around it are.
    let place = user_last.map_or(behind, |step| before(stage, step));
    if ends_paragraph(place, model) && (user_last.is_none() || !tail.is_empty()) {
        tail.insert_str(0, end);
    }
    // A USER that no RUN comes after is of no use: files that are copied belong to root with any.
    let idle = user_root.filter(|user| {
        let steps = stage.steps.get(user.index + 1..).unwrap_or_default();
        let needs = |step: &Step<'_>| ROOTS.contains(&step.keyword()) && !matches!(step.keyword(), Keyword::Copy | Keyword::Add);
        let made = at.is_none_or(|at| at < user.instruction.span.start());
        tail.is_empty() && made && user.comment_above(model).is_empty() && !steps.iter().any(needs)
    });
    // The user from before it stays.
    let back = idle.filter(|user| {
        let before = user.state.user.as_deref().and_then(|before| before.value.as_deref());
        user_last.is_none() && account.had && before == Some(account.user.as_str())
    });
    if let Some(user) = back {
        edits.push(remove_lines(model, user.instruction.lines_span()));
        return Some(edits);
    }
    match user_last.or(idle) {
        Some(step) => {
            if !tail.is_empty() {
                insert(&mut edits, place, &tail);
            }
            let args = step.instruction.args_span;
            edits.push(Edit::replace(args, account.user.as_str()));
        }
        None => insert(&mut edits, behind, &format!("{tail}{end}{user}")),
    }
    Some(edits)
}

/// The account with its group, where the file itself gives files to both.
fn owner_as_written<'a>(stage: &Stage<'a>, model: &Model<'a>, owner: &str) -> String {
    let is_it = |text: &str| {
        let group = text.strip_prefix(owner).and_then(|rest| rest.strip_prefix(':'));
        group.is_some_and(|group| {
            !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        })
    };
    let flags = stage.steps.iter().filter_map(|step| step.flag("chown")?.text());
    let commands = stage.run_commands(model).filter(|command| command.is("chown"));
    let given = commands.filter_map(|command| Some(command.operands().next()?.text.as_deref()?.to_owned()));
    flags.map(|text| text.to_string()).chain(given).find(|text| is_it(text)).unwrap_or_else(|| owner.to_owned())
}

/// Whether the stage unpacks an archive into a directory: by `ADD`, or by a command.
fn unpacks_into<'a>(folder: &str, stage: &Stage<'a>, model: &Model<'a>) -> bool {
    let is_there = |path: &str| path.trim_end_matches('/') == folder.trim_end_matches('/');
    let adds = |step: &Step<'a>| {
        let local = |word: &crate::syntax::Word| {
            kind(word.text.rsplit('/').next().unwrap_or_default()).is(Kind::TARBALL) && !word.text.contains("://")
        };
        let sources = step.copy().is_some_and(|copy| copy.sources.iter().any(local));
        step.keyword() == Keyword::Add && sources && step.copy_dest(model).is_some_and(is_there)
    };
    let extracts = |step: &Step<'a>| {
        step.commands().iter().filter_map(extracts).any(|extract| match &extract.dest {
            Some(dest) => {
                dest.known().and_then(|dest| step.resolve(model, dest)).is_some_and(|dest| is_there(&dest))
            }
            None => step.resolve(model, ".").is_some_and(|here| is_there(&here)),
        })
    };
    stage.steps.iter().any(|step| adds(step) || step.keyword() == Keyword::Run && extracts(step))
}

/// Whether the shell of a step after `last` has run one before, or is the image's own.
fn shell_is_tried(stage: &Stage<'_>, last: Option<&Step<'_>>) -> bool {
    let end = last.map_or(0, |last| last.index + 1);
    let before = &stage.steps[..end];
    let Some(set) = before.iter().rposition(|step| step.keyword() == Keyword::Shell) else { return true };
    before[set..].iter().any(|step| step.keyword() == Keyword::Run && !step.is_exec_form())
}

/// Whether an empty line follows.
fn ends_paragraph(at: usize, model: &Model<'_>) -> bool {
    let end = line_end(model.source);
    model.source.text()[at..].starts_with(&format!("{end}{end}"))
}

/// Appends a text to what another edit inserts at the same place.
fn insert(edits: &mut Vec<Edit>, at: usize, text: &str) {
    match edits.iter_mut().find(|edit| edit.span == Span::at(at)) {
        Some(edit) => edit.text.push_str(text),
        None => edits.push(Edit::insert(at, text)),
    }
}

/// Above the first COPY; further up if that is next to an unrelated RUN.
fn early_place(stage: &Stage<'_>, copy: &Step<'_>, depends_on_nothing: bool) -> usize {
    let is_run = |at: usize| stage.steps.get(at).is_some_and(|step| step.keyword() == Keyword::Run);
    const HEAD: [Keyword; 5] = [Keyword::Arg, Keyword::Env, Keyword::Label, Keyword::Maintainer, Keyword::Workdir];
    let first = stage.steps.iter().take_while(|step| HEAD.contains(&step.keyword())).count();
    let alone = |at: &usize| !is_run(*at) && (*at == 0 || !is_run(at - 1));
    let folder = stage.steps[..copy.index].iter().rposition(|step| step.keyword() == Keyword::Workdir);
    let places = [Some(copy.index), folder.map(|at| at + 1), depends_on_nothing.then_some(first)];
    let at = places.into_iter().flatten().find(alone).unwrap_or(copy.index);
    // Not between what the container starts with and what is copied.
    let starts = |at: &usize| matches!(stage.steps[*at].keyword(), Keyword::Cmd | Keyword::Entrypoint);
    let at = (0..at).rev().take_while(starts).last().unwrap_or(at);
    before(stage, &stage.steps[at])
}

/// After the previous step.
fn before(stage: &Stage<'_>, step: &Step<'_>) -> usize {
    let span: Span = step.index.checked_sub(1).map_or(stage.from.span, |at| stage.steps[at].instruction.span);
    span.end()
}

/// Whether a directory belongs to the application, not to the system.
pub(super) fn is_own(folder: &str) -> bool {
    let parts: Vec<&str> = folder.split('/').skip(1).collect();
    let plain = folder.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte));
    let own = match parts.as_slice() {
        [] | [""] => false,
        ["usr", "src", _, ..]
        | ["usr", "local", "app", ..]
        | ["usr", "app", ..]
        | ["opt" | "srv" | "home", _, ..]
        | ["var", "www" | "app" | "data", ..] => true,
        ["var", "lib" | "log", name, ..] => !matches!(*name, "apt" | "dpkg"),
        [first, ..] => !paths::TOP_LEVEL.contains(first) && *first != "go",
    };
    own && plain
}

/// The directories that a step creates.
fn made_folders<'a>(step: &Step<'a>, model: &Model<'a>) -> Vec<String> {
    let mut found = Vec::new();
    for (command, folder) in step.commands_in(model).filter(|(command, _)| command.is("mkdir")) {
        for path in command.operands() {
            let Some(path) = path.text.as_deref().filter(|path| !path.contains(['{', '*', '~'])) else { continue };
            found.extend(crate::model::join_path(folder.as_deref(), path, false));
        }
    }
    found
}
