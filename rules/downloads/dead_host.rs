//! Finds downloads from servers that have been shut down.

use crate::finding::prelude::*;
use crate::shell::Arg;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnInstruction(&[], check)]).fix(Fixable::Sometimes).words(&[
        "alioth.", "anonscm.", "bintray.com", "central.maven", "centos.org", "codeplex.com", "dockerproject", "git://",
        "googlecode.com", "kubernetes.io", "sks-keyservers", "taobao.org", "webupd8team",
    ]);

/// A host that is gone, the year of its shutdown, and what to use now. A leading dot matches all subdomains.
struct Gone {
    address: &'static str,
    since: &'static str,
    instead: &'static str,
    /// A drop-in replacement, if there is one.
    replacement: Option<&'static str>,
}

#[rustfmt::skip]
const GONE: &[Gone] = &[
    gone("alioth.debian.org", "2018", "check whether the project has moved to `salsa.debian.org`"),
    gone("anonscm.debian.org", "2018", "check whether the project has moved to `salsa.debian.org`"),
    gone("apt.dockerproject.org", "2020", "use Docker's packages at `download.docker.com`"),
    gone("apt.kubernetes.io", "2024", "use the Kubernetes packages at `pkgs.k8s.io`"),
    gone("bintray.com", "2021", "check where the project publishes its files now"),
    gone(".bintray.com", "2021", "check where the project publishes its files now"),
    moved("central.maven.org", "2020", "repo1.maven.org"),
    gone("codeplex.com", "2021", "check whether the project has moved to GitHub"),
    gone(".codeplex.com", "2021", "check whether the project has moved to GitHub"),
    gone(".googlecode.com", "2016", "check whether the project has moved to GitHub"),
    gone("mirror.centos.org", "2024", "use AlmaLinux or Rocky Linux, or `vault.centos.org` for archived CentOS packages"),
    gone("mirrorlist.centos.org", "2024", "use AlmaLinux or Rocky Linux, or `vault.centos.org` for archived CentOS packages"),
    moved("npm.taobao.org", "2024", "npmmirror.com"),
    moved("registry.npm.taobao.org", "2024", "registry.npmmirror.com"),
    moved(".sks-keyservers.net", "2021", "keyserver.ubuntu.com"),
    gone("yum.dockerproject.org", "2020", "use Docker's packages at `download.docker.com`"),
];

const fn gone(address: &'static str, since: &'static str, instead: &'static str) -> Gone {
    Gone { address, since, instead, replacement: None }
}

const fn moved(address: &'static str, since: &'static str, to: &'static str) -> Gone {
    Gone { address, since, instead: "", replacement: Some(to) }
}

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    match step.keyword() {
        Keyword::Add => {
            for word in step.copy().iter().flat_map(|copy| &copy.sources) {
                look_at(word.span, cx);
            }
        }
        Keyword::Run => {
            let Some(script) = &step.script else { return };
            // A second server after `||` is a fallback for the first.
            let tries = |command: &Command| {
                command.place.conditional
                    || script.commands.iter().any(|other| {
                        other.place.list == command.place.list
                            && other.span.start() > command.span.start()
                            && other.place.link == crate::shell::Link::Or
                    })
            };
            for command in script.commands.iter().filter(|command| takes(command) && !tries(command)) {
                command.args.iter().for_each(|arg: &Arg| look_at(arg.span, cx));
            }
        }
        _ => {}
    }
}

/// Commands whose words are URLs to fetch from, now or later; not those that search a file for text.
fn takes(command: &Command) -> bool {
    command.is_any(&[
        "curl", "wget", "aria2c", "git", "hg", "svn", "gpg", "gpg2", "gpg1", "apt-key", "yum", "dnf", "microdnf",
        "rpm", "yum-config-manager", "add-apt-repository", "apt-add-repository", "npm", "yarn", "pnpm", "cnpm", "mvn",
        "pip", "pip3", "go",
    ]) || (command.is_any(&["echo", "printf"])
        && (command.stdout_file().is_some_and(|file| file.lexeme().contains("/etc/apt/"))
            || command.place.pipe_len > 1))
}

fn look_at(span: Span, cx: &Cx<'_>) {
    let text = cx.text(span);
    if let Some(at) = text.find("git://github.com/") {
        let scheme = Span::new(span.start() + at, span.start() + at + "git".len());
        let fix = Fix::new(Safety::Safe, "use `https`", [Edit::replace(scheme, "https")]);
        let mut found = cx.report(span, "`git://` has not been supported by GitHub since 2022");
        found.help("use `https://github.com/…`").fix(fix);
        return;
    }
    if text.contains("ppa:webupd8team/java") {
        let mut found = cx.report(span, "this package archive has been empty since 2019, for licence reasons");
        found.help("install `openjdk-…`, or use a base image such as `eclipse-temurin`");
        return;
    }
    let Some((gone, at, host)) = find(text) else { return };
    let place = Span::new(span.start() + at, span.start() + at + host.len());
    let mut found = cx.report(place, format!("`{host}` was shut down in {}", gone.since));
    match gone.replacement {
        Some(to) => {
            found.help(format!("use `{to}`"));
            found.fix(Fix::new(Safety::Unsafe, format!("use `{to}`"), [Edit::replace(place, to)]));
        }
        None => {
            found.help(gone.instead);
        }
    }
}

/// The first host in a text that is gone.
fn find(text: &str) -> Option<(&'static Gone, usize, &str)> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let mut at = 0;
    for word in text.split(|c: char| !is_name(c)) {
        let start = at;
        at += word.len() + text[at + word.len()..].chars().next().map_or(0, char::len_utf8);
        if !word.contains('.') {
            continue;
        }
        let fits = |gone: &&Gone| match gone.address.strip_prefix('.') {
            Some(_) => word.ends_with(gone.address),
            None => word == gone.address,
        };
        // A path may contain such a name by chance: only the start of a URL counts.
        let before = &text[..start];
        let begins = before.is_empty() || before.ends_with("//") || before.ends_with(['"', '\'', '@', '=', ' ']);
        if begins && let Some(gone) = GONE.iter().find(fits) {
            return Some((gone, start, word));
        }
    }
    None
}
