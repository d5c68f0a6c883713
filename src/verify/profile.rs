//! How an image has to be run to do its job, found by trying: the environment that the project documents, and the
//! capabilities that official images need to change owner and user.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::image_report::RunReport;
use crate::compose::{self, env_file};
use crate::context::Context;
use crate::engine::{Facts, RunEnd};
use crate::text::Source;
use crate::verify::spec::RunSpec;

/// What the entry points of official images need: they start as root, give directories to a user, and become that user.
const STEP_DOWN: [&str; 6] = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID", "NET_BIND_SERVICE"];

/// Files that document the environment, in order of preference.
const ENV_FILES: [&str; 5] = [".env.example", ".env.sample", ".env.dist", ".env.template", "env.example"];

/// The Compose files that are looked at.
const COMPOSE_FILES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/// The largest file that is read.
const MAX_FILE: u64 = 256 << 10;
/// The most variables of one file.
const MAX_VARIABLES: usize = 200;

/// Variables that a file of the project sets.
pub struct Environment {
    pub file: String,
    pub variables: BTreeMap<String, String>,
}

/// Another way to run an image.
pub(super) struct Profile {
    pub(super) spec: RunSpec,
    /// What differs from the usual way, for a report.
    pub(super) said: Vec<String>,
}

/// The ways to try, if an image did not do its job in the usual one.
pub(super) fn profiles(spec: &RunSpec, facts: &Facts, run: &RunReport, known: &[Environment]) -> Vec<Profile> {
    let is_root = matches!(spec.user.as_deref().unwrap_or(facts.user_name()), "" | "root" | "0");
    let failed = !matches!(run.end, RunEnd::Exit(0) | RunEnd::KeptRunning);
    let lower = run.stderr.to_lowercase();
    let is_denied = ["not permitted", "permission denied"].iter().any(|words| lower.contains(words));
    // Capabilities are root's.
    let caps = spec.cap_add.is_empty() && is_root && (failed || is_denied);
    let with_caps = |profile: &Profile| {
        let mut said = profile.said.clone();
        said.push(STEP_DOWN.map(|cap| format!("--cap-add {cap}")).join(" "));
        let cap_add = STEP_DOWN.map(str::to_owned).to_vec();
        Profile { spec: RunSpec { cap_add, ..profile.spec.clone() }, said }
    };
    let mut found: Vec<Profile> = known.iter().filter_map(|known| with_environment(spec, facts, known)).collect();
    if caps {
        let usual = Profile { spec: spec.clone(), said: Vec::new() };
        let both = found.first().map(with_caps);
        found.push(with_caps(&usual));
        found.extend(both);
    }
    found
}

/// What the command line sets takes precedence.
fn with_environment(spec: &RunSpec, facts: &Facts, known: &Environment) -> Option<Profile> {
    let is_set = |name: &str, value: &str| facts.env.contains(&format!("{name}={value}"));
    let mut env = spec.env.clone();
    let mut names = Vec::new();
    for (name, value) in known.variables.iter().filter(|(name, value)| !is_set(name, value)) {
        env.entry(name.clone()).or_insert_with(|| {
            names.push(name.clone());
            value.clone()
        });
    }
    let said = vec![format!("{} from `{}`", names.join(", "), known.file)];
    (!names.is_empty()).then(|| Profile { spec: RunSpec { env, ..spec.clone() }, said })
}

/// The environments that a project documents for an image: of the Compose service that builds it, and in a file for
/// users to copy. Files with real values, such as `.env`, are not read.
pub(super) fn environments(root: &Path, dockerfile: &Path) -> Vec<Environment> {
    let mut directories = vec![root];
    directories.extend([dockerfile.parent(), root.parent()].into_iter().flatten().filter(|path| *path != root));
    let mut found: Vec<Environment> =
        directories.iter().filter_map(|directory| of_compose(directory, dockerfile)).take(1).collect();
    found.extend(directories.iter().take(2).filter_map(|directory| of_example(directory)).take(1));
    found
}

fn read(path: &Path) -> Option<String> {
    let meta = path.symlink_metadata().ok()?;
    let is_small = meta.is_file() && meta.len() <= MAX_FILE;
    is_small.then(|| fs::read_to_string(path).ok()).flatten()
}

fn of_compose(directory: &Path, dockerfile: &Path) -> Option<Environment> {
    let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    let own = dockerfile.canonicalize().ok()?;
    let (name, text) = COMPOSE_FILES.iter().find_map(|name| Some((name, read(&directory.join(name))?)))?;
    let source = Source::new(*name, text);
    let context = Context::on_disk(directory, None);
    let project = compose::Project::load(&source, name, Some(&context));
    let builds = |service: &&compose::Service| {
        let path = service.build.as_ref().and_then(|build| project.dockerfile(build));
        path.and_then(|path| directory.join(path).canonicalize().ok()).is_some_and(|path| path == own)
    };
    let service = project.services.iter().find(builds)?;
    let pairs = service.environment.iter().filter(|variable| !variable.open);
    let pairs = pairs.filter_map(|variable| Some((variable.name.clone(), variable.value.clone()?)));
    environment((*name).to_owned(), pairs)
}

fn of_example(directory: &Path) -> Option<Environment> {
    let (name, text) = ENV_FILES.iter().find_map(|name| Some((name, read(&directory.join(name))?)))?;
    let pairs = env_file::read(&text).into_iter().map(|line| (line.name, line.value));
    environment((*name).to_owned(), pairs)
}

fn environment(file: String, pairs: impl Iterator<Item = (String, String)>) -> Option<Environment> {
    let is_name = |name: &str| {
        !name.is_empty() && name.chars().all(|ch| ch.is_ascii_alphanumeric() || ch == '_') && !name.starts_with("LD_")
    };
    let variables: BTreeMap<_, _> = pairs
        .filter(|(name, value)| is_name(name) && !value.contains('\0'))
        .filter(|(name, _)| name != "PATH")
        .take(MAX_VARIABLES)
        .collect();
    (!variables.is_empty()).then_some(Environment { file, variables })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented() {
        let place = tempfile::tempdir().expect("a directory can be made");
        let write = |name: &str, text: &str| fs::write(place.path().join(name), text).expect("a file can be written");
        write("Dockerfile", "FROM busybox\n");
        write(".env.example", "PORT=3000\n# no\nexport NAME='a b'\n");
        write("compose.yaml", "services:\n  web:\n    build: .\n    environment:\n      DB_HOST: db\n      OPEN:\n");
        let found = environments(place.path(), &place.path().join("Dockerfile"));
        let shown: Vec<_> = found.iter().map(|known| format!("{} {:?}", known.file, known.variables)).collect();
        assert_eq!(shown, [r#"compose.yaml {"DB_HOST": "db"}"#, r#".env.example {"NAME": "a b", "PORT": "3000"}"#]);
        let spec = RunSpec { env: BTreeMap::from([("PORT".to_owned(), "1".to_owned())]), ..RunSpec::default() };
        let run = RunReport::ended(RunEnd::Exit(1), "", "");
        let all = profiles(&spec, &Facts::default(), &run, &found);
        assert_eq!(all.len(), 4, "two environments, capabilities, and both");
        assert_eq!(all[1].said, ["NAME from `.env.example`"]);
        assert_eq!((all[1].spec.env["PORT"].as_str(), all[2].spec.cap_add.len()), ("1", STEP_DOWN.len()));
        let own_user = Facts { user: "app".to_owned(), ..Facts::default() };
        assert_eq!(profiles(&spec, &own_user, &run, &[]).len(), 0);
    }
}
