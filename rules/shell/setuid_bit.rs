use crate::prelude::*;
use crate::shell::mode::mode;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnCommand(check)]);

fn check(command: &Command, step: &Step<'_>, cx: &mut Cx<'_>) {
    let Some(mode) = mode(command).filter(|mode| mode.text.as_deref().is_some_and(is_setuid)) else { return };
    if !cx.model.stage(step.stage).is_some_and(|stage| stage.in_final) {
        return;
    }
    cx.report(mode.span, "with this mode the program runs as its owner, whoever starts it")
        .help("run the program as the user who needs it, or give it the one right it lacks with `setcap`");
}

/// Sets the bit that makes a program run as its owner.
fn is_setuid(mode: &str) -> bool {
    if !mode.is_empty() && mode.bytes().all(|byte| matches!(byte, b'0'..=b'7')) {
        return u32::from_str_radix(mode, 8).unwrap_or_default() & 0o4000 != 0;
    }
    mode.split(',').any(|clause| {
        let Some(at) = clause.find(['+', '=', '-']) else { return false };
        let (who, change) = clause.split_at(at);
        // Without a class it is set for owner and group.
        (who.is_empty() || who.contains(['u', 'a'])) && !change.starts_with('-') && change.contains('s')
    })
}
