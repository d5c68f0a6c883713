//! Finds final images that are based on a compiler's image.

use crate::finding::prelude::*;
use crate::fixes::two_stages;
use crate::knowledge::bases::variants::{is_jdk, is_toolchain, run_bases, size};
use crate::knowledge::canonical;
use crate::knowledge::programs::Class;
use crate::model::Tri;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).linux_only().fix(Fixable::Sometimes);

/// Build tools, which run a program only by a subcommand.
const DRIVERS: Class = Class::BUILD_DRIVER.or(Class::TOOLCHAIN);

/// Images whose programs are not compiled, or need the toolchain at run time.
const NEEDED: [&str; 3] = ["composer", "ghcr.io/astral-sh/uv", "mono"];

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    if !stage.is_final || !stage.starts_a_program(cx.model) || !starts_a_program(stage, cx.model) {
        return;
    }
    let Some(image) = stage.root_image(cx.model) else { return };
    let Some(name) = image.familiar_name() else { return };
    // A variable may set the tag to that of a JRE.
    let open = image.tag.is_none() && !image.untagged() && !image.has_digest();
    if open || image.tag.is_some() && image.tag_text().is_none() || NEEDED.contains(&&*name) {
        return;
    }
    if !is_toolchain(&name, image.tag_text()) || image.invalid.is_some() || stage.is_for_developing(cx.model) {
        return;
    }
    let written = image.value.as_deref().unwrap_or(&image.written);
    let large = size(&name, image.tag_text()).map(|size| format!(" (about {size} MB)")).unwrap_or_default();
    let starts_java = stage.start_commands(cx.model).iter().any(|start| start.command.is("java"));
    let ready_made = is_of_use(&name) && !compiles(stage, cx.model)
        || is_jdk(&name) && !starts_java && !builds_java(stage, cx.model);
    let unsure = ready_made || stage.runs_a_program(cx.model) != Tri::Yes;
    let mut found = cx.report(image.span, format!("the final image is based on the toolchain `{written}`{large}"));
    found.help(format!(
        "build in a build stage, `FROM {written} AS build`, and copy the result to a runtime stage with `COPY --from=build`"
    ));
    found.fix_with(Safety::Unsafe, stage.index, |model, stage| {
        two_stages::plan(model).or_else(|| two_stages::run_by_jre(&model.stages[stage], model))
    });
    if unsure {
        found.at_most(Level::Note);
    } else if two_stages::run_by_jre(stage, cx.model).is_none() {
        two_stages::obstacle(cx.model).into_iter().for_each(|reason| _ = found.help(reason));
    }
    for base in run_bases(&name, image.tag_text()) {
        let size = base.size.map(|size| format!(" (about {size} MB)")).unwrap_or_default();
        let condition = base.condition.map(|condition| format!(", if {condition}")).unwrap_or_default();
        found.help(format!("use `FROM {}:{}`{size} for the runtime stage{condition}", base.image, base.tag));
    }
}

/// Whether something is compiled in the stage. A prebuilt program may be based on this image for its tools, because it
/// calls them or needs their libraries.
fn compiles(stage: &Stage<'_>, model: &Model<'_>) -> bool {
    stage.run_commands(model).any(|command| {
        let own = command.name.ends_with(".sh") || command.name.ends_with(".bash");
        own || command.class().is(DRIVERS.or(Class::COMPILER))
    })
}

/// Whether a Java program is built in the stage. A downloaded server may compile what is deployed to it, or serve as a
/// base for other images.
fn builds_java(stage: &Stage<'_>, model: &Model<'_>) -> bool {
    stage.run_commands(model).any(|command| command.class().is(Class::JVM_BUILD))
}

/// Whether an image is also used for its libraries and tools. Few programs need what a JDK adds to a JRE.
fn is_of_use(name: &str) -> bool {
    matches!(canonical(name), "golang" | "rust" | "gcc" | "buildpack-deps" | "swift") || name.contains("dotnet/sdk")
}

/// Whether the container runs a program built with the toolchain, not the toolchain itself or a shell.
fn starts_a_program(stage: &Stage<'_>, model: &Model<'_>) -> bool {
    let commands = stage.start_commands(model);
    let runs = |command: &Command| {
        if !command.class().is(DRIVERS) {
            return !command.name.is_empty()
                && !command.class().is(Class::SHELL.or(Class::ELEMENTARY))
                && !command.is("jshell");
        }
        let dll = |text: &str| text.ends_with(".dll");
        let text = |arg: &crate::shell::Arg| {
            arg.text
                .as_deref()
                .is_some_and(|text| text.to_lowercase().contains("run") || dll(text) || text.contains("exec"))
        };
        command.args.iter().any(text)
    };
    // `CMD ["mvn"]`, or a build at the start: the image is for the tool.
    let builds = |command: &Command| command.class().is(DRIVERS) && !runs(command);
    let starts = commands.iter().any(|start| runs(start.command));
    starts
        && !commands.iter().any(|start| builds(start.command))
        && !commands.iter().any(|start| start.command.has_arg("test"))
}
