//! What the tests share: engines that are here, projects, and the program itself.

use crate::skip::skipped;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use plimsoll::engine::{Build, BuildInputs, BuildLimits, Built, Engine, Kind, Pull};

/// The image that tests build on; `.ci/engines` makes it from Debian's static busybox.
pub(crate) const BASE: &str = "busybox:1.37";

/// An engine, if it is here and has the image that tests build on.
pub(crate) fn engine(kind: Kind) -> Option<Engine> {
    let required = std::env::var("PLIMSOLL_REQUIRE_ENGINE").unwrap_or_default();
    let required = required.split(',').any(|name| name.trim() == kind.as_str());
    let why = match Engine::open(kind) {
        Ok(engine) if kind.driver().build.is_none() => return Some(engine),
        Ok(engine) => match engine.has(BASE) {
            Ok(true) => return Some(engine),
            Ok(false) => format!("it has no image `{BASE}`"),
            Err(error) => format!("{error}: {error:?}"),
        },
        Err(error) => format!("{error}: {error:?}"),
    };
    assert!(!required, "{kind} is required by PLIMSOLL_REQUIRE_ENGINE: {why}");
    skipped(&format!("no test on {kind}: {why}"));
    None
}

/// The engines that build and run, as far as they are here.
pub(crate) fn builders() -> Vec<Engine> {
    [Kind::Docker, Kind::DockerLegacy, Kind::Podman].into_iter().filter_map(engine).collect()
}

/// Docker and Podman, as far as they are here: for what takes long.
pub(crate) fn both() -> Vec<Engine> {
    [Kind::Docker, Kind::Podman].into_iter().filter_map(engine).collect()
}

/// A folder with files.
pub(crate) fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("it lies in the folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }
    folder
}

/// Builds a Dockerfile's text.
pub(crate) fn build<'e>(engine: &'e Engine, text: &str, limits: BuildLimits) -> Built<'e> {
    let folder = project(&[("Dockerfile", text)]);
    let build = Build {
        context: folder.path().to_path_buf(),
        dockerfile: folder.path().join("Dockerfile"),
        tag: String::new(),
        target: None,
        build_args: Vec::new(),
        network: false,
        pull: Pull::Never,
        no_cache: false,
        builder: None,
        inputs: BuildInputs::default(),
        limits,
        labels: Vec::new(),
        cgroup: None,
    };
    engine.build(&build).expect("the engine works")
}

/// What the program printed, and its exit code.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

pub(crate) fn plimsoll(folder: &Path, args: &[&str]) -> Said {
    with_path(folder, args, None)
}

/// The same with other folders of programs.
pub(crate) fn with_path(folder: &Path, args: &[&str], path: Option<&Path>) -> Said {
    let path = path.map(|path| path.display().to_string());
    said_by(folder, args, path.as_deref().map(|path| ("PATH", path)))
}

/// The same with a variable of the environment.
pub(crate) fn plimsoll_with(folder: &Path, args: &[&str], variable: (&str, &str)) -> Said {
    said_by(folder, args, Some(variable))
}

fn said_by(folder: &Path, args: &[&str], variable: Option<(&str, &str)>) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command.args(args).current_dir(folder).stdin(Stdio::null()).envs(variable);
    let output = command.output().expect("plimsoll starts");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit code {:?}\n{}\n{}", self.code, self.out, self.err)
    }
}

/// What an engine prints.
pub(crate) fn ask(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).stdin(Stdio::null()).output().expect("the engine is here");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Containers and networks that are ours, whosever process's.
pub(crate) fn left_by(engine: &Engine, pid: u32) -> Vec<String> {
    let program = engine.driver().program;
    let mark = format!("plimsoll-{pid}-");
    let mut all = ask(program, &["ps", "--all", "--format", "{{.Names}}"]);
    all += &ask(program, &["network", "ls", "--format", "{{.Name}}"]);
    all += &ask(program, &["images", "--format", "{{.Repository}}"]);
    all.split_whitespace().filter(|name| name.contains(&mark)).map(str::to_owned).collect()
}

/// Processes of this machine whose command line has this text.
pub(crate) fn processes(text: &str) -> usize {
    let entries = fs::read_dir("/proc").expect("there is /proc").flatten();
    let lines = entries.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
    lines.filter(|line| String::from_utf8_lossy(line).replace('\0', " ").contains(text)).count()
}

/// Until there is no such process any more.
pub(crate) fn gone(text: &str) -> bool {
    let until = Instant::now() + Duration::from_secs(10);
    while processes(text) > 0 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(100));
    }
    processes(text) == 0
}

pub(crate) fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}
