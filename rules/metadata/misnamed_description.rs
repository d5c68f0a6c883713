//! Finds comments above stages and arguments that do not start with their name.

use crate::finding::prelude::*;
use crate::syntax::ItemKind;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnFile(check)]).aka(&["InvalidDefinitionDescription"]);

fn check(cx: &Cx<'_>) {
    let mut comment: Option<Span> = None;
    for item in &cx.model.file.items {
        let instruction = match &item.kind {
            ItemKind::Comment => {
                comment = Some(item.span);
                continue;
            }
            ItemKind::Instruction(instruction) => instruction,
            _ => {
                comment = None;
                continue;
            }
        };
        let Some(above) = comment.take() else { continue };
        let (name, kind) = match &instruction.args {
            Args::From(from) => (from.name.as_ref(), "build stage"),
            Args::Pairs(args) if instruction.keyword == Keyword::Arg => {
                (args.pairs.first().map(|pair| &pair.name), "argument")
            }
            _ => continue,
        };
        let Some(name) = name.map(|name| name.text.as_str()) else { continue };
        let line = cx.text(above);
        let text = line.trim().trim_start_matches('#').trim();
        if text.is_empty() || text.split_whitespace().next() == Some(name) {
            continue;
        }
        let start = above.start() + (line.len() - line.trim_start().len());
        let span = Span::new(start, start + line.trim().len());
        cx.report(span, format!("description of {kind} `{}` does not start with its name", name.replace('`', "'")))
            .help(format!(
                "start it with `# {} …`, or add an empty line below if it is not a description",
                name.replace('`', "'")
            ));
    }
}
