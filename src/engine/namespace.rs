//! Inspects a running container from this machine: its network namespace, and the files it has open.
//!
//! Requires root, and that the engine's processes run on this machine.

use std::collections::BTreeSet;
use std::io;

/// Does something in the network namespace of a process, in a thread of its own. Meant for short work.
pub fn in_network_of<T: Send>(pid: u32, work: impl FnOnce() -> T + Send) -> io::Result<T> {
    #[cfg(target_os = "linux")]
    {
        use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
        let path = format!("/proc/{pid}/ns/net");
        // A process of the runtime itself is still in ours.
        if std::fs::read_link(&path)? == std::fs::read_link("/proc/self/ns/net")? {
            return Err(io::Error::new(io::ErrorKind::NotFound, "the process has no network of its own"));
        }
        let network = std::fs::File::open(path)?;
        let moved = || {
            move_into_link_name_space(std::os::fd::AsFd::as_fd(&network), Some(LinkNameSpaceType::Network))?;
            Ok(work())
        };
        let done = std::thread::scope(|scope| scope.spawn(moved).join());
        done.unwrap_or_else(|_| Err(io::Error::other("a thread has ended")))
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (pid, work);
        Err(io::Error::new(io::ErrorKind::Unsupported, "only on Linux"))
    }
}

/// A TCP port that something in a container listens on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listener {
    pub port: u16,
    /// Only on the loopback device, so that nothing outside of the container reaches it.
    pub is_local: bool,
}

/// The ports that are listened on in the network namespace of a process. None if that namespace is our own.
pub fn listeners(pid: u32) -> Vec<Listener> {
    let own = std::fs::read_link("/proc/self/ns/net").ok();
    let its = std::fs::read_link(format!("/proc/{pid}/ns/net")).ok();
    if its.is_none() || own == its {
        return Vec::new();
    }
    let read = |name: &str| std::fs::read_to_string(format!("/proc/{pid}/net/{name}")).unwrap_or_default();
    let mut found = listed(&read("tcp"));
    found.extend(listed(&read("tcp6")));
    // One that is reachable comes first, and stands for its port.
    found.sort_by_key(|listener| (listener.port, listener.is_local));
    found.dedup_by_key(|listener| listener.port);
    found
}

/// The listening sockets in the text of `/proc/net/tcp` or `tcp6`.
fn listed(text: &str) -> Vec<Listener> {
    let rows = text.lines().skip(1).filter_map(|line| {
        let mut words = line.split_whitespace().skip(1);
        let (address, port) = words.next()?.split_once(':')?;
        // State 0A is LISTEN.
        let is_listening = words.nth(1)? == "0A";
        let port = u16::from_str_radix(port, 16).ok().filter(|_| is_listening)?;
        // Words of four bytes, each in the order of this machine.
        let v4_loopback = |word: &str| word.ends_with("7F");
        let is_local = match address.len() {
            8 => v4_loopback(address),
            _ => {
                address == "00000000000000000000000001000000"
                    || address.strip_prefix("0000000000000000FFFF0000").is_some_and(v4_loopback)
            }
        };
        Some(Listener { port, is_local })
    });
    rows.collect()
}

/// The user id of a process as seen in its container.
pub(super) fn uid_of(pid: u32) -> Option<u32> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let here = status.lines().find_map(|line| line.strip_prefix("Uid:"))?.split_whitespace().nth(1)?.parse().ok()?;
    let map = std::fs::read_to_string(format!("/proc/{pid}/uid_map")).ok()?;
    // A process in another user namespace sees the ids of that namespace.
    let own = std::fs::read_to_string("/proc/self/uid_map").ok()?;
    if map == own { Some(here) } else { inner(here, &map) }
}

/// In a rootless engine, user 0 is the user who started it, and others are subordinate ids.
fn inner(here: u32, map: &str) -> Option<u32> {
    map.lines().find_map(|line| {
        let numbers: Vec<u32> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        let [inside, outside, count] = numbers[..] else { return None };
        here.checked_sub(outside).filter(|from| *from < count).and_then(|from| inside.checked_add(from))
    })
}

/// The most files that are recorded.
const MAX_FILES: usize = 2000;

/// Adds the files of the image that a container's processes have open or mapped. `pid` is one of them.
pub(super) fn open_files(pid: u32, files: &mut BTreeSet<String>) {
    let container = |pid: &str| std::fs::read_link(format!("/proc/{pid}/ns/pid")).ok();
    let (Some(own), Some(its)) = (container("self"), container(&pid.to_string())) else { return };
    if own == its {
        return;
    }
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with(|ch: char| ch.is_ascii_digit()) || container(&name).as_ref() != Some(&its) {
            continue;
        }
        let maps = std::fs::read_to_string(entry.path().join("maps")).unwrap_or_default();
        let mapped = maps.lines().filter_map(|line| line.find('/').map(|at| line[at..].to_owned()));
        let links = std::fs::read_dir(entry.path().join("fd")).into_iter().flatten().flatten();
        let opened = links
            .filter_map(|link| std::fs::read_link(link.path()).ok())
            .map(|path| path.to_string_lossy().into_owned());
        files.extend(mapped.chain(opened).filter(|path| is_of_image(path)).take(MAX_FILES));
        if files.len() >= MAX_FILES {
            return;
        }
    }
}

/// Whether a path can be a file of the image.
fn is_of_image(path: &str) -> bool {
    let elsewhere = ["/proc/", "/sys/", "/dev/", "/run/", "/tmp/", "/memfd:", "/etc/hosts", "/etc/resolv.conf"];
    path.starts_with('/')
        && path.len() > 1
        && !path.ends_with(" (deleted)")
        && !elsewhere.iter().any(|start| path.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_the_image() {
        assert!(is_of_image("/usr/lib/libc.so.6"));
        for path in ["/", "pipe:[1]", "/dev/null", "/proc/1/stat", "/srv/x (deleted)", "/memfd:a"] {
            assert!(!is_of_image(path), "{path}");
        }
    }

    #[test]
    fn users_without_root() {
        let map = "         0       1001          1\n         1     100000      65536\n";
        assert_eq!((inner(1001, map), inner(110_000, map), inner(5, map)), (Some(0), Some(10_001), None));
        assert_eq!(inner(7, "0 0 4294967295\n"), Some(7));
    }

    #[test]
    fn who_listens() {
        let text = "  sl  local_address rem_address   st tx_queue rx_queue\n   \
            0: 00000000:1F90 00000000:0000 0A 00000000:00000000\n   \
            1: 0100007F:0CEA 00000000:0000 0A 00000000:00000000\n   \
            2: 0100007F:1F90 0100007F:9C40 01 00000000:00000000\n";
        let found = [Listener { port: 8080, is_local: false }, Listener { port: 3306, is_local: true }];
        assert_eq!(listed(text), found);
        let text = "  sl  local_address\n 0: 00000000000000000000000001000000:0050 0:0 0A 0\n \
            1: 00000000000000000000000000000000:0051 0:0 0A 0\n 2: 0000000000000000FFFF00000100007F:0052 0:0 0A 0\n";
        let local: Vec<_> = listed(text).iter().map(|found| (found.port, found.is_local)).collect();
        assert_eq!(local, [(80, true), (81, false), (82, true)]);
    }

    #[test]
    fn never_our_own() {
        assert!(listeners(std::process::id()).is_empty());
        assert!(in_network_of(std::process::id(), || ()).is_err());
        let mut files = BTreeSet::new();
        open_files(std::process::id(), &mut files);
        assert!(files.is_empty());
    }
}
