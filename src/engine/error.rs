//! Why an engine could not do its work, with what to do about it.

use std::fmt;
use std::io;

use super::Kind;
use crate::text::Problem;

/// Why an engine gave no result. That a Dockerfile does not build is a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EngineError {
    /// No suitable engine responds; why, one by one.
    None(Vec<(Kind, Box<EngineError>)>),
    /// The program is not in `PATH`.
    NotInstalled(String),
    /// The program is installed, but its service does not respond.
    DaemonDown {
        program: String,
        said: String,
    },
    /// The user has no access to the engine.
    Permission {
        program: String,
        said: String,
    },
    /// A base image is not present locally, and may not or cannot be pulled.
    ImageMissing {
        image: String,
        said: String,
    },
    /// Another process removed the image while it was being built.
    ImageLost {
        said: String,
    },
    DiskFull {
        said: String,
    },
    /// A build step could not reach a host.
    Unreachable {
        said: String,
    },
    TimedOut {
        what: String,
        seconds: u64,
    },
    /// The engine cannot do this.
    CannotDo {
        kind: Kind,
        what: &'static str,
    },
    /// It cannot be used here.
    Unavailable {
        what: String,
        help: String,
    },
    Cancelled,
    Other {
        what: String,
        said: String,
    },
}

impl EngineError {
    /// From a program that could not be started.
    pub(super) fn of_start(program: &str, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => EngineError::NotInstalled(program.to_owned()),
            io::ErrorKind::PermissionDenied => {
                EngineError::Permission { program: program.to_owned(), said: error.to_string() }
            }
            _ => EngineError::Other { what: format!("`{program}` cannot be started"), said: error.to_string() },
        }
    }

    /// From the output of an engine, if the cause is the engine and not its input.
    pub(super) fn of_words(program: &str, said: &str) -> Option<Self> {
        let lower = said.to_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        let program = program.to_owned();
        let short = last_lines(said, 4);
        if has(&["no space left on device", "disk quota exceeded"]) {
            return Some(EngineError::DiskFull { said: short });
        }
        let socket = has(&["docker.sock", "podman.sock", "containerd.sock", "crio.sock", "docker daemon", "dial unix"]);
        if socket && has(&["permission denied"]) {
            return Some(EngineError::Permission { program, said: short });
        }
        if has(&[
            "cannot connect to the docker daemon", "is the docker daemon running",
            "failed to connect to the docker api", "error during connect", "cannot connect to podman",
            "unable to connect to podman", "no such host while",
        ]) || (socket && has(&["connection refused", "no such file or directory"]))
        {
            return Some(EngineError::DaemonDown { program, said: short });
        }
        let unreachable = has(&[
            "dial tcp", "no such host", "i/o timeout", "pinging container registry",
            "failed to resolve source metadata", "failed to do request", "pull access denied", "manifest unknown",
            "did not resolve to an alias", "unable to find image", "image not known", "no such image",
            "toomanyrequests",
        ]);
        if unreachable && let Some(image) = missing_image(said) {
            return Some(EngineError::ImageMissing { image, said: short });
        }
        None
    }

    /// The error as it is shown, with help.
    pub fn problem(&self) -> Problem {
        let problem = Problem::error(self.to_string());
        match self {
            EngineError::None(tried) => {
                let problem = tried.iter().fold(problem, |problem, (kind, error)| problem.help(format!("{kind}: {error}")));
                problem.help("install Docker or Podman, or start its service; `plimsoll engines` lists the engines on this machine")
            }
            EngineError::NotInstalled(_) => {
                problem.help("install it, or choose another one with `--engine`; `plimsoll engines` lists the engines on this machine")
            }
            EngineError::DaemonDown { said, .. } => {
                problem.help("start its service (`systemctl start docker`, or Docker Desktop), or check DOCKER_HOST and `docker context ls`").help(format!("the engine reported: {said}"))
            }
            EngineError::Permission { said, .. } => problem
                .help("use rootless Podman (`--engine podman`), or ask an administrator for access to the engine")
                .help(format!("the engine reported: {said}")),
            EngineError::ImageMissing { said, image } => {
                let lower = said.to_lowercase();
                let is_locked = ["no basic auth", "authentication required", "unauthorized", "authorization failed"];
                let problem = match is_locked.iter().any(|words| lower.contains(words)) {
                    true => problem.help("log in to its registry first (`docker login HOST`, `podman login HOST`)"),
                    false => problem.help(format!("pull it first (`docker pull {image}`), or check its name and tag")),
                };
                if said.is_empty() { problem } else { problem.help(format!("the engine reported: {said}")) }
            }
            EngineError::ImageLost { said } => problem
                .help("another process removes images on this engine, such as `podman system prune`: try again when it has ended")
                .help(format!("the engine reported: {said}")),
            EngineError::DiskFull { said } => problem
                .help("free some space: `docker system df` and `podman system df` show the size of images and build caches")
                .help(format!("the engine reported: {said}")),
            EngineError::Unreachable { said } => problem
                .help("check the network and the host name")
                .help(format!("the engine reported: {said}")),
            EngineError::TimedOut { .. } => problem.help("the engine may be busy or hanging: try again, or restart its service"),
            EngineError::CannotDo { .. } => problem.help("`plimsoll engines` shows what each engine supports"),
            EngineError::Unavailable { help, .. } => problem.help(help.clone()),
            EngineError::Cancelled => problem,
            EngineError::Other { said, .. } => problem.help(format!("the engine reported: {said}")),
        }
    }
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EngineError::None(_) => write!(f, "no container engine responds"),
            EngineError::NotInstalled(program) => write!(f, "`{program}` not found in `PATH`"),
            EngineError::DaemonDown { program, .. } => {
                write!(f, "`{program}` is installed, but its service does not respond")
            }
            EngineError::Permission { program, .. } => write!(f, "permission denied to use `{program}`"),
            EngineError::ImageMissing { image, .. } => {
                write!(f, "image `{image}` is not present locally and cannot be pulled")
            }
            EngineError::ImageLost { .. } => write!(f, "the image being built was removed"),
            EngineError::DiskFull { .. } => write!(f, "the engine's disk is full"),
            EngineError::Unreachable { .. } => write!(f, "a build step could not reach a host"),
            EngineError::TimedOut { what, seconds } => write!(f, "{what} did not respond within {seconds} s"),
            EngineError::CannotDo { kind, what } => write!(f, "{kind} cannot {what}"),
            EngineError::Cancelled => write!(f, "interrupted"),
            EngineError::Other { what, .. } | EngineError::Unavailable { what, .. } => f.write_str(what),
        }
    }
}

impl std::error::Error for EngineError {}

/// The image in an engine's output: in the last line that names one.
fn missing_image(said: &str) -> Option<String> {
    static NAMED: std::sync::LazyLock<regex::Regex> = std::sync::LazyLock::new(|| {
        let patterns = [
            r"failed to resolve source metadata for (?:docker\.io/(?:library/)?)?([^\s:]+(?::[^\s:]+)?)",
            r#"short-name "?([^\s"]+)"? did not resolve"#,
            r"pull access denied for ([^\s,]+)",
            r"(?i)unable to find image '([^']+)'",
            r"initializing source docker://([^\s]+?):? ",
            r"manifest for (\S+) not found",
            r"(?i)no such image:? '?([^\s']+)",
            r"(\S+): image not known",
        ];
        regex::Regex::new(&patterns.join("|")).expect("the pattern is sound")
    });
    let Some(found) = NAMED.captures_iter(said).last() else { return missing_in_step(said) };
    let name = found.iter().skip(1).flatten().next()?.as_str();
    Some(name.trim_end_matches(':').to_owned())
}

/// Docker's legacy builder names the image only in the step that failed: `Step 1/2 : FROM x`, `Get "https://…`.
fn missing_in_step(said: &str) -> Option<String> {
    let step = said.lines().rfind(|line| line.starts_with("Step "))?;
    let asked = said.lines().any(|line| line.starts_with("Get \"http") || line.starts_with("Head \"http"));
    let (_, from) = step.split_once(" : FROM ").filter(|_| asked)?;
    from.split_whitespace().find(|word| !word.starts_with("--")).map(str::to_owned)
}

/// Whether a line is general advice that a tool prints after every error: where to read more, where its log is.
pub fn is_advice(line: &str) -> bool {
    let line = line.trim();
    let starts = [
        // Docker, of its own legacy builder
        "DEPRECATED: The legacy builder",
        "BuildKit is currently disabled",
        "environment-variable.",
        // Maven
        "[ERROR] [Help ",
        "[ERROR] To see the full stack trace",
        "[ERROR] Re-run Maven",
        "[ERROR] For more information about the errors",
        "[ERROR] After correcting the problems",
        "[ERROR]   mvn <args>",
        // npm
        "npm ERR! A complete log of this run",
        "npm error A complete log of this run",
        "npm notice",
        // pip
        "note: This error originates from a subprocess",
        "[notice]",
        "[end of output]",
    ];
    let nothing = [
        "[ERROR]", "[INFO]", "npm ERR!", "npm error", "npm ERR! enoent", "npm error enoent",
        "╰─> See above for output.",
    ];
    starts.iter().any(|start| line.starts_with(start)) || nothing.contains(&line) || line.contains("/_logs/")
}

/// The last non-blank lines.
pub fn last_lines(text: &str, most: usize) -> String {
    let lines: Vec<_> = text.lines().map(str::trim_end).filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(most)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Real output of the engines.
    #[test]
    fn words() {
        let of = |said| EngineError::of_words("docker", said);
        let down = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?";
        assert!(matches!(of(down), Some(EngineError::DaemonDown { .. })));
        let denied = "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: dial unix";
        assert!(matches!(of(denied), Some(EngineError::Permission { .. })));
        assert!(matches!(of("write /x: no space left on device"), Some(EngineError::DiskFull { .. })));
        let image = |said| match of(said) {
            Some(EngineError::ImageMissing { image, .. }) => image,
            other => panic!("{other:?}"),
        };
        let buildkit = "ERROR: failed to solve: alpine:3.20: failed to resolve source metadata for docker.io/library/alpine:3.20: failed to do request: Head: dial tcp: lookup registry: no such host";
        assert_eq!(image(buildkit), "alpine:3.20");
        let podman = r#"Error: creating build container: short-name "alpine" did not resolve to an alias and no unqualified-search registries are defined"#;
        assert_eq!(image(podman), "alpine");
        assert_eq!(
            image("Error: initializing source docker://quay.io/a/b:1: pinging container registry quay.io: dial tcp"),
            "quay.io/a/b:1"
        );
        let legacy = "Step 1/2 : FROM --platform=linux/amd64 alpine:3.20 AS a\nGet \"https://registry/v2/\": dial tcp: lookup registry: no such host";
        assert_eq!(image(legacy), "alpine:3.20");
        let run = legacy.replace("FROM", "RUN");
        assert_eq!(of(&run), None);
        assert_eq!(of("E: Unable to locate package foo"), None);
        assert_eq!(of("curl: (6) Could not resolve host: example.org"), None);
    }
}
