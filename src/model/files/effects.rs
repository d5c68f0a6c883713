//! What the commands of a RUN do to files.

use super::mode::makes_executable;
use super::pattern::{Names, join};
use super::{Change, Log, What, When, base};
use crate::commands::chmod;
use crate::commands::packages::installs;
use crate::knowledge::programs::Class;
use crate::model::{Model, Step, Tri, workdir};
use crate::shell::{Arg, Command};

/// What does not touch the files of a project.
const HARMLESS: Class = Class::PRINTS
    .or(Class::NO_OP)
    .or(Class::CONDITION)
    .or(Class::QUERY)
    .or(Class::WAITS)
    .or(Class::CHECKSUM)
    .or(Class::SIGNATURE)
    .or(Class::SHELL_STATE);

/// What installs into the system's own directories.
const OF_SYSTEM: Class = Class::SYSTEM_MANAGER
    .or(Class::REPOSITORY_TOOL)
    .or(Class::PACKAGE_DATABASE)
    .or(Class::SYSTEM_TABLE)
    .or(Class::ACCOUNT_TOOL);

/// What creates files in the directory that it runs in, and leaves those that exist as they are.
const BUILDS: Class = Class::LANGUAGE_MANAGER
    .or(Class::TOOLCHAIN)
    .or(Class::COMPILER)
    .or(Class::JVM_BUILD)
    .or(Class::FRONTEND_TOOL)
    .or(Class::TEST_RUNNER)
    .or(Class::LINTER);

/// Records a RUN.
pub(super) fn record<'a>(step: &Step<'a>, model: &Model<'a>, log: &mut Log) {
    let stage = model.stage(step.stage);
    let Some((script, stage)) = step.script.as_ref().filter(|script| script.clean).zip(stage) else {
        return log.add("/", Change { when: (step.index, 0), what: What::Unseen { changes: true } });
    };
    let own = (script.span.is_empty() || step.instruction.heredocs.is_empty()) && !stage.windows;
    if !own && step.commands().is_empty() {
        return log.add("/", Change { when: (step.index, 0), what: What::Unseen { changes: true } });
    }
    let user = base::user(step, stage, model);
    for (index, (command, folder)) in step.commands_in(model).enumerate() {
        let when = (step.index, index + 1);
        let maybe = command.place.conditional;
        let mut recorder = Recorder { command, folder, when, maybe, user: user.clone(), step, log };
        recorder.command();
    }
}

struct Recorder<'r, 'm, 'a> {
    command: &'m Command,
    /// Where it runs, if that is known.
    folder: Option<String>,
    when: When,
    /// It may not run.
    maybe: bool,
    /// Who runs it.
    user: Option<String>,
    step: &'m Step<'a>,
    log: &'r mut Log,
}

impl Recorder<'_, '_, '_> {
    fn command(&mut self) {
        let command = self.command;
        for redirect in command.redirects.iter().filter(|redirect| redirect.writes_stdout()) {
            if let Some(target) = redirect.target.as_ref().filter(|target| !target.lexeme().starts_with("/dev/")) {
                self.at(target, What::Written);
            }
        }
        let class = command.class();
        match command.name.as_str() {
            "" if command.path.is_empty() && command.args.is_empty() && command.name_span.is_empty() => {}
            "chmod" | "chown" | "chgrp" => self.owner_or_mode(),
            "dos2unix" | "unix2dos" => self.each_operand(|names| What::Text { names }),
            "sed" | "perl" | "gsed" => self.edit_in_place(),
            "mkdir" => self.directories(),
            "touch" | "tee" | "truncate" => self.each_path(|| What::Written),
            "rm" | "rmdir" | "unlink" => self.removal(),
            "cp" | "mv" | "ln" | "install" | "rsync" => self.copies(),
            "git" | "hg" | "svn" => self.clone(),
            "tar" | "bsdtar" | "unzip" | "7z" | "7za" | "cpio" => self.archive(),
            "curl" | "wget" | "aria2c" => self.download(),
            "gzip" | "gunzip" | "xz" | "unxz" | "bzip2" | "bunzip2" | "zip" | "patch" => self.here(true),
            "corepack" => self.system(),
            "cat" | "find" | "xargs" | "sort" | "awk" | "grep" => {}
            "." | "source" if command.args.first().is_some_and(|arg| arg.lexeme().contains("activate")) => {}
            _ if class.is(OF_SYSTEM) => self.system(),
            _ if class.is(HARMLESS) || is_keyword(&command.name) => {}
            _ if class.is(Class::LANGUAGE_MANAGER) && !works_here(command) => self.system(),
            _ if class.is(Class::INTERPRETER) && command.has_flag(&["-m"]) => self.here(false),
            _ if class.is(BUILDS) => {
                self.here(false);
                self.system();
            }
            _ if class.is(Class::TEXT_FILTER) => {}
            _ => self.unseen("/", true),
        }
    }

    fn add(&mut self, anchor: &str, what: What) {
        self.log.add(anchor, Change { when: self.when, what });
    }

    fn unseen(&mut self, anchor: &str, changes: bool) {
        self.add(anchor, What::Unseen { changes });
    }

    /// Anything may be created where the command runs.
    fn here(&mut self, changes: bool) {
        let folder = self.folder.clone().unwrap_or_else(|| "/".to_owned());
        self.unseen(&folder, changes);
    }

    fn system(&mut self) {
        self.add("/", What::System);
    }

    /// The absolute path of an argument; `None` if the file does not show it.
    fn path(&self, arg: &Arg) -> Option<String> {
        let text = self.expanded(arg)?;
        if text.starts_with('~') || text.contains('{') {
            return None;
        }
        workdir::join(self.folder.as_deref(), &text, false)
    }

    /// Its text, with the variables that ENV and ARG set.
    fn expanded(&self, arg: &Arg) -> Option<String> {
        if let Some(text) = &arg.text {
            return Some(text.clone());
        }
        let mut out = String::new();
        let mut rest = arg.raw.trim_matches('"');
        if rest.contains(['`', '(', '\'', '"', '\\']) {
            return None;
        }
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            let braced = rest.strip_prefix('{');
            let name = braced.unwrap_or(rest);
            let end = name.find(|char: char| !(char.is_ascii_alphanumeric() || char == '_')).unwrap_or(name.len());
            let value = self.step.state.variables.get(&name[..end]).and_then(|variable| variable.value.as_deref())?;
            out.push_str(value);
            rest = &name[end..];
            if braced.is_some() {
                rest = rest.strip_prefix('}')?;
            }
        }
        out.push_str(rest);
        (out.len() < 4096).then_some(out)
    }

    /// A change at the path of an argument; anything may change if it is not known.
    fn at(&mut self, arg: &Arg, what: What) {
        match self.path(arg) {
            Some(path) if !path.contains(['*', '?', '[']) => match self.maybe {
                true => self.unseen(&path, true),
                false => self.add(&path, what),
            },
            Some(path) => {
                let anchor = Names::of(&path, true).map_or_else(|| "/".to_owned(), |(anchor, _)| anchor);
                self.unseen(&anchor, true);
            }
            None => self.unseen("/", true),
        }
    }

    fn each_path(&mut self, what: impl Fn() -> What) {
        for arg in self.command.operands() {
            self.at(arg, what());
        }
    }

    /// A change of existing files, also by pattern; after `find` or `xargs` it may be about any.
    fn change(&mut self, arg: &Arg, deep: bool, what: impl Fn(Names) -> What) {
        if self.command.is_behind("find") || self.command.is_behind("xargs") {
            return self.add("/", what(Names::All));
        }
        match self.path(arg).and_then(|path| Names::of(&path, deep)) {
            Some((anchor, names)) => self.add(&anchor, what(names)),
            None => self.add("/", what(Names::All)),
        }
    }

    fn each_operand(&mut self, what: impl Fn(Names) -> What) {
        let mut any = false;
        for arg in self.command.operands() {
            any = true;
            self.change(arg, false, &what);
        }
        if !any {
            self.add("/", what(Names::All));
        }
    }

    fn owner_or_mode(&mut self) {
        let command = self.command;
        let deep = command.has_flag(&["-R", "--recursive"]);
        let first = command.operands().next().map(|arg| (self.expanded(arg), arg.is_dynamic()));
        let unsure = self.maybe || command.is_behind("find") || command.is_behind("xargs");
        let mut targets = chmod::targets(command).peekable();
        if targets.peek().is_none() {
            let names = Names::All;
            let what = match command.is("chmod") {
                true => What::Mode { names, executable: Tri::Unknown },
                false => What::Owner { names, owner: None },
            };
            return self.add("/", what);
        }
        if command.is("chmod") {
            let mode = first.and_then(|(text, _)| text);
            let executable = match mode.as_deref().map(makes_executable) {
                _ if unsure => Tri::Unknown,
                Some(Some(executable)) => executable,
                Some(None) => return,
                None => Tri::Unknown,
            };
            for arg in targets {
                self.change(arg, deep, |names| What::Mode { names, executable });
            }
        } else if command.is("chown") {
            let owner = first.and_then(|(text, _)| text).filter(|_| !unsure && !command.has_flag(&["--reference"]));
            let owner = owner.map(|owner| owner.split([':', '.']).next().unwrap_or_default().to_owned());
            if owner.as_deref() == Some("") {
                return;
            }
            for arg in targets {
                self.change(arg, deep, |names| What::Owner { names, owner: owner.clone() });
            }
        }
    }

    fn edit_in_place(&mut self) {
        let in_place = |arg: &Arg| arg.lexeme().starts_with("-i") || arg.is("--in-place") || arg.raw.starts_with("-pi");
        let clustered = self.command.args.iter().any(|arg| {
            let text = arg.lexeme();
            in_place(arg) || text.starts_with('-') && !text.starts_with("--") && text.len() < 8 && text.contains('i')
        });
        if clustered {
            // Expressions are no paths of files that exist, so that they do no harm.
            let args: Vec<Arg> = self.command.args.iter().filter(|arg| !arg.raw.starts_with('-')).cloned().collect();
            for arg in args.iter().skip(usize::from(args.len() > 1 && !self.command.has_flag(&["-e", "-f"]))) {
                self.change(arg, false, |names| What::Text { names });
            }
            if args.len() < 2 {
                self.add("/", What::Text { names: Names::All });
            }
        }
    }

    fn directories(&mut self) {
        for arg in self.command.operands() {
            let braces = crate::shell::expand_braces(&self.expanded(arg).unwrap_or_default());
            for text in braces.iter().filter(|text| !text.is_empty()) {
                let Some(path) = workdir::join(self.folder.as_deref(), text, false) else { continue };
                if !self.maybe {
                    self.log.directories.insert(path.clone());
                }
                let owner = self.user.clone();
                self.add(&path, What::Directory { owner });
            }
        }
    }

    fn removal(&mut self) {
        let unsure = self.maybe || self.command.is_behind("find") || self.command.is_behind("xargs");
        for arg in self.command.operands() {
            let names = self.path(arg).and_then(|path| Names::of(&path, true));
            match names.filter(|_| !unsure) {
                Some((anchor, names)) => self.add(&anchor, What::Removed { names }),
                None => {
                    let anchor = self.path(arg).unwrap_or_else(|| "/".to_owned());
                    self.at_or_below(&anchor);
                }
            }
        }
    }

    fn at_or_below(&mut self, path: &str) {
        let anchor = Names::of(path, true).map_or_else(|| "/".to_owned(), |(anchor, _)| anchor);
        self.unseen(&anchor, true);
    }

    fn copies(&mut self) {
        let command = self.command;
        let mut operands: Vec<&Arg> = command.operands().collect();
        if command.is("install") && command.has_flag(&["-d", "--directory"]) {
            return self.directories();
        }
        let into = command.flag_value(&["-t", "--target-directory"]);
        let dest = match &into {
            Some(dest) => Some(dest),
            None if operands.len() < 2 => None,
            None => operands.pop(),
        };
        let slashed = into.is_some() || dest.is_some_and(|dest| dest.lexeme().ends_with('/') || dest.is("."));
        let Some(dest) = dest.and_then(|dest| self.path(dest)).filter(|dest| !dest.contains(['*', '?'])) else {
            return self.unseen("/", true);
        };
        let mut names = Vec::new();
        for source in &operands {
            let name = self.path(source).and_then(|path| path.rsplit('/').next().map(str::to_owned));
            match name.filter(|name| !name.contains(['*', '?', '[']) && !self.maybe) {
                Some(name) => names.push(name),
                None => self.unseen(&dest, true),
            }
        }
        if operands.iter().any(|source| source.lexeme().ends_with("/.") || source.is(".")) {
            self.unseen(&dest, true);
        }
        if !self.maybe {
            let into = if slashed { Tri::Yes } else { self.log.is_directory(&dest) };
            self.add(&dest, What::Placed { names, into });
        }
        if command.is("mv") {
            for source in operands {
                match self.path(source).and_then(|path| Names::of(&path, true)) {
                    Some((anchor, names)) if !self.maybe => self.add(&anchor, What::Removed { names }),
                    Some((anchor, _)) => self.unseen(&anchor, true),
                    None => self.unseen("/", true),
                }
            }
        }
    }

    fn clone(&mut self) {
        let clones = self.command.subcommand().is_some_and(|verb| verb.is("clone") || verb.is("checkout"));
        let target = self.command.rest().nth(1);
        let url = self.command.rest().next().map(|url| url.lexeme().trim_end_matches('/').to_owned());
        let name =
            url.and_then(|url| url.rsplit(['/', ':']).next().map(|name| name.trim_end_matches(".git").to_owned()));
        match (clones && !self.command.has_flag(&["-C"]), target, name) {
            (true, Some(target), _) => match self.path(target) {
                Some(path) => self.unseen(&path, true),
                None => self.unseen("/", true),
            },
            (true, None, Some(name)) if self.command.is("git") && !name.contains('$') => {
                let folder = self.folder.clone().unwrap_or_else(|| "/".to_owned());
                self.unseen(&join(&folder, &name), true);
            }
            _ if self.command.subcommand().is_some_and(|verb| verb.is("config")) => {}
            _ => self.here(true),
        }
    }

    fn archive(&mut self) {
        let to = self.command.flag_value(&["-C", "--directory", "-d"]);
        match to.map(|to| self.path(&to)) {
            None => self.here(true),
            Some(Some(path)) => self.unseen(&path, true),
            Some(None) => self.unseen("/", true),
        }
    }

    fn download(&mut self) {
        let Some(download) = crate::commands::download::downloads(self.command) else { return };
        match &download.output {
            crate::commands::download::Output::Stdout => {}
            crate::commands::download::Output::File(file) => self.at(&file.clone(), What::Written),
            crate::commands::download::Output::RemoteName => {
                // Under the name that the URL ends with, or the server gives.
                self.here(false);
            }
        }
    }
}

/// Whether a package manager writes to the directory that it runs in.
fn works_here(command: &Command) -> bool {
    let Some(install) = installs(command) else { return true };
    let elsewhere = command.has_flag(&["-g", "--global"]) || command.has_arg("global");
    !elsewhere && (install.project || install.manager.is_node())
}

fn is_keyword(name: &str) -> bool {
    crate::knowledge::programs::class(name) == Class::BUILTIN
}
