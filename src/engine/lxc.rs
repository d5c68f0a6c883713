//! LXC: system containers; here one application in the image's files.

use super::request::{Network, Run};
use super::{Driver, ImageForm, Kind, Lifecycle, User};
use crate::process::Argv;

pub(super) const DRIVER: Driver = Driver {
    kind: Kind::Lxc,
    program: "lxc-execute",
    about: "runs an unpacked image as an application container, needs root",
    version: Some(|| Argv::new("lxc-execute").arg("--version")),
    also: None,
    build: None,
    facts: None,
    verbs: None,
    run: Some(run),
    lifecycle: Lifecycle::Steps { prepare: |_| Vec::new(), signal: None, remove: |_| Vec::new() },
    needs: ImageForm::Bundle { file: "lxc.conf", text: config },
    leftovers: &[],
};

fn run(run: &Run) -> Argv {
    let folder = run.unpacked.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    let argv = Argv::new("lxc-execute").opt("--name", &run.name).opt("--lxcpath", &folder);
    argv.opt("--rcfile", format!("{folder}/lxc.conf")).arg("--").args(run.command())
}

fn config(run: &Run, user: User) -> String {
    let limits = &run.limits;
    let folder = run.unpacked.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    let mut lines = vec![
        format!("lxc.rootfs.path = dir:{folder}/rootfs"),
        "lxc.uts.name = plimsoll".to_owned(),
        format!("lxc.net.0.type = {}", if run.network == Network::Usual { "none" } else { "empty" }),
        // The loopback device is up in other engines' containers too.
        "lxc.net.0.flags = up".to_owned(),
        format!("lxc.init.uid = {}", user.uid),
        format!("lxc.init.gid = {}", user.gid),
        format!("lxc.init.cwd = {}", if run.facts.workdir.is_empty() { "/" } else { &run.facts.workdir }),
        "lxc.no_new_privs = 1".to_owned(),
        "lxc.mount.auto = proc:mixed sys:ro".to_owned(),
        "lxc.autodev = 1".to_owned(),
        "lxc.cap.keep = none".to_owned(),
        format!("lxc.prlimit.fsize = {}", limits.disk),
        "lxc.prlimit.core = 0".to_owned(),
        format!("lxc.cgroup.memory.limit_in_bytes = {}", limits.memory),
        format!("lxc.cgroup.pids.max = {}", limits.pids),
        format!("lxc.cgroup2.memory.max = {}", limits.memory),
        format!("lxc.cgroup2.pids.max = {}", limits.pids),
    ];
    // What limits it also ends it.
    lines.extend(run.cgroup.as_ref().map(|group| format!("lxc.cgroup.dir = {}/run", group.trim_start_matches('/'))));
    // A line break in a value would be another setting.
    let plain = run.environment().into_iter().filter(|pair| !pair.contains(['\n', '\r']));
    lines.extend(plain.map(|pair| format!("lxc.environment = {pair}")));
    lines.join("\n") + "\n"
}
