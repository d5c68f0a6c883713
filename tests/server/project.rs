//! A project of several files: a Dockerfile, Compose files and a bake file that build it.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::{Client, offset, position, position_of};

const DOCKERFILE: &str = "\
ARG VERSION=3.22
FROM alpine:$VERSION AS build
ARG VERSION
RUN touch /file-$VERSION
FROM alpine:$VERSION
COPY --from=build /file* /
USER nobody
CMD [\"cat\", \"/file\"]
";

const COMPOSE: &str = "\
services:
  web:
    build:
      context: .
      target: build
      args:
        VERSION: \"3.21\"
    depends_on:
      - db
    networks: [front]
    env_file: web.env
  db:
    image: postgres:17-alpine
    volumes:
      - \"data:/var/lib/postgresql/data\"
    networks:
      front:
volumes:
  data:
networks:
  front:
";

const OVERRIDE: &str = "\
services:
  db:
    environment:
      POSTGRES_PASSWORD: ${PASSWORD:-x}
  tool:
    image: busybox
    network_mode: service:db
";

const BAKE: &str = "\
target \"app\" {
  target = \"build\"
  args = { VERSION = \"3.20\" }
}
";

struct Project {
    directory: TempDir,
    client: Client,
}

impl Project {
    fn new(open: &[&str]) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let mut project = Self { directory, client: Client::start(|_| {}) };
        // The whole project lies in one repository.
        std::fs::create_dir(project.directory.path().join(".git")).expect("written");
        let files = [
            ("Dockerfile", DOCKERFILE),
            ("compose.yaml", COMPOSE),
            ("compose.override.yaml", OVERRIDE),
            ("docker-bake.hcl", BAKE),
            ("web.env", "A=1\n"),
        ];
        // The server looks at all of them when the first one is opened.
        for (name, text) in files {
            std::fs::write(project.directory.path().join(name), text).expect("written");
        }
        for (name, text) in files.into_iter().filter(|file| open.contains(&file.0)) {
            project.open(name, text);
        }
        project
    }

    fn uri(&self, name: &str) -> String {
        format!("file://{}/{name}", self.directory.path().display())
    }

    fn open(&mut self, name: &str, text: &str) {
        let language = match name {
            "Dockerfile" => "dockerfile",
            "docker-bake.hcl" => "hcl",
            "plimsoll.toml" => "toml",
            _ => "yaml",
        };
        let document = json!({"uri": self.uri(name), "languageId": language, "version": 1, "text": text});
        self.client.notify("textDocument/didOpen", json!({"textDocument": document}));
    }

    fn ask(&mut self, method: &str, name: &str, position: Value) -> Value {
        let params = json!({
            "textDocument": {"uri": self.uri(name)},
            "position": position,
            "context": {"includeDeclaration": true, "triggerKind": 1},
            "newName": "fresh",
        });
        self.client.request(&format!("textDocument/{method}"), params)
    }

    /// The files after a rename, those that change.
    fn renamed(&mut self, name: &str, place: Value) -> Vec<(String, String)> {
        let edit = self.ask("rename", name, place);
        let changes = edit["documentChanges"].as_array().unwrap_or_else(|| panic!("no changes: {edit}"));
        let mut files = Vec::new();
        for change in changes {
            let uri = change["textDocument"]["uri"].as_str().expect("a URI");
            let name = uri.rsplit('/').next().expect("a name").to_owned();
            let text = std::fs::read_to_string(self.directory.path().join(&name)).expect("it is there");
            let whole = json!({"documentChanges": [change]});
            files.push((name, crate::client::apply(&text, &whole)));
        }
        files.sort();
        files
    }

    fn complete(&mut self, name: &str, text: &str) -> Vec<String> {
        let at = text.find('|').expect("a cursor");
        self.open(name, &text.replacen('|', "", 1));
        let found = self.ask("completion", name, position_of(text, at));
        let items = found["items"].as_array().unwrap_or_else(|| panic!("no list: {found}"));
        items.iter().map(|item| item["label"].as_str().expect("a label").to_owned()).collect()
    }

    fn hover(&mut self, name: &str, place: Value) -> String {
        let hover = self.ask("hover", name, place);
        hover["contents"]["value"].as_str().unwrap_or_default().to_owned()
    }
}

/// Texts that a location's files have there.
fn places(project: &Project, found: &Value) -> Vec<String> {
    let show = |location: &Value| {
        let name = location["uri"].as_str().expect("a URI").rsplit('/').next().expect("a name").to_owned();
        let text = std::fs::read_to_string(project.directory.path().join(&name)).expect("it is there");
        let range = &location["range"];
        let written = &text[offset(&text, &range["start"])..offset(&text, &range["end"])];
        format!("{name}:{} {written}", range["start"]["line"].as_u64().expect("a number") + 1)
    };
    found.as_array().map_or_else(|| vec![show(found)], |all| all.iter().map(show).collect())
}

#[test]
fn a_stage_is_one_name_in_all_files() {
    let mut project = Project::new(&["Dockerfile", "compose.yaml", "docker-bake.hcl"]);
    let expected = [
        ("Dockerfile", DOCKERFILE.replace("AS build", "AS fresh").replace("=build", "=fresh")),
        ("compose.yaml", COMPOSE.replace("target: build", "target: fresh")),
        ("docker-bake.hcl", BAKE.replace("\"build\"", "\"fresh\"")),
    ];
    let expected = expected.map(|(name, text)| (name.to_owned(), text));
    for (name, text, what) in [
        ("Dockerfile", DOCKERFILE, "build\n"),
        ("Dockerfile", DOCKERFILE, "build /file"),
        ("compose.yaml", COMPOSE, "build\n      args"),
        ("docker-bake.hcl", BAKE, "build\""),
    ] {
        assert_eq!(project.renamed(name, position(text, what)), expected, "{name} {what}");
    }
    let definition = project.ask("definition", "compose.yaml", position(COMPOSE, "build\n      args"));
    assert_eq!(places(&project, &definition), ["Dockerfile:2 build"]);
    let definition = project.ask("definition", "docker-bake.hcl", position(BAKE, "build\""));
    assert_eq!(places(&project, &definition), ["Dockerfile:2 build"]);
    let references = project.ask("references", "Dockerfile", position(DOCKERFILE, "build\n"));
    assert_eq!(
        places(&project, &references),
        ["Dockerfile:2 build", "Dockerfile:6 build", "compose.yaml:5 build", "docker-bake.hcl:2 build"]
    );
}

#[test]
fn a_build_argument_is_one_name_in_all_files() {
    // Nothing but the Dockerfile is open: the others are read.
    let mut project = Project::new(&["Dockerfile"]);
    let expected = [
        ("Dockerfile", DOCKERFILE.replace("VERSION", "fresh")),
        ("compose.yaml", COMPOSE.replace("VERSION", "fresh")),
        ("docker-bake.hcl", BAKE.replace("VERSION", "fresh")),
    ];
    let expected = expected.map(|(name, text)| (name.to_owned(), text));
    for what in ["VERSION=", "VERSION AS", "VERSION\nRUN"] {
        assert_eq!(project.renamed("Dockerfile", position(DOCKERFILE, what)), expected, "{what}");
    }
}

#[test]
fn services_networks_and_volumes_are_renamed_in_all_compose_files() {
    let mut project = Project::new(&["compose.yaml"]);
    let files = project.renamed("compose.yaml", position(COMPOSE, "db\n    networks"));
    let expected = [
        ("compose.override.yaml", OVERRIDE.replace("  db:", "  fresh:").replace("service:db", "service:fresh")),
        ("compose.yaml", COMPOSE.replace("  db:", "  fresh:").replace("- db", "- fresh")),
    ];
    assert_eq!(files, expected.map(|(name, text)| (name.to_owned(), text)));
    let files = project.renamed("compose.yaml", position(COMPOSE, "data:/var"));
    let expected = COMPOSE.replace("data:/var", "fresh:/var").replace("  data:\n", "  fresh:\n");
    assert_eq!(files, [("compose.yaml".to_owned(), expected)]);
    let files = project.renamed("compose.yaml", position(COMPOSE, "front]"));
    assert_eq!(files, [("compose.yaml".to_owned(), COMPOSE.replace("front", "fresh"))]);
    let marks = project.ask("documentHighlight", "compose.yaml", position(COMPOSE, "front]"));
    assert_eq!(marks.as_array().map(Vec::len), Some(3), "{marks}");
    let range = project.ask("prepareRename", "compose.yaml", position(COMPOSE, "data:/var"));
    assert_eq!(range["start"], position(COMPOSE, "data:/var"));
    let mut params = json!({"textDocument": {"uri": project.uri("compose.yaml")}, "newName": "web"});
    params["position"] = position(COMPOSE, "db\n    networks");
    let id = project.client.post("textDocument/rename", params);
    let error = project.client.response(id);
    assert!(error["error"]["message"].as_str().is_some_and(|it| it.contains("another service")), "{error}");
}

#[test]
fn compose_files_are_completed() {
    let mut project = Project::new(&[]);
    let head = COMPOSE.split("  web:").next().expect("the top");
    for (text, expected) in [
        ("serv|".to_owned(), "services"),
        (COMPOSE.replace("  db:\n", "  db:\n    heal|\n"), "healthcheck"),
        (COMPOSE.replace("      context: .\n", "      context: .\n      no|\n"), "no_cache"),
        (COMPOSE.replace("      - db", "      - |"), "db"),
        (COMPOSE.replace("networks: [front]", "networks:\n      - |"), "front"),
        (COMPOSE.replace("\"data:/var/lib/postgresql/data\"", "|"), "data"),
        (COMPOSE.replace("target: build", "target: |"), "build"),
        (COMPOSE.replace("        VERSION: \"3.21\"", "        |"), "VERSION"),
        (COMPOSE.replace("postgres:17-alpine", "pos|"), "postgres"),
        (COMPOSE.replace("postgres:17-alpine", "debian:|"), "trixie"),
        (COMPOSE.replace("web.env", "|"), "web.env"),
        (format!("{head}  a:\n    restart: |\n"), "unless-stopped"),
        (format!("{head}  a:\n    network_mode: |\n  b:\n    image: x\n"), "service:b"),
        (format!("{head}  a:\n    depends_on:\n      b:\n        condition: |\n"), "service_healthy"),
        (format!("{head}  a:\n    init: |\n"), "true"),
        (format!("{head}  # plimsoll: ignore[|\n  a:\n    image: x\n"), "latest-tag"),
    ] {
        let found = project.complete("compose.yaml", &text);
        assert!(found.iter().any(|label| label == expected), "{text}: {found:?}");
    }
}

#[test]
fn compose_files_are_explained() {
    let mut project = Project::new(&["compose.yaml", "compose.override.yaml"]);
    for (name, text, what, expected) in [
        ("compose.yaml", COMPOSE, "depends_on", "Services to start first"),
        ("compose.yaml", COMPOSE, "target: build", "The stage to build"),
        ("compose.yaml", COMPOSE, "postgres:17", "a database"),
        ("compose.yaml", COMPOSE, "db\n", "postgres:17-alpine"),
        ("compose.yaml", COMPOSE, "data:/var", "used by `db`"),
        ("compose.yaml", COMPOSE, "front]", "used by `web`, `db`"),
        ("compose.override.yaml", OVERRIDE, "PASSWORD:-", "otherwise: `x`"),
    ] {
        let hover = project.hover(name, position(text, what));
        assert!(hover.contains(expected), "{what}: {hover}");
    }
}

#[test]
fn compose_files_have_an_outline() {
    let mut project = Project::new(&["compose.yaml"]);
    let document = json!({"textDocument": {"uri": project.uri("compose.yaml")}});
    let symbols = project.client.request("textDocument/documentSymbol", document.clone());
    assert_eq!(crate::names(&symbols), ["services", "volumes", "networks"]);
    assert_eq!(crate::names(&symbols[0]["children"]), ["web", "db"]);
    let folds = project.client.request("textDocument/foldingRange", document.clone());
    let folds: Vec<_> = folds.as_array().expect("a list").iter().map(|it| (&it["startLine"], &it["endLine"])).collect();
    assert!(folds.contains(&(&json!(0), &json!(16))) && folds.contains(&(&json!(11), &json!(16))), "{folds:?}");
    let links = project.client.request("textDocument/documentLink", document);
    let targets: Vec<_> = links.as_array().expect("a list").iter().filter_map(|link| link["target"].as_str()).collect();
    assert!(targets.contains(&"https://hub.docker.com/_/postgres/"), "{targets:?}");
    assert!(targets.iter().any(|target| target.ends_with("/Dockerfile")), "{targets:?}");
    assert!(targets.iter().any(|target| target.ends_with("/web.env")), "{targets:?}");
    let positions = json!([position(COMPOSE, "17-alpine")]);
    let params = json!({"textDocument": {"uri": project.uri("compose.yaml")}, "positions": positions});
    let selection = project.client.request("textDocument/selectionRange", params);
    assert!(selection[0]["parent"]["parent"]["parent"]["parent"].is_object(), "{selection}");
    let found = project.client.request("workspace/symbol", json!({"query": "we"}));
    assert_eq!(crate::names(&found), ["web"]);
}

#[test]
fn builds_of_the_project_count() {
    // `missing-user` looks at the stage that Compose builds, and the variables that it sets.
    let mut project = Project::new(&["Dockerfile"]);
    let uri = project.uri("Dockerfile");
    let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}});
    let hints = project.client.request("textDocument/inlayHint", json!({"textDocument": {"uri": uri}, "range": range}));
    let labels: Vec<_> = hints.as_array().expect("a list").iter().filter_map(|hint| hint["label"].as_str()).collect();
    assert!(labels.contains(&"= alpine:3.21"), "{labels:?}");
    // As on the command line.
    let found = project.client.pull(&uri);
    let out = std::process::Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["check", "--format", "jsonl"])
        .arg(project.directory.path().join("Dockerfile"))
        .output()
        .expect("it runs");
    let lines = String::from_utf8(out.stdout).expect("text");
    let mut shown: Vec<String> = lines
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok()?["rule"].as_str().map(str::to_owned))
        .collect();
    let codes = found.as_array().expect("a list").iter().filter_map(|found| found["code"].as_str());
    let mut codes: Vec<_> = codes.map(str::to_owned).collect();
    shown.sort();
    codes.sort();
    assert_eq!(codes, shown);
}

#[test]
fn ignore_files_are_watched() {
    let mut project = Project::new(&[]);
    let text = "FROM alpine:3.22\nCOPY secret /\n";
    std::fs::write(project.directory.path().join("secret"), "x").expect("written");
    for name in ["compose.yaml", "compose.override.yaml", "docker-bake.hcl"] {
        std::fs::remove_file(project.directory.path().join(name)).expect("removed");
    }
    project.open("Dockerfile", text);
    let has = |found: &Value| {
        found["diagnostics"].as_array().expect("a list").iter().any(|it| it["code"] == "ignored-source")
    };
    assert!(!has(&project.client.await_method("textDocument/publishDiagnostics")));
    let path = project.directory.path().join(".dockerignore");
    std::fs::write(&path, "secret\n").expect("written");
    let event = json!({"uri": format!("file://{}", path.display()), "type": 1});
    project.client.notify("workspace/didChangeWatchedFiles", json!({"changes": [event]}));
    let published = project.client.await_method("textDocument/publishDiagnostics");
    assert!(has(&published), "{published}");
}

#[test]
fn unsaved_texts_count_in_the_whole_project() {
    let mut project = Project::new(&["Dockerfile", "compose.yaml"]);
    let uri = project.uri("compose.yaml");
    let has = |found: &Value| found.as_array().expect("a list").iter().any(|it| it["code"] == "unknown-target");
    assert!(!has(&project.client.pull(&uri)));
    // The Dockerfile on disk still has the stage.
    let (document, text) = (project.uri("Dockerfile"), DOCKERFILE.replace("build", "other"));
    let change =
        |uri: &str, text: &str| json!({"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": text}]});
    project.client.notify("textDocument/didChange", change(&document, &text));
    assert!(has(&project.client.pull(&uri)), "{}", project.client.pull(&uri));
    project.client.notify("textDocument/didClose", json!({"textDocument": {"uri": document}}));
    assert!(!has(&project.client.pull(&uri)));
    // And what Compose builds with.
    project.open("Dockerfile", DOCKERFILE);
    project.client.notify("textDocument/didChange", change(&uri, &COMPOSE.replace("3.21", "3.19")));
    let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}});
    let params = json!({"textDocument": {"uri": document}, "range": range});
    let hints = project.client.request("textDocument/inlayHint", params).to_string();
    assert!(hints.contains("= alpine:3.19"), "{hints}");
}

#[test]
fn several_roots_each_with_their_configuration() {
    let directory = tempfile::tempdir().expect("a directory");
    let folder = |name: &str| {
        let path = directory.path().join(name);
        std::fs::create_dir(&path).expect("written");
        json!({"uri": format!("file://{}", path.display()), "name": name})
    };
    let folders = json!([folder("one"), folder("two")]);
    std::fs::write(directory.path().join("one/plimsoll.toml"), "ignore = [\"maintainer\"]\n").expect("written");
    for name in ["one", "two"] {
        let text = format!("FROM alpine:3.22 AS {name}\n");
        std::fs::write(directory.path().join(name).join("Dockerfile"), text).expect("written");
    }
    let mut client = Client::start(|params| params["workspaceFolders"] = folders);
    let mut has = |name: &str| {
        let uri = format!("file://{}/{name}/Dockerfile", directory.path().display());
        client.open(&uri, &format!("FROM alpine:3.22 AS {name}\nMAINTAINER x\n"));
        client.pull(&uri).as_array().expect("a list").iter().any(|found| found["code"] == "maintainer")
    };
    assert_eq!((has("one"), has("two")), (false, true));
    let found = client.request("workspace/symbol", json!({"query": ""}));
    assert_eq!(crate::names(&found), ["one", "two"]);
}

#[test]
fn clients_without_versioned_edits_get_plain_ones() {
    let mut client = Client::start(|params| params["capabilities"]["workspace"] = json!({}));
    let (uri, text) = ("file:///nowhere/plain/Dockerfile", "FROM alpine AS a\nFROM a\n");
    client.open(uri, text);
    let params = json!({"textDocument": {"uri": uri}, "position": position(text, "a\nFROM"), "newName": "b"});
    let edit = client.request("textDocument/rename", params);
    assert!(edit.get("documentChanges").is_none(), "{edit}");
    assert_eq!(edit["changes"][uri].as_array().map(Vec::len), Some(2), "{edit}");
}
