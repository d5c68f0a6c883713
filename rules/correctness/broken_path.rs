//! `PATH` values without the system directories, or with the current one.

use crate::finding::prelude::*;
use crate::syntax::Pair;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnInstruction(&[Keyword::Env], check)]).linux_only();

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Args::Pairs(args) = &step.instruction.args else { return };
    for pair in &args.pairs {
        match pair.name.text.as_str() {
            "PATH" => path(pair, step, cx),
            "LD_LIBRARY_PATH" | "PYTHONPATH" if pair.value.is_some() => folders(pair, step, cx),
            _ => {}
        }
    }
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
                        "`{}` does not mean the home directory here: only a shell expands `~`",
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
        found.help("use absolute paths and no leading or trailing colon: files in the current directory could run in place of the system's programs");
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
