//! What the command lines of Docker, Podman and nerdctl have in common.

use super::request::{Build, BuildLimits, Network, Pull, Run};
use crate::process::Argv;

/// Options that all builds share.
pub(super) fn build(argv: Argv, build: &Build) -> Argv {
    let argv = argv.opt("--file", build.dockerfile.display().to_string()).opt("--tag", &build.tag);
    let argv = argv.opts("--label", build.labels.iter().cloned());
    let args = build.build_args.iter().map(|(name, value)| format!("{name}={value}"));
    let inputs = &build.inputs;
    argv.opts("--build-arg", args)
        .maybe("--platform", inputs.platform.as_deref())
        .opts("--secret", inputs.secrets.iter().cloned())
        .opts("--ssh", inputs.ssh.iter().cloned())
        .opts("--build-context", inputs.contexts.iter().cloned())
        .maybe("--target", build.target.as_deref())
        .when(build.no_cache, "--no-cache")
        .maybe("--network", (!build.network).then_some("none"))
}

/// Memory, processors and processes of a build, for builders that take them one by one.
pub(super) fn build_memory(argv: Argv, limits: &BuildLimits) -> Argv {
    let quota = (limits.cpus * 100_000.0) as u64;
    argv.opt("--memory", limits.memory.to_string())
        .opt("--memory-swap", limits.memory.to_string())
        .opt("--cpu-period", "100000")
        .opt("--cpu-quota", quota.to_string())
}

/// The same build without these limits, for an engine that has no way to set them and would fail.
pub(super) fn without_limits(mut argv: Argv) -> Argv {
    const LIMITS: [&str; 4] = ["--memory", "--memory-swap", "--cpu-period", "--cpu-quota"];
    while let Some(at) = argv.args.iter().position(|arg| LIMITS.contains(&arg.as_str())) {
        argv.args.drain(at..(at + 2).min(argv.args.len()));
    }
    argv
}

pub(super) fn pull(argv: Argv, pull: Pull) -> Argv {
    argv.arg(match pull {
        Pull::Missing => "--pull=missing",
        Pull::Never => "--pull=never",
        Pull::Always => "--pull=always",
    })
}

/// `run`, attached, with all limits; the container stays until it is removed.
pub(super) fn run(program: &str, run: &Run, ulimits: &[String]) -> Argv {
    let limits = &run.limits;
    let network = match &run.network {
        Network::None => Some("none"),
        Network::Internal(name) => Some(name.as_str()),
        Network::Usual => None,
    };
    let argv = Argv::new(program).arg("run").opt("--name", &run.name).opts("--label", run.labels.iter().cloned());
    let argv = argv.opt("--hostname", "plimsoll").opt("--pull", "never").maybe("--network", network);
    let argv = argv.maybe("--platform", run.platform.as_deref());
    let argv = argv
        .opt("--memory", limits.memory.to_string())
        .opt("--memory-swap", limits.memory.to_string())
        .opt("--cpus", limits.cpus.to_string())
        .opt("--pids-limit", limits.pids.to_string())
        .opt("--cap-drop", "ALL")
        .opts("--cap-add", run.caps.iter().cloned())
        .opt("--security-opt", "no-new-privileges")
        .opt("--ulimit", "core=0")
        .opt("--ulimit", format!("fsize={}", limits.disk))
        .opts("--ulimit", ulimits.iter().cloned())
        .opt("--log-driver", "none");
    let argv = argv.when(run.read_only, "--read-only");
    let argv = argv.maybe("--tmpfs", run.read_only.then_some("/tmp:rw,size=64m,mode=1777"));
    let argv = argv.when(run.stdin.is_some(), "--interactive");
    let argv = argv.opts("--env", run.env.iter().map(|(name, value)| format!("{name}={value}")));
    let argv = argv.maybe("--user", run.user.as_deref()).maybe("--entrypoint", run.entrypoint.as_deref());
    argv.arg(&run.image).args(run.args.iter().cloned())
}

/// The subcommands that manage containers, images and networks.
#[derive(Clone, Copy, Debug)]
pub struct Verbs {
    pub program: &'static str,
}

impl Verbs {
    fn start(self, verbs: &[&str]) -> Argv {
        Argv::new(self.program).args(verbs.iter().copied())
    }

    pub fn image(self, image: &str) -> Argv {
        self.start(&["image", "inspect"]).arg(image)
    }

    pub fn container(self, name: &str) -> Argv {
        self.start(&["container", "inspect"]).arg(name)
    }

    /// The bytes that it has written.
    pub fn container_size(self, name: &str) -> Argv {
        self.start(&["container", "inspect", "--size", "--format", "{{json .SizeRw}}"]).arg(name)
    }

    pub fn signal(self, name: &str, signal: &str) -> Argv {
        self.start(&["kill", "--signal", signal]).arg(name)
    }

    pub fn remove(self, name: &str) -> Argv {
        // Podman would first send the stop signal.
        let at_once: &[&str] = if self.program == "podman" { &["--time", "0"] } else { &[] };
        self.start(&["rm", "--force", "--volumes"]).args(at_once.iter().copied()).arg(name)
    }

    /// Runs a command in the container.
    pub fn exec(self, name: &str, command: &[String]) -> Argv {
        self.start(&["exec"]).arg(name).args(command.iter().cloned())
    }

    /// A tar archive of one of the container's files, on standard output.
    pub fn copy_out(self, name: &str, path: &str) -> Argv {
        self.start(&["cp"]).arg(format!("{name}:{path}")).arg("-")
    }

    pub fn create(self, name: &str, image: &str, label: &str) -> Argv {
        self.start(&["create", "--pull", "never", "--name"]).arg(name).opt("--label", label).arg(image).arg("none")
    }

    /// The container's files as one tar archive.
    pub fn export(self, name: &str, file: &str) -> Argv {
        self.start(&["export", "--output"]).arg(file).arg(name)
    }

    pub fn save(self, image: &str, file: &str) -> Argv {
        self.start(&["save", "--output"]).arg(file).arg(image)
    }

    /// The size of each layer and the step that made it, separated by a tab.
    pub fn history(self, image: &str) -> Argv {
        self.start(&["history", "--no-trunc", "--human=false", "--format", "{{.Size}}\t{{.CreatedBy}}"]).arg(image)
    }

    pub fn remove_image(self, image: &str) -> Argv {
        self.start(&["image", "rm", "--force"]).arg(image)
    }

    /// An internal network, without a route to the outside.
    pub fn make_network(self, name: &str, label: &str) -> Argv {
        self.start(&["network", "create", "--internal", "--label", label]).arg(name)
    }

    pub fn remove_network(self, name: &str) -> Argv {
        self.start(&["network", "rm"]).arg(name)
    }

    pub fn pull_image(self, image: &str) -> Argv {
        self.start(&["pull", "--quiet"]).arg(image)
    }

    pub fn remove_volume(self, name: &str) -> Argv {
        self.start(&["volume", "rm", "--force"]).arg(name)
    }

    /// The output of a detached container.
    pub fn logs(self, name: &str) -> Argv {
        self.start(&["logs"]).arg(name)
    }

    /// The names and owners of all containers of ours.
    pub fn our_containers(self) -> Argv {
        let format = "{{.Names}} {{.Label \"plimsoll.owner\"}}";
        self.start(&["ps", "--all", "--filter", "label=plimsoll.owner", "--format", format])
    }

    pub fn our_images(self) -> Argv {
        self.start(&["images", "--filter", "label=plimsoll.owner", "--format", "{{.Repository}}:{{.Tag}}"])
    }

    pub fn our_volumes(self) -> Argv {
        self.start(&["volume", "ls", "--filter", "label=plimsoll.owner", "--format", "{{.Name}}"])
    }

    pub fn our_networks(self) -> Argv {
        self.start(&["network", "ls", "--filter", "label=plimsoll.owner", "--format", "{{.Name}}"])
    }
}

/// The largest file that a build may write, as a ulimit.
pub(super) fn file_size(limits: &BuildLimits) -> String {
    format!("fsize={}", limits.disk)
}
