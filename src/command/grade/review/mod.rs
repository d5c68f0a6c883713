//! `plimsoll grade --serve`: the results of a class in a browser, where the teacher overrides marks.
//!
//! ```text
//! browser ─ HTTP on 127.0.0.1 ─► Access: host, token ─► page or form ─► ReviewSession: overrides, results
//! ```

mod access;
mod form;
mod session;

use std::io::Read;
use std::time::Duration;

use tiny_http::{Header, Method, Request, Response, Server};

use crate::command::options::GlobalOptions;
use crate::command::options::grade::GradeOptions;
use crate::command::terminal::Terminal;
use crate::command::{Exit, Stop, print};
use crate::process;
use crate::text::Problem;
use access::{Access, Head, Verdict};
use form::Form;
use session::ReviewSession;

/// How often to look whether the user has interrupted the program.
const POLL: Duration = Duration::from_millis(200);
/// The longest form that is read, in bytes.
const MAX_FORM: usize = 1 << 20;

/// Grades the class, and serves its pages until the user ends the program.
pub(super) fn run(args: &GradeOptions, port: u16, global: &GlobalOptions, terminal: &Terminal) -> Result<Exit, Stop> {
    let failed = |error: &dyn std::fmt::Display| Problem::error(format!("cannot serve on 127.0.0.1:{port}: {error}"));
    let Some(mut session) = ReviewSession::open(args, global, terminal)? else { return Ok(Exit::Nothing) };
    let server = Server::http(("127.0.0.1", port)).map_err(|error| failed(&error))?;
    let port = server.server_addr().to_ip().map_or(port, |address| address.port());
    let access = Access::new(port).map_err(|error| failed(&error))?;
    process::catch_signals();
    print(format!("review the results at {}\npress Ctrl-C to end\n", access.url()).as_bytes())?;
    while !process::cancelled() {
        match server.recv_timeout(POLL) {
            Ok(Some(request)) => answer(request, &access, &mut session),
            Ok(None) => {}
            Err(error) => return Err(failed(&error).into()),
        }
    }
    Ok(Exit::Clean)
}

/// What is sent back.
struct Reply {
    status: u16,
    kind: &'static str,
    body: String,
    headers: Vec<(&'static str, String)>,
}

impl Reply {
    fn page(html: String) -> Self {
        Self { status: 200, kind: "text/html; charset=utf-8", body: html, headers: Vec::new() }
    }

    fn text(status: u16, text: impl Into<String>) -> Self {
        Self { status, kind: "text/plain; charset=utf-8", body: text.into(), headers: Vec::new() }
    }

    fn see_other(path: String) -> Self {
        Self { headers: vec![("Location", path)], ..Self::text(303, "") }
    }

    fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    fn send(self, request: Request) {
        let Self { status, kind, body, headers } = self;
        let mut response = Response::from_string(body).with_status_code(status);
        let always = [
            ("Content-Type", kind),
            ("Cache-Control", "no-store"),
            // Not `no-referrer`: browsers would then send forms without their origin.
            ("Referrer-Policy", "same-origin"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
        ];
        let own = headers.iter().map(|(name, value)| (*name, value.as_str()));
        for (name, value) in always.into_iter().chain(own) {
            if let Ok(header) = Header::from_bytes(name, value) {
                response.add_header(header);
            }
        }
        // A browser that has gone away needs no answer.
        let _ = request.respond(response);
    }
}

fn answer(mut request: Request, access: &Access, session: &mut ReviewSession<'_>) {
    let header = |name: &str| {
        let found = request.headers().iter().find(|header| header.field.as_str().as_str().eq_ignore_ascii_case(name));
        found.map(|header| header.value.as_str().to_owned())
    };
    let head = Head { host: header("Host"), origin: header("Origin"), cookie: header("Cookie") };
    let url = request.url().to_owned();
    let (path, query) = url.split_once('?').unwrap_or((&url, ""));
    match access.check(&head, query) {
        Verdict::Allowed => {}
        Verdict::SignedIn(cookie) => return Reply::see_other("/".to_owned()).with("Set-Cookie", cookie).send(request),
        // The rest of the request is read while the reply is sent: not by this thread, which serves others.
        Verdict::Refused(status, why) => {
            std::thread::spawn(move || Reply::text(status, why).send(request));
            return;
        }
    }
    let reply = match (request.method(), path) {
        (Method::Get, path) => get(path, access, session),
        (Method::Post, "/marks" | "/regrade") => {
            let mut bytes = Vec::new();
            let read = request.as_reader().take(MAX_FORM as u64 + 1).read_to_end(&mut bytes);
            let form = Form::parse(&String::from_utf8_lossy(&bytes));
            match read {
                Ok(length) if length > MAX_FORM => Reply::text(413, "the form is too long"),
                Err(_) => Reply::text(400, "the form cannot be read"),
                Ok(_) if !access.is_own_form(form.get("form")) => Reply::text(403, "this form is not from these pages"),
                Ok(_) => post(path, &form, session),
            }
        }
        _ => Reply::text(405, "this method is not supported"),
    };
    reply.send(request);
}

fn get(path: &str, access: &Access, session: &ReviewSession<'_>) -> Reply {
    match path {
        "/" => Reply::page(session.class_page(access.form())),
        "/grades.csv" => Reply { kind: "text/csv; charset=utf-8", ..Reply::text(200, session.table()) },
        path => {
            let name = path.strip_prefix("/students/").and_then(|path| path.strip_suffix(".html"));
            match name.and_then(|name| session.student_page(name, access.form())) {
                Some(html) => Reply::page(html),
                None => Reply::text(404, "no such page"),
            }
        }
    }
}

fn post(path: &str, form: &Form, session: &mut ReviewSession<'_>) -> Reply {
    let done = match path {
        "/marks" => session.save(form).map(|name| format!("/students/{name}.html")),
        _ => session.regrade().map(|()| "/".to_owned()),
    };
    match done {
        Ok(path) => Reply::see_other(path),
        Err(why) => Reply::text(422, format!("nothing was changed: {why}\n")),
    }
}
