//! What `plimsoll format` promises, on generated Dockerfiles and through the program.

use std::fs;
use std::process::{Command, Output};

use plimsoll::Source;
use plimsoll::format::{FormatOptions, FormatSettings, Formatted, IndentStyle, KeywordCase, Operators, format};
use proptest::prelude::*;

/// Pieces of Dockerfiles, some of them wrong, in any order.
const PARTS: &[&str] = &[
    "FROM a AS b\n",
    "from a\n",
    "RUN ",
    "run ",
    "CMD ",
    "COPY ",
    "ENV A=1 ",
    "LABEL a=\"b c\" ",
    "ARG X=1\n",
    "ONBUILD RUN ",
    "a",
    "b",
    "curl -fsSL https://example.com/a.tar.gz ",
    "&&",
    "||",
    "|",
    ";",
    " ",
    "  ",
    "\t",
    " \\\n",
    "\\\n  ",
    "\n",
    "\n\n",
    "# c\n",
    "  # c\n",
    "if a; then ",
    "else ",
    "fi",
    "for x in a b; do ",
    "done",
    "case $x in ",
    "a) ",
    ";;",
    "esac",
    "{ ",
    "}",
    "(",
    ")",
    "\"",
    "'",
    "$(a b)",
    "`a`",
    "$x",
    "${x:-y}",
    "> f ",
    "2>&1",
    "<<EOF\n",
    "EOF\n",
    "[\"a\", ",
    "\"b\"]",
    "[[ a && b ]]",
    "((x && y))",
    "--mount=type=cache,target=/x ",
    "\r\n",
    "\u{e9}",
    "# plimsoll: format off\n",
    "# plimsoll: format on\n",
    "# escape=`\n",
    "`\n",
];

fn settings() -> impl Strategy<Value = FormatOptions> {
    let operators = prop_oneof![Just(Operators::First), Just(Operators::Last), Just(Operators::Keep)];
    let cases = prop_oneof![Just(KeywordCase::Upper), Just(KeywordCase::Lower), Just(KeywordCase::Keep)];
    let styles = prop_oneof![Just(IndentStyle::Space), Just(IndentStyle::Tab)];
    (operators, cases, styles, 40u16..120, any::<bool>()).prop_map(|(operators, keyword_case, style, length, align)| {
        FormatSettings {
            operators: Some(operators),
            keyword_case: Some(keyword_case),
            indent_style: Some(style),
            line_length: Some(length),
            align_pairs: Some(align),
            ..FormatSettings::default()
        }
        .options()
    })
}

fn run(text: &str, options: &FormatOptions) -> Formatted {
    format(&Source::new("Dockerfile", text.as_bytes().to_vec()), options, None)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    /// No text is refused, so what is written reads the same; and a second run changes nothing.
    #[test]
    fn reads_the_same_and_settles(parts in prop::collection::vec(prop::sample::select(PARTS), 1..40), options in settings()) {
        let text = format!("FROM a\n{}", parts.concat());
        match run(&text, &options) {
            Formatted::Unchanged => {}
            Formatted::Refused(why) => prop_assert!(false, "refused: {why}\n{text:?}"),
            Formatted::Changed(new) => {
                prop_assert_eq!(run(&new, &options), Formatted::Unchanged, "{:?}\nbecame {:?}", text, new);
            }
        }
    }
}

fn directory(files: &[(&str, &str)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory can be made");
    for (name, text) in files {
        fs::write(directory.path().join(name), text).expect("a file can be written");
    }
    directory
}

fn plimsoll(directory: &tempfile::TempDir, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command.current_dir(directory).args(args).env_remove("GITHUB_ACTIONS").output().expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn writes_files_and_tells_which() {
    let directory = directory(&[("Dockerfile", "from a\nrun   b\n"), ("web.Dockerfile", "FROM a\n")]);
    let output = plimsoll(&directory, &["format", "."]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stdout), "formatted Dockerfile\n");
    assert_eq!(text(&output.stderr), "1 file formatted, 1 file unchanged\n");
    assert_eq!(fs::read_to_string(directory.path().join("Dockerfile")).expect("it is there"), "FROM a\nRUN b\n");
    assert_eq!(plimsoll(&directory, &["format", "--check"]).status.code(), Some(0));
}

#[test]
fn check_and_diff_write_nothing() {
    let directory = directory(&[("Dockerfile", "from a\n")]);
    let output = plimsoll(&directory, &["format", "--check"]);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), "would format Dockerfile\n".to_owned()));
    let output = plimsoll(&directory, &["format", "--diff"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("\n-from a\n+FROM a\n"), "{}", text(&output.stdout));
    assert_eq!(fs::read_to_string(directory.path().join("Dockerfile")).expect("it is there"), "from a\n");
}

#[test]
fn settings_come_from_both_files() {
    let directory = directory(&[
        ("Dockerfile", "FROM a\nRUN b \\\n  && c\n"),
        (".editorconfig", "root = true\n[*]\nindent_style = tab\nindent_size = 2\n"),
        ("plimsoll.toml", "[format]\noperators = \"last\"\n"),
    ]);
    assert_eq!(plimsoll(&directory, &["format"]).status.code(), Some(0));
    let new = fs::read_to_string(directory.path().join("Dockerfile")).expect("it is there");
    assert_eq!(new, "FROM a\nRUN b && \\\n\tc\n");
}

#[test]
fn what_is_wrong_is_said() {
    let directory = directory(&[("Dockerfile", "FROM a\n"), ("b.Dockerfile", "FROM a\n")]);
    for (args, error) in [
        (&["format", "--range", "3"][..], "expected FIRST:LAST, such as 3:10"),
        (&["format", "--range", "3:1"], "the first line is after the last one"),
        (&["format", "--range", "1:2"], "`--range` requires a single file"),
        (&["format", "nothing"], "nothing"),
    ] {
        let output = plimsoll(&directory, args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(text(&output.stderr).contains(error), "{args:?}: {}", text(&output.stderr));
    }
}
