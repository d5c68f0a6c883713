//! Build arguments that change with every build, declared before expensive steps.

use crate::commands::download::downloads;
use crate::commands::packages::installs;
use crate::finding::prelude::*;
use crate::knowledge::programs::Class;
use crate::knowledge::variables;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnInstruction(&[Keyword::Arg], check)]).linux_only();

fn check(declared: &Step<'_>, cx: &Cx<'_>) {
    let Args::Pairs(args) = &declared.instruction.args else { return };
    let Some(stage) = cx.model.stage(declared.stage).filter(|_| !cx.is_huge()) else { return };
    for pair in &args.pairs {
        let name = pair.name.text.as_str();
        // `CACHEBUST` is meant to invalidate the cache.
        if !variables::VOLATILE.contains(&name.to_ascii_uppercase().as_str()) || name.eq_ignore_ascii_case("CACHEBUST")
        {
            continue;
        }
        let later = stage.steps.iter().skip(declared.index + 1).filter(|step| step.keyword() == Keyword::Run);
        let mut costly = later.take_while(|step| !uses(step, name, cx)).filter(|step| is_costly(step));
        let Some(step) = costly.next() else { continue };
        cx.report(
            pair.name.span,
            format!("`{name}` changes with every build and invalidates the cache for every later `RUN`"),
        )
        .label(step.instruction.keyword_span, "this one, for example, which does not use it")
        .help(format!("move `ARG {name}` down, to just before the first instruction that needs it"));
    }
}

fn uses(step: &Step<'_>, name: &str, cx: &Cx<'_>) -> bool {
    cx.text(step.instruction.span).contains(name)
}

fn is_costly(step: &Step<'_>) -> bool {
    let commands = step.script.iter().flat_map(|script| &script.commands);
    commands.into_iter().any(|command| {
        installs(command).is_some_and(|install| !install.dry_run)
            || downloads(command).is_some()
            || command.class().is(Class::BUILD_DRIVER.or(Class::TOOLCHAIN))
    })
}
