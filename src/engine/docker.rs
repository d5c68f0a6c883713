//! Docker: BuildKit through buildx, or the legacy builder.

use super::cli::{self, Verbs};
use super::request::{Build, Pull, Run};
use super::{Driver, Facts, ImageForm, Kind, Lifecycle, buildkit};
use crate::process::Argv;

const VERBS: Verbs = Verbs { program: "docker" };

pub(super) const BUILDKIT: Driver = Driver {
    kind: Kind::Docker,
    program: "docker",
    about: "BuildKit through `docker buildx`; respects contexts, DOCKER_HOST and `--builder`",
    version: Some(|| Argv::new("docker").args(["version", "--format", "{{.Server.Version}}"])),
    also: Some(|| Argv::new("docker").args(["buildx", "version"])),
    build: Some(with_buildkit),
    facts: Some((|image| VERBS.image(image), Facts::from_inspect)),
    verbs: Some(VERBS),
    run: Some(run),
    lifecycle: Lifecycle::Container,
    needs: ImageForm::Image,
    leftovers: &[],
};

pub(super) const LEGACY: Driver = Driver {
    kind: Kind::DockerLegacy,
    about: "Docker's builder before BuildKit; supports neither heredocs nor `RUN --mount`",
    also: None,
    build: Some(legacy),
    ..BUILDKIT
};

fn with_buildkit(build: &Build) -> Argv {
    let argv = Argv::new("docker").args(["buildx", "build", "--load", "--provenance=false"]);
    let argv = buildkit::told_as_json(argv).env("NO_COLOR", "1").maybe("--builder", build.builder.as_deref());
    // There is no "never": missing images are detected before the build.
    let argv = argv.when(build.pull == Pull::Always, "--pull");
    let argv = argv.opt("--ulimit", cli::file_size(&build.limits));
    cli::build(argv, build).maybe("--cgroup-parent", build.cgroup.as_deref()).arg(build.context.display().to_string())
}

fn legacy(build: &Build) -> Argv {
    let argv = Argv::new("docker").arg("build").env("DOCKER_BUILDKIT", "0");
    let argv = argv.args(["--rm", "--force-rm"]).when(build.pull == Pull::Always, "--pull");
    let argv = cli::build_memory(argv, &build.limits).opt("--ulimit", cli::file_size(&build.limits));
    cli::build(argv, build).maybe("--cgroup-parent", build.cgroup.as_deref()).arg(build.context.display().to_string())
}

fn run(run: &Run) -> Argv {
    cli::run("docker", run, &["nofile=4096:4096".to_owned()])
}
