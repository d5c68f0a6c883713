//! Editors, debugging tools and documentation in the final image.

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};

use crate::commands::packages::{Install, Package, installs, uninstalls};
use crate::finding::prelude::*;
use crate::knowledge::packages::{ALSO_CALLED, Category, category};
use crate::model::Tri;
use crate::syntax::ItemKind;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check_file)]).fix(Fixable::Sometimes);

fn check_file(cx: &Cx<'_>) {
    let facts = Facts { cx, names: OnceCell::new(), hits: RefCell::default() };
    for step in cx.model.steps() {
        let Some(script) = cx.model.shipped_script(step) else { continue };
        let removed = Gone::of(script);
        script.commands.iter().for_each(|command| check(command, &removed, step, &facts));
    }
}

fn check(command: &Command, removed: &Gone<'_>, step: &Step<'_>, facts: &Facts<'_, '_>) {
    let cx = facts.cx;
    let Some(install) = installs(command).filter(|install| install.manager.is_system() && !install.dry_run) else {
        return;
    };
    let kind = |package: &Package| {
        let kind = category(install.manager, &package.name)?;
        matches!(kind, Category::Editor | Category::Docs | Category::Debug).then_some(kind)
    };
    let found: Vec<(&Package, Category)> = install
        .named()
        .filter_map(|package| Some((package, kind(package)?)))
        .filter(|(package, _)| !removed.has(package, install) && !facts.is_used(&package.name))
        .collect();
    if found.is_empty() {
        return;
    }
    let found: Vec<_> = found.into_iter().filter(|(package, _)| !facts.is_meant(&package.name, step)).collect();
    let Some(((first, _), others)) = found.split_first() else { return };
    let stage = cx.model.stage(step.stage);
    if stage.is_some_and(|stage| stage.is_for_developing(cx.model)) {
        return;
    }
    let runs_something = cx.model.final_stage().is_some_and(|stage| stage.starts_a_program(cx.model));
    let runs = cx.model.final_stage().map_or(Tri::Unknown, |stage| stage.runs_a_program(cx.model));
    let names: Vec<String> = found.iter().map(|(package, _)| format!("`{}`", package.name)).collect();
    let explained = is_explained(&found, step, cx.model);
    // A program that is not seen may call `ping`; nothing calls an editor.
    let seen = cx.model.context.is_some_and(|context| context.is_sure());
    let mut idle = found.clone();
    idle.retain(|(package, _)| seen || !ALSO_CALLED.contains(&package.name.as_str()));
    // Without a program, what is installed is what the image is for, and others may build on it.
    let safety = if runs_something && runs != Tri::No { Safety::Unsafe } else { Safety::Display };
    let fix = fix(&idle, idle.len() == found.len(), safety, install, command, cx)
        .filter(|_| !step.is_exec_form() && !idle.is_empty() && !explained);
    let end = if others.is_empty() { "" } else { "s" };
    let message = format!(
        "{} {} not needed by the program, only for working in the container",
        names.join(", "),
        if others.is_empty() { "is" } else { "are" }
    );
    let mut report = cx.report(first.span, message);
    for (package, _) in others {
        report.label(package.span, "and this one");
    }
    report.help(format!(
        "omit the package{end}; to inspect a running container, use `docker debug`, or `kubectl debug` in a cluster"
    ));
    if !runs_something || runs != Tri::Yes || explained || found.iter().all(|found| found.1 == Category::Debug) {
        // Someone may work in it after all, or a start script that is not available may call it.
        report.at_most(Level::Note);
    }
    report.fix(fix);
}

/// Whether a comment names the packages, or mentions developers or debugging.
fn is_explained(found: &[(&Package, Category)], step: &Step<'_>, model: &Model<'_>) -> bool {
    let said = step.comments(model);
    let mut words = said.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '+')));
    words.any(|word| {
        matches!(word, "developer" | "developers" | "debug" | "debugging" | "troubleshoot" | "troubleshooting")
            || found.iter().any(|(package, _)| package.name == word)
    })
}

/// What is asked for each package, computed once for the file.
struct Facts<'m, 'a> {
    cx: &'m Cx<'a>,
    names: OnceCell<Names>,
    /// Where the file names a package besides where it is installed or removed.
    hits: RefCell<HashMap<String, Vec<usize>>>,
}

/// The names in the file and in the scripts of the build context.
struct Names {
    /// The file, in lower case.
    text: String,
    /// Where packages are installed or removed, in order.
    installations: Vec<Span>,
    /// What is called.
    called: HashSet<String>,
    /// The words of heredocs, and of scripts of the build context.
    words: HashSet<String>,
}

impl<'a> Facts<'_, 'a> {
    fn names(&self) -> &Names {
        let cx = self.cx;
        self.names.get_or_init(|| {
            let commands = || cx.model.steps().flat_map(Step::commands);
            let changes = |command: &&Command| installs(command).is_some() || uninstalls(command).is_some();
            let mut installations: Vec<Span> = commands().filter(changes).map(Command::full_span).collect();
            installations.sort_unstable();
            let mut words = HashSet::new();
            let mut read = |text: &str| {
                let parts = text.split(|char: char| !(char.is_ascii_alphanumeric() || "-_.".contains(char)));
                words.extend(parts.map(str::to_owned));
            };
            let heredocs = cx.model.steps().flat_map(|step| &step.instruction.heredocs);
            heredocs.for_each(|heredoc| read(cx.text(heredoc.body)));
            if let Some(context) = cx.model.context.filter(|context| context.is_sure()) {
                let scripts = context.entries().iter().filter(|entry| entry.path.ends_with(".sh"));
                let texts = scripts.limited(MAX_SCRIPTS).filter_map(|entry| context.read(&entry.path));
                texts.for_each(|text| read(&text));
            }
            Names {
                text: cx.source.text().to_ascii_lowercase(),
                installations,
                called: commands().map(|command| command.name.clone()).collect(),
                words,
            }
        })
    }

    /// Whether the rest of the file names the package: `# Fix for nano`, `COPY .vimrc /root/`, `echo "alias vi=vim" >> …`.
    /// Other installations do not count, and neither do the comments on this one.
    fn is_meant(&self, package: &str, step: &Step<'a>) -> bool {
        let own = Span::new(step.comment_above(self.cx.model).start(), step.instruction.span.end());
        let mut known = self.hits.borrow_mut();
        let hits = known.entry(package.to_owned()).or_insert_with(|| self.find(package));
        hits.iter().any(|at| !own.contains(Span::at(*at)))
    }

    fn find(&self, package: &str) -> Vec<usize> {
        let (text, items) = (&self.names().text, &self.cx.model.file.items);
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let is_word = |at: usize| {
            let before = text.as_bytes()[..at].last();
            let after = &text[at + package.len()..];
            let after = after.strip_prefix("rc").unwrap_or(after).as_bytes().first();
            !before.is_some_and(is_part) && !after.is_some_and(is_part)
        };
        let counts = |at: &usize| {
            let item = items.partition_point(|item| item.span.end() <= *at);
            let runs = |keyword| matches!(keyword, Keyword::Run | Keyword::Onbuild);
            match items.get(item).map(|item| &item.kind) {
                Some(ItemKind::Instruction(instruction)) if runs(instruction.keyword) => !self.is_installed(*at),
                Some(ItemKind::Instruction(_) | ItemKind::Comment) => true,
                _ => false,
            }
        };
        text.match_indices(package).map(|(at, _)| at).filter(|at| is_word(*at) && counts(at)).collect()
    }

    /// Whether a place is in a command that installs or removes packages.
    fn is_installed(&self, at: usize) -> bool {
        let installations = &self.names().installations;
        let before = &installations[..installations.partition_point(|span| span.start() <= at)];
        // One may be inside another one: `$(…)`.
        before.iter().rev().take(MAX_NESTED).any(|span| span.contains(Span::at(at)))
    }

    /// Whether the file calls a command that the package provides, or names it as the editor.
    fn is_used(&self, package: &str) -> bool {
        let names = self.names();
        let brings: &[&str] = match package {
            name if name.contains("netcat") || matches!(name, "nc" | "ncat" | "nmap-ncat") => &["nc", "ncat", "netcat"],
            name if name.contains("ping") || name == "iputils" => &["ping", "ping6", "arping"],
            name if name.starts_with("bind") || name == "dnsutils" => &["dig", "nslookup", "host", "nsupdate"],
            "net-tools" => &["ifconfig", "netstat", "route", "arp", "hostname"],
            "busybox-extras" => &["telnet", "ftpd", "httpd", "telnetd"],
            name if name.starts_with("vim") || name == "neovim" => &["vim", "vi", "nvim", "xxd", "ex"],
            name if name.starts_with("emacs") => &["emacs"],
            name if name.contains("telnet") => &["telnet"],
            "man-db" | "man" | "mandoc" => &["man", "mandb", "mandoc"],
            "sysstat" => &["sar", "iostat", "mpstat"],
            _ => &[],
        };
        // A heredoc or a script of the build context may call it.
        let mut all = brings.iter().copied().chain([package]);
        if all.any(|word| names.called.contains(word) || names.words.contains(word)) {
            return true;
        }
        // `ENV EDITOR=vim`
        let set = |name: &str| self.cx.model.stages.last().and_then(|stage| stage.end.variables.get(name));
        let mut editors = ["EDITOR", "VISUAL", "PAGER"].into_iter().filter_map(set).flat_map(|set| &set.value);
        editors.any(|value| value.rsplit('/').next() == Some(package) || brings.contains(&value.as_str()))
    }
}

/// How deep an installation may be in another one.
const MAX_NESTED: usize = 16;

/// What a `RUN` removes again.
struct Gone<'m> {
    /// Packages and groups.
    names: HashSet<&'m str>,
    /// What comes before a `*`.
    beginnings: HashSet<&'m str>,
}

impl<'m> Gone<'m> {
    fn of(script: &'m Script) -> Self {
        let (mut names, mut beginnings) = (HashSet::new(), HashSet::new());
        for removed in script.commands.iter().filter_map(uninstalls).flat_map(|(_, removed)| removed) {
            let text = removed.text.trim_end_matches('*');
            names.insert(text);
            if removed.text.contains('*') {
                beginnings.insert(text);
            }
        }
        Self { names, beginnings }
    }

    /// Whether it contains the package, by name or with its group.
    fn has(&self, package: &Package, install: &Install) -> bool {
        let name = package.name.as_str();
        let group = install.virtual_group.as_ref().map(|group| group.lexeme());
        let begins = || name.char_indices().map(|(at, _)| &name[..at]).any(|start| self.beginnings.contains(start));
        self.names.contains(name)
            || group.is_some_and(|group| self.names.contains(group))
            || !self.beginnings.is_empty() && begins()
    }
}

/// How many scripts of the build context are searched.
const MAX_SCRIPTS: usize = 32;

/// Deletes the packages' names, if something else is left to install.
fn fix(
    found: &[(&Package, Category)],
    all: bool,
    safety: Safety,
    install: &Install,
    command: &Command,
    cx: &Cx<'_>,
) -> Option<Fix> {
    if found.len() >= install.packages.len() {
        return None;
    }
    let edits: Option<Vec<Edit>> = found
        .iter()
        .map(|(package, _)| {
            let at = command.args.iter().position(|arg| arg.span == package.span)?;
            let before = command.args.get(at.checked_sub(1)?)?.span.end();
            let gap = Span::new(before, package.span.start());
            let blank = cx.text(gap).chars().all(|c| c.is_whitespace() || c == cx.model.file.escape.as_char());
            blank.then(|| Edit::delete(Span::new(before, package.span.end())))
        })
        .collect();
    let title = match all {
        true => "omit unneeded packages".to_owned(),
        false => {
            let names: Vec<String> = found.iter().map(|(package, _)| format!("`{}`", package.name)).collect();
            format!("omit {}", names.join(", "))
        }
    };
    Fix::new(safety, title, edits?)
}
