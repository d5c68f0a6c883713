//! Images that are services: how long they take, how their health is tested, and what they are configured by.

/// What is known of the image of a service.
#[derive(Debug)]
pub struct ServiceImage {
    /// Names of images that are started and configured the same way.
    pub names: &'static [&'static str],
    /// `PostgreSQL`.
    pub what: &'static str,
    /// The port that it listens on.
    pub port: u16,
    /// It refuses connections for seconds after it was started.
    pub is_slow: bool,
    /// It stores what others rely on.
    pub is_database: bool,
    /// Where its data is; empty if it keeps none.
    pub data: &'static str,
    /// A test of its health, for a shell in the container; empty if none is known. It must fail as long as others cannot
    /// connect: while they initialize their data, some images run a temporary server that only they themselves can reach.
    pub check: &'static str,
    /// It does not start without one of these variables.
    pub passwords: &'static [&'static str],
    /// Variables that name the user and the database; empty if there is none.
    pub user: &'static str,
    pub database: &'static str,
    /// What the scheme of a URL to it begins with.
    pub schemes: &'static [&'static str],
}

const NONE: ServiceImage = ServiceImage {
    names: &[],
    what: "",
    port: 0,
    is_slow: false,
    is_database: false,
    data: "",
    check: "",
    passwords: &[],
    user: "",
    database: "",
    schemes: &[],
};

pub static SERVICE_IMAGES: &[ServiceImage] = &[
    ServiceImage {
        names: &["postgres", "postgis/postgis", "pgvector/pgvector", "timescale/timescaledb", "timescale/timescaledb-ha"],
        what: "PostgreSQL",
        port: 5432,
        is_slow: true,
        is_database: true,
        data: "/var/lib/postgresql/data",
        check: "pg_isready -h 127.0.0.1 -U $${POSTGRES_USER:-postgres}",
        passwords: &["POSTGRES_PASSWORD", "POSTGRES_PASSWORD_FILE", "POSTGRES_HOST_AUTH_METHOD"],
        user: "POSTGRES_USER",
        database: "POSTGRES_DB",
        schemes: &["postgres", "postgresql", "jdbc:postgresql", "postgis", "asyncpg"],
    },
    ServiceImage {
        names: &["mysql", "mysql/mysql-server"],
        what: "MySQL",
        port: 3306,
        is_slow: true,
        is_database: true,
        data: "/var/lib/mysql",
        check: "mysqladmin ping -h 127.0.0.1 -p$$MYSQL_ROOT_PASSWORD",
        passwords: &[
            "MYSQL_ROOT_PASSWORD", "MYSQL_ROOT_PASSWORD_FILE", "MYSQL_ALLOW_EMPTY_PASSWORD", "MYSQL_RANDOM_ROOT_PASSWORD",
        ],
        user: "MYSQL_USER",
        database: "MYSQL_DATABASE",
        schemes: &["mysql", "jdbc:mysql", "mysql2"],
    },
    ServiceImage {
        names: &["mariadb"],
        what: "MariaDB",
        port: 3306,
        is_slow: true,
        is_database: true,
        data: "/var/lib/mysql",
        check: "healthcheck.sh --connect --innodb_initialized",
        passwords: &[
            "MARIADB_ROOT_PASSWORD", "MARIADB_ROOT_PASSWORD_FILE", "MARIADB_ROOT_PASSWORD_HASH",
            "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD", "MARIADB_RANDOM_ROOT_PASSWORD", "MYSQL_ROOT_PASSWORD",
            "MYSQL_ROOT_PASSWORD_FILE", "MYSQL_ALLOW_EMPTY_PASSWORD", "MYSQL_RANDOM_ROOT_PASSWORD",
        ],
        user: "MARIADB_USER",
        database: "MARIADB_DATABASE",
        schemes: &["mysql", "mariadb", "jdbc:mariadb", "jdbc:mysql", "mysql2"],
    },
    ServiceImage {
        names: &["mongo"],
        what: "MongoDB",
        port: 27017,
        is_slow: true,
        is_database: true,
        data: "/data/db",
        // Its temporary server listens on 127.0.0.1.
        check: "mongosh --host $$HOSTNAME --quiet --eval 'db.runCommand(\"ping\").ok' || exit 1",
        user: "MONGO_INITDB_ROOT_USERNAME",
        schemes: &["mongodb"],
        ..NONE
    },
    ServiceImage {
        names: &["redis", "valkey/valkey", "redis/redis-stack", "redis/redis-stack-server"],
        what: "Redis",
        port: 6379,
        is_database: true,
        data: "/data",
        check: "redis-cli ping | grep PONG",
        schemes: &["redis"],
        ..NONE
    },
    ServiceImage { names: &["memcached"], what: "Memcached", port: 11211, ..NONE },
    ServiceImage {
        names: &["rabbitmq"],
        what: "RabbitMQ",
        port: 5672,
        is_slow: true,
        data: "/var/lib/rabbitmq",
        check: "rabbitmq-diagnostics -q check_port_connectivity",
        user: "RABBITMQ_DEFAULT_USER",
        schemes: &["amqp"],
        ..NONE
    },
    ServiceImage {
        names: &["confluentinc/cp-kafka", "apache/kafka", "bitnami/kafka", "bitnamilegacy/kafka", "wurstmeister/kafka"],
        what: "Kafka",
        port: 9092,
        is_slow: true,
        ..NONE
    },
    ServiceImage {
        names: &["elasticsearch", "docker.elastic.co/elasticsearch/elasticsearch", "opensearchproject/opensearch"],
        what: "Elasticsearch",
        port: 9200,
        is_slow: true,
        is_database: true,
        data: "/usr/share/elasticsearch/data",
        ..NONE
    },
    ServiceImage {
        names: &["cassandra"],
        what: "Cassandra",
        port: 9042,
        is_slow: true,
        is_database: true,
        data: "/var/lib/cassandra",
        check: "cqlsh -e 'describe keyspaces'",
        ..NONE
    },
    ServiceImage {
        names: &["mcr.microsoft.com/mssql/server", "mcr.microsoft.com/azure-sql-edge"],
        what: "SQL Server",
        port: 1433,
        is_slow: true,
        is_database: true,
        data: "/var/opt/mssql",
        passwords: &["MSSQL_SA_PASSWORD", "SA_PASSWORD"],
        schemes: &["sqlserver", "mssql", "jdbc:sqlserver"],
        ..NONE
    },
    ServiceImage {
        names: &["neo4j"],
        what: "Neo4j",
        port: 7687,
        is_slow: true,
        is_database: true,
        data: "/data",
        schemes: &["bolt", "neo4j"],
        ..NONE
    },
    ServiceImage {
        names: &["clickhouse", "clickhouse/clickhouse-server"],
        what: "ClickHouse",
        port: 8123,
        is_slow: true,
        is_database: true,
        data: "/var/lib/clickhouse",
        schemes: &["clickhouse"],
        ..NONE
    },
    ServiceImage {
        names: &["influxdb"],
        what: "InfluxDB",
        port: 8086,
        is_slow: true,
        is_database: true,
        data: "/var/lib/influxdb",
        ..NONE
    },
    ServiceImage {
        names: &["couchdb"],
        what: "CouchDB",
        port: 5984,
        is_slow: true,
        is_database: true,
        data: "/opt/couchdb/data",
        ..NONE
    },
];

/// Images of tools that connect when somebody uses them, and so need not wait: administration, monitoring.
const PATIENT: &[&str] = &[
    "adminer", "phpmyadmin", "phpmyadmin/phpmyadmin", "dpage/pgadmin4", "mongo-express", "prom/prometheus", "grafana/grafana",
    "rediscommander/redis-commander", "redis/redisinsight", "sosedoff/pgweb", "portainer/portainer-ce", "nginx", "traefik",
    "caddy", "httpd", "haproxy", "provectuslabs/kafka-ui", "kibana", "docker.elastic.co/kibana/kibana", "dbeaver/cloudbeaver",
];

/// What is known of an image, by its name without `library/`.
pub fn service_image(name: &str) -> Option<&'static ServiceImage> {
    SERVICE_IMAGES.iter().find(|image| image.names.contains(&name))
}

/// Whether the program of an image connects to others only when it is used.
pub fn is_patient(name: &str) -> bool {
    PATIENT.contains(&name)
}

/// Images whose purpose is to manage containers, and proxies that limit who else may: they need the engine's socket.
const CONTAINER_MANAGERS: &[&str] = &[
    "portainer/portainer-ce", "portainer/portainer-ee", "portainer/portainer", "portainer/agent", "selenium/node-docker",
    "containrrr/watchtower", "v2tec/watchtower", "nickfedor/watchtower", "louislam/dockge", "gitlab/gitlab-runner",
    "drone/drone-runner-docker", "tecnativa/docker-socket-proxy", "lscr.io/linuxserver/socket-proxy",
    "wollomatic/socket-proxy", "nextcloud/all-in-one", "ghcr.io/nextcloud-releases/all-in-one",
];

/// Whether an image needs all that the engine's socket allows.
pub fn manages_containers(name: &str) -> bool {
    CONTAINER_MANAGERS.contains(&name)
}

/// Variables that make a container run an engine of its own.
pub const DOCKER_IN_DOCKER: &[&str] = &["DOCKER_TLS_CERTDIR", "DOCKER_IN_DOCKER"];

/// What a command line sets that a newer release of a service no longer knows and does not start with.
const REMOVED_SETTINGS: &[(&str, &[&str])] = &[(
    "mysql:8.4",
    &[
        "NO_AUTO_CREATE_USER", "--query-cache-size", "--query_cache_size", "--query-cache-type", "--query_cache_type",
        "--innodb-file-format", "--innodb_file_format", "--innodb-large-prefix", "--innodb_large_prefix",
        "--default-authentication-plugin", "--default_authentication_plugin", "--skip-host-cache", "--log-syslog",
        "--expire-logs-days", "--expire_logs_days", "--sync-frm", "--secure-auth",
    ],
)];

/// Those of `words` that the image `successor` does not start with.
pub fn removed_setting(successor: &str, words: &[String]) -> Option<&'static str> {
    let (_, settings) = REMOVED_SETTINGS.iter().find(|(image, _)| *image == successor)?;
    let is_set = |setting: &str| words.iter().flat_map(|word| word.split(['=', ',', '"', '\''])).any(|part| part == setting);
    settings.iter().find(|setting| is_set(setting)).copied()
}

/// Capabilities that come close to root's rights on the host.
pub const DANGEROUS_CAPABILITIES: &[&str] =
    &["ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO", "DAC_READ_SEARCH", "BPF", "SYS_BOOT"];

/// The same of a container that shares the host's processes: without them, they reach its own processes only.
pub const DANGEROUS_WITH_HOST_PROCESSES: &[&str] = &["SYS_PTRACE"];

/// Directories of a host that no container should be given.
pub const SENSITIVE_PATHS: &[&str] =
    &["/", "/etc", "/root", "/boot", "/proc", "/sys", "/dev", "/var/run", "/run", "/var/lib/docker", "/usr", "/home"];

/// Passwords that everyone tries first.
pub const COMMON_PASSWORDS: &[&str] = &[
    "password", "postgres", "root", "admin", "secret", "changeme", "example", "test", "123456", "12345678", "mysql",
    "mongo", "guest", "pass", "toor", "qwerty", "letmein", "changeit", "passw0rd", "default", "user", "1234", "12345", "minioadmin",
    "mysecretpassword", "my-secret-pw", "password1", "password123", "p@ssw0rd", "admin123", "root123", "123456789",
];

/// Variables that a shell or Compose itself sets wherever it runs.
pub const SET_ANYWHERE: &[&str] =
    &["HOME", "USER", "PWD", "PATH", "SHELL", "LANG", "HOSTNAME", "LOGNAME", "DISPLAY", "SSH_AUTH_SOCK", "TERM", "XDG_RUNTIME_DIR"];

/// Options of servers that name the address to listen on.
pub const ADDRESS_FLAGS: &[&str] =
    &["--host", "-b", "--bind", "--addr", "--address", "-h", "--hostname", "runserver", "--ip"];

/// Words that only a shell reads.
pub const SHELL_OPERATORS: &[&str] = &["||", "&&", "|", ">", ";", ">/dev/null", "2>&1"];

/// Truth values of YAML 1.1 that are texts in YAML 1.2.
pub const OLD_TRUTH_VALUES: &[&str] = &["yes", "no", "on", "off", "y", "n"];

/// What `pull_policy` takes, besides `every_…`.
pub const PULL_POLICIES: [&str; 8] =
    ["always", "never", "build", "if_not_present", "missing", "refresh", "daily", "weekly"];

/// Every kind of mount.
pub const MOUNT_TYPES: &[&str] = &["bind", "volume", "tmpfs", "cluster", "npipe", "image"];
