use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]);

fn check(stage: &Stage<'_>, cx: &mut Cx<'_>) {
    let is_dev = |text: &str| {
        let text = text.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        text.split(['-', '_', '.'])
            .any(|word| matches!(word, "dev" | "devel" | "development" | "local" | "debug" | "test"))
    };
    if !stage.is_final || is_dev(cx.source.name()) || stage.name.is_some_and(|name| is_dev(&name.text)) {
        return;
    }
    let commands = stage.start_commands(cx.model);
    let scripts = cx.model.context.filter(|it| it.is_sure()).and_then(|it| it.project().node.as_ref());
    for start in &commands {
        let Some((what, instead)) = development(start.command).or_else(|| {
            let line = scripts?.scripts.get("start").filter(|_| runs_script(start.command) == Some("start"))?;
            line.starts_with("react-scripts start").then_some((
                "`react-scripts start`, which npm runs here, is for development",
                "build the pages (`npm run build`) and let a web server such as nginx serve them",
            ))
        }) else {
            continue;
        };
        cx.report(start.span, format!("{what}{}", start.by_file())).help(instead);
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

/// What is wrong with a command that is there to develop with, and what to do instead.
fn development(command: &Command) -> Option<(&'static str, &'static str)> {
    const BUILD: &str = "build the pages and let a web server such as nginx serve them";
    const COMPILE: &str = "compile it in a build stage, and start the result";
    const WSGI: &str = "start a server made for production, such as `gunicorn` or `uvicorn`";
    let first = command.operands().next().and_then(|arg| arg.text.as_deref()).unwrap_or_default();
    Some(match command.name.as_str() {
        "nodemon" | "ts-node-dev" | "tsx" if first == "watch" || command.name != "tsx" => (
            "this restarts the program whenever a file changes, and no file does in a container",
            "start the program with `node`",
        ),
        "node" if command.has_arg("--watch") => {
            ("`--watch` waits for files to change, and none does in a container", "leave `--watch` away")
        }
        "flask" if first == "run" => {
            ("the server of Flask is for development: it serves one request well, and many badly", WSGI)
        }
        "python" | "python3" if command.has_arg("runserver") => {
            ("`runserver` of Django is for development: it has not been made to be safe or fast", WSGI)
        }
        "uvicorn" | "gunicorn" | "hypercorn" if command.has_arg("--reload") => {
            ("`--reload` watches the source files, and they do not change in a container", "leave `--reload` away")
        }
        "php" if command.has_flag(&["-S"]) || (first == "artisan" && command.has_arg("serve")) => (
            "the server of PHP itself is for development: it serves one request at a time",
            "use the image `php:…-fpm` or `php:…-apache`",
        ),
        "ng" | "webpack" if first == "serve" => ("this server is for development: it compiles the pages anew", BUILD),
        "webpack-dev-server" => ("this server is for development: it compiles the pages anew", BUILD),
        "vite" if matches!(first, "" | "dev" | "serve") => {
            ("this server is for development: it compiles the pages anew", BUILD)
        }
        "next" | "nuxt" | "astro" | "gatsby" if matches!(first, "dev" | "develop") => (
            "this server is for development: it compiles each page when it is asked for",
            "run the build in a build stage, and start the result",
        ),
        "react-scripts" if first == "start" => ("this server is for development: it compiles the pages anew", BUILD),
        "go" | "cargo" if first == "run" => {
            ("this compiles the program at each start, and needs the whole toolchain in the image", COMPILE)
        }
        "dotnet" if matches!(first, "run" | "watch") => (
            "this compiles the program at each start, and needs the whole SDK in the image",
            "run `dotnet publish` in a build stage, and start the result with `dotnet app.dll`",
        ),
        "mvn" | "mvnw" if command.has_arg("spring-boot:run") => {
            ("this compiles the program at each start, and needs Maven and the JDK in the image", COMPILE)
        }
        "gradle" | "gradlew" if command.has_arg("bootRun") || command.has_arg("run") => {
            ("this compiles the program at each start, and needs Gradle and the JDK in the image", COMPILE)
        }
        "npm" | "yarn" | "pnpm" | "bun" => match runs_script(command)? {
            "dev" | "start:dev" | "develop" | "watch" | "start-dev" | "dev:server" => {
                ("this script is there to develop with", "build in a build stage, and start the result")
            }
            _ => return None,
        },
        _ => return None,
    })
}
