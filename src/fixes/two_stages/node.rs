//! Node.js: the container starts the result of a build step (`npm run build`, `tsc`), with production dependencies.

use crate::commands::packages::{Manager, installs};
use crate::context::Context;
use crate::fixes::two_stages::{Build, Product, Taken, files, steps};
use crate::knowledge::canonical;
use crate::knowledge::file_kinds::Kind;
use crate::knowledge::programs::Class;
use crate::knowledge::bases::variants::smaller;
use crate::knowledge::{directories, project_files};
use crate::model::{Step, join_path};
use crate::shell::Command;

/// The build command, and the directory it runs in.
pub(super) fn builds(command: &Command) -> bool {
    let names = |text: &str| text == "build" || text.starts_with("build:") || text == "compile" || text == "tsc";
    let by_script = command.is_any(&["npm", "yarn", "pnpm"])
        && command.operands().any(|arg| arg.text.as_deref().is_some_and(names));
    by_script || command.is_any(&["tsc", "nest"]) || command.is("npx") && command.operands().any(|arg| arg.is("tsc"))
}

pub(super) fn product(build: &Build<'_, '_>, start: &Step<'_>) -> Option<Product> {
    if canonical(build.name) != "node" {
        return None;
    }
    let context = build.model.context.filter(|context| context.is_sure())?;
    let path = program(build, start, context)?;
    let commands = build.commands();
    let (step, last, folder) = commands.iter().rfind(|(_, command, _)| builds(command))?;
    let folder = folder.clone().filter(|folder| *folder == build.folder)?;
    let inside = path.strip_prefix(&format!("{}/", folder.trim_end_matches('/')))?;
    let (output, _) = inside.split_once('/')?;
    // What is started is made, not copied.
    if !directories::NODE_OUTPUT.contains(&output) || build.is_copied(start, &path) {
        return None;
    }
    let neutral = |command: &Command| {
        installs(command).is_some_and(|install| !install.manager.is_system())
            || command.class().is(Class::LANGUAGE_MANAGER)
            || command.is_any(&["npx", "corepack", "node"])
    };
    let seen = steps::look(build, builds, neutral);
    let mut doubt = seen.doubt;
    let node = context.project().node.clone()?;
    let dependencies = node.dependencies.iter().any(|dependency| !dependency.dev);
    let prune = if dependencies { Some(prune(build)?) } else { None };
    if node
        .dependencies
        .iter()
        .any(|dependency| dependency.name == "next" || dependency.name == "nuxt" || dependency.name.contains("prisma"))
    {
        doubt.get_or_insert("its framework needs more files than the build output".to_owned());
    }
    let mut finish = Vec::new();
    if let Some(prune) = prune {
        // In the same directory, after everything that is run.
        let last_run = build.stage.all(crate::syntax::Keyword::Run).next_back()?;
        if last_run.index != step.index || last.place.depth > 0 {
            return None;
        }
        finish.push(format!("RUN {prune}"));
    }
    let mut taken = vec![Taken {
        from: join_path(Some(&folder), "package.json", false)?,
        to: format!("{}/", folder.trim_end_matches('/')),
    }];
    if dependencies {
        taken.push(Taken::folder(&join_path(Some(&folder), "node_modules", false)?));
    }
    taken.push(Taken::folder(&join_path(Some(&folder), output, false)?));
    match files::data(build, Kind::FRONTEND_SOURCE, project_files::JAVASCRIPT_BUILD) {
        Ok(data) => {
            let first = taken.clone();
            taken.extend(data.into_iter().filter(|one| !first.iter().any(|other| other.from == one.from)));
        }
        Err(reason) => _ = doubt.get_or_insert(reason),
    }
    Some(Product {
        base: small_base(build)?,
        setup: Vec::new(),
        taken,
        edits: Vec::new(),
        finish,
        last: None,
        build_variable: |name| name.starts_with("NPM_CONFIG") || name.starts_with("npm_config") || name == "CI",
        doubt,
    })
}

/// The command that cuts the packages down to those of production; not every manager has one.
pub(super) fn prune(build: &Build<'_, '_>) -> Option<&'static str> {
    let commands = build.commands();
    let project = commands.iter().filter_map(|(_, command, _)| installs(command)).find(|install| install.project)?;
    match project.manager {
        Manager::Npm => Some("npm prune --omit=dev"),
        Manager::Pnpm => Some("pnpm prune --prod"),
        Manager::Yarn => Some("yarn install --production --ignore-scripts --prefer-offline"),
        _ => None,
    }
}

/// The smaller variant of the image, with the same C library.
pub(super) fn small_base(build: &Build<'_, '_>) -> Option<String> {
    let tag = build.image.tag_text()?;
    let small = smaller("node", Some(tag)).into_iter().find(|small| !small.changes_libc);
    Some(format!("{}:{}", build.name, small.map_or(tag.to_owned(), |small| small.tag)))
}

/// The file that node starts, also through a script of package.json.
fn program(build: &Build<'_, '_>, start: &Step<'_>, context: &Context) -> Option<String> {
    let command = build.start;
    if command.is("node") {
        let file = command.args.iter().find(|arg| !arg.lexeme().starts_with('-'))?.text.clone()?;
        return with_ending(build, start, &file);
    }
    let script = match command.name.as_str() {
        "npm" | "yarn" | "pnpm" => {
            let mut operands = command.operands().filter_map(|arg| arg.text.as_deref());
            match operands.next()? {
                "run" | "run-script" => operands.next()?.to_owned(),
                other => other.to_owned(),
            }
        }
        _ => return None,
    };
    let node = context.project().node.as_ref()?;
    if node.scripts.contains_key(&format!("pre{script}")) {
        return None;
    }
    let words = crate::shell::exec_form::plain_words(node.scripts.get(&script)?)?;
    let file = words
        .iter()
        .skip(1)
        .find(|word| !word.starts_with('-'))
        .filter(|_| words.first().is_some_and(|word| word == "node"))?;
    with_ending(build, start, file)
}

fn with_ending(build: &Build<'_, '_>, start: &Step<'_>, file: &str) -> Option<String> {
    build.resolve(start, file)
}
