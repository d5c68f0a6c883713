//! `PATH` values without the system directories, or with the current one.

use crate::finding::prelude::*;
use crate::shell::exec_form::is_name;
use crate::syntax::Pair;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnInstruction(&[Keyword::Env], check)]).fix(Fixable::Sometimes);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Args::Pairs(args) = &step.instruction.args else { return };
    if cx.model.stages[step.stage].windows {
        return args.pairs.iter().for_each(|pair| percent_signs(pair, step, cx));
    }
    for pair in &args.pairs {
        match pair.name.text.as_str() {
            "PATH" => path(pair, step, cx),
            "LD_LIBRARY_PATH" | "PYTHONPATH" if pair.value.is_some() => folders(pair, step, cx),
            _ => {}
        }
    }
}

/// Reports `%PATH%`, which only `cmd` expands.
fn percent_signs(pair: &Pair, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(value) = &pair.value else { return };
    let Some(at) = value.text.match_indices('%').map(|(at, _)| at).find(|at| {
        let end = value.text[at + 1..].find('%');
        end.is_some_and(|end| is_name(&value.text[at + 1..at + 1 + end]))
    }) else {
        return;
    };
    let name = value.text[at + 1..].split('%').next().unwrap_or_default();
    let written = value.span.len() == value.text.len();
    let span = match written {
        true => Span::new(value.span.start() + at, value.span.start() + at + name.len() + 2),
        false => value.span,
    };
    // One that nothing sets would be empty.
    let is_set = name.eq_ignore_ascii_case("PATH") || step.state.variables.contains_key(name);
    let edit = Edit::replace(span, format!("${{{name}}}"));
    let fix = Fix::new(Safety::Unsafe, format!("write `${{{name}}}`"), [edit]);
    cx.report(span, format!("`%{name}%` is not expanded in `ENV`"))
        .variant("percent-signs")
        .help(format!(
            "write `${{{name}}}`: the value of `{}` currently contains literal percent signs",
            pair.name.text
        ))
        .fix(fix.filter(|_| written && is_set));
}

fn path(pair: &Pair, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(value) = &pair.value else { return };
    folders(pair, step, cx);
    let text = value.unquoted(cx.model.file.escape);
    let literal = !text.contains(['$', '%']) && !text.is_empty();
    let has_system = || text.split(':').any(|part| matches!(part.trim_end_matches('/'), "/bin" | "/usr/bin"));
    let from_scratch = || cx.model.stage(step.stage).is_some_and(|stage| stage.is_from_scratch(cx.model));
    if literal && !has_system() && !from_scratch() {
        cx.report(pair.span, "this `PATH` does not include any system directory")
            .variant("no-system-directory")
            .help(format!("keep the existing entries: `{}={}:$PATH`", pair.name.text, text.replace('`', "'")));
    }
}

/// Reports entries that mean the current directory.
fn folders(pair: &Pair, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(value) = &pair.value else { return };
    let name = pair.name.text.as_str();
    let text = value.unquoted(cx.model.file.escape);
    // The colons in `${PATH:+:$PATH}` do not separate entries.
    if text.contains("${") && text.contains(":+") || text.contains(":-") || text.is_empty() {
        return;
    }
    let own = |part: &str| part == format!("${name}") || part == format!("${{{name}}}");
    let set = step.state.variables.contains_key(name);
    let mut behind = false;
    for part in text.split(':') {
        let what = match part {
            "" => "an empty entry".to_owned(),
            "." | "./" => "the entry `.`".to_owned(),
            _ if own(part) && !set && name != "PATH" => return,
            _ if own(part) => {
                behind = true;
                continue;
            }
            part if part.starts_with("~/") && name == "PATH" => {
                cx.report(
                    value.span,
                    format!(
                        "`{}` does not mean the home directory here, because only a shell expands `~`",
                        part.replace('`', "'")
                    ),
                )
                .variant("home-directory")
                .help("use an absolute path");
                return;
            }
            part if part.starts_with(['/', '$', '%', '~']) || part.contains('$') || name != "PATH" => continue,
            part => format!("the relative path `{}`", part.replace('`', "'")),
        };
        let mut found = cx.report(value.span, format!("{what} in `{name}` depends on the current directory"));
        found.help("use absolute paths and no leading or trailing colon: files in the current directory could run instead of the system's programs");
        // Project tools after the system's may be intended.
        let tools = matches!(part.trim_start_matches("./"), "node_modules/.bin" | "vendor/bin");
        if name != "PATH" || tools && behind {
            found.at_most(Level::Note);
        }
        if tools && behind {
            continue;
        }
        return;
    }
}
