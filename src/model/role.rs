//! What an image is there for, as far as names and start commands tell.

use super::program::{is_program, only_passes_on, says_how};
use super::{Base, Model, Stage, Step, Tri};
use crate::commands::packages::Manager;
use crate::commands::packages::Package;
use crate::commands::service::starts;
use crate::knowledge::bases::{self, Role};
use crate::knowledge::canonical;
use crate::knowledge::packages::{Category, category};
use crate::knowledge::programs::{self, Class};
use crate::shell::Command;
use crate::syntax::Keyword;

/// Serves nobody: a shell, or what only prints, waits or prepares.
const IDLE: Class =
    Class::SHELL.or(Class::OTHER_SHELL).or(Class::PRINTS).or(Class::NO_OP).or(Class::WAITS).or(Class::SHELL_STATE);

/// In the name of a script they say what it starts: `start-apache.sh`.
const KEPT: [&str; 9] = ["apache", "httpd", "nginx", "php-fpm", "cron", "sshd", "mysql", "mariadb", "postgres"];

/// They talk to Docker's daemon, whose socket belongs to root.
const CLIENTS: [&str; 4] = ["docker", "docker-compose", "dind", "dockerd"];

/// Words in the name of a stage, an image or a folder that speak of work in the container.
const WORKPLACE: [&str; 14] = [
    "dev", "devel", "develop", "development", "devcontainer", "devcontainers", "debug", "workspace", "gitpod",
    "vscode", "codespaces", "playground", "toolchain", "toolbox",
];

/// Words that speak of a step of a pipeline.
const PIPELINE: [&str; 15] = [
    "build", "builder", "ci", "cimg", "circleci", "compile", "test", "tests", "testing", "lint", "e2e", "crosscompile",
    "cross", "jnlp", "sdk",
];

impl<'a> Model<'a> {
    /// The stage whose image is handed on: the last one, or the one below if the last only tests it.
    pub fn shipped_stage(&self) -> Option<&Stage<'a>> {
        let mut stage = self.stages.last()?;
        while !stage.is_shipped() {
            let Base::Stage(below) = stage.base else { break };
            stage = self.stages.get(below)?;
        }
        Some(stage)
    }
}

impl<'a> Stage<'a> {
    /// Whether it is [`Model::shipped_stage`].
    pub fn is_shipped_last(&self, model: &Model<'a>) -> bool {
        model.shipped_stage().is_some_and(|stage| stage.index == self.index)
    }

    /// An image to work in: by the name of its stage, of the last one, of its base, or of the file.
    pub fn is_for_developing(&self, model: &Model<'a>) -> bool {
        self.says(model, &WORKPLACE)
    }

    /// An image to build or test something else with, by the same names.
    pub fn is_for_building(&self, model: &Model<'a>) -> bool {
        self.says(model, &PIPELINE)
    }

    fn says(&self, model: &Model<'a>, signs: &[&str]) -> bool {
        let says = |name: &str| {
            let name = name.to_ascii_lowercase();
            name.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| signs.contains(&word))
        };
        let stages = std::iter::once(self).chain(model.final_stage());
        let mut names = stages.filter_map(|stage| stage.name).map(|name| name.text.as_str());
        let base = self.root_image(model).map(|image| image.written.as_str()).unwrap_or_default();
        let mut path = model.source.name().rsplit(['/', '\\']).take(2);
        names.any(says) || says(base) || path.any(says)
    }

    /// Whether its container starts a program: by its own CMD or ENTRYPOINT, or by that of a base image that is there
    /// to run one. A shell is none.
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

    /// Whether a container runs a program. `Unknown` when the base image decides, and may have one, and where people work
    /// in it; `No` for a shell, a bare interpreter, for what only waits, and for nothing at all.
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
            (false, Some(Role::Application | Role::Database | Role::WebServer)) => Tri::Yes,
            (false, Some(Role::Os | Role::Toolchain)) => Tri::No,
            (false, Some(Role::Runtime) | None) => Tri::Unknown,
        }
    }

    /// `ENTRYPOINT ["/prepare.sh"]` with `CMD ["bash"]`, or with a bare interpreter: unless told otherwise, a place to
    /// work in.
    fn prepares_a_shell(&self, model: &Model<'a>) -> bool {
        let (Some(_), Some(cmd)) = (self.entrypoint(model), self.cmd(model)) else { return false };
        let waits = |it: &Command| it.is_shell() || it.name.starts_with("pwsh") || it.class().is(Class::REPL);
        cmd.is_all(|it| waits(it) && it.args.is_empty())
    }

    /// Whether a script that is not seen may start something as somebody else: it is the entrypoint of another program,
    /// or the file makes an account, or brings `sudo` or a server that has one.
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
        // A tool that works on what is mounted, as whoever calls it.
        if name.starts_with("pandoc/") {
            return false;
        }
        let tag = image.tag_text().unwrap_or_default();
        let serves = tag.split(['-', '.']).any(|word| matches!(word, "apache" | "fpm" | "onbuild"));
        serves || matches!(bases::role(&name), Some(Role::Application | Role::Database | Role::WebServer))
    }

    /// Why it may be right that its image runs as root, as a sentence of help; `None` when nothing speaks for it.
    pub fn reason_for_root(&self, model: &Model<'a>) -> Option<String> {
        if self.is_for_developing(model) {
            return Some("in an image to develop in root is common; what is shipped should do without".to_owned());
        }
        if !self.starts_a_program(model) {
            return Some(
                "an image to build on or to call tools in may stay with root: what is built on it says `USER`"
                    .to_owned(),
            );
        }
        let action = |context: &crate::context::Context| context.exists("action.yml") || context.exists("action.yaml");
        if model.context.is_some_and(action) {
            return Some("the container of a GitHub action has to run as root".to_owned());
        }
        let commands = self.start_commands(model);
        let starts = |what: &dyn Fn(&Command) -> bool| commands.iter().find(|start| what(start.command));
        let is_docker = self.root_image(model).and_then(|image| image.familiar_name()).as_deref() == Some("docker");
        if is_docker || starts(&|command| command.is_any(&CLIENTS)).is_some() {
            return Some(
                "Docker's daemon, and who talks to its socket, has to be root unless it is rootless".to_owned(),
            );
        }
        let is_kept = |step: &Step<'_>| step.keyword() == Keyword::Onbuild;
        if self.steps.iter().any(is_kept) {
            return Some("an image with `ONBUILD` is there to build on: what is built on it says `USER`".to_owned());
        }
        let is_dhcp = |step: &Step<'_>| {
            model.source.slice(step.instruction.args_span).split_whitespace().any(|it| it == "67/udp")
        };
        if self.all(Keyword::Expose).any(is_dhcp) {
            return Some("a DHCP server needs sockets that only root may open".to_owned());
        }
        if let Some(start) = starts(&|command| command.class().is(Class::NEEDS_ROOT)) {
            return Some(format!("`{}` can do little without root", start.command.name));
        }
        let keeper = self.keeper(model)?;
        if keeper.starts_with("dockerd") {
            return Some("a Docker daemon has to be root, unless it is the rootless one".to_owned());
        }
        Some(format!("only the first process of `{keeper}` stays root, its workers may have an account of their own"))
    }

    /// The server that starts as root and lets its workers be somebody else.
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
            let kept = KEPT.iter().find(|word| command.name.contains(**word))?;
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
                && bases::role(&name) == Some(Role::Application) =>
            {
                Some("apache2".to_owned())
            }
            _ => None,
        }
    }
}
