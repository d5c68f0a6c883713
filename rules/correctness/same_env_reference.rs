//! `ENV A=1 B=$A`: variables used in the `ENV` that sets them.

use std::collections::HashMap;

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnInstruction(&[Keyword::Env], check)])
    // Windows base images provide system variables.
    .linux_only()
    .fix(Fixable::Sometimes)
    .aka(&["DL3044"]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Args::Pairs(args) = &step.instruction.args else {
        return;
    };
    if args.legacy || args.pairs.len() < 2 {
        return;
    }
    let mut set: HashMap<&str, usize> = HashMap::new();
    let mut uses = step.uses.iter().peekable();
    for (index, pair) in args.pairs.iter().enumerate() {
        while let Some(used) = uses.next_if(|used| used.span.end <= pair.span.end) {
            let Some(&at) = set.get(used.name.as_str()).filter(|_| pair.span.contains(used.span)) else {
                continue;
            };
            let earlier = &args.pairs[at];
            let old = step.state.variables.get(used.name.as_str());
            // The value does not change, so nothing is lost.
            let same = old.and_then(|old| old.value.as_deref()).is_some_and(|old| {
                earlier.value.as_ref().is_some_and(|word| word.unquoted(cx.model.file.escape) == old)
            });
            if same {
                continue;
            }
            let becomes = match old {
                Some(_) => "still has its old value here",
                None => "is not set yet here",
            };
            let fix = old.is_none().then(|| split(args.pairs[index - 1].span, pair.span, step, cx)).flatten();
            let mut found =
                cx.report(used.span, format!("`{}` {becomes}: an `ENV` sets all its variables at once", used.name));
            found.label(earlier.span, "set in the same instruction");
            found.help(format!("move `{}` to a separate `ENV` after this one", pair.name.text));
            if old.is_some() {
                found.variant("old-value").at_most(Level::Note);
            }
            found.fix(fix);
        }
        set.insert(&pair.name.text, index);
    }
}

/// A fix that starts a second `ENV` here.
fn split(before: Span, pair: Span, step: &Step<'_>, cx: &Cx<'_>) -> Option<Fix> {
    let gap = Span::new(before.end(), pair.start());
    let text = cx.text(gap);
    let blank = text.chars().all(|char| char.is_whitespace() || char == cx.model.file.escape.as_char());
    let end = cx.source.line_end();
    let edit = Edit::replace(gap, format!("{end}{} ", step.instruction.keyword_text));
    blank.then(|| Fix::new(Safety::Unsafe, "start another `ENV` here", [edit])).flatten()
}
