//! Finds debug builds in the final image.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).linux_only();

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let model = cx.model;
    if !stage.is_shipped_last(model) || stage.is_for_developing(model) || stage.is_for_building(model) {
        return;
    }
    for step in &stage.steps {
        let Some(args) = step.copy() else { continue };
        for source in &args.sources {
            if let Some(how) = of_path(&source.text) {
                report(source.span, ("copies", "this copies"), how, cx);
            }
        }
    }
    for start in stage.start_commands(model).iter().filter(|start| start.file.is_none()) {
        let command = &start.command;
        let cargo = command.runs("cargo", "run") && !command.has_flag(&["--release", "-r", "--profile"]);
        let how = if cargo { Some(RUST) } else { of_path(&command.path) };
        if let Some(how) = how {
            report(start.span, ("starts", "this starts"), how, cx);
        }
    }
}

const RUST: (&str, &str) =
    ("Cargo", "build with `cargo build --release --locked`, and use the program from `target/release`");
const DOTNET: (&str, &str) = (".NET", "build with `dotnet publish --configuration Release`, and use its output");

fn report(span: Span, (variant, verb): (&'static str, &str), (whose, help): (&str, &'static str), cx: &Cx<'_>) {
    cx.report(span, format!("{verb} an unoptimized {whose} debug build")).variant(variant).help(help);
}

/// The tool whose debug build a path belongs to, with the help for it.
fn of_path(path: &str) -> Option<(&'static str, &'static str)> {
    let words: Vec<&str> = path.split('/').take(64).collect();
    // `target/debug/app`, `target/aarch64-unknown-linux-musl/debug/app`.
    let rust = words.iter().position(|word| *word == "target").is_some_and(|at| {
        words.get(at + 1) == Some(&"debug") || (words.get(at + 2) == Some(&"debug") && words[at + 1].contains("linux"))
    });
    let dotnet = || words.windows(2).any(|pair| pair == ["bin", "Debug"]);
    if rust { Some(RUST) } else { dotnet().then_some(DOTNET) }
}
