//! `plimsoll mcp`, as a coding agent meets it.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// A running server and the pipes to it: one message a line.
struct Client {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    next: i64,
}

impl Client {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
            .arg("mcp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("it is a pipe"));
        Self { child, input, output, next: 0 }
    }

    /// A session after the handshake, and what the server says of itself.
    fn ready() -> (Self, Value) {
        let mut client = Self::start();
        let answer = client.request(
            "initialize",
            json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}),
        );
        client.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        (client, answer["result"].clone())
    }

    fn send(&mut self, message: &Value) {
        let input = self.input.as_mut().expect("the server runs");
        writeln!(input, "{message}").expect("the server reads");
        input.flush().expect("the server reads");
    }

    /// The whole response.
    fn request(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        self.send(&json!({"jsonrpc": "2.0", "id": self.next, "method": method, "params": params}));
        loop {
            let mut line = String::new();
            assert_ne!(self.output.read_line(&mut line).expect("the server writes"), 0, "the server ended");
            let message: Value = serde_json::from_str(&line).expect("JSON");
            if message["id"] == self.next {
                return message;
            }
        }
    }

    /// What a tool answers, which must be in the form of its schema.
    fn call(&mut self, tool: &str, arguments: Value) -> Value {
        let response = self.request("tools/call", json!({"name": tool, "arguments": arguments}));
        let result = &response["result"];
        assert_ne!(result["isError"], true, "{tool}: {response}");
        let structured = result["structuredContent"].clone();
        let text = result["content"][0]["text"].as_str().expect("the same as text, for older clients");
        assert_eq!(serde_json::from_str::<Value>(text).expect("JSON"), structured);
        structured
    }

    /// Why a call fails: of the tool, or of the protocol.
    fn refusal(&mut self, tool: &str, arguments: Value) -> String {
        let response = self.request("tools/call", json!({"name": tool, "arguments": arguments}));
        if response["result"]["isError"] == true {
            return response["result"]["content"][0]["text"].as_str().expect("text").to_owned();
        }
        response["error"]["message"].as_str().unwrap_or_else(|| panic!("{tool}: {response}")).to_owned()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const TEXT: &str = "FROM debian:bookworm\nMAINTAINER someone\nRUN apt-get update && apt-get install curl\n";

#[test]
fn says_what_it_offers() {
    let (mut client, about) = Client::ready();
    assert_eq!(about["serverInfo"]["name"], "plimsoll");
    assert_eq!(about["serverInfo"]["version"], env!("CARGO_PKG_VERSION"));
    assert!(about["capabilities"]["tools"].is_object(), "{about}");
    let listed = client.request("tools/list", json!({}));
    let tools = listed["result"]["tools"].as_array().expect("a list");
    let mut names: Vec<_> = tools.iter().map(|tool| tool["name"].as_str().expect("a name")).collect();
    names.sort_unstable();
    assert_eq!(names, ["check", "explain_rule", "fix", "image_facts"]);
    for tool in tools {
        assert!(tool["description"].as_str().is_some_and(|text| text.len() > 20), "{tool}");
        for schema in ["inputSchema", "outputSchema"] {
            assert_eq!(tool[schema]["type"], "object", "{tool}");
            let properties = tool[schema]["properties"].as_object().expect("properties");
            assert!(!properties.is_empty(), "{tool}");
        }
    }
}

#[test]
fn checks() {
    let (mut client, _) = Client::ready();
    let found = client.call("check", json!({"text": TEXT}));
    let found = found["findings"].as_array().expect("a list");
    let maintainer = found.iter().find(|found| found["rule"] == "maintainer").expect("it is deprecated");
    assert_eq!((&maintainer["line"], &maintainer["column"]), (&json!(2), &json!(1)));
    assert_eq!(maintainer["safe"], true);
    assert!(maintainer["fix"].is_string(), "{maintainer}");
    let some = client.call("check", json!({"text": TEXT, "select": ["DL3015"]}));
    let some = some["findings"].as_array().expect("a list");
    assert!(!some.is_empty() && some.len() < found.len(), "{some:?}");
    assert_eq!(
        client.call("check", json!({"text": "FROM scratch\n", "select": ["maintainer"]}))["findings"],
        json!([])
    );
    let refusal = client.refusal("check", json!({"text": TEXT, "select": ["no-such-rule"]}));
    assert!(refusal.contains("no-such-rule"), "{refusal}");
    let refusal = client.refusal("check", json!({"text": "#".repeat((1 << 20) + 1)}));
    assert!(refusal.contains("1 MiB"), "{refusal}");
    for arguments in [json!({}), json!({"text": 3}), json!([])] {
        assert!(!client.refusal("check", arguments).is_empty());
    }
}

#[test]
fn fixes() {
    let (mut client, _) = Client::ready();
    let fixed = client.call("fix", json!({"text": TEXT}));
    let diff = fixed["diff"].as_str().expect("text");
    assert!(
        diff.contains("-MAINTAINER someone\n") && diff.contains("+LABEL org.opencontainers.image.authors="),
        "{diff}"
    );
    assert_eq!(fixed["fixed"]["maintainer"], 1);
    let more = client.call("fix", json!({"text": TEXT, "unsafe_fixes": true}));
    assert_ne!(more["diff"], fixed["diff"]);
    let nothing = client.call("fix", json!({"text": "FROM scratch\nCOPY a /\n"}));
    assert_eq!(nothing, json!({"diff": "", "fixed": {}}));
    assert!(!client.refusal("fix", json!({"unsafe_fixes": true})).is_empty());
}

#[test]
fn explains() {
    let (mut client, _) = Client::ready();
    let rule = client.call("explain_rule", json!({"name": "maintainer"}));
    assert_eq!(rule["practice"], "metadata");
    assert!(rule["page"].as_str().is_some_and(|page| page.starts_with("# maintainer")), "{rule}");
    assert_eq!(client.call("explain_rule", json!({"name": "DL4000"}))["name"], "maintainer");
    let refusal = client.refusal("explain_rule", json!({"name": "no-such-rule"}));
    assert!(refusal.contains("no-such-rule"), "{refusal}");
}

#[test]
fn knows_images() {
    let (mut client, _) = Client::ready();
    let image = client.call("image_facts", json!({"image": "docker.io/library/python:3.12-slim"}));
    assert!(image["facts"].as_str().is_some_and(|facts| facts.contains("python:3.12-slim")), "{image}");
    assert!(image["as_of"].as_str().is_some_and(|date| date.len() == 10), "{image}");
    assert_eq!(client.call("image_facts", json!({"image": "example.org/no/such"}))["facts"], Value::Null);
}

#[test]
fn goes_on_after_mistakes() {
    let (mut client, _) = Client::ready();
    assert!(!client.refusal("no_such_tool", json!({})).is_empty());
    let unknown = client.request("no/such/method", json!({}));
    assert_eq!(unknown["error"]["code"], -32601);
    client.call("image_facts", json!({"image": "alpine"}));
    client.input = None;
    let mut rest = String::new();
    while client.output.read_line(&mut rest).expect("it can be read") > 0 {}
    assert_eq!(client.child.wait().expect("it ends").code(), Some(0), "{rest}");
}
