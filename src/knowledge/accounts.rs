//! Accounts, by name.

/// The accounts that every release of Debian, Ubuntu and Alpine has.
pub const OF_SYSTEMS: &[&str] = &[
    "root", "daemon", "bin", "sys", "sync", "games", "man", "lp", "mail", "news", "uucp", "proxy", "www-data",
    "backup", "list", "irc", "gnats", "nobody", "_apt", "adm", "shutdown", "halt", "operator", "postmaster", "cron",
    "ftp", "sshd", "at", "squid", "xfs", "cyrus", "vpopmail", "ntp", "smmsp", "guest", "utmp",
];

/// Names that people choose for their own accounts; no package creates these.
pub const OF_APPLICATIONS: &[&str] = &[
    "app", "appuser", "app_user", "app-user", "apprunner", "application", "user", "appgroup", "nonroot", "non-root",
    "node", "nodejs", "nextjs", "developer", "django", "flask", "python", "pythonuser", "spring", "java", "javauser",
    "web", "webapp", "worker", "ruby", "rails", "deno",
];
