//! Builds of Podman and Buildah that were killed: their working containers stay, and without root so do the processes of
//! their steps.
//!
//! The names of such containers are the engine's own, so each build gives its containers a host name that tells whose they
//! are. It is kept in the store beside the container, and is not part of any layer.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};

use super::session;
use crate::process::Argv;

/// An address that no host has (RFC 5737).
const NOWHERE: &str = "192.0.2.1";

/// The largest description of a container that is read, in bytes.
const MAX_DESCRIPTION: u64 = 4 << 20;

/// How many containers or processes are looked at.
const MOST: usize = 100_000;

/// How long an engine may remove what a killed step leaves.
const CLEAN_UP: Duration = Duration::from_secs(5);

/// Marks the containers of the build of an image with this name of ours.
pub(super) fn mark(argv: Argv, tag: &str) -> Argv {
    let name = tag.rsplit('/').next().and_then(|name| name.split(':').next()).unwrap_or_default();
    argv.opt("--add-host", format!("{name}:{NOWHERE}"))
}

/// The containers of builds whose process no longer runs, in the store at `root`.
pub(super) fn left(root: &Path, driver: &str) -> Vec<String> {
    let entries = fs::read_dir(root.join(format!("{driver}-containers"))).into_iter().flatten().flatten().take(MOST);
    let is_left = |entry: &fs::DirEntry| {
        let mut text = Vec::new();
        let file = File::open(entry.path().join("userdata/buildah.json")).ok()?;
        file.take(MAX_DESCRIPTION).read_to_end(&mut text).ok()?;
        let description: serde_json::Value = serde_json::from_slice(&text).ok()?;
        let hosts = description.get("CommonBuildOpts")?.get("AddHost")?.as_array()?;
        let is_left = hosts.iter().filter_map(|host| host.as_str()).any(session::is_left);
        is_left.then(|| description.get("mountpoint").and_then(|place| place.as_str()).unwrap_or_default().to_owned())
    };
    let left = entries.filter_map(|entry| Some((is_left(&entry)?, entry.file_name().into_string().ok()?)));
    let left: Vec<(String, String)> = left.collect();
    left.iter().for_each(|(place, _)| end_processes_of(place));
    left.into_iter().map(|(_, id)| id).collect()
}

/// Ends what still runs in a container although its engine has ended. `place` is where the container's files are mounted.
fn end_processes_of(place: &str) {
    let layer = place.trim_end_matches("/merged").rsplit('/').next().unwrap_or_default();
    if layer.len() < 32 {
        return;
    }
    let is_in = |pid: u32| fs::read_to_string(format!("/proc/{pid}/mountinfo")).is_ok_and(|text| text.contains(layer));
    processes().into_keys().filter(|pid| is_contained(*pid) && is_in(*pid)).for_each(kill);
}

/// Ends builds whose process no longer runs: their steps first, so that the engine can clean up.
pub(super) fn end_orphans() {
    let is_orphan = |pid: u32| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let words = line.split(|byte| *byte == 0).filter_map(|word| std::str::from_utf8(word).ok());
        let mut tags = words.map(|word| word.strip_prefix("--tag=").unwrap_or(word));
        is_own(pid) && tags.any(|word| word.starts_with("localhost/") && session::is_left(word))
    };
    for pid in processes().into_keys().filter(|pid| is_orphan(*pid)) {
        end_steps(pid);
        let until = Instant::now() + CLEAN_UP;
        while Instant::now() < until && is_orphan(pid) {
            std::thread::sleep(Duration::from_millis(50));
        }
        if is_orphan(pid) {
            kill(pid);
        }
    }
}

/// Kills the processes below this one that are in a container, and tells whether there were any.
pub(super) fn end_steps(root: u32) -> bool {
    let parents = processes();
    let is_below = |pid: u32| {
        let ancestors = std::iter::successors(parents.get(&pid), |parent| parents.get(*parent));
        ancestors.take(64).any(|parent| *parent == root)
    };
    let contained: Vec<u32> = parents.keys().copied().filter(|pid| is_below(*pid) && is_contained(*pid)).collect();
    contained.iter().for_each(|pid| kill(*pid));
    !contained.is_empty()
}

/// All processes, each with its parent.
fn processes() -> HashMap<u32, u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten().take(MOST);
    let known = entries.filter_map(|entry| {
        let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        // The name in parentheses may contain anything.
        Some((pid, stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?))
    });
    known.collect()
}

/// Whether a process has an id of its own in a container.
fn is_contained(pid: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let ids = status.lines().find_map(|line| line.strip_prefix("NSpid:"));
    ids.is_some_and(|ids| ids.split_whitespace().count() > 1)
}

#[cfg(unix)]
fn is_own(pid: u32) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(format!("/proc/{pid}")).is_ok_and(|meta| meta.uid() == rustix::process::geteuid().as_raw())
}

#[cfg(not(unix))]
fn is_own(_: u32) -> bool {
    false
}

fn kill(pid: u32) {
    #[cfg(unix)]
    if let Some(pid) = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
    }
    #[cfg(not(unix))]
    let _ = pid;
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn whose_containers() {
        let store = tempfile::tempdir().expect("a directory can be made");
        let add = |id: &str, host: &str| {
            let folder = store.path().join("overlay-containers").join(id).join("userdata");
            fs::create_dir_all(&folder).expect("a directory can be made");
            let text = format!(r#"{{"CommonBuildOpts":{{"AddHost":["{host}"]}}}}"#);
            fs::write(folder.join("buildah.json"), text).expect("a file can be written");
        };
        add("a", "plimsoll-1-99999999999-3:192.0.2.1");
        add("b", "db:192.0.2.7");
        add("c", &format!("{}:192.0.2.1", session::name()));
        assert_eq!(left(store.path(), "overlay"), ["a"]);
        assert!(left(store.path(), "vfs").is_empty());
    }

    #[test]
    fn steps_of_a_process() {
        assert!(!end_steps(std::process::id()), "no child of a test is in a container");
        assert!(processes().contains_key(&std::process::id()) && is_own(std::process::id()));
    }
}
