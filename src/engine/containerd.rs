//! containerd through its own client `ctr`: runs images that another engine built.

use super::request::{Network, Run};
use super::{Driver, ImageForm, Kind, Leftovers, Lifecycle};
use crate::process::Argv;

/// Our own namespace, so that everything in it is ours.
const NAMESPACE: &str = "plimsoll";

pub(super) const DRIVER: Driver = Driver {
    kind: Kind::Containerd,
    program: "ctr",
    about: "the most common runtime of Kubernetes; takes the image as an archive",
    version: Some(|| Argv::new("ctr").args(["version"])),
    also: None,
    build: None,
    facts: None,
    verbs: None,
    run: Some(run),
    lifecycle: Lifecycle::Steps { prepare, signal: Some(signal), remove },
    needs: ImageForm::Archive,
    leftovers: LEFTOVERS,
};

fn ctr() -> Argv {
    Argv::new("ctr").opt("--namespace", NAMESPACE)
}

/// The name that the archive gives the image, as containerd writes it.
fn reference(run: &Run) -> String {
    if run.image.split('/').next().is_some_and(|host| host == "localhost" || host.contains('.')) {
        run.image.clone()
    } else {
        format!("docker.io/{}", run.image)
    }
}

fn prepare(run: &Run) -> Vec<Argv> {
    let archive = run.unpacked.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    vec![ctr().args(["images", "import"]).arg(archive)]
}

fn run(run: &Run) -> Argv {
    let limits = &run.limits;
    let argv = ctr().args(["run", "--rm"]).opts("--label", run.labels.iter().cloned());
    let argv = argv
        .opt("--memory-limit", limits.memory.to_string())
        .opt("--cpus", limits.cpus.to_string())
        .when(run.read_only, "--read-only")
        .when(run.network == Network::Usual, "--net-host")
        .opts("--cap-drop", DEFAULT_CAPS.iter().copied().filter(|cap| !keeps(run, cap)))
        .maybe("--cgroup", run.cgroup.as_ref().map(|group| format!("{group}/run")))
        .opts("--env", run.env.iter().map(|(name, value)| format!("{name}={value}")))
        .maybe("--user", run.user.as_deref());
    let given = !run.args.is_empty() || run.entrypoint.is_some();
    // It ignores ENTRYPOINT once a command is given.
    let command = if given { run.command() } else { Vec::new() };
    argv.arg(reference(run)).arg(&run.name).args(command)
}

/// Whether a run keeps a capability, named with `CAP_`.
fn keeps(run: &Run, capability: &str) -> bool {
    run.caps.iter().any(|kept| kept == "ALL" || kept.trim_start_matches("CAP_") == capability.trim_start_matches("CAP_"))
}

/// The default capabilities of containerd, which can only be dropped one by one.
const DEFAULT_CAPS: &[&str] = &[
    "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID",
    "CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL",
    "CAP_AUDIT_WRITE",
];

fn signal(name: &str, signal: &str) -> Argv {
    ctr().args(["tasks", "kill", "--signal"]).arg(signal).arg(name)
}

/// With the image, which was imported for this run alone.
fn remove(run: &Run) -> Vec<Argv> {
    let mut steps = remove_container(&run.name);
    steps.extend(remove_image(&reference(run)));
    steps
}

fn remove_container(name: &str) -> Vec<Argv> {
    vec![
        ctr().args(["tasks", "kill", "--signal", "SIGKILL"]).arg(name),
        ctr().args(["tasks", "rm", "--force"]).arg(name),
        ctr().args(["containers", "rm"]).arg(name),
        ctr().args(["snapshots", "rm"]).arg(name),
    ]
}

fn remove_image(name: &str) -> Vec<Argv> {
    vec![ctr().args(["images", "rm"]).arg(name)]
}

const LEFTOVERS: &[Leftovers] = &[
    Leftovers { list: || ctr().args(["containers", "ls", "--quiet"]), remove: remove_container },
    Leftovers { list: || ctr().args(["images", "ls", "--quiet"]), remove: remove_image },
];
