//! Finds commands that set limits, kernel settings, mounts or network rules, which is not part of an image.

use crate::finding::prelude::*;
use crate::knowledge::command_lines::INFORMATION;
use crate::knowledge::shell_words;

// The programs that `check` tells apart.
pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnCommand(shell_words::KERNEL_SETTINGS, check)]).aka(&["DL3001"]);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(script) = step.script.as_ref().filter(|script| script.clean) else { return };
    if step.flag("security").is_some() || command.is_behind("chroot") {
        return;
    }
    let name = command.name.as_str();
    let (what, help) = match name {
        "ulimit" if command.is_plain() && script.ends_with(command) => (
            "a shell limit, which lasts only until the end of this `RUN`",
            "set it at run time: `docker run --ulimit`, or `ulimits:` in Compose",
        ),
        "sysctl" if command.has_flag(&["-p", "-w", "--load", "--write", "--system"]) || sets(command) => (
            "a kernel setting, which is not part of an image",
            "set it at run time with `docker run --sysctl`, or on the host",
        ),
        "mount" if command.operands().next().is_some() => (
            "a mount, which is not part of an image",
            "use `RUN --mount=…` for a single step, or `docker run --mount` for the container",
        ),
        "swapon" | "swapoff" | "modprobe" | "insmod" | "rmmod" => {
            ("the running kernel, which is not part of an image", "run it on the host")
        }
        "iptables" | "ip6tables" | "ufw" | "nft" if changes_network(command) => (
            "a network rule, which is not part of an image",
            "set it on the host, or in the container's start script with `--cap-add=NET_ADMIN`",
        ),
        "hostname" if renames(command) => {
            ("the hostname, which is not part of an image", "set it at run time: `docker run --hostname`")
        }
        _ => return,
    };
    let message = format!("`{name}` changes {what}");
    cx.report(command.span, message).help(help);
}

fn sets(command: &Command) -> bool {
    command.operands().any(|arg| arg.lexeme().contains('='))
}

fn changes_network(command: &Command) -> bool {
    !command.args.is_empty()
        && !command.has_flag(&["-L", "-S", "--list"])
        && !command.has_flag(INFORMATION)
        && !command.has_arg("list")
        && !command.has_arg("status")
        && !command.has_arg("version")
}

fn renames(command: &Command) -> bool {
    !command.args.is_empty() && command.args.iter().all(|arg| !arg.lexeme().starts_with('-'))
        || command.has_flag(&["-F", "--file", "-b"])
}
