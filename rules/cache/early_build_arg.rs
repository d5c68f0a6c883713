//! Build arguments that change with every build, declared before expensive steps.

use crate::commands::download::downloads;
use crate::commands::packages::installs;
use crate::finding::prelude::*;
use crate::knowledge::programs::Class;
use crate::knowledge::variables;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnInstruction(&[Keyword::Arg], check)]).linux_only();

/// How many later pairs of an instruction are compared with one.
const MAX_PAIRS: usize = 100;

fn check(declared: &Step<'_>, cx: &Cx<'_>) {
    let Args::Pairs(args) = &declared.instruction.args else { return };
    let Some(stage) = cx.model.stage(declared.stage) else { return };
    for (at, pair) in args.pairs.iter().enumerate() {
        let name = pair.name.text.as_str();
        // The last declaration of a name counts, in this instruction and in later ones.
        if args.pairs[at + 1..].iter().limited(MAX_PAIRS).any(|other| other.name.text == name) {
            continue;
        }
        // `CACHEBUST` is meant to invalidate the cache.
        if !variables::VOLATILE.contains(&name.to_ascii_uppercase().as_str()) || name.eq_ignore_ascii_case("CACHEBUST")
        {
            continue;
        }
        let later = stage.steps.iter().skip(declared.index + 1).take_while(|step| !declares(step, name));
        let later = later.filter(|step| step.keyword() == Keyword::Run);
        let mut costly = later.take_while(|step| !step.contains(cx.model, &[name])).filter(|step| is_costly(step));
        let Some(step) = costly.next() else { continue };
        cx.report(
            pair.name.span,
            format!("`{name}` changes with every build and invalidates the cache for every later `RUN`"),
        )
        .label(step.instruction.keyword_span, "for example, this `RUN`, which does not use it")
        .help(format!("move `ARG {name}` down, to just before the first instruction that needs it"));
    }
}

fn declares(step: &Step<'_>, name: &str) -> bool {
    let Args::Pairs(args) = &step.instruction.args else { return false };
    step.keyword() == Keyword::Arg && args.pairs.iter().any(|pair| pair.name.text == name)
}

fn is_costly(step: &Step<'_>) -> bool {
    let commands = step.commands().iter();
    commands.into_iter().any(|command| {
        installs(command).is_some_and(|install| !install.dry_run)
            || downloads(command).is_some()
            || command.class().is(Class::BUILD_DRIVER.or(Class::TOOLCHAIN))
    })
}
