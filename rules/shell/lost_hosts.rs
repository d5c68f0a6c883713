//! Finds writes to `/etc/hosts` and `/etc/resolv.conf`, which the image does not keep.

use crate::finding::prelude::*;
use crate::shell::Arg;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnCommand(&[], check)]);

const FILES: &[(&str, &str)] = &[
    (
        "/etc/hosts",
        "set hostnames at run time with `docker run --add-host` or `extra_hosts:` in Compose, and at build time with `docker build --add-host`",
    ),
    ("/etc/resolv.conf", "set name servers at run time: `docker run --dns`, or `dns:` in Compose"),
];

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    if command.is_behind("chroot") || step.script.as_ref().is_none_or(|script| !script.clean) {
        return;
    }
    let Some((arg, file, help)) = FILES.iter().find_map(|(file, help)| Some((written(command, file)?, *file, *help)))
    else {
        return;
    };
    let message =
        format!("the builder mounts `{file}`: writing to it fails with BuildKit and has no effect with other builders");
    cx.report(arg.span, message).help(help);
}

/// The argument by which this command writes to a file.
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
