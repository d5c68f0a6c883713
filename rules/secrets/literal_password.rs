//! Finds passwords in the commands of a `RUN`.

use crate::commands::credentials::Password;
use crate::finding::prelude::*;
use crate::fixes::unused_password::remove_password;
use crate::knowledge::credentials::Owner;
use crate::knowledge::programs::Class;
use crate::knowledge::secrets::{ANY_VALUE, Suspicion, Value, judge, suspicion};
use crate::shell::Arg;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(check)]).fix(Fixable::Sometimes);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(script) = &step.script else { return };
    for (at, command) in script.commands.iter().enumerate() {
        let fed = at.checked_sub(1).map(|at| &script.commands[at]).filter(|before| {
            command.place.pipe_index > 0
                && (before.place.pipeline == command.place.pipeline
                    // `(echo p; echo p) | vncpasswd`
                    || before.place.depth > command.place.depth
                    || before.place.subshell && !command.place.subshell)
                && before.is_any(&["echo", "printf"])
        });
        let (of_databases, others) = argument(command);
        for (span, of) in account(command, fed).into_iter().chain(others) {
            let mut found = cx.report(span, format!("{of} is hard-coded in the Dockerfile"));
            found.help(match of {
                "an account password" => {
                    "lock the account (`passwd --lock`): `docker exec --user` does not require a password, and SSH accepts keys"
                }
                _ => {
                    "mount it for this step, `RUN --mount=type=secret,id=password …`, and read `/run/secrets/password`"
                }
            });
            if of == name(Owner::Account) {
                found.fix(remove_password(step, command, fed, span, cx.model));
            }
        }
        for (span, of) in of_databases.into_iter().chain(in_sql(command)).chain(assigned(command)) {
            cx.report(span, format!("{of} is hard-coded in the Dockerfile"))
                .at_most(Level::Note)
                .help("set it when the container first starts, from a variable or a mounted file");
        }
    }
}

type Found = Vec<(Span, &'static str)>;

fn is_secret(arg: &Arg) -> bool {
    arg.text.as_deref().is_some_and(is_secret_text)
}

fn is_secret_text(text: &str) -> bool {
    !text.is_empty() && !text.contains('$') && judge(text) == Value::Possible
}

/// `echo root:secret | chpasswd`, `passwd --stdin`, `useradd -p`.
fn account(command: &Command, fed: Option<&Command>) -> Found {
    let of = name(Owner::Account);
    let echoed = || fed.into_iter().flat_map(|echo| echo.operands());
    match command.name.as_str() {
        "chpasswd" => {
            let pair = |text: &str| {
                text.split_once(':').is_some_and(|(user, password)| !user.contains(' ') && is_password(password))
            };
            let mut found: Found =
                echoed().filter(|arg| arg.text.as_deref().is_some_and(pair)).map(|arg| (arg.span, of)).collect();
            let given = command.redirects.iter().filter(|redirect| redirect.operator.ends_with("<<<"));
            let texts = given.filter_map(|redirect| redirect.target.as_ref());
            found.extend(texts.filter(|arg| arg.text.as_deref().is_some_and(pair)).map(|arg| (arg.span, of)));
            found
        }
        "passwd" | "smbpasswd" => {
            let texts = echoed().filter(|arg| arg.text.as_deref().is_some_and(is_password));
            texts.map(|arg| (arg.span, of)).take(1).collect()
        }
        "vncpasswd" if !command.has_arg("-storepasswd") => {
            echoed().filter(|arg| is_secret(arg)).map(|arg| (arg.span, name(Owner::Screen))).collect()
        }
        _ => Vec::new(),
    }
}

fn is_password(text: &str) -> bool {
    let text = text.trim_end_matches("\\n");
    !text.is_empty() && !text.contains(['$', '`']) && !matches!(text, "*" | "!" | "!!" | "x")
}

/// Whether it sets a password rather than locks the account. `$(openssl passwd -1 secret)` reveals it too.
fn is_given(password: &Password) -> bool {
    match password.text.as_deref() {
        // No hash starts with these, so no one can log in.
        Some(text) => !matches!(text, "" | "x") && !text.starts_with(['*', '!']),
        None => {
            let raw = password.raw.trim_matches('"');
            let made = ["openssl passwd", "mkpasswd", "crypt(", "pypasswd"].iter().any(|tool| raw.contains(tool));
            made && !raw.trim_start_matches("$(").contains(['$', '`'])
        }
    }
}

/// Passwords that commands take as an argument: those of databases, which are often for development only, and the others.
fn argument(command: &Command) -> (Found, Found) {
    let passwords = command.credentials().filter(|password| match password.owner {
        Owner::Account => is_given(password),
        _ => password.text.as_deref().is_some_and(is_secret_text),
    });
    let (of_databases, others): (Vec<_>, Vec<_>) = passwords.partition(|password| password.owner == Owner::Database);
    let found = |passwords: Vec<Password>| {
        let named = passwords.into_iter().map(|password| (password.span, name(password.owner)));
        named.collect()
    };
    (found(of_databases), found(others))
}

fn name(owner: Owner) -> &'static str {
    match owner {
        Owner::Account => "an account password",
        Owner::Login => "a password",
        Owner::Database => "a database password",
        Owner::Screen => "a VNC password",
    }
}

/// Passwords in statements for a database.
fn in_sql(command: &Command) -> Found {
    let runs = command.class().is(Class::DATABASE_CLIENT.or(Class::PRINTS)) || command.is_any(&["su", "mysqld"]);
    let args = command.args.iter().filter(|arg| runs && sets_in_sql(&arg.raw));
    args.map(|arg| (arg.span, name(Owner::Database))).collect()
}

/// `IDENTIFIED BY 'secret'`, `WITH PASSWORD 'secret'`.
fn sets_in_sql(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["identified by ", "password "].iter().any(|words| {
        lower.match_indices(words).any(|(at, _)| {
            let rest = text[at + words.len()..].trim_start_matches(['\\', '"', ' ']);
            let Some(rest) = rest.strip_prefix('\'') else { return false };
            rest.split('\'').next().is_some_and(is_secret_text) && rest.contains('\'')
        })
    })
}

/// `PGPASSWORD=secret psql`, `export API_TOKEN=…`.
fn assigned(command: &Command) -> Found {
    // Some steps only need any value: `SECRET_KEY=foo ./manage.py collectstatic`.
    let named = |name: &str, value: &str| {
        suspicion(name) == Some(Suspicion::Strong) && is_secret_text(value) && !ANY_VALUE.contains(&value)
    };
    let own = command.assignments.iter();
    let own = own.filter(|it| it.value.as_deref().is_some_and(|value| named(&it.name, value))).map(|it| it.span);
    let exported = command.args.iter().filter(|arg| {
        let pair = arg.text.as_deref().and_then(|text| text.split_once('='));
        command.is_any(&["export", "declare", "readonly"]) && pair.is_some_and(|(name, value)| named(name, value))
    });
    own.chain(exported.map(|arg| arg.span)).map(|span| (span, "the value of a secret")).collect()
}
