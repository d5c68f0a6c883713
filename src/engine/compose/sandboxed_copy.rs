//! From a Compose file as Compose itself normalizes it, a copy within our limits.
//!
//! Only known keys are copied, so that an unknown key has no effect. Whatever reaches for the host is rejected with a
//! reason; whatever is merely pointless here (published ports, replicas) is omitted.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::engine::RunLimits;
use crate::engine::compose::containment::{leads_out, shown};

/// The largest file that is copied into a container, in bytes.
const MAX_FILE: u64 = 256 << 10;
/// The most services of a project.
const MAX_SERVICES: usize = 8;

/// Docker's default capabilities without those that reach out of a container: official images change owner and user at
/// start.
const CAPS: [&str; 7] = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID"];

/// The copy, and what must be done before it can run.
#[derive(Clone, Debug, PartialEq)]
pub struct Limited {
    /// Without the images of `builds`.
    pub file: Value,
    pub builds: Vec<ServiceBuild>,
    /// Services with images that are not built: the service, and the image.
    pub images: Vec<(String, String)>,
    /// All services, sorted.
    pub services: Vec<String>,
}

/// A service whose image is built.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServiceBuild {
    pub service: String,
    pub context: PathBuf,
    pub dockerfile: PathBuf,
    pub inline: Option<String>,
    pub args: Vec<(String, String)>,
    pub target: Option<String>,
}

/// Our labels, and limits.
#[derive(Clone, Copy, Debug)]
pub(super) struct With<'a> {
    pub root: &'a Path,
    pub label: (&'a str, &'a str),
    pub limits: &'a RunLimits,
    pub ulimits: &'a [(String, u64)],
    /// Within how many seconds a service is to be healthy.
    pub health: u64,
}

/// Makes the copy.
///
/// # Errors
/// The reasons why there is none.
pub(super) fn limit(normal: &Value, with: With<'_>) -> Result<Limited, Vec<String>> {
    let mut maker = Maker { with, refused: Vec::new(), contents: Map::new(), normal };
    let empty = Map::new();
    let services = normal.get("services").and_then(Value::as_object).unwrap_or(&empty);
    let mut limited = Limited { file: Value::Null, builds: Vec::new(), images: Vec::new(), services: Vec::new() };
    if services.is_empty() {
        maker.refused.push("it has no services".to_owned());
    }
    if services.len() > MAX_SERVICES {
        maker.refused.push(format!("it has more than {MAX_SERVICES} services"));
    }
    let networks = maker.networks();
    let volumes = maker.volumes();
    let mut copies = Map::new();
    for (name, service) in services.iter().take(MAX_SERVICES) {
        let copy = maker.service(name, service);
        match (maker.build(name, service), service.get("image").and_then(Value::as_str)) {
            (Some(build), _) => limited.builds.push(build),
            (None, Some(image)) => limited.images.push((name.clone(), image.to_owned())),
            (None, None) => {}
        }
        limited.services.push(name.clone());
        copies.insert(name.clone(), copy);
    }
    limited.services.sort();
    limited.file = json!({"services": copies, "networks": networks, "volumes": volumes, "configs": maker.contents});
    maker.refused.sort();
    maker.refused.dedup();
    if maker.refused.is_empty() { Ok(limited) } else { Err(maker.refused) }
}

struct Maker<'a> {
    with: With<'a>,
    refused: Vec<String>,
    /// Files that are copied into containers, by their name in the copy.
    contents: Map<String, Value>,
    normal: &'a Value,
}

/// Keys of a service that reach for the host, each with its harmless values.
const REACHING: &[(&str, &[&str], &str)] = &[
    ("privileged", &["false"], "it would have full privileges on the host"),
    ("network_mode", &["none", "bridge"], "it would leave the project's network"),
    ("pid", &[], "it would see other processes"),
    ("ipc", &["private", "shareable", "none"], "it would share memory with other processes"),
    ("userns_mode", &[], "it would be root on the host"),
    ("uts", &[], "it would share the host's name"),
    ("cgroup", &["private"], "it would escape its limits"),
    ("cgroup_parent", &[], "it would escape its limits"),
    ("runtime", &[], "the engine's own runtime is used"),
    ("credential_spec", &[], "no credentials are available"),
];

/// The same for keys with lists or mappings: any content is rejected.
const REACHING_LISTS: &[(&str, &str)] = &[
    ("devices", "host devices are not available"),
    ("device_cgroup_rules", "host devices are not available"),
    ("cap_add", "containers get no additional capabilities"),
    ("sysctls", "kernel settings cannot be changed"),
    ("volumes_from", "name the shared volumes instead"),
    ("external_links", "there are no other containers"),
    ("gpus", "host devices are not available"),
];

/// Keys that are copied unchanged.
const KEPT: &[&str] = &[
    "command", "entrypoint", "environment", "depends_on", "user", "working_dir", "init", "stop_signal", "expose",
    "tty", "stdin_open", "read_only", "hostname",
];

impl Maker<'_> {
    fn refuse(&mut self, service: &str, what: &str, why: &str) {
        self.refused.push(format!("service `{}`: {what}: {why}", shown(service)));
    }

    fn service(&mut self, name: &str, service: &Value) -> Value {
        let limits = self.with.limits;
        for (key, harmless, why) in REACHING {
            let said = match service.get(*key) {
                None | Some(Value::Null) => continue,
                Some(Value::String(text)) => text.clone(),
                Some(other) => other.to_string(),
            };
            if !said.is_empty() && !harmless.contains(&said.as_str()) {
                self.refuse(name, &format!("`{key}: {}`", shown(&said)), why);
            }
        }
        for (key, why) in REACHING_LISTS {
            let filled = match service.get(*key) {
                None | Some(Value::Null) => false,
                Some(Value::Array(items)) => !items.is_empty(),
                Some(Value::Object(items)) => !items.is_empty(),
                Some(_) => true,
            };
            if filled {
                self.refuse(name, &format!("`{key}`"), why);
            }
        }
        for option in texts(service.get("security_opt")) {
            if !matches!(option.as_str(), "no-new-privileges" | "no-new-privileges:true") {
                self.refuse(name, &format!("`security_opt: {}`", shown(&option)), "the engine's protection stays on");
            }
        }
        if service.get("extra_hosts").is_some_and(|hosts| hosts.to_string().contains("host-gateway")) {
            self.refuse(name, "`extra_hosts`", "the host cannot be reached");
        }
        let mut copy = Map::new();
        for key in KEPT {
            if let Some(value) = service.get(*key).filter(|value| !value.is_null()) {
                copy.insert((*key).to_owned(), value.clone());
            }
        }
        if let Some(image) = service.get("image").and_then(Value::as_str) {
            copy.insert("image".to_owned(), image.into());
        }
        copy.insert("pull_policy".to_owned(), "never".into());
        copy.insert("labels".to_owned(), self.labels());
        if service.get("network_mode").and_then(Value::as_str) == Some("none") {
            copy.insert("network_mode".to_owned(), "none".into());
        } else {
            copy.insert("networks".to_owned(), on_networks(service));
        }
        let kept = CAPS
            .iter()
            .filter(|cap| !texts(service.get("cap_drop")).iter().any(|dropped| dropped == *cap || dropped == "ALL"));
        copy.insert("cap_drop".to_owned(), json!(["ALL"]));
        copy.insert("cap_add".to_owned(), kept.copied().collect());
        copy.insert("security_opt".to_owned(), json!(["no-new-privileges"]));
        copy.insert("mem_limit".to_owned(), limits.memory.to_string().into());
        copy.insert("memswap_limit".to_owned(), limits.memory.to_string().into());
        copy.insert("cpus".to_owned(), json!(limits.cpus));
        copy.insert("pids_limit".to_owned(), json!(limits.pids));
        let mut ulimits = json!({"core": 0, "fsize": limits.disk});
        for (name, value) in self.with.ulimits {
            ulimits[name] = json!(value);
        }
        copy.insert("ulimits".to_owned(), ulimits);
        copy.insert("logging".to_owned(), json!({"driver": "json-file", "options": {"max-size": "1m"}}));
        if service.get("restart").and_then(Value::as_str).is_some_and(|restart| !matches!(restart, "no" | "")) {
            copy.insert("restart".to_owned(), "on-failure:10".into());
        }
        if let Some(check) = self.healthcheck(service) {
            copy.insert("healthcheck".to_owned(), check);
        }
        let (volumes, mut configs) = self.mounts(name, service);
        configs.extend(self.secrets(name, service));
        copy.insert("volumes".to_owned(), volumes.into());
        copy.insert("configs".to_owned(), configs.into());
        Value::Object(copy)
    }

    /// Runs every second instead of at its own interval, for as long as we wait.
    fn healthcheck(&self, service: &Value) -> Option<Value> {
        let check = service.get("healthcheck").filter(|check| check.is_object())?;
        if check.get("disable").and_then(Value::as_bool) == Some(true) {
            return Some(json!({"disable": true}));
        }
        let mut copy = json!({"interval": "1s", "timeout": "10s", "retries": self.with.health, "start_period": "0s"});
        if let Some(test) = check.get("test").filter(|test| !test.is_null()) {
            copy["test"] = test.clone();
        }
        Some(copy)
    }

    /// Volumes stay volumes; a small file in the directory is copied.
    fn mounts(&mut self, name: &str, service: &Value) -> (Vec<Value>, Vec<Value>) {
        let (mut volumes, mut configs) = (Vec::new(), Vec::new());
        for volume in service.get("volumes").and_then(Value::as_array).into_iter().flatten() {
            let of = |key: &str| volume.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            let (kind, source, target) = (of("type"), of("source"), of("target"));
            match kind.as_str() {
                "volume" => {
                    let mut copy = json!({"type": "volume", "target": target});
                    if !source.is_empty() {
                        copy["source"] = source.into();
                    }
                    copy["read_only"] = volume.get("read_only").and_then(Value::as_bool).unwrap_or(false).into();
                    volumes.push(copy);
                }
                "tmpfs" => volumes.push(json!({"type": "tmpfs", "target": target, "tmpfs": {"size": 64 << 20}})),
                "bind" => match self.content(&source) {
                    Ok(key) => configs.push(json!({"source": key, "target": target})),
                    Err(why) => {
                        let short = self.below(&source);
                        self.refuse(name, &format!("`{}` is mounted into it", shown(&short)), &why);
                    }
                },
                other => {
                    self.refuse(name, &format!("a mount of type `{}`", shown(other)), "only volumes are available")
                }
            }
        }
        for target in texts(service.get("tmpfs")) {
            let target = target.split(':').next().unwrap_or_default().to_owned();
            volumes.push(json!({"type": "tmpfs", "target": target, "tmpfs": {"size": 64 << 20}}));
        }
        (volumes, configs)
    }

    /// Secrets and configs from files in the directory, or written in the Compose file.
    fn secrets(&mut self, name: &str, service: &Value) -> Vec<Value> {
        let mut configs = Vec::new();
        for (kind, home) in [("secrets", "/run/secrets/"), ("configs", "/")] {
            for used in service.get(kind).and_then(Value::as_array).into_iter().flatten() {
                let source = used.get("source").and_then(Value::as_str).unwrap_or_default();
                let given = self.normal.get(kind).and_then(|all| all.get(source)).cloned().unwrap_or_default();
                let target = match used.get("target").and_then(Value::as_str) {
                    Some(target) if target.starts_with('/') => target.to_owned(),
                    Some(target) => format!("{home}{target}"),
                    None => format!("{home}{source}"),
                };
                let text = |key: &str| given.get(key).and_then(Value::as_str).map(str::to_owned);
                let key = match (text("file"), text("content")) {
                    (Some(file), _) => self.content(&file),
                    (None, Some(content)) => Ok(self.keep(content)),
                    (None, None) => Err("it comes from outside of the project".to_owned()),
                };
                match key {
                    Ok(key) => configs.push(json!({"source": key, "target": target})),
                    Err(why) => self.refuse(name, &format!("`{kind}: {}`", shown(source)), &why),
                }
            }
        }
        configs
    }

    /// Reads a file in the directory; returns its name in the copy.
    fn content(&mut self, path: &str) -> Result<String, String> {
        let short = self.below(path);
        if Path::new(&short).is_absolute() || leads_out(&short, self.with.root) {
            return Err("it is outside of the directory of the Compose file".to_owned());
        }
        let whole = self.with.root.join(&short);
        let meta = whole.symlink_metadata().map_err(|_| "no such file".to_owned())?;
        if !meta.is_file() {
            return Err("host directories are not available: copy what is needed into the image".to_owned());
        }
        if meta.len() > MAX_FILE {
            return Err(format!("it is larger than {} KiB", MAX_FILE >> 10));
        }
        let text = std::fs::read_to_string(&whole).map_err(|_| "it is not a text file".to_owned())?;
        Ok(self.keep(text))
    }

    fn keep(&mut self, text: String) -> String {
        let key = format!("file{}", self.contents.len() + 1);
        // Compose would expand variables.
        self.contents.insert(key.clone(), json!({"content": text.replace('$', "$$")}));
        key
    }

    /// A path relative to the directory: Compose makes them absolute.
    fn below(&self, path: &str) -> String {
        let path = Path::new(path);
        let root = self.with.root.canonicalize().unwrap_or_else(|_| self.with.root.to_path_buf());
        let below = path.strip_prefix(&root).or_else(|_| path.strip_prefix(self.with.root)).unwrap_or(path);
        if below.as_os_str().is_empty() { ".".to_owned() } else { below.display().to_string() }
    }

    fn build(&mut self, name: &str, service: &Value) -> Option<ServiceBuild> {
        let build = service.get("build").filter(|build| build.is_object())?;
        let text = |key: &str| build.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        for (key, why) in [
            ("additional_contexts", "only its own directory is sent to the builder"),
            ("ssh", "no keys are available"),
            ("secrets", "no build secrets are available"),
            ("entitlements", "builds get no additional privileges"),
        ] {
            if build.get(key).is_some_and(|value| !matches!(value, Value::Null) && value.to_string().len() > 2) {
                self.refuse(name, &format!("`build.{key}`"), why);
            }
        }
        if build.get("privileged").and_then(Value::as_bool) == Some(true) || text("network") == "host" {
            self.refuse(name, "`build`", "builds get no additional privileges");
        }
        let context = self.below(&text("context"));
        if Path::new(&context).is_absolute() || leads_out(&context, self.with.root) {
            self.refuse(
                name,
                &format!("`build: {}`", shown(&context)),
                "it is outside of the directory of the Compose file",
            );
            return None;
        }
        let context = self.with.root.join(context);
        let dockerfile = match text("dockerfile") {
            empty if empty.is_empty() => "Dockerfile".to_owned(),
            given => given,
        };
        // Relative to the context; it may be outside of the context, but not of the directory.
        let file = context.join(&dockerfile);
        let real = file.canonicalize().unwrap_or_else(|_| file.clone());
        let root = self.with.root.canonicalize().unwrap_or_else(|_| self.with.root.to_path_buf());
        if !real.starts_with(&root) && !real.starts_with(self.with.root) {
            self.refuse(
                name,
                &format!("`build.dockerfile: {}`", shown(&dockerfile)),
                "it is outside of the directory of the Compose file",
            );
            return None;
        }
        let args = build.get("args").and_then(Value::as_object).into_iter().flatten();
        let args = args.filter_map(|(name, value)| match value {
            Value::Null => None,
            Value::String(text) => Some((name.clone(), text.clone())),
            other => Some((name.clone(), other.to_string())),
        });
        Some(ServiceBuild {
            service: name.to_owned(),
            context,
            dockerfile: file,
            inline: build.get("dockerfile_inline").and_then(Value::as_str).map(str::to_owned),
            args: args.collect(),
            target: Some(text("target")).filter(|target| !target.is_empty()),
        })
    }

    fn labels(&self) -> Value {
        json!({self.with.label.0: self.with.label.1})
    }

    fn networks(&mut self) -> Value {
        let mut copies = Map::new();
        let none = Map::new();
        let all = self.normal.get("networks").and_then(Value::as_object).unwrap_or(&none);
        for (name, network) in all {
            let driver = network.get("driver").and_then(Value::as_str).unwrap_or("bridge");
            if !matches!(driver, "bridge" | "") {
                self.refused.push(format!(
                    "network `{}`: its driver `{}` reaches the host network",
                    shown(name),
                    shown(driver)
                ));
            }
            if is_external(network) {
                self.refused
                    .push(format!("network `{}` is `external`: it does not belong to the project", shown(name)));
            }
            copies.insert(name.clone(), json!({"internal": true, "labels": self.labels()}));
        }
        copies.entry("default").or_insert_with(|| json!({"internal": true, "labels": self.labels()}));
        Value::Object(copies)
    }

    fn volumes(&mut self) -> Value {
        let mut copies = Map::new();
        let none = Map::new();
        for (name, volume) in self.normal.get("volumes").and_then(Value::as_object).unwrap_or(&none) {
            let options =
                volume.get("driver_opts").and_then(Value::as_object).is_some_and(|options| !options.is_empty());
            let driver = volume.get("driver").and_then(Value::as_str).unwrap_or("local");
            if options || !matches!(driver, "local" | "") {
                self.refused.push(format!("volume `{}`: it would be a host directory or remote storage", shown(name)));
            }
            if is_external(volume) {
                self.refused.push(format!("volume `{}` is `external`: it does not belong to the project", shown(name)));
            }
            copies.insert(name.clone(), json!({"labels": self.labels()}));
        }
        Value::Object(copies)
    }
}

fn is_external(value: &Value) -> bool {
    !matches!(value.get("external"), None | Some(Value::Null | Value::Bool(false)))
}

/// The networks of a service with its aliases there, and nothing else.
fn on_networks(service: &Value) -> Value {
    let mut copies: BTreeMap<String, Value> = BTreeMap::new();
    for (name, network) in service.get("networks").and_then(Value::as_object).into_iter().flatten() {
        let aliases = texts(network.get("aliases"));
        copies.insert(name.clone(), if aliases.is_empty() { Value::Null } else { json!({"aliases": aliases}) });
    }
    if copies.is_empty() {
        copies.insert("default".to_owned(), Value::Null);
    }
    json!(copies)
}

fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(items)) => items.iter().filter_map(|item| Some(item.as_str()?.to_owned())).collect(),
        Some(Value::String(text)) => vec![text.clone()],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(normal: Value) -> Result<Limited, Vec<String>> {
        let folder = tempfile::tempdir().expect("a folder can be made");
        std::fs::create_dir(folder.path().join("app")).expect("a folder can be made");
        std::fs::write(folder.path().join("init.sql"), "select '$1';").expect("a file can be written");
        let root = folder.path().display().to_string();
        let text = normal.to_string().replace("ROOT", &root);
        let normal: Value = serde_json::from_str(&text).expect("it is JSON");
        let limits = RunLimits::default();
        let with =
            With { root: folder.path(), label: ("plimsoll.owner", "me"), limits: &limits, ulimits: &[], health: 60 };
        limit(&normal, with)
    }

    #[test]
    fn a_copy_within_limits() {
        let limited = of(json!({
            "services": {
                "app": {"build": {"context": "ROOT/app", "dockerfile": "Dockerfile", "args": {"A": "b"}}, "ports": [{"published": "8080"}],
                    "depends_on": {"db": {"condition": "service_healthy", "required": true}}, "x-other": 1, "restart": "always"},
                "db": {"image": "postgres:17", "environment": {"POSTGRES_PASSWORD": "x"}, "healthcheck": {"test": ["CMD", "true"], "interval": "1h"},
                    "volumes": [{"type": "volume", "source": "data", "target": "/data"},
                        {"type": "bind", "source": "ROOT/init.sql", "target": "/init.sql"}]}
            },
            "volumes": {"data": {"name": "x_data"}},
            "networks": {"default": {"name": "x_default", "ipam": {}}}
        }))
        .expect("it is harmless");
        let (app, db) = (&limited.file["services"]["app"], &limited.file["services"]["db"]);
        assert_eq!((app.get("ports"), app.get("x-other"), &app["restart"]), (None, None, &json!("on-failure:10")));
        assert_eq!((&app["cap_drop"], &db["mem_limit"]), (&json!(["ALL"]), &json!("536870912")));
        assert_eq!(db["healthcheck"]["interval"], "1s");
        assert_eq!(db["configs"], json!([{"source": "file1", "target": "/init.sql"}]));
        assert_eq!(limited.file["configs"]["file1"]["content"], "select '$$1';");
        assert_eq!(limited.file["networks"]["default"]["internal"], true);
        assert_eq!(limited.file["volumes"]["data"], json!({"labels": {"plimsoll.owner": "me"}}));
        assert_eq!((&limited.builds[0].service[..], limited.builds[0].args.len()), ("app", 1));
        assert_eq!(limited.images, [("db".to_owned(), "postgres:17".to_owned())]);
    }

    #[test]
    fn what_is_refused() {
        let service = |key: &str, value: Value| json!({"services": {"app": {"image": "a:1", key: value}}});
        let cases = [
            service("privileged", json!(true)),
            service("network_mode", json!("host")),
            service("pid", json!("host")),
            service("ipc", json!("host")),
            service("userns_mode", json!("host")),
            service("devices", json!([{"source": "/dev/sda"}])),
            service("cap_add", json!(["SYS_ADMIN"])),
            service("security_opt", json!(["seccomp:unconfined"])),
            service("extra_hosts", json!(["h=host-gateway"])),
            service("volumes", json!([{"type": "bind", "source": "/var/run/docker.sock", "target": "/s"}])),
            service("volumes", json!([{"type": "bind", "source": "ROOT/app", "target": "/s"}])),
            service("volumes", json!([{"type": "bind", "source": "ROOT/../x", "target": "/s"}])),
            service("build", json!({"context": "/etc", "dockerfile": "Dockerfile"})),
            service("build", json!({"context": "https://evil.invalid/x.git"})),
            service("build", json!({"context": "ROOT/app", "dockerfile": "/etc/passwd"})),
            service("build", json!({"context": "ROOT/app", "additional_contexts": {"x": "/etc"}})),
            json!({"services": {"app": {"image": "a:1"}}, "networks": {"n": {"external": true}}}),
            json!({"services": {"app": {"image": "a:1"}}, "networks": {"n": {"driver": "host"}}}),
            json!({"services": {"app": {"image": "a:1"}}, "volumes": {"v": {"driver_opts": {"device": "/"}}}}),
            json!({"services": {"app": {"image": "a:1", "secrets": [{"source": "s"}]}}, "secrets": {"s": {"file": "/etc/shadow"}}}),
            json!({"services": {}}),
        ];
        for case in cases {
            let reasons = of(case.clone()).expect_err(&case.to_string());
            assert_eq!(reasons.len(), 1, "{case}: {reasons:?}");
        }
        assert!(of(service("privileged", json!(false))).is_ok());
    }
}
