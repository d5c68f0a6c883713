//! Consecutive `ENV` instructions that could be one.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnStage(check)]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let mut at = 0;
    while at < stage.steps.len() {
        let rest = &stage.steps[at..];
        let len = 1 + rest.windows(2).take_while(|pair| could_be_one(&pair[0], &pair[1])).count();
        if let [first, second, ..] = &rest[..len] {
            cx.report(second.instruction.keyword_span, format!("{len} consecutive `ENV`s could be one"))
                .label(first.instruction.keyword_span, "the first one")
                .help(
                    "set several `name=value` pairs in one `ENV`; this makes the file shorter, not the image smaller",
                );
        }
        at += len;
    }
}

fn could_be_one(first: &Step<'_>, second: &Step<'_>) -> bool {
    let (Args::Pairs(one), Args::Pairs(other)) = (&first.instruction.args, &second.instruction.args) else {
        return false;
    };
    let both = first.keyword() == Keyword::Env && second.keyword() == Keyword::Env && !one.legacy && !other.legacy;
    // A value sees the variables of earlier instructions, not those of its own instruction.
    let uses = |name: &str| {
        let mut values = other.pairs.iter().filter_map(|pair| pair.value.as_ref());
        values.any(|value| value.text.contains('$') && value.text.contains(name))
    };
    both && one.pairs.len() <= 64 && !one.pairs.iter().any(|pair| uses(&pair.name.text))
}
