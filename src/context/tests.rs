use std::fs;
use std::path::Path;

use super::*;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), files);
    dir
}

fn write(root: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

const FILES: &[(&str, &str)] = &[
    ("Dockerfile", "FROM scratch\n"),
    (".dockerignore", "*.log\nnode_modules\n"),
    ("package.json", "{}"),
    ("a.log", "12345"),
    ("src/app.js", "1"),
    ("src/lib/b.js", "22"),
    ("node_modules/x/index.js", "333"),
    ("node_modules/.keep", ""),
];

/// The same questions, on disk and in memory.
fn both(check: impl Fn(&Context)) {
    check(&Context::in_memory(FILES.iter().copied()));
    let dir = folder(FILES);
    check(&Context::on_disk(dir.path(), Some(&dir.path().join("Dockerfile"))));
}

#[test]
fn queries() {
    both(|context| {
        assert!(context.is_sure());
        for path in ["package.json", "./package.json", "/src", "src/", "src/../src/lib", "../package.json", ".", ""] {
            assert!(context.exists(path), "{path}");
        }
        for path in ["nope", "src/package.json", "package.json/x", "*.json"] {
            assert!(!context.exists(path), "{path}");
        }
        assert!(
            context.is_dir("src") && context.is_dir(".") && !context.is_dir("package.json") && !context.is_dir("no")
        );
        assert_eq!(context.read("src/lib/b.js").as_deref(), Some("22"));
        assert_eq!(context.read("src"), None);
        assert_eq!(context.read("nope"), None);
    });
}

#[test]
fn globs() {
    both(|context| {
        for (pattern, expected) in [
            ("src", &["src"][..]),
            ("./src/", &["src"]),
            ("/src/*.js", &["src/app.js"]),
            ("*/*.js", &["src/app.js"]),
            ("*/*/*.js", &["node_modules/x/index.js", "src/lib/b.js"]),
            ("**/*.js", &["src/app.js"]),
            ("package*.json", &["package.json"]),
            ("p?ckage.json", &["package.json"]),
            (".dockerignor[e]", &[".dockerignore"]),
            ("*.nope", &[]),
            ("[", &[]),
            ("nope", &[]),
            ("src/*", &["src/app.js", "src/lib"]),
            ("sr[c]/lib/b.js", &["src/lib/b.js"]),
        ] {
            assert_eq!(context.glob(pattern), expected, "{pattern}");
        }
        assert_eq!(context.glob("*").len(), 6);
        assert_eq!(context.glob("."), [""]);
    });
}

#[test]
fn listing_and_size() {
    both(|context| {
        let paths: Vec<_> = context.entries().iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(paths.len(), 12, "{paths:?}");
        assert!(!context.truncated());
        assert_eq!(context.ignored("a.log").map(|pattern| pattern.line), Some(1));
        assert_eq!(context.ignored("node_modules/x").map(|pattern| pattern.line), Some(2));
        assert!(context.ignored("src").is_none());
        // Dockerfile, .dockerignore, package.json, two in src.
        assert_eq!(context.sent(), Size { files: 5, bytes: 13 + 19 + 2 + 3, at_least: false });
        assert_eq!(context.sent_below("src"), Size { files: 2, bytes: 3, at_least: false });
        assert_eq!(context.sent_below("node_modules"), Size::default());
        assert_eq!(context.sent_below("src/app.js").files, 1);
    });
}

#[test]
fn what_is_sent_agrees_with_the_patterns() {
    let files = ["a/b/c.md", "a/b/d", "a/x.md", "a/keep/x.md", "b.md", "b/keep", "c/d/e/f"];
    for text in ["a", "**/*.md\n!a/b", "a\n!a/keep\n**/x.md", "*\n!a\na/b", "**\n!**/keep", "c/*\n!c/d/e\n", ""] {
        let context = Context::in_memory(files.map(|path| (path, "1")).into_iter().chain([(".dockerignore", text)]));
        let sent =
            context.entries().iter().filter(|e| e.kind == Kind::File && context.ignored(&e.path).is_none()).count();
        assert_eq!(context.sent().files, sent as u64, "{text:?}");
    }
}

#[test]
fn many_files_and_many_patterns_end() {
    let patterns: String = (0..MAX_PATTERNS).map(|number| format!("!**/a*{number}\n")).collect();
    let files = (0..MAX_ENTRIES).map(|number| (format!("f{number}"), String::new()));
    let context = Context::in_memory(files.chain([(".dockerignore".to_owned(), patterns)]));
    assert!(context.sent().at_least);
}

#[test]
fn bulky_folders_are_listed_last() {
    let dir = folder(FILES);
    let context = Context::on_disk(dir.path(), None);
    let paths: Vec<_> = context.entries().iter().map(|entry| entry.path.as_str()).collect();
    assert!(paths[paths.len() - 3..].iter().all(|path| path.starts_with("node_modules/")), "{paths:?}");
}

#[test]
fn own_ignore_file_wins() {
    let files = [("app.Dockerfile", ""), ("app.Dockerfile.dockerignore", "own"), (".dockerignore", "common")];
    let dir = folder(&files);
    let disk = Context::on_disk(dir.path(), Some(&dir.path().join("app.Dockerfile")));
    for context in [Context::in_memory(files).with_dockerfile(Path::new("app.Dockerfile")), disk] {
        assert!(context.ignored("own").is_some() && context.ignored("common").is_none());
        assert!(context.ignore_file().unwrap().source().name().ends_with("app.Dockerfile.dockerignore"));
    }
    let other = Context::on_disk(dir.path(), Some(&dir.path().join("Dockerfile")));
    assert!(other.ignored("own").is_none() && other.ignored("common").is_some());
    // An empty one wins too.
    let files = [("Dockerfile.dockerignore", ""), (".dockerignore", "common")];
    assert!(Context::in_memory(files).ignored("common").is_none());
    assert!(Context::in_memory([("a", "")]).ignore_file().is_none());
}

#[cfg(unix)]
#[test]
fn links_do_not_lead_out() {
    use std::os::unix::fs::symlink;
    let outside = folder(&[("secret", "s"), (".dockerignore", "x")]);
    let dir = folder(&[("in/file", "text"), ("Dockerfile", "")]);
    let root = dir.path();
    symlink(outside.path(), root.join("out")).unwrap();
    symlink(outside.path().join("secret"), root.join("secret")).unwrap();
    symlink(outside.path().join(".dockerignore"), root.join(".dockerignore")).unwrap();
    symlink(outside.path().join(".dockerignore"), root.join("Dockerfile.dockerignore")).unwrap();
    symlink("in", root.join("inner")).unwrap();
    symlink("loop", root.join("loop")).unwrap();
    symlink("../in", root.join("in/self")).unwrap();
    let context = Context::on_disk(root, Some(&root.join("Dockerfile")));
    assert_eq!(context.read("secret"), None);
    assert_eq!(context.read("out/secret"), None);
    assert!(!context.exists("out/secret") && !context.is_dir("out"));
    assert!(context.exists("out") && context.exists("secret") && context.exists("loop"));
    assert!(context.glob("out/*").is_empty());
    assert!(context.ignore_file().is_none());
    assert_eq!(context.read("inner/file").as_deref(), Some("text"));
    assert!(context.is_dir("inner") && context.exists("in/self/self/file"));
    assert_eq!(context.entries().iter().filter(|entry| entry.kind == Kind::Link).count(), 7);
    assert_eq!(context.sent().files, 2);
}

#[cfg(unix)]
#[test]
fn pipes_and_large_files_are_not_read() {
    let dir = folder(&[("large", &"x".repeat(MAX_TEXT as usize + 1)), ("fits", &"x".repeat(MAX_TEXT as usize))]);
    fs::write(dir.path().join("nul"), b"a\0b").unwrap();
    fs::write(dir.path().join("latin"), b"\xe9").unwrap();
    let made = std::process::Command::new("mkfifo").arg(dir.path().join("pipe")).status();
    let context = Context::on_disk(dir.path(), None);
    for name in ["large", "nul", "latin", "pipe"] {
        assert_eq!(context.read(name), None, "{name}");
    }
    assert!(context.read("fits").is_some());
    if made.is_ok_and(|status| status.success()) {
        assert!(context.entries().iter().any(|entry| entry.kind == Kind::Special));
    }
}

#[test]
fn deep_and_missing_folders() {
    let dir = tempfile::tempdir().unwrap();
    let deep = dir.path().join("d/".repeat(MAX_DEPTH + 5));
    fs::create_dir_all(&deep).unwrap();
    let context = Context::on_disk(dir.path(), None);
    assert!(context.truncated() && context.sent().at_least);
    assert_eq!(context.entries().len(), MAX_DEPTH);
    let missing = Context::on_disk(dir.path().join("missing"), None);
    assert!(missing.entries().is_empty() && !missing.exists("") && missing.glob("*").is_empty());
}

#[test]
fn listing_has_an_end() {
    let files = (0..MAX_ENTRIES + 10).map(|number| (format!("f{number}"), String::new()));
    let context = Context::in_memory(files);
    assert_eq!(context.entries().len(), MAX_ENTRIES);
    assert!(context.truncated());
}

#[test]
fn which_folder_is_the_context() {
    let dir = folder(&[
        (".git/HEAD", ""),
        ("main.c", ""),
        ("docker/Dockerfile", ""),
        ("docker/entry.sh", ""),
        ("docker/deep/er/Dockerfile", ""),
        ("only/a.Dockerfile", ""),
        ("node/Dockerfile", ""),
        ("node/package.json", "{}"),
        ("above", ""),
    ]);
    let root = dir.path();
    let find = |file: &str, sources: &[&str]| {
        let context = Contexts::new().find(&root.join(file), sources);
        let at = context.root().unwrap().canonicalize().unwrap();
        let at = at.strip_prefix(root.canonicalize().unwrap()).unwrap().to_str().unwrap().to_owned();
        (at, context.confidence())
    };
    use Confidence::{Likely, Unknown};
    for (file, sources, at, confidence) in [
        ("docker/Dockerfile", &["entry.sh"][..], "docker", Likely),
        ("docker/Dockerfile", &["entry.sh", "dist/"], "docker", Likely),
        ("docker/Dockerfile", &["*.sh"], "docker", Likely),
        ("docker/Dockerfile", &["docker/entry.sh", "main.c"], "", Likely),
        ("docker/Dockerfile", &["main.c", "nope"], "", Unknown),
        ("docker/Dockerfile", &["entry.sh", "main.c", "docker"], "", Unknown),
        ("docker/Dockerfile", &["."], "docker", Unknown),
        ("docker/Dockerfile", &["nope"], "docker", Unknown),
        ("docker/deep/er/Dockerfile", &["entry.sh"], "docker", Likely),
        ("only/a.Dockerfile", &[], "only", Unknown),
        ("only/a.Dockerfile", &["https://example.com/main.c", "$X/main.c"], "only", Unknown),
        ("node/Dockerfile", &[".", "dist"], "node", Likely),
        ("node/Dockerfile", &["*"], "node", Likely),
    ] {
        assert_eq!(find(file, sources), (at.to_owned(), confidence), "{file} {sources:?}");
    }
}

#[test]
fn the_search_ends_at_the_repository() {
    let dir = folder(&[("main.c", ""), ("repo/.git/HEAD", ""), ("repo/docker/Dockerfile", "")]);
    let context = Contexts::new().find(&dir.path().join("repo/docker/Dockerfile"), &["main.c"]);
    assert!(!context.is_sure() && context.root().unwrap().ends_with("repo/docker"));
}

#[test]
fn dockerfiles_of_a_folder_share_its_files() {
    fn shareable<T: Send + Sync>(_: &T) {}
    let dir = folder(FILES);
    let contexts = Contexts::new();
    let one = contexts.find(&dir.path().join("Dockerfile"), &[]);
    let two = contexts.named(dir.path(), Some(&dir.path().join("b.Dockerfile")));
    assert!(std::ptr::eq(one.entries(), two.entries()));
    assert_eq!((one.confidence(), two.confidence()), (Confidence::Likely, Confidence::Certain));
    shareable(&one);
    shareable(&contexts);
}

#[test]
fn versions_asked_for() {
    let cases = [
        ("package.json", "{\n \"engines\": {\n  \"node\": \">=20\"\n }\n}", Language::Node, ">=20", 3),
        (".nvmrc", "v22.1\n", Language::Node, "22.1", 1),
        (".python-version", "# own\n3.12\n", Language::Python, "3.12", 2),
        ("runtime.txt", "python-3.11.4", Language::Python, "3.11.4", 1),
        ("pyproject.toml", "[project]\nname = 'x'\nrequires-python = '>=3.10'\n", Language::Python, ">=3.10", 3),
        ("pyproject.toml", "[tool.poetry.dependencies]\npython = '^3.9'\n", Language::Python, "^3.9", 2),
        ("Pipfile", "[requires]\npython_version = \"3.8\"\n", Language::Python, "3.8", 2),
        ("go.mod", "module x\n\ngo 1.22.1\n", Language::Go, "1.22.1", 3),
        ("pom.xml", "<p>\n<java.version>17</java.version>", Language::Java, "17", 2),
        ("build.gradle", "java {\n languageVersion = JavaLanguageVersion.of(21)\n}", Language::Java, "21", 2),
        ("build.gradle.kts", "java.sourceCompatibility = JavaVersion.VERSION_11", Language::Java, "11", 1),
        ("Cargo.toml", "[package]\nname = 'x'\nrust-version = '1.80'", Language::Rust, "1.80", 3),
        ("rust-toolchain.toml", "[toolchain]\nchannel = \"1.81\"", Language::Rust, "1.81", 2),
        ("Gemfile", "source 'x'\nruby \"3.3.0\"\n", Language::Ruby, "3.3.0", 2),
        ("composer.json", "{\"require\": {\n\"php\": \"^8.2\"}}", Language::Php, "^8.2", 2),
        ("App/App.csproj", "<P>\n<TargetFramework>net8.0</TargetFramework>", Language::DotNet, "net8.0", 2),
        ("global.json", "{\"sdk\": {\"version\": \"8.0.100\"}}", Language::DotNet, "8.0.100", 1),
        (".tool-versions", "nodejs 20.1.0\npython 3.12.1\n", Language::Python, "3.12.1", 2),
    ];
    for (file, text, language, wanted, line) in cases {
        let context = Context::in_memory([(file, text)]);
        let expected = Version { language, wanted: wanted.to_owned(), file: file.to_owned(), line };
        assert_eq!(context.project().version(language), Some(&expected), "{file}");
        let below = Context::in_memory([(format!("sub/{file}"), text)]);
        let project = below.project_in("./sub");
        assert_eq!(project.version(language).map(|version| version.file.as_str()), Some(&*format!("sub/{file}")));
    }
}

#[test]
fn node_and_python_projects() {
    let context = Context::in_memory([
        (
            "package.json",
            r#"{"name": "shop", "packageManager": "pnpm@9", "scripts": {"start": "node a.js", "odd": 1},
                "dependencies": {"express": "^4"}, "devDependencies": {"typescript": "5"}}"#,
        ),
        ("pnpm-lock.yaml", ""),
        ("requirements.txt", "# web\nFlask[async]>=2.0,<3 ; python_version > '3'  # why\n-r more.txt\nnumpy\n\n"),
        ("uv.lock", ""),
    ]);
    let project = context.project();
    assert_eq!(project.languages, [Language::Node, Language::Python].into());
    let node = project.node.as_ref().unwrap();
    assert_eq!((node.name.as_deref(), node.lock), (Some("shop"), Some(NodeLock::Pnpm)));
    assert_eq!(node.scripts["start"], "node a.js");
    let shown =
        |list: &[Dependency]| list.iter().map(|d| (d.name.clone(), d.wanted.clone(), d.dev)).collect::<Vec<_>>();
    let own = |name: &str, wanted: &str, dev| (name.to_owned(), wanted.to_owned(), dev);
    assert_eq!(shown(&node.dependencies), [own("express", "^4", false), own("typescript", "5", true)]);
    let python = project.python.as_ref().unwrap();
    assert_eq!(shown(&python.dependencies), [own("flask", ">=2.0,<3", false), own("numpy", "", false)]);
    assert_eq!(python.lock.as_deref(), Some("uv.lock"));
    assert_eq!(project.files, ["package.json", "pnpm-lock.yaml", "requirements.txt", "uv.lock"]);
}

#[test]
fn broken_manifests_say_nothing() {
    for name in ["package.json", "pyproject.toml", "Cargo.toml", "composer.json", "global.json", "pom.xml", "Pipfile"] {
        for text in ["", "{", "[[[", "null", "\u{feff}{}", "[1]", "[project]\ndependencies = 3", "{\"engines\": []}"] {
            let context = Context::in_memory([(name, text)]);
            assert_eq!(context.project().versions, [], "{name} {text:?}");
        }
    }
}
