//! The language server, as a client meets it.

mod client;
mod editors;
mod edits;
mod project;
#[path = "../support/skip.rs"]
mod skip;

use client::{Client, apply, position};
use serde_json::{Value, json};

const TEXT: &str = "\
# syntax=docker/dockerfile:1
# A comment
# over two lines
ARG VERSION=3.12
FROM python:$VERSION AS build
ARG VERSION
ENV NAME=é😀 PLACE=/srv
RUN apt-get update && apt-get install -y curl && echo $NAME ${PLACE}
RUN <<EOF
echo $NAME
EOF
FROM debian:bookworm-slim
MAINTAINER someone
WORKDIR /srv
WORKDIR app
COPY --from=build /srv /srv
USER nobody
CMD sleep 100
";

const URI: &str = "file:///nowhere/Dockerfile";

fn ready() -> Client {
    let mut client = Client::start(|_| {});
    client.open(URI, TEXT);
    client
}

fn at(what: &str) -> Value {
    json!({"textDocument": {"uri": URI}, "position": position(TEXT, what)})
}

fn document() -> Value {
    json!({"textDocument": {"uri": URI}})
}

fn names(value: &Value) -> Vec<&str> {
    value.as_array().expect("a list").iter().map(|item| item["name"].as_str().expect("a name")).collect()
}

fn labels(value: &Value) -> Vec<&str> {
    let items = value["items"].as_array().expect("a list");
    items.iter().map(|item| item["label"].as_str().expect("a label")).collect()
}

/// The texts at ranges.
fn texts(ranges: &Value) -> Vec<String> {
    let ranges = ranges.as_array().expect("a list");
    let slice = |range: &Value| {
        TEXT[client::offset(TEXT, &range["range"]["start"])..client::offset(TEXT, &range["range"]["end"])].to_owned()
    };
    ranges.iter().map(slice).collect()
}

#[test]
fn starts_and_stops() {
    let client = ready();
    assert_eq!(client.capabilities["positionEncoding"], "utf-16");
    assert_eq!(client.stop(), Some(0));
    assert_eq!(ready().vanish(), Some(2));
}

#[test]
fn pushes_findings() {
    let mut client = ready();
    let published = client.await_method("textDocument/publishDiagnostics");
    assert_eq!(published["uri"], URI);
    assert_eq!(published["version"], 1);
    let found = published["diagnostics"].as_array().expect("a list");
    let maintainer = found.iter().find(|found| found["code"] == "maintainer").expect("it is deprecated");
    assert_eq!(maintainer["source"], "plimsoll");
    assert_eq!(maintainer["tags"], json!([2]));
    assert_eq!(maintainer["range"]["start"], position(TEXT, "MAINTAINER"));
    assert_eq!(client.pull(URI), published["diagnostics"]);
    client.notify("textDocument/didClose", document());
    assert_eq!(client.await_method("textDocument/publishDiagnostics")["diagnostics"], json!([]));
}

#[test]
fn a_burst_of_changes_is_linted_once() {
    let mut client = ready();
    client.await_method("textDocument/publishDiagnostics");
    for version in 2..50 {
        let start = json!({"line": 0, "character": 0});
        let changes = json!([{"range": {"start": start, "end": start}, "text": "# x\n"}]);
        client.notify(
            "textDocument/didChange",
            json!({"textDocument": {"uri": URI, "version": version}, "contentChanges": changes}),
        );
    }
    let mut versions = Vec::new();
    while versions.last() != Some(&49) {
        let published = client.await_method("textDocument/publishDiagnostics");
        versions.push(published["version"].as_i64().expect("a number"));
    }
    assert!(versions.is_sorted() && versions.len() <= 48, "{versions:?}");
}

#[test]
fn links_rules_to_their_pages() {
    let mut client = Client::start(|params| {
        params["initializationOptions"] = json!({"rulePages": "https://example.org/rules/"});
    });
    client.open(URI, TEXT);
    let found = client.pull(URI);
    let found = found.as_array().expect("a list").iter().find(|found| found["code"] == "maintainer");
    let href = &found.expect("it is deprecated")["codeDescription"]["href"];
    assert_eq!(href, "https://example.org/rules/metadata/maintainer");
}

#[test]
fn hover_tells_what_is_known() {
    let mut client = ready();
    for (what, expected) in [
        ("WORKDIR", "Sets the working directory"),
        ("from=build", "Copies from a stage"),
        ("build /srv", "the image takes files from it"),
        ("PLACE}", "PLACE=/srv"),
        ("VERSION AS", "3.12"),
        ("debian:", "size: about"),
        ("debian:", "does not contain: `curl`"),
        ("syntax=", "frontend"),
    ] {
        let hover = client.request("textDocument/hover", at(what));
        let text = hover["contents"]["value"].as_str().unwrap_or_else(|| panic!("{what}: {hover}"));
        assert!(text.contains(expected), "{what}: {text}");
    }
    let text = "# plimsoll: ignore[maintainer]: x\nFROM scratch\n";
    client.open("file:///nowhere/other/Dockerfile", text);
    let params = json!({
        "textDocument": {"uri": "file:///nowhere/other/Dockerfile"}, "position": position(text, "maintainer")
    });
    let hover = client.request("textDocument/hover", params);
    assert!(hover["contents"]["value"].as_str().expect("text").contains("practice `metadata`"), "{hover}");
}

fn complete(client: &mut Client, text: &str) -> Value {
    let uri = "file:///nowhere/completion/Dockerfile";
    let at = text.find('|').expect("a cursor");
    client.open(uri, &text.replacen('|', "", 1));
    let position = client::position_of(text, at);
    client.request("textDocument/completion", json!({"textDocument": {"uri": uri}, "position": position}))
}

#[test]
fn completes() {
    let mut client = ready();
    for (text, expected) in [
        ("FROM alpine\nWOR|", "WORKDIR"),
        ("|", "FROM"),
        ("FROM alpine\n|RUN x", "WORKDIR"),
        ("FROM alpine\n\\\n|RUN x", "WORKDIR"),
        ("FROM alpine AS base\nFROM |", "base"),
        ("FROM pyth|", "python"),
        ("FROM debian:|", "trixie"),
        ("FROM --platform=|", "linux/arm64"),
        ("FROM alpine AS base\nFROM alpine\nCOPY --from=|", "base"),
        ("FROM alpine\nCOPY --|", "--chown="),
        ("FROM alpine\nRUN --mount=|", "type=cache,target="),
        ("FROM alpine\nRUN --mount=type=cache,|", "target="),
        ("FROM alpine\nENV A_B=1\nRUN echo $A|", "A_B"),
        ("ARG A_B=1\nFROM x:${A|", "A_B"),
        ("FROM alpine\nRUN adduser -D someone\nUSER |", "someone"),
        ("FROM alpine\nSTOPSIGNAL |", "SIGQUIT"),
        ("# plimsoll: ignore[|", "maintainer"),
        ("# hadolint ignore=|", "DL3006"),
        ("FROM alpine |", "AS"),
    ] {
        let found = complete(&mut client, text);
        assert!(labels(&found).contains(&expected), "{text}: {:?}", labels(&found));
    }
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(directory.path().join("src")).expect("written");
    for (name, text) in [("src/main.py", ""), ("app.py", ""), ("secret", ""), (".dockerignore", "secret\n")] {
        std::fs::write(directory.path().join(name), text).expect("written");
    }
    let uri = format!("file://{}/Dockerfile", directory.path().display());
    let text = "FROM alpine\nCOPY ./src/ .\nCOPY  .\n";
    client.open(&uri, text);
    let mut paths = |line: usize, character: usize| {
        let position = json!({"line": line, "character": character});
        client.request("textDocument/completion", json!({"textDocument": {"uri": uri}, "position": position}))
    };
    let found = paths(1, 11);
    assert_eq!(labels(&found), ["main.py"]);
    let found = paths(2, 5);
    let found = labels(&found);
    assert!(found.contains(&"src/") && found.contains(&"app.py") && !found.contains(&"secret"), "{found:?}");
}

#[test]
fn completes_the_configuration() {
    let mut client = ready();
    let uri = "file:///nowhere/plimsoll.toml";
    let text = "pro\n[levels]\nmain\n";
    let document = json!({"uri": uri, "languageId": "toml", "version": 1, "text": text});
    client.notify("textDocument/didOpen", json!({"textDocument": document}));
    let mut at = |line: usize, character: usize| {
        let position = json!({"line": line, "character": character});
        client.request("textDocument/completion", json!({"textDocument": {"uri": uri}, "position": position}))
    };
    let keys = at(0, 3);
    assert!(labels(&keys).contains(&"profile"), "{keys}");
    let rules = at(2, 4);
    assert!(labels(&rules).contains(&"maintainer"), "{rules}");
}

#[test]
fn signatures() {
    let mut client = ready();
    let help = client.request("textDocument/signatureHelp", at("/srv /srv"));
    assert_eq!(help["signatures"][0]["label"], "COPY [flags] source … destination");
    assert_eq!(help["activeParameter"], 1);
    let help = client.request("textDocument/signatureHelp", at("from=build"));
    assert_eq!(help["activeParameter"], 0);
}

#[test]
fn navigates() {
    let mut client = ready();
    let definition = client.request("textDocument/definition", at("build /srv"));
    assert_eq!(definition["range"]["start"], position(TEXT, "build\n"));
    let mut params = at("NAME=");
    params["context"] = json!({"includeDeclaration": false});
    let references = client.request("textDocument/references", params);
    assert_eq!(texts(&references), ["NAME", "NAME"]);
    let marks = client.request("textDocument/documentHighlight", at("VERSION="));
    assert_eq!(texts(&marks), ["VERSION", "VERSION", "VERSION"]);
    let marks = client.request("textDocument/documentHighlight", at("EOF\necho"));
    assert_eq!(texts(&marks), ["EOF", "EOF"]);
}

#[test]
fn renames() {
    let mut client = ready();
    let prepared = client.request("textDocument/prepareRename", at("build /srv"));
    assert_eq!(prepared["start"], position(TEXT, "build /srv"));
    let prepared = client.request("textDocument/prepareRename", at("sleep"));
    assert_eq!(prepared, Value::Null);
    for (what, new, expected) in [
        ("build\n", "maker", TEXT.replace("AS build", "AS maker").replace("=build", "=maker")),
        ("PLACE=", "WHERE", TEXT.replace("PLACE", "WHERE")),
        ("VERSION AS", "V", TEXT.replace("VERSION", "V")),
        ("EOF\necho", "END", TEXT.replace("EOF", "END")),
    ] {
        let mut params = at(what);
        params["newName"] = json!(new);
        let edit = client.request("textDocument/rename", params);
        assert_eq!(apply(TEXT, &edit), expected);
    }
    for (what, new) in [("build\n", "a b"), ("NAME=", "PLACE"), ("NAME=", "1")] {
        let mut params = at(what);
        params["newName"] = json!(new);
        let id = client.post("textDocument/rename", params);
        assert!(client.response(id)["error"]["message"].is_string(), "{what} → {new}");
    }
}

#[test]
fn renames_in_every_script() {
    let mut client = ready();
    let uri = "file:///nowhere/scripts/Dockerfile";
    for (text, what, expected) in [
        ("FROM a\nARG X=1\nRUN X=$(f); echo $X\n", "X=1", "FROM a\nARG new=1\nRUN new=$(f); echo $new\n"),
        (
            "FROM a\nRUN x=1; for y in $x; do echo $y; done\n",
            "x;",
            "FROM a\nRUN new=1; for y in $new; do echo $y; done\n",
        ),
        ("FROM a\nENV D=/d\nONBUILD RUN cd $D\n", "D=", "FROM a\nENV new=/d\nONBUILD RUN cd $new\n"),
        (
            "FROM a\nSHELL [\"powershell\"]\nENV V=1\nRUN $u = $env:V; f \"$U ${env:V}\"\n",
            "V=1",
            "FROM a\nSHELL [\"powershell\"]\nENV new=1\nRUN $u = $env:new; f \"$U ${env:new}\"\n",
        ),
        (
            "FROM a\nSHELL [\"powershell\"]\nRUN $u = 1; f \"$U ${u}x\"\n",
            "u =",
            "FROM a\nSHELL [\"powershell\"]\nRUN $new = 1; f \"$new ${new}x\"\n",
        ),
        (
            "FROM a\nSHELL [\"cmd\"]\nENV V=1\nRUN echo %V%100%V% & powershell f $env:V\n",
            "V=1",
            "FROM a\nSHELL [\"cmd\"]\nENV new=1\nRUN echo %new%100%new% & powershell f $env:new\n",
        ),
    ] {
        client.open(uri, text);
        let mut params = json!({"textDocument": {"uri": uri}, "position": position(text, what)});
        params["newName"] = json!("new");
        let edit = client.request("textDocument/rename", params);
        assert_eq!(apply(text, &edit), expected);
    }
    // What programs know is not renamed.
    let text = "FROM a\nRUN export x=1; make; echo $x\n";
    client.open(uri, text);
    let params = json!({"textDocument": {"uri": uri}, "position": position(text, "x=1")});
    assert_eq!(client.request("textDocument/prepareRename", params), Value::Null);
}

#[test]
fn symbols() {
    let mut client = ready();
    let symbols = client.request("textDocument/documentSymbol", document());
    assert_eq!(names(&symbols), ["syntax", "ARG", "build", "debian:bookworm-slim"]);
    assert_eq!(names(&symbols[3]["children"]), ["MAINTAINER", "WORKDIR", "WORKDIR", "COPY", "USER", "CMD"]);
    let found = client.request("workspace/symbol", json!({"query": "BUI"}));
    assert_eq!(names(&found), ["build"]);
    let mut old = Client::start(|params| {
        params["capabilities"]["textDocument"]["documentSymbol"] = json!({});
    });
    old.open(URI, TEXT);
    let symbols = old.request("textDocument/documentSymbol", document());
    assert_eq!(names(&symbols).len(), 14);
}

#[test]
fn outlines() {
    let mut client = ready();
    let folds = client.request("textDocument/foldingRange", document());
    let lines: Vec<_> = folds.as_array().expect("a list").iter().map(|it| (&it["startLine"], &it["endLine"])).collect();
    assert_eq!(lines, [(&json!(1), &json!(2)), (&json!(8), &json!(10))]);
    let links = client.request("textDocument/documentLink", document());
    assert_eq!(links[1]["target"], "https://hub.docker.com/_/debian/");
    assert_eq!(texts(&links)[1], "debian");
    let position = position(TEXT, "/srv\nUSER");
    let params = json!({"textDocument": {"uri": URI}, "positions": [position]});
    let selection = client.request("textDocument/selectionRange", params);
    let (mut depth, mut inner) = (0, &selection[0]);
    while inner.get("parent").is_some_and(|parent| !parent.is_null()) {
        inner = &inner["parent"];
        depth += 1;
    }
    assert!(depth >= 3, "{selection}");
    assert_eq!(inner["range"]["start"], json!({"line": 0, "character": 0}));
}

#[test]
fn semantic_tokens() {
    let mut client = ready();
    let tokens = client.request("textDocument/semanticTokens/full", document());
    let legend = client.capabilities["semanticTokensProvider"]["legend"]["tokenTypes"].clone();
    let data: Vec<usize> =
        tokens["data"].as_array().expect("a list").iter().map(|it| it.as_u64().expect("a number") as usize).collect();
    let lines: Vec<Vec<u16>> = TEXT.lines().map(|line| line.encode_utf16().collect()).collect();
    let (mut line, mut start, mut found) = (0, 0, Vec::new());
    for token in data.chunks(5) {
        start = if token[0] == 0 { start + token[1] } else { token[1] };
        line += token[0];
        let text = String::from_utf16(&lines[line][start..start + token[2]]).expect("whole characters");
        found.push((text, legend[token[3]].as_str().expect("a name").to_owned()));
    }
    for (text, kind) in [
        ("FROM", "keyword"),
        ("AS", "keyword"),
        ("build", "class"),
        ("NAME", "variable"),
        ("apt-get", "function"),
        ("&&", "operator"),
        ("from", "parameter"),
        ("# A comment", "comment"),
    ] {
        assert!(found.contains(&(text.to_owned(), kind.to_owned())), "{text}: {found:?}");
    }
    let range = json!({"start": {"line": 4, "character": 0}, "end": {"line": 4, "character": 40}});
    let params = json!({"textDocument": {"uri": URI}, "range": range});
    let some = client.request("textDocument/semanticTokens/range", params);
    let count = |tokens: &Value| tokens["data"].as_array().expect("a list").len();
    assert!(0 < count(&some) && count(&some) < data.len());
}

#[test]
fn inlay_hints() {
    let mut client = ready();
    let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}});
    let params = json!({"textDocument": {"uri": URI}, "range": range});
    let hints = client.request("textDocument/inlayHint", params);
    let labels: Vec<_> = hints.as_array().expect("a list").iter().map(|hint| &hint["label"]).collect();
    assert_eq!(labels, ["= python:3.12", "not shipped", "= /srv/app", "as nobody in /srv/app"]);
}

fn actions(client: &mut Client, uri: &str, place: &Value, only: Value) -> Vec<Value> {
    let params = json!({
        "textDocument": {"uri": uri},
        "range": {"start": place, "end": place},
        "context": {"diagnostics": [], "only": only},
    });
    let mut found = client.request("textDocument/codeAction", params);
    found.as_array_mut().map(std::mem::take).unwrap_or_default()
}

fn titled<'a>(actions: &'a [Value], start: &str) -> &'a Value {
    let find = |action: &&Value| action["title"].as_str().is_some_and(|title| title.starts_with(start));
    let titles: Vec<_> = actions.iter().map(|action| &action["title"]).collect();
    &actions.iter().find(find).unwrap_or_else(|| panic!("no {start}: {titles:?}"))["edit"]
}

#[test]
fn fixes() {
    let mut client = ready();
    let found = actions(&mut client, URI, &position(TEXT, "MAINTAINER"), json!(["quickfix"]));
    let fix = found.iter().find(|it| it["title"].as_str().is_some_and(|it| it.contains(", safe (maintainer)")));
    let fix = fix.unwrap_or_else(|| panic!("{found:?}"));
    assert_eq!(fix["isPreferred"], true);
    assert_eq!(fix["diagnostics"][0]["code"], "maintainer");
    let fixed = apply(TEXT, &fix["edit"]);
    assert!(fixed.contains("LABEL org.opencontainers.image.authors=\"someone\""), "{fixed}");
    let ignored = apply(TEXT, titled(&found, "Ignore `maintainer` here"));
    assert!(ignored.contains("# plimsoll: ignore[maintainer]: reason\nMAINTAINER"), "{ignored}");
    let all = actions(&mut client, URI, &position(TEXT, "FROM"), json!(["source.fixAll"]));
    let fixed = apply(TEXT, titled(&all, "Apply all safe fixes"));
    assert!(!fixed.contains("MAINTAINER") && fixed.contains("CMD"), "{fixed}");
}

#[test]
fn fixes_all_of_a_rule() {
    let mut client = ready();
    let text = "FROM alpine:3.22 AS base\nENV A one\nFROM base\nENV B two\nCMD sleep 1\n";
    let uri = "file:///nowhere/rule/Dockerfile";
    client.open(uri, text);
    let found = actions(&mut client, uri, &position(text, "A one"), Value::Null);
    let fixed = apply(text, titled(&found, "Fix all `legacy-pair`"));
    assert_eq!(fixed, text.replace("A one", "A=one").replace("B two", "B=two"));
}

#[test]
fn converts() {
    let mut client = ready();
    for (text, title, expected) in [
        ("FROM alpine\nCMD sleep 1\n", "Convert to exec form", "FROM alpine\nCMD [\"sleep\", \"1\"]\n"),
        (
            "FROM alpine\nRUN a \"x && y\" && \\\n  b > c && d $E\n",
            "Convert to a heredoc",
            "FROM alpine\nRUN <<EOF\nset -e\na \"x && y\"\nb > c\nd $E\nEOF\n",
        ),
    ] {
        let uri = "file:///nowhere/convert/Dockerfile";
        client.open(uri, text);
        let place = json!({"line": 1, "character": 1});
        let found = actions(&mut client, uri, &place, json!(["refactor"]));
        assert_eq!(apply(text, titled(&found, title)), expected);
    }
    for text in
        ["RUN a && b || c", "RUN a && (b && c)", "RUN a && b &", "RUN if a && b; then c; fi", "RUN a && b $(c && d)"]
    {
        let text = format!("FROM alpine\n{text}\n");
        let uri = "file:///nowhere/convert/Dockerfile";
        client.open(uri, &text);
        let found = actions(&mut client, uri, &json!({"line": 1, "character": 1}), json!(["refactor.rewrite"]));
        assert!(found.iter().all(|action| action["title"] != "Convert to a heredoc"), "{text}: {found:?}");
    }
}

#[test]
fn splits_stages() {
    let mut client = ready();
    let text =
        "FROM golang:1.25-alpine\nWORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /app .\nCMD [\"/app\"]\n";
    let uri = "file:///nowhere/split/Dockerfile";
    client.open(uri, text);
    // Wherever in the stage the cursor is.
    for what in ["golang", "COPY", "CMD"] {
        let found = actions(&mut client, uri, &position(text, what), json!(["refactor.rewrite"]));
        let split = apply(text, titled(&found, "build in a first stage"));
        assert!(split.contains(" AS build\n") && split.contains("COPY --from=build /app"), "{split}");
    }
}

#[test]
fn formats() {
    let mut client = ready();
    let text = "from alpine\nRUN  a\nrun   b\n";
    let uri = "file:///nowhere/format/Dockerfile";
    client.open(uri, text);
    let options = json!({"tabSize": 4, "insertSpaces": true});
    let mut params = json!({"textDocument": {"uri": uri}, "options": options});
    let edits = client.request("textDocument/formatting", params.clone());
    let formatted = apply(text, &json!({"documentChanges": [{"edits": edits}]}));
    assert_eq!(formatted, "FROM alpine\nRUN a\nRUN b\n");
    params["range"] = json!({"start": {"line": 1, "character": 0}, "end": {"line": 2, "character": 0}});
    let edits = client.request("textDocument/rangeFormatting", params);
    let formatted = apply(text, &json!({"documentChanges": [{"edits": edits}]}));
    assert_eq!(formatted, "from alpine\nRUN a\nrun   b\n");
}

#[test]
fn lenses_only_for_clients_with_the_command() {
    assert!(ready().capabilities.get("codeLensProvider").is_none());
    let mut client = Client::start(|params| params["initializationOptions"] = json!({"codeLens": true}));
    client.open(URI, TEXT);
    let lenses = client.request("textDocument/codeLens", document());
    for lens in lenses.as_array().expect("a list") {
        let command = lens["command"]["command"].as_str().expect("a name");
        assert!(["plimsoll.verify", "plimsoll.weigh"].contains(&command), "{lens}");
    }
}

#[test]
fn reads_the_configuration_again() {
    let directory = tempfile::tempdir().expect("a directory");
    let uri = format!("file://{}/Dockerfile", directory.path().display());
    let mut client = Client::start(|_| {});
    let registered = client.await_method("client/registerCapability");
    assert_eq!(registered["registrations"][0]["method"], "workspace/didChangeWatchedFiles");
    client.open(&uri, TEXT);
    let has = |found: &Value| found.as_array().expect("a list").iter().any(|found| found["code"] == "maintainer");
    assert!(has(&client.await_method("textDocument/publishDiagnostics")["diagnostics"]));
    let config = directory.path().join("plimsoll.toml");
    std::fs::write(&config, "ignore = [\"maintainer\"]\n").expect("written");
    let changed = json!({"changes": [{"uri": format!("file://{}", config.display()), "type": 1}]});
    client.notify("workspace/didChangeWatchedFiles", changed.clone());
    assert!(!has(&client.await_method("textDocument/publishDiagnostics")["diagnostics"]));
    std::fs::write(&config, "ignore = [\"maintainerr\"]\n").expect("written");
    client.notify("workspace/didChangeWatchedFiles", changed.clone());
    let own = client.await_method("textDocument/publishDiagnostics");
    assert_eq!(own["uri"], uri);
    let problems = client.await_method("textDocument/publishDiagnostics");
    assert!(problems["uri"].as_str().expect("text").ends_with("plimsoll.toml"), "{problems}");
    assert_eq!(problems["diagnostics"][0]["range"]["start"]["line"], 0);
    std::fs::write(&config, "ignore = []\n").expect("written");
    client.notify("workspace/didChangeWatchedFiles", changed);
    assert_eq!(client.await_method("textDocument/publishDiagnostics")["uri"], uri);
    let fixed = client.await_method("textDocument/publishDiagnostics");
    assert_eq!(fixed, json!({"uri": problems["uri"], "diagnostics": []}));
}

#[test]
fn settings_and_folders_change() {
    let mut client = ready();
    client.await_method("textDocument/publishDiagnostics");
    client.notify("workspace/didChangeConfiguration", json!({"settings": {"plimsoll": {"isolated": true}}}));
    client.await_method("textDocument/publishDiagnostics");
    client.notify("workspace/didChangeConfiguration", json!({"settings": {"plimsoll": {"isolated": 3}}}));
    assert!(client.await_method("window/showMessage")["message"].as_str().is_some_and(|it| it.contains("malformed")));
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("Dockerfile"), "FROM alpine AS elsewhere\n").expect("written");
    let folder = json!({"uri": format!("file://{}", directory.path().display()), "name": "x"});
    client.notify("workspace/didChangeWorkspaceFolders", json!({"event": {"added": [folder], "removed": []}}));
    let found = client.request("workspace/symbol", json!({"query": "elsewhere"}));
    assert_eq!(names(&found), ["elsewhere"]);
    client.notify("workspace/didChangeWorkspaceFolders", json!({"event": {"added": [], "removed": [folder]}}));
    let found = client.request("workspace/symbol", json!({"query": "elsewhere"}));
    assert_eq!(names(&found), [""; 0]);
}

#[test]
fn cancelled_and_unknown_requests() {
    let mut client = ready();
    let id = client.post("textDocument/nothing", json!({}));
    assert_eq!(client.response(id)["error"]["code"], -32601);
    let id = client.post("textDocument/hover", json!({"x": 1}));
    assert_eq!(client.response(id)["error"]["code"], -32602);
    // What is cancelled is either answered or refused; the session goes on.
    let first = client.post("workspace/symbol", json!({"query": ""}));
    client.notify("$/cancelRequest", json!({"id": first}));
    let response = client.response(first);
    assert!(response.get("result").is_some() || response["error"]["code"] == -32800, "{response}");
    client.request("shutdown", Value::Null);
    let id = client.post("textDocument/hover", at("FROM"));
    assert_eq!(client.response(id)["error"]["code"], -32600);
}

#[test]
fn encodings() {
    for (encoding, character) in [("utf-8", 22), ("utf-16", 18), ("utf-32", 17)] {
        let mut client = Client::start(|params| {
            params["capabilities"]["general"]["positionEncodings"] = json!([encoding]);
        });
        assert_eq!(client.capabilities["positionEncoding"], encoding);
        let text = "FROM alpine\nENV A=é😀é B=1 C=$B\n";
        client.open(URI, text);
        let before = text.lines().nth(1).expect("a line").split("$B").next().expect("the start");
        let column = match encoding {
            "utf-8" => before.len(),
            "utf-16" => before.encode_utf16().count(),
            _ => before.chars().count(),
        } + 1;
        assert_eq!(column, character, "{encoding}");
        let params = json!({"textDocument": {"uri": URI}, "position": {"line": 1, "character": column}});
        let highlights = client.request("textDocument/documentHighlight", params);
        // The definition of `B` on the same line, and its use.
        let last = &highlights[1]["range"]["start"]["character"];
        assert_eq!(last, column, "{encoding}: {highlights}");
    }
}
