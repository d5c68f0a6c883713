//! Finds heredocs with a program for another interpreter that the shell expands first.

use crate::finding::prelude::*;
use crate::shell;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(check)]).linux_only().fix(Fixable::Sometimes);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    for (heredoc, interpreter) in step.expanded_programs(cx.source) {
        let body = cx.text(heredoc.body);
        let declared = |name: &str| step.state.variables.get(name).is_some();
        let (ours, theirs): (Vec<_>, Vec<_>) =
            shell::free_variables(body, 0).into_iter().partition(|(name, _)| declared(name));
        // `$name` is a variable of these languages, `${…}` and backticks belong to templates of JavaScript.
        let meant = match interpreter.as_str() {
            "perl" | "php" => !theirs.is_empty() || body.contains('`'),
            "node" | "nodejs" | "deno" | "bun" => body.contains('`') || body.contains("${") && ours.is_empty(),
            _ => body.contains('`'),
        };
        if !meant {
            continue;
        }
        let opener = cx.text(heredoc.opener);
        let name = &heredoc.delimiter;
        let quoted = opener.replace(name.as_str(), &format!("'{name}'"));
        let fix = Fix::new(Safety::Unsafe, "quote the delimiter", [Edit::replace(heredoc.opener, quoted.as_str())]);
        let plain = ours.is_empty() && opener.matches(name.as_str()).count() == 1;
        cx.report(heredoc.opener, format!("the shell expands this heredoc before `{interpreter}` reads it"))
            .help(format!("quote the delimiter, `{quoted}`, so that `$` and backticks reach `{interpreter}`"))
            .fix(fix.filter(|_| plain));
    }
}
