//! Variables that are set twice without a use in between.

use std::collections::HashMap;

use crate::finding::prelude::*;
use crate::syntax::Pair;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    // Variables that are set and not used since.
    let mut idle: HashMap<&str, &Pair> = HashMap::new();
    for step in &stage.steps {
        for used in &step.uses {
            idle.remove(used.name.as_str());
        }
        match (step.keyword(), &step.instruction.args) {
            (Keyword::Env, Args::Pairs(args)) => {
                for pair in &args.pairs {
                    let name = pair.name.text.as_str();
                    if let Some(earlier) = idle.insert(name, pair) {
                        report(earlier, pair, cx);
                    }
                }
            }
            // None of these uses variables implicitly.
            (
                Keyword::Label | Keyword::Copy | Keyword::Add | Keyword::Expose | Keyword::Volume | Keyword::Workdir,
                _,
            )
            | (Keyword::User | Keyword::Stopsignal | Keyword::Maintainer | Keyword::Cmd | Keyword::Entrypoint, _)
            | (Keyword::Healthcheck, _) => {}
            _ => idle.clear(),
        }
    }
}

fn report(earlier: &Pair, pair: &Pair, cx: &Cx<'_>) {
    let text = |pair: &Pair| pair.value.as_ref().map(|value| value.unquoted(cx.model.file.escape));
    let name = &pair.name.text;
    let (variant, message) = match text(earlier) == text(pair) {
        true => ("same-value", format!("`{name}` is set to the same value twice")),
        false => ("", format!("`{name}` is set again before anything uses it")),
    };
    cx.report(earlier.span, message).variant(variant).label(pair.span, "set again here").help("remove one of them");
}
