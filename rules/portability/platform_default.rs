//! Finds defaults of the automatic platform arguments, which hide the automatic value.

use crate::finding::prelude::*;
use crate::knowledge::variables;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnInstruction(&[Keyword::Arg], check)]).fix(Fixable::Always);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Args::Pairs(args) = &step.instruction.args else { return };
    for pair in &args.pairs {
        let name = pair.name.text.as_str();
        let Some(value) = pair.value.as_ref().filter(|_| variables::PLATFORM.contains(&name)) else { continue };
        // `${TARGETARCH:-amd64}` takes the automatic value where there is one.
        if value.text.contains('$') || name == "TARGETSTAGE" {
            continue;
        }
        let edit = Edit::delete(Span::new(pair.name.span.end(), pair.span.end().max(pair.name.span.end())));
        let mut found = cx.report(pair.span, format!("the default of `{name}` overrides the value that BuildKit sets"));
        found.help(format!("write `ARG {name}`: with a default, the value is the same on every platform"));
        found.fix(Fix::new(Safety::Unsafe, "remove the default", [edit]));
    }
}
