//! Names and labels of our containers, images and networks, so that a later run can remove what a crashed one left.

use std::sync::atomic::{AtomicU64, Ordering};

/// The prefix of all our names.
const PREFIX: &str = "plimsoll";

static COUNTER: AtomicU64 = AtomicU64::new(1);

/// Identifies this process among all that had or will have its id.
fn owner() -> String {
    let pid = std::process::id();
    format!("{pid}-{}", started(pid).unwrap_or(0))
}

/// When a process started, in the kernel's ticks; `None` if it does not exist.
fn started(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may contain anything.
    stat.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok()
}

/// The label of everything of ours; its value is this machine, since an engine may serve several.
pub(super) fn label() -> String {
    format!("plimsoll.owner={}", machine())
}

fn machine() -> String {
    let id =
        std::fs::read_to_string("/etc/machine-id").or_else(|_| std::fs::read_to_string("/proc/sys/kernel/hostname"));
    let id = id.unwrap_or_default();
    let id: String = id.trim().chars().filter(char::is_ascii_alphanumeric).take(32).collect();
    if id.is_empty() { "here".to_owned() } else { id }
}

/// A unique name.
pub(super) fn name() -> String {
    format!("{PREFIX}-{}-{}", owner(), COUNTER.fetch_add(1, Ordering::Relaxed))
}

/// A unique name for an image.
pub(super) fn tag() -> String {
    format!("localhost/{}:latest", name())
}

/// A number that hardly any other process uses at the same time.
pub(super) fn number() -> u64 {
    (u64::from(std::process::id()) << 8) + COUNTER.fetch_add(1, Ordering::Relaxed)
}

/// Whether a name is ours and its process no longer runs. Never on machines where that is unknown.
pub(super) fn is_left(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or_default().split(':').next().unwrap_or_default();
    let mut parts = name.split('-');
    let (Some(PREFIX), Some(pid), Some(start), Some(_)) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let (Ok(pid), Ok(start)) = (pid.parse::<u32>(), start.parse::<u64>()) else { return false };
    cfg!(target_os = "linux") && start != 0 && started(pid) != Some(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn whose() {
        assert!(!is_left(&name()) && !is_left(&tag()));
        assert!(is_left("plimsoll-1-99999999999-3") && is_left("localhost/plimsoll-1-99999999999-3:latest"));
        assert!(!is_left("plimsoll-app") && !is_left("plimsoll-1-x-2") && !is_left("postgres"));
    }
}
