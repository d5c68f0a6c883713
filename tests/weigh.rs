//! Images on the scales: small archives made here, with one fault each, and clean ones.

#[path = "weigh/image.rs"]
mod image;

use image::{Entry, ImageArchive, Layout, dir, elf, file, link, whiteout};
use plimsoll::model::Model;
use plimsoll::syntax;
use plimsoll::text::Source;
use plimsoll::weigh::report::Weighed;
use plimsoll::weigh::{self, Archive, Budget, BuiltFrom, Limits, WasteKind, Weight};

const MB: usize = 1 << 20;

/// Weighs an image; each layer is made by one instruction, those of the base image come first.
fn weigh(
    dockerfile: &str,
    base: &[Vec<Entry>],
    layers: &[(&str, Vec<Entry>)],
    cmd: &[&str],
) -> (Weight, Vec<(String, usize, String)>) {
    weigh_as(Layout::Docker, dockerfile, base, layers, cmd)
}

fn weigh_as(
    layout: Layout,
    dockerfile: &str,
    base: &[Vec<Entry>],
    layers: &[(&str, Vec<Entry>)],
    cmd: &[&str],
) -> (Weight, Vec<(String, usize, String)>) {
    let mut image = ImageArchive::new(cmd);
    base.iter().for_each(|entries| image.layer("/bin/sh -c #(nop) ADD file:0 in / ", entries));
    layers.iter().for_each(|(step, entries)| image.layer(step, entries));
    let directory = tempfile();
    let path = image.write(directory.path(), layout);
    let source = Source::new("Dockerfile", dockerfile);
    let parsed = syntax::parse(source.text());
    let build_args = Default::default();
    let model = Model::build(&source, &parsed, &build_args, None);
    let archive = Archive::open(&path, None).expect("the archive can be read");
    let from = BuiltFrom { model: &model, target: None };
    let weight = weigh::weigh(&archive, "app", Some(from), Limits::default()).expect("the layers can be read");
    let found = weigh::findings(&weight, &Budget::default());
    let found = found.into_iter().map(|it| {
        let line = source.line_column(it.finding.span.start()).0;
        (it.finding.rule.name.to_owned(), line, it.finding.message.into_owned())
    });
    let found = found.collect();
    (weight, found)
}

/// A directory that is removed again.
struct Directory(std::path::PathBuf);

impl Directory {
    fn path(&self) -> &std::path::Path {
        &self.0
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn tempfile() -> Directory {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let name = format!("plimsoll-weigh-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let path = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&path).expect("the temporary directory is writable");
    Directory(path)
}

/// What cannot be compressed, and is the same for the same seed.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    std::iter::repeat_with(next).take(length).collect()
}

fn base() -> Vec<Vec<Entry>> {
    vec![vec![
        dir("bin", 0o755),
        file("bin/sh", 0o755, elf(62, None, &[])),
        dir("tmp", 0o1777),
        file("etc/passwd", 0o644, b"root:x:0:0::/root:/bin/sh\n".to_vec()),
        file("etc/shadow", 0o640, b"root:*:1::::::\n".to_vec()),
        file("usr/bin/su", 0o4755, noise(1, 5000)),
        file("usr/share/doc/base", 0o644, noise(2, 3 * MB)),
        file("var/cache/apt/archives/a.deb", 0o644, noise(3, MB)),
    ]]
}

/// Stands for what a service draws at random.
const LONG: &str = "Q7zD4t2MwKxR5vNeB8yH3jLpF6sUcA9gT1oWq0iXkZrEmVnYbJdPhSfGuCa2x";

const CMD: &[&str] = &["/bin/sh"];
const COPY: &str = "COPY a /a # buildkit";
const RUN: &str = "RUN /bin/sh -c x # buildkit";

fn one(found: &[(String, usize, String)]) -> (&str, usize) {
    assert_eq!(found.len(), 1, "{found:?}");
    (&found[0].0, found[0].1)
}

#[test]
fn a_clean_image_has_no_findings() {
    for layout in [Layout::Docker, Layout::Oci, Layout::OciGzip, Layout::Directory] {
        let layers = [
            (COPY, vec![file("app/main", 0o755, noise(4, MB))]),
            (RUN, vec![file("var/log/x", 0o644, noise(5, MB)), file("app/data", 0o644, noise(6, MB))]),
        ];
        let (weight, found) = weigh_as(layout, "FROM debian\nCOPY a /a\nRUN x\n", &base(), &layers, CMD);
        assert_eq!(found, [], "{layout:?}");
        let added: Vec<_> = weight.lines.iter().map(|line| (line.origin.line, line.added)).collect();
        let base_size = (4 * MB + 5000) as u64 + elf(62, None, &[]).len() as u64 + 41;
        assert_eq!(added, [(1, base_size), (2, MB as u64), (3, 2 * MB as u64)], "{layout:?}");
        assert!(weight.complete && weight.wasted == 0 && weight.visible == weight.bytes);
    }
}

#[test]
fn wasted_bytes_are_at_the_line_that_wastes_them() {
    let big = || noise(7, 2 * MB);
    for (kind, second) in [
        (WasteKind::Deleted, whiteout("srv/a")),
        (WasteKind::Overwritten, file("srv/a", 0o644, noise(8, MB))),
        (WasteKind::Reowned, file("srv/a", 0o755, big())),
        (WasteKind::Rewritten, file("srv/a", 0o644, big())),
        (WasteKind::Duplicated, file("srv/b", 0o644, big())),
    ] {
        let layers = [(COPY, vec![file("srv/a", 0o644, big())]), (RUN, vec![second])];
        let (weight, found) = weigh("FROM debian\nCOPY a /a\nRUN x\n", &base(), &layers, CMD);
        assert_eq!(one(&found), ("wasted-bytes", 3), "{kind:?}");
        assert_eq!(
            (weight.wasted, weight.wastes[0].kind, weight.lines[2].wasted),
            (2 * MB as u64, kind, 2 * MB as u64)
        );
    }
}

#[test]
fn directories_are_deleted_as_a_whole() {
    let layers = [
        (
            COPY,
            vec![
                dir("srv", 0o755),
                file("srv/x/a", 0o644, noise(9, MB)),
                file("srv/x/b", 0o644, noise(10, MB)),
                file("srvx", 0o644, noise(11, MB)),
            ],
        ),
        (RUN, vec![whiteout("srv/x")]),
    ];
    let (weight, found) = weigh("FROM debian\nCOPY a /a\nRUN x\n", &base(), &layers, CMD);
    assert_eq!((one(&found), weight.wasted), (("wasted-bytes", 3), 2 * MB as u64));
    let opaque = [
        layers[0].clone(),
        (RUN, vec![file("srv/x/c", 0o644, noise(12, MB)), file("srv/x/.wh..wh..opq", 0o644, Vec::new())]),
    ];
    let (weight, _) = weigh("FROM debian\nCOPY a /a\nRUN x\n", &base(), &opaque, CMD);
    assert_eq!((weight.wasted, weight.lines[2].added), (2 * MB as u64, MB as u64));
}

#[test]
fn planted_faults_are_found_at_their_line() {
    let key = format!("AKIA{}", "Q7ZD4T2MWKXR5VNE");
    let private =
        format!("-----BEGIN {} KEY-----\n{}\n", "RSA PRIVATE", "A1b2C3d4E5f6G7h8J9k0L1m2N3p4Q5r6S7t8".repeat(3));
    let text = |text: &str| text.as_bytes().to_vec();
    let cases: Vec<(&str, Entry)> = vec![
        ("secret-in-layer", file("app/config", 0o644, text(&format!("key = {key}\n")))),
        ("secret-in-layer", file("root/.ssh/id_rsa", 0o600, text(&private))),
        ("secret-in-layer", file("app/.env", 0o644, text("DB_PASSWORD=hunter2x\n"))),
        ("cache-in-layer", file("root/.cache/pip/x", 0o644, noise(20, MB))),
        ("cache-in-layer", file("home/app/.cache/pip/x", 0o644, noise(20, MB))),
        ("cache-in-layer", file("var/lib/apt/lists/x", 0o644, noise(21, MB))),
        ("cache-in-layer", file("root/.npm/_cacache/x", 0o644, noise(22, MB))),
        ("cache-in-layer", file("var/cache/apk/x", 0o644, noise(23, MB))),
        ("cache-in-layer", file("var/cache/dnf/x", 0o644, noise(24, MB))),
        ("cache-in-layer", file("root/.cargo/registry/x", 0o644, noise(25, MB))),
        ("needless-files", file("app/.git/objects/x", 0o644, noise(26, 1000))),
        ("needless-files", file("usr/share/man/x", 0o644, noise(27, 2 * MB))),
        ("needless-files", file("usr/lib/libx.a", 0o644, noise(28, 2 * MB))),
        ("needless-files", file("usr/lib/gcc/cc1", 0o755, noise(29, 2 * MB))),
        ("needless-files", file("usr/local/lib/python3.13/site-packages/x/tests/d", 0o644, noise(30, 2 * MB))),
        ("setuid-file", file("usr/local/bin/x", 0o4755, noise(31, 100))),
        ("setuid-file", file("usr/bin/x", 0o2755, noise(32, 100))),
        ("open-permissions", file("app/x", 0o666, noise(33, 100))),
        ("open-permissions", dir("app/data", 0o777)),
        ("weak-account", file("etc/shadow", 0o640, text("root:*:1::::::\napp::1::::::\n"))),
        ("weak-account", file("etc/passwd", 0o644, text("root:x:0:0::/:\ntoor:x:0:0::/:\n"))),
        ("weak-account", file("etc/passwd", 0o644, text("root:x:0:0::/:\nguest::1000:0::/:\n"))),
    ];
    let secrets = [
        ("app/a.json", format!("ghp_{}", &LONG[..36])),
        ("app/b.yaml", format!("glpat-{}", &LONG[..20])),
        ("app/c.ini", format!("sk_live_{}", &LONG[..24])),
        ("root/.npmrc", format!("//registry.example.com/:_authToken=npm_{}", &LONG[..36])),
        ("root/.pypirc", format!("password = pypi-AgEIcHlwaS5vcmc{}", &LONG[..50])),
        ("app/d", format!("rubygems_{}", "0f1e2d3c4b5a6978".repeat(3))),
        ("root/.docker/token", format!("dckr_pat_{}", &LONG[..27])),
        ("app/e.py", format!("dop_v1_{}", "0f1e2d3c4b5a6978".repeat(4))),
        ("app/f.js", format!("SG.{}.{}", &LONG[..22], &LONG[..43])),
        ("app/g.sh", format!("https://hooks.slack.com/services/T0A1B2C3D/B4E5F6G7H/{}", &LONG[..24])),
        ("app/h.cs", format!("AccountKey={LONG}{}==", &LONG[..25])),
        ("etc/ssl/i.key", format!("-----BEGIN {} KEY-----\n{}\n", "PRIVATE", &LONG[..60])),
    ];
    let caches = [
        "root/.cache/uv/x", "root/.cache/pypoetry/x", "opt/conda/pkgs/x", "root/.cache/yarn/x", "root/.pnpm-store/x",
        "root/.bun/install/cache/x", "usr/local/bundle/cache/x", "root/.composer/cache/x", "root/.cache/go-build/x",
        "var/cache/yum/x", "var/cache/zypp/x", "var/cache/pacman/pkg/x", "var/cache/apt/archives/x.deb",
    ];
    let needless = [
        "srv/app/.git/objects/y", "usr/share/doc/x", "usr/share/info/x", "usr/local/lib/libx.a",
        "usr/lib/llvm-19/bin/clang", "usr/local/go/pkg/tool/compile", "app/node_modules/x/test/y",
    ];
    let mut cases = cases;
    cases.extend(secrets.map(|(path, value)| ("secret-in-layer", file(path, 0o600, text(&value)))));
    cases.extend(caches.map(|path| ("cache-in-layer", file(path, 0o644, noise(34, MB)))));
    cases.extend(needless.map(|path| ("needless-files", file(path, 0o644, noise(35, 2 * MB)))));
    let count = cases.len();
    for (rule, entry) in cases {
        for (line, at) in [(2, 0), (3, 1)] {
            let mut layers = [
                (COPY, vec![file("app/one", 0o644, noise(50, 10))]),
                (RUN, vec![file("app/two", 0o644, noise(51, 10))]),
            ];
            layers[at].1.push(entry.clone());
            let (_, found) = weigh("FROM debian\nCOPY a /a\nRUN x\n", &base(), &layers, CMD);
            assert_eq!(one(&found), (rule, line), "{}", entry.path);
        }
        // What the base image brings is not this file's.
        let mut below = base();
        below[0].retain(|it| it.path != entry.path);
        below[0].push(entry);
        let (_, found) = weigh("FROM debian\nRUN x\n", &below, &[(RUN, vec![file("a", 0o644, noise(52, 10))])], CMD);
        assert_eq!(found, []);
    }
    assert!(count >= 54, "with those of the other tests more than 60");
}

#[test]
fn a_deleted_secret_is_still_found() {
    let key = format!("token = AKIA{}\n", "Q7ZD4T2MWKXR5VNE");
    let layers = [(COPY, vec![file("x", 0o600, key.into_bytes())]), (RUN, vec![whiteout("x")])];
    let (_, found) = weigh("FROM debian\nCOPY a /a\nRUN x\n", &base(), &layers, CMD);
    assert_eq!(one(&found), ("secret-in-layer", 2));
    assert!(found[0].2.contains("remains in the layer") && !found[0].2.contains("Q7ZD4T2M"));
}

#[test]
fn programs_that_cannot_start() {
    let app = |elf: Vec<u8>| vec![file("app", 0o755, elf)];
    let loader = "/lib64/ld-linux-x86-64.so.2";
    for (what, entries) in [
        ("is not in the image", vec![file("other", 0o755, elf(62, None, &[]))]),
        ("is not executable", vec![file("app", 0o644, elf(62, None, &[]))]),
        ("is for arm64", app(elf(183, None, &[]))),
        ("needs the loader", app(elf(62, Some(loader), &["libc.so.6"]))),
        (
            "needs the library `libx.so.1`",
            [
                app(elf(62, Some(loader), &["libx.so.1"])),
                vec![file("lib64/ld-linux-x86-64.so.2", 0o755, elf(62, None, &[]))],
            ]
            .concat(),
        ),
        (
            "`/usr/lib/libx.so.1` needs the library `liby.so.2`, which is not",
            [
                app(elf(62, Some(loader), &["libx.so.1"])),
                vec![
                    file("lib64/ld-linux-x86-64.so.2", 0o755, elf(62, None, &[])),
                    file("usr/lib/libx.so.1", 0o644, elf(62, None, &["libcuda.so.1", "liby.so.2"])),
                ],
            ]
            .concat(),
        ),
        (
            "needs the library `libx.so.1`, which is there for arm64 only",
            [
                app(elf(62, Some(loader), &["libx.so.1"])),
                vec![
                    file("lib64/ld-linux-x86-64.so.2", 0o755, elf(62, None, &[])),
                    file("usr/lib/libx.so.1", 0o644, elf(183, None, &[])),
                ],
            ]
            .concat(),
        ),
        ("has CRLF line endings", app(b"#!/bin/sh\r\necho\r\n".to_vec())),
        ("`/bin/bash`, which runs", app(b"#!/bin/bash\n".to_vec())),
        (
            "`python3`, which runs",
            [app(b"#!/usr/bin/env python3\n".to_vec()), vec![file("usr/bin/env", 0o755, elf(62, None, &[]))]].concat(),
        ),
    ] {
        let (_, found) = weigh("FROM debian\nCOPY a /a\nCMD [\"/app\"]\n", &base(), &[(COPY, entries)], &["/app"]);
        assert_eq!(one(&found), ("unstartable-program", 3), "{what}");
        assert!(found[0].2.contains(what), "{}", found[0].2);
    }
    for entries in [
        app(elf(62, None, &[])),
        app(b"#!/bin/sh -e\n".to_vec()),
        vec![link("app", "srv/run"), file("srv/run", 0o755, elf(62, None, &[]))],
        [
            app(elf(62, Some(loader), &["libx.so.1"])),
            vec![
                link("lib64", "usr/lib64"),
                file("usr/lib64/ld-linux-x86-64.so.2", 0o755, elf(62, None, &[])),
                file("opt/libx.so.1", 0o644, elf(62, None, &["libz.so.1"])),
                file("opt/libz.so.1.3", 0o644, elf(62, None, &["libx.so.1"])),
                link("opt/libz.so.1", "libz.so.1.3"),
            ],
        ]
        .concat(),
    ] {
        let (_, found) = weigh("FROM debian\nCOPY a /a\nCMD [\"/app\"]\n", &base(), &[(COPY, entries)], &["/app"]);
        assert_eq!(found, []);
    }
}

#[test]
fn budgets() {
    let (weight, _) =
        weigh("FROM debian\nCOPY a /a\n", &base(), &[(COPY, vec![file("a", 0o644, noise(60, 2 * MB))])], CMD);
    let with = |text: &str| weigh::findings(&weight, &toml::from_str(text).expect("it is a budget")).len();
    assert_eq!(with("max-size = '1MB'"), 1);
    assert_eq!(with("max-size = '100MB'\nmax-layer = '1MB'\nmax-wasted = '1kB'"), 1);
    assert_eq!(with("max-size = '100MB'\nmax-layer = '3MB'"), 0);
}

#[test]
fn hostile_archives_are_rejected() {
    let limits = Limits { entries: 50, bytes: 1 << 20, text: 10_000, ..Limits::default() };
    let many: Vec<_> = (0..60).map(|number| file(&format!("f{number}"), 0o644, Vec::new())).collect();
    for (what, entries) in [
        ("too many files", many),
        ("too many bytes", vec![file("a", 0o644, vec![0; 2 << 20])]),
        ("too long", vec![file(&"x".repeat(5000), 0o644, Vec::new())]),
        ("too many files", vec![file(&"x/".repeat(200), 0o644, Vec::new())]),
        ("too long in all", (0..5).map(|number| link(&format!("l{number}"), &"x".repeat(4000))).collect()),
        ("too deep", vec![file(&"x/".repeat(600), 0o644, Vec::new())]),
    ] {
        let mut image = ImageArchive::new(CMD);
        image.layer(COPY, &entries);
        let directory = tempfile();
        let path = image.write(directory.path(), Layout::OciGzip);
        let archive = Archive::open(&path, None).expect("its manifest is fine");
        let error = weigh::weigh(&archive, "app", None, limits).expect_err("it exceeds a limit").to_string();
        assert!(error.contains(what), "{error}");
    }
}

#[test]
fn damaged_archives_do_not_panic() {
    let mut image = ImageArchive::new(CMD);
    image.layer(
        COPY,
        &[
            file("a", 0o755, elf(62, Some("/lib/ld"), &["libc.so.6"])),
            link("b", "../../etc"),
            file("../../c", 0o644, noise(70, 700)),
        ],
    );
    let directory = tempfile();
    let path = image.write(directory.path(), Layout::Docker);
    let bytes = std::fs::read(&path).expect("it was written");
    for seed in 0..600 {
        let mut bytes = bytes.clone();
        let places = noise(seed + 1, 12);
        for pair in places.chunks(4) {
            let at = (usize::from(pair[0]) << 16 | usize::from(pair[1]) << 8 | usize::from(pair[2])) % bytes.len();
            bytes[at] = pair[3];
        }
        if seed % 3 == 0 {
            bytes.truncate(usize::from(places[0]) * bytes.len() / 256);
        }
        std::fs::write(&path, &bytes).expect("it can be written");
        if let Ok(archive) = Archive::open(&path, None)
            && let Ok(weight) = weigh::weigh(&archive, "app", None, Limits::default())
        {
            let source = Source::new("Dockerfile", "FROM scratch\n");
            let weighed = Weighed { weight: &weight, source: &source, refuted: &[], other: None };
            let _ = weigh::html(&[(weighed, &[])]);
            let _ = weigh::findings(&weight, &Budget::default());
        }
    }
}

#[test]
fn paths_do_not_leave_the_image() {
    let (weight, _) =
        weigh("FROM debian\nCOPY a /a\n", &base(), &[(COPY, vec![file("../../x", 0o644, noise(71, MB))])], CMD);
    assert_eq!(weight.lines[1].largest[0].1, "x");
}

#[test]
fn layers_and_steps_are_limited() {
    for (layers, what) in [(513, "more than 512 layers"), (10_001, "more than")] {
        let mut image = ImageArchive::new(CMD);
        (0..layers).for_each(|_| image.layer(COPY, &[]));
        let directory = tempfile();
        let path = image.write(directory.path(), Layout::Directory);
        let error = Archive::open(&path, None).err().expect("it exceeds a limit").to_string();
        assert!(error.contains(what), "{error}");
    }
}

/// A layer that whites out a directory of many files again and again, in each of the ways that there are, is read in one go.
#[test]
fn many_whiteouts_of_one_directory() {
    let many = 30_000;
    let names: Vec<_> = (0..many).map(|number| format!("srv/x/{number}")).collect();
    let first: Vec<_> = names.iter().map(|name| file(name, 0o644, vec![1])).collect();
    let again = names.iter().flat_map(|name| {
        [file(name, 0o644, vec![2]), file("srv/x/.wh..wh..opq", 0o644, Vec::new()), whiteout("srv/x"), whiteout(name)]
    });
    let layers = [(COPY, first), (RUN, again.collect())];
    let (weight, _) = weigh("FROM debian\nCOPY a /a\nRUN x\n", &base(), &layers, CMD);
    assert_eq!((weight.wasted, weight.lines[2].added), (many, many));
}

/// What lint predicts is measured, or refuted; the image does not say the same again.
#[test]
fn predictions_meet_the_image() {
    let dockerfile = "FROM python:3.13-slim\nRUN pip install flask==3.1.0\nRUN pip install django==5.2\nRUN pip install lxml==6.0\n\
                      COPY big /srv/big\nRUN python3 /srv/big && rm /srv/big\nUSER 1000\nCMD [\"/bin/sh\"]\n";
    let mut image = ImageArchive::new(CMD);
    image.layer("/bin/sh -c #(nop) ADD file:0 in / ", &base()[0]);
    image.layer(RUN, &[file("root/.cache/pip/x", 0o644, noise(80, 2 * MB))]);
    image.layer(RUN, &[file("usr/local/lib/python3.13/site-packages/django/x", 0o644, noise(81, MB))]);
    image.layer(RUN, &[file("root/.cache/pip/y", 0o644, noise(83, MB))]);
    image.layer("COPY big /srv/big # buildkit", &[file("srv/big", 0o644, noise(82, 5 * MB))]);
    // A cache that is deleted too late takes up space in its layer all the same.
    image.layer(RUN, &[whiteout("srv/big"), whiteout("root/.cache/pip/y")]);
    let directory = tempfile();
    let archive = image.write(directory.path(), Layout::Oci);
    let path = directory.path().join("Dockerfile");
    std::fs::write(&path, dockerfile).expect("it is writable");
    let run = |options: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_plimsoll"));
        command.arg("weigh").arg(&archive).arg("--dockerfile").arg(&path).arg("--isolated").args(options);
        let output = command.output().expect("it starts");
        String::from_utf8(output.stdout).expect("it is UTF-8")
    };
    // Line, rule and measured bytes of each finding.
    let found = |options: &[&str]| -> Vec<String> {
        let text = run(&[&["--format", "jsonl"], options].concat());
        let found = text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        let found = found.filter(|it| it["rule"].is_string()).map(|it| {
            let message = it["message"].as_str().unwrap_or_default();
            let bytes =
                message.split_once("(wastes ").map_or(message, |(_, rest)| rest.trim_end_matches(" in this layer)"));
            format!("{} {} {bytes}", it["range"]["start"]["line"], it["rule"].as_str().unwrap_or_default())
        });
        found.collect()
    };
    let (late, first, third) = ("6 late-removal 6.3 MB", "2 pip-cache-left 2.1 MB", "4 pip-cache-left 1.0 MB");
    assert_eq!(found(&[]), [first, third, late]);
    assert_eq!(found(&["--sort", "weight"]), [late, first, third]);
    // Who does not want to hear of lint's rule still hears of the cache; the one that was deleted is part of the waste.
    assert_eq!(
        found(&["--ignore", "pip-cache-left"])[0],
        "2 cache-in-layer leaves a cache of 2.1 MB in the image: `/root/.cache/pip`"
    );
    for (format, refuted) in [
        ("text", "     3  pip-cache-left: "),
        ("markdown", "- line 3: `pip-cache-left` "),
        ("html", "<li>line 3: <code>pip-cache-left</code> "),
        ("json", "\"line\": 3,\n          \"message\": \"`pip install` leaves its download cache"),
    ] {
        let text = run(&["--format", format]);
        assert!(text.contains(refuted), "{format}: {text}");
        assert_eq!(text.matches("not in the image").count(), usize::from(format != "json"), "{format}");
    }
}

/// Several images are on one page, with anchors of their own.
#[test]
fn images_share_a_page() {
    let (weight, _) = weigh("FROM debian\nCOPY a /a\n", &base(), &[(COPY, vec![file("a", 0o644, noise(90, MB))])], CMD);
    let source = Source::new("Dockerfile", "FROM debian\nCOPY a /a\n");
    let image = || (Weighed { weight: &weight, source: &source, refuted: &[], other: Some(&weight) }, &[][..]);
    let page = weigh::html(&[image(), image()]);
    assert_eq!((page.matches("<html").count(), page.matches("<h1>").count(), page.matches("<h2").count()), (1, 1, 2));
    let ids: Vec<_> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let links: Vec<_> = page.split(" href=\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!((distinct.len(), ids.contains(&"line-1-1")), (ids.len(), true));
    assert!(!links.is_empty() && links.iter().all(|link| ids.contains(link)), "{links:?} {ids:?}");
}
