use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnCommand(check)])
    .words(&["apt"])
    .fix(Fixable::Sometimes)
    .aka(&["DL3027"]);

/// Subcommands that `apt-get` has with the same meaning.
const SAME: &[&str] = &[
    "update", "install", "remove", "purge", "autoremove", "clean", "autoclean", "source", "download", "build-dep",
    "dist-upgrade", "check",
];

/// Those that ask the index: no program for scripts has the same output.
const QUERIES: &[&str] = &["list", "search", "show", "policy", "depends", "rdepends", "madison"];

fn check(command: &Command, step: &Step<'_>, cx: &mut Cx<'_>) {
    if !command.is("apt") {
        return;
    }
    let verb = command.subcommand();
    let text = verb.and_then(|arg| arg.text.as_deref()).unwrap_or_default();
    let end = command.name_span.end();
    let mut edits = vec![Edit::replace(Span::new(end.saturating_sub("apt".len()), end), "apt-get")];
    match (text, verb) {
        // `apt upgrade` also installs what new versions need besides.
        ("upgrade", Some(verb)) if !command.has_flag(&["--with-new-pkgs", "--without-new-pkgs"]) => {
            edits.push(Edit::insert(verb.span.end(), " --with-new-pkgs"));
        }
        ("full-upgrade", Some(verb)) => edits.push(Edit::replace(verb.span, "dist-upgrade")),
        _ if SAME.contains(&text) => {}
        _ => edits.clear(),
    }
    let plain = cx.text(command.name_span).ends_with("apt") && !step.is_exec_form();
    let fix = Fix::new(Safety::Safe, "use `apt-get`", edits).filter(|_| plain);
    let help = match text {
        _ if QUERIES.contains(&text) => "in scripts use `apt-cache`, or `dpkg-query` for what is installed",
        _ => "write `apt-get`: its options and output stay as they are from release to release",
    };
    cx.report(command.name_span, "`apt` is made for people at a terminal: its interface may change")
        .help(help)
        .fix(fix);
}
