//! Static sites: a build with Node.js, whose result a file server delivers.

use crate::context::Context;
use crate::fixes::two_stages::{Build, Obstacle, Product, Taken, lines_of, node, steps};
use crate::knowledge::servers::STATIC_SERVERS;
use crate::knowledge::{bases, canonical, directories};
use crate::model::{Model, Step, join_path};
use crate::shell::Command;
use crate::syntax::Keyword;
use crate::text::Edit;

/// What serves the files.
struct FileServer {
    /// Its package.
    name: &'static str,
    /// The directory, as written.
    folder: String,
    /// How it is started.
    way: Way,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// `serve build`
    Directly,
    /// `npx serve build`
    Npx,
    /// `npm start`
    Script,
}

/// Whether the only stage of a file builds a site with Node.js and serves it itself.
pub fn is_site(model: &Model<'_>) -> bool {
    let [stage] = model.stages.as_slice() else { return false };
    let is_node = stage.image().and_then(|image| image.familiar_name()).is_some_and(|name| canonical(&name) == "node");
    let serves = |command: &Command| is_web_server(command) || file_server(command, model.context).is_some();
    is_node
        && stage.run_commands(model).any(node::builds)
        && stage.start_commands(model).iter().any(|start| serves(start.command))
}

pub(super) fn product(build: &Build<'_, '_>) -> Option<Result<Product, Obstacle>> {
    if canonical(build.name) != "node" || !build.commands().iter().any(|(_, command, _)| node::builds(command)) {
        return None;
    }
    if is_web_server(build.start) {
        return Some(Err(
            "the server is installed as a system package; use its own image for the runtime stage, such as `nginx`",
        ));
    }
    let server = file_server(build.start, build.model.context)?;
    Some(make(build, &server))
}

fn make(build: &Build<'_, '_>, server: &FileServer) -> Result<Product, Obstacle> {
    let served = join_path(Some(&build.folder), &server.folder, false).ok_or("the served directory is not known")?;
    if !served.split('/').any(|part| directories::NODE_OUTPUT.contains(&part)) {
        return Err("it is not known whether the build writes the directory that is served");
    }
    let stage = build.stage;
    let commands = build.commands();
    let last = commands.iter().rfind(|(_, command, _)| node::builds(command)).map(|(step, ..)| *step);
    let last = last.ok_or("nothing is built")?;
    let global = |command: &Command| installs_globally(command, server.name);
    let install = stage.all(Keyword::Run).find(|step| step.commands().iter().any(global));
    let mut product = Product {
        base: node::small_base(build).ok_or("the tag of the base image is not known")?,
        setup: Vec::new(),
        taken: Vec::new(),
        edits: Vec::new(),
        finish: Vec::new(),
        last: None,
        build_variable: |name| name.starts_with("NPM_CONFIG") || name.starts_with("npm_config") || name == "CI",
        doubt: None,
    };
    // The smaller image lacks the tools that others call.
    if let Some(probe) = stage.healthcheck(build.model)
        && !probe.is_all(|command| command.is("node"))
    {
        product.base = format!("{}:{}", build.name, build.image.tag_text().unwrap_or_default());
    }
    if let Some(step) = install {
        if !step.is_all(|command| global(command) || command.runs("npm", "cache")) {
            return Err("the file server is installed in the same `RUN` as something else");
        }
        // An ARG is gone in the second stage.
        if build.model.source.slice(step.instruction.span).contains('$') {
            return Err("the file server is installed with a variable");
        }
        if step.index < last.index {
            product.setup.push(build.model.source.slice(step.instruction.span).trim_end().to_owned());
            product.edits.push(Edit::delete(lines_of(step, stage, build.model)));
        }
    }
    let stays = |step: &Step<'_>| {
        step.is_all(|command| global(command) || command.runs("npm", "cache"))
            || steps::makes_accounts(step)
            || steps::makes_folders(step)
    };
    if stage.steps[last.index + 1..].iter().any(|step| step.keyword() == Keyword::Run && !stays(step)) {
        return Err("a step after the build may change what is served");
    }
    product.last = Some(last.index);
    let packages = build.model.context.and_then(|context| context.project().node.as_ref());
    let listed = packages.and_then(|node| node.dependencies.iter().find(|dependency| dependency.name == server.name));
    if server.way == Way::Script || listed.is_some() && install.is_none() {
        product.taken.push(Taken {
            from: join_path(Some(&build.folder), "package.json", false).ok_or("the project's directory is not known")?,
            to: format!("{}/", build.folder.trim_end_matches('/')),
        });
    }
    match listed {
        _ if install.is_some() => {}
        Some(dependency) if dependency.dev => return Err("the file server is only a development dependency"),
        Some(_) => {
            let prune = node::prune(build).ok_or("the package manager cannot remove development dependencies")?;
            product.finish.push(format!("RUN {prune}"));
            let modules = join_path(Some(&build.folder), "node_modules", false);
            product.taken.push(Taken::folder(&modules.ok_or("the project's directory is not known")?));
        }
        // `npx` fetches it when the container starts, as it does today.
        None if server.way == Way::Npx && packages.is_some() => {}
        None => return Err("it is not known what installs the file server"),
    }
    product.taken.push(Taken::folder(&served));
    Ok(product)
}

/// Whether a command starts a web server from a system package.
fn is_web_server(command: &Command) -> bool {
    bases::role(&command.name) == Some(bases::Role::WebServer) || command.is_any(&["apache2ctl", "apachectl"])
}

/// Whether a command installs this package for all projects.
fn installs_globally(command: &Command, package: &str) -> bool {
    let named = |word: &str| word.split('@').next() == Some(package);
    let global = command.has_flag(&["-g", "--global"]) || command.runs("yarn", "global");
    command.is_any(&["npm", "yarn", "pnpm"]) && global && command.operands().any(|arg| named(arg.lexeme()))
}

/// The file server that a command starts, also through `npx` or a script of package.json.
fn file_server(command: &Command, context: Option<&Context>) -> Option<FileServer> {
    let words: Option<Vec<&str>> = command.args.iter().map(|arg| arg.text.as_deref()).collect();
    let words = words?;
    match command.name.as_str() {
        "npx" => {
            let at = words.iter().position(|word| !word.starts_with('-'))?;
            server(words[at], &words[at + 1..], Way::Npx)
        }
        "npm" | "yarn" | "pnpm" => {
            let mut operands = words.iter().filter(|word| !word.starts_with('-'));
            let script = match *operands.next()? {
                "run" | "run-script" => *operands.next()?,
                other => other,
            };
            let scripts = &context?.project().node.as_ref()?.scripts;
            if scripts.contains_key(&format!("pre{script}")) {
                return None;
            }
            let words = crate::shell::exec_form::plain_words(scripts.get(script)?)?;
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let (name, rest) = words.split_first()?;
            server(name, rest, Way::Script)
        }
        name => server(name, &words, Way::Directly),
    }
}

fn server(name: &str, words: &[&str], way: Way) -> Option<FileServer> {
    let (name, values) = STATIC_SERVERS.iter().find(|(known, _)| name.split('@').next() == Some(known))?;
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if values.contains(word) {
            words.next();
        } else if !word.starts_with('-') {
            return Some(FileServer { name, folder: (*word).to_owned(), way });
        }
    }
    None
}
