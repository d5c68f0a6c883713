//! Finds `ARG ${name}`: variables in the name of an argument.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnFile(check)]);

fn check(cx: &Cx<'_>) {
    if cx.model.file.is_template(cx.source.text()) {
        return;
    }
    for instruction in cx.model.file.instructions().filter(|instruction| instruction.keyword == Keyword::Arg) {
        let Args::Pairs(args) = &instruction.args else { continue };
        for pair in args.pairs.iter().filter(|pair| pair.name.text.contains('$')) {
            cx.report(pair.name.span, "the name of an `ARG` cannot contain variables")
                .help("write the name out: some versions of BuildKit expand variables here, newer ones do not");
        }
    }
}
