use std::sync::Arc;

use super::super::VariableKind;
use super::*;
use crate::syntax::{Logical, Word};

fn variables() -> Variables {
    let mut variables = Variables::default();
    let set = [
        ("v", Some("value")),
        ("empty", Some("")),
        ("path", Some("/usr/lib/x.tar.gz")),
        ("unknown", None),
        ("two", Some("80 443")),
        ("star", Some("a*b")),
        ("é", Some("accent")),
    ];
    for (name, value) in set {
        let value = value.map(str::to_owned);
        let variable = Variable { value, kind: VariableKind::Env, span: None, value_span: None, unset: false };
        variables.insert_mut(Arc::from(name), variable);
    }
    let arg = Variable { value: None, kind: VariableKind::Arg, span: None, value_span: None, unset: true };
    variables.insert_mut(Arc::from("arg"), arg);
    variables
}

fn expanded(text: &str) -> Expansion {
    expand(text, WordOrigin::Linear(0), '\\', Scope::new(&variables(), false))
}

#[test]
fn values() {
    let cases = [
        ("", ""),
        ("plain", "plain"),
        ("$v", "value"),
        ("${v}", "value"),
        ("a$v.b", "avalue.b"),
        ("${v}${v}", "valuevalue"),
        ("$nothing", ""),
        ("$", "$"),
        ("a$", "a$"),
        ("$.", "$."),
        ("$$", ""),
        ("$1x", "x"),
        ("$é", "accent"),
        ("$v-x", "value-x"),
        // quotes and escapes
        (r#""$v""#, "value"),
        ("'$v'", "$v"),
        (r"\$v", "$v"),
        (r#""\$v""#, "$v"),
        (r"a\b", "ab"),
        (r#""a\b""#, r"a\b"),
        (r#""a\\b""#, r"a\b"),
        (r#"\"x\""#, "\"x\""),
        (r"x\", "x"),
        (r"'a\'", r"a\"),
        (r#""it's""#, "it's"),
        (r#"'"'"#, "\""),
        (r#"a"b c"d"#, "ab cd"),
        (r"a\ b", "a b"),
        ("''", ""),
        // defaults
        ("${v:-w}", "value"),
        ("${empty:-w}", "w"),
        ("${empty-w}", ""),
        ("${nothing:-w}", "w"),
        ("${nothing-w}", "w"),
        ("${arg:-w}", "w"),
        ("${arg-w}", "w"),
        ("${arg:+w}", ""),
        ("${v:+w}", "w"),
        ("${empty:+w}", ""),
        ("${empty+w}", "w"),
        ("${nothing+w}", ""),
        ("${v:?m}", "value"),
        ("${empty?m}", ""),
        ("${nothing:-$v}", "value"),
        ("${nothing:-${v}}", "value"),
        ("${nothing:-${empty:-deep}}", "deep"),
        ("${nothing:-'a}b'}", "a}b"),
        (r"${nothing:-a\}b}", "a}b"),
        ("${nothing:-}", ""),
        (r#""${nothing:-a b}""#, "a b"),
        ("${nothing:-/:x}", "/:x"),
        // patterns
        ("${path#*/}", "usr/lib/x.tar.gz"),
        ("${path##*/}", "x.tar.gz"),
        ("${path%.*}", "/usr/lib/x.tar"),
        ("${path%%.*}", "/usr/lib/x"),
        ("${path#nope}", "/usr/lib/x.tar.gz"),
        ("${v#?}", "alue"),
        ("${v%?}", "valu"),
        ("${v#v*}", "alue"),
        ("${v##v*}", ""),
        (r"${star#a\*}", "b"),
        (r"${star%\*b}", "a"),
        ("${v/a/o}", "volue"),
        ("${path/x*/y}", "/usr/lib/y"),
        ("${path//./_}", "/usr/lib/x_tar_gz"),
        (r"${path//\//-}", "-usr-lib-x.tar.gz"),
        ("${v/nope/x}", "value"),
        ("${v//?/ab}", "ababababab"),
        ("${nothing#x}", ""),
        ("${path%$nothing.gz}", "/usr/lib/x.tar"),
    ];
    for (text, value) in cases {
        let got = expanded(text);
        assert_eq!((got.value.as_deref(), got.error), (Some(value), None), "{text}");
    }
}

#[test]
fn what_cannot_be_known() {
    for text in [
        "$unknown", "a${unknown}b", "${unknown:-x}", "${unknown:+x}", "${unknown#x}", "$arg", "${arg:?needed}",
        "${arg/a/b}",
    ] {
        let got = expanded(text);
        assert_eq!((got.value, got.error), (None, None), "{text}");
    }
    let open = expand("${nothing:-x}", WordOrigin::Linear(0), '\\', Scope::new(&variables(), true));
    assert_eq!((open.value, open.error), (None, None));
}

#[test]
fn what_buildkit_refuses() {
    let cases = [
        "${", "${}", "${:x}", "${{v}}", "${v", "${v:", "${v:=x}", "${v:-x", "${v/a}", "${v/a/b", "'x", "\"x", "${v!}",
        "${nothing:?m}", "${empty:?m}", "${nothing?m}", r"${v#\a}", "${v.x}",
    ];
    for text in cases {
        let got = expanded(text);
        assert!(got.error.is_some() && got.value.is_none(), "{text}: {got:?}");
    }
}

#[test]
fn uses_are_found_with_their_spans() {
    let got = expanded("a$v ${nothing:-$arg}x\"${empty}\"'$no'\\$no");
    let uses: Vec<_> =
        got.uses.iter().map(|used| (used.name.as_str(), used.span.range(), used.status, used.fallback)).collect();
    assert_eq!(
        uses,
        [
            ("v", 1..3, UseStatus::Set, false),
            ("arg", 15..19, UseStatus::Unset, false),
            ("nothing", 4..20, UseStatus::Undefined, true),
            ("empty", 22..30, UseStatus::Set, false),
        ]
    );
    // A use before the mistake still counts.
    assert_eq!(expanded("${nothing:=x}").uses.len(), 1);
    assert_eq!(expanded("$nothing'").uses.len(), 1);
}

#[test]
fn spans_of_words_broken_over_lines() {
    // `ENV A=x\⏎$B`: the word's text is joined.
    let logical = Logical { text: "A=x$B".into(), map: vec![(0, 4), (3, 9)] };
    let word = Word { text: "x$B".into(), span: Span::new(6, 11) };
    let got = expand(&word.text, WordOrigin::of(&word, &logical), '\\', Scope::new(&variables(), false));
    assert_eq!(got.uses[0].span, Span::new(9, 11));
    // The variable itself is broken.
    let logical = Logical { text: "A=$nothing".into(), map: vec![(0, 4), (5, 11)] };
    let word = Word { text: "$nothing".into(), span: Span::new(6, 16) };
    let got = expand(&word.text, WordOrigin::of(&word, &logical), '\\', Scope::new(&variables(), false));
    assert_eq!(got.uses[0].span, Span::new(6, 16));
    // A JSON string.
    let word = Word { text: "$v".into(), span: Span::new(20, 24) };
    assert_eq!(WordOrigin::of(&word, &Logical::default()).span(&(0..2)), Span::new(21, 23));
}

#[test]
fn words_are_split_behind_expansion() {
    let cases: [(&str, &[&str]); 6] = [
        ("$two", &["80", "443"]),
        ("\"$two\"", &["80 443"]),
        ("a b", &["a", "b"]),
        ("a\\ b", &["a b"]),
        ("$empty", &[]),
        ("x$two", &["x80", "443"]),
    ];
    for (text, words) in cases {
        assert_eq!(expanded(text).words().expect("is known"), words, "{text}");
    }
    assert_eq!(expanded("$unknown 80").words(), None);
}

#[test]
fn backtick_escapes() {
    let got = expand("a`$v\\x", WordOrigin::Linear(0), '`', Scope::new(&variables(), false));
    assert_eq!(got.value.as_deref(), Some("a$v\\x"));
    let heredoc = expand_heredoc("'$v' \"\\$v\"", WordOrigin::Linear(0), Scope::new(&variables(), false));
    assert_eq!(heredoc.value.as_deref(), Some("'value' \"$v\""));
}

#[test]
fn hostile_words_stay_small() {
    let mut variables = variables();
    for _ in 0..40 {
        let got = expand("$A$A", WordOrigin::Linear(0), '\\', Scope::new(&variables, false));
        let value = got.value.or_else(|| variables.get("A").is_none().then(|| "x".to_owned()));
        let value = value.map(|value| if value.is_empty() { "x".into() } else { value });
        variables.insert_mut(
            Arc::from("A"),
            Variable { value, kind: VariableKind::Env, span: None, value_span: None, unset: false },
        );
    }
    assert_eq!(variables.get("A").and_then(|variable| variable.value.clone()), None);
    let deep = "${x:-".repeat(50_000) + &"}".repeat(50_000);
    assert_eq!(expanded(&deep).value, None);
    let long = "${v//?/".to_owned() + &"y".repeat(60_000) + "}";
    assert_eq!(expanded(&long).value, None);
    let budget = Cell::new(7);
    let scope = Scope { budget: Some(&budget), ..Scope::new(&variables, false) };
    assert_eq!(expand("$v", WordOrigin::Linear(0), '\\', scope).value.as_deref(), Some("value"));
    assert_eq!(expand("$v", WordOrigin::Linear(0), '\\', scope).value, None);
}
