//! The usual order of the keys of a Compose service.

/// Keys that belong together, in the order of the groups: what runs, what it waits for, its data, its settings, its
/// networks, its program, its life, and what describes it.
const GROUPS: &[&[&str]] = &[
    &["extends", "image", "build", "platform", "pull_policy", "container_name", "hostname", "profiles"],
    &["depends_on", "links", "external_links"],
    &["volumes", "volumes_from", "tmpfs", "configs", "secrets"],
    &["environment", "env_file"],
    &["ports", "expose", "networks", "network_mode", "extra_hosts", "dns"],
    &["command", "entrypoint", "working_dir"],
    &["restart", "healthcheck", "deploy"],
    &["logging", "labels"],
];

/// The number of the group that a key is in; `None` where its place is free.
pub fn group(key: &str) -> Option<usize> {
    GROUPS.iter().position(|group| group.contains(&key))
}
