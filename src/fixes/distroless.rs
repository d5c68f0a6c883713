//! Moving the final stage of a compiled program to a base image without a shell and a package manager.
//!
//! Whether a program needs more than its file is not known for sure before it runs, so such a fix is applied only where it
//! is verified ([`Fix::when_verified`]).

use crate::commands::packages::{Manager, PackageKind, installs, refreshes_index};
use crate::finding::{Fix, Order, Safety};
use crate::knowledge::packages::IN_DISTROLESS;
use crate::knowledge::programs::Class;
use crate::knowledge::bases::variants::{DISTROLESS_BASE, DISTROLESS_CC, DISTROLESS_STATIC};
use crate::knowledge::{bases, canonical};
use crate::model::{ImageRef, Model, Origin, Stage, Step};
use crate::shell::Command;
use crate::syntax::{Args, Keyword};
use crate::text::{Edit, Span};

/// A base that has what the program needs, and the fix that moves there.
pub struct Move {
    /// As written after FROM.
    pub to: String,
    pub fix: Option<Fix>,
}

/// Where the final stage can move to; `None` if it needs more than such a base has, or nothing is known of it.
pub fn plan<'a>(stage: &Stage<'a>, image: &ImageRef, model: &Model<'a>) -> Option<Move> {
    let name = image.familiar_name()?;
    let plain = !stage.windows && stage.is_final && model.file.errors.is_empty();
    if !plain || bases::role(&name) != Some(bases::Role::Os) || image.value.as_deref() != Some(image.written.as_str()) {
        return None;
    }
    if model.file.has_foreign_frontend()
        || model.file.is_template(model.source.text())
        || stage.is_for_developing(model)
    {
        return None;
    }
    let builder = builder(stage, model)?;
    let base = base(builder, model)?;
    let mut edits = vec![Edit::replace(image.span, base)];
    let made: Vec<&str> = stage.all(Keyword::Run).flat_map(Step::commands).filter_map(account).collect();
    for step in &stage.steps {
        match step.keyword() {
            Keyword::Run if is_spared(step) => edits.push(Edit::delete(lines_of(step, model))),
            Keyword::User => match user(step, model)?.as_str() {
                // The base's own user.
                name if made.contains(&name) || name == "nonroot" => edits.push(Edit::delete(lines_of(step, model))),
                "root" | "0" => return None,
                "nobody" => {}
                number if number.bytes().all(|byte| byte.is_ascii_digit()) => {}
                _ => return None,
            },
            Keyword::Copy | Keyword::Add => {
                let dest = step.copy_dest(model)?;
                if dest.starts_with("/etc/passwd") || dest.starts_with("/etc/group") || dest == "/" {
                    return None;
                }
                let Some(owner) = step.flag("chown").and_then(|flag| flag.value.as_ref()) else { continue };
                let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
                match owner.text.split(':').next().unwrap_or_default() {
                    _ if owner.text.split(':').all(is_number) => {}
                    name if made.contains(&name) => edits.push(Edit::replace(owner.span, "nonroot:nonroot")),
                    _ => return None,
                }
            }
            Keyword::Healthcheck if step.script.is_none() => {}
            Keyword::Env | Keyword::Label | Keyword::Expose | Keyword::Workdir | Keyword::Arg | Keyword::Stopsignal => {
            }
            Keyword::Entrypoint | Keyword::Cmd | Keyword::Volume | Keyword::Maintainer => {}
            _ => return None,
        }
    }
    let title = format!("move to `{base}`, which has no shell and no package manager");
    let fix = Fix::new(Safety::Display, title, edits).map(|fix| fix.in_order(Order::Base).when_verified());
    Some(Move { to: base.to_owned(), fix })
}

/// The stage that the started program is copied from.
fn builder<'m, 'a>(stage: &Stage<'a>, model: &'m Model<'a>) -> Option<&'m Stage<'a>> {
    let start = stage.start_step(model)?;
    // A CMD with arguments for the ENTRYPOINT must need no shell, either.
    let all = [stage.entrypoint(model), stage.cmd(model)];
    if all.into_iter().flatten().any(|step| !step.is_exec_form() || step.stage != stage.index) {
        return None;
    }
    let [command] = start.script.as_ref()?.commands.as_slice() else { return None };
    if !command.wrappers.is_empty() || command.path.is_empty() || !command.assignments.is_empty() {
        return None;
    }
    let path = if command.path.contains('/') { start.resolve(model, &command.path)? } else { command.path.clone() };
    let is_program = |file: &str| match path.contains('/') {
        true => file == path,
        false => file.strip_suffix(path.as_str()).is_some_and(|folder| IN_PATH.contains(&folder)),
    };
    let step = stage.all(Keyword::Copy).rfind(|step| step.brings(model).iter().any(|file| is_program(&file.path)))?;
    let import = stage.imports.iter().find(|import| import.step == step.index)?;
    match import.origin {
        Origin::Stage(index) => model.stage(index).filter(|stage| !stage.windows),
        _ => None,
    }
}

/// Directories of programs that are found by name, there as here.
const IN_PATH: [&str; 4] = ["/usr/local/bin/", "/usr/bin/", "/bin/", "/usr/local/sbin/"];

/// The base for what a stage builds.
fn base<'a>(builder: &Stage<'a>, model: &Model<'a>) -> Option<&'static str> {
    let image = builder.root_image(model)?;
    let name = image.familiar_name()?;
    let glibc = bases::os(&name, image.tag_text())?.libc? == crate::knowledge::os::Libc::Glibc;
    let mut builds = builder
        .history(model)
        .filter(|step| step.keyword() == Keyword::Run)
        .flat_map(|step| step.commands().iter().map(move |command| (step, command)));
    let links_nothing = |step: &Step<'a>, command: &Command| {
        let variable = step.state.variables.get("CGO_ENABLED").and_then(|variable| variable.value.as_deref());
        let assigned =
            command.assignments.iter().any(|one| one.name == "CGO_ENABLED" && one.value.as_deref() == Some("0"));
        assigned || variable == Some("0")
    };
    match canonical(&name) {
        "golang" => {
            let compiler = |step: &Step<'a>| {
                step.commands().iter().filter_map(installs).any(|install| !install.packages.is_empty())
            };
            let installs_more = builder.history(model).any(compiler);
            let mut found = builds.filter(|(_, command)| command.runs_any(&["go"], &["build", "install"])).peekable();
            found.peek()?;
            match found.all(|(step, command)| links_nothing(step, command)) {
                true => Some(DISTROLESS_STATIC),
                false if glibc => Some(DISTROLESS_BASE),
                // Without a C compiler Go links nothing.
                false if !installs_more => Some(DISTROLESS_STATIC),
                false => None,
            }
        }
        "rust" => {
            let (_, command) = builds.find(|(_, command)| command.runs_any(&["cargo"], &["build", "install"]))?;
            let musl = command.args.iter().any(|arg| arg.text.as_deref().is_some_and(|text| text.contains("-musl")));
            Some(if musl || !glibc { DISTROLESS_STATIC } else { DISTROLESS_CC })
        }
        _ => None,
    }
}

/// Whether nothing that a RUN does is of use there: it creates accounts, or installs what such bases have.
fn is_spared(step: &Step<'_>) -> bool {
    let Some(script) = step.script.as_ref().filter(|script| script.clean) else { return false };
    step.instruction.heredocs.is_empty()
        && !script.commands.is_empty()
        && script.commands.iter().all(|command| {
            let installs_known = installs(command).is_some_and(|install| {
                matches!(install.manager, Manager::Apt | Manager::Apk)
                    && install.packages.len() == install.named().count()
                    && install.packages.iter().all(|package| {
                        package.kind == PackageKind::Name && IN_DISTROLESS.contains(&package.name.as_str())
                    })
            });
            installs_known
                || refreshes_index(command).is_some()
                || !crate::commands::cleanup::cleans(command).is_empty()
                || command.is("update-ca-certificates")
                || command.class().is(Class::ACCOUNT_TOOL)
        })
}

/// The name of an account or a group that a command creates: its last word.
fn account(command: &Command) -> Option<&str> {
    command.class().is(Class::ACCOUNT_TOOL).then(|| command.operands().last()?.text.as_deref()).flatten()
}

/// The user that an instruction names, without its group.
fn user(step: &Step<'_>, model: &Model<'_>) -> Option<String> {
    let Args::Words(_) = &step.instruction.args else { return None };
    let text = model.source.slice(step.instruction.args_span).trim();
    let name = text.split(':').next().unwrap_or_default();
    (!name.contains('$')).then(|| name.to_owned())
}

/// The lines of an instruction, with the comments directly above it, which speak of it, and a blank line that would be one
/// too many.
fn lines_of(step: &Step<'_>, model: &Model<'_>) -> Span {
    let source = model.source;
    let span = step.instruction.lines_span();
    let line = |index: usize| source.slice(source.line_span(index)).trim();
    let mut first = source.line_index(span.start());
    let last = source.line_index(span.end().max(span.start() + 1) - 1);
    while first > 0 && line(first - 1).starts_with('#') {
        first -= 1;
    }
    if first > 0
        && line(first - 1).is_empty()
        && source.line_span(last).end() < source.text().len()
        && line(last + 1).is_empty()
    {
        first -= 1;
    }
    source.line_span(first).cover(source.line_span(last))
}
