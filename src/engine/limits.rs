//! Limits that an engine has no option for: a cgroup of our own around what it starts, and a look at the disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::request::BuildLimits;

/// Open files and processes of a user, as options `--ulimit`: never more than this process may have. With any such option
/// Podman's own defaults go, and what it sets in their place may be too much.
pub(super) fn modest() -> Vec<String> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit};
        let most = |resource| getrlimit(resource).maximum.map_or(MODEST, |own| own.min(MODEST));
        let (files, processes) = (most(Resource::Nofile), most(Resource::Nproc));
        vec![format!("nofile={files}:{files}"), format!("nproc={processes}:{processes}")]
    }
    #[cfg(not(unix))]
    Vec::new()
}

/// What a container needs at most.
#[cfg(unix)]
const MODEST: u64 = 4096;

/// Where version 1 has its controllers, and version 2 all of them.
const ROOT: &str = "/sys/fs/cgroup";

/// A cgroup of our own: what an engine starts in it, and all that this starts in turn, is held together and ends with
/// it. Only where this user may make one, on this machine.
#[derive(Debug)]
pub struct Cgroup {
    /// As engines want it: `/plimsoll-…`.
    pub name: String,
    folders: Vec<PathBuf>,
}

impl Cgroup {
    /// `None` where there can be none.
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
        let mut group = Cgroup { name: name.clone(), folders: Vec::new() };
        for (controller, values) in settings {
            let folder = Path::new(ROOT).join(controller).join(&name[1..]);
            if !group.folders.contains(&folder) {
                fs::create_dir(&folder).ok()?;
                group.folders.push(folder.clone());
            }
            for (index, (file, value)) in values.iter().enumerate() {
                // The first one has to be, the others may not be known to this kernel.
                let written = fs::write(folder.join(file), value);
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
        for folder in &self.folders {
            below(folder, 0, &mut |folder| {
                let text = fs::read_to_string(folder.join("cgroup.procs")).unwrap_or_default();
                found.extend(text.lines().filter_map(|line| line.parse::<u32>().ok()));
            });
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn kill(&self) {
        // A fork bomb is quicker than one look at it.
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
                below(&root, 0, &mut |folder| left |= fs::remove_dir(folder).is_err() && folder.exists());
            }
            if !left {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// The group under every controller: an engine makes it where we did not.
fn all_roots(name: &str) -> Vec<PathBuf> {
    let mut roots = vec![Path::new(ROOT).join(&name[1..])];
    let entries = fs::read_dir(ROOT).into_iter().flatten().flatten();
    roots.extend(entries.map(|entry| entry.path().join(&name[1..])));
    roots.retain(|root| root.is_dir());
    roots
}

/// A folder and those below it, children first. Such trees are a few levels deep.
fn below(folder: &Path, depth: usize, each: &mut dyn FnMut(&Path)) {
    if depth < 16 {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                below(&entry.path(), depth + 1, each);
            }
        }
    }
    each(folder);
}

/// Removes groups whose owner is gone.
pub(super) fn sweep(is_left: impl Fn(&str) -> bool) {
    for root in [PathBuf::from(ROOT), Path::new(ROOT).join("pids"), Path::new(ROOT).join("memory")] {
        for entry in fs::read_dir(root).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if is_left(&name) {
                drop(Cgroup { name: format!("/{name}"), folders: vec![entry.path()] });
            }
        }
    }
}

/// Bytes that are free on the disk that has this folder.
pub(super) fn free_space(folder: &Path) -> Option<u64> {
    #[cfg(unix)]
    {
        let stat = rustix::fs::statvfs(folder).ok()?;
        Some(stat.f_bavail.saturating_mul(stat.f_frsize))
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        None
    }
}
