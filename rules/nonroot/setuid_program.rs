//! Modes that set the setuid bit.

use crate::commands::chmod::mode;
use crate::finding::prelude::*;

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnInstruction(&[Keyword::Copy, Keyword::Add, Keyword::Run], check)])
        .linux_only();

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    if cx.model.stage(step.stage).is_none_or(|stage| !stage.is_shipped()) {
        return;
    }
    let found: Vec<(Span, String)> = match step.keyword() {
        Keyword::Run => {
            let modes = step.commands().iter().filter_map(mode);
            modes.filter_map(|arg| Some((arg.span, arg.text?))).collect()
        }
        _ => step.flag("chmod").and_then(|flag| Some((flag.span, flag.text()?.to_owned()))).into_iter().collect(),
    };
    for (span, mode) in found.iter().filter(|(_, mode)| sets_id(mode)) {
        cx.report(*span, format!("mode `{mode}` sets the setuid bit: any user runs the program as its owner"))
            .help("omit the bit: run the program as a user with the required permissions, or grant the capability it needs with `setcap`");
    }
}

/// Whether a mode sets the setuid bit: `4755`, `u+s`. The setgid bit is mostly set on directories.
fn sets_id(mode: &str) -> bool {
    if !mode.is_empty() && mode.bytes().all(|byte| matches!(byte, b'0'..=b'7')) {
        return u32::from_str_radix(mode, 8).unwrap_or_default() & 0o4000 != 0;
    }
    mode.split(',').any(|clause| {
        let Some(at) = clause.find(['+', '=', '-']) else { return false };
        let (who, change) = clause.split_at(at);
        // Without a class it applies to owner and group.
        (who.is_empty() || who.contains(['u', 'a'])) && !change.starts_with('-') && change.contains('s')
    })
}
