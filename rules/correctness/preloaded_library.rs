//! Library variables set for every program in an image.

use crate::finding::prelude::*;
use crate::model::VariableKind;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnFile(check)]);

fn check(cx: &Cx<'_>) {
    let Some(stage) = cx.model.final_stage() else { return };
    for name in ["LD_PRELOAD", "LD_LIBRARY_PATH"] {
        let Some(variable) = stage.end.variables.get(name).filter(|variable| variable.kind == VariableKind::Env) else {
            continue;
        };
        let Some(span) = variable.span.filter(|_| variable.value.as_deref() != Some("")) else {
            continue;
        };
        cx.report(span, format!("`{name}` affects every program in the container"))
            .help(match name {
                "LD_PRELOAD" => "set it in the script that starts the program, so that it does not affect shells or health checks",
                _ => "add the directory to a file in `/etc/ld.so.conf.d` and run `ldconfig`, or set it where the program starts",
            });
    }
}
