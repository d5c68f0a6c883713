//! Finds `EXPOSE` with an IP or a port of the host.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnInstruction(&[Keyword::Expose], check)])
    .fix(Fixable::Always)
    .aka(&["ExposeInvalidFormat"]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Args::Words(args) = &step.instruction.args else { return };
    for word in &args.words {
        // Not the colon of `${PORT:-80}`.
        let outside = word.text.rfind('}').map_or(0, |at| at + 1);
        let Some(colon) = word.text[outside..].rfind(':').map(|at| outside + at) else { continue };
        if word.text.contains('"') || word.text.contains('\'') {
            continue;
        }
        let port = &word.text[colon + 1..];
        let shown = word.text.replace('`', "'");
        cx.report(word.span, format!("`{shown}` sets a host port, which `EXPOSE` does not support"))
            .help(format!(
                "use `EXPOSE {port}`, and publish the port when you start the container: `docker run -p {shown}`"
            ))
            .fix(Fix::new(Safety::Safe, format!("replace with `{port}`"), [Edit::replace(word.span, port)]));
    }
}
