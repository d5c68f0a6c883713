//! Finds `EXPOSE` with an IP or a port of the host.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnInstruction(&[], check)])
    .words(&["expose"])
    .fix(Fixable::Always)
    .aka(&["ExposeInvalidFormat"]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Args::Words(args) = &step.instruction.args else { return };
    for word in args.words.iter().filter(|_| step.keyword() == Keyword::Expose) {
        // Not the colon of `${PORT:-80}`.
        let outside = word.text.rfind('}').map_or(0, |at| at + 1);
        let Some(colon) = word.text[outside..].rfind(':').map(|at| outside + at) else { continue };
        if word.text.contains('"') || word.text.contains('\'') {
            continue;
        }
        let port = &word.text[colon + 1..];
        let (mut message, shown) =
            (format!("`{}` sets a port of the host", word.text.replace('`', "'")), port.to_owned());
        message.push_str(", which `EXPOSE` does not support");
        cx.report(word.span, message)
            .help(format!(
                "use `EXPOSE {shown}`, and map the port when starting the container: `docker run -p {}`",
                word.text.replace('`', "'")
            ))
            .fix(Fix::new(Safety::Safe, format!("replace with `{shown}`"), [Edit::replace(word.span, shown)]));
    }
}
