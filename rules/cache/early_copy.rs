//! Whole-context copies before the step that installs dependencies.

use crate::commands::packages::{Manager, PackageKind, installs};
use crate::finding::prelude::*;
use crate::fixes::run_script::remove_lines;
use crate::knowledge::command_lines::build_subcommands;
use crate::knowledge::comment_words::{CACHING, DEPENDENCIES, ORDER, REQUESTS};
use crate::syntax::{Item, ItemKind};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).linux_only().fix(Fixable::Sometimes);

/// A command that downloads the dependencies listed in a project's files.
struct Fetch {
    /// The tool; several commands of one tool count as one.
    tool: &'static str,
    /// The files it reads, required ones first.
    files: Vec<String>,
    /// Whether it does nothing else, so that the rest of the project can be copied later.
    alone: bool,
    /// The command to use instead; empty if it is the same one.
    instead: &'static str,
}

/// A copy of a whole project.
struct Copied<'m, 'a> {
    step: &'m Step<'a>,
    span: Span,
    /// Where it is in the build context, with a `/` at the end; empty for the context itself.
    folder: String,
}

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let mut copied: Option<Copied<'_, '_>> = None;
    // What a parent stage downloaded is already there: this downloads little, or removes something.
    let below = stage.chain(cx.model).limited(8).flat_map(|stage| &stage.steps);
    let below = below.filter(|step| step.keyword() == Keyword::Run).filter_map(|step| step.script.as_ref());
    let mut before: Vec<&str> =
        below.flat_map(|script| &script.commands).filter_map(fetches).map(|it| it.tool).collect();
    for step in &stage.steps {
        if copied.is_none() {
            let whole = step.whole_context(cx.model).map(|span| Copied { step, span, folder: String::new() });
            copied = whole.or_else(|| project_folder(step, stage, cx.model));
        }
        let script = step.script.as_ref().filter(|script| step.keyword() == Keyword::Run && script.clean);
        for command in script.iter().flat_map(|script| &script.commands) {
            let Some(fetch) = fetches(command) else { continue };
            let is_first = !before.contains(&fetch.tool);
            if is_first {
                before.push(fetch.tool);
            }
            let Some(copied) = copied.as_ref().filter(|_| is_first) else { continue };
            // What a cache mount keeps is not downloaded again.
            let mounted = step.run_mounts().any(|mount| mount.kind() == "cache");
            if !mounted && !command.place.subshell {
                report(&fetch, command, step, copied, stage, cx);
            }
        }
    }
}

/// A directory of the context that is copied to the working directory before anything else is: a project, with the files
/// that list its dependencies.
fn project_folder<'m, 'a>(step: &'m Step<'a>, stage: &Stage<'a>, model: &Model<'a>) -> Option<Copied<'m, 'a>> {
    let sources = step.copy().filter(|_| step.keyword() == Keyword::Copy && step.onbuild().is_none())?.sources.len();
    let source = step.context_sources(model).into_iter().next().filter(|it| sources == 1 && !it.is_pattern)?;
    let is_folder = match model.context.filter(|context| context.is_sure()) {
        Some(context) => context.is_dir(&source.path),
        None => !source.path.is_empty() && !source.path.rsplit('/').next().is_some_and(|name| name.contains('.')),
    };
    let place = |step: &Step<'a>| Some(step.copy_dest(model)?.trim_end_matches('/').to_owned());
    let here = step.resolve(model, ".")?;
    let dest = place(step).filter(|dest| dest == here.trim_end_matches('/'))?;
    let is_first = !stage.steps[..step.index].iter().any(|before| place(before).as_ref() == Some(&dest));
    (is_folder && is_first).then(|| Copied { step, span: source.span, folder: format!("{}/", source.path) })
}

fn report(fetch: &Fetch, command: &Command, step: &Step<'_>, copied: &Copied<'_, '_>, stage: &Stage<'_>, cx: &Cx<'_>) {
    let (copy, whole, folder) = (copied.step, copied.span, &copied.folder);
    let context = cx.model.context.filter(|context| context.is_sure());
    let there = |file: &String| context.is_none_or(|context| !context.glob(file).is_empty());
    let files: Vec<String> = fetch.files.iter().map(|file| format!("{folder}{file}")).collect();
    if files.first().is_some_and(|first| !there(first)) {
        return;
    }
    let files: Vec<String> = files.into_iter().filter(there).collect();
    let fix = fetch.alone.then(|| fix(fetch.tool, &files, step, copy, stage, cx)).flatten();
    let fix = fix.filter(|_| folder.is_empty());
    let verb = command.subcommand().map(|verb| format!(" {}", verb.lexeme())).unwrap_or_default();
    let text = format!("{}{verb}", command.name);
    let mut found = cx.report(command.span, format!("any file change invalidates the cache for `{text}`"));
    found.label(whole, "all files are copied here");
    if !fetch.alone || !folder.is_empty() && context.is_none() {
        found.at_most(Level::Note);
    }
    let first = files.join(" ");
    match fetch.instead {
        "" => found.help(format!("copy only its manifests first (`COPY {first} ./`), then the rest")),
        instead => found.help(format!("use `COPY {first} ./` and `RUN {instead}` first, then copy the rest")),
    };
    found.fix(fix);
}

/// The dependency files a command reads, relative to its working directory.
fn fetches(command: &Command) -> Option<Fetch> {
    let list = |files: &[&str]| files.iter().map(|file| (*file).to_owned()).collect::<Vec<_>>();
    let same = |tool, files: &[&str]| Some(Fetch { tool, files: list(files), alone: true, instead: "" });
    let other = |tool, files: &[&str], instead| Some(Fetch { tool, files: list(files), alone: false, instead });
    match command.name.as_str() {
        "mvn" if builds(command, build_subcommands("mvn")) => {
            return other("mvn", &["pom.xml"], "mvn -B dependency:go-offline");
        }
        "mvn"
            if command
                .operands()
                .any(|arg| arg.lexeme().contains("go-offline") || arg.lexeme().contains("resolve")) =>
        {
            return other("mvn", &["pom.xml"], "mvn -B dependency:go-offline");
        }
        "gradle" if builds(command, build_subcommands("gradle")) => {
            return other("gradle", &["build.gradle*", "settings.gradle*"], "gradle --no-daemon dependencies");
        }
        "go" if command.subcommand().is_some_and(|verb| verb.is("build") || verb.is("install")) => {
            // A version or the path of another module is downloaded without the project's files.
            let foreign = |text: &str| {
                text.contains('@')
                    || text.split_once('/').is_some_and(|(host, _)| host.trim_start_matches('.').contains('.'))
            };
            let local = command.rest().all(|arg| arg.text.as_deref().is_none_or(|text| !foreign(text)));
            return local.then(|| other("go", &["go.mod", "go.sum"], "go mod download")).flatten();
        }
        "dotnet" if builds(command, &["publish", "build"]) => {
            return other("dotnet", &["*.csproj"], "dotnet restore");
        }
        "dotnet" if command.runs("dotnet", "restore") => return other("dotnet", &["*.csproj"], "dotnet restore"),
        _ => {}
    }
    let install = installs(command).filter(|install| !install.dry_run && !install.open)?;
    if install.manager == Manager::Pip {
        return requirements(command, install);
    }
    if !install.project || command.has_flag(Manager::OTHER_DIRECTORY) {
        return None;
    }
    let files = install.manager.project_files()?;
    let tool = install.manager.program();
    match install.manager {
        // These also install the project itself unless told not to.
        Manager::Poetry if !command.has_flag(&["--no-root"]) => other(tool, files.patterns, "poetry install --no-root"),
        Manager::Uv if !command.has_flag(&["--no-install-project"]) => {
            other(tool, files.patterns, "uv sync --no-install-project")
        }
        Manager::Composer => other(tool, files.patterns, "composer install --no-scripts --no-autoloader"),
        Manager::Cargo => None,
        _ => same(tool, files.patterns),
    }
}

fn builds(command: &Command, goals: &[&str]) -> bool {
    command.operands().any(|arg| arg.text.as_deref().is_some_and(|text| goals.contains(&text.trim_start_matches(':'))))
}

/// `pip install -r requirements.txt` in its working directory, without anything from the project itself.
fn requirements(command: &Command, install: &crate::commands::packages::Install) -> Option<Fetch> {
    let lists = || install.packages.iter().filter(|package| package.kind == PackageKind::Requirements);
    let plain = |text: &str| {
        !text.starts_with('/') && !text.contains("..") && !text.contains(['$', '*', '?']) && !text.contains("://")
    };
    if lists().next().is_none()
        || !lists().all(|file| plain(&file.text))
        || command.has_flag(&["-e", "--editable", "-t"])
    {
        return None;
    }
    if install.packages.iter().any(|package| matches!(package.kind, PackageKind::Path)) {
        return None;
    }
    let files: Vec<String> = lists().map(|file| file.text.trim_start_matches("./").to_owned()).collect();
    // A file in a subdirectory would have to be copied there.
    let alone = files.iter().all(|file| !file.contains('/'));
    Some(Fetch { tool: "pip", files, alone, instead: if alone { "" } else { "pip install …" } })
}

/// A fix that copies the dependency lists first and the rest after the step; `None` if the step does anything else or
/// other instructions come between.
fn fix(tool: &str, files: &[String], step: &Step<'_>, copy: &Step<'_>, stage: &Stage<'_>, cx: &Cx<'_>) -> Option<Fix> {
    const HARMLESS: [Keyword; 4] = [Keyword::Env, Keyword::Label, Keyword::Expose, Keyword::Arg];
    let between = stage.steps.get(copy.index + 1..step.index)?;
    let script = step.script.as_ref()?;
    let context = cx.model.context.filter(|context| context.is_sure());
    let only = script.commands.iter().all(|command| {
        let upgrades_pip = installs(command).is_some_and(|install| {
            install.manager == Manager::Pip && install.packages.iter().all(|package| package.kind != PackageKind::Path)
        });
        // Files that another tool reads would be missing.
        fetches(command).is_some_and(|fetch| fetch.alone && fetch.tool == tool)
            || upgrades_pip
            || installs(command).is_some_and(|install| install.manager.is_system())
            || !crate::commands::cleanup::cleans(command).is_empty()
            || crate::commands::packages::refreshes_index(command).is_some()
    });
    let args = copy.copy()?;
    let (source, dest) = (args.sources.first()?, args.dest.as_ref()?);
    let here = copy.copy_dest(cx.model)?.trim_end_matches('/') == step.resolve(cx.model, ".")?.trim_end_matches('/');
    let text = cx.text(copy.instruction.span);
    let plain =
        copy.keyword() == Keyword::Copy && args.sources.len() == 1 && !text.contains('\n') && !text.contains('[');
    // Without the context it is unknown whether a lock file exists, and copying everything later could overwrite the
    // installed `node_modules` with a local one.
    let node = files.iter().any(|file| file.starts_with("package"));
    let safe = match context {
        Some(context) => !node || !context.exists("node_modules") || context.ignored("node_modules").is_some(),
        None => files.iter().all(|file| !node && !file.contains(".lock") && file != "go.sum"),
    };
    if !only || !here || !plain || !between.iter().all(|step| HARMLESS.contains(&step.keyword())) {
        return None;
    }
    let line_end = cx.source.line_end();
    // Steps that the comments count keep their order.
    let numbered = |step: &Step<'_>| step.is_numbered(cx.model);
    if numbered(copy) || between.iter().any(numbered) || numbered(step) {
        return None;
    }
    // A comment above it speaks of the whole project, so it moves as well.
    let (comment, lines) = comment_above(copy, stage, cx);
    let blank = if between.is_empty() && is_set_off(copy, step, cx) { line_end } else { "" };
    let mut edits = vec![
        Edit::replace(source.span.cover(dest.span), format!("{} ./", files.join(" "))),
        Edit::insert(step.instruction.span.end(), format!("{line_end}{blank}{comment}{text}")),
    ];
    let moved = |edit: &Edit| lines.is_some_and(|lines| lines.contains(edit.span));
    edits.extend(requests(files, stage, cx).into_iter().filter(|edit| !moved(edit)));
    edits.extend(lines.map(Edit::delete));
    let safety = if safe { Safety::Unsafe } else { Safety::Display };
    Fix::new(safety, "copy the dependency lists first, and the rest later", edits)
        .map(|fix| fix.in_order(Order::Reorder))
}

/// The comment lines directly above a step, after a blank line or another instruction.
fn comment_above<'a>(step: &Step<'_>, stage: &Stage<'_>, cx: &Cx<'a>) -> (&'a str, Option<Span>) {
    let before = step.index.checked_sub(1).map_or(stage.from.span, |at| stage.steps[at].instruction.span).end();
    let start = step.instruction.lines_span().start();
    if before >= start {
        return ("", None);
    }
    let text = cx.text(Span::new(before, start));
    let mut from = text.len();
    for line in text.split_inclusive('\n').rev() {
        if !line.trim_start().starts_with('#') || !line.ends_with('\n') {
            break;
        }
        from -= line.len();
    }
    let span = Span::new(before + from, start);
    // A directive for a linter stays where it is, and what speaks of the dependencies.
    let comment = cx.text(span);
    let lower = comment.to_ascii_lowercase();
    let of_dependencies = DEPENDENCIES.iter().any(|word| lower.contains(word));
    match comment.is_empty() || of_dependencies || comment.contains("ignore") || comment.contains("=") {
        true => ("", None),
        // It is about the order that this fix changes.
        false if CACHING.iter().any(|word| lower.contains(word)) => ("", Some(span)),
        false => (comment, Some(span)),
    }
}

/// The comments after the `FROM` that ask for what the fix does: `# TODO: copy requirements.txt first`.
fn requests(files: &[String], stage: &Stage<'_>, cx: &Cx<'_>) -> Vec<Edit> {
    let items = &cx.model.file.items;
    let from = items.partition_point(|item| item.span.start() <= stage.from.span.start());
    let items = &items[from..];
    let comment = |at: usize| items.get(at).filter(|item| matches!(item.kind, ItemKind::Comment));
    let is_end = |item: &Item| matches!(&item.kind, ItemKind::Instruction(next) if next.keyword == Keyword::From);
    let end = items.iter().position(is_end).unwrap_or(items.len());
    let has_word =
        |said: &str, words: &[&str]| said.split(|char: char| !char.is_alphanumeric()).any(|word| words.contains(&word));
    let requests = (0..end).filter_map(|at| {
        let span = comment(at)?.span;
        let said = cx.text(span).to_ascii_lowercase();
        let names = DEPENDENCIES.iter().any(|word| said.contains(word)) || files.iter().any(|file| said.contains(file));
        let asks = has_word(&said, REQUESTS) && has_word(&said, ORDER) && said.contains("copy") && names;
        // It does not go on in the next line.
        let ends = || comment(at + 1).is_none_or(|next| has_word(&cx.text(next.span).to_ascii_lowercase(), REQUESTS));
        (asks && ends()).then(|| remove_lines(cx.model, span))
    });
    requests.collect()
}

/// Whether a blank line comes between two steps.
fn is_set_off(first: &Step<'_>, second: &Step<'_>, cx: &Cx<'_>) -> bool {
    let between = Span::new(first.instruction.span.end(), second.instruction.span.start());
    let text = cx.text(between);
    text.contains("\n\n") || text.contains("\r\n\r\n")
}
