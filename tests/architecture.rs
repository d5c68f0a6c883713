//! The order of the modules, held by test: imports only go down, and only along the rows of one table.
//!
//! What breaks the order today is listed as `KNOWN…`, each with its reason; these lists may only get shorter, so an entry
//! that is not needed any more fails as well.

#[path = "architecture/reader.rs"]
mod reader;
#[path = "support/rust.rs"]
mod rust;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use reader::File;

/// Every module with the modules that it may import, top to bottom. `src/README.md` says what each is for.
#[rustfmt::skip]
const TABLE: &[(&str, &str)] = &[
    ("command",    "format server grade verify weigh engine config builds discover report hadolint lint rules fixes shellcheck finding compose model shell context syntax knowledge process text"),
    ("server",     "format config builds discover report hadolint lint rules shellcheck finding compose model shell context syntax knowledge text"),
    ("grade",      "verify weigh engine config report lint rules finding compose model context syntax process text"),
    ("config",     "format verify weigh discover hadolint lint shellcheck finding model knowledge text"),
    ("verify",     "weigh engine report lint finding compose model context syntax knowledge process text"),
    ("weigh",      "rules finding model syntax knowledge text"),
    ("engine",     "process text"),
    ("builds",     "discover compose context text"),
    ("discover",   "knowledge text"),
    ("report",     "hadolint shellcheck finding knowledge text"),
    ("hadolint",   "lint finding model shell syntax knowledge text"),
    ("lint",       "rules fixes shellcheck finding compose model shell syntax text"),
    ("format",     "model shell syntax text"),
    ("rules",      "fixes finding compose model commands shell context syntax knowledge text"),
    ("fixes",      "finding model commands shell context syntax knowledge text"),
    ("shellcheck", "finding model shell syntax knowledge text"),
    ("finding",    "compose model commands shell syntax knowledge text"),
    ("compose",    "model commands shell context syntax knowledge text"),
    ("model",      "commands shell context syntax knowledge text"),
    ("commands",   "shell context syntax knowledge text"),
    ("shell",      "knowledge text"),
    ("context",    "knowledge text"),
    ("syntax",     "knowledge text"),
    ("knowledge",  ""),
    ("process",    ""),
    ("text",       ""),
];

/// Imports that go up.
const KNOWN_UPWARD: &[(&str, &str)] = &[];

/// Rules that others import; what several rules of a practice need belongs in its `shared.rs`.
const KNOWN_RULE_IMPORTS: &[&str] = &[];

/// Files of one module that import each other in a circle.
const KNOWN_CIRCLES: &[&[&str]] = &[
    &[
        "commands::cleanup", "commands::download", "commands::facts", "commands::packages", "commands::requirement",
        "commands::service",
    ],
    &["fixes::leave_root", "fixes::root_obstacles", "fixes::world_writable"],
    &["model::expand", "model::pattern"],
    &["shell::collect", "shell::walk"],
    &["shell::reader::command_nodes", "shell::reader::tree", "shell::reader::word_nodes"],
    &["syntax::flags", "syntax::part", "syntax::tree"],
];

/// Names of files that say how something is, not what it is.
const ADJECTIVES: &[&str] = &[
    "brought", "configured", "current", "declared", "exact", "extra", "free", "idle", "inner", "inside", "known",
    "lasting", "limited", "lone", "missing", "only", "opened", "outer", "outside", "plain", "raw", "ready", "real",
    "renewed", "seen", "shared", "simple", "spared", "told", "unified", "unpinned", "used", "written",
];

/// Files whose name is in that list.
const KNOWN_ADJECTIVES: &[&str] = &[];

static FILES: LazyLock<Vec<File>> = LazyLock::new(|| reader::read(Path::new(env!("CARGO_MANIFEST_DIR"))));

/// The module at the top of `src`, or `rules`, that a file belongs to; empty for `main.rs` and `lib.rs`.
fn top(module: &[String]) -> &str {
    module.first().map_or("", String::as_str)
}

/// Imports between two modules, with the first place of each.
fn edges() -> BTreeMap<(&'static str, &'static str), String> {
    let mut edges = BTreeMap::new();
    for file in FILES.iter() {
        for (target, line) in &file.imports {
            let (from, to) = (top(&file.module), top(target));
            if !from.is_empty() && !to.is_empty() && from != to {
                edges.entry((from, to)).or_insert_with(|| format!("{}:{line}", file.path));
            }
        }
    }
    edges
}

fn position(name: &str) -> Option<usize> {
    TABLE.iter().position(|(module, _)| *module == name)
}

#[test]
fn the_table_goes_down() {
    for (from, imports) in TABLE {
        for to in imports.split_whitespace() {
            assert!(position(to) > position(from), "{to} is above {from} in the table");
        }
    }
}

#[test]
fn imports_are_those_of_the_table() {
    let edges = edges();
    let mut problems = Vec::new();
    for ((from, to), place) in &edges {
        let (Some(above), Some(below)) = (position(from), position(to)) else {
            problems.push(format!("{place}: `{from}` or `{to}` is not in the table"));
            continue;
        };
        let allowed = TABLE[above].1.split_whitespace().any(|name| name == *to);
        if below < above && !KNOWN_UPWARD.contains(&(*from, *to)) {
            problems.push(format!("{place}: `{from}` imports `{to}`, which is above it"));
        } else if below > above && !allowed {
            problems.push(format!("{place}: `{from}` imports `{to}`, which the table does not allow"));
        }
    }
    for (from, to) in KNOWN_UPWARD {
        if !edges.contains_key(&(*from, *to)) {
            problems.push(format!("`{from}` does not import `{to}` any more: remove it from KNOWN_UPWARD"));
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn rules_do_not_see_each_other() {
    let mut problems = Vec::new();
    for file in FILES.iter().filter(|file| file.module.len() == 3 && top(&file.module) == "rules") {
        for (target, line) in &file.imports {
            let is_shared = target.len() == 3 && target[1] == file.module[1] && target[2] == "shared";
            let is_known = KNOWN_RULE_IMPORTS.contains(&target[1..].join("::").as_str());
            if top(target) == "rules" && target.len() == 3 && !is_shared && !is_known {
                problems.push(format!("{}:{line}: imports the rule `{}`", file.path, target.join("::")));
            }
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn files_of_a_module_are_not_in_a_circle() {
    let mut circles = BTreeSet::new();
    for start in FILES.iter() {
        let reached = reachable(start);
        if reached.contains(&start.module) {
            let back = |module: &Vec<String>| file(module).is_some_and(|file| reachable(file).contains(&start.module));
            let circle: Vec<_> = reached.iter().filter(|module| back(module)).map(|module| module.join("::")).collect();
            circles.insert(circle);
        }
    }
    let is_within = |circle: &[String], known: &[&str]| circle.iter().all(|file| known.contains(&file.as_str()));
    let new: Vec<_> =
        circles.iter().filter(|circle| !KNOWN_CIRCLES.iter().any(|known| is_within(circle, known))).collect();
    let gone: Vec<_> =
        KNOWN_CIRCLES.iter().filter(|known| !circles.iter().any(|circle| is_within(circle, known))).collect();
    assert!(new.is_empty() && gone.is_empty(), "new circles: {new:#?}\nremove from KNOWN_CIRCLES: {gone:#?}");
}

fn file(module: &[String]) -> Option<&'static File> {
    FILES.iter().find(|file| file.module == module)
}

/// The files of the same module that `start` reaches by imports. A file and the one whose child it is may know each other.
fn reachable(start: &File) -> BTreeSet<Vec<String>> {
    let mut reached = BTreeSet::new();
    let mut queue = vec![start];
    while let Some(from) = queue.pop() {
        for target in from.imports.keys() {
            let kin = target.starts_with(&from.module) || from.module.starts_with(target);
            if !kin && top(target) == top(&from.module) && reached.insert(target.clone()) {
                queue.extend(file(target));
            }
        }
    }
    reached
}

#[test]
fn the_top_of_src_has_directories_only() {
    let loose: Vec<_> = FILES
        .iter()
        .map(|file| file.path.as_str())
        .filter(|path| path.matches('/').count() == 1 && path.starts_with("src/"))
        .filter(|path| !["src/main.rs", "src/lib.rs"].contains(path))
        .collect();
    assert!(loose.is_empty(), "a module is a directory: {loose:?}");
}

#[test]
fn files_are_named_after_things() {
    let named = |file: &&File| {
        let name = file.module.last().map_or("", String::as_str);
        // A rule is named after the offence, and what a practice shares is always `shared`.
        top(&file.module) != "rules" && ADJECTIVES.contains(&name.rsplit('_').next().unwrap_or_default())
    };
    let found: BTreeSet<_> = FILES.iter().filter(named).map(|file| file.path.as_str()).collect();
    let known: BTreeSet<_> = KNOWN_ADJECTIVES.iter().copied().collect();
    let new: Vec<_> = found.difference(&known).collect();
    let gone: Vec<_> = known.difference(&found).collect();
    assert!(new.is_empty(), "a file is named after a thing: {new:?}");
    assert!(gone.is_empty(), "remove from KNOWN_ADJECTIVES: {gone:?}");
}
