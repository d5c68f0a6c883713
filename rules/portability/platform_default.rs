//! Finds defaults of the automatic platform arguments, which hide the automatic value.

use crate::finding::prelude::*;
use crate::knowledge::comment_words::FALLBACK;
use crate::knowledge::variables;
use crate::syntax::Pair;

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
        // A builder that does not set it would leave it empty.
        let safety = if is_wanted(cx.model) { Safety::Display } else { Safety::Unsafe };
        found.fix(Fix::new(safety, "remove the default", [edit]));
    }
}

/// How many `ARG` instructions are searched for a comment.
const MAX_ARGS: usize = 64;

/// Whether a comment on one of these arguments says why it has a default. It goes for all of them.
fn is_wanted(model: &Model<'_>) -> bool {
    let is_default = |pair: &Pair| variables::PLATFORM.contains(&pair.name.text.as_str()) && pair.value.is_some();
    let args = model.file.instructions().filter(|it| it.keyword == Keyword::Arg).take(MAX_ARGS);
    let mut defaults = args.filter(|it| matches!(&it.args, Args::Pairs(args) if args.pairs.iter().any(is_default)));
    defaults.any(|it| model.mentions(it, FALLBACK))
}
