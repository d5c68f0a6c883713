//! Finds containers that start a development server.

use crate::finding::in_script;
use crate::finding::prelude::*;
use crate::knowledge::stage_names::{NOT_FOR_PRODUCTION, word_of};

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let is_dev = |text: &str| word_of(text.rsplit('/').next().unwrap_or_default(), NOT_FOR_PRODUCTION).is_some();
    if !stage.is_final || is_dev(cx.source.name()) || stage.name.is_some_and(|name| is_dev(&name.text)) {
        return;
    }
    let commands = stage.start_commands(cx.model);
    let scripts = cx.model.context.filter(|it| it.is_sure()).and_then(|it| it.project().node.as_ref());
    for start in &commands {
        let Some((variant, what, instead)) = development(start.command).or_else(|| {
            let line = scripts?.scripts.get("start").filter(|_| runs_script(start.command) == Some("start"))?;
            line.starts_with("react-scripts start").then_some((
                "react-scripts",
                "npm runs `react-scripts start` here, a development server",
                "build the pages (`npm run build`) and serve them with a web server such as nginx",
            ))
        }) else {
            continue;
        };
        cx.report(start.span, format!("{what}{}", in_script(start))).variant(variant).help(instead);
        return;
    }
}

fn runs_script(command: &Command) -> Option<&str> {
    let mut operands = command.operands().filter_map(|arg| arg.text.as_deref());
    match (command.name.as_str(), operands.next()?) {
        ("npm" | "pnpm" | "yarn" | "bun", "run" | "run-script") => operands.next(),
        ("yarn" | "pnpm" | "npm", script) => Some(script),
        _ => None,
    }
}

/// The message, what it is known by, and the help for a command that is meant for development.
fn development(command: &Command) -> Option<(&'static str, &'static str, &'static str)> {
    const BUILD: &str = "build the pages and serve them with a web server such as nginx";
    const COMPILE: &str = "compile the program in a build stage, and run the result";
    const WSGI: &str = "use a production server such as `gunicorn` or `uvicorn`";
    let first = command.operands().next().and_then(|arg| arg.text.as_deref()).unwrap_or_default();
    Some(match command.name.as_str() {
        "nodemon" | "ts-node-dev" | "tsx" if first == "watch" || command.name != "tsx" => (
            "restarts",
            "this restarts the program when files change, but in a container they do not change",
            "run the program with `node`",
        ),
        "node" if command.has_arg("--watch") => {
            ("watch", "`--watch` watches the source files, but in a container they do not change", "remove `--watch`")
        }
        "flask" if first == "run" => ("flask", "`flask run` starts Flask's development server", WSGI),
        "python" | "python3" if command.has_arg("runserver") => {
            ("django", "`runserver` starts Django's development server", WSGI)
        }
        "uvicorn" | "gunicorn" | "hypercorn" if command.has_arg("--reload") => (
            "reload",
            "`--reload` watches the source files, but in a container they do not change",
            "remove `--reload`",
        ),
        "php" if command.has_flag(&["-S"]) || (first == "artisan" && command.has_arg("serve")) => {
            ("php", "this starts PHP's built-in development server", "use the `php:…-fpm` or `php:…-apache` image")
        }
        "ng" | "webpack" if first == "serve" => ("", "this starts a development server", BUILD),
        "webpack-dev-server" => ("", "this starts a development server", BUILD),
        "vite" if matches!(first, "" | "dev" | "serve") => ("", "this starts a development server", BUILD),
        "next" | "nuxt" | "astro" | "gatsby" if matches!(first, "dev" | "develop") => (
            "on-request",
            "this starts a development server, which compiles pages on request",
            "run the build in a build stage, and run the result",
        ),
        "fastapi" if first == "dev" => (
            "reload",
            "`fastapi dev` watches the source files, but in a container they do not change",
            "use `fastapi run`",
        ),
        "react-scripts" if first == "start" => ("", "this starts a development server", BUILD),
        "go" | "cargo" if first == "run" => {
            ("toolchain", "this compiles the program at every start and requires the toolchain in the image", COMPILE)
        }
        "dotnet" if matches!(first, "run" | "watch") => (
            "dotnet-sdk",
            "this compiles the program at every start and requires the SDK in the image",
            "run `dotnet publish` in a build stage, and run the result with `dotnet app.dll`",
        ),
        "mvn" | "mvnw" if command.has_arg("spring-boot:run") => {
            ("maven", "this compiles the program at every start and requires Maven and the JDK in the image", COMPILE)
        }
        "gradle" | "gradlew" if command.has_arg("bootRun") || command.has_arg("run") => {
            ("gradle", "this compiles the program at every start and requires Gradle and the JDK in the image", COMPILE)
        }
        "npm" | "yarn" | "pnpm" | "bun" => match runs_script(command)? {
            "dev" | "start:dev" | "develop" | "watch" | "start-dev" | "dev:server" => {
                ("", "this starts a development server", "build in a build stage, and run the result")
            }
            _ => return None,
        },
        _ => return None,
    })
}
