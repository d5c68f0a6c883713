//! The user that commands run as, with the known users of base images.

use std::collections::HashMap;

use super::{Base, ImageRef, Model, Stage, State, Step, Thing, Tri};
use crate::knowledge::bases::{self, Account};
use crate::knowledge::programs::{self, Class};
use crate::shell::Command;
use crate::syntax::Keyword;
use crate::text::Span;

impl ImageRef {
    /// Whether it runs as root when nothing sets another user.
    pub fn runs_as_root(&self) -> Tri {
        let Some(name) = self.familiar_name() else { return Tri::Unknown };
        if self.is_windows() {
            return Tri::No;
        }
        match bases::default_user(&name, self.tag_text()) {
            Some(user) if user.is_root() => Tri::Yes,
            Some(_) => Tri::No,
            None => {
                let says = |text: &str| {
                    ["nonroot", "non-root", "unprivileged", "rootless"].iter().any(|word| text.contains(word))
                };
                if says(&name) || self.tag_text().is_some_and(says) { Tri::No } else { Tri::Unknown }
            }
        }
    }
}

/// The UIDs of accounts, as far as they are known.
pub struct Numbers {
    /// By name: the accounts that commands of the file create.
    made: HashMap<String, Made>,
    base: &'static [Account],
}

struct Made {
    uid: Option<String>,
    /// It is neither changed later, nor created in one of several ways.
    sure: bool,
}

impl Numbers {
    /// The UID of an account: as a command of the file sets it, otherwise as the base image has it. A number stands for
    /// itself.
    pub fn of(&self, name: &str) -> Option<String> {
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_number(name) {
            return Some(name.to_owned());
        }
        if let Some(made) = self.made.get(name) {
            return made.uid.clone().filter(|uid| made.sure && is_number(uid));
        }
        let account = self.base.iter().find(|account| account.name == Some(name))?;
        account.uid.map(|uid| uid.to_string())
    }

    /// Whether two users, by name or by number and with a group or without, are the same one.
    pub fn is_same_user(&self, one: &str, other: &str) -> bool {
        let name = |text: &str| text.split(':').next().unwrap_or_default().to_owned();
        let (one, other) = (name(one), name(other));
        one == other || self.of(&one).is_some_and(|uid| Some(uid) == self.of(&other))
    }
}

impl<'a> Stage<'a> {
    /// Whether the image that it starts from, through all stages it is `FROM`, runs as root.
    pub fn base_runs_as_root(&self, model: &Model<'a>) -> Tri {
        match &self.root(model).base {
            Base::Scratch => Tri::Yes,
            Base::Image(image) => image.runs_as_root(),
            Base::Stage(_) | Base::Missing => Tri::Unknown,
        }
    }

    /// Whether its image runs as root.
    pub fn runs_as_root(&self, model: &Model<'a>) -> Tri {
        in_force(&self.end, self, model)
    }

    /// Whether its ENTRYPOINT or CMD, started as root, switches to another user: `Unknown` if the file installs a program
    /// for that and starts a script that may use it.
    pub fn steps_down(&self, model: &Model<'a>) -> Tri {
        let started = [self.entrypoint(model), self.cmd(model)];
        let commands = || started.iter().flatten().flat_map(|step| step.commands());
        if commands().any(|command| is_stepper(command) || script_steps_down(model, command)) {
            return Tri::Yes;
        }
        let own = self.entrypoint(model).is_some() || self.cmd(model).is_some();
        const PROGRAMS: &[&str] = &["gosu", "su-exec", "setpriv", "s6-overlay"];
        if own && model.provides_in(self, Thing::Text(PROGRAMS)) != Tri::No { Tri::Unknown } else { Tri::No }
    }

    /// The accounts that the file creates in it and in the stages it is `FROM`: the command, and the name.
    pub fn made_accounts(&self, model: &Model<'a>) -> Vec<(Span, String)> {
        let steps = self.history(model);
        let scripts = steps.filter(|step| step.keyword() == Keyword::Run).filter_map(|step| step.script.as_ref());
        let made = scripts.flat_map(|script| &script.commands).filter_map(|command| {
            let is_made =
                command.is_any(&["useradd", "adduser"]) && !command.has_flag(&["-D"]) || command.is("adduser");
            // `adduser USER GROUP` makes nothing; Debian's `useradd -D` sets defaults.
            let mut operands = command.operands();
            let name = operands.next().filter(|_| is_made)?.text.clone()?;
            (operands.next().is_none() && name != "root").then_some((command.span, name))
        });
        made.collect()
    }

    /// The UID of an account; see [`Numbers::of`].
    pub fn uid_of(&self, name: &str, model: &Model<'a>) -> Option<String> {
        self.numbers(model).of(name)
    }

    /// Reads all commands of the stage and of those it is `FROM`: ask once for many accounts.
    pub fn numbers(&self, model: &Model<'a>) -> Numbers {
        let commands = self.lineage(model).flat_map(|stage| &stage.steps).flat_map(|step| step.commands());
        let mut made: HashMap<String, Made> = HashMap::new();
        for command in commands.filter(|command| command.is_any(&["useradd", "adduser", "usermod"])) {
            let Some(uid) = command.flag_value(&["-u", "--uid"]).map(|uid| uid.text) else { continue };
            for name in command.operands().filter_map(|arg| arg.text.as_deref()) {
                let made = made.entry(name.to_owned()).or_insert_with(|| Made { uid: uid.clone(), sure: true });
                made.sure &= made.uid == uid;
            }
        }
        Numbers { made, base: self.base_accounts(model) }
    }

    /// Unprivileged accounts of its base image that are meant for running programs.
    pub fn base_accounts(&self, model: &Model<'a>) -> &'static [Account] {
        let image = self.root_image(model);
        let name = image.and_then(|image| Some((image.familiar_name()?, image.tag_text())));
        name.map_or(&[], |(name, tag)| bases::accounts(&name, tag))
    }
}

impl<'a> Step<'a> {
    /// Whether root runs it.
    pub fn runs_as_root(&self, model: &Model<'a>) -> Tri {
        model.stage(self.stage).map_or(Tri::Unknown, |stage| in_force(&self.state, stage, model))
    }
}

fn in_force<'a>(state: &State, stage: &Stage<'a>, model: &Model<'a>) -> Tri {
    match state.user {
        Some(_) => state.user_is_root(),
        None => stage.base_runs_as_root(model),
    }
}

fn is_stepper(command: &Command) -> bool {
    let switches = |name: &str| programs::class(name).is(Class::USER_SWITCH);
    switches(&command.name) || command.wrappers.iter().any(|wrapper| switches(&wrapper.name))
}

/// Whether the command starts a script of the build context that switches to another user.
fn script_steps_down(model: &Model<'_>, command: &Command) -> bool {
    let Some(context) = model.context.filter(|_| !command.name.is_empty()) else { return false };
    let scripts = context.named(&command.name).take(4);
    let mut texts = scripts.filter_map(|entry| context.read(&entry.path));
    let steps_down = |text: &str| {
        let mut words = text.split(|char: char| char.is_whitespace() || char == '"');
        words.any(|word| programs::class(word).is(Class::USER_SWITCH) && word != "su")
            || text.contains("su - ")
            || text.contains("su -s")
    };
    texts.any(|text| steps_down(&text))
}
