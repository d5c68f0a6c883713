//! Finds what the shell of the image does not have, though bash has it.

use crate::finding::prelude::*;
use crate::knowledge::shell_words;
use crate::model::ScriptShell;
use crate::shell::reader::{CommandKind, ExtensionKind, OperationKind, PartKind, SubscriptKind, Word};
use crate::shell::survey::{At, Quoting};

/// The codes are ShellCheck's, one for each construct.
pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&[
    "SC2112", "SC2113", "SC3001", "SC3002", "SC3003", "SC3004", "SC3005", "SC3006", "SC3007", "SC3008", "SC3009",
    "SC3010", "SC3011", "SC3014", "SC3015", "SC3016", "SC3017", "SC3018", "SC3019", "SC3020", "SC3021", "SC3022",
    "SC3023", "SC3024", "SC3026", "SC3028", "SC3029", "SC3030", "SC3032", "SC3033", "SC3034", "SC3036", "SC3037",
    "SC3038", "SC3039", "SC3040", "SC3044", "SC3045", "SC3046", "SC3047", "SC3048", "SC3052", "SC3053", "SC3054",
    "SC3055", "SC3056", "SC3057", "SC3059", "SC3060", "SC3063",
]);

/// What busybox's shell has of it.
const IN_BUSYBOX: &[&str] = &[
    "SC2112", "SC2113", "SC3001", "SC3003", "SC3010", "SC3014", "SC3018", "SC3019", "SC3020", "SC3023", "SC3036",
    "SC3037", "SC3039", "SC3040", "SC3046", "SC3048", "SC3052", "SC3057", "SC3060",
];

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    if matches!(script.shell, ScriptShell::Bash | ScriptShell::BashAsSh | ScriptShell::Ksh) {
        return;
    }
    for extension in &script.tree().extensions {
        if let Some((code, what)) = of_extension(extension.kind) {
            report(script, cx, extension.span, code, what);
        }
    }
    for &at in &script.survey.commands {
        let Some(CommandKind::Function(id)) = script.survey.command(at).map(|command| command.kind) else { continue };
        let function = &script.tree()[id];
        if let Some(keyword) = function.keyword {
            let code = if function.parens.is_some() { "SC2112" } else { "SC2113" };
            report(script, cx, keyword, code, "`function`");
        }
    }
    for &at in &script.survey.parts {
        of_part(script, cx, at);
    }
    for simple in &script.survey.simples {
        let (name, args) = simple.called(&script.survey);
        let word = simple.words.get(simple.words.len().saturating_sub(args.len() + 1));
        if let Some(word) = word.filter(|_| !simple.words.is_empty()) {
            of_command(script, cx, &name, *word, args);
        }
    }
}

fn of_extension(kind: ExtensionKind) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        ExtensionKind::ProcessSubstitution => ("SC3001", "process substitution"),
        ExtensionKind::ExtGlob => ("SC3002", "extended patterns"),
        ExtensionKind::AnsiQuote => ("SC3003", "`$'…'`"),
        ExtensionKind::LocalizedQuote => ("SC3004", "`$\"…\"`"),
        ExtensionKind::ArithmeticFor => ("SC3005", "`for ((…))`"),
        ExtensionKind::ArithmeticCommand => ("SC3006", "`((…))`"),
        ExtensionKind::BracketArithmetic => ("SC3007", "`$[…]`"),
        ExtensionKind::Select => ("SC3008", "`select`"),
        ExtensionKind::BraceExpansion => ("SC3009", "brace expansion"),
        ExtensionKind::Test => ("SC3010", "`[[ … ]]`"),
        ExtensionKind::HereString => ("SC3011", "`<<<`"),
        ExtensionKind::WriteBoth | ExtensionKind::AppendBoth => ("SC3020", "`&>`"),
        ExtensionKind::DuplicateToFile => ("SC3021", "`>&` with a file"),
        ExtensionKind::NamedDescriptor => ("SC3022", "named descriptors"),
        ExtensionKind::WideDescriptor => ("SC3023", "descriptors above 9"),
        ExtensionKind::AppendAssignment => ("SC3024", "`+=`"),
        ExtensionKind::PipeBoth => ("SC3029", "`|&`"),
        ExtensionKind::Array => ("SC3030", "arrays"),
        ExtensionKind::Coproc => ("SC3032", "`coproc`"),
        ExtensionKind::FunctionName => ("SC3033", "function names like this"),
        ExtensionKind::FileSubstitution => ("SC3034", "`$(< …)`"),
        ExtensionKind::Increment => ("SC3018", "`++` and `--`"),
        ExtensionKind::Power => ("SC3019", "`**`"),
        ExtensionKind::Base => ("SC3052", "numbers with a base"),
        _ => return None,
    })
}

fn of_part(script: &ScriptView<'_, '_>, cx: &Cx<'_>, at: At) {
    let survey = &script.survey;
    let Some(part) = survey.part(at) else { return };
    match part.kind {
        PartKind::Parameter(id) => {
            let parameter = &script.tree()[id];
            let name = survey.slice(parameter.name);
            let list = parameter.subscript.is_some_and(|subscript| subscript.kind != SubscriptKind::Index);
            let found =
                match (parameter.indirect, parameter.subscript, parameter.operation.map(|operation| operation.kind)) {
                    (true, Some(_), _) if list => ("SC3055", "array keys"),
                    (true, _, Some(OperationKind::Names)) => ("SC3056", "`${!prefix*}`"),
                    (true, ..) => ("SC3053", "indirect expansion"),
                    (_, Some(_), _) => ("SC3054", "arrays"),
                    (_, _, Some(OperationKind::Slice)) => ("SC3057", "`${x:1}`"),
                    (_, _, Some(OperationKind::Upper | OperationKind::Lower)) => ("SC3059", "`${x^^}`"),
                    (_, _, Some(OperationKind::Replace)) => ("SC3060", "`${x/a/b}`"),
                    _ if shell_words::BASH_VARIABLES.contains(&name)
                        && !script.variables.is_set(name)
                        && script.declared(name).is_none() =>
                    {
                        ("SC3028", "this variable")
                    }
                    _ => return,
                };
            report(script, cx, part.span, found.0, found.1);
        }
        PartKind::Set(_) if survey.slice(part.span).starts_with("[^") && survey.quoting(at) != Quoting::Kept => {
            report(script, cx, part.span, "SC3026", "`[^…]`");
        }
        _ => {}
    }
}

fn of_command(script: &ScriptView<'_, '_>, cx: &Cx<'_>, name: &str, word: Word, args: &[Word]) {
    let survey = &script.survey;
    let bare = |word: &Word| survey.bare(*word).unwrap_or_default();
    match name {
        "source" => report(script, cx, word.span, "SC3046", "`source`"),
        "let" => report(script, cx, word.span, "SC3039", "`let`"),
        _ if shell_words::BASH_BUILTINS.contains(&name) => report(script, cx, word.span, "SC3044", "this command"),
        "echo" if !survey.slice(word.span).contains('/') => {
            let Some(flag) = args.first() else { return };
            let letters = bare(flag).strip_prefix('-').unwrap_or_default();
            if letters.is_empty() || !letters.bytes().all(|byte| matches!(byte, b'e' | b'E' | b'n')) || letters == "n" {
                return;
            }
            let code = if script.shell == ScriptShell::Sh { "SC3037" } else { "SC3036" };
            report(script, cx, flag.span, code, &format!("`echo {}`", bare(flag)));
        }
        "read" | "printf" | "export" => {
            for flag in args.iter().take_while(|word| bare(word).starts_with('-')) {
                let known = match name {
                    "read" => "rp",
                    "export" => "p",
                    _ => "",
                };
                let letters = bare(flag).trim_start_matches('-');
                if !letters.is_empty() && letters.bytes().any(|letter| !known.contains(char::from(letter))) {
                    report(script, cx, flag.span, "SC3045", "this option");
                    break;
                }
            }
        }
        "set" => {
            for pair in args.windows(2) {
                let option = bare(&pair[0]);
                if option.starts_with(['-', '+']) && option.ends_with('o') && bare(&pair[1]) == "pipefail" {
                    report(script, cx, pair[1].span, "SC3040", "`pipefail`");
                }
            }
        }
        "trap" => {
            for signal in args.iter().skip(1) {
                match bare(signal) {
                    "ERR" | "DEBUG" | "RETURN" => {
                        report(script, cx, signal.span, "SC3047", &format!("`trap … {}`", bare(signal)))
                    }
                    text if text.starts_with("SIG") => {
                        report(script, cx, signal.span, "SC3048", "the `SIG` prefix in signal names")
                    }
                    _ => {}
                }
            }
        }
        "[" | "test" => {
            let asked = args.split_last().filter(|_| name == "[").map_or(args, |(_, asked)| asked);
            if let [operator, _] = asked {
                match bare(operator) {
                    "-a" => report(script, cx, operator.span, "SC3017", "`-a` as a test for a file"),
                    "-R" => report(script, cx, operator.span, "SC3063", "`-R` as a test"),
                    _ => {}
                }
            }
            for (at, operator) in args.iter().enumerate() {
                let (code, what) = match bare(operator) {
                    "==" => ("SC3014", "`==` in `[ … ]`"),
                    "=~" => ("SC3015", "`=~` in `[ … ]`"),
                    "-v" if at == 0 => ("SC3016", "`-v` in `[ … ]`"),
                    _ => continue,
                };
                report(script, cx, operator.span, code, what);
            }
        }
        "exec" => {
            if let Some(flag) = args.first().filter(|word| matches!(bare(word), "-a" | "-c" | "-l")) {
                report(script, cx, flag.span, "SC3038", "`exec` options");
            }
        }
        _ => {}
    }
}

fn report(script: &ScriptView<'_, '_>, cx: &Cx<'_>, span: Span, code: &'static str, what: &str) {
    let (shell, sure) = match script.shell {
        ScriptShell::Dash => ("dash", true),
        ScriptShell::Busybox => ("BusyBox's shell", true),
        _ => ("a POSIX `sh`", false),
    };
    if script.shell == ScriptShell::Busybox && IN_BUSYBOX.contains(&code) {
        return;
    }
    let mut found = cx.report(script.span(span), format!("{shell} does not support {what}"));
    found.variant(code).help("use `SHELL [\"/bin/bash\", \"-c\"]`, or syntax that every shell supports");
    if !sure || code == "SC3045" || code == "SC3028" {
        found.at_most(Level::Note);
    }
}
