//! A `.dockerignore` for a project without one.

use crate::context::{Context, Kind, Language};
use crate::finding::{Fix, NewFile, Safety};
use crate::fixes::source_scan;
use crate::knowledge::git;
use crate::knowledge::packages::READ_ENV_FILES;
use crate::model::Model;
use crate::shell::Command;

/// How many Dockerfiles of the context are read for what they copy.
const MAX_FILES: usize = 20;

/// The fix that writes it, with patterns for what is certainly of no use in an image. Anything that a Dockerfile or Compose
/// file of the context mentions is not listed, so it is sent as before.
pub fn write(model: &Model<'_>) -> Option<Fix> {
    let context =
        model.context.filter(|context| context.is_sure() && context.ignore_file().is_none() && !context.truncated())?;
    let mut texts = model.source.text().to_ascii_lowercase();
    for entry in
        context.entries().iter().filter(|entry| entry.kind == Kind::File && is_build_file(&entry.path)).take(MAX_FILES)
    {
        texts.push_str(&context.read(&entry.path).unwrap_or_default().to_ascii_lowercase());
    }
    let named = |word: &str| texts.contains(word);
    let any = |words: &[&str]| words.iter().any(|word| named(word));
    let project = context.project();
    let has = |language: Language| project.languages.contains(&language);
    let there = |ending: &str| context.entries().iter().any(|entry| entry.path.ends_with(ending));
    let mut lines = vec!["# Not sent to the builder, and so copied by no `COPY . .`."];
    let mut add = |names: &[&'static str], wanted: bool| {
        lines
            .extend(names.iter().filter(|name| wanted && !named(name.trim_start_matches("**/").trim_end_matches('*'))));
    };
    add(&[".git"], !any(git::READS_REPOSITORY));
    add(&[".gitignore", ".github", ".idea", ".vscode", ".DS_Store"], true);
    // What reads it at run time would miss it.
    let reads_env = source_scan::reads_env_file(context);
    add(&[".env"], !reads_env && !project_reads_env(context));
    add(&["Dockerfile*"], !named("copy dockerfile") && !named("add dockerfile"));
    add(&[".dockerignore"], true);
    add(&["docker-compose*", "compose.y*"], true);
    let node = has(Language::Node) && any(&["npm i", "npm ci", "yarn", "pnpm", "bun i"]);
    add(&["node_modules", "npm-debug.log*"], node);
    add(&["**/__pycache__", "**/*.pyc", ".venv", "venv", ".pytest_cache"], has(Language::Python) || there(".py"));
    add(&[".gradle"], context.exists("build.gradle") || context.exists("build.gradle.kts"));
    let dotnet = has(Language::DotNet) && any(&["dotnet publish", "dotnet build"]);
    add(&["**/obj"], dotnet && !any(&["bin/release", "bin/debug"]));
    if (has(Language::Rust) || context.exists("pom.xml")) && makes_target(model) && !takes_target(model, context) {
        lines.push("target");
    }
    let text = lines.into_iter().map(|line| format!("{line}\n")).collect();
    Some(Fix::write(Safety::Unsafe, "write a `.dockerignore`", NewFile { name: ".dockerignore", text }))
}

/// Whether Maven or Cargo creates the directory in the image, so that the program does not need the one of the context.
fn makes_target(model: &Model<'_>) -> bool {
    let builds = |command: &Command| match command.name.as_str() {
        "mvn" | "mvnw" => ["package", "install", "verify", "deploy"].iter().any(|goal| command.has_arg(goal)),
        "cargo" => ["build", "b", "install", "run", "r"].iter().any(|verb| command.has_arg(verb)),
        _ => false,
    };
    model.runs().any(|(_, script)| script.commands.iter().any(builds))
}

/// Whether something copies it from the context anyway: a COPY of this file, or anything in the other files.
fn takes_target(model: &Model<'_>, context: &Context) -> bool {
    let copied = model.steps().any(|step| {
        let sources = step.context_sources(model);
        let written = step.copy().filter(|_| step.flag("from").is_none()).map_or(0, |copy| copy.sources.len());
        let unknown = step.copy().is_some() && sources.len() < written;
        unknown || sources.iter().any(|source| source.path.split('/').any(|part| matches!(part, "target" | "*" | "**")))
    });
    let names = |text: &str| text.contains("target/") || text.contains("/target");
    let others = context.entries().iter().filter(|entry| entry.kind == Kind::File && is_build_file(&entry.path));
    let texts = others.take(MAX_FILES).filter_map(|entry| context.read(&entry.path));
    copied || texts.filter(|text| **text != *model.source.text()).any(|text| names(&text))
}

fn is_build_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    name.contains("dockerfile")
        || name == "containerfile"
        || name.contains("compose") && (name.ends_with(".yml") || name.ends_with(".yaml"))
}

/// Through a package for that purpose.
fn project_reads_env(context: &Context) -> bool {
    let project = context.project();
    let node = project.node.iter().flat_map(|node| &node.dependencies);
    let python = project.python.iter().flat_map(|python| &python.dependencies);
    node.chain(python).any(|dependency| READ_ENV_FILES.iter().any(|name| dependency.name.contains(name)))
}
