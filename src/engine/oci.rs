//! runC and crun, the runtimes below all others. They run a bundle, a directory with the image's files and a JSON
//! file, and need no daemon.

use serde_json::{Value, json};

use super::request::{Network, Run};
use super::{Driver, ImageForm, Kind, Lifecycle, User};
use crate::process::Argv;

pub(super) const RUNC: Driver = Driver {
    kind: Kind::Runc,
    program: "runc",
    about: "the low-level runtime under Docker; runs an unpacked image, needs root",
    version: Some(|| Argv::new("runc").arg("--version")),
    also: None,
    build: None,
    facts: None,
    verbs: None,
    run: Some(|run| start("runc", run)),
    lifecycle: Lifecycle::Steps {
        prepare: |_| Vec::new(),
        signal: Some(|name, signal| kill("runc", name, signal)),
        remove: |run| remove("runc", &run.name),
    },
    needs: ImageForm::Bundle { file: "config.json", text: config },
    leftovers: &[],
};

pub(super) const CRUN: Driver = Driver {
    kind: Kind::Crun,
    program: "crun",
    about: "the low-level runtime under Podman; runs an unpacked image, needs root",
    version: Some(|| Argv::new("crun").arg("--version")),
    run: Some(|run| start("crun", run)),
    lifecycle: Lifecycle::Steps {
        prepare: |_| Vec::new(),
        signal: Some(|name, signal| kill("crun", name, signal)),
        remove: |run| remove("crun", &run.name),
    },
    ..RUNC
};

/// Files of the kernel that containers cannot read.
pub(super) const MASKED_PATHS: &[&str] = &[
    "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
    "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware",
];

/// Files of the kernel that containers cannot write.
pub(super) const READONLY_PATHS: &[&str] = &["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

fn start(program: &str, run: &Run) -> Argv {
    let bundle = run.unpacked.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    Argv::new(program).arg("run").opt("--pid-file", format!("{bundle}/pid")).opt("--bundle", bundle).arg(&run.name)
}

fn kill(program: &str, name: &str, signal: &str) -> Argv {
    Argv::new(program).arg("kill").arg(name).arg(signal)
}

fn remove(program: &str, name: &str) -> Vec<Argv> {
    vec![Argv::new(program).args(["delete", "--force"]).arg(name)]
}

/// The bundle's `config.json`.
fn config(run: &Run, user: User) -> String {
    let limits = &run.limits;
    let cwd = if run.facts.workdir.is_empty() { "/" } else { &run.facts.workdir };
    let caps: Vec<String> =
        run.caps.iter().map(|cap| if cap.starts_with("CAP_") { cap.clone() } else { format!("CAP_{cap}") }).collect();
    let caps = json!({ "bounding": caps, "effective": caps, "permitted": caps });
    let mut namespaces: Vec<Value> =
        ["pid", "ipc", "uts", "mount"].iter().map(|kind| json!({ "type": kind })).collect();
    if run.network != Network::Usual {
        namespaces.push(json!({ "type": "network" }));
    }
    let mount = |place: &str, kind: &str, options: &[&str]| json!({ "destination": place, "type": kind, "source": kind, "options": options });
    let mut mounts = vec![
        mount("/proc", "proc", &["nosuid", "noexec", "nodev"]),
        mount("/dev", "tmpfs", &["nosuid", "strictatime", "mode=755", "size=65536k"]),
        mount("/dev/pts", "devpts", &["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"]),
        mount("/dev/shm", "tmpfs", &["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),
        mount("/dev/mqueue", "mqueue", &["nosuid", "noexec", "nodev"]),
        mount("/sys", "sysfs", &["nosuid", "noexec", "nodev", "ro"]),
    ];
    if run.read_only {
        mounts.push(mount("/tmp", "tmpfs", &["nosuid", "nodev", "mode=1777", "size=64m"]));
    }
    let config = json!({
        "ociVersion": "1.0.2",
        "process": {
            "terminal": false,
            "user": { "uid": user.uid, "gid": user.gid },
            "args": run.command(),
            "env": run.environment(),
            "cwd": cwd,
            "capabilities": caps,
            "rlimits": [
                { "type": "RLIMIT_NOFILE", "hard": 4096, "soft": 4096 },
                { "type": "RLIMIT_CORE", "hard": 0, "soft": 0 },
                { "type": "RLIMIT_FSIZE", "hard": limits.disk, "soft": limits.disk },
            ],
            "noNewPrivileges": true,
        },
        "root": { "path": "rootfs", "readonly": run.read_only },
        "hostname": "plimsoll",
        "mounts": mounts,
        "linux": {
            "cgroupsPath": run.cgroup.as_ref().map_or_else(|| format!("/{}", run.name), |group| format!("{group}/run")),
            "resources": {
                "devices": [{ "allow": false, "access": "rwm" }],
                "memory": { "limit": limits.memory, "swap": limits.memory },
                "cpu": { "quota": (limits.cpus * 100_000.0) as u64, "period": 100_000 },
                "pids": { "limit": limits.pids },
            },
            "namespaces": namespaces,
            "maskedPaths": MASKED_PATHS,
            "readonlyPaths": READONLY_PATHS,
        },
    });
    config.to_string()
}
