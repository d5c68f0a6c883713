use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnCommand(check)]).aka(&["DL3001"]);

fn check(command: &Command, step: &Step<'_>, cx: &mut Cx<'_>) {
    let Some(script) = step.script.as_ref().filter(|script| script.clean) else { return };
    if step.flag("security").is_some() || command.is_behind("chroot") {
        return;
    }
    let name = command.name.as_str();
    let (what, help) = match name {
        "ulimit" if command.is_plain() && script.ends_with(command) => (
            "a limit of the shell, which ends with this `RUN`",
            "set it when the container is run: `docker run --ulimit`, or `ulimits:` in Compose",
        ),
        "sysctl" if command.has_flag(&["-p", "-w", "--load", "--write", "--system"]) || sets(command) => (
            "a setting of the kernel, which a build may not change and an image does not hold",
            "set it when the container is run, `docker run --sysctl`, or on the host",
        ),
        "mount" if command.operands().next().is_some() => (
            "a mount, which a build may not make and an image does not hold",
            "mount for one step with `RUN --mount=…`, for the container with `docker run --mount`",
        ),
        "swapon" | "swapoff" | "modprobe" | "insmod" | "rmmod" => (
            "a change of the running kernel, which a build may not make and an image does not hold",
            "do it on the host",
        ),
        "iptables" | "ip6tables" | "ufw" | "nft" if changes_network(command) => (
            "a rule of the network the step has, which an image does not hold",
            "set it up on the host, or in the container's start script with `--cap-add=NET_ADMIN`",
        ),
        "hostname" if renames(command) => (
            "the name of the machine, which a build may not change and an image does not hold",
            "give the container a name when it is run: `docker run --hostname`",
        ),
        _ => return,
    };
    let message = format!("`{name}` sets {what}");
    cx.report(command.span, message).help(help);
}

fn sets(command: &Command) -> bool {
    command.operands().any(|arg| arg.lexeme().contains('='))
}

fn changes_network(command: &Command) -> bool {
    !command.args.is_empty()
        && !command.has_flag(&["-L", "-S", "-V", "-h", "--version", "--help", "--list"])
        && !command.has_arg("list")
        && !command.has_arg("status")
        && !command.has_arg("version")
}

fn renames(command: &Command) -> bool {
    !command.args.is_empty() && command.args.iter().all(|arg| !arg.lexeme().starts_with('-'))
        || command.has_flag(&["-F", "--file", "-b"])
}
