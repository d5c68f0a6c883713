//! Commands that start a daemon.

use super::facts::facts;
use crate::knowledge::services;
use crate::shell::Command;

/// How a service is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Start {
    /// `service x start`, `/etc/init.d/x start`, `rc-service x start`.
    Init,
    /// `systemctl start x`: needs systemd as process 1.
    Systemd,
    /// The daemon's own program.
    Direct,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// As the command names it: `mysql`, `nginx`.
    pub name: String,
    pub start: Start,
}

/// Which service a command starts, in the foreground or not.
pub fn starts(command: &Command) -> Option<&Service> {
    facts(command).starts.get_or_init(|| read(command).map(Box::new)).as_deref()
}

fn read(command: &Command) -> Option<Service> {
    let operands: Vec<&str> = command.operands().filter_map(|arg| arg.text.as_deref()).collect();
    let is_start =
        |word: Option<&&str>| word.is_some_and(|word| matches!(*word, "start" | "restart" | "reload" | "onestart"));
    let service = |name: &str, start: Start| Some(Service { name: name.to_owned(), start });
    match command.name.as_str() {
        "service" | "rc-service" | "invoke-rc.d" | "initctl" => {
            // `initctl start x`, the others `service x start`.
            return match operands[..] {
                [name, ref verb @ ..] if is_start(verb.first()) => service(name, Start::Init),
                [verb, name, ..] if command.is("initctl") && is_start(Some(&verb)) => service(name, Start::Init),
                _ => None,
            };
        }
        "systemctl" => {
            let (verb, rest) = operands.split_first()?;
            let now = *verb == "enable" && command.has_flag(&["--now"]);
            return if now || is_start(Some(verb)) {
                service(rest.first()?.trim_end_matches(".service"), Start::Systemd)
            } else {
                None
            };
        }
        _ => {}
    }
    if ["/etc/init.d/", "/etc/rc.d/"].iter().any(|folder| command.path.starts_with(folder)) {
        return if is_start(operands.first()) { service(&command.name, Start::Init) } else { None };
    }
    let name = command.name.trim_end_matches(|char: char| char.is_ascii_digit() || char == '.');
    let daemon = services::daemon(&command.name).or_else(|| services::daemon(name))?;
    let texts = || command.args.iter().filter_map(|arg| arg.text.as_deref());
    if !daemon.needs.is_empty() && !texts().any(|text| daemon.needs.contains(&text)) {
        return None;
    }
    let config = services::TAKES_CONFIGURATION.contains(&name);
    let ends = |text: &str| {
        daemon.ends.iter().any(|end| text == *end || (end.len() > 3 && end.starts_with("--") && text.starts_with(end)))
    };
    let stops = texts().any(|text| ends(text) && !(config && matches!(text, "-c" | "-t" | "-i" | "-m" | "-h")));
    (!stops).then(|| Service { name: command.name.clone(), start: Start::Direct })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::shell::{Dialect, parse_script};

    #[test]
    fn what_starts() {
        for (text, want) in [
            ("service mysql start", Some(("mysql", Start::Init))),
            ("/etc/init.d/postgresql restart", Some(("postgresql", Start::Init))),
            ("/etc/init.d/postgresql stop", None),
            ("systemctl start docker.service", Some(("docker", Start::Systemd))),
            ("systemctl enable docker", None),
            ("systemctl enable --now docker", Some(("docker", Start::Systemd))),
            ("sudo /usr/sbin/nginx -g 'daemon off;'", Some(("nginx", Start::Direct))),
            ("nginx -t", None),
            ("mysqld_safe &", Some(("mysqld_safe", Start::Direct))),
            ("mysqld --initialize-insecure --user=mysql", None),
            ("redis-server --version", None),
            ("redis-server /etc/redis.conf", Some(("redis-server", Start::Direct))),
            ("supervisord -c /etc/x.conf", Some(("supervisord", Start::Direct))),
            ("php-fpm8.2 -F", Some(("php-fpm8.2", Start::Direct))),
            ("apachectl -v", None),
            ("apachectl start", Some(("apachectl", Start::Direct))),
            ("service --status-all", None),
            ("echo nginx", None),
        ] {
            let command = parse_script(text, 0, Dialect::Bash).commands.remove(0);
            let found = starts(&command);
            assert_eq!(found.as_ref().map(|it| (it.name.as_str(), it.start)), want, "{text}");
        }
    }
}
