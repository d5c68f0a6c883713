use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]).words(&["chown", "chgrp"]);

fn check(cx: &mut Cx<'_>) {
    for change in cx.model.rechanges(&["chown", "chgrp"], "chown") {
        let Some(owner) = change.command.operands().next().map(|arg| arg.lexeme().trim_matches('"')) else { continue };
        let owner = match change.command.name.as_str() {
            "chgrp" => format!("root:{owner}"),
            // `--chown` does not know the old way to write it.
            _ if owner.contains(['$', ':']) => owner.to_owned(),
            _ => owner.replacen('.', ":", 1),
        };
        let keyword = change.copy.keyword().as_str();
        let message = format!(
            "this `{}` stores `{}` a second time, in a layer of its own",
            change.command.name, change.file.path
        );
        let found = cx.report(change.command.span, message);
        found.label(change.file.span, "copied here");
        match owner.as_str() {
            "root" | "root:root" | "0" | "0:0" => {
                found.help(format!("leave it out: what `{keyword}` brings belongs to root already"))
            }
            _ => found.help(format!(
                "give the files away on the way in: `{keyword} --chown={owner} …`, with the account made before"
            )),
        };
        if !change.command.has_flag(&["-R", "--recursive"]) || change.is_one_file() {
            found.at_most(Level::Note);
        }
        if change.worked_on {
            found.at_most(Level::Note).help("run what makes further files in that folder as the same user");
        }
    }
}
