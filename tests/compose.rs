//! Compose files: what belongs to a project, and what hostile files do.

use plimsoll::compose::{Condition, ProblemKind, Project};
use plimsoll::context::Context;
use plimsoll::finding::Safety;
use plimsoll::lint::{self, Settings, fix_loop};
use plimsoll::rules;
use plimsoll::text::Source;

/// The reasons to reject a file that is in a directory with others.
fn problems(text: &str, files: &[(&str, &str)]) -> Vec<ProblemKind> {
    let source = Source::new("compose.yaml", text);
    let context = Context::in_memory(files.iter().copied());
    let project = Project::load(&source, "compose.yaml", Some(&context));
    project.problems.iter().map(|problem| problem.kind).collect()
}

/// The findings of all rules.
fn lint(text: &str) -> usize {
    let source = Source::new("compose.yaml", text);
    let project = Project::load(&source, "compose.yaml", None);
    lint::check_compose(&project, &Settings::of(rules::ALL)).len()
}

#[test]
fn override_file_completes_the_base() {
    let base = "services:\n  db:\n    image: postgres:17\n    environment: [A=1, B=2]\n";
    let over = "services:\n  db:\n    environment:\n      B: 3\n    volumes: [pg:/data]\nvolumes:\n  pg:\n";
    let source = Source::new("compose.yaml", base);
    let context = Context::in_memory([("compose.yaml", base), ("compose.override.yaml", over)]);
    let project = Project::load(&source, "compose.yaml", Some(&context));
    assert!(project.problems.is_empty(), "{:?}", project.problems);
    let db = project.service("db").expect("it is there");
    let values: Vec<_> = db.environment.iter().map(|variable| (variable.name.as_str(), variable.known())).collect();
    assert_eq!(values, [("A", Some("1")), ("B", Some("3"))]);
    assert_eq!((db.mounts.len(), db.mounts[0].node.file), (1, 1));
    let own = Source::new("compose.override.yaml", over);
    let project = Project::load(&own, "compose.override.yaml", Some(&context));
    assert!(project.problems.is_empty(), "{:?}", project.problems);
}

#[test]
fn extends_include_and_variables() {
    let text = "include: [db.yaml]\nservices:\n  a:\n    extends: {file: base.yaml, service: b}\n    depends_on:\n      \
                db: {condition: service_healthy}\n    mem_limit: ${LIMIT}\n";
    let files = [
        ("db.yaml", "services:\n  db:\n    image: postgres:17\n"),
        ("base.yaml", "services:\n  b:\n    image: nginx:1.28\n    ports: ['80:80']\n"),
        (".env", "LIMIT=512m\n"),
    ];
    assert_eq!(problems(text, &files), []);
    let source = Source::new("compose.yaml", text);
    let context = Context::in_memory(files);
    let project = Project::load(&source, "compose.yaml", Some(&context));
    let a = project.service("a").expect("it is there");
    assert_eq!((a.ports.len(), a.text("mem_limit"), a.text("image")), (1, Some("512m"), Some("nginx:1.28")));
    assert_eq!(a.depends_on[0].condition, Condition::Healthy);
}

#[test]
fn circles_end() {
    let extends = "services:\n  a:\n    extends: b\n  b:\n    extends: a\n";
    assert!(problems(extends, &[]).contains(&ProblemKind::Cycle));
    let include = "include: [compose.yaml]\nservices:\n  a:\n    image: x\n";
    problems(include, &[("compose.yaml", include)]);
    let other = "include: [b.yaml]\nservices:\n  a:\n    image: x\n";
    problems(other, &[("b.yaml", "include: [c.yaml]\n"), ("c.yaml", "include: [b.yaml]\n")]);
    let file = "services:\n  a:\n    extends: {file: b.yaml, service: a}\n";
    problems(
        file,
        &[("b.yaml", "services:\n  a:\n    extends: {file: compose.yaml, service: a}\n"), ("compose.yaml", file)],
    );
    let outside = "include: [../../etc/passwd, /etc/passwd]\nservices:\n  a:\n    image: x\n";
    assert_eq!(problems(outside, &[]), []);
}

#[test]
fn hostile_files() {
    let mut bomb = "x-0: &a0 {k: v, l: w}\n".to_owned();
    for level in 1..30 {
        bomb += &format!("x-{level}: &a{level} [*a{0}, *a{0}, *a{0}]\n", level - 1);
    }
    lint(&format!("{bomb}services:\n  a:\n    image: x\n    command: *a29\n"));
    for text in [
        "[".repeat(100_000),
        "a: ".repeat(1000),
        "]\n".repeat(20_000),
        format!("services:\n{}", "  a:\n    image: x\n".repeat(5_000)),
        format!("services:\n  a:\n    image: {}\n", "${A:-".repeat(5_000)),
        "services: [services: {services: &a *a}]".to_owned(),
        "services:\n  a:\n    ports: [':', '::', '0-', '-1', '99999999999999999999', '[::]:', '1-2:3-4-5']\n"
            .to_owned(),
        "services:\n  a:\n    volumes: ['', ':', '::', 'a:', 'C:', 'C:\\', é:é, {type: bind}]\n".to_owned(),
        "\u{feff}services:\r\n  é:\r\n    image: ü\r\n".to_owned(),
        "services:\n  a: &x\n    <<: *x\n".to_owned(),
    ] {
        lint(&text);
    }
}

#[test]
fn ignore_comments() {
    let found = |comment: &str, end: &str| {
        let text = format!("services:\n  {comment}\n  app:\n    image: ghcr.io/example/app{end}\n");
        let source = Source::new("compose.yaml", text);
        let project = Project::load(&source, "compose.yaml", None);
        let untagged = rules::find("untagged-image").expect("it is there");
        lint::check_compose(&project, &Settings::of([untagged])).len()
    };
    assert_eq!(found("# x", ""), 1);
    assert_eq!(found("# plimsoll: ignore[untagged-image]: for tests", ""), 0);
    assert_eq!(found("# x", "  # plimsoll: ignore[compose]: for tests"), 0);
    assert_eq!(found("# dclint disable-next-line service-image-require-explicit-tag", ""), 0);
    assert_eq!(found("# x", "  # dclint disable-line"), 0);
    assert_eq!(found("# compose-lint: disable=CL-0004", ""), 0);
}

/// A variable of an included file comes from the project, then from the `env_file` of the include or the `.env` beside it;
/// what is wrong there is found where it is named.
#[test]
fn included_files() {
    let include = "include:\n  - path: a.yaml\n    env_file: a.env\nservices:\n  web:\n    image: x\n";
    let db = "services:\n  db:\n    image: ${IMAGE:?needed}\n";
    assert_eq!(problems(include, &[("a.yaml", db), ("a.env", "IMAGE=redis:8\n")]), []);
    assert_eq!(problems(include, &[("a.yaml", db), ("a.env", "IMAGE=\n")]), [ProblemKind::RequiredVariable]);
    let below = "include: [sub/a.yaml]\nservices:\n  web:\n    image: x\n";
    assert_eq!(problems(below, &[("sub/a.yaml", db), ("sub/.env", "IMAGE=redis:8\n")]), []);
    let wrong = "services:\n  db:\n    image: x\n    networks: [nope]\n    ports: [x]\n";
    let source = Source::new("compose.yaml", "services:\n  web:\n    extends: {file: a.yaml, service: db}\n");
    let context = Context::in_memory([("a.yaml", wrong)]);
    let project = Project::load(&source, "compose.yaml", Some(&context));
    let [problem] = &project.problems[..] else { panic!("{:?}", project.problems) };
    assert_eq!((problem.place.file, source.slice(problem.place.span)), (0, "a.yaml"));
    assert_eq!(problems("services: {web: {image: x}}\n", &[(".env", "A b=1\n")]), [ProblemKind::Value]);
}

/// All findings of a file that is in a directory with others; each place is in the file, and each fix in its lines.
fn lint_beside(text: &str, files: &[(&str, &str)]) -> usize {
    let source = Source::new("compose.yaml", text);
    let context = Context::in_memory(files.iter().copied());
    let project = Project::load(&source, "compose.yaml", Some(&context));
    let found = lint::check_compose(&project, &Settings::of(rules::ALL));
    for found in &found {
        source.slice(found.span);
        found.fix.iter().flat_map(|fix| fix.edits()).for_each(|edit| _ = source.slice(edit.span));
    }
    found.len()
}

/// What is written in a longer file has no place in the one that is checked.
#[test]
fn places_in_other_files() {
    let over = format!(
        "{}services:\n  app:\n    image: \"node\"\n    ports: [8080:80, 22:22]\n    depends_on: [db, cache]\n    environment:\n      \
         - \"PASSWORD='hunter2hunter2'\"\n      - DATABASE_URL=postgres://localhost:5433/x\n      - URL=http://db:5433\n    links: [db]\n    \
         volumes: ['./x:/y', './x:/y']\n  db:\n    image: postgres\n    ports: ['5433:5432']\n    healthcheck:\n      test: curl x || \
         true\n    environment: {{POSTGRES_PASSWORD: postgres, TOKEN: abcdefghijklmnop}}\nnetworks:\n  old:\n    external:\n      name: \
         x\n",
        "# long\n".repeat(200)
    );
    let short = "services:\n  app:\n    build: .\n    depends_on: [cache]\n  cache:\n    image: redis\n";
    for text in [short, "services:\n  app:\n    init: true\n", ""] {
        lint_beside(text, &[("compose.yaml", text), ("compose.override.yaml", over.as_str())]);
        lint_beside(text, &[("compose.yaml", over.as_str()), ("compose.override.yaml", text)]);
    }
    let extends = "services:\n  app:\n    extends: {file: long.yaml, service: app}\n    depends_on: [db]\n  db:\n    image: redis\n";
    assert!(lint_beside(extends, &[("long.yaml", over.as_str())]) > 0);
}

/// The findings of some rules: line, rule, and whether there is a fix.
fn found(text: &str, names: &[&str]) -> Vec<(usize, &'static str, bool)> {
    let source = Source::new("compose.yaml", text);
    let project = Project::load(&source, "compose.yaml", None);
    let settings = Settings::of(rules::ALL.iter().filter(|entry| names.contains(&entry.meta.name)));
    let found = lint::check_compose(&project, &settings);
    found.iter().map(|it| (source.line_index(it.span.start()) + 1, it.rule.name, it.fix.is_some())).collect()
}

/// What all fixes of some rules make of a file.
fn fixed(text: &str, names: &[&str]) -> String {
    let settings = Settings::of(rules::ALL.iter().filter(|entry| names.contains(&entry.meta.name)));
    let lint = |source: &Source| {
        let project = Project::load(source, "compose.yaml", None);
        let errors = project.problems.len() + lint::count_inline_errors(&project);
        (lint::check_compose(&project, &settings), errors)
    };
    let fixed = fix_loop::fix(&Source::new("compose.yaml", text), Safety::Unsafe, lint).expect("it comes to rest");
    fixed.source.text().to_owned()
}

#[test]
fn inline_dockerfiles() {
    let text = "services:\n  web:\n    build:\n      dockerfile_inline: |\n        FROM alpine:3.22\n        MAINTAINER me\n\n        \
                RUN cd /srv/$$X && make\n        ADD a /b\n    ports: ['80:80']\n";
    let names = ["maintainer", "needless-add"];
    assert_eq!(found(text, &names), [(6, "maintainer", true), (9, "needless-add", true)]);
    let expected =
        text.replace("MAINTAINER me", "LABEL org.opencontainers.image.authors=\"me\"").replace("ADD a /b", "COPY a /b");
    assert_eq!(fixed(text, &names), expected);
    // A comment in the Dockerfile, and one in the Compose file.
    let ignored = text.replace("        ADD", "        # plimsoll: ignore[needless-add]: a reason\n        ADD");
    assert_eq!(found(&ignored, &names), [(6, "maintainer", true)]);
    let ignored = text.replace("    build", "    # plimsoll: ignore[needless-add, maintainer]: a reason\n    build");
    assert_eq!(found(&ignored, &names), []);
    // Another form of text: everything is on its first line, and nothing is fixed.
    let quoted =
        "services:\n  web:\n    build:\n      dockerfile_inline: \"FROM alpine:3.22\\nADD a /b\\nMAINTAINER me\"\n";
    assert_eq!(found(quoted, &names), [(4, "maintainer", false), (4, "needless-add", false)]);
    assert_eq!(fixed(quoted, &names), quoted);
    // What a variable without a value decides is not checked; with a value the line has no fix.
    let open = text.replace("3.22", "${TAG}");
    assert_eq!(found(&open, &names), []);
    let set = text.replace("ADD a", "ADD ${A:-a}");
    assert_eq!(found(&set, &names), [(6, "maintainer", true), (9, "needless-add", false)]);
    // An additional context is not an image.
    let untagged = "services:\n  a:\n    build:\n      additional_contexts: [base=service:b]\n      dockerfile_inline: |\n        \
                    FROM base\n        COPY --from=base /a /b\n";
    assert_eq!(found(untagged, &["untagged-base"]), []);
    assert_eq!(found(&untagged.replace("[base", "[other"), &["untagged-base"]).len(), 1);
    // Two services with one text, by an alias.
    let twice = "services:\n  a:\n    build: &b\n      dockerfile_inline: |\n        FROM alpine:3.22\n        MAINTAINER me\n  \
                 b:\n    build: *b\n";
    assert_eq!(found(twice, &names), [(6, "maintainer", true)]);
}

/// However many services share a Dockerfile, and however they do it, it is read once.
#[test]
fn shared_inline_dockerfiles() {
    let dockerfile = "|\n    FROM alpine:3.22\n    MAINTAINER me\n";
    let many = |service: &str| (0..300).map(|at| format!("  s{at}:\n{service}")).collect::<String>();
    let merged = format!(
        "x-build: &build\n  dockerfile_inline: {dockerfile}services:\n{}",
        many("    build:\n      <<: *build\n      target: ''\n")
    );
    let aliased =
        format!("x-text: &text {dockerfile}services:\n{}", many("    build:\n      dockerfile_inline: *text\n"));
    for text in [merged, aliased] {
        let all = found(&text, &["maintainer", "incomplete-check"]);
        let names: Vec<_> = all.iter().map(|one| one.1).collect();
        assert_eq!(names, ["maintainer"], "{}", &text[..200]);
    }
}

#[test]
fn limits_of_inline_dockerfiles_are_reported() {
    let dockerfile = |name: &str, padding: usize| {
        let comment = format!("        # {}\n", "x".repeat(90)).repeat(padding);
        format!(
            "  {name}:\n    build:\n      dockerfile_inline: |\n        FROM alpine:3.22\n        MAINTAINER me\n{comment}"
        )
    };
    let project = |services: &[String]| format!("services:\n{}", services.concat());
    let names = ["maintainer", "incomplete-check"];
    // Small ones: nothing is left out.
    assert_eq!(found(&project(&[dockerfile("a", 1)]), &names), [(6, "maintainer", true)]);
    // Up to 64 KiB with fixes, up to 256 KiB without, then not at all.
    let text = project(&[dockerfile("a", 800)]);
    assert_eq!(found(&text, &names), [(5, "incomplete-check", false), (6, "maintainer", false)]);
    let text = project(&[dockerfile("a", 3000), dockerfile("b", 1)]);
    assert_eq!(found(&text, &names), [(5, "incomplete-check", false), (3011, "maintainer", true)]);
    // At most 64 of a project.
    let many: Vec<String> = (0..66).map(|at| dockerfile(&format!("s{at}"), 0)).collect();
    let all = found(&project(&many), &names);
    assert_eq!(all.iter().filter(|one| one.1 == "maintainer").count(), 64);
    let limits: Vec<_> = all.iter().filter(|one| one.1 == "incomplete-check").collect();
    assert_eq!(limits, [&(64 * 5 + 5, "incomplete-check", false)]);
}

#[test]
fn a_value_without_content_keeps_that_of_the_base_file() {
    let directory = tempfile::tempdir().expect("a directory");
    let base =
        "services:\n  web:\n    image: nginx:1.28\n    environment:\n      A: \"1\"\n    deploy:\n      replicas: 1\n";
    let over = "services:\n  web:\n    environment:\n    deploy:\n    ports:\n";
    std::fs::write(directory.path().join("compose.yaml"), base).expect("it is written");
    std::fs::write(directory.path().join("compose.override.yaml"), over).expect("it is written");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["check", "--isolated", "--select", "wrong-type", "--format", "concise", "compose.override.yaml"])
        .current_dir(directory.path())
        .output()
        .expect("it runs");
    let stdout = String::from_utf8_lossy(&output.stdout);
    // The base file has no `ports`: Compose rejects the empty value.
    let lines: Vec<&str> = stdout.lines().filter(|line| line.contains("wrong-type")).collect();
    assert!(matches!(lines[..], [line] if line.contains(":5:")), "{stdout}");
}
