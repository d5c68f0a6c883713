//! Commands that serve until they are stopped: where they listen, and whether they stay in the foreground.

use super::service::{Start, starts};
use crate::knowledge::command_lines::INFORMATION;
use crate::knowledge::programs::is_python;
use crate::knowledge::servers::{self, Server};
use crate::shell::{Arg, Command};

/// A command that starts a server.
#[derive(Clone, Debug)]
pub struct Serving<'c> {
    /// As people call it: `uvicorn`, `flask run`.
    pub name: String,
    pub server: Server,
    /// Its arguments, without what names the server.
    pub args: &'c [Arg],
}

/// The addresses of the loopback interface, as command lines write them.
const LOOPBACK: &[&str] = &["127.0.0.1", "localhost", "[::1]", "::1"];

/// The server that a command starts, if it is a known one.
pub fn serves(command: &Command) -> Option<Serving<'_>> {
    if command.args.iter().any(|arg| (INFORMATION.contains(&arg.lexeme()) && !arg.is("-h")) || arg.lexeme().contains("-config") && !arg.lexeme().contains('=') && !arg.is("--config")) {
        return None;
    }
    let text = |at: usize| command.args.get(at).and_then(|arg| arg.text.as_deref()).unwrap_or_default();
    let (program, skip) = match command.name.as_str() {
        name if is_python(name) && text(0) == "-m" => (text(1), 2),
        name if is_python(name) && text(0).ends_with("manage.py") => ("manage.py", 1),
        "django-admin" => ("manage.py", 0),
        "php" if text(0) == "artisan" => ("artisan", 1),
        "php" if text(0) == "-S" => ("php -S", 1),
        "npx" | "bunx" | "pnpx" => (text(0), 1),
        "poetry" | "uv" | "pipenv" | "pdm" if text(0) == "run" => (text(1), 2),
        "bundle" if text(0) == "exec" => (text(1), 2),
        name => (name, 0),
    };
    let args = command.args.get(skip..)?;
    let operand = args.first().and_then(|arg| arg.text.as_deref()).filter(|text| !text.starts_with('-'));
    let program = if program == "manage.py" || !program.contains('/') { program } else { return None };
    let server = servers::server(program, operand.unwrap_or_default())?;
    let name = if server.subcommand.is_empty() { program.to_owned() } else { format!("{program} {}", server.subcommand) };
    let args = if server.subcommand.is_empty() { args } else { args.get(1..)? };
    Some(Serving { name, server, args })
}

impl<'c> Serving<'c> {
    /// The argument that makes it listen on the loopback interface alone.
    pub fn loopback_argument(&self) -> Option<&'c Arg> {
        let is = |text: &str| {
            LOOPBACK.iter().any(|address| {
                text.strip_prefix(address).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
            })
        };
        let takes = |text: &str| self.server.flags.contains(&text);
        let mut before = "";
        for arg in self.args {
            let text = arg.text.as_deref().unwrap_or_default();
            let value = text.split_once('=').filter(|(flag, _)| takes(flag)).map(|(_, value)| value);
            let operand = self.server.flags.is_empty() && !text.starts_with('-');
            if value.is_some_and(is) || (takes(before) || operand) && is(text) {
                return Some(arg);
            }
            before = text;
        }
        None
    }

    /// Whether its command line sets the address in any way, or may.
    pub fn sets_address(&self) -> bool {
        let flags = self.server.flags;
        let sets = |text: &str| {
            let flag = text.split('=').next().unwrap_or(text);
            let joined = flags.iter().any(|flag| flag.len() == 2 && text.len() > 2 && text.starts_with(flag));
            flags.contains(&flag) || joined || flags.is_empty() && text.contains([':', '.'])
        };
        self.args.iter().any(|arg| arg.text.as_deref().is_none_or(sets))
    }
}

/// Whether it runs until it is stopped: a server in the foreground, or a command that waits for ever.
pub fn runs_forever(command: &Command) -> bool {
    let operand = |at: usize| command.operands().nth(at).and_then(|arg| arg.text.as_deref()).unwrap_or_default();
    match command.name.as_str() {
        "sleep" => operand(0) == "infinity",
        "tail" => command.has_flag(&["-f", "-F", "--follow"]) && command.has_arg("/dev/null"),
        "npm" | "yarn" | "pnpm" | "bun" => {
            let script = if matches!(operand(0), "run" | "run-script") { operand(1) } else { operand(0) };
            // `bun start` is a file to bun, but nobody has one of that name.
            matches!(script, "start" | "serve" | "dev")
        }
        "catalina.sh" => operand(0) == "run",
        "nginx" | "openresty" => {
            let ends = command.args.iter().any(|arg| servers::NGINX_ENDS.contains(&arg.lexeme()) && !arg.is("-c"));
            !ends && command.args.iter().any(|arg| arg.lexeme().contains("daemon off"))
        }
        "apachectl" | "apache2ctl" | "httpd" => command.has_arg("FOREGROUND"),
        "mongod" | "redis-server" | "mysqld" | "postgres" | "mysqld_safe" => {
            starts(command).is_some_and(|service| service.start == Start::Direct) && !detaches(command)
        }
        _ => serves(command).is_some() && !detaches(command),
    }
}

/// Whether a program leaves the foreground with these arguments, and nothing of it stays there.
pub fn detaches(command: &Command) -> bool {
    let has = |texts: &[&str]| command.args.iter().any(|arg| texts.contains(&arg.lexeme()));
    let contains = |text: &str| command.args.iter().any(|arg| arg.lexeme().contains(text));
    let operand = command.operands().next().and_then(|arg| arg.text.as_deref()).unwrap_or_default();
    match command.name.as_str() {
        "nginx" | "openresty" => {
            !contains("daemon off") && !has(servers::NGINX_ENDS) && !command.has_dynamic_arg()
        }
        "apachectl" | "apache2ctl" | "httpd" => {
            !contains("FOREGROUND") && !contains("NO_DETACH") && (command.args.is_empty() || has(&["start", "restart"])) && !has(&["-X"])
        }
        "sshd" => !command.args.iter().any(|arg| {
            arg.lexeme().strip_prefix('-').is_some_and(|flags| flags.contains(['D', 'd', 't', 'T', 'i']))
        }),
        "cron" => !has(&["-f", "-L"]),
        "crond" => !command.args.iter().any(|arg| arg.lexeme().strip_prefix('-').is_some_and(|flags| flags.contains(['f', 'n', 'd']))),
        name if name.starts_with("php-fpm") => {
            let packaged = name.len() > "php-fpm".len() && !has(servers::FPM_STAYS);
            has(&["-D", "--daemonize"]) || packaged
        }
        "redis-server" => contains("daemonize") && has(&["yes"]),
        "mongod" => has(&["--fork"]),
        "memcached" => has(&["-d"]),
        "haproxy" | "gunicorn" => has(&["-D", "--daemon"]),
        "uwsgi" => contains("--daemonize"),
        "celery" => has(&["--detach", "multi"]),
        "pm2" => matches!(operand, "start" | "restart" | "reload") && !has(&["--no-daemon"]),
        "forever" => operand == "start",
        "rabbitmq-server" => has(&["-detached"]),
        "pg_ctl" | "catalina.sh" => has(&["start"]),
        "postgres" | "mysqld" => contains("--daemonize"),
        _ => false,
    }
}

/// What to add so that it stays in the foreground; empty: there is another program for that, or it is not known.
pub fn foreground(command: &Command) -> &'static [&'static str] {
    if !command.args.is_empty() {
        return &[];
    }
    match command.name.as_str() {
        "nginx" | "openresty" => &["-g", "daemon off;"],
        "apachectl" | "apache2ctl" | "httpd" => &["-D", "FOREGROUND"],
        "sshd" => &["-D"],
        "cron" | "crond" => &["-f"],
        name if name.starts_with("php-fpm") => &["-F"],
        _ => &[],
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::shell::{Dialect, parse_script};

    fn command(text: &str) -> Command {
        parse_script(text, 0, Dialect::Bash).commands.remove(0)
    }

    #[test]
    fn what_serves_and_where() {
        for (text, name, loopback, sets) in [
            ("uvicorn app:app", Some("uvicorn"), None, false),
            ("python -m uvicorn app:app --port 80", Some("uvicorn"), None, false),
            ("uvicorn app:app --host 127.0.0.1", Some("uvicorn"), Some("127.0.0.1"), true),
            ("uvicorn app:app --host=0.0.0.0", Some("uvicorn"), None, true),
            ("uvicorn app:app $OPTS", Some("uvicorn"), None, true),
            ("flask run", Some("flask run"), None, false),
            ("flask db upgrade", None, None, false),
            ("python manage.py runserver", Some("manage.py runserver"), None, false),
            ("python manage.py runserver 8000", Some("manage.py runserver"), None, false),
            ("python manage.py runserver 0.0.0.0:8000", Some("manage.py runserver"), None, true),
            ("python manage.py runserver 127.0.0.1:8000", Some("manage.py runserver"), Some("127.0.0.1:8000"), true),
            ("gunicorn -b :8000 app", Some("gunicorn"), None, true),
            ("gunicorn -b localhost:8000 app", Some("gunicorn"), Some("localhost:8000"), true),
            ("npx vite", Some("vite"), None, false),
            ("vite build", None, None, false),
            ("uvicorn --version", None, None, false),
            ("php -S localhost:8000", Some("php -S"), Some("localhost:8000"), true),
            ("python -m http.server --bind 127.0.0.1", Some("http.server"), Some("127.0.0.1"), true),
        ] {
            let command = command(text);
            let found = serves(&command);
            assert_eq!(found.as_ref().map(|it| it.name.as_str()), name, "{text}");
            assert_eq!(found.as_ref().and_then(|it| it.loopback_argument()).map(Arg::lexeme), loopback, "{text}");
            assert_eq!(found.is_some_and(|it| it.sets_address()), sets, "{text}");
        }
    }

    #[test]
    fn what_stays_and_what_detaches() {
        for (text, forever, away) in [
            ("npm start", true, false),
            ("npm run build", false, false),
            ("flask run", true, false),
            ("gunicorn -D app", false, true),
            ("sleep infinity", true, false),
            ("redis-server --daemonize yes", false, true),
            ("redis-server", true, false),
            ("mysqld --initialize-insecure", false, false),
            ("nginx", false, true),
            ("nginx -g 'daemon off;'", true, false),
            ("nginx -t", false, false),
            ("apachectl start", false, true),
            ("apache2ctl -D FOREGROUND", true, false),
            ("nginx -t -g 'daemon off;'", false, false),
            ("/usr/sbin/sshd -De", false, false),
            ("/usr/sbin/sshd", false, true),
            ("php-fpm", false, false),
            ("php-fpm8.2", false, true),
            ("pm2 start app.js", false, true),
            ("pm2-runtime app.js", false, false),
        ] {
            let command = command(text);
            assert_eq!((runs_forever(&command), detaches(&command)), (forever, away), "{text}");
        }
    }
}
