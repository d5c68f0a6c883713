//! What is ours among an engine's containers, images and networks: names and labels that tell whose they are, so that a
//! later run can clear away what a crashed one has left.

use std::sync::atomic::{AtomicU64, Ordering};

/// What all names of ours begin with.
const PREFIX: &str = "plimsoll";

static COUNTER: AtomicU64 = AtomicU64::new(1);

/// This process, told apart from every other one that had or will have its number.
fn owner() -> String {
    let pid = std::process::id();
    format!("{pid}-{}", started(pid).unwrap_or(0))
}

/// When a process started, in the kernel's ticks; `None` if there is none of this number.
fn started(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in brackets may have anything in it.
    stat.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok()
}

/// The label that everything of ours has; its value is this machine, since an engine may serve several.
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

/// A name that nothing else has.
pub(super) fn name() -> String {
    format!("{PREFIX}-{}-{}", owner(), COUNTER.fetch_add(1, Ordering::Relaxed))
}

/// The same for an image.
pub(super) fn tag() -> String {
    format!("localhost/{}:latest", name())
}

/// A number that another process hardly has at the same time.
pub(super) fn number() -> u64 {
    (u64::from(std::process::id()) << 8) + COUNTER.fetch_add(1, Ordering::Relaxed)
}

/// Whether a name is one of ours whose process is no more. Of machines where that cannot be told, never.
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
