//! Well-known paths.

/// Directories at the root of a Linux system.
pub const TOP_LEVEL: &[&str] = &[
    "bin", "boot", "dev", "etc", "home", "lib", "lib32", "lib64", "media", "mnt", "opt", "proc", "root", "run", "sbin",
    "srv", "sys", "tmp", "usr", "var",
];

/// Those of [`TOP_LEVEL`] in which people put directories of their own.
pub const OPEN_TOP_LEVEL: &[&str] = &["home", "media", "mnt", "opt", "srv", "tmp", "var"];

/// Those of [`TOP_LEVEL`] that projects also have directories named after.
pub const ALSO_IN_PROJECTS: &[&str] = &["bin", "lib", "run", "home", "media", "var", "tmp"];

/// Directories at the root of a machine that no project has. Sorted.
pub const OF_MACHINES: &[&str] = &["Users", "etc", "home", "mnt", "opt", "root", "tmp", "usr", "var"];

/// Programs and libraries of the system, and what boots it.
pub const PROGRAMS: &[&str] = &["/bin", "/sbin", "/lib", "/lib64", "/usr/bin", "/usr/sbin", "/usr/lib", "/boot"];

/// Where projects are put, and distributions install nothing.
pub const OF_PROJECTS: &[&str] =
    &["/usr/src/", "/opt/", "/srv/", "/home/", "/tmp/", "/var/www/", "/var/task/", "/mnt/"];

/// Directories in `/etc` of the images of distributions, besides those whose names end in `.d`. As of 2026-11.
pub const IN_ETC: &[&str] = &[
    "X11", "alternatives", "apk", "apt", "bash_completion", "ca-certificates", "cloud", "crypto-policies", "default",
    "dnf", "dpkg", "fonts", "gnupg", "gss", "iproute2", "kernel", "libnl", "modules", "network", "opt", "pacman", "periodic",
    "pkcs11", "pki", "rpm", "secfixes", "security", "selinux", "skel", "ssl", "sysconfig", "systemd", "terminfo", "udhcpc",
    "xdg", "yum", "zypp",
];

/// Where a name without a slash is looked up.
pub const SEARCH_PATH: &[&str] = &["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/// Directories of which every entry is a file that one program reads or runs. Sorted.
const OF_FILES: &[&str] = &[
    "/etc/apt", "/etc/apt/apt.conf.d", "/etc/apt/preferences.d", "/etc/cron.d", "/etc/cron.daily", "/etc/cron.hourly",
    "/etc/cron.monthly", "/etc/cron.weekly", "/etc/default", "/etc/init.d", "/etc/logrotate.d", "/etc/pam.d",
    "/etc/profile.d", "/etc/sudoers.d", "/etc/xinetd.d",
];

/// Whether every entry of a directory is a file: of these, and of the directory of a runit service.
pub fn of_files(directory: &str) -> bool {
    let of_service = |parent: &str| {
        directory.strip_prefix(parent).is_some_and(|name| !name.is_empty() && !name.contains('/'))
    };
    OF_FILES.contains(&directory) || of_service("/etc/service/") || of_service("/etc/sv/")
}

/// Directories for sources, and the root, in which no program looks for an archive.
pub const FOR_UNPACKING: &[&str] = &["", "/usr/local/src", "/usr/src", "/var/tmp"];

/// Caches and settings in root's home that a program can do without.
pub const DISPENSABLE: &[&str] =
    &["/root/.cache", "/root/.npm", "/root/.m2", "/root/.gradle", "/root/.cargo/registry", "~/.cache", "/root/.config"];

/// Whether it is right in one of the directories in which names without a slash are looked up, or below.
pub fn is_in_search_path(path: &str) -> bool {
    SEARCH_PATH.iter().any(|directory| path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/')))
}

/// Sources of `COPY` that take a whole directory: the build context, or the file system of a stage.
pub const WHOLE: &[&str] = &[".", "./", "./.", "./*", "*", "/", "/.", "/*"];
