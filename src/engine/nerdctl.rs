//! nerdctl: containerd with Docker's command line; builds with BuildKit's own daemon.

use super::cli::{self, Verbs};
use super::request::{Build, Pull, Run};
use super::{Driver, Facts, ImageForm, Kind, Lifecycle};
use crate::process::Argv;

const VERBS: Verbs = Verbs { program: "nerdctl" };

pub(super) const DRIVER: Driver = Driver {
    kind: Kind::Nerdctl,
    program: "nerdctl",
    about: "containerd with Docker's command line; builds need `buildkitd`",
    version: Some(|| Argv::new("nerdctl").args(["version", "--format", "{{(index .Server.Components 0).Version}}"])),
    also: None,
    build: Some(build),
    facts: Some((|image| VERBS.image(image), Facts::from_inspect)),
    verbs: Some(VERBS),
    run: Some(run),
    lifecycle: Lifecycle::Container,
    needs: ImageForm::Image,
    leftovers: &[],
};

fn build(build: &Build) -> Argv {
    let argv = Argv::new("nerdctl").args(["build", "--progress=plain"]).env("NO_COLOR", "1");
    let argv = argv.when(build.pull == Pull::Always, "--pull");
    cli::build(argv, build).arg(build.context.display().to_string())
}

fn run(run: &Run) -> Argv {
    cli::run("nerdctl", run, &["nofile=4096:4096".to_owned()])
}
