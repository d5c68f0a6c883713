use crate::prelude::*;
use crate::shell::mode::mode;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStep(check)]);

fn check(step: &Step<'_>, cx: &mut Cx<'_>) {
    if cx.model.stage(step.stage).is_none_or(|stage| !stage.is_shipped() || stage.windows) {
        return;
    }
    let found = match step.keyword() {
        Keyword::Copy | Keyword::Add => step.flag("chmod").and_then(|flag| Some((flag.span, flag.text()?))),
        Keyword::Run => {
            let commands = step.script.iter().flat_map(|script| &script.commands);
            let mut modes = commands.filter_map(mode).filter_map(|arg| Some((arg.span, arg.text.clone()?)));
            modes.find(|(_, mode)| sets_id(mode))
        }
        _ => None,
    };
    let Some((span, mode)) = found.filter(|(_, mode)| sets_id(mode)) else { return };
    cx.report(span, format!("mode `{mode}` lets whoever starts the program act as its owner"))
        .help("leave the bit out: run the program as the user that may do what it does, or give it the one capability it needs with `setcap`");
}

/// The set-user-ID bit, or the set-group-ID bit of something that is not surely a folder: `4755`, `u+s`.
fn sets_id(mode: &str) -> bool {
    if !mode.is_empty() && mode.bytes().all(|byte| byte.is_ascii_digit()) {
        let bits = u32::from_str_radix(mode, 8).unwrap_or_default();
        return bits & 0o4000 != 0;
    }
    mode.split(',').any(|part| {
        part.split_once('+')
            .is_some_and(|(who, what)| what.contains('s') && (who.contains(['u', 'a']) || who.is_empty()))
    })
}
