//! Hosts: those that have been shut down, and those of well-known installers.

/// A host that is gone, the year of its shutdown, and what to use now. A leading dot matches all subdomains.
#[derive(Debug)]
pub struct Gone {
    pub host: &'static str,
    pub since: &'static str,
    pub instead: &'static str,
    /// A drop-in replacement of the host and the path that `host` has, if there is one.
    pub replacement: Option<&'static str>,
}

/// Texts in a step that may put the certificates of authorities into an image.
pub const CERTIFICATE_SIGNS: &[&str] = &["ca-certificates", "/etc/ssl", "ca-bundle", ".crt", ".pem", "SSL_CERT_FILE"];

#[rustfmt::skip]
const GONE: &[Gone] = &[
    shut("alioth.debian.org", "2018", "check whether the project has moved to `salsa.debian.org`"),
    shut("anonscm.debian.org", "2018", "check whether the project has moved to `salsa.debian.org`"),
    shut("apt.dockerproject.org", "2020", "use Docker's packages at `download.docker.com`"),
    shut("apt.kubernetes.io", "2024", "use the Kubernetes packages at `pkgs.k8s.io`"),
    moved("dl.bintray.com/sbt/debian", "2021", "repo.scala-sbt.org/scalasbt/debian"),
    shut("bintray.com", "2021", "check where the project publishes its files now"),
    shut(".bintray.com", "2021", "check where the project publishes its files now"),
    moved("central.maven.org", "2020", "repo1.maven.org"),
    shut("codeplex.com", "2021", "check whether the project has moved to GitHub"),
    shut(".codeplex.com", "2021", "check whether the project has moved to GitHub"),
    shut(".googlecode.com", "2016", "check whether the project has moved to GitHub"),
    shut("mirror.centos.org", "2024", "use AlmaLinux or Rocky Linux, or `vault.centos.org` for archived CentOS packages"),
    shut("mirrorlist.centos.org", "2024", "use AlmaLinux or Rocky Linux, or `vault.centos.org` for archived CentOS packages"),
    moved("npm.taobao.org", "2024", "npmmirror.com"),
    moved("registry.npm.taobao.org", "2024", "registry.npmmirror.com"),
    moved(".sks-keyservers.net", "2021", "keyserver.ubuntu.com"),
    shut("yum.dockerproject.org", "2020", "use Docker's packages at `download.docker.com`"),
];

const fn shut(host: &'static str, since: &'static str, instead: &'static str) -> Gone {
    Gone { host, since, instead, replacement: None }
}

const fn moved(host: &'static str, since: &'static str, to: &'static str) -> Gone {
    Gone { host, since, instead: "", replacement: Some(to) }
}

/// The first host in a text that is gone.
pub fn gone(text: &str) -> Option<(&'static Gone, usize, &str)> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let mut at = 0;
    for word in text.split(|c: char| !is_name(c)) {
        let start = at;
        at += word.len() + text[at + word.len()..].chars().next().map_or(0, char::len_utf8);
        if !word.contains('.') {
            continue;
        }
        let rest = &text[start..];
        let fits = |gone: &&Gone| match gone.host.strip_prefix('.') {
            Some(_) => word.ends_with(gone.host),
            None if gone.host.contains('/') => {
                rest.strip_prefix(gone.host).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', ' ', '"', '\'']))
            }
            None => word == gone.host,
        };
        // A path may contain such a name by chance: only the start of a URL counts.
        let before = &text[..start];
        let begins = before.is_empty() || before.ends_with("//") || before.ends_with(['"', '\'', '@', '=', ' ']);
        if begins && let Some(gone) = GONE.iter().find(fits) {
            let whole = if gone.host.contains('/') { gone.host } else { word };
            return Some((gone, start, whole));
        }
    }
    None
}

/// Hosts of repositories whose packages write an entry for their own repository: with another key, apt rejects both.
pub const SELF_ENTERED: &[&str] = &["dl.google.com", "packages.microsoft.com", "packagecloud.io", "linux.dropbox.com"];

/// Hosts where the vendors of well-known software publish its installer, in lower case.
pub const INSTALLERS: &[&str] = &[
    "sh.rustup.rs", "static.rust-lang.org", "deb.nodesource.com", "rpm.nodesource.com", "get.docker.com", "astral.sh",
    "install.python-poetry.org", "bun.sh", "deno.land", "get.pnpm.io", "getcomposer.org", "cli.github.com",
    "packages.microsoft.com", "apt.releases.hashicorp.com", "get.helm.sh", "download.docker.com", "dl.google.com",
    "packages.cloud.google.com", "bootstrap.pypa.io", "dot.net", "sdk.cloud.google.com", "install.duckdb.org",
    "mise.run", "starship.rs", "nixos.org", "get.haskellup.org", "get-ghcup.haskell.org", "get.sdkman.io",
];
