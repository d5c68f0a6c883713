use super::*;

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    dir
}

fn empty(names: &[&'static str]) -> tempfile::TempDir {
    folder(&names.iter().map(|name| (*name, &b"FROM scratch\n"[..])).collect::<Vec<_>>())
}

fn options(root: &Path, exclude: &[&str]) -> SearchOptions {
    SearchOptions {
        include: Vec::new(),
        exclude: vec![Globs {
            root: root.to_path_buf(),
            globs: exclude.iter().map(|glob| (*glob).to_owned()).collect(),
        }],
        ..SearchOptions::default()
    }
}

fn relative(paths: &[PathBuf], root: &Path) -> Vec<String> {
    paths.iter().map(|path| path.strip_prefix(root).unwrap_or(path).to_str().unwrap().to_owned()).collect()
}

/// The files found in the directory itself.
fn found(root: &Path, options: &SearchOptions) -> Vec<String> {
    let found = discover(&[root.to_path_buf()], options);
    assert_eq!(found.errors, []);
    relative(&found.files, root)
}

#[test]
fn names_say_what_a_file_is() {
    for (name, expected) in [
        ("Dockerfile", Some(Name::Dockerfile)),
        ("dockerfile", Some(Name::Dockerfile)),
        ("DOCKERFILE", Some(Name::Dockerfile)),
        ("Containerfile", Some(Name::Dockerfile)),
        ("Dockerfile.prod", Some(Name::Dockerfile)),
        ("Dockerfile.3.12", Some(Name::Dockerfile)),
        ("Dockerfile.DEV", Some(Name::Dockerfile)),
        ("Containerfile.web", Some(Name::Dockerfile)),
        ("web.Dockerfile", Some(Name::Dockerfile)),
        ("1-7.dockerfile", Some(Name::Dockerfile)),
        ("a.b.containerfile", Some(Name::Dockerfile)),
        (".Dockerfile", Some(Name::Dockerfile)),
        ("Dockerfile-3.0", Some(Name::Ambiguous)),
        ("Dockerfile_old", Some(Name::Ambiguous)),
        ("dockerfile.go", Some(Name::Ambiguous)),
        ("Dockerfile.md", Some(Name::Ambiguous)),
        ("Dockerfile.j2", Some(Name::Template)),
        ("Dockerfile-web.tmpl", Some(Name::Template)),
        ("Dockerfile.dockerignore", None),
        ("web.Dockerfile.dockerignore", None),
        (".dockerignore", None),
        ("Dockerfile~", None),
        ("Dockerfile.swp", None),
        (".Dockerfile.swp", None),
        ("Dockerfile.orig", None),
        ("Dockerfile.BAK", None),
        ("#Dockerfile#", None),
        (".#Dockerfile", None),
        ("Dockerfiles", None),
        ("myDockerfile", None),
        ("docker", None),
        ("compose.yaml", Some(Name::Compose)),
        ("compose.prod.yml", Some(Name::Compose)),
        ("docker-compose.yml", Some(Name::Compose)),
        ("Docker-Compose.Override.YAML", Some(Name::Compose)),
        ("docker-compose-dev.yml", Some(Name::Compose)),
        ("podman-compose.yml", Some(Name::Compose)),
        ("container-compose.yaml", Some(Name::Compose)),
        ("composer.yml", None),
        ("compose.json", None),
    ] {
        assert_eq!(names::of(Path::new(name)), expected, "{name}");
    }
}

#[test]
fn a_folder_is_searched() {
    let dir = empty(&[
        "b/Dockerfile", "a/web.Dockerfile", ".devcontainer/Dockerfile", "Containerfile", "README.md", "Dockerfile~",
        "node_modules/x/Dockerfile", ".git/Dockerfile", "compose.yaml", "b/docker-compose.prod.yml",
    ]);
    let result = discover(&[dir.path().to_path_buf()], &SearchOptions::default());
    let expected = [".devcontainer/Dockerfile", "Containerfile", "a/web.Dockerfile", "b/Dockerfile"];
    assert_eq!(relative(&result.files, dir.path()), expected);
    assert_eq!(relative(&result.compose, dir.path()), ["b/docker-compose.prod.yml", "compose.yaml"]);
    assert_eq!((result.errors, result.skipped), (vec![], vec![]));
}

#[test]
fn content_decides_where_names_leave_doubt() {
    let dir = folder(&[
        ("Dockerfile-3.0", b"# x\nARG A=1\nFROM a"),
        ("dockerfile.go", b"package dockerfile\n// FROM x"),
        ("dockerfile.py", b"from os import path\n"),
        ("Dockerfile.md", b"# Docker\nFROM is an instruction"),
        ("Dockerfile.j2", b"FROM {{ base }}"),
        ("Dockerfile.gz.prod", b"\x1f\x8b\x00\x00"),
        ("Dockerfile.bad", b"FRO\xff m\n"),
        ("Dockerfile", b""),
    ]);
    let result = discover(&[dir.path().to_path_buf()], &SearchOptions::default());
    // A document that starts like a Dockerfile is one, for all that can be known.
    assert_eq!(
        relative(&result.files, dir.path()),
        ["Dockerfile", "Dockerfile-3.0", "Dockerfile.bad", "Dockerfile.md"]
    );
    let skipped: Vec<_> = result.skipped.iter().map(|(_, why)| *why).collect();
    assert_eq!(skipped, [Skip::Binary, Skip::Template, Skip::NotDockerfile, Skip::NotDockerfile]);
}

#[test]
fn a_named_file_is_taken_as_it_is() {
    let dir = folder(&[
        ("anything.txt", b"x"),
        ("sub/Dockerfile~", b"x"),
        ("compose.yml", b""),
        ("bin", b"\0"),
        ("u", b"\xff\xfeF\0"),
        ("nul", b"FROM alpine:3.22\nRUN a\0b\n"),
        ("w", b"\xff\xfe\0\0F\0\0\0"),
    ]);
    let path = |name: &str| dir.path().join(name);
    let names = ["sub/Dockerfile~", "anything.txt", "compose.yml", "bin", "u", "nul", "w"].map(path);
    let result = discover(&names, &SearchOptions::default());
    assert_eq!(relative(&result.files, dir.path()), ["anything.txt", "nul", "sub/Dockerfile~", "u"]);
    assert_eq!(relative(&result.compose, dir.path()), ["compose.yml"]);
    let messages: Vec<_> = result.errors.iter().map(|error| error.message.as_str()).collect();
    assert_eq!(messages, ["not a text file", "encoded as UTF-32, which is not read"]);
}

#[test]
fn a_file_is_found_once() {
    let dir = empty(&["a/Dockerfile", "b/Dockerfile"]);
    let path = |name: &str| dir.path().join(name);
    let names = ["a", "a/Dockerfile", "a/../a/Dockerfile", "."].map(path);
    assert_eq!(discover(&names, &SearchOptions::default()).files.len(), 2);
    assert!(discover(&[], &SearchOptions::default()).files.is_empty());
}

#[test]
fn excluded() {
    let dir = empty(&["a/Dockerfile", "a/deep/Dockerfile", "b/Dockerfile", "b/x.Dockerfile", "Dockerfile"]);
    let root = dir.path();
    for (exclude, expected) in [
        (&[][..], &["Dockerfile", "a/Dockerfile", "a/deep/Dockerfile", "b/Dockerfile", "b/x.Dockerfile"][..]),
        (&["a"], &["Dockerfile", "b/Dockerfile", "b/x.Dockerfile"]),
        (&["a/"], &["Dockerfile", "b/Dockerfile", "b/x.Dockerfile"]),
        (&["deep", "x.*"], &["Dockerfile", "a/Dockerfile", "b/Dockerfile"]),
        (&["*/Dockerfile"], &["Dockerfile", "a/deep/Dockerfile", "b/x.Dockerfile"]),
        (&["a/**"], &["Dockerfile", "b/Dockerfile", "b/x.Dockerfile"]),
        (&["/Dockerfile"], &["a/Dockerfile", "a/deep/Dockerfile", "b/Dockerfile", "b/x.Dockerfile"]),
        (&["./Dockerfile"], &["a/Dockerfile", "a/deep/Dockerfile", "b/Dockerfile", "b/x.Dockerfile"]),
        (&["**/deep/**", "b/{x,y}.Dockerfile"], &["Dockerfile", "a/Dockerfile", "b/Dockerfile"]),
        (&["Dockerfile"], &["b/x.Dockerfile"]),
    ] {
        assert_eq!(found(root, &options(root, exclude)), expected, "{exclude:?}");
    }
    // Relative to the configuration's directory, not to the one searched.
    let below = discover(&[root.join("a")], &options(root, &["a/deep"]));
    assert_eq!(relative(&below.files, root), ["a/Dockerfile"]);
}

#[test]
fn naming_beats_excluding_unless_forced() {
    let dir = empty(&["a/Dockerfile", "b/Dockerfile", "c/Dockerfile", "node_modules/x/Dockerfile"]);
    let root = dir.path();
    let paths = ["a/Dockerfile", "b", "c", "node_modules/x/Dockerfile"].map(|path| root.join(path));
    let mut options = options(root, &["a", "b"]);
    assert_eq!(discover(&paths, &options).files.len(), 4);
    options.force_exclude = true;
    let forced = discover(&paths, &options);
    assert_eq!((relative(&forced.files, root), forced.errors), (vec!["c/Dockerfile".to_owned()], vec![]));
    assert_eq!(forced.skipped.len(), 3);
}

#[test]
fn a_bad_glob_is_told() {
    let dir = empty(&["Dockerfile"]);
    let result = discover(&[dir.path().to_path_buf()], &options(dir.path(), &["a[", "ok"]));
    assert_eq!(result.files.len(), 1);
    assert_eq!(result.errors.len(), 1);
    assert!(result.errors[0].to_string().starts_with("a[: is not a valid glob"), "{}", result.errors[0]);
}

#[test]
fn gitignore_is_heeded_if_wanted() {
    let dir = empty(&["Dockerfile", "out/Dockerfile", ".git/HEAD"]);
    fs::write(dir.path().join(".gitignore"), "out/\n").unwrap();
    assert_eq!(found(dir.path(), &SearchOptions::default()), ["Dockerfile"]);
    let all = SearchOptions { gitignore: false, ..SearchOptions::default() };
    assert_eq!(found(dir.path(), &all), ["Dockerfile", "out/Dockerfile"]);
    // Naming beats it.
    assert_eq!(found(&dir.path().join("out"), &all), ["Dockerfile"]);
    assert_eq!(discover(&[dir.path().join("out/Dockerfile")], &SearchOptions::default()).files.len(), 1);
}

#[test]
fn errors_hinder_nothing_else() {
    let dir = empty(&["Dockerfile"]);
    let path = |name: &str| dir.path().join(name);
    let result = discover(&["missing", "Dockerfile", "Dockerfile/x", "missing"].map(path), &SearchOptions::default());
    assert_eq!(relative(&result.files, dir.path()), ["Dockerfile"]);
    let messages: Vec<_> = result.errors.iter().map(|error| error.message.as_str()).collect();
    assert_eq!(messages, ["no such file or directory", "no such file or directory: part of the path is a file"]);
    assert!(
        result.errors[0].to_string().ends_with("missing: no such file or directory; check the spelling of the path")
    );
}

#[cfg(unix)]
#[test]
fn links_pipes_and_loops() {
    use std::os::unix::fs::symlink;
    let outside = empty(&["Dockerfile"]);
    let dir = empty(&["a/web.Dockerfile"]);
    let root = dir.path();
    symlink("a/web.Dockerfile", root.join("Dockerfile")).unwrap();
    symlink(outside.path().join("Dockerfile"), root.join("Dockerfile.out")).unwrap();
    symlink("..", root.join("a/up")).unwrap();
    symlink("self", root.join("self")).unwrap();
    symlink("gone", root.join("Dockerfile.gone")).unwrap();
    let pipe = std::process::Command::new("mkfifo").arg(root.join("Dockerfile.pipe")).status();
    let result =
        discover(&[root.to_path_buf(), root.join("self"), root.join("Dockerfile.pipe")], &SearchOptions::default());
    assert_eq!(relative(&result.files, root), ["a/web.Dockerfile"], "a file, not links to it");
    assert_eq!(
        result.skipped,
        [(root.join("Dockerfile.gone"), Skip::BrokenLink), (root.join("Dockerfile.out"), Skip::LinkOutside)]
    );
    let messages: Vec<_> = result.errors.iter().map(|error| error.message.as_str()).collect();
    assert!(messages[0].starts_with("symbolic link cannot be followed: "), "{}", messages[0]);
    if pipe.is_ok_and(|status| status.success()) {
        assert_eq!(messages[1..], ["is neither a file nor a directory"]);
    }
    // Named, a link is taken, wherever it leads.
    assert_eq!(
        discover(&[root.join("Dockerfile.out")], &SearchOptions::default()).files,
        [root.join("Dockerfile.out")]
    );
}
