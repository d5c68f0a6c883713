//! Go, Rust, C and C++: the container starts a program that the build created.

use crate::fixes::source_scan;
use crate::fixes::two_stages::{Build, Product, Taken, files, run_base, steps, value};
use crate::knowledge::bases;
use crate::knowledge::canonical;
use crate::knowledge::command_lines::build_subcommands;
use crate::knowledge::file_kinds::Kind;
use crate::knowledge::os::{Distro, Libc};
use crate::knowledge::packages;
use crate::knowledge::programs::Class;
use crate::knowledge::variables;
use crate::knowledge::bases::variants::smaller;
use crate::model::{Step, join_path};
use crate::shell::Command;
use crate::text::Edit;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tongue {
    Go,
    Rust,
    C,
    Cpp,
}

pub(super) fn product(build: &Build<'_, '_>, start: &Step<'_>) -> Option<Product> {
    let tongue = tongue(build)?;
    let path = program(build, start)?;
    if build.is_copied(start, &path) {
        return None;
    }
    let made = made(build, tongue, &path);
    if made == Made::No {
        return None;
    }
    let is_build = |command: &Command| builds(command);
    let neutral = |command: &Command| {
        command.class().is(Class::TOOLCHAIN.or(Class::QUERY).or(Class::SYSTEM_TABLE))
            || command.is_any(&["rustup", "size", "pkg-config"])
    };
    let seen = steps::look(build, is_build, neutral);
    if !seen.builds {
        return None;
    }
    let mut doubt = seen.doubt;
    if let Some(header) = seen.headers.first() {
        doubt.get_or_insert(format!("the program may also need the library of `{}`", header.replace('`', "'")));
    }
    if made == Made::Perhaps {
        doubt.get_or_insert("the build may put the program elsewhere".to_owned());
    }
    let mut taken = vec![Taken::file(&path)];
    let context = build.model.context.filter(|context| context.is_sure());
    match files::data(build, Kind::NATIVE_SOURCE, &["src", "include", "cmd", "pkg", "internal"]) {
        Ok(data) => taken.extend(data.into_iter().filter(|one| one.from != path)),
        Err(reason) => _ = doubt.get_or_insert(reason),
    }
    let (base, mut setup) = base(build)?;
    let (mut edits, mut finish) = (Vec::new(), Vec::new());
    let system = bases::os(build.name, build.image.tag_text());
    match tongue {
        Tongue::Go | Tongue::Rust => {
            // What it trusts comes with the toolchain's image, not with the small one.
            let calls = source_scan::calls_https(context);
            let debian = system.as_ref().is_some_and(|os| os.libc == Some(Libc::Glibc));
            if calls && debian && bases::role(build.name) == Some(bases::Role::Toolchain) {
                taken.push(Taken::file("/etc/ssl/certs/ca-certificates.crt"));
            }
            if tongue == Tongue::Rust && links_libraries(build) {
                doubt.get_or_insert("a crate links to a system library".to_owned());
            }
        }
        Tongue::Cpp if canonical(build.name) == "gcc" => match static_edits(build) {
            Some(static_edits) => edits = static_edits,
            None => {
                // Of the same names as those below, which are older. The compiler knows where they are.
                finish.push(
                    "RUN mkdir /libraries && cp \"$(g++ -print-file-name=libstdc++.so.6)\" \"$(g++ -print-file-name=libgcc_s.so.1)\" /libraries/".to_owned(),
                );
                taken.push(Taken { from: "/libraries".to_owned(), to: "/usr/local/lib64".to_owned() });
                setup.push("ENV LD_LIBRARY_PATH=/usr/local/lib64".to_owned());
            }
        },
        Tongue::Cpp if system.as_ref().is_some_and(|os| os.distro == Distro::Alpine) => {
            setup.push("RUN apk add --no-cache libstdc++".to_owned());
        }
        _ => {}
    }
    if matches!(tongue, Tongue::C | Tongue::Cpp) {
        if let Some(library) = library(build) {
            doubt.get_or_insert(format!("the program may need the library `{}`", library.replace('`', "'")));
        }
        let shared = |text: &str| text.contains("SHARED") || text.contains("-shared") || text.contains("find_package");
        let files = ["CMakeLists.txt", "Makefile", "makefile"];
        if context.is_some_and(|context| {
            files
                .iter()
                .flat_map(|name| context.named(name))
                .take(20)
                .any(|entry| context.read(&entry.path).is_some_and(|text| shared(&text)))
        }) {
            doubt.get_or_insert("the build may create or use shared libraries".to_owned());
        }
    }
    Some(Product { base, setup, taken, finish, edits, last: None, build_variable, doubt })
}

fn build_variable(name: &str) -> bool {
    variables::NATIVE_BUILD.iter().any(|start| {
        name.starts_with(start)
            && !name.starts_with("RUST_LOG")
            && !name.starts_with("RUST_BACKTRACE")
            && !matches!(name, "GOMAXPROCS" | "GOGC" | "GOMEMLIMIT" | "GODEBUG")
    })
}

fn tongue(build: &Build<'_, '_>) -> Option<Tongue> {
    let commands = build.commands();
    let runs = |names: &[&str]| commands.iter().any(|(_, command, _)| command.is_any(names));
    if commands.iter().any(|(_, command, _)| command.runs_any(&["go"], &["build", "install"])) {
        return Some(Tongue::Go);
    }
    if commands.iter().any(|(_, command, _)| command.runs_any(&["cargo"], &["build", "install"])) {
        return Some(Tongue::Rust);
    }
    if runs(&["g++", "c++", "clang++"]) {
        return Some(Tongue::Cpp);
    }
    let cpp = ["cpp", "cc", "cxx", "hpp"];
    let context = build.model.context.filter(|context| context.is_sure());
    let has_cpp = context.is_none_or(|context| {
        context.entries().iter().any(|entry| entry.path.rsplit_once('.').is_some_and(|(_, end)| cpp.contains(&end)))
    });
    if runs(&["make", "cmake", "ninja", "meson"]) {
        return Some(if has_cpp { Tongue::Cpp } else { Tongue::C });
    }
    runs(&["gcc", "cc", "clang"]).then_some(Tongue::C)
}

/// `gcc`, `clang++`, `rustc`, …
fn compiles(command: &Command) -> bool {
    command.class().is(Class::COMPILER) && command.class().is(Class::NATIVE_BUILD)
}

fn builds(command: &Command) -> bool {
    command.class().is(Class::NATIVE_BUILD)
        || command.runs_any(&["go"], build_subcommands("go"))
        || command.runs_any(&["go"], &["vet", "test"])
        || command.runs_any(&["cargo"], &["build", "install", "fetch", "test", "check"])
}

/// The path of the program that is started; `None` if it is found in `PATH`.
fn program(build: &Build<'_, '_>, start: &Step<'_>) -> Option<String> {
    let command = build.start;
    if !command.wrappers.is_empty()
        || command.path.is_empty()
        || command.path.ends_with(".sh")
        || !command.assignments.is_empty()
    {
        return None;
    }
    if command.path.contains('/') {
        return build.resolve(start, &command.path);
    }
    // By its name: where these put what they install, or what the build names literally.
    let commands = build.commands();
    for (_, other, folder) in &commands {
        let name = command.path.as_str();
        if other.runs("go", "install") {
            return Some(format!("/go/bin/{name}"));
        }
        if other.runs("cargo", "install") {
            return Some(format!("/usr/local/cargo/bin/{name}"));
        }
        if let Some(out) = output(other).and_then(|out| join_path(folder.as_deref(), &out, false)) {
            let known = ["/usr/local/bin/", "/usr/bin/", "/bin/", "/go/bin/", "/usr/local/sbin/"];
            if known.iter().any(|folder| out == format!("{folder}{name}")) {
                return Some(out);
            }
        }
    }
    None
}

/// What follows `-o`.
fn output(command: &Command) -> Option<String> {
    let compiler = compiles(command) || command.runs_any(&["go"], &["build"]);
    if !compiler {
        return None;
    }
    let mut args = command.args.iter();
    while let Some(arg) = args.next() {
        let text = arg.text.as_deref()?;
        if text == "-o" {
            return args.next()?.text.clone();
        }
        if let Some(rest) = text.strip_prefix("-o").filter(|rest| !rest.is_empty() && !command.is("go")) {
            return Some(rest.trim_start_matches('=').to_owned());
        }
        if let Some(rest) = text.strip_prefix("-o=") {
            return Some(rest.to_owned());
        }
    }
    None
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Made {
    No,
    Perhaps,
    Yes,
}

/// Whether the build creates the program at `path`.
fn made(build: &Build<'_, '_>, tongue: Tongue, path: &str) -> Made {
    let mut best = Made::No;
    let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
    for (step, command, folder) in build.commands() {
        let folder = folder.as_deref();
        let out =
            output(command).and_then(|out| Some((join_path(folder, &out, false)?, out.ends_with('/') || out == ".")));
        let here = match command.name.as_str() {
            "go" if command.subcommand().is_some_and(|verb| verb.is("build")) => match out {
                Some((out, false)) if out == path => Made::Yes,
                // A directory, if it exists.
                Some((out, _)) if out == parent => Made::Yes,
                Some(_) => Made::No,
                None if folder == Some(parent) => {
                    if go_name(build, step, command).is_some_and(|made| made == name) {
                        Made::Yes
                    } else {
                        Made::Perhaps
                    }
                }
                None => Made::No,
            },
            "go" if command.subcommand().is_some_and(|verb| verb.is("install")) && parent == "/go/bin" => Made::Yes,
            "cargo" if command.subcommand().is_some_and(|verb| verb.is("install")) && parent.ends_with("/bin") => {
                Made::Yes
            }
            "cargo" if command.subcommand().is_some_and(|verb| verb.is("build")) => {
                let kind = if command.has_flag(&["--release", "-r"]) { "release" } else { "debug" };
                let target = value(command, &["--target"]);
                let place = target.map_or(format!("target/{kind}"), |target| format!("target/{target}/{kind}"));
                match join_path(folder, &place, false) {
                    Some(place) if place == parent => Made::Yes,
                    _ => Made::No,
                }
            }
            "cp" | "mv" | "install" => {
                let last = command.operands().last().and_then(|arg| arg.text.as_deref());
                let to = last.and_then(|last| join_path(folder, last, false));
                if to.as_deref() == Some(path) || to.as_deref() == Some(parent) { Made::Perhaps } else { Made::No }
            }
            "make" | "cmake" | "ninja" | "meson" if matches!(tongue, Tongue::C | Tongue::Cpp) => {
                // Whatever they make: it is not copied, so it is made.
                if build.model.context.is_some_and(|context| context.is_sure()) { Made::Yes } else { Made::Perhaps }
            }
            "gcc" | "g++" | "cc" | "c++" | "clang" | "clang++" | "rustc" if !command.has_arg("-c") => match out {
                Some((out, _)) if out == path => Made::Yes,
                None if name == "a.out" && folder == Some(parent) => Made::Yes,
                None if command.is("rustc") => Made::Perhaps,
                _ => Made::No,
            },
            _ => Made::No,
        };
        best = best.max(here);
    }
    best
}

/// What `go build` calls its result.
fn go_name(build: &Build<'_, '_>, step: &Step<'_>, command: &Command) -> Option<String> {
    let last = command.rest().last().and_then(|arg| arg.text.as_deref());
    let base = |path: &str| path.trim_end_matches('/').rsplit('/').next().map(str::to_owned);
    match last {
        Some(file) if file.ends_with(".go") => {
            let first = command.rest().next()?.text.as_deref()?;
            base(first)?.strip_suffix(".go").map(str::to_owned)
        }
        Some(package) if package != "." && package != "./" && package != "./..." => base(package),
        Some("./...") => None,
        _ => {
            let text = step.manifest(build.model, "go.mod")?;
            let module =
                text.lines().find_map(|line| line.trim().strip_prefix("module "))?.trim().trim_matches('"').to_owned();
            let last = base(&module)?;
            // `example.com/app/v2` is called by what stands before.
            let version = last.strip_prefix('v').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
            if version { base(module.rsplit_once('/')?.0) } else { Some(last) }
        }
    }
}

/// The base image of the program, and what has to be done there first.
fn base(build: &Build<'_, '_>) -> Option<(String, Vec<String>)> {
    let tag = build.image.tag_text()?;
    let (base, setup) = match canonical(build.name) {
        "golang" | "rust" | "gcc" | "buildpack-deps" => {
            let base = run_base(build)?;
            (format!("{}:{}", base.image, base.tag), Vec::new())
        }
        name @ ("debian" | "ubuntu" | "alpine" | "fedora" | "rockylinux" | "almalinux") => {
            let small = smaller(name, Some(tag)).into_iter().find(|small| !small.changes_libc && name == "debian");
            (format!("{}:{}", build.name, small.map_or(tag.to_owned(), |small| small.tag)), Vec::new())
        }
        _ => return None,
    };
    Some((base, setup))
}

/// Links the C++ library into the program, where the compiler is called by name and nowhere else.
fn static_edits(build: &Build<'_, '_>) -> Option<Vec<Edit>> {
    let mut edits = Vec::new();
    for (_, command, _) in build.commands() {
        match command.name.as_str() {
            "g++" | "c++" => {
                if command.has_arg("-c") {
                    continue;
                }
                if command.has_arg("-static") || command.has_arg("-static-libstdc++") {
                    continue;
                }
                if !command.wrappers.is_empty() {
                    return None;
                }
                edits.push(Edit::insert(command.name_span.end(), " -static-libstdc++ -static-libgcc"));
            }
            "make" | "cmake" | "ninja" | "meson" | "gcc" | "cc" | "clang++" | "ld" => return None,
            _ => {}
        }
    }
    Some(edits)
}

/// A linked library that small images do not have.
fn library(build: &Build<'_, '_>) -> Option<String> {
    let commands = build.commands();
    let linked = commands
        .iter()
        .filter(|(_, command, _)| compiles(command) && !command.is("rustc"))
        .flat_map(|(_, command, _)| &command.args);
    let mut names = linked.filter_map(|arg| arg.text.as_deref()?.strip_prefix("-l").map(str::to_owned));
    names.find(|name| !packages::COMMON_LIBRARIES.contains(&name.as_str()))
}

/// Whether a crate in the lock file needs a system library at run time.
fn links_libraries(build: &Build<'_, '_>) -> bool {
    let Some(context) = build.model.context.filter(|context| context.is_sure()) else { return false };
    let mut files = context.named("Cargo.lock").chain(context.named("Cargo.toml")).take(20);
    let lock = context.named("Cargo.lock").next().is_some();
    files.any(|entry| {
        let Some(text) = context.read(&entry.path) else { return false };
        packages::LIBRARY_CRATES.iter().any(|name| text.contains(&format!("\"{name}\"")))
            || !lock && ["reqwest", "openssl", "diesel", "rusqlite", "sqlx"].iter().any(|name| text.contains(name))
    })
}
