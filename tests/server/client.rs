//! A client of the language server, as true to the protocol as the tests need.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// A running server and the pipes to it.
pub struct Client {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    next: i64,
    /// Notifications and requests of the server that nobody has asked for yet.
    waiting: VecDeque<Value>,
    pub capabilities: Value,
}

impl Client {
    /// Starts a server, with everything switched on that the tests look at.
    pub fn start(change: impl FnOnce(&mut Value)) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
            .arg("server")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("it is a pipe"));
        let mut client = Self { child, input, output, next: 0, waiting: VecDeque::new(), capabilities: Value::Null };
        let mut params = json!({
            "processId": null,
            "rootUri": null,
            "capabilities": {
                "general": {"positionEncodings": ["utf-16"]},
                "workspace": {
                    "workspaceEdit": {"documentChanges": true, "resourceOperations": ["create"]},
                    "didChangeWatchedFiles": {"dynamicRegistration": true},
                },
                "textDocument": {
                    "hover": {"contentFormat": ["markdown"]},
                    "documentSymbol": {"hierarchicalDocumentSymbolSupport": true},
                    "completion": {"completionItem": {"snippetSupport": true}},
                    "publishDiagnostics": {"relatedInformation": true},
                },
            },
        });
        change(&mut params);
        client.capabilities = client.request("initialize", params)["capabilities"].take();
        client.notify("initialized", json!({}));
        client
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        let input = self.input.as_mut().expect("the server runs");
        write!(input, "Content-Length: {}\r\n\r\n{body}", body.len()).expect("the server reads");
        input.flush().expect("the server reads");
    }

    fn receive(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert_ne!(self.output.read_line(&mut line).expect("the server writes"), 0, "the server ended");
            let line = line.trim();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("Content-Length: ") {
                length = value.parse().expect("a number");
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).expect("the whole message");
        serde_json::from_slice(&body).expect("JSON")
    }

    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Sends a request and gives its number.
    pub fn post(&mut self, method: &str, params: Value) -> i64 {
        self.next += 1;
        self.send(&json!({"jsonrpc": "2.0", "id": self.next, "method": method, "params": params}));
        self.next
    }

    /// Waits for the response to a request.
    pub fn response(&mut self, id: i64) -> Value {
        loop {
            let message = self.receive();
            if message.get("method").is_none() && message["id"] == id {
                return message;
            }
            self.waiting.push_back(message);
        }
    }

    /// The result of a request, which must succeed.
    pub fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.post(method, params);
        let mut response = self.response(id);
        assert!(response.get("error").is_none(), "{method}: {}", response["error"]);
        response["result"].take()
    }

    /// The next message of the server with this method.
    pub fn await_method(&mut self, method: &str) -> Value {
        if let Some(at) = self.waiting.iter().position(|message| message["method"] == method) {
            return self.waiting.remove(at).expect("it was just there")["params"].take();
        }
        loop {
            let mut message = self.receive();
            if message["method"] == method {
                return message["params"].take();
            }
            self.waiting.push_back(message);
        }
    }

    pub fn open(&mut self, uri: &str, text: &str) {
        let document = json!({"uri": uri, "languageId": "dockerfile", "version": 1, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": document}));
    }

    /// The findings that the server gives when asked.
    pub fn pull(&mut self, uri: &str) -> Value {
        let mut report = self.request("textDocument/diagnostic", json!({"textDocument": {"uri": uri}}));
        report["items"].take()
    }

    /// Shuts the server down and gives its exit status.
    pub fn stop(mut self) -> Option<i32> {
        self.request("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        self.input = None;
        self.child.wait().expect("it ends").code()
    }

    /// Goes away without a word.
    pub fn vanish(mut self) -> Option<i32> {
        self.input = None;
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Applies the edits of a workspace edit to the text of one document; columns are characters.
pub fn apply(text: &str, edit: &Value) -> String {
    let mut edits: Vec<(usize, usize, String)> = Vec::new();
    for change in edit["documentChanges"].as_array().expect("changes") {
        for edit in change["edits"].as_array().expect("edits") {
            let at = |which: &str| offset(text, &edit["range"][which]);
            edits.push((at("start"), at("end"), edit["newText"].as_str().expect("text").to_owned()));
        }
    }
    edits.sort();
    let mut out = text.to_owned();
    for (start, end, new) in edits.into_iter().rev() {
        out.replace_range(start..end, &new);
    }
    out
}

/// The byte at a position in UTF-16.
pub fn offset(text: &str, position: &Value) -> usize {
    let line = position["line"].as_u64().expect("a number") as usize;
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let mut units = position["character"].as_u64().expect("a number") as usize;
    let mut at = start;
    for char in text[start..].chars() {
        if units == 0 {
            break;
        }
        units -= char.len_utf16();
        at += char.len_utf8();
    }
    at
}

/// Where `what` first stands in a text, as a position in UTF-16.
pub fn position(text: &str, what: &str) -> Value {
    let at = text.find(what).unwrap_or_else(|| panic!("{what} is in the text"));
    position_of(text, at)
}

/// The position of a byte in UTF-16.
pub fn position_of(text: &str, at: usize) -> Value {
    let line = text[..at].matches('\n').count();
    let start = text[..at].rfind('\n').map_or(0, |before| before + 1);
    json!({"line": line, "character": text[start..at].encode_utf16().count()})
}
