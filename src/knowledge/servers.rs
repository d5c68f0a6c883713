//! Programs that serve over the network until they are stopped, and the address that they listen on by default.

/// A server that a command may start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Server {
    /// The first operand that makes it one: `run` of `flask run`; empty: none is needed.
    pub subcommand: &'static str,
    /// The flags that set the address.
    pub flags: &'static [&'static str],
    /// What to add so that it listens on all addresses; empty: it does so by default, or it is not known.
    pub add: &'static [&'static str],
    /// Variables that set the address.
    pub variables: &'static [&'static str],
}

/// Packages of npm that serve the files of a directory, and their flags that take a value.
pub const STATIC_SERVERS: &[(&str, &[&str])] = &[
    ("serve", &["-l", "--listen", "-p", "--port", "-c", "--config", "--ssl-cert", "--ssl-key", "--ssl-pass"]),
    ("http-server", &["-p", "--port", "-a", "-e", "--ext", "-P", "--proxy", "-C", "--cert", "-K", "--key", "-t"]),
];

type Row = (&'static str, &'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

const HOST: &[&str] = &["--host"];
const ALL: &[&str] = &["--host", "0.0.0.0"];
const BIND: &[&str] = &["-b", "--bind", "--listen", "-u"];
const NONE: &[&str] = &[];

/// Program, subcommand, flags for the address, what to add, variables. Sorted by the first two.
#[rustfmt::skip]
const SERVERS: &[Row] = &[
    ("apache2-foreground", "", NONE, NONE, NONE),
    ("artisan", "serve", HOST, ALL, &["SERVER_HOST"]),
    ("astro", "dev", HOST, ALL, NONE),
    ("astro", "preview", HOST, ALL, NONE),
    ("bokeh", "serve", &["--address"], &["--address", "0.0.0.0"], NONE),
    ("daphne", "", &["-b", "--bind", "-e", "--endpoint", "-u", "--fd"], &["-b", "0.0.0.0"], NONE),
    ("fastapi", "dev", HOST, ALL, NONE),
    ("fastapi", "run", HOST, NONE, NONE),
    ("flask", "run", &["-h", "--host"], ALL, &["FLASK_RUN_HOST"]),
    ("gunicorn", "", &["-b", "--bind", "-c", "--config"], &["--bind", "0.0.0.0:8000"], &["GUNICORN_CMD_ARGS", "PORT"]),
    ("http-server", "", &["-a"], NONE, NONE),
    ("http.server", "", &["-b", "--bind"], NONE, NONE),
    ("hugo", "serve", &["--bind"], &["--bind", "0.0.0.0"], NONE),
    ("hugo", "server", &["--bind"], &["--bind", "0.0.0.0"], NONE),
    ("hypercorn", "", BIND, &["--bind", "0.0.0.0:8000"], NONE),
    ("jekyll", "serve", &["-H", "--host"], ALL, NONE),
    ("json-server", "", HOST, ALL, NONE),
    ("jupyter", "lab", &["--ip"], &["--ip=0.0.0.0"], &["JUPYTER_CONFIG_DIR"]),
    ("jupyter", "notebook", &["--ip"], &["--ip=0.0.0.0"], &["JUPYTER_CONFIG_DIR"]),
    ("manage.py", "runserver", NONE, &["0.0.0.0:8000"], NONE),
    ("mkdocs", "serve", &["-a", "--dev-addr"], &["--dev-addr=0.0.0.0:8000"], NONE),
    ("mlflow", "server", &["-h", "--host"], ALL, NONE),
    ("mlflow", "ui", &["-h", "--host"], ALL, NONE),
    ("next", "dev", &["-H", "--hostname"], NONE, NONE),
    ("next", "start", &["-H", "--hostname"], NONE, NONE),
    ("ng", "serve", HOST, ALL, NONE),
    ("nuxt", "dev", HOST, ALL, &["HOST", "NUXT_HOST"]),
    ("php -S", "", NONE, NONE, NONE),
    ("puma", "", &["-b", "--bind"], NONE, NONE),
    ("rails", "s", &["-b", "--binding"], &["-b", "0.0.0.0"], &["BINDING", "RAILS_ENV", "RACK_ENV"]),
    ("rails", "server", &["-b", "--binding"], &["-b", "0.0.0.0"], &["BINDING", "RAILS_ENV", "RACK_ENV"]),
    ("react-scripts", "start", NONE, NONE, NONE),
    ("streamlit", "run", &["--server.address"], NONE, NONE),
    ("uvicorn", "", &["--host", "--uds", "--fd"], ALL, &["UVICORN_HOST"]),
    ("vite", "", HOST, ALL, NONE),
    ("vite", "dev", HOST, ALL, NONE),
    ("vite", "preview", HOST, ALL, NONE),
    ("vite", "serve", HOST, ALL, NONE),
    ("webpack", "serve", HOST, ALL, NONE),
    ("webpack-dev-server", "", HOST, ALL, NONE),
];

/// Flags with which nginx does not go to the background, or may not.
pub const NGINX_ENDS: &[&str] = &["-t", "-T", "-v", "-V", "-s", "-h", "-?", "-c"];

/// Flags with which PHP-FPM does not go to the background.
pub const FPM_STAYS: &[&str] = &["-F", "--nodaemonize", "-t", "-v", "-i", "-m", "-tt"];

/// Programs that pass requests on to others in the same container.
pub const PROXIES: &[&str] = &["nginx", "haproxy", "caddy", "apache2", "httpd", "supervisor", "envoy"];

/// The server that a program is with this first operand.
pub fn server(program: &str, operand: &str) -> Option<Server> {
    let find = |operand: &str| SERVERS.binary_search_by(|row| (row.0, row.1).cmp(&(program, operand))).ok();
    // `uvicorn app:app`, but not `vite build`.
    let bare = || find("").filter(|_| operand.is_empty() || program != "vite");
    let row = &SERVERS[find(operand).or_else(bare)?];
    Some(Server { subcommand: row.1, flags: row.2, add: row.3, variables: row.4 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers() {
        assert!(SERVERS.is_sorted_by(|a, b| (a.0, a.1) < (b.0, b.1)));
        assert!(server("uvicorn", "app:app").is_some_and(|server| server.add == ALL));
        assert!(server("flask", "run").is_some() && server("flask", "db").is_none());
        assert!(server("vite", "").is_some() && server("vite", "build").is_none());
        assert!(server("fastapi", "run").is_some_and(|server| server.add.is_empty()));
    }
}
