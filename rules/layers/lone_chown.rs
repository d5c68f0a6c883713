use crate::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]);

fn check(cx: &mut Cx<'_>) {
    for change in cx.model.rechanges(&["chown", "chgrp"], "chown") {
        let owner = change.command.operands().next().and_then(|arg| arg.text.as_deref()).unwrap_or("USER");
        let owner = if change.command.is("chgrp") { format!("root:{owner}") } else { owner.to_owned() };
        let keyword = change.copy.keyword().as_str();
        let message = format!(
            "this `{}` stores `{}` a second time, in a layer of its own",
            change.command.name, change.file.path
        );
        let found = cx.report(change.command.span, message);
        found.label(change.file.span, "copied here");
        found.help(format!(
            "give the files away on the way in: `{keyword} --chown={owner} …`, with the account made before"
        ));
        if change.worked_on {
            found.at_most(Level::Note).help("run what makes further files in that folder as the same user");
        }
    }
}
