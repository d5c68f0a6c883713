//! An archive that is copied and then unpacked, although `ADD` could unpack it.

use crate::commands::download::extracts;
use crate::finding::prelude::*;
use crate::knowledge::file_kinds::UNPACKED;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]).linux_only().aka(&["DL3010"]);

/// An archive added by `COPY`: its name in the image, and where it is named.
struct Copied {
    name: String,
    span: Span,
    source: String,
}

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let mut copied: Vec<Copied> = Vec::new();
    for step in &stage.steps {
        match step.keyword() {
            Keyword::Copy if step.flag("from").is_none() && copied.len() < 256 => {
                copied.extend(archives(step, cx.model).into_iter().limited(64))
            }
            Keyword::Run if !copied.is_empty() => {
                for command in step.commands().iter() {
                    let Some(archive) = extracts(command).and_then(|it| it.archive) else { continue };
                    let name = archive.raw.trim_matches(['"', '\'']).rsplit('/').next().unwrap_or_default();
                    let Some(at) = copied.iter().position(|it| fits(&it.name, name)) else { continue };
                    let Copied { span, source, .. } = copied.swap_remove(at);
                    cx.report(span, format!("`{source}` stays in this layer although it is unpacked in another"))
                        .label(command.span, "unpacked here")
                        .help(format!("use `ADD {source} …`, which unpacks it, so that there is nothing to remove"));
                }
            }
            _ => {}
        }
    }
}

fn archives(step: &Step<'_>, model: &Model<'_>) -> Vec<Copied> {
    let (Some(copy), Some(dest)) = (step.copy(), step.copy_dest(model)) else { return Vec::new() };
    let is_archive = |name: &str| UNPACKED.iter().any(|end| name.ends_with(end));
    let each = copy.sources.iter().filter_map(|word| {
        let source = model.expand(step, word).value.filter(|source| is_archive(source))?;
        let name = if is_archive(dest) { dest } else { source.as_str() };
        let name = name.rsplit('/').next()?.to_owned();
        Some(Copied { name, span: word.span, source })
    });
    each.collect()
}

/// Whether the names match; either may be a pattern: `COPY tool-*.tar.gz`, `tar -xf *.tgz`.
fn fits(copied: &str, unpacked: &str) -> bool {
    if copied == unpacked {
        return true;
    }
    let one = |pattern: &str, name: &str| {
        pattern.split_once('*').is_some_and(|(start, end)| {
            !end.contains('*')
                && name.len() >= start.len() + end.len()
                && name.starts_with(start)
                && name.ends_with(end)
        })
    };
    one(copied, unpacked) || one(unpacked, copied)
}
