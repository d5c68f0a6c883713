//! A `PATH` that lost the system's folders or found the current one.

use crate::finding::prelude::*;
use crate::syntax::Pair;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStep(check)]).words(&["path"]);

fn check(step: &Step<'_>, cx: &mut Cx<'_>) {
    let (Keyword::Env, Args::Pairs(args)) = (step.keyword(), &step.instruction.args) else {
        return;
    };
    let Some(stage) = cx.model.stage(step.stage).filter(|stage| !stage.windows) else {
        return;
    };
    let scratch = stage.is_from_scratch(cx.model);
    for pair in &args.pairs {
        match pair.name.text.as_str() {
            "PATH" => path(pair, step, scratch, cx),
            "LD_LIBRARY_PATH" | "PYTHONPATH" if pair.value.is_some() => folders(pair, step, cx),
            _ => {}
        }
    }
}

fn path(pair: &Pair, step: &Step<'_>, scratch: bool, cx: &mut Cx<'_>) {
    let Some(value) = &pair.value else { return };
    folders(pair, step, cx);
    let text = value.unquoted(cx.file.escape);
    let literal = !text.contains(['$', '%']) && !text.is_empty();
    if literal && !scratch && !text.split(':').any(|part| matches!(part.trim_end_matches('/'), "/bin" | "/usr/bin")) {
        cx.report(pair.span, "this `PATH` has none of the folders that the system's programs are in").help(format!(
            "keep what is there: `{}={}:$PATH`",
            pair.name.text,
            text.replace('`', "'")
        ));
    }
}

/// Entries that mean the current folder.
fn folders(pair: &Pair, step: &Step<'_>, cx: &mut Cx<'_>) {
    let Some(value) = &pair.value else { return };
    let name = pair.name.text.as_str();
    let text = value.unquoted(cx.file.escape);
    // `${PATH:+:$PATH}` has colons of its own.
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
                    format!("`{}` is not the home directory here: only a shell reads `~`", part.replace('`', "'")),
                )
                .help("write the whole path");
                return;
            }
            part if part.starts_with(['/', '$', '%', '~']) || part.contains('$') || name != "PATH" => continue,
            part => format!("`{}`, which is relative,", part.replace('`', "'")),
        };
        let found = cx.report(value.span, format!("{what} in `{name}` means the current folder, wherever that is"));
        found.help("name folders by their whole path, and no colon at the ends: what lies in the current folder would run in place of the system's programs");
        // The tools of a project, behind those of the system: some have it on purpose.
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
