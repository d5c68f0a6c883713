//! Every key there is, in one place: how it is read, and what `plimsoll config` and `plimsoll init` say about it.

use super::Target;
use crate::config::reader::ConfigReader;
use crate::config::required_version;
use crate::config::shape::{FORMAT, HADOLINT, OVERRIDE, Shape, VERIFY, WEIGH, failing_levels, names};
use crate::finding::Level;
use crate::lint::profile::Profile;
use crate::shellcheck::Backend;
use crate::text::toml::Value;
use crate::text::Problem;

/// A key of `plimsoll.toml`.
pub struct Key {
    pub name: &'static str,
    /// What its value is.
    pub value: &'static str,
    /// The same for the JSON Schema.
    pub(super) shape: Shape,
    /// The value in force without it, as TOML.
    pub default: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// What else there is to know; may be empty.
    pub details: &'static str,
    /// TOML that uses it.
    pub example: &'static str,
    pub(super) read: fn(&mut ConfigReader<'_>, &Value<'_>),
}

/// In the order to show them in: plain values before tables, as TOML wants it.
pub const KEYS: &[Key] = &[
    Key {
        name: "extend",
        value: "path",
        shape: Shape::Text,
        default: "none",
        summary: "Another configuration file to extend.",
        details: "The path is relative to this file's directory. Settings in this file override the extended ones: \
                  lists are replaced, and tables are merged key by key. If you omit this key, only the nearest \
                  configuration file above a Dockerfile applies.",
        example: r#"extend = "../plimsoll.toml""#,
        read: |reader, value| {
            if let Some(path) = reader.toml.string(value) {
                reader.extend = Some((path.to_owned(), reader.toml.span(value.span())));
            }
        },
    },
    Key {
        name: "required-version",
        value: "version or version ranges",
        shape: Shape::Text,
        default: "none",
        summary: "Versions of plimsoll that may use this file.",
        details: "Separate ranges with commas, as in `>=0.1, <0.3`; a version must match all of them. A version \
                  without an operator matches all versions that start with it: `0.1` matches 0.1.2 and 0.1.5. Any \
                  other version of plimsoll exits with an error before it checks a file.",
        example: r#"required-version = ">=0.1""#,
        read: |reader, value| {
            let Some(text) = reader.toml.string(value) else { return };
            if let Err(problem) = required_version::check(text, env!("CARGO_PKG_VERSION")) {
                let span = reader.toml.span(value.span());
                reader.toml.problem(problem, span);
            }
        },
    },
    Key {
        name: "profile",
        value: r#""recommended", "course", "strict", or "hadolint""#,
        shape: Shape::Name(names::<Profile>),
        default: r#""recommended""#,
        summary: "Base set of rule levels.",
        details: "`recommended` uses each rule's own level. `course` is for a first container course: notes become \
                  warnings in its six practices (`pinned`, `slim`, `nonroot`, `layers`, `stages`, and `concern`), and \
                  warnings become notes in all others except `correctness` and `secrets`. In `strict`, notes become \
                  warnings, and rules that are off by default become notes. `hadolint` reports the same findings as \
                  hadolint, on the same lines and with the same exit code; see the key `hadolint`. Command line: \
                  `--profile`.",
        example: r#"profile = "course""#,
        read: |reader, value| {
            let Some(text) = reader.toml.string(value) else { return };
            let span = reader.toml.span(value.span());
            reader.config.profile = reader.toml.variant(text, span, "profile");
        },
    },
    Key {
        name: "preview",
        value: "true or false",
        shape: Shape::Flag,
        default: "false",
        summary: "Enable preview rules, which are unstable and may change.",
        details: "If this is false, a preview rule only runs if you select it by name. Command line: `--preview`.",
        example: "preview = true",
        read: |reader, value| reader.config.preview = reader.toml.bool(value),
    },
    Key {
        name: "fail-on",
        value: r#""note", "warn", or "error""#,
        shape: Shape::Name(failing_levels),
        default: r#""warn""#,
        summary: "Minimum level that makes a run fail.",
        details: "A run that fails exits with code 1. Command line: `--fail-on`.",
        example: r#"fail-on = "error""#,
        read: |reader, value| {
            let Some(text) = reader.toml.string(value) else { return };
            let span = reader.toml.span(value.span());
            match reader.toml.variant(text, span, "level") {
                Some(Level::Off) => {
                    let problem = Problem::error("`off` is not a valid value for `fail-on`");
                    reader.toml.problem(
                        problem
                            .help("use `note`, `warn` or `error`")
                            .help("to never fail because of findings, use `--exit-zero`"),
                        span,
                    );
                }
                level => reader.config.fail_on = level,
            }
        },
    },
    Key {
        name: "baseline",
        value: "path",
        shape: Shape::Text,
        default: "none",
        summary: "File with known findings that are not reported.",
        details: "The path is relative to this file's directory. `plimsoll check --write-baseline FILE` creates the file, and \
                  `--update-baseline` removes findings that no longer exist. Command line: `--baseline`.",
        example: r#"baseline = "plimsoll-baseline.json""#,
        read: |reader, value| {
            if let Some(path) = reader.toml.string(value) {
                reader.config.baseline = Some(reader.path(path));
            }
        },
    },
    Key {
        name: "exclude",
        value: "list of globs",
        shape: Shape::Texts,
        default: "[]",
        summary: "Files and directories to skip.",
        details: "A glob without `/` matches names at any depth, and one with `/` is relative to this file's \
                  directory. `*` doesn't match `/`, but `**` does. If you name a file on the command line, it is \
                  checked anyway, unless you add `--force-exclude`. When searching directories, plimsoll always skips \
                  `.bzr`, `.direnv`, `.git`, `.hg`, `.jj`, `.nox`, `.svn`, `.terraform`, `.tox`, `.venv`, \
                  `__pypackages__`, `bower_components`, `node_modules`, and files that `.gitignore` excludes. Command \
                  line: `--exclude` adds to the list.",
        example: r#"exclude = ["vendor", "docs/**/Dockerfile"]"#,
        read: |reader, value| reader.config.exclude = reader.globs(value),
    },
    Key {
        name: "include",
        value: "list of globs",
        shape: Shape::Texts,
        default: "[]",
        summary: "Additional files to check, regardless of their names.",
        details: "Globs are written as in `exclude`. By default, a search checks files with names such as \
                  `Dockerfile`, `Containerfile`, `Dockerfile.*`, and `*.Dockerfile`, in upper or lower case. Command \
                  line: `--include` adds to the list.",
        example: r#"include = ["docker/*.df"]"#,
        read: |reader, value| reader.config.include = reader.globs(value),
    },
    Key {
        name: "select",
        value: "list of rules",
        shape: Shape::Rules,
        default: r#"["all"]"#,
        summary: "Rules to run.",
        details: "Each entry is a rule name, a practice, another tool's code (`DL3006`), a glob that matches any of \
                  these, or `all`. If several entries match a rule, the most specific one wins: a name over a glob, a \
                  glob over a practice, and a practice over `all`. If they are equally specific, `ignore` wins. Rules \
                  that are off by default run only if you select them by name. Command line: `--select` replaces \
                  `select`, `extend-select`, and `ignore`.",
        example: r#"select = ["pinned", "nonroot", "DL3025"]"#,
        read: |reader, value| reader.config.selection.select = reader.selected(value),
    },
    Key {
        name: "extend-select",
        value: "list of rules",
        shape: Shape::Rules,
        default: "[]",
        summary: "Rules to run in addition to `select`.",
        details: "Use this key to enable rules that are off by default, or in a file that extends another one. Command \
                  line: `--extend-select`.",
        example: r#"extend-select = ["unsorted-packages"]"#,
        read: |reader, value| reader.config.selection.extend_select = reader.selected(value).unwrap_or_default(),
    },
    Key {
        name: "ignore",
        value: "list of rules",
        shape: Shape::Rules,
        default: "[]",
        summary: "Rules to disable.",
        details: "Written as in `select`. Command line: `--ignore`.",
        example: r#"ignore = ["metadata"]"#,
        read: |reader, value| reader.config.selection.ignore = reader.ignored(value).unwrap_or_default(),
    },
    Key {
        name: "fixable",
        value: "list of rules",
        shape: Shape::Rules,
        default: r#"["all"]"#,
        summary: "Rules whose fixes may be applied.",
        details: "Written as in `select`. The findings of other rules are still reported. Command line: `--fixable`.",
        example: r#"fixable = ["packages", "shell"]"#,
        read: |reader, value| reader.config.fixes.fixable = reader.fix_rules(value),
    },
    Key {
        name: "unfixable",
        value: "list of rules",
        shape: Shape::Rules,
        default: "[]",
        summary: "Rules whose fixes are never applied.",
        details: "Command line: `--unfixable`.",
        example: r#"unfixable = ["pinned"]"#,
        read: |reader, value| reader.config.fixes.unfixable = reader.fix_rules(value).unwrap_or_default(),
    },
    Key {
        name: "extend-safe-fixes",
        value: "list of rules",
        shape: Shape::Rules,
        default: "[]",
        summary: "Rules whose unsafe fixes count as safe.",
        details: "`--fix` then applies these fixes without `--unsafe-fixes`. Display-only fixes are still only \
                  displayed. If a rule matches both this list and `extend-unsafe-fixes`, the more specific entry wins.",
        example: r#"extend-safe-fixes = ["split-run"]"#,
        read: |reader, value| reader.config.fixes.extend_safe = reader.fix_rules(value).unwrap_or_default(),
    },
    Key {
        name: "extend-unsafe-fixes",
        value: "list of rules",
        shape: Shape::Rules,
        default: "[]",
        summary: "Rules whose safe fixes count as unsafe.",
        details: "`--fix` then applies these fixes only if you add `--unsafe-fixes`.",
        example: r#"extend-unsafe-fixes = ["needless-add"]"#,
        read: |reader, value| reader.config.fixes.extend_unsafe = reader.fix_rules(value).unwrap_or_default(),
    },
    Key {
        name: "targets",
        value: r#"list of "docker", "podman", "buildah", "kaniko", "kubernetes", "containerd", "cri-o", "lxc""#,
        shape: Shape::Names(names::<Target>),
        default: r#"["docker"]"#,
        summary: "Tools that build and run the images.",
        details: "The `portability` rules report features that these tools don't support, such as `HEALTHCHECK` on \
                  Kubernetes or `SHELL` with Podman. `kubernetes` and `cri-o` also enable the rule `named-user`.",
        example: r#"targets = ["docker", "kubernetes"]"#,
        read: |reader, value| {
            let texts = reader.toml.strings(value).unwrap_or_default();
            let targets =
                texts.into_iter().filter_map(|(text, span)| reader.toml.variant::<Target>(text, span, "target"));
            let targets: Vec<_> = targets.collect();
            match targets.is_empty() {
                true => {}
                false => reader.config.targets = Some(targets),
            }
        },
    },
    Key {
        name: "require-reason",
        value: "true or false",
        shape: Shape::Flag,
        default: "false",
        summary: "Require a reason in every ignore comment.",
        details: "For example, `# plimsoll: ignore[root-user]: the entrypoint drops privileges`. This key enables the \
                  rule `ignore-without-reason`.",
        example: "require-reason = true",
        read: |reader, value| reader.config.require_reason = reader.toml.bool(value),
    },
    Key {
        name: "shellcheck",
        value: r#""builtin", "external", or "off""#,
        shape: Shape::Name(names::<Backend>),
        default: r#""builtin""#,
        summary: "Which ShellCheck implementation to use for scripts.",
        details: "`builtin` is part of plimsoll and implements most of ShellCheck's codes. `external` runs the \
                  `shellcheck` executable, which you need to install. Each code is a rule that you can select and \
                  ignore like any other rule. Command line: `--shellcheck`.",
        example: r#"shellcheck = "off""#,
        read: |reader, value| {
            let Some(text) = reader.toml.string(value) else { return };
            let span = reader.toml.span(value.span());
            reader.config.shellcheck = reader.toml.variant(text, span, "ShellCheck backend");
        },
    },
    Key {
        name: "build-args",
        value: "table of strings",
        shape: Shape::Table(&Shape::Text),
        default: "{}",
        summary: "Values of build arguments.",
        details: "If an `ARG` has no default and no value here, rules treat everything that depends on it as unknown. Command line: \
                  `--build-arg NAME=VALUE`.",
        example: "[build-args]\nVERSION = \"3.13\"",
        read: |reader, value| reader.build_args(value),
    },
    Key {
        name: "verify",
        value: "table",
        shape: Shape::Keys(VERIFY),
        default: "{}",
        summary: "How `plimsoll verify` builds and runs the image, and what it expects.",
        details: "Keys: `engine`, `args` (a list that replaces CMD), `entrypoint`, `env` (a table), `expect-exit`, \
                  `expect-stdout`, `http` (a list such as `[\":8080/health=200\"]`), `port`, `build-only`, `weigh`, \
                  `target`, `builder`, `cap-add`, `network`, `offline`, `read-only`, `pull` (`missing`, `never`, or \
                  `always`), `build-timeout`, `run-timeout`, and `grace` (`90` or `\"90s\"`), `memory`, \
                  `build-memory`, `disk`, and `max-context` (`\"512m\"`), `cpus`, and `pids`. Command line: the \
                  options of the same names, which take precedence.",
        example: "[verify]\nexpect-stdout = \"Hello\"\nhttp = [\":8080/health=200\"]",
        read: |reader, value| reader.verify(value),
    },
    Key {
        name: "weigh",
        value: "table of sizes",
        shape: Shape::Keys(WEIGH),
        default: "{}",
        summary: "Size budgets for images.",
        details: "Keys: `max-size` (total size of the files in all layers), `max-wasted` (bytes that later layers make \
                  useless), and `max-layer` (bytes that a single instruction adds). Values are sizes such as \
                  `\"200MB\"`. `plimsoll weigh` reports images that go over one of these budgets. Command line: the \
                  options of the same names, which take precedence.",
        example: "[weigh]\nmax-size = \"200MB\"\nmax-wasted = \"5MB\"",
        read: |reader, value| reader.weigh(value),
    },
    Key {
        name: "hadolint",
        value: "table",
        shape: Shape::Keys(HADOLINT),
        default: "{}",
        summary: "Settings for the profile `hadolint`, under the same keys as in hadolint's configuration.",
        details: "Keys: `ignored`, `failure-threshold`, `no-fail`, `disable-ignore-pragma`, `override` (lists of codes \
                  per level), `trusted-registries`, `label-schema`, and `strict-labels`. \
                  `plimsoll init --from-hadolint` converts an existing file.",
        example: "[hadolint]\nignored = [\"DL3008\"]\nfailure-threshold = \"warning\"",
        read: |reader, value| reader.hadolint(value),
    },
    Key {
        name: "format",
        value: "table",
        shape: Shape::Keys(FORMAT),
        default: "{}",
        summary: "How `plimsoll format` lays out files.",
        details: "Keys: `indent-style` (`space` or `tab`), `indent-width` (default 4), `line-length` (default 100), \
                  `operators` (`first`, `last`, or `keep`: where lines break at `&&` and `||`), `keyword-case` \
                  (`upper`, `lower`, or `keep`), `blank-lines` (maximum number of consecutive blank lines, default 1), \
                  and `align-pairs` (aligns all variables of `ENV`, `LABEL`, and `ARG` with the first one). If you \
                  omit a setting here, it is read from `.editorconfig`.",
        example: "[format]\noperators = \"first\"\nline-length = 120",
        read: |reader, value| reader.format(value),
    },
    Key {
        name: "levels",
        value: r#"table of "off", "note", "warn", or "error""#,
        shape: Shape::Table(&Shape::Name(names::<Level>)),
        default: "{}",
        summary: "Override rule levels.",
        details: "The keys are rules, written as in `select`. If several keys match a rule, the most specific one \
                  wins. To enable a rule that is off by default, set its level by name.",
        example: "[levels]\npinned = \"error\"\nDL3025 = \"note\"",
        read: |reader, value| reader.levels(value),
    },
    Key {
        name: "per-file-ignores",
        value: "table of lists of rules",
        shape: Shape::Table(&Shape::Rules),
        default: "{}",
        summary: "Rules to skip for matching files.",
        details: "The keys are globs, written as in `exclude`, and the rules are written as in `select`. No other \
                  setting can turn these rules back on.",
        example: "[per-file-ignores]\n\"Dockerfile.dev\" = [\"nonroot\"]",
        read: |reader, value| reader.per_file_ignores(value),
    },
    Key {
        name: "overrides",
        value: "list of tables",
        shape: Shape::Tables(OVERRIDE),
        default: "[]",
        summary: "Rules and levels for matching files.",
        details: "Keys: `files` (a list of globs, as in `exclude`), `select`, `extend-select`, `ignore`, and `levels`, \
                  which work like the top-level keys. If several tables match a file, later ones take precedence. \
                  `ignore` works like `per-file-ignores`.",
        example: "[[overrides]]\nfiles = [\"dev/**\"]\nignore = [\"nonroot\"]\nlevels = { pinned = \"note\" }",
        read: |reader, value| reader.overrides(value),
    },
    Key {
        name: "rules",
        value: "tables of options",
        shape: Shape::Table(&Shape::Table(&Shape::Any)),
        default: "{}",
        summary: "Rule options, one table per rule.",
        details: "`plimsoll rule NAME` lists a rule's options.",
        example: "[rules]",
        read: |reader, value| reader.options(value),
    },
];
