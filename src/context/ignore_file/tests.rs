use super::*;

fn file(text: &str) -> IgnoreFile {
    IgnoreFile::parse(".dockerignore", text)
}

#[test]
fn decides_like_the_builder() {
    #[rustfmt::skip]
    let cases: &[(&str, &str, bool)] = &[
        // Names are anchored at the root and match what lies below them.
        ("notes", "notes", true),
        ("notes", "notes/a/b.txt", true),
        ("notes", "src/notes", false),
        ("notes", "notes.txt", false),
        ("notes", "Notes", false),
        ("src/gen", "src/gen/x.rs", true),
        ("src/gen", "src/other.rs", false),
        ("src/gen", "lib/src/gen", false),
        // Paths are cleaned, on both sides.
        ("/notes", "notes", true),
        ("//notes", "notes", true),
        ("notes/", "notes", true),
        ("notes/", "notes/x", true),
        ("/notes/", "notes", true),
        ("./notes", "notes", true),
        ("a/../notes", "notes", true),
        ("a/../notes", "a/notes", false),
        ("a/./b", "a/b", true),
        ("a//b", "a/b", true),
        ("../notes", "notes", false),
        ("notes", "./notes", true),
        ("notes", "/notes/x", true),
        ("notes/.", "notes", true),
        // What means the root means nothing.
        (".", "a", false),
        ("./", "a/b", false),
        ("/", "a", false),
        ("*", ".", false),
        ("**", "", false),
        // One star stays in its directory.
        ("*", "a", true),
        ("*", "a/b/c", true),
        ("*", ".env", true),
        ("*.md", "README.md", true),
        ("*.md", "docs/README.md", false),
        ("*/*.txt", "a/b.txt", true),
        ("*/*.txt", "b.txt", false),
        ("*/*.txt", "a/b/c.txt", false),
        ("*/*/tmp*", "a/b/tmpfile/x", true),
        ("docs/*", "docs", false),
        ("docs/*", "docs/a/b", true),
        (".*", ".git/config", true),
        (".*", "a/.git", false),
        ("a*", "a", true),
        ("*.min.*", "app.min.js", true),
        // Two stars cross directories.
        ("**", "a/b/c", true),
        ("**/", "a", true),
        ("**/*.log", "x.log", true),
        ("**/*.log", "a/b/x.log", true),
        ("**/node_modules", "node_modules/a", true),
        ("**/node_modules", "web/node_modules/a.js", true),
        ("**/node_modules", "web/my_node_modules", false),
        ("**node_modules", "web/my_node_modules", true),
        ("**/.git/", "sub/.git/HEAD", true),
        ("**/**/x", "x", true),
        ("**/**", "a/b", true),
        ("dir/**", "dir", false),
        ("dir/**", "dir/a", true),
        ("dir/**", "dir2/a", false),
        ("dir/**/x", "dir/x", true),
        ("dir/**/x", "dir/a/b/x", true),
        ("dir/**/x", "dir/ax", false),
        ("a**b", "ab", true),
        ("a**b", "a/x/b", true),
        ("a**b", "axyb", false),
        ("a**b", "ax/b", true),
        ("a**", "abc/d", true),
        ("a**/*.txt", "ab/c/d.txt", true),
        ("a/*.txt**", "a/x.txt.old", true),
        ("**/a*/b", "x/ab/b/c", true),
        ("***", "a/b", true),
        ("**.pyc", "a/b/x.pyc", true),
        ("**/*", "a", true),
        // A question mark is one character.
        ("?.txt", "é.txt", true),
        ("?.txt", "ab.txt", false),
        ("a?b", "a/b", false),
        ("??", "a", false),
        // Classes; `!` does not negate, `^` does.
        ("[ab].c", "a.c", true),
        ("[ab].c", "c.c", false),
        ("[a-c]1", "b1", true),
        ("[^a]1", "b1", true),
        ("[^a]1", "a1", false),
        ("x[!a]", "xb", false),
        ("x[!a]", "x!", true),
        ("x[!a]", "xa", true),
        ("[[]x", "[x", true),
        ("[a&&b]", "b", true),
        ("[a&&b]", "&", true),
        ("[\\]]", "]", true),
        // The class ends where the expression made of it says: `[[^/]*]`.
        ("[*]", "*", false),
        ("[*]", "^/]", true),
        ("a[.]b", "a.b", true),
        ("a[.]b", "axb", false),
        ("[[:digit:]]x", "7x", true),
        // The builder's check stops early: what it would refuse at the start it accepts after a star.
        ("b*[]a]", "b]", true),
        ("b*[-a]", "bx-", true),
        ("b*\\", "b$x", true),
        // Everything else is itself.
        ("{a,b}", "a", false),
        ("{a,b}", "{a,b}", true),
        ("a.b", "axb", false),
        ("a+(b)|$", "a+(b)|$", true),
        ("*.tar.gz", "xxtarxgz", false),
        ("a b", "a b", true),
        ("\\*", "*", true),
        ("\\*", "a", false),
        ("\\#x", "#x", true),
        ("\\!x", "!x", true),
        ("\\d", "7", true),
        ("*\\d", "é٣", false),
        ("^*x", "ax", true),
        // Comments start in the first column; space around a pattern does not count.
        ("# notes\nnotes", "notes", true),
        ("#notes", "#notes", false),
        (" #notes", "#notes", true),
        ("notes # why", "notes", false),
        ("  notes\t", "notes", true),
        ("notes\r\nother\r\n", "other", true),
        ("\n\n\nnotes\n", "notes", true),
        ("\u{feff}notes", "notes", true),
        ("\u{feff}# notes\n", "# notes", false),
        ("a\n\u{feff}notes", "notes", false),
        // The last one that matches decides.
        ("*.md\n!README.md", "README.md", false),
        ("*.md\n!README.md", "OTHER.md", true),
        ("!README.md\n*.md", "README.md", true),
        ("*.md\n!README*.md\nREADME-secret.md", "README-secret.md", true),
        ("*.md\n!README*.md\nREADME-secret.md", "README-1.md", false),
        ("docs\n!docs/api", "docs/api/x", false),
        ("docs\n!docs/api", "docs/x", true),
        ("docs/\n! docs/api", "docs/api", false),
        ("docs\n!/docs/api/", "docs/api", false),
        ("*\n!src", "src/a/b.rs", false),
        ("*\n!src", "Cargo.toml", true),
        ("*\n!src/**", "src/a", false),
        ("*\n!src/**", "src", true),
        ("**\n!*.toml\n!src\nsrc/bin", "src/bin/x", true),
        ("**\n!*.toml\n!src\nsrc/bin", "src/lib.rs", false),
        ("**\n!*.toml\n!src\nsrc/bin", "sub/x.toml", true),
        ("a\n!a\na", "a/b", true),
        ("!a", "a", false),
        // Read twice.
        ("/ [ab]", "b", true),
        ("b/ /", "b/x", true),
        ("*\n./!a", "a", false),
        ("!!a", "!a", false),
        ("*\n!!a", "!a", false),
        ("*\n!!a", "a", true),
        ("", "a", false),
        ("#", "a", false),
    ];
    for (text, path, ignored) in cases {
        let file = file(text);
        assert_eq!(file.errors(), &[], "{text:?}");
        assert_eq!(file.matches(path).is_some(), *ignored, "{path:?} by {text:?}");
    }
}

#[test]
fn patterns_know_their_place() {
    let text = "\u{feff}# what\n\n  *.log  \n! /keep/ \r\nä/b\n";
    let file = file(text);
    let shown: Vec<_> =
        file.patterns().iter().map(|p| (p.line, file.source().slice(p.span), p.cleaned.as_str())).collect();
    assert_eq!(shown, [(3, "*.log", "*.log"), (4, "! /keep/", "keep"), (5, "ä/b", "ä/b")]);
    assert!(file.has_exceptions());
    assert_eq!(file.matches("x.log").map(|pattern| pattern.line), Some(3));
    assert!(file.matches("keep").is_none());
}

#[test]
fn the_verdict_tells_exceptions_from_silence() {
    let file = file("*.md\n!README.md\n");
    assert_eq!(file.verdict("README.md").map(|pattern| (pattern.line, pattern.exception)), Some((2, true)));
    assert_eq!(file.verdict("a.md").map(|pattern| (pattern.line, pattern.exception)), Some((1, false)));
    assert!(file.verdict("src").is_none());
}

#[test]
fn lines_that_stop_the_build() {
    for text in [
        "a\nb[]a]", "a\n*[]a]", "a\n.*[]a]", "a\nb*[]a", "a\nb*[", "a\n[", "a\n[]", "a\nx[a-]", "a\n!", "a\n!  ",
        "a\n!/", "a\n./!", "a\n\\", "a\n[b-a]", "a\n\\é", "a\n[[:no:]]",
    ] {
        let file = file(text);
        let lines: Vec<_> = file.errors().iter().map(|error| error.line).collect();
        assert_eq!(lines, [2], "{text:?}");
        assert!(file.matches("a").is_some(), "the others still count");
    }
}

#[test]
fn limits() {
    let many = file(&"x\n".repeat(MAX_PATTERNS + 50));
    assert_eq!((many.patterns().len(), many.errors().len()), (MAX_PATTERNS, 1));
    assert_eq!(file(&"[\n".repeat(MAX_PATTERNS + 50)).errors().len(), MAX_PATTERNS + 1);
    assert_eq!(file(&"x".repeat(MAX_PATTERN + 1)).errors().len(), 1);
    // Big, but compiled within limits or refused; never slow.
    let stars = file(&"**/*a".repeat(MAX_PATTERN / 5));
    assert!(stars.matches(&"a/".repeat(500)).is_none());
    let deep = file("**/*a*a*a*a*a*a*a*b");
    assert!(deep.matches(&"a".repeat(4000)).is_none());
}

proptest::proptest! {
    #[test]
    fn any_bytes(bytes: Vec<u8>, path: String) {
        let file = IgnoreFile::parse("x", bytes);
        file.matches(&path);
    }

    #[test]
    fn any_pattern(text in r"[\[\]\\!^*?a-c/.:&~\-\n#{}|$ ]{0,24}", path in "[a-c/.*\\[\\]!]{0,12}") {
        let file = file(&text);
        let _ = file.matches(&path);
    }
}
