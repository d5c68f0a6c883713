//! Every key there is, in one place: how it is read, and what `plimsoll config` and `plimsoll init` say of it.

use super::Target;
use super::value::Value;
use crate::config::reader::Reader;
use crate::finding::Level;
use crate::text::Problem;

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
    pub(super) read: fn(&mut Reader<'_>, &Value<'_>),
}

/// In the order to show them in: plain values before tables, as TOML wants it.
pub const KEYS: &[Key] = &[
    Key {
        name: "extend",
        value: "path",
        default: "none",
        summary: "Another configuration file that this one builds on.",
        details: "Relative to this file's folder. What this file says counts; lists are replaced as a whole, tables entry by \
                  entry. Without it no other file is read: the nearest one above a Dockerfile stands alone.",
        example: r#"extend = "../plimsoll.toml""#,
        read: |reader, value| {
            if let Some(path) = reader.string(value) {
                reader.extend = Some((path.to_owned(), reader.span(value.span())));
            }
        },
    },
    Key {
        name: "profile",
        value: r#""recommended", "course" or "strict""#,
        default: r#""recommended""#,
        summary: "The levels that rules have before anything else is said.",
        details: "`recommended` takes every rule at its own level. `course` is for a first container course: notes of its six \
                  practices (`pinned`, `slim`, `nonroot`, `layers`, `stages`, `concern`) are warnings, and what other practices warn of \
                  is a note, but for `correctness` and `secrets`. In `strict` notes are warnings, and rules that are off by default \
                  are notes. Command line: `--profile`.",
        example: r#"profile = "course""#,
        read: |reader, value| {
            let Some(text) = reader.string(value) else { return };
            let span = reader.span(value.span());
            reader.config.profile = reader.word(text, span, "a profile");
        },
    },
    Key {
        name: "preview",
        value: "true or false",
        default: "false",
        summary: "Turns on rules that are still being tried out.",
        details: "Without it a rule in preview runs only if it is selected by its name. Command line: `--preview`.",
        example: "preview = true",
        read: |reader, value| reader.config.preview = reader.bool(value),
    },
    Key {
        name: "fail-on",
        value: r#""note", "warn" or "error""#,
        default: r#""warn""#,
        summary: "The level from which on findings fail a run.",
        details: "Such a run ends with exit code 1. Command line: `--fail-on`.",
        example: r#"fail-on = "error""#,
        read: |reader, value| {
            let Some(text) = reader.string(value) else { return };
            let span = reader.span(value.span());
            match reader.word(text, span, "a level") {
                Some(Level::Off) => {
                    let problem = Problem::error("findings of level `off` do not exist");
                    reader.problem(problem.help("`--exit-zero` lets no finding fail a run"), span);
                }
                level => reader.config.fail_on = level,
            }
        },
    },
    Key {
        name: "exclude",
        value: "list of globs",
        default: "[]",
        summary: "Files and folders that are not checked.",
        details: "A glob without `/` fits names at any depth, one with `/` starts at this file's folder; `*` stops at `/`, \
                  `**` does not. Files named on the command line are checked all the same, unless with `--force-exclude`. \
                  Command line: `--exclude` adds to it.",
        example: r#"exclude = ["vendor", "docs/**/Dockerfile"]"#,
        read: |reader, value| reader.config.exclude = reader.globs(value),
    },
    Key {
        name: "select",
        value: "list of rules",
        default: r#"["all"]"#,
        summary: "The rules to run.",
        details: "Names of rules, practices, other tools' codes (`DL3006`), globs over these, or `all`. Where several fit \
                  a rule the most specific decides: a name before a glob, a glob before a practice, a practice before \
                  `all`; between equals `ignore` decides. Rules that are off by default run only if selected by name. \
                  Command line: `--select` replaces `select`, `extend-select` and `ignore`.",
        example: r#"select = ["pinned", "nonroot", "DL3025"]"#,
        read: |reader, value| reader.config.selection.select = reader.selected(value),
    },
    Key {
        name: "extend-select",
        value: "list of rules",
        default: "[]",
        summary: "Rules to run beside those selected.",
        details: "Of use for rules that are off by default, and for a file that extends another. Command line: `--extend-select`.",
        example: r#"extend-select = ["pinned"]"#,
        read: |reader, value| reader.config.selection.extend_select = reader.selected(value).unwrap_or_default(),
    },
    Key {
        name: "ignore",
        value: "list of rules",
        default: "[]",
        summary: "Rules not to run.",
        details: "As `select`. Command line: `--ignore`.",
        example: r#"ignore = ["metadata"]"#,
        read: |reader, value| reader.config.selection.ignore = reader.ignored(value).unwrap_or_default(),
    },
    Key {
        name: "targets",
        value: r#"list of "docker", "podman", "buildah", "kaniko", "kubernetes", "containerd", "cri-o", "lxc""#,
        default: r#"["docker"]"#,
        summary: "What the images are built and run with.",
        details: "The rules of `portability` tell what does not work there: `HEALTHCHECK` with Kubernetes, `SHELL` with Podman. With \
                  `kubernetes` the rule `named-user` is on as well.",
        example: r#"targets = ["docker", "kubernetes"]"#,
        read: |reader, value| {
            let texts = reader.strings(value).unwrap_or_default();
            let targets =
                texts.into_iter().filter_map(|(text, span)| reader.word::<Target>(text, span, "a builder or engine"));
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
        summary: "Ignore comments have to say why.",
        details: "`# plimsoll: ignore[root-user]: the entrypoint drops its rights` does. Turns on the rule `ignore-without-reason`.",
        example: "require-reason = true",
        read: |reader, value| reader.config.require_reason = reader.bool(value),
    },
    Key {
        name: "shellcheck",
        value: r#""builtin", "external" or "off""#,
        default: r#""builtin""#,
        summary: "Who looks for ShellCheck's findings in scripts.",
        details: "`builtin` is a linter that is part of plimsoll and knows most of ShellCheck's codes, `external` the \
                  program `shellcheck`, which has to be installed. Single codes are rules, and are selected and ignored \
                  as such. Command line: `--shellcheck`.",
        example: r#"shellcheck = "off""#,
        read: |reader, value| {
            let Some(text) = reader.string(value) else { return };
            let span = reader.span(value.span());
            reader.config.shellcheck = reader.word(text, span, "a way to run ShellCheck");
        },
    },
    Key {
        name: "build-args",
        value: "table of strings",
        default: "{}",
        summary: "Values for `ARG`, as the build is given them.",
        details: "Without a value for an `ARG` that has no default, rules do not know what depends on it. Command line: \
                  `--build-arg NAME=VALUE`.",
        example: "[build-args]\nVERSION = \"3.13\"",
        read: |reader, value| reader.build_args(value),
    },
    Key {
        name: "verify",
        value: "table",
        default: "{}",
        summary: "How `plimsoll verify` runs the image, and what it expects.",
        details: "Keys: `engine`, `args` (a list, in place of CMD), `env` (a table), `expect-exit`, `expect-stdout`, `http` (a list such \
                  as `[\":8080/health=200\"]`), `port`, `cap-add`, `network`, `offline`, `read-only`, `pull` (`missing`, `never` or \
                  `always`), `build-timeout` and `run-timeout` in seconds, `memory` such as `512m`. Command line: the options of \
                  the same names, which come first.",
        example: "[verify]\nexpect-stdout = \"Hello\"\nhttp = [\":8080/health=200\"]",
        read: |reader, value| reader.verify(value),
    },
    Key {
        name: "levels",
        value: r#"table of "off", "note", "warn" or "error""#,
        default: "{}",
        summary: "How loud rules are.",
        details: "The keys are rules as in `select`; the most specific one counts. A rule that is off by default is turned on \
                  by a level under its name.",
        example: "[levels]\npinned = \"error\"\nDL3025 = \"note\"",
        read: |reader, value| reader.levels(value),
    },
    Key {
        name: "per-file-ignores",
        value: "table of lists of rules",
        default: "{}",
        summary: "Rules that some files are spared.",
        details: "The keys are globs as in `exclude`, the rules are named as in `select`. No other setting turns them on again.",
        example: "[per-file-ignores]\n\"Dockerfile.dev\" = [\"nonroot\"]",
        read: |reader, value| reader.per_file_ignores(value),
    },
    Key {
        name: "rules",
        value: "tables of options",
        default: "{}",
        summary: "Options of single rules, each in a table of its own.",
        details: "`plimsoll rule NAME` says which ones a rule has.",
        example: "[rules]",
        read: |reader, value| reader.options(value),
    },
];
