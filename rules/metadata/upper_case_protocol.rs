//! Finds protocols in `EXPOSE` that are not in lower case.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnInstruction(&[Keyword::Expose], check)])
    .fix(Fixable::Always)
    .aka(&["ExposeProtoCasing"]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Args::Words(args) = &step.instruction.args else { return };
    for word in &args.words {
        let Some((_, protocol)) = word.text.rsplit_once('/') else { continue };
        let lower = protocol.to_ascii_lowercase();
        if lower == protocol || !matches!(lower.as_str(), "tcp" | "udp" | "sctp") || word.span.len() != word.text.len()
        {
            continue;
        }
        let span = Span::new(word.span.end() - protocol.len(), word.span.end());
        cx.report(span, format!("protocol `{protocol}` is not lowercase"))
            .help(format!("use `{lower}`"))
            .fix(Fix::new(Safety::Safe, format!("replace with `{lower}`"), [Edit::replace(span, lower.clone())]));
    }
}
