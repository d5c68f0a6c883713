//! Options of well-known programs that BusyBox's versions of them do not have. Probed with BusyBox 1.35.

/// A program, its options that BusyBox rejects, and the package of Alpine that has the full one.
pub struct Applet {
    pub name: &'static str,
    pub package: &'static str,
    lacks: &'static [&'static str],
    /// Long options that it does have, where it rejects all others.
    long: Option<&'static [&'static str]>,
}

const fn row(name: &'static str, package: &'static str, lacks: &'static [&'static str]) -> Applet {
    Applet { name, package, lacks, long: None }
}

/// Of these no long option is known but a few.
const fn short(name: &'static str, package: &'static str, lacks: &'static [&'static str], long: &'static [&'static str]) -> Applet {
    Applet { name, package, lacks, long: Some(long) }
}

/// Images with no tools besides BusyBox's, in their variants for Alpine.
pub const PLAIN_IMAGES: &[&str] = &["alpine", "busybox", "golang", "node", "python"];

/// Packages of Alpine that bring full tools along.
pub const FULL_PACKAGES: &[&str] = &["abuild", "alpine-sdk"];

/// Sorted.
#[rustfmt::skip]
const APPLETS: &[Applet] = &[
    row("adduser", "shadow", &["--create-home", "--user-group", "--disabled-login", "--comment", "--gid", "--group", "--quiet"]),
    row("cp", "coreutils", &["--preserve", "--backup", "--sparse", "--no-preserve"]),
    row("date", "coreutils", &["--iso-8601", "--rfc-3339"]),
    row("egrep", "grep", &["-P", "--perl-regexp"]),
    row("find", "findutils", &["-printf", "-fprintf", "-regextype"]),
    short("grep", "grep", &["-P"], &["--color", "--colour"]),
    short("head", "coreutils", &[], &[]),
    row("hostname", "net-tools", &["-I", "--all-ip-addresses"]),
    short("ln", "coreutils", &[], &[]),
    short("md5sum", "coreutils", &[], &[]),
    row("readlink", "coreutils", &["--canonicalize", "--canonicalize-existing", "--canonicalize-missing"]),
    row("realpath", "coreutils", &["--relative-to", "--relative-base", "--canonicalize-existing", "--canonicalize-missing"]),
    short("rm", "coreutils", &[], &[]),
    row("sed", "sed", &["-z", "--null-data", "--follow-symlinks", "--debug"]),
    short("sha1sum", "coreutils", &[], &[]),
    short("sha256sum", "coreutils", &[], &[]),
    short("sha512sum", "coreutils", &[], &[]),
    short("sort", "coreutils", &[], &[]),
    row("stat", "coreutils", &["--format", "--printf"]),
    short("tail", "coreutils", &[], &[]),
    row("tar", "tar", &["--transform", "--xform", "--wildcards", "--one-top-level", "--zstd", "--use-compress-program", "--sort", "--owner", "--group", "--mtime", "--delete", "--anchored"]),
    short("timeout", "coreutils", &[], &[]),
    short("uniq", "coreutils", &[], &[]),
    short("wc", "coreutils", &[], &[]),
    row("wget", "wget", &["--progress", "--show-progress", "--max-redirect", "--waitretry", "--https-only", "--secure-protocol", "--content-disposition",
        "--trust-server-names", "--retry-on-http-error", "--auth-no-challenge", "--http-user", "--http-password", "--ca-certificate", "--mirror",
        "--recursive", "--accept", "--no-hsts"]),
    row("xargs", "findutils", &["--max-args", "--max-procs", "--null", "--delimiter", "-d"]),
];

/// The program of that name in BusyBox, if options of it are known to be missing.
pub fn applet(name: &str) -> Option<&'static Applet> {
    APPLETS.binary_search_by_key(&name, |applet| applet.name).ok().map(|at| &APPLETS[at])
}

impl Applet {
    /// Whether it rejects an option: `-P`, `--include`.
    pub fn rejects(&self, option: &str) -> bool {
        let unknown = |known: &[&str]| {
            option.starts_with("--") && option.len() > 2 && !matches!(option, "--help" | "--version") && !known.contains(&option)
        };
        self.lacks.contains(&option) || self.long.is_some_and(unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows() {
        assert!(APPLETS.is_sorted_by_key(|applet| applet.name));
        let rejects = |name, option| applet(name).is_some_and(|applet| applet.rejects(option));
        for (name, option) in [("grep", "-P"), ("grep", "--include"), ("sha256sum", "--check"), ("tar", "--transform"), ("xargs", "-d")] {
            assert!(rejects(name, option), "{name} {option}");
        }
        for (name, option) in [("grep", "-E"), ("grep", "--color"), ("sha256sum", "-c"), ("tar", "--strip-components"), ("sed", "-E"), ("rm", "--"), ("rm", "--help"), ("jq", "-P")] {
            assert!(!rejects(name, option), "{name} {option}");
        }
    }
}
