use crate::finding::prelude::*;
use crate::fixes::two_stages;
use crate::knowledge::canonical;
use crate::knowledge::variants::{is_toolchain, run_bases, size};
use crate::model::Tri;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).fix(Fixable::Sometimes);

/// What drives a build, and runs a program only when told so.
const DRIVERS: [&str; 16] = [
    "go", "cargo", "mvn", "mvnw", "gradle", "gradlew", "dotnet", "swift", "dart", "sbt", "stack", "cabal", "lein",
    "make", "cmake", "ant",
];

/// Images whose programs are not compiled, or need the very image.
const NEEDED: [&str; 3] = ["composer", "ghcr.io/astral-sh/uv", "mono"];

fn check(stage: &Stage<'_>, cx: &mut Cx<'_>) {
    let runs = stage.starts_a_program(cx.model) && starts_a_program(stage, cx.model);
    if !stage.is_final || stage.windows || !runs {
        return;
    }
    let Some(image) = stage.root_image(cx.model) else { return };
    let Some(name) = image.familiar_name() else { return };
    // A variable may bring the tag, and with it a JRE.
    let open = image.tag.is_none() && !image.untagged() && !image.has_digest();
    if open || image.tag.is_some() && image.tag_text().is_none() || NEEDED.contains(&&*name) {
        return;
    }
    if !is_toolchain(&name, image.tag_text()) || image.invalid.is_some() || stage.is_for_developing(cx.model) {
        return;
    }
    let written = image.value.as_deref().unwrap_or(&image.written);
    let large = size(&name, image.tag_text()).map(|size| format!(" of about {size} MB")).unwrap_or_default();
    let fix = two_stages::plan(cx.model).or_else(|| two_stages::run_by_jre(stage, cx.model));
    let starts_java = stage.start_commands(cx.model).iter().any(|start| start.command.is("java"));
    let ready_made = is_of_use(&name) && !compiles(stage, cx.model)
        || is_jdk(&name) && !starts_java && !builds_java(stage, cx.model);
    let unsure = ready_made || stage.runs_a_program(cx.model) != Tri::Yes;
    let found = cx.report(
        image.span,
        format!("the final image is the toolchain `{written}`{large}, which the program does not need to run"),
    );
    found.help(format!(
        "build in a first stage, `FROM {written} AS build`, and copy the result to a last one with `COPY --from=build`"
    ));
    found.fix(fix);
    if unsure {
        found.at_most(Level::Note);
    }
    for base in run_bases(&name, image.tag_text()) {
        let size = base.size.map(|size| format!(" (about {size} MB)")).unwrap_or_default();
        let condition = base.condition.map(|condition| format!(", if {condition}")).unwrap_or_default();
        found.help(format!("the last stage can be `FROM {}:{}`{size}{condition}", base.image, base.tag));
    }
}

/// Whether something is compiled in the stage. What comes ready made may have been put on this image for its tools:
/// it calls them, or needs their libraries.
fn compiles(stage: &Stage<'_>, model: &Model<'_>) -> bool {
    const COMPILERS: [&str; 12] =
        ["gcc", "g++", "cc", "c++", "clang", "rustc", "javac", "ghc", "swiftc", "configure", "ninja", "meson"];
    stage.run_commands(model).any(|command| {
        let own = command.name.ends_with(".sh") || command.name.ends_with(".bash");
        own || command.is_any(&DRIVERS) || command.is_any(&COMPILERS)
    })
}

/// Whether a Java program is made in the stage. A server that is fetched ready made may compile what is put into it, or
/// serve as a base for others.
fn builds_java(stage: &Stage<'_>, model: &Model<'_>) -> bool {
    const TOOLS: [&str; 10] = ["javac", "mvn", "mvnw", "gradle", "gradlew", "ant", "sbt", "lein", "jar", "kotlinc"];
    stage.run_commands(model).any(|command| command.is_any(&TOOLS))
}

/// Images of a JDK and nothing else.
fn is_jdk(name: &str) -> bool {
    const NAMES: [&str; 8] = ["jdk", "temurin", "corretto", "semeru", "sapmachine", "zulu", "liberica", "graalvm"];
    canonical(name) == "java" || NAMES.iter().any(|part| name.contains(part))
}

/// Images that are taken for their libraries and tools as well. What a JDK has over a JRE, hardly any program needs.
fn is_of_use(name: &str) -> bool {
    matches!(canonical(name), "golang" | "rust" | "gcc" | "buildpack-deps" | "swift") || name.contains("dotnet/sdk")
}

/// Whether a container runs a program that was made with the image, not the toolchain itself or a shell.
fn starts_a_program(stage: &Stage<'_>, model: &Model<'_>) -> bool {
    let commands = stage.start_commands(model);
    let runs = |command: &Command| {
        if !DRIVERS.contains(&command.name.as_str()) {
            return !command.is_shell()
                && !matches!(command.name.as_str(), "" | "jshell" | "tail" | "sleep" | "cd" | "echo" | "cmp" | "diff");
        }
        let dll = |text: &str| text.ends_with(".dll");
        let text = |arg: &crate::shell::Arg| {
            arg.text
                .as_deref()
                .is_some_and(|text| text.to_lowercase().contains("run") || dll(text) || text.contains("exec"))
        };
        command.args.iter().any(text)
    };
    // `CMD ["mvn"]`, or a build at the start: the tool is what the image is for.
    let builds = |command: &Command| DRIVERS.contains(&command.name.as_str()) && !runs(command);
    let starts = commands.iter().any(|start| runs(start.command));
    starts
        && !commands.iter().any(|start| builds(start.command))
        && !commands.iter().any(|start| start.command.has_arg("test"))
}
