//! The language server: `plimsoll server` speaks the Language Server Protocol over standard input and output.
//!
//! One thread handles messages in order. Before each one everything that has arrived is taken in, so that a request that
//! was cancelled meanwhile is not answered in full, and findings are published once after a burst of changes. A document
//! keeps its text and its tree; the model is built for each request, which takes less time than a key stroke.
//!
//! Each family of requests is one file. Places are bytes everywhere but in `position` and where an answer is made.

mod actions;
mod answer;
mod capabilities;
mod completion;
mod compose_completion;
mod compose_cursor;
mod compose_docs;
mod compose_hover;
mod compose_names;
mod compose_outline;
mod conversions;
mod diagnostics;
mod dispatch;
mod document;
mod folds;
mod formatting;
mod hints;
mod hover;
mod image_facts;
mod instruction_docs;
#[cfg(feature = "mcp")]
pub mod mcp;
mod name;
mod names;
mod navigation;
mod occurrences;
mod options;
mod outline;
mod position;
mod script_variables;
mod session;
mod signature;
mod symbol;
mod symbols;
mod tokens;
mod uri;
mod watch;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use lsp_server::{Connection, Message, RequestId};
use lsp_types::{InitializeParams, InitializeResult, ServerInfo};

use crate::config::Lookup;
use session::Session;

/// Why the server stopped before it was asked to.
#[derive(Debug)]
pub struct ServerError(String);

impl std::fmt::Display for ServerError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ServerError {}

/// How long findings wait for further changes, where finding them takes longer than that.
const PAUSE: Duration = Duration::from_millis(2);

/// Serves one client on standard input and output until it says `exit`.
///
/// # Errors
/// When the client breaks the protocol, or goes away without `shutdown`.
pub fn serve(lookup: Lookup) -> Result<(), ServerError> {
    let (connection, threads) = Connection::stdio();
    let served = talk(&connection, lookup);
    drop(connection);
    // Standard input may stay open: only a client that said `exit` ends the threads.
    if served.is_ok() {
        threads.join().map_err(|error| ServerError(error.to_string()))?;
    }
    served
}

fn talk(connection: &Connection, lookup: Lookup) -> Result<(), ServerError> {
    let broken = |error: &dyn std::fmt::Display| ServerError(format!("the client broke the protocol: {error}"));
    let (id, params) = connection.initialize_start().map_err(|error| broken(&error))?;
    let params: InitializeParams = serde_json::from_value(params).map_err(|error| broken(&error))?;
    let sender = connection.sender.clone();
    // A client that is gone is noticed where messages are received.
    let mut session = Session::new(&params, lookup, move |message| _ = sender.send(message));
    let result = InitializeResult {
        capabilities: capabilities::of(&session),
        server_info: Some(ServerInfo {
            name: "plimsoll".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
    };
    let result = serde_json::to_value(result).map_err(|error| broken(&error))?;
    connection.initialize_finish(id, result).map_err(|error| broken(&error))?;
    watch::register(&mut session);
    let mut queue = VecDeque::new();
    let mut taken = Duration::ZERO;
    loop {
        take_in(connection, &mut session, &mut queue, &mut taken);
        let Some(message) = queue.pop_front() else {
            return match session.shut_down {
                true => Ok(()),
                false => Err(ServerError("the client went away without `shutdown`".to_owned())),
            };
        };
        match message {
            Message::Request(request) => {
                let cancelled = remove_cancel(&mut queue, &request.id);
                dispatch::request(&mut session, request, cancelled);
            }
            Message::Notification(notification) if notification.method == "exit" => {
                return match session.shut_down {
                    true => Ok(()),
                    false => Err(ServerError("the client said `exit` before `shutdown`".to_owned())),
                };
            }
            Message::Notification(notification) => dispatch::notification(&mut session, notification),
            Message::Response(_) => {}
        }
    }
}

/// Moves what has arrived to the queue. While there is nothing, publishes findings, and then waits. `taken` is how long the
/// last findings took: those of short files are not worth a pause.
fn take_in(connection: &Connection, session: &mut Session, queue: &mut VecDeque<Message>, taken: &mut Duration) {
    queue.extend(connection.receiver.try_iter());
    if !queue.is_empty() {
        return;
    }
    if session.has_unpublished() {
        let pause = if *taken < PAUSE { Duration::ZERO } else { PAUSE };
        if let Ok(message) = connection.receiver.recv_timeout(pause) {
            return queue.push_back(message);
        }
        let begin = Instant::now();
        dispatch::guarded(|| diagnostics::publish(session));
        *taken = begin.elapsed();
    }
    queue.extend(connection.receiver.recv());
}

/// Whether the request has been cancelled by a message that waits.
fn remove_cancel(queue: &mut VecDeque<Message>, id: &RequestId) -> bool {
    let id = serde_json::to_value(id).unwrap_or_default();
    let is_cancel = |message: &Message| match message {
        Message::Notification(note) => note.method == "$/cancelRequest" && note.params.get("id") == Some(&id),
        _ => false,
    };
    let at = queue.iter().position(is_cancel);
    at.and_then(|at| queue.remove(at)).is_some()
}
