//! The configuration of an image.

use serde::Serialize;
use serde_json::Value;

/// An image's configuration and size.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Facts {
    pub id: String,
    /// Bytes, as the engine counts them; `None` if it does not.
    pub size: Option<u64>,
    /// Only non-empty ones: BuildKit creates an empty one for a WORKDIR that already exists.
    pub layers: usize,
    /// As written in `USER`; empty is root.
    pub user: String,
    pub workdir: String,
    pub entrypoint: Vec<String>,
    pub cmd: Vec<String>,
    /// `NAME=value`, in order.
    pub env: Vec<String>,
    /// `8080/tcp`, sorted.
    pub ports: Vec<String>,
    pub volumes: Vec<String>,
    /// The command of HEALTHCHECK: `["CMD", "curl", …]` or `["CMD-SHELL", "…"]`; empty without one.
    pub healthcheck: Vec<String>,
    /// `SIGTERM`, unless STOPSIGNAL says otherwise.
    pub stop_signal: String,
}

impl Facts {
    /// The output of `docker inspect` and compatible clients: a list of one.
    pub fn from_inspect(json: &str) -> Option<Self> {
        let all: Value = serde_json::from_str(json).ok()?;
        let image = all.as_array().and_then(|all| all.first()).unwrap_or(&all);
        let mut facts = Self::of(
            image.get("Config").unwrap_or(&Value::Null),
            image.get("RootFS").and_then(|root| root.get("Layers")),
        );
        facts.id = text(image.get("Id"));
        facts.size = image.get("Size").and_then(Value::as_u64);
        // Podman stores it next to the configuration.
        if facts.healthcheck.is_empty() {
            facts.healthcheck = texts(image.get("Healthcheck").and_then(|check| check.get("Test")));
        }
        facts.drop_none_check();
        Some(facts)
    }

    /// The output of `buildah inspect --type image`.
    pub fn from_buildah(json: &str) -> Option<Self> {
        let image: Value = serde_json::from_str(json).ok()?;
        let docker = image.get("Docker")?;
        let layers = docker.get("rootfs").and_then(|root| root.get("diff_ids"));
        let mut facts = Self::of(docker.get("config").unwrap_or(&Value::Null), layers);
        facts.id = text(image.get("FromImageID"));
        facts.drop_none_check();
        Some(facts)
    }

    fn of(config: &Value, layers: Option<&Value>) -> Self {
        let keys = |name: &str| {
            let object = config.get(name).and_then(Value::as_object);
            let mut keys: Vec<String> = object.map(|object| object.keys().cloned().collect()).unwrap_or_default();
            keys.sort();
            keys
        };
        let signal = text(config.get("StopSignal"));
        Self {
            id: String::new(),
            size: None,
            layers: texts(layers).iter().filter(|layer| !layer.ends_with(EMPTY_LAYER)).count(),
            user: text(config.get("User")),
            workdir: text(config.get("WorkingDir")),
            entrypoint: texts(config.get("Entrypoint")),
            cmd: texts(config.get("Cmd")),
            env: texts(config.get("Env")),
            ports: keys("ExposedPorts"),
            volumes: keys("Volumes"),
            healthcheck: texts(config.get("Healthcheck").and_then(|check| check.get("Test"))),
            stop_signal: if signal.is_empty() { "SIGTERM".to_owned() } else { signal },
        }
    }

    /// `HEALTHCHECK NONE`.
    fn drop_none_check(&mut self) {
        if self.healthcheck.first().is_some_and(|first| first == "NONE") {
            self.healthcheck.clear();
        }
    }

    /// The part of `USER` before the colon.
    pub fn user_name(&self) -> &str {
        self.user.split(':').next().unwrap_or_default()
    }
}

/// The digest of an archive without files.
const EMPTY_LAYER: &str = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";

fn text(value: Option<&Value>) -> String {
    value.and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn texts(value: Option<&Value>) -> Vec<String> {
    let values = value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    values.iter().filter_map(|value| Some(value.as_str()?.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn docker_and_podman() {
        let json = r#"[{"Id": "sha256:1", "Size": 5, "RootFS": {"Layers": ["a", "b",
            "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"]}, "Config": {"User": "app:app", "Env": ["A=b=c"],
            "Cmd": ["x"], "Entrypoint": null, "ExposedPorts": {"80/tcp": {}}, "Healthcheck": {"Test": ["CMD-SHELL", "true"]}}}]"#;
        let facts = Facts::from_inspect(json).expect("it is JSON");
        assert_eq!((facts.size, facts.layers, facts.user_name()), (Some(5), 2, "app"));
        assert_eq!((&facts.ports[..], &facts.cmd[..]), (&["80/tcp".to_owned()][..], &["x".to_owned()][..]));
        assert_eq!((&facts.healthcheck[0][..], &facts.stop_signal[..]), ("CMD-SHELL", "SIGTERM"));
        let json = r#"[{"Config": {}, "Healthcheck": {"Test": ["NONE"]}}]"#;
        assert!(Facts::from_inspect(json).expect("it is JSON").healthcheck.is_empty());
        assert_eq!(Facts::from_inspect("no"), None);
    }
}
