//! Whether earlier steps provide what a later one needs.
//!
//! For each stage and each thing it is found out once which step is the first that provides it, so that a question costs
//! no more than the number of stages that are `FROM` each other.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::lineage::MAX_LINEAGE;
use super::{Model, Stage, Step, Tri};
use crate::commands::opaque::{may_create_any_file, may_install_anything, runs_unseen_code};
use crate::knowledge::managers::Manager;
use crate::shell::Command;
use crate::syntax::{Keyword, Word};
use crate::text::steps;

/// How many different things a file may be asked about: a real one is asked about a handful. Beyond that, the answer is
/// [`Tri::Unknown`].
const MAX_THINGS: usize = 256;

/// Something that a step or a container needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Thing<'t> {
    /// A program in the `PATH`, by name.
    Command(&'t str),
    /// A program that [`crate::knowledge::providers`] knows, in the `PATH`.
    Program(&'t str),
    /// An account, by name.
    User(&'t str),
    /// A source file of that name, in whatever directory.
    File(&'t str),
    /// A shell.
    Shell,
    /// A source of packages for apt besides the distribution's own.
    PackageSource,
    /// Write access of other users than root to a directory: its first component, `/app`.
    WriteAccess(&'t str),
    /// A step that contains one of these texts.
    Text(&'static [&'static str]),
}

/// The answers that are known: by thing, the first step of each stage that provides it, and how surely.
#[derive(Debug, Default)]
pub(super) struct Providers(Mutex<HashMap<Key, HashMap<usize, Option<Provider>>>>);

/// A thing without borrowed text.
type Key = (u8, String);

#[derive(Clone, Copy, Debug)]
struct Provider {
    step: usize,
    sure: Tri,
}

impl Thing<'_> {
    fn key(&self) -> Key {
        match self {
            Thing::Command(name) => (0, (*name).to_owned()),
            Thing::User(name) => (1, (*name).to_owned()),
            Thing::File(name) => (2, (*name).to_owned()),
            Thing::Shell => (3, String::new()),
            Thing::PackageSource => (4, String::new()),
            Thing::WriteAccess(directory) => (5, (*directory).to_owned()),
            Thing::Program(name) => (7, (*name).to_owned()),
            Thing::Text(texts) => (6, texts.join("\n")),
        }
    }
}

impl<'a> Model<'a> {
    /// Whether the steps before this one provide something: `Yes` if one of them names it, `Unknown` if one of them does
    /// what the file does not show.
    pub fn provides(&self, step: &Step<'a>, thing: Thing<'_>) -> Tri {
        self.stage(step.stage).map_or(Tri::Unknown, |stage| self.provides_until(stage, step.index, thing))
    }

    /// The same for the steps of a whole stage, and of those that it is `FROM`.
    pub fn provides_in(&self, stage: &Stage<'a>, thing: Thing<'_>) -> Tri {
        self.provides_until(stage, stage.steps.len(), thing)
    }

    fn provides_until(&self, stage: &Stage<'a>, until: usize, thing: Thing<'_>) -> Tri {
        let mut known = self.providers.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = thing.key();
        if known.len() >= MAX_THINGS && !known.contains_key(&key) {
            return Tri::Unknown;
        }
        let stages = known.entry(key).or_default();
        for (depth, stage_below) in stage.lineage(self).enumerate() {
            if depth + 1 == MAX_LINEAGE {
                return Tri::Unknown;
            }
            let first = *stages.entry(stage_below.index).or_insert_with(|| stage_below.first_provider(self, thing));
            if let Some(provider) = first.filter(|provider| depth > 0 || provider.step < until) {
                return provider.sure;
            }
        }
        Tri::No
    }
}

impl<'a> Stage<'a> {
    fn first_provider(&self, model: &Model<'a>, thing: Thing<'_>) -> Option<Provider> {
        self.steps.iter().find_map(|step| match step.may_provide(model, thing) {
            Tri::No => None,
            sure => Some(Provider { step: step.index, sure }),
        })
    }
}

impl<'a> Step<'a> {
    /// Whether this step provides something; see [`Model::provides`].
    pub fn may_provide(&self, model: &Model<'a>, thing: Thing<'_>) -> Tri {
        let keyword = self.keyword();
        if let Thing::Text(texts) = thing {
            return if self.contains(model, texts) { Tri::Yes } else { Tri::No };
        }
        // Its instruction runs in the stages that are `FROM` this one.
        if keyword == Keyword::Onbuild {
            return Tri::Unknown;
        }
        if let Thing::Program(name) = thing {
            return self.may_bring_program(model, name);
        }
        let (yes, unknown) = match (thing, keyword) {
            (Thing::Shell, Keyword::Run) => (false, self.run_mounts().next().is_some()),
            (Thing::Shell, _) => (false, self.may_copy_shell(model)),
            (Thing::Command(name), Keyword::Run) => {
                // No script brings the package manager of another distribution.
                let foreign = Manager::of_system(name).is_some();
                let opaque = |command: &Command| !foreign && may_install_anything(command);
                (self.contains(model, &[name]), self.is_opaque(opaque))
            }
            (Thing::Command(name), Keyword::Copy | Keyword::Add) => {
                let programs = |dest: &str| dest == "/" || dest.contains("bin") || dest.starts_with("/usr");
                (self.contains(model, &[name]), self.copy_dest(model).is_none_or(programs))
            }
            (Thing::User(name), Keyword::Run) => {
                let made = self.contains(model, &[name]);
                let by_variable = self.contains(model, &["useradd", "adduser"]) && self.contains(model, &["$"]);
                let opaque = self.is_opaque(runs_unseen_code) || self.contains(model, &["passwd"]) || by_variable;
                (made, opaque)
            }
            (Thing::User(_), Keyword::Copy | Keyword::Add) => {
                (false, self.contains(model, &["passwd"]) || self.copies_to(model, "/etc"))
            }
            (Thing::File(name), Keyword::Run) => (self.contains(model, &[name]), self.is_opaque(may_create_any_file)),
            (Thing::PackageSource, Keyword::Run) => {
                let script = |command: &Command| command.path.starts_with("./") || command.path.ends_with(".sh");
                (self.contains(model, PACKAGE_SOURCES), self.is_opaque(script))
            }
            (Thing::PackageSource, Keyword::Copy | Keyword::Add) => (false, self.copies_to(model, "/etc")),
            (Thing::WriteAccess(directory), Keyword::Run) => {
                (self.contains(model, &[directory]), self.contains(model, ACCESS_CHANGES) || self.is_opaque(|_| false))
            }
            // `--chown` and `--chmod` leave a directory that exists as it is.
            (Thing::WriteAccess(_), Keyword::Copy | Keyword::Add) => (false, self.flag("from").is_some()),
            _ => (false, false),
        };
        match (yes, unknown) {
            (true, _) => Tri::Yes,
            (false, true) => Tri::Unknown,
            (false, false) => Tri::No,
        }
    }

    /// Whether the text of the instruction contains one of these.
    pub fn contains(&self, model: &Model<'a>, texts: &[&str]) -> bool {
        let text = model.source.slice(self.instruction.span);
        steps::count(text.len());
        texts.iter().any(|part| text.contains(part))
    }

    /// Whether the text of the instruction before one of its commands contains one of these.
    pub fn contains_before(&self, model: &Model<'a>, command: &Command, texts: &[&str]) -> bool {
        let start = self.instruction.span.start();
        let before = model.source.slice(crate::text::Span::new(start, command.span.start().max(start)));
        steps::count(before.len());
        texts.iter().any(|part| before.contains(part))
    }

    /// Whether its script is not read as a whole, or holds such a command.
    fn is_opaque(&self, opaque: impl Fn(&Command) -> bool) -> bool {
        self.script.as_ref().is_none_or(|script| !script.clean || script.commands.iter().any(opaque))
    }

    /// Whether a COPY or ADD goes to this directory, to the root, or to an unknown place.
    fn copies_to(&self, model: &Model<'a>, directory: &str) -> bool {
        self.copy_dest(model).is_none_or(|dest| dest == "/" || dest.starts_with(directory))
    }

    fn may_copy_shell(&self, model: &Model<'a>) -> bool {
        let Some(copy) = self.copy() else { return false };
        let archive = self.keyword() == Keyword::Add && copy.sources.iter().any(|word| word.text.contains(".t"));
        archive
            || self.copy_dest(model).is_none_or(|dest| {
                let programs = ["/bin/", "/usr/", "/busybox/", "/sbin/"].iter().any(|place| dest.starts_with(place));
                let all = |word: &Word| {
                    matches!(word.text.trim_end_matches(['/', '.', '*']), "" | "/bin" | "/usr" | "/usr/bin")
                };
                let shell = dest.ends_with("sh") || copy.sources.iter().any(|word| word.text.ends_with("sh"));
                programs
                    || shell
                    || (dest == "/" && (self.flag("from").is_some() || copy.sources.iter().any(all)))
                    || copy.sources.iter().any(|word| word.text.contains(['$', '*']))
                    || dest == "/bin"
                    || dest == "/busybox"
            })
    }
}

/// Signs of a step that adds a source of packages.
pub const PACKAGE_SOURCES: &[&str] =
    &["/etc/apt", "apt-repository", "sources.list", "setup_", "bash", "sh -", "| sh", ".deb", "dpkg"];

/// Signs of a step that gives other users access to files.
const ACCESS_CHANGES: &[&str] = &["chown", "chmod", "chgrp", "install ", "usermod", "setfacl", "sudo", ".sh"];

#[cfg(test)]
mod tests {
    use super::super::BuildArgs;
    use super::*;
    use crate::text::Source;

    /// What the last step of a file finds.
    fn before_last(text: &str, thing: Thing<'_>) -> Tri {
        let source = Source::new("Dockerfile", text);
        let tree = crate::syntax::parse(source.text());
        let model = Model::build(&source, &tree, &BuildArgs::new(), None);
        let last = model.steps().last().expect("the file has steps");
        model.provides(last, thing)
    }

    #[test]
    fn commands() {
        for (steps, expected) in [
            ("RUN echo a", Tri::No),
            ("RUN apt-get install -y curl", Tri::Yes),
            ("RUN apt-get install -y $TOOLS", Tri::Unknown),
            ("RUN ./setup.sh", Tri::Unknown),
            ("RUN echo (", Tri::Unknown),
            ("COPY a /srv/", Tri::No),
            ("COPY a /usr/local/bin/", Tri::Unknown),
            ("ONBUILD RUN true", Tri::Unknown),
            ("LABEL a=curl", Tri::No),
            ("RUN echo a\nFROM a\nRUN echo b", Tri::No),
            ("RUN apk add curl\nFROM a\nRUN echo b", Tri::Yes),
        ] {
            let text = format!("FROM debian AS a\n{steps}\nRUN curl x\n");
            assert_eq!(before_last(&text, Thing::Command("curl")), expected, "{steps}");
        }
    }

    #[test]
    fn a_step_provides_nothing_for_itself() {
        assert_eq!(before_last("FROM debian\nRUN useradd app\n", Thing::User("app")), Tri::No);
        assert_eq!(before_last("FROM debian\nRUN useradd app\nUSER app\n", Thing::User("app")), Tri::Yes);
    }

    #[test]
    fn too_many_stages_or_things_are_not_known() {
        let mut text = "FROM debian AS s0\n".to_owned();
        for at in 1..=MAX_LINEAGE {
            text.push_str(&format!("FROM s{} AS s{at}\nRUN echo a\n", at - 1));
        }
        assert_eq!(before_last(&text, Thing::Shell), Tri::Unknown);
        let source = Source::new("Dockerfile", "FROM debian\nRUN echo a\nRUN echo b\n");
        let tree = crate::syntax::parse(source.text());
        let model = Model::build(&source, &tree, &BuildArgs::new(), None);
        let last = model.steps().last().expect("the file has steps");
        let names: Vec<String> = (0..=MAX_THINGS).map(|at| format!("user{at}")).collect();
        let answers: Vec<Tri> = names.iter().map(|name| model.provides(last, Thing::User(name))).collect();
        assert!(answers[..MAX_THINGS].iter().all(|answer| *answer == Tri::No));
        assert_eq!(answers[MAX_THINGS], Tri::Unknown);
    }
}
