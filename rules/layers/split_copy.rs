//! Consecutive `COPY` instructions into one directory.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnStage(check)]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    if !stage.in_final {
        return;
    }
    let mut at = 0;
    while at < stage.steps.len() {
        let rest = &stage.steps[at..];
        let Some(folder) = folder(&rest[0], cx) else {
            at += 1;
            continue;
        };
        let same = |step: &&Step<'_>| {
            self::folder(step, cx).as_ref() == Some(&folder) && flags(step, cx) == flags(&rest[0], cx)
        };
        let len = rest.iter().take_while(same).count().max(1);
        if let [first, second, ..] = &rest[..len] {
            let message = format!("{len} consecutive `COPY`s into `{folder}` create {len} layers");
            cx.report(second.instruction.keyword_span, message)
                .label(first.instruction.keyword_span, "the first one")
                .help("list several sources in one `COPY`, but keep files that change at different times separate");
        }
        at += len;
    }
}

/// The destination of a `COPY`, if it is certain to be a directory.
fn folder(step: &Step<'_>, cx: &Cx<'_>) -> Option<String> {
    if step.keyword() != Keyword::Copy || !step.instruction.heredocs.is_empty() {
        return None;
    }
    let dest = step.copy_dest(cx.model)?;
    dest.ends_with('/').then(|| dest.to_owned())
}

fn flags<'a>(step: &Step<'_>, cx: &Cx<'a>) -> Vec<&'a str> {
    step.instruction.flags.iter().map(|flag| cx.text(flag.span)).collect()
}
