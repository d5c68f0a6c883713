//! Finds `rm -r "$DIR"/*`, which removes the root directory's files if the variable is empty.

use crate::finding::prelude::*;
use crate::knowledge::shell_words;
use crate::shell::reader::{OperationKind, Parameter, Part, PartKind};
use crate::shell::survey::Survey;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Sometimes).aka(&["SC2115"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for simple in &survey.simples {
        let (mut name, mut args) = simple.called(survey);
        if name == "sudo"
            && let Some((first, rest)) = args.split_first()
        {
            (name, args) = (survey.literal(*first).unwrap_or_default(), rest);
        }
        if name != "rm" || !(survey.has_option(args, 'r', "recursive") || survey.has_option(args, 'R', "")) {
            continue;
        }
        for word in survey.operands(args) {
            let mut path = String::new();
            let mut unset = Vec::new();
            if !push(survey, &script.tree()[word.parts], &mut path, &mut unset) || unset.is_empty() {
                continue;
            }
            let Some(below) = path.strip_prefix('/') else { continue };
            let below = below.strip_suffix("/*").unwrap_or(below);
            let below = if below == "*" { "" } else { below.trim_end_matches('/') };
            if !shell_words::TOP_DIRECTORIES.contains(&below) {
                continue;
            }
            let name = survey.slice(unset[0].name);
            let mut found = cx.report(script.span(word.span), format!("this removes `{path}` if `{name}` is empty"));
            found.help(format!("use `${{{name}:?}}`, which stops the script in that case"));
            let known = unset.iter().any(|parameter| script.has_value(survey.slice(parameter.name)));
            if known {
                found.at_most(Level::Note);
            }
            if let [only] = unset[..]
                && only.operation.is_none()
            {
                let end = only.close.unwrap_or(only.name).end();
                let start = only.name.start() - if only.braced { 2 } else { 1 };
                let edit = Edit::replace(script.span(Span::new(start, end)), format!("${{{name}:?}}"));
                found.fix(Fix::new(Safety::Unsafe, format!("fail if `{name}` is empty"), [edit]));
            }
        }
    }
}

/// The path that is left if all variables are empty. `false`: it says more than is known.
fn push<'t>(survey: &Survey<'t>, parts: &'t [Part], path: &mut String, unset: &mut Vec<&'t Parameter>) -> bool {
    parts.iter().all(|part| match part.kind {
        PartKind::Parameter(id) => {
            let parameter = &survey.tree[id];
            let guarded = parameter.operation.is_some_and(|operation| {
                matches!(operation.kind, OperationKind::Error | OperationKind::Default | OperationKind::Assign)
            });
            unset.push(parameter);
            !guarded && !parameter.length
        }
        PartKind::Double { parts, .. } => push(survey, &survey.tree[parts], path, unset),
        PartKind::Literal | PartKind::Star => {
            path.push_str(survey.slice(part.span));
            true
        }
        PartKind::Single => {
            path.push_str(survey.slice(part.span).trim_matches('\''));
            true
        }
        _ => false,
    })
}
