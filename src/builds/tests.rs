use super::*;

fn builds(written: Vec<Written>) -> Vec<Invocation> {
    let resolve = |written: Written| written.resolve(Path::new("/p/file"), Path::new("/p"));
    written.into_iter().filter_map(resolve).collect()
}

/// Dockerfile, context and target of each build.
fn shown(all: &[Invocation]) -> Vec<String> {
    let show = |one: &Invocation| {
        let target = one.target.as_deref().unwrap_or("-");
        format!("{} {} {target} {:?}", one.dockerfile.display(), one.context.display(), one.args)
    };
    all.iter().map(show).collect()
}

#[test]
fn compose_files() {
    let text = "services:\n  a:\n    build: ./a\n  b:\n    build:\n      context: ..\n      dockerfile: b/Dockerfile.dev\n      \
                target: dev\n      args:\n        V: ${VERSION:-3}\n        TOKEN:\n  c:\n    build: https://example.com/c.git\n  \
                d:\n    build:\n      dockerfile_inline: FROM busybox\n";
    let context = crate::context::Context::in_memory([("compose.yaml", text)]);
    let all = builds(compose::read("compose.yaml", text, &context));
    let expected = ["/p/a/Dockerfile /p/a - {}", "/b/Dockerfile.dev / dev {\"V\": \"3\"}", "/p/file /p - {}"];
    assert_eq!(shown(&all), expected);
    assert!(all[2].is_inline);
    assert_eq!(all[1].open_args, ["TOKEN"]);
}

#[test]
fn bake_files() {
    let text = r#"
variable "TAG" { default = "1" }
group "default" { targets = ["app"] }
target "base" {
  context = "./app"
  args = { A = "x-${TAG}", B = upper("b") }
}
target "app" {
  inherits = ["base"]
  dockerfile = "Containerfile"
  target = "prod"
  args = { C = 3 }
}
target "circle" { inherits = ["circle"] }
"#;
    let all = builds(bake::read_hcl(text));
    let expected = [
        "/p/app/Dockerfile /p/app - {\"A\": \"x-1\"}",
        "/p/app/Containerfile /p/app prod {\"A\": \"x-1\", \"C\": \"3\"}",
        "/p/Dockerfile /p - {}",
    ];
    assert_eq!(shown(&all), expected);
    assert_eq!(all[0].open_args, ["B"]);
    let json = r#"{"variable": {"TAG": {"default": "1"}}, "target": {"app": {"context": "app", "args": {"A": "x-${TAG}"}}}}"#;
    assert_eq!(shown(&builds(bake::read_json(json))), ["/p/app/Dockerfile /p/app - {\"A\": \"x-1\"}"]);
}

#[test]
fn matrices_of_bake_files() {
    let text = r#"
variable "VERSIONS" { default = ["3.12", "3.13"] }
target "base" { context = "app" }
target "app" {
  inherits = ["base"]
  name = "app-${kind}-${item.id}"
  matrix = {
    kind = ["dev", "prod"]
    item = [{ id = "a", from = "alpine" }, { id = "b", from = "debian" }]
  }
  target = kind
  args = { FROM = item.from }
}
target "python" {
  name = replace("python-${version}", ".", "-")
  matrix = { version = VERSIONS }
  args = { VERSION = version }
}
target "open" {
  matrix = { version = split(",", "1,2") }
}
target "inline" {
  dockerfile-inline = "FROM scratch"
}
"#;
    let all = builds(bake::read_hcl(text));
    let by: Vec<_> = all.iter().map(|one| one.by.as_str()).collect();
    let names = ["base", "app-dev-a", "app-dev-b", "app-prod-a", "app-prod-b", "python (version=3.12)", "python (version=3.13)", "inline"];
    assert_eq!(by, names.map(|name| format!("target `{name}`")));
    let expected = ["/p/app/Dockerfile /p/app prod {\"FROM\": \"debian\"}", "/p/Dockerfile /p - {\"VERSION\": \"3.12\"}"];
    assert_eq!(shown(&all)[4..6], expected);
    assert!(all[7].is_inline);
    let json = r#"{"target": {"app": {"name": "app-${v}", "matrix": {"v": ["1", 2], "i": [{"c": "x"}]},
        "context": "${i.c}", "args": {"V": "${v}"}}}}"#;
    let all = builds(bake::read_json(json));
    assert_eq!(shown(&all), ["/p/x/Dockerfile /p/x - {\"V\": \"1\"}", "/p/x/Dockerfile /p/x - {\"V\": \"2\"}"]);
    assert_eq!(all[1].by, "target `app-2`");
    // A product of many axes is cut off.
    let axes: String = (0..40).map(|axis| format!("a{axis} = [1, 2, 3]\n")).collect();
    assert_eq!(bake::read_hcl(&format!("target \"a\" {{\n matrix = {{\n{axes}}}\n}}\n")).len(), 64);
}

#[test]
fn dev_containers_and_workflows() {
    let text = "{\n  // what is built\n  \"build\": { \"dockerfile\": \"Dockerfile\", \"context\": \"..\", /* one */ \"args\": { \
                \"V\": \"// 3\", }, },\n}\n";
    let all = builds(devcontainer::read(text));
    assert_eq!(shown(&all), ["/p/Dockerfile / - {\"V\": \"// 3\"}"]);
    let text = "jobs:\n  image:\n    steps:\n      - uses: actions/checkout@v5\n      - uses: docker/build-push-action@v6\n        \
                with:\n          context: web\n          file: docker/Dockerfile\n          build-args: |\n            A=1\n            \
                B=${{ github.sha }}\n      - uses: docker/build-push-action@v6\n";
    let all = builds(workflow::read(text));
    assert_eq!(shown(&all), ["/p/docker/Dockerfile /p/web - {\"A\": \"1\"}", "/p/Dockerfile /p - {}"]);
    assert_eq!((all[0].by.as_str(), &all[0].open_args[..]), ("job `image`", &["B".to_owned()][..]));
}

#[test]
fn hostile_files() {
    let long = 20_000;
    for text in [
        "[".repeat(long),
        format!("a = {}", "(".repeat(long)),
        format!("a = {}1", "!".repeat(long)),
        format!("a = {}1", "1 ? 1 : ".repeat(long)),
        format!("a = {}1", "1 + ".repeat(long)),
        format!("a = \"{}", "${\"".repeat(long)),
        format!("a = {}1{}", "[".repeat(16), "]".repeat(16)),
        "target \"a\" {\n".repeat(16),
        format!("a = x{}", ".y".repeat(long)),
        format!("a = x{}", "[0]".repeat(long)),
    ] {
        bake::read_hcl(&text);
        bake::read_json(&text);
        devcontainer::read(&text);
        workflow::read(&text);
    }
}
