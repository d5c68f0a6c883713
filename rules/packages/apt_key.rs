use crate::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnCommand(check)]).words(&["apt-key"]);

fn check(command: &Command, _: &Step<'_>, cx: &mut Cx<'_>) {
    if !command.is("apt-key") {
        return;
    }
    let verb = command.args.iter().find(|arg| matches!(arg.lexeme(), "add" | "adv"));
    let adds = verb.is_some_and(|verb| verb.is("add"))
        || command
            .args
            .iter()
            .any(|arg| ["--recv", "--fetch", "--import"].iter().any(|flag| arg.lexeme().starts_with(flag)));
    let Some(verb) = verb.filter(|_| adds) else { return };
    // With a ring of its own the key is at least kept apart.
    let message = if command.has_flag(&["--keyring"]) {
        "`apt-key` is deprecated, and Debian 13 no longer has it"
    } else {
        "`apt-key` lets this key sign for every repository, and Debian 13 no longer has it"
    };
    cx.report(command.name_span.cover(verb.span), message)
        .help("put the key into a file of its own, `/etc/apt/keyrings/NAME.asc`, and name it in the repository's line: `deb [signed-by=/etc/apt/keyrings/NAME.asc] https://…`");
}
