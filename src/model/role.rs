//! What an image is for, as far as names and start commands show.

use super::program::{is_program, only_passes_on, says_how};
use super::{Base, Model, Stage, StartCommand, Step, Tri};
use crate::commands::packages::Manager;
use crate::commands::packages::Package;
use crate::commands::service::starts;
use crate::knowledge::bases;
use crate::knowledge::canonical;
use crate::knowledge::file_kinds::{Kind, kind};
use crate::knowledge::packages::{Category, category};
use crate::knowledge::programs::{self, Class};
use crate::knowledge::services;
use crate::knowledge::stage_names::{self, Kinds};
use crate::shell::Command;
use crate::syntax::{Keyword, Word};
use crate::text::Span;

/// Commands that serve no one: a shell, or one that only prints, waits or prepares.
const IDLE: Class =
    Class::SHELL.or(Class::OTHER_SHELL).or(Class::PRINTS).or(Class::NO_OP).or(Class::WAITS).or(Class::SHELL_STATE);

/// Programs that use the socket of Docker's daemon, which root owns.
const CLIENTS: [&str; 4] = ["docker", "docker-compose", "dind", "dockerd"];

/// So many tools to build with, and an editor, are for people.
const SEVERAL: usize = 2;

/// What an image is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// Nothing suggests anything but that it is shipped.
    Ships,
    /// People develop in it.
    Develops(Sign),
    /// It builds something else.
    Builds(Sign),
    /// It tests something else.
    Tests(Sign),
    /// A pipeline runs in it.
    Pipeline(Sign),
}

/// The word, or the package, that gives an image its role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign {
    /// As written.
    pub word: String,
    pub place: SignPlace,
}

/// What has the word in its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignPlace {
    /// A stage: the one in question, or the last.
    Stage(Span),
    /// The base image.
    Base(Span),
    /// The Dockerfile or its directory.
    File,
    /// A package: this is what installs it.
    Package(Span),
}

/// Why an image may have to run as root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RootNeed {
    /// People develop in it.
    Development(Sign),
    /// It starts no program: a base image, or a tool.
    NoProgram,
    /// It is the container of a GitHub action.
    GithubAction,
    /// It talks to the socket of Docker's daemon.
    DockerSocket,
    DockerDaemon,
    /// It is a base for other images, by `ONBUILD`.
    OnbuildBase,
    /// It serves DHCP.
    Dhcp,
    /// This program can do little without root.
    Program(String),
    /// This server starts as root and runs its workers as another user.
    MasterProcess(String),
}

impl<'a> Model<'a> {
    /// The stage whose image is shipped: the last one, or the one below if the last only tests it.
    pub fn shipped_stage(&self) -> Option<&Stage<'a>> {
        let mut stage = self.stages.last()?;
        while !stage.is_shipped() {
            let Base::Stage(below) = stage.base else { break };
            stage = self.stages.get(below)?;
        }
        Some(stage)
    }
}

impl Stage<'_> {
    /// Whether its layers are part of the shipped image: of the final image, unless this stage only tests it.
    pub fn is_shipped(&self) -> bool {
        let verifies = |name: &Word| stage_names::word_of(&name.text, stage_names::VERIFIES).is_some();
        self.in_final && !self.name.is_some_and(verifies)
    }
}

impl<'a> Step<'a> {
    /// Whether it is in a final stage that only tests the one below.
    pub fn tests_only(&self, model: &Model<'a>) -> bool {
        model.stage(self.stage).is_some_and(|stage| stage.in_final && !stage.is_shipped())
    }
}

impl<'a> Stage<'a> {
    /// Whether it is [`Model::shipped_stage`].
    pub fn is_shipped_last(&self, model: &Model<'a>) -> bool {
        model.shipped_stage().is_some_and(|stage| stage.index == self.index)
    }

    /// What its image is for, by the words in the names of this stage, of the last one, of the base image, and of the
    /// file and its directory, and by what is installed where no program is. Development comes first: what is built or
    /// tested in it too is still a place to work.
    pub fn role(&self, model: &Model<'a>) -> Role {
        let roles = [
            (stage_names::DEVELOPS, Role::Develops as fn(Sign) -> Role),
            (Kinds::BUILD, Role::Builds),
            (stage_names::TESTS, Role::Tests),
            (stage_names::PIPELINES, Role::Pipeline),
        ];
        let mut found = roles.into_iter().filter_map(|(kinds, role)| Some(role(self.sign(model, kinds)?)));
        match found.next() {
            Some(Role::Develops(sign)) => Role::Develops(sign),
            other => self.workbench(model).map_or(other.unwrap_or(Role::Ships), Role::Develops),
        }
    }

    /// The package that makes its image a machine to work on: people log in to it or use its desktop, or it has an editor
    /// or a debugger among several tools to build with. None of its own files is a program.
    fn workbench(&self, model: &Model<'a>) -> Option<Sign> {
        self.workbench.get_or_init(|| self.find_workbench(model)).clone()
    }

    fn find_workbench(&self, model: &Model<'a>) -> Option<Sign> {
        let installs = self.lineage(model).flat_map(|stage| stage.installs());
        let packages = installs.map(|(_, _, install)| install).filter(|install| install.manager.is_system()).flat_map(|install| {
            install.named().filter_map(|package| Some((category(install.manager, &package.name)?, package)))
        });
        let (mut login, mut desktop, mut tool, mut build) = (None, None, None, 0);
        for (category, package) in packages {
            match category {
                Category::SshServer => login = login.or(Some(package)),
                Category::Desktop => desktop = desktop.or(Some(package)),
                Category::Editor | Category::Debug => tool = tool.or(Some(package)),
                Category::Build => build += 1,
                _ => {}
            }
        }
        let lets_work = |start: &StartCommand<'_>| start.command.class().is(Class::WORKPLACE);
        let serves = self.start_commands(model).iter().any(lets_work);
        let package = login.filter(|_| serves).or(desktop).or(tool.filter(|_| build >= SEVERAL))?;
        let runs = self.runs_a_program(model) == Tri::Yes || !serves && self.starts_an_unseen_script(model);
        if runs || self.is_given_a_program(model) {
            return None;
        }
        Some(Sign { word: package.name.clone(), place: SignPlace::Package(package.span) })
    }

    /// Whether a COPY or ADD brings more than scripts, keys and configuration.
    fn is_given_a_program(&self, model: &Model<'a>) -> bool {
        let is_small = |word: &Word| {
            let name = word.text.rsplit('/').next().unwrap_or_default();
            !word.text.contains("://") && kind(name).is(Kind::SMALL)
        };
        let copies = self.history(model).filter_map(|step| Some((step, step.copy()?)));
        copies.into_iter().any(|(step, copy)| step.flag("from").is_some() || !copy.sources.iter().all(is_small))
    }

    /// Whether it is made for other images to be based on: nothing is copied into it, and nothing says what it runs.
    pub fn is_to_build_on(&self, model: &Model<'a>) -> bool {
        let starts = self.entrypoint(model).is_some() || self.cmd(model).is_some() || self.base_starts_a_program(model);
        !starts && self.history(model).all(|step| step.copy().is_none())
    }

    /// Whether its image is for developing in.
    pub fn is_for_developing(&self, model: &Model<'a>) -> bool {
        matches!(self.role(model), Role::Develops(_))
    }

    /// Whether its image is for building or testing something else, even if it is for developing as well.
    pub fn is_for_building(&self, model: &Model<'a>) -> bool {
        self.sign(model, Kinds::BUILD.or(stage_names::TESTS).or(stage_names::PIPELINES)).is_some()
    }

    /// The first word in one of the names that is of one of these kinds.
    fn sign(&self, model: &Model<'a>, kinds: Kinds) -> Option<Sign> {
        let find = |name: &str| stage_names::word_of(name, kinds).map(str::to_owned);
        let stages = std::iter::once(self).chain(model.final_stage());
        let mut stages = stages.filter_map(|stage| stage.name);
        let by_stage =
            stages.find_map(|name| Some(Sign { word: find(&name.text)?, place: SignPlace::Stage(name.span) }));
        let by_base = || {
            let image = self.root_image(model)?;
            Some(Sign { word: find(&image.written)?, place: SignPlace::Base(image.span) })
        };
        let by_file = || {
            let mut path = model.source.name().rsplit(['/', '\\']).take(2);
            path.find_map(|name| Some(Sign { word: find(name)?, place: SignPlace::File }))
        };
        by_stage.or_else(by_base).or_else(by_file)
    }

    /// Whether its container starts a watcher, a test runner or a linter, by its name or as an argument.
    pub fn starts_a_development_tool(&self, model: &Model<'a>) -> bool {
        let tools = Class::DEVELOPMENT_SERVER.or(Class::TEST_RUNNER).or(Class::LINTER);
        let is_tool = |text: &str| programs::class(text).is(tools);
        self.start_commands(model).iter().any(|start| {
            is_tool(&start.command.name)
                || start.command.args.iter().any(|arg| arg.text.as_deref().is_some_and(is_tool))
        })
    }

    /// Whether its container starts a program, other than a shell: by its own CMD or ENTRYPOINT, or by that of a base image
    /// made to run one.
    pub fn starts_a_program(&self, model: &Model<'a>) -> bool {
        let own = [self.entrypoint(model), self.cmd(model)].into_iter().flatten();
        // `CMD ["--help"]`: a tool, to be called with something else.
        let says = self.entrypoint(model).is_some() && self.cmd(model).is_some_and(|cmd| cmd.is_all(says_how));
        // In exec form its `CMD` is what it says.
        let echo = |command: &Command| command.is("echo");
        let echoes = self.entrypoint(model).is_some_and(|step| step.is_exec_form() && step.is_all(echo));
        if says || echoes || self.prepares_a_shell(model) {
            return false;
        }
        let mut seen = false;
        for step in own {
            seen = true;
            // What is not read may be anything.
            let Some(script) = &step.script else { return true };
            if script.commands.iter().any(is_program) {
                return true;
            }
        }
        !seen && self.base_starts_a_program(model)
    }

    /// Whether a container runs a program. `Unknown` if the base image decides and may have one, and if people work in it;
    /// `No` for a shell, a bare interpreter, a command that only waits, and for nothing at all.
    pub fn runs_a_program(&self, model: &Model<'a>) -> Tri {
        let own = self.entrypoint(model).is_some() || self.cmd(model).is_some();
        let name = self.root_image(model).and_then(|image| image.familiar_name());
        // The command line of Docker, which pipelines call with what they need.
        if !own && name.as_deref() == Some("docker") {
            return Tri::Unknown;
        }
        match (own, name.and_then(|name| bases::role(&name))) {
            (true, _) => {
                let commands = self.start_commands(model);
                let idle = |command: &Command| {
                    command.name.is_empty()
                        || command.class().is(IDLE)
                        || command.is_any(&["tail", "exec", "--"])
                        || only_passes_on(command)
                };
                let typed = |command: &Command| {
                    let bare =
                        command.args.iter().all(|arg| matches!(arg.text.as_deref(), Some("-i" | "-a" | "--no-save")));
                    command.class().is(Class::REPL) && bare
                };
                let works = |command: &Command| command.class().is(Class::WORKPLACE);
                if commands.iter().any(|start| works(start.command)) || self.prepares_a_shell(model) {
                    return Tri::Unknown;
                }
                if commands.iter().any(|start| !idle(start.command) && !typed(start.command)) {
                    return Tri::Yes;
                }
                // `["sh", "/start.sh"]`: a script that is not seen.
                let script =
                    commands.iter().any(|start| start.command.is_shell() && start.command.operands().next().is_some());
                if script { Tri::Unknown } else { Tri::No }
            }
            (false, Some(bases::Role::Application | bases::Role::Database | bases::Role::WebServer)) => Tri::Yes,
            (false, Some(bases::Role::Os | bases::Role::Toolchain)) => Tri::No,
            (false, Some(bases::Role::Runtime) | None) => Tri::Unknown,
        }
    }

    /// Whether it is `ENTRYPOINT ["/prepare.sh"]` with `CMD ["bash"]`, or with a bare interpreter: by default, a place to
    /// work in.
    fn prepares_a_shell(&self, model: &Model<'a>) -> bool {
        let (Some(_), Some(cmd)) = (self.entrypoint(model), self.cmd(model)) else { return false };
        let waits = |it: &Command| it.is_shell() || it.name.starts_with("pwsh") || it.class().is(Class::REPL);
        cmd.is_all(|it| waits(it) && it.args.is_empty())
    }

    /// Whether an unknown script may switch to another user: it is the entrypoint of another program, or the file creates an
    /// account, or installs `sudo` or a server that has one.
    pub fn may_step_down_unseen(&self, model: &Model<'a>) -> bool {
        if !self.starts_an_unseen_script(model) {
            return false;
        }
        let serves = |package: &Package, manager: Manager| {
            use Category::{Database, Service, SshServer, Sudo, Supervisor};
            let kind = category(manager, &package.name);
            matches!(kind, Some(Service | Database | SshServer | Sudo | Supervisor))
                || matches!(package.name.as_str(), "nfs-utils" | "iptables" | "openssh")
        };
        let pair = self.entrypoint(model).is_some() && self.cmd(model).is_some();
        let brings = |stage: &Stage<'a>| {
            stage.installs().any(|(_, _, install)| install.named().any(|package| serves(package, install.manager)))
        };
        pair || !self.made_accounts(model).is_empty() || self.lineage(model).any(brings)
    }

    fn starts_an_unseen_script(&self, model: &Model<'a>) -> bool {
        let commands = self.start_commands(model);
        let script = |command: &Command| {
            let named = command.name.ends_with(".sh") || command.name.contains("entrypoint");
            named || command.is_shell() && !command.has_flag(&["-c"]) && command.operands().next().is_some()
        };
        commands.iter().all(|start| start.file.is_none()) && commands.iter().any(|start| script(start.command))
    }

    fn base_starts_a_program(&self, model: &Model<'a>) -> bool {
        let Some(image) = self.root_image(model) else { return false };
        let Some(name) = image.familiar_name() else { return false };
        // A tool that works on what is mounted, as the user who calls it.
        if name.starts_with("pandoc/") {
            return false;
        }
        let tag = image.tag_text().unwrap_or_default();
        let serves = tag.split(['-', '.']).any(|word| matches!(word, "apache" | "fpm" | "onbuild"));
        serves
            || matches!(
                bases::role(&name),
                Some(bases::Role::Application | bases::Role::Database | bases::Role::WebServer)
            )
    }

    /// Why its image may have to run as root; `None` if nothing in the file suggests it.
    pub fn need_of_root(&self, model: &Model<'a>) -> Option<RootNeed> {
        if let Role::Develops(sign) = self.role(model) {
            return Some(RootNeed::Development(sign));
        }
        if !self.starts_a_program(model) {
            return Some(RootNeed::NoProgram);
        }
        let action = |context: &crate::context::Context| context.exists("action.yml") || context.exists("action.yaml");
        if model.context.is_some_and(action) {
            return Some(RootNeed::GithubAction);
        }
        let commands = self.start_commands(model);
        let starts = |what: &dyn Fn(&Command) -> bool| commands.iter().find(|start| what(start.command));
        let is_docker = self.root_image(model).and_then(|image| image.familiar_name()).as_deref() == Some("docker");
        if is_docker || starts(&|command| command.is_any(&CLIENTS)).is_some() {
            return Some(RootNeed::DockerSocket);
        }
        let is_kept = |step: &Step<'_>| step.keyword() == Keyword::Onbuild;
        if self.steps.iter().any(is_kept) {
            return Some(RootNeed::OnbuildBase);
        }
        let is_dhcp = |step: &Step<'_>| {
            model.source.slice(step.instruction.args_span).split_whitespace().any(|it| it == "67/udp")
        };
        if self.all(Keyword::Expose).any(is_dhcp) {
            return Some(RootNeed::Dhcp);
        }
        if let Some(start) = starts(&|command| command.class().is(Class::NEEDS_ROOT)) {
            return Some(RootNeed::Program(start.command.name.clone()));
        }
        let keeper = self.keeper(model)?;
        Some(if keeper.starts_with("dockerd") { RootNeed::DockerDaemon } else { RootNeed::MasterProcess(keeper) })
    }

    /// The server that starts as root and runs its workers as another user.
    fn keeper(&self, model: &Model<'a>) -> Option<String> {
        let commands = self.start_commands(model);
        let named = |command: &Command| {
            let name = command.name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
            let service = starts(command).map(|service| service.name.as_str());
            let keeper = Class::ROOT_MASTER.or(Class::INIT_SYSTEM);
            let names = [Some(name), service];
            names.into_iter().flatten().find(|name| programs::class(name).is(keeper)).map(str::to_owned)
        };
        let by_script = |command: &Command| {
            let kept = services::IN_SCRIPT_NAMES.iter().find(|word| command.name.contains(**word))?;
            command.name.ends_with(".sh").then(|| (*kept).to_owned())
        };
        if self.entrypoint(model).is_some() || self.cmd(model).is_some() {
            let direct = commands.iter().find_map(|start| named(start.command));
            let direct = direct.or_else(|| commands.iter().find_map(|start| by_script(start.command)));
            // A script of one's own on the image of such a server is likely to start it.
            let name = self.root_image(model).and_then(|image| image.familiar_name());
            let server = name.as_deref().map(canonical).filter(|name| matches!(*name, "nginx" | "httpd" | "haproxy"));
            return direct.or_else(|| server.map(str::to_owned));
        }
        let image = self.root_image(model)?;
        let name = image.familiar_name()?;
        let fpm = image.tag_text().is_some_and(|tag| tag.split('-').any(|word| word == "fpm"));
        let apache = image.tag_text().is_some_and(|tag| tag.split('-').any(|word| word == "apache"));
        match canonical(&name) {
            known @ ("nginx" | "httpd" | "haproxy") => Some(known.to_owned()),
            // Its `my_init` starts the services.
            known if known.starts_with("phusion/") => Some("my_init".to_owned()),
            "php" if fpm => Some("php-fpm".to_owned()),
            "php" if apache => Some("apache2".to_owned()),
            // `wordpress`, `drupal`: PHP in Apache.
            _ if self.base_accounts(model).iter().any(|account| account.name == Some("www-data"))
                && bases::role(&name) == Some(bases::Role::Application) =>
            {
                Some("apache2".to_owned())
            }
            _ => None,
        }
    }
}
