//! Finds `export A=$(…)`, where the status of the substitution is lost.

use crate::finding::prelude::*;
use crate::shell::reader::{Part, PartKind, SubstitutionKind, Tree, Value};
use crate::shell::survey::Kind;

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Sometimes).aka(&["SC2155"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for simple in &survey.simples {
        let words = simple.words;
        let Some((first, args)) = words.split_first() else { continue };
        let Some(declares) = survey.bare(*first) else { continue };
        if !matches!(declares, "export" | "local" | "readonly" | "declare" | "typeset") {
            continue;
        }
        for word in args {
            let [Part { kind: PartKind::Assignment(id), .. }] = &script.tree()[word.parts] else { continue };
            let assignment = &script.tree()[*id];
            let Value::Word(value) = assignment.value else { continue };
            if !script.tree()[value.parts].iter().any(|part| is_command(script, part)) {
                continue;
            }
            let name = survey.slice(assignment.name);
            let mut found = cx.report(
                script.span(assignment.name),
                format!("`{declares}` succeeds even if the command that sets the value of `{name}` fails"),
            );
            found.help(format!("assign first, then `{declares} {name}`"));
            if args.len() == 1 {
                found.fix(fix(script, simple.at, declares, name, word.span, cx));
            }
        }
    }
}

fn is_command(script: &ScriptView<'_, '_>, part: &Part) -> bool {
    let tree: &Tree = script.tree();
    match part.kind {
        PartKind::Substitution(id) => {
            let substitution = &tree[id];
            let body = script.survey.slice(substitution.block.body.span);
            matches!(substitution.kind, SubstitutionKind::Dollar | SubstitutionKind::Backtick) && body.trim() != "true"
        }
        PartKind::Double { parts, .. } => tree[parts].iter().any(|part| is_command(script, part)),
        _ => false,
    }
}

/// `export A=$(b)` → `A=$(b) && export A`, where the command stands alone in its list or in a row of `&&`.
fn fix(script: &ScriptView<'_, '_>, at: usize, declares: &str, name: &str, arg: Span, cx: &Cx<'_>) -> Option<Fix> {
    let survey = &script.survey;
    let simple = survey.simple(at)?;
    if !simple.redirects.is_empty() || !simple.assignments.is_empty() {
        return None;
    }
    let pipeline = survey.parent(at)?;
    let item = survey.parent(pipeline)?;
    let (Kind::Pipeline(of), Kind::Item(list)) = (survey.kind(pipeline), survey.kind(item)) else { return None };
    if of.commands.len() != 1 || !of.prefixes.is_empty() {
        return None;
    }
    let pipelines = &script.tree()[list.pipelines];
    // Between `;` nothing looks at its status.
    if pipelines.len() == 1 && !(script.options.errexit || survey.sets_errexit()) {
        return None;
    }
    let or = pipelines
        .iter()
        .any(|pipeline| pipeline.operator.is_some_and(|(kind, _)| kind == crate::shell::reader::AndOr::Or));
    // What a pipe in it hides is another matter, which would come to light only then.
    let piped =
        survey.inside(at).any(|at| matches!(survey.kind(at), Kind::Pipeline(inner) if inner.commands.len() > 1));
    if or || piped {
        return None;
    }
    let (start, arg) = (script.place(at).start(), script.span(arg));
    let operator = if pipelines.len() > 1 { " &&" } else { ";" };
    let joint = line_joint(start, arg.end(), operator, cx).unwrap_or_else(|| format!("{operator} "));
    let edits = match declares {
        "export" | "readonly" => vec![
            Edit::delete(Span::new(start, arg.start())),
            Edit::insert(arg.end(), format!("{joint}{declares} {name}")),
        ],
        "local" => vec![Edit::insert(arg.start(), format!("{name}{joint}"))],
        _ => return None,
    };
    Fix::new(Safety::Unsafe, format!("assign `{name}` first"), edits)
}

/// What joins two commands on lines of their own, if the command is alone on its line and an operator and a continuation
/// follow it.
fn line_joint(start: usize, end: usize, operator: &str, cx: &Cx<'_>) -> Option<String> {
    let escape = cx.model.file.escape.as_char();
    let line = cx.source.line_span(cx.source.line_index(start));
    let (before, after) = (cx.text(Span::new(line.start(), start)), cx.text(Span::new(end, line.end().max(end))));
    // `&&` at the start of each line.
    if before.trim() == "&&" && operator.trim() == "&&" && after.trim().chars().eq([escape]) {
        return Some(format!(" {escape}{}{before}", cx.source.line_end()));
    }
    let follows = after.trim_start().starts_with(operator.trim()) && after.trim_end().ends_with(escape);
    (before.trim().is_empty() && follows).then(|| format!("{operator} {escape}{}{before}", cx.source.line_end()))
}
