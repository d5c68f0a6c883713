use crate::finding::prelude::*;
use crate::shell::Arg;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnCommand(check)]).words(&["/etc/hosts", "/etc/resolv.conf"]);

const FILES: &[(&str, &str)] = &[
    (
        "/etc/hosts",
        "give names to the container when it is run (`docker run --add-host`, `extra_hosts:` in Compose), and to the build with `docker build --add-host`",
    ),
    ("/etc/resolv.conf", "give name servers to the container when it is run: `docker run --dns`, `dns:` in Compose"),
];

fn check(command: &Command, step: &Step<'_>, cx: &mut Cx<'_>) {
    if command.is_behind("chroot") || step.script.as_ref().is_none_or(|script| !script.clean) {
        return;
    }
    let Some((arg, file, help)) = FILES.iter().find_map(|(file, help)| Some((written(command, file)?, *file, *help)))
    else {
        return;
    };
    let message =
        format!("`{file}` is mounted by the builder, for reading: this fails with BuildKit, and is lost elsewhere");
    cx.report(arg.span, message).help(help);
}

/// The word that makes this command write to a file.
fn written<'c>(command: &'c Command, file: &str) -> Option<&'c Arg> {
    let is = |arg: &&Arg| arg.is(file);
    let mut redirects = command.redirects.iter().filter(|redirect| redirect.operator.contains('>'));
    if let Some(target) = redirects.find_map(|redirect| redirect.target.as_ref().filter(is)) {
        return Some(target);
    }
    match command.name.as_str() {
        "tee" | "rm" | "truncate" | "unlink" | "chattr" => command.operands().find(is),
        "sed" | "perl" if command.args.iter().any(|arg| arg.lexeme().starts_with("-i") || arg.is("--in-place")) => {
            command.args.iter().find(is)
        }
        "cp" | "mv" | "ln" | "install" => command.operands().last().filter(is),
        _ => None,
    }
}
