//! Limits that an engine has no option for: a cgroup of our own around its processes, and a watch on disk space.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::request::BuildLimits;

/// Limits of open files and processes for `--ulimit`, never above those of this process. Any such option replaces
/// Podman's defaults, and what it sets in their place may be too high.
pub(super) fn ulimits() -> Vec<String> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit};
        let most = |resource| getrlimit(resource).maximum.map_or(MAX_ULIMIT, |own| own.min(MAX_ULIMIT));
        let (files, processes) = (most(Resource::Nofile), most(Resource::Nproc));
        vec![format!("nofile={files}:{files}"), format!("nproc={processes}:{processes}")]
    }
    #[cfg(not(unix))]
    Vec::new()
}

/// As much as any container needs.
#[cfg(unix)]
const MAX_ULIMIT: u64 = 4096;

/// Where cgroups are mounted: version 1 has a directory per controller.
const ROOT: &str = "/sys/fs/cgroup";

/// A cgroup of our own: the processes that an engine starts in it, and their children, share its limits and end with it.
/// Only where this user can create one, on this machine.
#[derive(Debug)]
pub struct Cgroup {
    /// As engines want it: `/plimsoll-…`.
    pub name: String,
    directories: Vec<PathBuf>,
}

impl Cgroup {
    /// `None` where none can be created.
    pub(super) fn new(name: &str, limits: &BuildLimits) -> Option<Self> {
        let name = format!("/{name}");
        let (quota, memory) = ((limits.cpus * 100_000.0) as u64, limits.memory.to_string());
        let v2 = Path::new(ROOT).join("cgroup.controllers").exists();
        let settings: &[(&str, &[(&str, String)])] = &if v2 {
            [
                ("", &[("pids.max", limits.pids.to_string()), ("memory.max", memory.clone())][..]),
                ("", &[("memory.swap.max", "0".to_owned())]),
                ("", &[("cpu.max", format!("{quota} 100000"))]),
            ]
        } else {
            [
                ("pids", &[("pids.max", limits.pids.to_string())][..]),
                (
                    "memory",
                    &[("memory.limit_in_bytes", memory.clone()), ("memory.memsw.limit_in_bytes", memory.clone())],
                ),
                ("cpu", &[("cpu.cfs_quota_us", quota.to_string())]),
            ]
        };
        let mut group = Cgroup { name: name.clone(), directories: Vec::new() };
        for (controller, values) in settings {
            let directory = Path::new(ROOT).join(controller).join(&name[1..]);
            if !group.directories.contains(&directory) {
                fs::create_dir(&directory).ok()?;
                group.directories.push(directory.clone());
            }
            for (index, (file, value)) in values.iter().enumerate() {
                // The first one is required, the others may be unknown to this kernel.
                let written = fs::write(directory.join(file), value);
                if index == 0 && *file != "memory.swap.max" && *file != "cpu.max" {
                    written.ok()?;
                }
            }
        }
        Some(group)
    }

    /// The processes in it.
    pub fn processes(&self) -> Vec<u32> {
        let mut found = Vec::new();
        for directory in &self.directories {
            below(directory, 0, &mut |directory| {
                let text = fs::read_to_string(directory.join("cgroup.procs")).unwrap_or_default();
                found.extend(text.lines().filter_map(|line| line.parse::<u32>().ok()));
            });
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Kills its processes, and tells whether there were any. The group itself stays.
    pub(super) fn killer(&self) -> impl Fn() -> bool + Send + use<> {
        let group =
            std::mem::ManuallyDrop::new(Cgroup { name: self.name.clone(), directories: self.directories.clone() });
        move || {
            let had_any = !group.processes().is_empty();
            group.kill();
            had_any
        }
    }

    fn kill(&self) {
        // A fork bomb is faster than a single pass.
        for _ in 0..50 {
            let left = self.processes();
            if left.is_empty() {
                return;
            }
            #[cfg(unix)]
            for pid in left.iter().filter_map(|pid| rustix::process::Pid::from_raw(i32::try_from(*pid).ok()?)) {
                let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        self.kill();
        for _ in 0..20 {
            let mut left = false;
            for root in all_roots(&self.name) {
                below(&root, 0, &mut |directory| left |= fs::remove_dir(directory).is_err() && directory.exists());
            }
            if !left {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// The group under every controller, including those where an engine created it.
fn all_roots(name: &str) -> Vec<PathBuf> {
    let mut roots = vec![Path::new(ROOT).join(&name[1..])];
    let entries = fs::read_dir(ROOT).into_iter().flatten().flatten();
    roots.extend(entries.map(|entry| entry.path().join(&name[1..])));
    roots.retain(|root| root.is_dir());
    roots
}

/// A directory and those below it, children first. Such trees are a few levels deep.
fn below(directory: &Path, depth: usize, each: &mut dyn FnMut(&Path)) {
    if depth < 16 {
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                below(&entry.path(), depth + 1, each);
            }
        }
    }
    each(directory);
}

/// Removes groups whose owner no longer runs.
pub(super) fn sweep(is_left: impl Fn(&str) -> bool) {
    for root in [PathBuf::from(ROOT), Path::new(ROOT).join("pids"), Path::new(ROOT).join("memory")] {
        for entry in fs::read_dir(root).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if is_left(&name) {
                drop(Cgroup { name: format!("/{name}"), directories: vec![entry.path()] });
            }
        }
    }
}

/// Free bytes on the disk that contains this directory.
pub(super) fn free_space(directory: &Path) -> Option<u64> {
    #[cfg(unix)]
    {
        let stat = rustix::fs::statvfs(directory).ok()?;
        Some(stat.f_bavail.saturating_mul(stat.f_frsize))
    }
    #[cfg(not(unix))]
    {
        let _ = directory;
        None
    }
}

/// How many files of a directory are measured.
const MOST_MEASURED: usize = 100_000;
/// How deep they may be.
const MOST_LEVELS: usize = 128;

/// Bytes that the files below a directory take on the disk; links are not followed. `None` if it cannot be read as a whole.
pub(super) fn disk_usage(directory: &Path) -> Option<u64> {
    // A running program may remove anything below it while this looks.
    let is_gone = |error: &io::Error| matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory);
    let (mut bytes, mut seen) = (0, 0);
    let mut open = vec![fs::read_dir(directory).ok()?];
    while let Some(entries) = open.last_mut() {
        let entry = match entries.next() {
            None => {
                open.pop();
                continue;
            }
            Some(Err(error)) if is_gone(&error) => continue,
            Some(entry) => entry.ok()?,
        };
        seen += 1;
        if seen > MOST_MEASURED || open.len() > MOST_LEVELS {
            return None;
        }
        let known = match entry.metadata() {
            Err(error) if is_gone(&error) => continue,
            known => known.ok()?,
        };
        bytes += allocated(&known);
        if known.is_dir() {
            match fs::read_dir(entry.path()) {
                Err(error) if is_gone(&error) => {}
                entries => open.push(entries.ok()?),
            }
        }
    }
    Some(bytes)
}

#[cfg(unix)]
fn allocated(known: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::blocks(known) * 512
}

#[cfg(not(unix))]
fn allocated(known: &fs::Metadata) -> u64 {
    known.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_vanishes_is_not_counted() {
        let directory = tempfile::tempdir().expect("a directory");
        fs::write(directory.path().join("stays"), vec![1; 100_000]).expect("a file");
        let is_over = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !is_over.load(std::sync::atomic::Ordering::Relaxed) {
                    let deep = directory.path().join("a/b/c");
                    fs::create_dir_all(&deep).and_then(|()| fs::write(deep.join("file"), "x")).expect("it can be written");
                    fs::remove_dir_all(directory.path().join("a")).expect("it can be removed");
                }
            });
            for _ in 0..500 {
                assert!(disk_usage(directory.path()).is_some_and(|bytes| bytes >= 100_000));
            }
            is_over.store(true, std::sync::atomic::Ordering::Relaxed);
        });
        assert_eq!(disk_usage(&directory.path().join("none")), None);
    }
}
