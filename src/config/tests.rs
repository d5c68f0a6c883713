use std::path::Path;
use std::sync::Arc;

use super::*;

/// The key's page lists what a search always skips.
#[test]
fn default_excludes_are_documented() {
    let key = KEYS.iter().find(|key| key.name == "exclude").expect("it is a key");
    for name in crate::discover::DEFAULT_EXCLUDE {
        assert!(key.details.contains(&format!("`{name}`")), "{name}");
    }
}

use crate::finding::Rule;
use crate::text::Source;

#[derive(serde::Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Options {
    max_layers: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { max_layers: 4 }
    }
}

static RULES: &[Entry] = &[
    Entry::new("layers", "few-layers", "", Rule::new(Level::Warn, "0.1.0", &[]).options::<Options>()),
    Entry::new("nonroot", "root-user", "", Rule::new(Level::Warn, "0.1.0", &[]).aka(&["DL3002"])),
    Entry::new("pinned", "untagged-base", "", Rule::new(Level::Warn, "0.1.0", &[]).preview()),
];

fn read_text(text: &str) -> (Config, Vec<String>) {
    let source = Arc::new(Source::new("plimsoll.toml", text));
    let (config, _, problems) = super::reader::read(&source, Path::new("/"), RULES, None);
    let shown = problems.into_iter().map(|problem| {
        let (source, span) = problem.place.expect("each has a place");
        let help = problem.help.iter().map(|help| format!("; {help}")).collect::<String>();
        let level = if problem.fatal { "error" } else { "warning" };
        format!("{level} at `{}`: {}{help}", source.slice(span), problem.message)
    });
    (config, shown.collect())
}

#[test]
fn mistakes_have_places() {
    for (text, expected) in [
        (
            "fail_on = 'warn'",
            "error at `fail_on`: unknown key `fail_on`; did you mean `fail-on`?; `plimsoll config` lists all keys",
        ),
        (
            "selct = []",
            "error at `selct`: unknown key `selct`; did you mean `select`?; `plimsoll config` lists all keys",
        ),
        ("preview = 'yes'", "error at `'yes'`: expected `true` or `false`, found a string"),
        (
            "fail-on = 'loud'",
            "error at `'loud'`: unknown level `loud`; expected one of `off`, `note`, `warn`, `error`",
        ),
        (
            "fail-on = 'off'",
            "error at `'off'`: `off` is not a valid value for `fail-on`; use `note`, `warn` or `error`; to never fail because of findings, use `--exit-zero`",
        ),
        ("select = 'all'", "error at `'all'`: expected a list of strings: `[\"…\"]`, found a string"),
        ("select = ['all', 3]", "error at `3`: expected a string, found an integer"),
        (
            "ignore = ['rot-user']",
            "error at `'rot-user'`: there is no rule and no practice `rot-user`; did you mean `root-user`?; `plimsoll rule` lists all rules",
        ),
        ("ignore = ['dl4*']", "warning at `'dl4*'`: `dl4*` ignores nothing: it matches no rule"),
        ("select = ['pinned']", "warning at `'pinned'`: `pinned` selects nothing: its rules need `preview`"),
        ("exclude = ['a[']", "error at `'a['`: `a[` is not a valid glob: unclosed character class; missing ']'"),
        (
            "targets = ['doker']",
            "error at `'doker'`: unknown target `doker`; did you mean `docker`?; expected one of `docker`, `podman`, `buildah`, `kaniko`, `kubernetes`, `containerd`, `cri-o`, `lxc`",
        ),
        (
            "[levels]\nroot-user = 'eror'",
            "error at `'eror'`: unknown level `eror`; did you mean `error`?; expected one of `off`, `note`, `warn`, `error`",
        ),
        ("[build-args]\nN = 3", "error at `3`: expected a string, found an integer"),
        (
            "[per-file-ignores]\n'a' = ['nonrot']",
            "error at `'nonrot'`: there is no rule and no practice `nonrot`; did you mean `nonroot`?; `plimsoll rule` lists all rules",
        ),
        ("[rules.root-user]", "error at `root-user`: the rule `root-user` has no options"),
        ("[rules.layers]", "error at `layers`: options belong to a single rule, and `layers` is not one"),
        ("rules = 3", "error at `3`: expected a table, found an integer"),
        (
            "[rules.few-layers]\nmax = 3",
            "error at `max`: unknown key `max`; expected one of: max-layers; `plimsoll rule few-layers` explains the options of the rule",
        ),
        (
            "[rules.few-layers]\nmax-layers = 'é'",
            "error at `'é'`: invalid type: string \"é\", expected u32; `plimsoll rule few-layers` explains the options of the rule",
        ),
        ("select = [", "error at ``: invalid TOML: unclosed array, expected `]`"),
        ("preview = true\npreview = true", "error at `preview`: invalid TOML: duplicate key"),
        ("\0", "error at `\0`: invalid TOML: invalid unquoted key, expected letters, numbers, `-`, `_`"),
    ] {
        assert_eq!(read_text(text).1.first().map(String::as_str), Some(expected), "{text}");
    }
}

#[test]
fn all_mistakes_are_told_in_file_order() {
    let (_, problems) = read_text("z = 1\npreview = 1\n[levels]\nx = 'y'\na = 'b'\n");
    let places: Vec<_> = problems.iter().map(|problem| problem.split(':').next().unwrap()).collect();
    assert_eq!(
        places,
        ["error at `z`", "error at `1`", "error at `x`", "error at `'y'`", "error at `a`", "error at `'b'`"]
    );
}

#[test]
fn every_example_can_be_read() {
    // The names in examples are real ones, which `RULES` here does not have.
    let known =
        |problem: &String| problem.contains("there is no rule and no practice") || problem.contains(" nothing: ");
    for key in KEYS {
        let (_, problems) = read_text(key.example);
        assert!(problems.iter().all(known), "{}: {problems:?}", key.name);
        assert!(key.summary.ends_with('.') && key.summary.starts_with(char::is_uppercase), "{}", key.name);
    }
}

#[test]
fn options_and_files_reach_the_rules() {
    let (config, problems) = read_text(
        "preview = true\n[rules.few-layers]\nmax-layers = 7\n[per-file-ignores]\n'web/' = ['DL3002']\n'*.dev' = ['pinned']",
    );
    assert_eq!(problems, [""; 0]);
    for (path, expected) in [
        ("/x/Dockerfile", "few-layers root-user untagged-base"),
        ("/web/Dockerfile", "few-layers untagged-base"),
        ("/x/a.dev", "few-layers root-user"),
        ("/web/a.dev", "few-layers"),
    ] {
        let settings = config.settings(&Overrides::default(), &config.matching(Path::new(path)), RULES);
        let names: Vec<_> = settings.lint.rules.iter().map(|(entry, _)| entry.meta.name).collect();
        assert_eq!(names.join(" "), expected, "{path}");
        assert_eq!(settings.lint.options["few-layers"].downcast_ref::<Options>().unwrap().max_layers, 7);
    }
    let settings = Config::default().settings(&Overrides::default(), &[], RULES);
    assert_eq!(settings.lint.options["few-layers"].downcast_ref::<Options>().unwrap().max_layers, 4);
}

#[test]
fn the_nearest_file_counts_and_extends() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    for (name, text) in [
        ("plimsoll.toml", "fail-on = 'error'\n[build-args]\nA = '1'\nB = '1'"),
        ("a/.plimsoll.toml", "extend = '../plimsoll.toml'\n[build-args]\nB = '2'"),
        ("b/plimsoll.toml", "preview = true"),
        ("b/.plimsoll.toml", "fail-on = 'note'"),
        ("loop/plimsoll.toml", "extend = 'other.toml'"),
        ("loop/other.toml", "extend = 'plimsoll.toml'"),
        ("gone/plimsoll.toml", "extend = 'gone.toml'"),
    ] {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    std::fs::create_dir_all(root.join("a/deep/er")).unwrap();
    let mut configs = Configs::new(Lookup::Nearest, Overrides::default(), RULES);
    for (path, fail_on, preview, args) in [
        ("Dockerfile", Level::Error, false, "A=1 B=1"),
        ("a/deep/er/Dockerfile", Level::Error, false, "A=1 B=2"),
        ("a/not/there/Dockerfile", Level::Error, false, "A=1 B=2"),
        ("b/Dockerfile", Level::Warn, true, ""),
    ] {
        let settings = configs.settings(&root.join(path));
        let given: Vec<_> = settings.build_args.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!((settings.fail_on, settings.preview, given.join(" ").as_str()), (fail_on, preview, args), "{path}");
    }
    assert!(configs.is_sound());
    for (folder, expected) in
        [("loop", "`plimsoll.toml` extends this file in turn"), ("gone", "cannot read `gone.toml`: ")]
    {
        let mut configs = Configs::new(Lookup::Nearest, Overrides::default(), RULES);
        configs.of_directory(&root.join(folder));
        assert!(!configs.is_sound() && configs.problems[0].message.starts_with(expected), "{:?}", configs.problems);
    }
}
