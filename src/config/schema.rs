//! Every key there is, in one place: how it is read, and what `plimsoll config` and `plimsoll init` say about it.

use super::Target;
use crate::config::reader::ConfigReader;
use crate::finding::Level;
use crate::text::Problem;
use crate::text::toml::Value;

/// A key of `plimsoll.toml`.
pub struct Key {
    pub name: &'static str,
    /// What its value is.
    pub value: &'static str,
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
        default: "none",
        summary: "Another configuration file to start from.",
        details: "The path is relative to this file's directory. Settings in this file override the extended ones: lists replace, \
                  tables merge key by key. Without it no other file is read; only the nearest one above a Dockerfile applies.",
        example: r#"extend = "../plimsoll.toml""#,
        read: |reader, value| {
            if let Some(path) = reader.toml.string(value) {
                reader.extend = Some((path.to_owned(), reader.toml.span(value.span())));
            }
        },
    },
    Key {
        name: "profile",
        value: r#""recommended", "course" or "strict""#,
        default: r#""recommended""#,
        summary: "Base set of rule levels.",
        details: "`recommended` uses each rule's own level. `course` is for a first container course: notes become warnings in its six \
                  practices (`pinned`, `slim`, `nonroot`, `layers`, `stages`, `concern`), and warnings become notes in all others \
                  except `correctness` and `secrets`. In `strict`, notes become warnings, and rules that are off by default become \
                  notes. Command line: `--profile`.",
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
        default: "false",
        summary: "Enable preview rules, which are unstable and may change.",
        details: "Otherwise a preview rule runs only if it is selected by name. Command line: `--preview`.",
        example: "preview = true",
        read: |reader, value| reader.config.preview = reader.toml.bool(value),
    },
    Key {
        name: "fail-on",
        value: r#""note", "warn" or "error""#,
        default: r#""warn""#,
        summary: "Minimum level that makes a run fail.",
        details: "A failed run exits with code 1. Command line: `--fail-on`.",
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
                            .help("with `--exit-zero` no finding makes a run fail"),
                        span,
                    );
                }
                level => reader.config.fail_on = level,
            }
        },
    },
    Key {
        name: "exclude",
        value: "list of globs",
        default: "[]",
        summary: "Files and directories to skip.",
        details: "A glob without `/` matches names at any depth; one with `/` is relative to this file's directory. `*` does not match \
                  `/`, `**` does. Files named on the command line are checked anyway, unless `--force-exclude` is given. \
                  Command line: `--exclude` adds to the list.",
        example: r#"exclude = ["vendor", "docs/**/Dockerfile"]"#,
        read: |reader, value| reader.config.exclude = reader.globs(value),
    },
    Key {
        name: "select",
        value: "list of rules",
        default: r#"["all"]"#,
        summary: "Rules to run.",
        details: "Rule names, practices, codes of other tools (`DL3006`), globs over any of these, or `all`. If several entries match \
                  a rule, the most specific one wins: a name over a glob, a glob over a practice, a practice over `all`; if they \
                  are equally specific, `ignore` wins. Rules that are off by default run only if selected by name. Command line: \
                  `--select` replaces `select`, `extend-select` and `ignore`.",
        example: r#"select = ["pinned", "nonroot", "DL3025"]"#,
        read: |reader, value| reader.config.selection.select = reader.selected(value),
    },
    Key {
        name: "extend-select",
        value: "list of rules",
        default: "[]",
        summary: "Rules to run in addition to `select`.",
        details: "Useful for enabling rules that are off by default, and in a file that extends another. Command line: `--extend-select`.",
        example: r#"extend-select = ["unsorted-packages"]"#,
        read: |reader, value| reader.config.selection.extend_select = reader.selected(value).unwrap_or_default(),
    },
    Key {
        name: "ignore",
        value: "list of rules",
        default: "[]",
        summary: "Rules to disable.",
        details: "Written as in `select`. Command line: `--ignore`.",
        example: r#"ignore = ["metadata"]"#,
        read: |reader, value| reader.config.selection.ignore = reader.ignored(value).unwrap_or_default(),
    },
    Key {
        name: "targets",
        value: r#"list of "docker", "podman", "buildah", "kaniko", "kubernetes", "containerd", "cri-o", "lxc""#,
        default: r#"["docker"]"#,
        summary: "Tools that build and run the images.",
        details: "The `portability` rules report what these tools do not support: `HEALTHCHECK` on Kubernetes, `SHELL` with Podman. \
                  `kubernetes` and `cri-o` also enable the rule `named-user`.",
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
        default: "false",
        summary: "Require a reason in every ignore comment.",
        details: "For example `# plimsoll: ignore[root-user]: the entrypoint drops privileges`. Enables the rule `ignore-without-reason`.",
        example: "require-reason = true",
        read: |reader, value| reader.config.require_reason = reader.toml.bool(value),
    },
    Key {
        name: "shellcheck",
        value: r#""builtin", "external" or "off""#,
        default: r#""builtin""#,
        summary: "Which ShellCheck implementation to use for scripts.",
        details: "`builtin` is part of plimsoll and implements most of ShellCheck's codes. `external` runs the program `shellcheck`, which \
                  must be installed. Each code is a rule, and is selected and ignored like any other. Command line: \
                  `--shellcheck`.",
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
        default: "{}",
        summary: "Values of build arguments.",
        details: "If an `ARG` has neither a default nor a value here, rules treat whatever depends on it as unknown. Command line: \
                  `--build-arg NAME=VALUE`.",
        example: "[build-args]\nVERSION = \"3.13\"",
        read: |reader, value| reader.build_args(value),
    },
    Key {
        name: "verify",
        value: "table",
        default: "{}",
        summary: "How `plimsoll verify` builds and runs the image, and what it expects.",
        details: "Keys: `engine`, `args` (a list that replaces CMD), `entrypoint`, `env` (a table), `expect-exit`, `expect-stdout`, `http` \
                  (a list such as `[\":8080/health=200\"]`), `port`, `build-only`, `target`, `builder`, `cap-add`, `network`, `offline`, \
                  `read-only`, `pull` (`missing`, `never` or `always`), `build-timeout`, `run-timeout` and `grace` (`90` or `\"90s\"`), \
                  `memory`, `build-memory`, `disk` and `max-context` (`\"512m\"`), `cpus`, `pids`. Command line: the options of the \
                  same names, which take precedence.",
        example: "[verify]\nexpect-stdout = \"Hello\"\nhttp = [\":8080/health=200\"]",
        read: |reader, value| reader.verify(value),
    },
    Key {
        name: "levels",
        value: r#"table of "off", "note", "warn" or "error""#,
        default: "{}",
        summary: "Override rule levels.",
        details: "The keys are rules as in `select`; the most specific one wins. To enable a rule that is off by default, set a level \
                  under its name.",
        example: "[levels]\npinned = \"error\"\nDL3025 = \"note\"",
        read: |reader, value| reader.levels(value),
    },
    Key {
        name: "per-file-ignores",
        value: "table of lists of rules",
        default: "{}",
        summary: "Rules to skip for matching files.",
        details: "The keys are globs as in `exclude`, the rules are written as in `select`. No other setting re-enables them.",
        example: "[per-file-ignores]\n\"Dockerfile.dev\" = [\"nonroot\"]",
        read: |reader, value| reader.per_file_ignores(value),
    },
    Key {
        name: "rules",
        value: "tables of options",
        default: "{}",
        summary: "Rule options, one table per rule.",
        details: "`plimsoll rule NAME` lists the options of a rule.",
        example: "[rules]",
        read: |reader, value| reader.options(value),
    },
];
