//! The keys of the Compose specification, where they are allowed, and what values they take: as Compose 5.6 reads them.

use crate::knowledge::service_images::MOUNT_TYPES;

/// What a value has to be.
#[derive(Debug)]
pub enum Shape {
    /// Anything.
    Any,
    /// A scalar of one of these kinds: [`TEXT`] and so on.
    Scalar(u8),
    /// A text of which Compose makes a truth value, a number, a size, a time.
    Bool,
    Int,
    Float,
    Bytes,
    /// A size that has to be a text.
    Memory,
    Time,
    /// One of these words.
    Word(&'static [&'static str]),
    List(&'static Shape),
    /// A mapping with these keys, and `x-…`.
    Keys(&'static Keys),
    /// A mapping with keys that the user chooses.
    Named(&'static Shape),
    /// One of several.
    Either(&'static [Shape]),
}

/// The keys of a mapping.
#[derive(Debug)]
pub struct Keys {
    /// What the mapping is: `service`.
    pub what: &'static str,
    pub keys: &'static [(&'static str, Shape)],
    pub required: &'static [&'static str],
    /// It may be left empty.
    pub or_null: bool,
}

pub const TEXT: u8 = 1;
pub const NUMBER: u8 = 2;
pub const TRUTH: u8 = 4;
pub const NULL: u8 = 8;
pub const WHOLE: u8 = 16;

use Shape::{Any, Bool, Bytes, Either, Float, Int, Keys as Map, List, Memory, Named, Scalar, Time, Word};

const STR: Shape = Scalar(TEXT);
const STRS: Shape = List(&STR);
const SCALAR: Shape = Scalar(TEXT | NUMBER | TRUTH | NULL);
const STR_OR_LIST: Shape = Either(&[STR, STRS]);
const LIST_OR_MAP: Shape = Either(&[STRS, Named(&SCALAR)]);
const OPTIONS: Shape = Named(&Scalar(TEXT | NUMBER));
const COMMAND: Shape = Either(&[Scalar(TEXT | NULL), STRS]);
const EXTRA_HOSTS: Shape = Either(&[STRS, Named(&STR_OR_LIST)]);
const EXTERNAL: Shape = Either(&[Bool, map(&Keys { what: "external", keys: &[("name", STR)], required: &[], or_null: false })]);

const fn map(keys: &'static Keys) -> Shape {
    Map(keys)
}

const fn keys(what: &'static str, keys: &'static [(&'static str, Shape)]) -> Keys {
    Keys { what, keys, required: &[], or_null: false }
}

const fn requiring(required: &'static [&'static str], keys: Keys) -> Keys {
    Keys { required, ..keys }
}

const fn or_null(keys: Keys) -> Keys {
    Keys { or_null: true, ..keys }
}

/// The top of a file.
pub static FILE: Keys = keys(
    "Compose file",
    &[
        ("version", STR),
        ("name", STR),
        ("include", List(&Either(&[STR, map(&INCLUDE)]))),
        ("services", Named(&map(&SERVICE))),
        ("models", Named(&map(&MODEL))),
        ("networks", Named(&map(&NETWORK))),
        ("volumes", Named(&map(&VOLUME))),
        ("secrets", Named(&map(&SECRET))),
        ("configs", Named(&map(&CONFIG))),
    ],
);

static INCLUDE: Keys =
    keys("include", &[("path", STR_OR_LIST), ("env_file", STR_OR_LIST), ("project_directory", STR)]);

pub static SERVICE: Keys = keys(
    "service",
    &[
        ("develop", map(&DEVELOP)),
        ("deploy", map(&DEPLOY)),
        ("annotations", LIST_OR_MAP),
        ("attach", Bool),
        ("build", Either(&[STR, map(&BUILD)])),
        ("blkio_config", map(&BLKIO)),
        ("cap_add", STRS),
        ("cap_drop", STRS),
        ("cgroup", Word(&["host", "private"])),
        ("cgroup_parent", STR),
        ("command", COMMAND),
        ("configs", List(&Either(&[STR, map(&FILE_REFERENCE)]))),
        ("container_name", STR),
        ("cpu_count", Int),
        ("cpu_percent", Float),
        ("cpu_shares", Float),
        ("cpu_quota", Float),
        ("cpu_period", Float),
        ("cpu_rt_period", Float),
        ("cpu_rt_runtime", Float),
        ("cpus", Float),
        ("cpuset", STR),
        ("credential_spec", map(&CREDENTIAL_SPEC)),
        ("depends_on", Either(&[STRS, Named(&map(&DEPENDENCY))])),
        ("device_cgroup_rules", STRS),
        ("devices", List(&Either(&[STR, map(&DEVICE)]))),
        ("dns", STR_OR_LIST),
        ("dns_opt", STRS),
        ("dns_search", STR_OR_LIST),
        ("domainname", STR),
        ("entrypoint", COMMAND),
        ("env_file", Either(&[STR, List(&Either(&[STR, map(&ENV_FILE)]))])),
        ("label_file", STR_OR_LIST),
        ("environment", LIST_OR_MAP),
        ("expose", List(&Scalar(TEXT | NUMBER))),
        ("extends", Either(&[STR, map(&EXTENDS)])),
        ("provider", map(&PROVIDER)),
        ("external_links", STRS),
        ("extra_hosts", EXTRA_HOSTS),
        ("gpus", Either(&[STR, List(&map(&GPU))])),
        ("group_add", List(&Scalar(TEXT | NUMBER))),
        ("healthcheck", map(&HEALTHCHECK)),
        ("hostname", STR),
        ("image", STR),
        ("init", Bool),
        ("ipc", STR),
        ("isolation", STR),
        ("labels", LIST_OR_MAP),
        ("links", STRS),
        ("logging", map(&LOGGING)),
        ("mac_address", STR),
        ("mem_limit", Bytes),
        ("mem_reservation", Bytes),
        ("mem_swappiness", Int),
        ("memswap_limit", Bytes),
        ("network_mode", STR),
        ("models", Either(&[STRS, Named(&Any)])),
        ("networks", Either(&[STRS, Named(&map(&SERVICE_NETWORK))])),
        ("oom_kill_disable", Bool),
        ("oom_score_adj", Int),
        ("pid", Scalar(TEXT | NULL)),
        ("pids_limit", Int),
        ("platform", STR),
        ("ports", List(&Either(&[Scalar(TEXT | NUMBER), map(&PORT)]))),
        ("post_start", List(&map(&HOOK))),
        ("pre_stop", List(&map(&HOOK))),
        ("privileged", Bool),
        ("profiles", STRS),
        ("pull_policy", STR),
        ("pull_refresh_after", STR),
        ("read_only", Bool),
        ("restart", STR),
        ("runtime", STR),
        ("scale", Int),
        ("security_opt", STRS),
        ("shm_size", Bytes),
        ("secrets", List(&Either(&[STR, map(&FILE_REFERENCE)]))),
        ("sysctls", LIST_OR_MAP),
        ("stdin_open", Bool),
        ("stop_grace_period", Time),
        ("stop_signal", STR),
        ("storage_opt", Named(&Any)),
        ("tmpfs", STR_OR_LIST),
        ("tty", Bool),
        ("ulimits", Named(&Either(&[Int, map(&ULIMIT)]))),
        ("use_api_socket", Scalar(TRUTH)),
        ("user", Scalar(TEXT | NUMBER)),
        ("uts", STR),
        ("userns_mode", STR),
        ("volumes", List(&Either(&[STR, map(&MOUNT)]))),
        ("volumes_from", STRS),
        ("working_dir", STR),
    ],
);

static BUILD: Keys = keys(
    "build",
    &[
        ("context", STR),
        ("dockerfile", STR),
        ("dockerfile_inline", STR),
        ("entitlements", STRS),
        ("args", LIST_OR_MAP),
        ("ssh", Either(&[STR, STRS, Named(&SCALAR)])),
        ("labels", LIST_OR_MAP),
        ("cache_from", STRS),
        ("cache_to", STRS),
        ("no_cache", Bool),
        ("no_cache_filter", STR_OR_LIST),
        ("additional_contexts", LIST_OR_MAP),
        ("network", STR),
        ("provenance", Scalar(TEXT | TRUTH)),
        ("sbom", Scalar(TEXT | TRUTH)),
        ("pull", Bool),
        ("target", STR),
        ("shm_size", Bytes),
        ("extra_hosts", EXTRA_HOSTS),
        ("isolation", STR),
        ("privileged", Bool),
        ("secrets", List(&Either(&[STR, map(&FILE_REFERENCE)]))),
        ("tags", STRS),
        ("ulimits", Named(&Either(&[Int, map(&ULIMIT)]))),
        ("platforms", STRS),
    ],
);

static BLKIO: Keys = keys(
    "blkio_config",
    &[
        ("device_read_bps", List(&Any)),
        ("device_read_iops", List(&Any)),
        ("device_write_bps", List(&Any)),
        ("device_write_iops", List(&Any)),
        ("weight", Int),
        ("weight_device", List(&Any)),
    ],
);

static CREDENTIAL_SPEC: Keys = keys("credential_spec", &[("config", STR), ("file", STR), ("registry", STR)]);

static DEPENDENCY: Keys = requiring(
    &["condition"],
    keys(
        "dependency",
        &[
            ("restart", Bool),
            ("required", Scalar(TRUTH)),
            ("condition", Word(&["service_started", "service_healthy", "service_completed_successfully"])),
        ],
    ),
);

static DEVICE: Keys = requiring(&["source"], keys("device", &[("source", STR), ("target", STR), ("permissions", STR)]));

static ENV_FILE: Keys = requiring(&["path"], keys("env_file", &[("path", STR), ("format", STR), ("required", Bool)]));

static EXTENDS: Keys = requiring(&["service"], keys("extends", &[("service", STR), ("file", STR)]));

static PROVIDER: Keys = requiring(&["type"], keys("provider", &[("type", STR), ("options", Named(&Any))]));

const GPU_KEYS: &[(&str, Shape)] = &[
    ("capabilities", STRS),
    ("count", Scalar(TEXT | NUMBER)),
    ("device_ids", STRS),
    ("driver", STR),
    ("options", LIST_OR_MAP),
];

static GPU: Keys = keys("gpu", GPU_KEYS);

static DEVICE_REQUEST: Keys = requiring(&["capabilities"], keys("device", GPU_KEYS));

static HEALTHCHECK: Keys = keys(
    "healthcheck",
    &[
        ("disable", Bool),
        ("interval", Time),
        ("retries", Int),
        ("test", STR_OR_LIST),
        ("timeout", Time),
        ("start_period", Time),
        ("start_interval", Time),
    ],
);

static LOGGING: Keys = keys("logging", &[("driver", STR), ("options", Named(&Scalar(TEXT | NUMBER | NULL)))]);

static SERVICE_NETWORK: Keys = or_null(keys(
    "service network",
    &[
        ("aliases", STRS),
        ("interface_name", STR),
        ("ipv4_address", STR),
        ("ipv6_address", STR),
        ("link_local_ips", STRS),
        ("mac_address", STR),
        ("driver_opts", OPTIONS),
        ("priority", Scalar(NUMBER)),
        ("gw_priority", Scalar(NUMBER)),
    ],
));

static PORT: Keys = keys(
    "port",
    &[
        ("name", STR),
        ("mode", STR),
        ("host_ip", STR),
        ("target", Int),
        ("published", Scalar(TEXT | WHOLE)),
        ("protocol", STR),
        ("app_protocol", STR),
    ],
);

static HOOK: Keys = requiring(
    &["command"],
    keys(
        "hook",
        &[("command", COMMAND), ("user", STR), ("privileged", Bool), ("working_dir", STR), ("environment", LIST_OR_MAP)],
    ),
);

static MOUNT: Keys = requiring(
    &["type"],
    keys(
        "service volume",
        &[
            ("type", Word(MOUNT_TYPES)),
            ("source", STR),
            ("target", STR),
            ("read_only", Bool),
            ("consistency", STR),
            ("bind", map(&MOUNT_BIND)),
            ("volume", map(&MOUNT_VOLUME)),
            ("tmpfs", map(&MOUNT_TMPFS)),
            ("image", map(&MOUNT_IMAGE)),
        ],
    ),
);

static MOUNT_BIND: Keys = keys(
    "bind",
    &[
        ("propagation", STR),
        ("create_host_path", Bool),
        ("recursive", Word(&["enabled", "disabled", "writable", "readonly"])),
        ("selinux", Word(&["z", "Z"])),
    ],
);
static MOUNT_VOLUME: Keys = keys("volume", &[("labels", LIST_OR_MAP), ("nocopy", Bool), ("subpath", STR)]);
static MOUNT_TMPFS: Keys = keys("tmpfs", &[("size", Bytes), ("mode", Scalar(TEXT | NUMBER))]);
static MOUNT_IMAGE: Keys = keys("image", &[("subpath", STR)]);

static ULIMIT: Keys = requiring(&["soft", "hard"], keys("ulimit", &[("hard", Int), ("soft", Int)]));

static FILE_REFERENCE: Keys = keys(
    "service secret or config",
    &[("source", STR), ("target", STR), ("uid", STR), ("gid", STR), ("mode", Scalar(TEXT | NUMBER))],
);

static DEVELOP: Keys = or_null(keys("develop", &[("watch", List(&map(&WATCH)))]));

static WATCH: Keys = requiring(
    &["path", "action"],
    keys(
        "watch",
        &[
            ("ignore", STR_OR_LIST),
            ("include", STR_OR_LIST),
            ("path", STR),
            ("action", Word(&["rebuild", "sync", "restart", "sync+restart", "sync+exec"])),
            ("target", STR),
            ("exec", map(&HOOK)),
            ("initial_sync", Bool),
        ],
    ),
);

pub static DEPLOY: Keys = or_null(keys(
    "deploy",
    &[
        ("mode", STR),
        ("endpoint_mode", STR),
        ("replicas", Int),
        ("labels", LIST_OR_MAP),
        ("rollback_config", map(&UPDATE)),
        ("update_config", map(&UPDATE)),
        ("resources", map(&RESOURCES)),
        ("restart_policy", map(&RESTART_POLICY)),
        ("placement", map(&PLACEMENT)),
    ],
));

static UPDATE: Keys = keys(
    "deployment update",
    &[
        ("parallelism", Int),
        ("delay", Time),
        ("failure_action", STR),
        ("monitor", Time),
        ("max_failure_ratio", Float),
        ("order", Word(&["start-first", "stop-first"])),
    ],
);

static RESOURCES: Keys = keys("resources", &[("limits", map(&LIMITS)), ("reservations", map(&RESERVATIONS))]);
static LIMITS: Keys = keys("limits", &[("cpus", Float), ("memory", Memory), ("pids", Int)]);
static RESERVATIONS: Keys = keys(
    "reservations",
    &[
        ("cpus", Float),
        ("memory", Memory),
        ("generic_resources", List(&Any)),
        ("devices", List(&map(&DEVICE_REQUEST))),
    ],
);

static RESTART_POLICY: Keys = keys(
    "restart_policy",
    &[("condition", STR), ("delay", Time), ("max_attempts", Int), ("window", Time)],
);

static PLACEMENT: Keys = keys(
    "placement",
    &[("constraints", STRS), ("preferences", List(&Any)), ("max_replicas_per_node", Int)],
);

pub static NETWORK: Keys = or_null(keys(
    "network",
    &[
        ("name", STR),
        ("driver", STR),
        ("driver_opts", OPTIONS),
        ("ipam", map(&IPAM)),
        ("external", EXTERNAL),
        ("internal", Bool),
        ("enable_ipv4", Bool),
        ("enable_ipv6", Bool),
        ("attachable", Bool),
        ("labels", LIST_OR_MAP),
    ],
));

static IPAM: Keys =
    keys("ipam", &[("driver", STR), ("config", List(&map(&IPAM_CONFIG))), ("options", Named(&STR))]);
static IPAM_CONFIG: Keys = keys(
    "IPAM configuration",
    &[("subnet", STR), ("ip_range", STR), ("gateway", STR), ("aux_addresses", Named(&STR))],
);

pub static VOLUME: Keys = or_null(keys(
    "volume",
    &[("name", STR), ("driver", STR), ("driver_opts", OPTIONS), ("external", EXTERNAL), ("labels", LIST_OR_MAP)],
));

static SECRET: Keys = keys(
    "secret",
    &[
        ("name", STR),
        ("environment", STR),
        ("file", STR),
        ("external", EXTERNAL),
        ("labels", LIST_OR_MAP),
        ("driver", STR),
        ("driver_opts", OPTIONS),
        ("template_driver", STR),
    ],
);

static CONFIG: Keys = keys(
    "config",
    &[
        ("name", STR),
        ("content", STR),
        ("environment", STR),
        ("file", STR),
        ("external", EXTERNAL),
        ("labels", LIST_OR_MAP),
        ("template_driver", STR),
    ],
);

static MODEL: Keys = requiring(
    &["model"],
    keys("model", &[("name", STR), ("model", STR), ("context_size", Int), ("runtime_flags", STRS)]),
);

impl Keys {
    pub fn find(&self, name: &str) -> Option<&'static Shape> {
        self.keys.iter().find(|(key, _)| *key == name).map(|(_, shape)| shape)
    }
}

impl Shape {
    /// What it is called in a message: `a list`.
    pub fn describe(&self) -> String {
        match self {
            Any => "anything".to_owned(),
            Scalar(kinds) if kinds & NUMBER == 0 && kinds & TRUTH == 0 => "a string".to_owned(),
            Scalar(NUMBER) => "a number".to_owned(),
            Scalar(TRUTH) | Bool => "`true` or `false`".to_owned(),
            Scalar(kinds) if kinds & TRUTH == 0 => "a string or a number".to_owned(),
            Scalar(_) => "a string, a number or a Boolean".to_owned(),
            Int => "an integer".to_owned(),
            Float => "a number".to_owned(),
            Bytes | Memory => "a size such as `512m`".to_owned(),
            Time => "a duration such as `30s`".to_owned(),
            Word(words) => {
                let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
                format!("one of {}", words.join(", "))
            }
            List(_) => "a list".to_owned(),
            Map(_) | Named(_) => "a mapping".to_owned(),
            Either(shapes) => {
                let mut texts: Vec<_> = shapes.iter().map(Shape::describe).collect();
                texts.dedup();
                texts.join(" or ")
            }
        }
    }
}
