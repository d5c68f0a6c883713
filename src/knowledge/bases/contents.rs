//! What an image contains: one query over the tables of this module.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{Account, Image, Role, accounts, image, os};
use crate::knowledge::name::canonical;
use crate::knowledge::os::{Distro, Os};
use crate::knowledge::providers;
use super::tag::{split, version};

/// What an image's entrypoint does with CMD.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entrypoint {
    /// There is none: CMD is the command.
    None,
    /// It prepares something, and becomes CMD.
    Runs,
    /// As `Runs`, but hands CMD to the image's own program if its first word is not one.
    Completes,
    /// CMD is its arguments.
    Takes,
}

/// What is known of an image's contents.
#[derive(Clone, Debug)]
pub struct Contents {
    /// Its name in the tables.
    pub name: String,
    pub os: Option<Os>,
    /// Unprivileged accounts that are there to run things as.
    pub accounts: &'static [Account],
    /// The row of the table of images.
    pub image: Option<&'static Image>,
    /// The nearest first: the image's own, and those it is built on.
    records: Vec<&'static Record>,
    /// Programs that the records do not name are missing.
    complete: bool,
}

#[derive(Debug, Default)]
struct Record {
    on: Option<&'static str>,
    /// By name.
    programs: HashMap<&'static str, Presence>,
    lists_programs: bool,
    partial: bool,
    entrypoint: Option<Entrypoint>,
    /// The program of the entrypoint, where CMD is its arguments.
    entry_program: Option<&'static str>,
    env: Option<Vec<&'static str>>,
    workdir: Option<&'static str>,
    ports: Vec<u16>,
    volumes: Vec<&'static str>,
    /// Names and numbers.
    groups: Vec<(&'static str, u32)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    There,
    Perhaps,
    Missing,
}

static RECORDS: LazyLock<HashMap<&'static str, Record>> = LazyLock::new(|| read(include_str!("contents.txt")));

fn read(text: &'static str) -> HashMap<&'static str, Record> {
    let mut records: HashMap<&'static str, Record> = HashMap::new();
    let mut name = "";
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        let Some(fact) = line.strip_prefix("  ") else {
            name = line;
            records.entry(name).or_default();
            continue;
        };
        let Some(record) = records.get_mut(name) else { continue };
        let (key, value) = fact.split_once(' ').unwrap_or((fact, ""));
        let words = || value.split_whitespace();
        match key {
            "on" => record.on = Some(value),
            "partial" => record.partial = true,
            "programs" => {
                record.lists_programs = true;
                record.programs.extend(words().map(presence));
            }
            "entrypoint" => {
                record.entrypoint = words().next().and_then(entrypoint);
                record.entry_program = words().nth(1);
            }
            "env" => record.env = Some(words().collect()),
            "workdir" => record.workdir = Some(value),
            "ports" => record.ports = words().filter_map(|port| port.parse().ok()).collect(),
            "groups" => record.groups = words().filter_map(group).collect(),
            "volumes" => record.volumes = words().collect(),
            _ => {}
        }
    }
    records
}

fn presence(word: &'static str) -> (&'static str, Presence) {
    match (word.strip_prefix('?'), word.strip_prefix('-')) {
        (Some(name), _) => (name, Presence::Perhaps),
        (_, Some(name)) => (name, Presence::Missing),
        _ => (word, Presence::There),
    }
}

/// `node=1000`
fn group(word: &'static str) -> Option<(&'static str, u32)> {
    let (name, number) = word.split_once('=')?;
    Some((name, number.parse().ok()?))
}

fn entrypoint(word: &str) -> Option<Entrypoint> {
    Some(match word {
        "none" => Entrypoint::None,
        "runs" => Entrypoint::Runs,
        "completes" => Entrypoint::Completes,
        "takes" => Entrypoint::Takes,
        _ => return None,
    })
}

/// What an image of that name and tag contains; `None`: nothing is known of it.
pub fn contents(name: &str, tag: Option<&str>) -> Option<Contents> {
    let name = canonical(name);
    let image = image(name);
    let os = os(name, tag);
    let accounts = accounts(name, tag);
    let tag = tag.unwrap_or("latest").to_ascii_lowercase();
    let words = split(&tag);
    let own = record_name(name);
    let records = chain(own, os.as_ref(), &words);
    if image.is_none() && records.is_empty() {
        return None;
    }
    let listed = RECORDS.get(own).is_some_and(|record| record.lists_programs);
    let complete = listed && is_complete(&records, os.as_ref());
    Some(Contents { name: name.to_owned(), os, accounts, image, records, complete })
}

/// The record of a family: `gcr.io/distroless/java21-debian12` is `gcr.io/distroless/java`.
fn record_name(name: &str) -> &str {
    if name.starts_with("public.ecr.aws/lambda/") {
        return "public.ecr.aws/lambda";
    }
    if !name.starts_with("gcr.io/distroless/") {
        return name;
    }
    let family = name.split('-').next().unwrap_or(name);
    match family.ends_with("python3") {
        true => family,
        false => family.trim_end_matches(|last: char| last.is_ascii_digit()),
    }
}

/// The records that hold for an image, the nearest first.
fn chain(own: &str, os: Option<&Os>, words: &[&str]) -> Vec<&'static Record> {
    let mut found = Vec::new();
    let get = |name: &str| RECORDS.get(name);
    let variants = words.iter().map(|word| if word.starts_with("alpine") { "alpine" } else { word });
    let system_word = match os.map(|os| os.distro) {
        Some(Distro::Alpine) => Some("alpine"),
        Some(Distro::Debian) => Some("debian"),
        Some(Distro::Ubuntu) => Some("ubuntu"),
        _ => None,
    };
    let variants = variants.chain(system_word);
    found.extend(variants.filter_map(|variant| get(&format!("{own}:{variant}"))));
    found.extend(get(own));
    let debian = os.is_some_and(|os| matches!(os.distro, Distro::Debian | Distro::Ubuntu));
    let small = words.iter().any(|word| matches!(*word, "slim" | "minimal"));
    let mut on = get(own).and_then(|record| record.on).filter(|on| !on.starts_with("buildpack") || debian && !small);
    if own == "buildpack-deps" {
        let part = words.iter().find(|word| matches!(**word, "curl" | "scm"));
        if let Some(part) = part {
            found.pop();
            on = get(&format!("{own}:{part}")).and_then(|record| record.on);
        }
    }
    // Three at most, and no record is on itself.
    for _ in 0..4 {
        let Some(record) = on.and_then(get) else { break };
        found.push(record);
        on = record.on;
    }
    if let Some((family, release)) = os.and_then(system) {
        found.extend(release.and_then(|release| get(&format!("{family}:{release}"))));
        found.extend(get(family).filter(|_| family != own));
    }
    found
}

/// The records of a system: its family, and its release.
fn system(os: &Os) -> Option<(&'static str, Option<String>)> {
    let number = os.version.as_deref().map(version).unwrap_or_default();
    Some(match (os.distro, number.as_slice()) {
        (Distro::Debian, [1..=9, ..]) => ("debian", Some("old".to_owned())),
        (Distro::Debian, [major, ..]) => ("debian", Some(major.to_string())),
        (Distro::Debian, []) => ("debian", None),
        (Distro::Ubuntu, [1..=17, ..]) => ("ubuntu", Some("old".to_owned())),
        (Distro::Ubuntu, _) => ("ubuntu", None),
        (Distro::Alpine, _) => ("alpine", None),
        _ => return None,
    })
}

fn is_complete(records: &[&Record], os: Option<&Os>) -> bool {
    let known = os.is_some_and(|os| {
        matches!(os.distro, Distro::Debian | Distro::Ubuntu | Distro::Alpine | Distro::Busybox | Distro::Distroless)
    });
    known && !records.is_empty() && records.iter().all(|record| !record.partial)
}

impl Contents {
    /// Whether a program is in its `PATH`; `None`: not known. Only programs of [`providers`] are ever missing.
    pub fn program(&self, program: &str) -> Option<bool> {
        match self.records.iter().find_map(|record| record.programs.get(program)) {
            Some(Presence::There) => Some(true),
            Some(Presence::Perhaps) => None,
            Some(Presence::Missing) => Some(false),
            None if self.complete && providers::is_known(program) => Some(false),
            None => None,
        }
    }

    /// Whether all its programs that [`providers`] knows are listed.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// What its entrypoint does with CMD; `None`: not known.
    pub fn entrypoint(&self) -> Option<Entrypoint> {
        let own = self.records.iter().find_map(|record| record.entrypoint);
        // A system's record speaks for the systems alone.
        own.filter(|_| RECORDS.get(record_name(&self.name)).is_some_and(|record| record.entrypoint.is_some()))
    }

    /// The program whose arguments CMD is, if there is one and it is known.
    pub fn entry_program(&self) -> Option<&'static str> {
        let own = self.entrypoint().is_some_and(|it| it == Entrypoint::Takes);
        self.records.iter().find_map(|record| record.entry_program).filter(|_| own)
    }

    /// Whether it has an account of that name; `None`: not known.
    pub fn has_account(&self, name: &str) -> Option<bool> {
        if self.accounts.iter().any(|account| account.name == Some(name)) {
            return Some(true);
        }
        let distro = self.os.as_ref().map(|os| os.distro);
        if distro == Some(Distro::Distroless) {
            return Some(matches!(name, "root" | "nobody" | "nonroot"));
        }
        if OF_EVERY_SYSTEM.contains(&name) {
            return Some(true);
        }
        let system = matches!(distro, Some(Distro::Debian | Distro::Ubuntu | Distro::Alpine));
        let bare = self.image.is_some_and(|row| {
            matches!(row.role, Role::Os | Role::Runtime | Role::Toolchain) && row.user.is_some_and(Account::is_root)
        });
        (system && bare && self.complete).then_some(false)
    }

    /// The account that has a number.
    pub fn account_of(&self, uid: u32) -> Option<&'static str> {
        self.accounts.iter().find(|account| account.uid == Some(uid))?.name
    }

    /// The group that has a number, of those that are not the system's.
    pub fn group_of(&self, gid: u32) -> Option<&'static str> {
        let (name, _) = self.groups().find(|group| group.1 == gid)?;
        Some(name)
    }

    /// Whether it has a group of that name, besides the system's.
    pub fn has_group(&self, name: &str) -> bool {
        self.groups().any(|group| group.0 == name)
    }

    /// Its groups for the accounts that it has.
    fn groups(&self) -> impl Iterator<Item = (&'static str, u32)> {
        let groups = RECORDS.get(record_name(&self.name)).map_or(&[][..], |record| &record.groups);
        groups.iter().copied().filter(|group| self.accounts.iter().any(|account| account.name == Some(group.0)))
    }

    /// The working directory that it starts in.
    pub fn workdir(&self) -> Option<&'static str> {
        let own = RECORDS.get(record_name(&self.name)).and_then(|record| record.workdir);
        own.or_else(|| (self.image?.role == Role::Os && self.is_official()).then_some("/"))
    }

    /// The ports that it exposes.
    pub fn ports(&self) -> &'static [u16] {
        RECORDS.get(record_name(&self.name)).map_or(&[], |record| &record.ports)
    }

    /// The directories that it declares as volumes.
    pub fn volumes(&self) -> &'static [&'static str] {
        RECORDS.get(record_name(&self.name)).map_or(&[], |record| &record.volumes)
    }

    /// Whether it surely does not set a variable of that name.
    pub fn lacks_variable(&self, variable: &str) -> bool {
        if let Some(env) = RECORDS.get(record_name(&self.name)).and_then(|record| record.env.as_ref()) {
            return !env.iter().any(|known| match known.strip_suffix('*') {
                Some(start) => variable.starts_with(start),
                None => *known == variable,
            });
        }
        match self.image.map(|row| row.role).filter(|_| self.is_official()) {
            Some(Role::Os) => !OF_SYSTEMS.contains(&variable),
            Some(_) => is_of_shell(variable),
            None => false,
        }
    }

    /// A distribution's own image, or one of Docker's official ones: others are made to somebody's liking.
    fn is_official(&self) -> bool {
        !self.name.contains('/') || self.name.starts_with("opensuse/")
    }
}

/// The accounts that some release of Debian, Ubuntu or Alpine has.
#[rustfmt::skip]
const OF_EVERY_SYSTEM: &[&str] = &[
    "root", "daemon", "bin", "sys", "sync", "games", "man", "lp", "mail", "news", "uucp", "proxy", "www-data",
    "backup", "list", "irc", "gnats", "nobody", "_apt", "adm", "shutdown", "halt", "operator", "postmaster", "cron",
    "ftp", "sshd", "at", "squid", "xfs", "cyrus", "vpopmail", "ntp", "smmsp", "guest", "utmp", "systemd-network",
    "systemd-resolve", "systemd-timesync", "messagebus", "syslog", "klogd",
];

/// Names that people choose for their own accounts; no package creates these.
#[rustfmt::skip]
pub const OF_APPLICATIONS: &[&str] = &[
    "app", "appuser", "app_user", "app-user", "apprunner", "application", "user", "appgroup", "nonroot", "non-root",
    "node", "nodejs", "nextjs", "developer", "django", "flask", "python", "pythonuser", "spring", "java", "javauser",
    "web", "webapp", "worker", "ruby", "rails", "deno",
];

/// Variables that images of bare operating systems set, beside `PATH`.
const OF_SYSTEMS: &[&str] = &["container", "DISTTAG", "FGC", "LANG", "LC_ALL"];

/// Signs of a step that removes or changes accounts.
pub const ACCOUNT_CHANGES: &[&str] = &["userdel", "deluser", "usermod", "groupmod", "groupdel", "delgroup", "passwd", "UID_MIN"];

/// Variables of a running shell: no image has them unless it says so.
const OF_SHELLS: &[&str] = &["HOME", "HOSTNAME", "LOGNAME", "PWD", "SHELL", "UID", "USER"];

/// Whether `name` is a variable of a running shell rather than of an image.
pub fn is_of_shell(name: &str) -> bool {
    OF_SHELLS.contains(&name)
}

#[cfg(test)]
#[path = "contents_tests.rs"]
mod tests;
