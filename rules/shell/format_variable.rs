//! Finds `printf` whose format holds an expansion, or does not fit its arguments.

use crate::finding::prelude::*;

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2059", "SC2182", "SC2183"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for simple in &survey.simples {
        let (name, mut args) = simple.called(survey);
        if name != "printf" {
            continue;
        }
        if args.first().and_then(|word| survey.bare(*word)) == Some("-v") {
            args = args.get(2..).unwrap_or_default();
        }
        if args.first().and_then(|word| survey.bare(*word)) == Some("--") {
            args = &args[1..];
        }
        let Some((format, args)) = args.split_first() else { continue };
        let span = script.span(format.span);
        let text = survey.pattern(*format);
        let dynamic = survey.is_dynamic(*format) || survey.is_glob(*format) || survey.has_braces(*format);
        if dynamic && !text.contains('%') {
            cx.report(span, "a `%` or a backslash in this value is interpreted as part of the format")
                .variant("SC2059")
                .help("use `printf '%s' \"$value\"`");
        }
        let Some(count) = fields(&text) else { continue };
        if dynamic && count == 0 {
            continue;
        }
        if count == 0 && !args.is_empty() {
            cx.report(span, "the format has no placeholders for the arguments").variant("SC2182").help("add `%s`");
        } else if count > 0
            && !dynamic
            && args.iter().all(|word| survey.is_one_argument(*word))
            && (args.is_empty() || args.len() % count != 0)
        {
            cx.report(span, format!("the format expects {count} arguments, but there are {}", args.len()))
                .variant("SC2183")
                .help("make the number of placeholders and arguments match");
        }
    }
}

/// How many arguments the format takes; `None` if it is too unusual to say.
fn fields(format: &str) -> Option<usize> {
    let mut count = 0;
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        rest = &rest[at + 1..];
        if let Some(behind) = rest.strip_prefix('%') {
            rest = behind;
            continue;
        }
        if rest.starts_with('(') {
            return None;
        }
        let end = rest.find(|char: char| char.is_ascii_alphabetic() || char == '\0')?;
        count += 1 + rest[..end].matches('*').count();
        rest = &rest[end + 1..];
    }
    Some(count)
}
