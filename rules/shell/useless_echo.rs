//! Finds `echo $(…)` and `$(echo …)`.

use crate::finding::prelude::*;
use crate::shell::reader::{Command, CommandKind, Item, Part, PartKind, Pipeline, SubstitutionKind};

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2005", "SC2116"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    let tree = script.tree();
    let is_command = |part: &Part| match part.kind {
        PartKind::Substitution(id) => {
            let body = tree[id].block.body;
            matches!(tree[id].kind, SubstitutionKind::Dollar | SubstitutionKind::Backtick)
                && !survey.slice(body.span).trim_start().starts_with('<')
                && matches!(&tree[body.items], [item] if item.pipelines.len() == 1)
        }
        _ => false,
    };
    for simple in &survey.simples {
        let [name, word] = simple.words else { continue };
        if survey.bare(*name) != Some("echo") {
            continue;
        }
        let found = match &tree[word.parts] {
            [part @ Part { kind: PartKind::Substitution(_), .. }] => is_command(part),
            [Part { kind: PartKind::Double { parts, .. }, .. }] => matches!(&tree[*parts], [part] if is_command(part)),
            _ => false,
        };
        if found {
            cx.report(script.span(word.span), "`echo` prints what the command prints anyway")
                .variant("SC2005")
                .help("run the command alone");
        }
    }
    for &at in &survey.parts {
        let Some(part) = survey.part(at).filter(|part| is_command(part)) else { continue };
        let PartKind::Substitution(id) = part.kind else { continue };
        let body = tree[id].block.body;
        let [Item { pipelines, .. }] = tree[body.items] else { continue };
        let [Pipeline { commands, .. }] = tree[pipelines] else { continue };
        let [Command { kind: CommandKind::Simple { words, .. }, .. }] = tree[commands] else { continue };
        let Some((name, args)) = tree[words].split_first() else { continue };
        let plain = args.iter().all(|word| {
            let parts = &tree[word.parts];
            !survey.slice(word.span).starts_with('-')
                && !survey.is_glob(*word)
                && !parts.iter().any(|part| matches!(part.kind, PartKind::Brace(_)))
        });
        if survey.bare(*name) == Some("echo") && !args.is_empty() && plain {
            cx.report(script.span(part.span), "`$(echo …)` returns its own arguments")
                .variant("SC2116")
                .help("use the arguments directly");
        }
    }
}
