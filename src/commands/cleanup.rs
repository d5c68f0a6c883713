//! What a command removes: paths, and the caches of package managers.

use super::facts::facts;
use crate::commands::packages;
use crate::knowledge::command_lines::FIND_TESTS;
pub use crate::knowledge::managers::Leftover;
use crate::knowledge::managers::{CLEANERS, PLACES};
use crate::shell::{Arg, Command, expand_braces};
use crate::text::{Span, steps};

/// Which leftovers a command removes: a manager's own cleaning, or `rm`, `find … -delete` of where they lie.
pub fn cleans(command: &Command) -> &[Leftover] {
    facts(command).cleans.get_or_init(|| read(command).into())
}

fn read(command: &Command) -> Vec<Leftover> {
    let name = if crate::knowledge::programs::is_pip(&command.name) { "pip" } else { command.name.as_str() };
    let mut out: Vec<Leftover> = Vec::new();
    for (_, verb, flags, cleaned) in CLEANERS.iter().filter(|cleaner| cleaner.0.contains(&name)) {
        let mut operands = command.operands();
        if verb.iter().all(|word| operands.next().is_some_and(|arg| arg.is(word)))
            && (flags.is_empty() || command.has_flag(flags))
        {
            out.extend(*cleaned);
        }
    }
    if command.is("pacman") && command.has_flag(&["-S", "--sync"]) && command.has_flag(&["-c", "--clean"]) {
        out.push(Leftover::Pacman);
    }
    // `apk add` with it keeps nothing in the first place.
    if command.is("apk") && packages::installs(command).is_some_and(|install| install.no_cache) {
        return out;
    }
    for removed in removes_paths(command) {
        out.extend(PLACES.iter().filter(|(place, _)| removed.covers(place)).map(|(_, leftover)| *leftover));
    }
    out.sort_by_key(|leftover| *leftover as u8);
    out.dedup();
    out
}

/// A path that a command removes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    /// Normalised: no doubled or trailing slashes; braces expanded; home directories (`/root`, `/home/x`, `$HOME`)
    /// as `~`. A trailing `/*` is cut off, see `contents`. Variables as written.
    pub path: String,
    /// Only what lies in it: `x/*`.
    pub contents: bool,
    /// Directories too.
    pub recursive: bool,
    /// Only some of it, as a pattern or a condition says.
    pub partial: bool,
    /// The operand.
    pub span: Span,
}

impl Removed {
    /// Whether nothing of any worth is left of this directory: it or a directory that it lies in is removed.
    /// `place` is normalised as [`Removed::path`] is.
    pub fn covers(&self, place: &str) -> bool {
        !self.partial && (self.recursive || (self.contents && self.path == place)) && lies_in(place, &self.path)
    }
}

/// Whether a place is this directory or lies in it, both as [`normal_path`] gives them. A home directory in `place`
/// may be any: `/app/.cache` is that of a user who lives in `/app`.
pub fn lies_in(place: &str, directory: &str) -> bool {
    let within = |place: &str, directory: &str| {
        directory == "/" || place.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if within(place, directory) {
        return true;
    }
    // `/app` + `/.cache` of `~/.cache/pip`.
    let Some(below) = place.strip_prefix("~/") else { return false };
    let first = below.split('/').next().unwrap_or_default();
    let at = directory.find(&format!("/{first}"));
    at.is_some_and(|at| within(&format!("/{below}"), &directory[at..]))
}

/// Whether a command may remove or move the file at `path`, as far as can be told: a command that names it, or one that takes
/// away what is not known. A relative `path` may be in any directory.
pub fn may_take_away(command: &Command, path: &str) -> bool {
    let says_clean = || command.args.iter().any(|arg| arg.lexeme().contains("clean"));
    match command.name.as_str() {
        "rm" | "unlink" | "find" => {
            let path = normal_path(path);
            removes_paths(command).iter().any(|removed| may_cover(removed, &path))
        }
        "mv" | "shred" | "ansible" => true,
        // A command that is not known, not a mere assignment.
        "" => !command.name_span.is_empty(),
        "git" | "make" => says_clean(),
        _ => {
            command.args.iter().any(|arg| arg.lexeme().contains("--remove"))
                || command.name.contains("clean")
                || (command.is_shell() || command.name.ends_with(".sh")) && says_clean()
        }
    }
}

fn may_cover(removed: &Removed, path: &str) -> bool {
    const ELSEWHERE: &[&str] = &["/var/lib/apt", "/var/cache", "/usr/share/doc", "/usr/share/man", "~/.cache"];
    let is_rooted = |path: &str| path.starts_with(['/', '~']);
    let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let own = removed.path.as_str();
    if ELSEWHERE.iter().any(|place| own.starts_with(place)) {
        return false;
    }
    let wide = removed.recursive || removed.partial || removed.contents;
    match (is_rooted(own), is_rooted(path)) {
        _ if own.contains('$') || last(own) == last(path) => true,
        (true, true) if removed.partial => {
            let literal = own.find(['*', '?', '[']).map_or(own, |at| &own[..at]);
            path.starts_with(literal)
        }
        (true, true) => wide && lies_in(path, own),
        (false, true) => wide && (removed.partial || removed.contents || path.split('/').any(|part| part == last(own))),
        (_, false) => wide,
    }
}

/// What `rm`, `unlink` and `find` with `-delete` or `-exec rm` remove.
pub fn removes_paths(command: &Command) -> &[Removed] {
    facts(command).removes.get_or_init(|| read_paths(command).into())
}

fn read_paths(command: &Command) -> Vec<Removed> {
    match command.name.as_str() {
        "rm" | "unlink" if !command.is_behind("find") => {
            let recursive = command.has_flag(&["-r", "-R", "--recursive"]);
            command.operands().flat_map(|arg| removed(arg, recursive)).collect()
        }
        "find" => found(command),
        _ => Vec::new(),
    }
}

fn removed(arg: &Arg, recursive: bool) -> Vec<Removed> {
    let text = arg.known().unwrap_or(&arg.raw).replace('"', "");
    let known = |path: &str| PLACES.iter().any(|place| place.0 == path);
    let words = match &arg.unsplit {
        // Braces in a variable's value stay as they are.
        Some(list) => list.split_whitespace().map(str::to_owned).collect(),
        None if arg.raw.contains(['"', '\'']) => vec![text],
        None => expand_braces(&text),
    };
    let each = words.into_iter().map(|word| {
        let normal = normal_path(&word);
        let (path, last) = normal.rsplit_once('/').unwrap_or(("", &normal));
        let (path, contents, partial) = match last {
            // `*` and what people write for it.
            "*" | ".*" | "**" | "*.*" | "*_*" | "*.deb" if !path.is_empty() => (path.to_owned(), true, false),
            // `lists*`: the directory, and what begins with its name.
            _ if known(normal.trim_end_matches('*')) => (normal.trim_end_matches('*').to_owned(), false, false),
            _ => (normal.clone(), false, normal.contains(['*', '?', '['])),
        };
        Removed { path, contents, recursive, partial, span: arg.span }
    });
    each.collect()
}

fn found(command: &Command) -> Vec<Removed> {
    let has = |name: &str| command.has_arg(name);
    let runs_rm = command
        .args
        .windows(2)
        .any(|pair| (pair[0].is("-exec") || pair[0].is("-execdir")) && pair[1].lexeme().ends_with("rm"));
    if !has("-delete") && !runs_rm {
        return Vec::new();
    }
    // APT's lock, which holds nothing, is left alone by careful people.
    let but_lock = command
        .args
        .windows(3)
        .position(|it| (it[0].is("-not") || it[0].is("!")) && it[1].is("-name") && it[2].is("lock"));
    let of_lock = |at: usize| but_lock.is_some_and(|lock| (lock..lock + 3).contains(&at));
    let mut tests = command.args.iter().enumerate().filter(|(at, _)| !of_lock(*at));
    let partial = tests.any(|(_, arg)| FIND_TESTS.iter().any(|name| arg.is(name)));
    let starts = command.args.iter().take_while(|arg| !arg.lexeme().starts_with(['-', '(', '!']));
    starts
        .flat_map(|arg| removed(arg, true))
        .map(|it| Removed { contents: true, partial: it.partial || partial, ..it })
        .collect()
}

/// A path in the form of [`Removed::path`].
pub fn normal_path(path: &str) -> String {
    steps::count(path.len());
    let mut path = path.to_owned();
    for home in ["${HOME}", "$HOME", "/root"] {
        if let Some(rest) = path.strip_prefix(home)
            && (rest.is_empty() || rest.starts_with('/'))
        {
            path = format!("~{rest}");
        }
    }
    if let Some(rest) = path.strip_prefix("/home/") {
        path = rest.split_once('/').map_or_else(|| path.clone(), |(_, rest)| format!("~/{rest}"));
    }
    let mut out = String::with_capacity(path.len());
    for char in path.chars() {
        if char != '/' || !out.ends_with('/') {
            out.push(char);
        }
    }
    if out.len() > 1 && out.ends_with('/') {
        out.pop();
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::shell::{Dialect, parse_script};

    #[test]
    fn what_is_cleaned() {
        use Leftover::*;
        for (text, want) in [
            ("rm -rf /var/lib/apt/lists/*", &[AptLists][..]),
            ("rm -r /var/lib/apt/lists", &[AptLists]),
            ("rm -fr /var/lib/apt/lists/", &[AptLists]),
            ("rm --recursive --force /var//lib/apt/lists/*", &[AptLists]),
            ("rm -rf /var/lib/apt/lists/* /tmp/* /var/tmp/*", &[AptLists]),
            ("rm -rf /var/lib/{apt,dpkg}/ /x", &[AptLists]),
            ("rm -rf /var/{cache/apt,lib/apt/lists}/*", &[AptLists, AptArchives]),
            ("rm /var/lib/apt/lists/*", &[AptLists]),
            ("rm -rf /var/lib/apt/lists*", &[AptLists]),
            ("rm /var/lib/apt/lists*", &[]),
            (
                "find /var/cache/apt/archives /var/lib/apt/lists -not -name lock -type f -delete",
                &[AptLists, AptArchives],
            ),
            ("find /var/lib/apt/lists -not -name '*.lz4' -delete", &[]),
            ("sudo rm -rf \"/var/lib/apt/lists\"/*", &[AptLists]),
            ("find /var/lib/apt/lists -type f -delete", &[AptLists]),
            ("find /var/lib/apt/lists/ -mindepth 1 -exec rm -rf {} +", &[AptLists]),
            ("find /var/lib/apt/lists -name '*.lz4' -delete", &[]),
            ("rm -rf /var/lib/apt/lists/partial", &[]),
            ("rm -rf /var/lib/apt/listsx /tmp/x", &[]),
            ("rm -f /var/lib/apt", &[]),
            ("rm -rf /var/lib/apt/lists/d*", &[]),
            ("rm -rf /var/cache/*", &[AptArchives, Apk, Dnf, Yum, Zypper, Pacman]),
            ("apt-get clean", &[AptArchives]),
            ("apt-get -y autoclean", &[]),
            ("rm -f /var/cache/apt/archives/*.deb", &[AptArchives]),
            ("dnf clean all", &[Dnf, Yum]),
            ("dnf clean metadata", &[]),
            ("rm -rf /var/cache/{yum,dnf}", &[Dnf, Yum]),
            ("zypper clean --all", &[Zypper]),
            ("npm cache clean --force", &[Npm]),
            ("npm cache verify", &[]),
            ("yarn cache clean", &[Yarn]),
            ("pip3 cache purge", &[Pip]),
            ("rm -rf /root/.cache", &[Pip, Uv, Poetry, Yarn, Composer, Go]),
            ("rm -rf $HOME/.cache/pip ~/.npm", &[Pip, Npm]),
            ("rm -rf /home/me/.npm/", &[Npm]),
            ("conda clean -afy", &[Conda]),
            ("pacman -Scc --noconfirm", &[Pacman]),
            ("go clean -modcache", &[Go]),
            ("echo rm -rf /var/lib/apt/lists", &[]),
        ] {
            let command = parse_script(text, 0, Dialect::Bash).commands.remove(0);
            assert_eq!(cleans(&command), want, "{text}");
        }
    }
}
