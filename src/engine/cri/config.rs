//! A run as the configuration of a pod and of its container.

use std::path::Path;

use k8s_cri::v1::security_profile::ProfileType;
use k8s_cri::v1::{
    Capability, ContainerConfig, ContainerMetadata, ImageSpec, Int64Value, KeyValue, LinuxContainerConfig,
    LinuxContainerResources, LinuxContainerSecurityContext, LinuxPodSandboxConfig, LinuxSandboxSecurityContext,
    NamespaceMode, NamespaceOption, PodSandboxConfig, PodSandboxMetadata, SecurityProfile,
};

use super::connection::config_labels;
use crate::engine::{Run, oci};

/// The namespace of our pods in Kubernetes' sense.
const NAMESPACE: &str = "plimsoll";

/// The file of the container's output, in the directory of the pod.
pub(super) const LOG: &str = "container.log";

fn namespaces(host_network: bool) -> NamespaceOption {
    let network = if host_network { NamespaceMode::Node } else { NamespaceMode::Pod };
    NamespaceOption {
        network: network.into(),
        pid: NamespaceMode::Container.into(),
        ipc: NamespaceMode::Pod.into(),
        ..NamespaceOption::default()
    }
}

fn default_seccomp() -> SecurityProfile {
    SecurityProfile { profile_type: ProfileType::RuntimeDefault.into(), localhost_ref: String::new() }
}

/// The pod. `logs` is where the output of its container goes.
pub(super) fn pod(run: &Run, logs: &Path, host_network: bool) -> PodSandboxConfig {
    let security = LinuxSandboxSecurityContext {
        namespace_options: Some(namespaces(host_network)),
        seccomp: Some(default_seccomp()),
        ..LinuxSandboxSecurityContext::default()
    };
    PodSandboxConfig {
        metadata: Some(PodSandboxMetadata {
            name: run.name.clone(),
            uid: run.name.clone(),
            namespace: NAMESPACE.to_owned(),
            attempt: 0,
        }),
        hostname: if host_network { String::new() } else { NAMESPACE.to_owned() },
        log_directory: logs.display().to_string(),
        labels: config_labels(&run.labels),
        linux: Some(LinuxPodSandboxConfig {
            cgroup_parent: run.cgroup.clone().unwrap_or_default(),
            security_context: Some(security),
            ..LinuxPodSandboxConfig::default()
        }),
        ..PodSandboxConfig::default()
    }
}

/// Its container, of the image with this identifier.
pub(super) fn container(run: &Run, image: String, host_network: bool) -> ContainerConfig {
    let limits = &run.limits;
    let bytes = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    let mut resources = LinuxContainerResources {
        cpu_period: 100_000,
        cpu_quota: (limits.cpus * 100_000.0) as i64,
        memory_limit_in_bytes: bytes(limits.memory),
        memory_swap_limit_in_bytes: bytes(limits.memory),
        ..LinuxContainerResources::default()
    };
    // Only cgroups version 2 have it; otherwise our own cgroup limits them.
    if run.cgroup.is_none() {
        resources.unified.insert("pids.max".to_owned(), limits.pids.to_string());
    }
    let (user, group) = run.user.as_deref().map_or(("", None), split_user);
    let number = |text: &str| text.parse().ok().map(|value| Int64Value { value });
    let uid = number(user);
    let paths = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect();
    let security = LinuxContainerSecurityContext {
        capabilities: Some(Capability {
            add_capabilities: run.caps.iter().map(|cap| cap.trim_start_matches("CAP_").to_owned()).collect(),
            drop_capabilities: vec!["ALL".to_owned()],
            ..Capability::default()
        }),
        namespace_options: Some(namespaces(host_network)),
        run_as_username: if uid.is_some() { String::new() } else { user.to_owned() },
        run_as_user: uid,
        run_as_group: group.and_then(number),
        readonly_rootfs: run.read_only,
        no_new_privs: true,
        masked_paths: paths(oci::MASKED_PATHS),
        readonly_paths: paths(oci::READONLY_PATHS),
        seccomp: Some(default_seccomp()),
        ..LinuxContainerSecurityContext::default()
    };
    let env = run.env.iter().map(|(key, value)| KeyValue { key: key.clone(), value: value.clone() });
    ContainerConfig {
        metadata: Some(ContainerMetadata { name: run.name.clone(), attempt: 0 }),
        image: Some(ImageSpec { image, user_specified_image: run.image.clone(), ..ImageSpec::default() }),
        // As in Docker, the first replaces ENTRYPOINT and drops CMD, and the second replaces CMD.
        command: run.entrypoint.iter().cloned().collect(),
        args: run.args.clone(),
        envs: env.collect(),
        labels: config_labels(&run.labels),
        log_path: LOG.to_owned(),
        linux: Some(LinuxContainerConfig { resources: Some(resources), security_context: Some(security) }),
        ..ContainerConfig::default()
    }
}

fn split_user(user: &str) -> (&str, Option<&str>) {
    user.split_once(':').map_or((user, None), |(user, group)| (user, Some(group)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_and_limits() {
        let run = Run { user: Some("1000:50".to_owned()), caps: vec!["CAP_CHOWN".to_owned()], ..Run::new("app") };
        let linux = container(&run, "sha256:1".to_owned(), false).linux.expect("it has limits");
        let security = linux.security_context.expect("it has a user");
        assert_eq!(security.run_as_user.map(|uid| uid.value), Some(1000));
        assert_eq!(security.run_as_group.map(|gid| gid.value), Some(50));
        let capabilities = security.capabilities.expect("they are dropped");
        assert_eq!((&capabilities.add_capabilities[..], &capabilities.drop_capabilities[..]), (&["CHOWN".to_owned()][..], &["ALL".to_owned()][..]));
        assert!(security.no_new_privs && security.run_as_username.is_empty());
        let resources = linux.resources.expect("it has limits");
        assert_eq!(resources.memory_limit_in_bytes, 512 << 20);
        assert_eq!(resources.unified.get("pids.max").map(String::as_str), Some("128"));
        let run = Run { user: Some("app".to_owned()), ..Run::new("app") };
        let security = container(&run, String::new(), false).linux.and_then(|linux| linux.security_context);
        assert_eq!(security.map(|security| security.run_as_username), Some("app".to_owned()));
    }

    #[test]
    fn networks() {
        let network = |host| pod(&Run::new("app"), Path::new("/tmp"), host).linux.and_then(|linux| linux.security_context?.namespace_options).map(|options| options.network());
        assert_eq!(network(true), Some(NamespaceMode::Node));
        assert_eq!(network(false), Some(NamespaceMode::Pod));
    }
}
