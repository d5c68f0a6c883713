//! Programs that are services, by the name of their executable or of their unit.

/// A service that a program is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Service {
    /// `nginx`, `PostgreSQL`.
    pub name: &'static str,
    /// It stores data.
    pub database: bool,
    /// Where it keeps its data in its official image; `None`: it keeps none, or it is not known.
    pub data: Option<&'static str>,
}

type Row = (&'static str, &'static str, bool, Option<&'static str>);

/// Executable, service, database, data. Sorted.
#[rustfmt::skip]
const EXECUTABLES: &[Row] = &[
    ("apache2", "Apache httpd", false, None),
    ("apache2-foreground", "Apache httpd", false, None),
    ("apache2ctl", "Apache httpd", false, None),
    ("apachectl", "Apache httpd", false, None),
    ("caddy", "Caddy", false, None),
    ("cassandra", "Cassandra", true, Some("/var/lib/cassandra")),
    ("catalina.sh", "Tomcat", false, None),
    ("clickhouse-server", "ClickHouse", true, Some("/var/lib/clickhouse")),
    ("couchdb", "CouchDB", true, Some("/opt/couchdb/data")),
    ("cron", "cron", false, None),
    ("crond", "cron", false, None),
    ("dnsmasq", "dnsmasq", false, None),
    ("dockerd", "Docker", false, Some("/var/lib/docker")),
    ("dovecot", "Dovecot", false, None),
    ("dropbear", "SSH", false, None),
    ("elasticsearch", "Elasticsearch", true, Some("/usr/share/elasticsearch/data")),
    ("exim4", "Exim", false, None),
    ("fail2ban-server", "fail2ban", false, None),
    ("haproxy", "HAProxy", false, None),
    ("httpd", "Apache httpd", false, None),
    ("httpd-foreground", "Apache httpd", false, None),
    ("influxd", "InfluxDB", true, Some("/var/lib/influxdb")),
    ("lighttpd", "lighttpd", false, None),
    ("mariadbd", "MariaDB", true, Some("/var/lib/mysql")),
    ("mariadbd-safe", "MariaDB", true, Some("/var/lib/mysql")),
    ("memcached", "Memcached", false, None),
    ("mongod", "MongoDB", true, Some("/data/db")),
    ("mosquitto", "Mosquitto", false, None),
    ("mysqld", "MySQL", true, Some("/var/lib/mysql")),
    ("mysqld_safe", "MySQL", true, Some("/var/lib/mysql")),
    ("named", "BIND", false, None),
    ("nginx", "nginx", false, None),
    ("openresty", "nginx", false, None),
    ("pg_ctl", "PostgreSQL", true, Some("/var/lib/postgresql/data")),
    ("pg_ctlcluster", "PostgreSQL", true, Some("/var/lib/postgresql/data")),
    ("php-fpm", "PHP-FPM", false, None),
    ("postfix", "Postfix", false, None),
    ("postgres", "PostgreSQL", true, Some("/var/lib/postgresql/data")),
    ("postmaster", "PostgreSQL", true, Some("/var/lib/postgresql/data")),
    ("proftpd", "ProFTPD", false, None),
    ("rabbitmq-server", "RabbitMQ", false, Some("/var/lib/rabbitmq")),
    ("redis-sentinel", "Redis", true, None),
    ("redis-server", "Redis", true, Some("/data")),
    ("rsyslogd", "syslog", false, None),
    ("slapd", "OpenLDAP", true, Some("/var/lib/ldap")),
    ("smbd", "Samba", false, None),
    ("squid", "Squid", false, None),
    ("sshd", "SSH", false, None),
    ("supervisord", "supervisord", false, None),
    ("syslog-ng", "syslog", false, None),
    ("traefik", "Traefik", false, None),
    ("valkey-server", "Redis", true, Some("/data")),
    ("varnishd", "Varnish", false, None),
    ("vsftpd", "vsftpd", false, None),
];

/// What `service NAME start`, `systemctl start NAME`, `rc-service NAME start` and `/etc/init.d/NAME` call them. Sorted.
#[rustfmt::skip]
const UNITS: &[(&str, &str)] = &[
    ("apache2", "apache2"),
    ("cassandra", "cassandra"),
    ("clickhouse-server", "clickhouse-server"),
    ("couchdb", "couchdb"),
    ("cron", "cron"),
    ("crond", "crond"),
    ("docker", "dockerd"),
    ("dovecot", "dovecot"),
    ("elasticsearch", "elasticsearch"),
    ("exim4", "exim4"),
    ("haproxy", "haproxy"),
    ("httpd", "httpd"),
    ("influxdb", "influxd"),
    ("lighttpd", "lighttpd"),
    ("mariadb", "mariadbd"),
    ("memcached", "memcached"),
    ("mongod", "mongod"),
    ("mongodb", "mongod"),
    ("mysql", "mysqld"),
    ("mysqld", "mysqld"),
    ("named", "named"),
    ("nginx", "nginx"),
    ("php-fpm", "php-fpm"),
    ("postfix", "postfix"),
    ("postgresql", "postgres"),
    ("rabbitmq-server", "rabbitmq-server"),
    ("redis", "redis-server"),
    ("redis-server", "redis-server"),
    ("rsyslog", "rsyslogd"),
    ("slapd", "slapd"),
    ("smbd", "smbd"),
    ("squid", "squid"),
    ("ssh", "sshd"),
    ("sshd", "sshd"),
    ("supervisor", "supervisord"),
    ("supervisord", "supervisord"),
    ("tomcat", "catalina.sh"),
    ("vsftpd", "vsftpd"),
];

/// The service that a command starts, by its executable; a path before it and a version after it
/// (`/usr/sbin/php-fpm8.2`) do not count.
pub fn of_executable(command: &str) -> Option<Service> {
    let name = command.rsplit('/').next().unwrap_or(command);
    let row = find(name).or_else(|| find(name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.')))?;
    Some(Service { name: row.1, database: row.2, data: row.3 })
}

/// The service that `service NAME start` and the like start.
pub fn of_unit(unit: &str) -> Option<Service> {
    let unit = unit.strip_suffix(".service").unwrap_or(unit);
    let row = |unit: &str| UNITS.binary_search_by(|row| row.0.cmp(unit)).ok();
    // `php8.2-fpm`, `postgresql@16-main`.
    let at = match row(unit) {
        Some(at) => Some(at),
        None if unit.starts_with("php") && unit.ends_with("-fpm") => row("php-fpm"),
        None => unit.split_once('@').and_then(|(name, _)| row(name)),
    };
    of_executable(UNITS[at?].1)
}

fn find(name: &str) -> Option<&'static Row> {
    EXECUTABLES.binary_search_by(|row| row.0.cmp(name)).ok().map(|at| &EXECUTABLES[at])
}

/// A program that keeps running, and the arguments with which it does something else.
#[derive(Debug)]
pub struct Daemon {
    names: &'static [&'static str],
    /// One of these has to be there, if any.
    pub needs: &'static [&'static str],
    /// With one of these at the beginning of an argument it does not stay.
    pub ends: &'static [&'static str],
}

const DAEMON: Daemon = Daemon { names: &[], needs: &[], ends: &["-v", "-V", "--version", "-h", "--help", "-?"] };

#[rustfmt::skip]
const DAEMONS: &[Daemon] = &[
    Daemon { names: &["nginx", "openresty"], ends: &["-t", "-T", "-v", "-V", "-h", "-s", "-?"], ..DAEMON },
    Daemon { names: &["apachectl", "apache2ctl"], needs: &["start", "restart", "graceful", "-DFOREGROUND", "-D"], ..DAEMON },
    Daemon { names: &["httpd", "apache2", "httpd-foreground", "apache2-foreground"], ends: &["-t", "-v", "-V", "-l", "-L", "-M", "-S", "-h"], ..DAEMON },
    Daemon { names: &["mysqld", "mysqld_safe", "mariadbd", "mariadbd-safe", "mysqld_multi"],
        ends: &["--initialize", "--install", "--bootstrap", "--verbose", "--version", "-V", "--help", "-?", "--validate-config"], ..DAEMON },
    Daemon { names: &["postgres", "postmaster"], ends: &["--version", "-V", "--help", "-?", "--single", "--boot", "-C", "--describe-config"], ..DAEMON },
    Daemon { names: &["pg_ctl", "pg_ctlcluster"], needs: &["start", "restart"], ..DAEMON },
    Daemon { names: &["sshd"], ends: &["-t", "-T", "-V", "-?", "-G"], ..DAEMON },
    Daemon { names: &["cron", "crond", "anacron"], ends: &["-V", "-h"], ..DAEMON },
    Daemon { names: &["redis-server", "redis-sentinel", "valkey-server", "mongod", "mongos", "memcached", "rabbitmq-server", "rsyslogd", "syslogd",
        "syslog-ng", "dockerd", "containerd", "named", "unbound", "dnsmasq", "haproxy", "supervisord", "slapd", "vsftpd", "proftpd", "smbd", "nmbd",
        "squid", "varnishd", "influxd", "consul", "etcd", "php-fpm", "fcgiwrap", "lighttpd", "caddy", "traefik", "tor", "avahi-daemon", "exim", "postfix",
        "dovecot", "opendkim", "fail2ban-server", "tomcat", "catalina.sh"],
        ends: &["-v", "-V", "--version", "version", "-h", "--help", "help", "-t", "--test", "-c", "--check", "-i", "-m", "validate", "fmt", "configtest", "stop"], ..DAEMON },
];

/// Programs that go on running with `-c`, `-t`, `-i`, `-m` and `-h`, which are other flags of theirs.
pub const TAKES_CONFIGURATION: &[&str] =
    &["redis-server", "supervisord", "memcached", "haproxy", "dnsmasq", "squid", "mongod", "slapd", "containerd"];

/// The daemon that a program is.
pub fn daemon(program: &str) -> Option<&'static Daemon> {
    DAEMONS.iter().find(|daemon| daemon.names.contains(&program))
}

/// In the name of a script, they tell which server it starts: `start-apache.sh`.
pub const IN_SCRIPT_NAMES: &[&str] =
    &["apache", "httpd", "nginx", "php-fpm", "cron", "sshd", "mysql", "mariadb", "postgres"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn executables_are_services() {
        let name = |command| of_executable(command).map(|service| service.name);
        assert_eq!(name("nginx"), Some("nginx"));
        assert_eq!(name("/usr/sbin/sshd"), Some("SSH"));
        assert_eq!(name("php-fpm8.2"), Some("PHP-FPM"));
        assert_eq!(name("mysqld_safe"), Some("MySQL"));
        assert_eq!(name("mysql"), None);
        assert_eq!(name("python3"), None);
        assert_eq!(name(""), None);
        assert_eq!(of_executable("postgres").and_then(|found| found.data), Some("/var/lib/postgresql/data"));
        assert!(of_executable("mongod").is_some_and(|found| found.database));
        assert!(of_executable("cron").is_some_and(|found| !found.database));
    }

    #[test]
    fn units_are_services() {
        let name = |unit| of_unit(unit).map(|service| service.name);
        assert_eq!(name("mysql"), Some("MySQL"));
        assert_eq!(name("php8.2-fpm"), Some("PHP-FPM"));
        assert_eq!(name("postgresql@16-main"), Some("PostgreSQL"));
        assert_eq!(name("ssh.service"), Some("SSH"));
        assert_eq!(name("mine"), None);
    }

    #[test]
    fn the_tables_are_sorted() {
        assert!(EXECUTABLES.is_sorted_by(|a, b| a.0 < b.0));
        assert!(UNITS.is_sorted_by(|a, b| a.0 < b.0));
        for (unit, executable) in UNITS {
            assert!(find(executable).is_some(), "{unit} starts {executable}");
        }
    }
}
