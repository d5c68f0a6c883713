//! Every format with one set of awkward findings, and random spans.

#[path = "support/generated.rs"]
mod generated;

use std::sync::Arc;

use plimsoll::finding::{Diagnostic, Label, Level};
use plimsoll::finding::{Entry, Fixable, Rule};
use plimsoll::finding::{Fix, Safety};
use plimsoll::report::{self, FileReport, Format, Report};
use plimsoll::text::Edit;
use plimsoll::text::Variants;
use plimsoll::text::{Source, Span};
use proptest::prelude::*;
use serde_json::Value;

static UNTAGGED: Entry = Entry::new(
    "pinned",
    "untagged-base",
    "# untagged-base\n\nA base image without a tag changes\nunder you.\n\n## Why\n\n`FROM python` is another image next year.\n\n## Examples\n\n```dockerfile bad\nFROM python\n```\n",
    Rule::new(Level::Warn, "0.1.0", &[]).fix(Fixable::Sometimes).aka(&["DL3006"]),
);
static LEFTOVERS: Entry = Entry::new(
    "packages",
    "package-lists-kept",
    "Package lists stay in the layer.\n",
    Rule::new(Level::Note, "0.1.0", &[]).fix(Fixable::Always).aka(&["DL3009", "tally/x"]),
);
static UNKNOWN: Entry = Entry::new(
    "correctness",
    "unknown-instruction",
    "There is no such instruction.\n",
    Rule::new(Level::Error, "0.1.0", &[]),
);

/// The first place of `needle` in `text`.
fn find(text: &str, needle: &str) -> Span {
    let at = text.find(needle).unwrap_or_else(|| panic!("no {needle:?}"));
    Span::new(at, at + needle.len())
}

fn finding(rule: &'static Entry, span: Span, message: &'static str) -> Diagnostic {
    let level = rule.meta.level;
    Diagnostic::new(&rule.meta, level, span, message)
}

fn plain() -> FileReport {
    let text = "FROM python\nRUN apt-get update && \\\n\tapt-get install -y curl\nRUN a \\\n  b \\\n  c \\\n  d \\\n  e\nUSER root\n";
    let base = Diagnostic {
        help: vec!["name a version: `python:3.13-slim`".into()],
        fix: Fix::new(Safety::Unsafe, "pin `python` to `3.13`", [Edit::insert(11, ":3.13")]).map(Box::new),
        ..finding(&UNTAGGED, find(text, "python"), "base image `python` has no tag")
    };
    let install = find(text, "apt-get install -y curl");
    let lists = Diagnostic {
        labels: vec![Label { span: find(text, "apt-get update"), message: "the lists come with this".into() }],
        fix: Fix::new(
            Safety::Safe,
            "remove the lists",
            [
                Edit::insert(install.end(), " && \\\n\trm -rf /var/lib/apt/lists/*"),
                Edit::delete(Span::new(find(text, "USER").start(), text.len())),
            ],
        )
        .map(Box::new),
        ..finding(&LEFTOVERS, install, "package lists stay in the layer")
    };
    let run = Span::new(find(text, "RUN a").start(), find(text, "USER").start());
    let short = finding(&LEFTOVERS, Span::new(12, install.end() + 1), "two lines");
    let long = finding(&LEFTOVERS, run, "many lines");
    let end = finding(&UNKNOWN, Span::at(text.len()), "the end");
    FileReport::new(Arc::new(Source::new("./web/Dockerfile", text)), vec![base, short, lists, long, end])
}

fn hostile() -> FileReport {
    let bytes = b"\xef\xbb\xbfFROM \xff\xfe AS \xe6\x97\xa5\xe6\x9c\xac\r\nFRUM \x1b[31m\xe2\x80\xaeevil\r\n\tRUN\t\xe6\x97\xa5\xe6\x9c\xac x\r\n".to_vec();
    let source = Source::new("a b,c:d%/\u{1b}[2J\n::error::D\u{f6}ckerfile", bytes);
    let text = source.text().to_string();
    let stage =
        finding(&UNTAGGED, find(&text, "\u{1a}\u{1a}"), "base \u{1a} is `<none>` & \"odd\"\n::warning::gone | `a|b`");
    let evil = Diagnostic {
        help: vec!["see [this](https://example.com)\r\nor *that*".into()],
        fix: Fix::new(
            Safety::Display,
            "say \u{1b}]0;title\u{7}",
            [Edit::replace(find(&text, "FRUM"), "FROM\u{1b}[0m")],
        )
        .map(Box::new),
        ..finding(&UNKNOWN, find(&text, "\u{1b}[31m\u{202e}evil"), "unknown \u{1b}[31m\u{202e}instruction [x](y)")
    };
    let wide = Diagnostic {
        labels: vec![Label { span: find(&text, "\tRUN"), message: "after\ta\ttab".into() }],
        ..finding(&UNKNOWN, find(&text, "本 x\r\n"), "wide")
    };
    FileReport::new(Arc::new(source), vec![stage, evil, wide])
}

fn sample() -> Report {
    let clean =
        FileReport { fixed: 2, ..FileReport::new(Arc::new(Source::new("Dockerfile.clean", "FROM scratch\n")), vec![]) };
    let missing = FileReport::unreadable("missing/Dockerfile", "no such file");
    Report { files: vec![plain(), hostile(), clean, missing], applied: None }
}

fn render(format: Format, report: &Report, color: bool) -> String {
    let mut out = Vec::new();
    report::write(format, report, &mut out, color).expect("a vector takes everything");
    String::from_utf8(out).expect("reports are UTF-8")
}

#[test]
fn formats() {
    let report = sample();
    for format in Format::ALL.iter().copied() {
        // A release must not change the snapshot.
        let text = render(format, &report, false).replace(env!("CARGO_PKG_VERSION"), "[version]");
        insta::assert_snapshot!(format.as_str(), text);
        assert_eq!(render(format, &report, false), render(format, &report, false));
    }
    insta::assert_snapshot!("full_color", render(Format::Full, &report, true).replace('\u{1b}', "ESC"));
    let mut out = Vec::new();
    report::write_statistics(&report, &mut out).expect("a vector takes everything");
    insta::assert_snapshot!("statistics", String::from_utf8(out).expect("UTF-8"));
}

#[test]
fn names_of_formats_are_those_of_the_command_line() {
    for format in Format::ALL {
        let name = format.as_str();
        assert_eq!(Format::from_name(name), Some(*format));
        assert_eq!(format.as_str().parse(), Ok(*format));
    }
    assert!("fuller".parse::<Format>().is_err());
}

/// No format writes a control character, or one that changes the text direction, unescaped.
#[test]
fn nothing_escapes() {
    let report = sample();
    for format in Format::ALL.iter().copied() {
        let text = render(format, &report, false);
        let allowed = |ch: char| ch == '\n' || !ch.is_control();
        assert_eq!(text.chars().find(|ch| !allowed(*ch)), None, "{format}");
        match format {
            // Data: readers get the text of the file.
            Format::Json | Format::Jsonl | Format::Sarif | Format::Gitlab | Format::Rdjson => {}
            _ => assert!(!text.contains('\u{202e}'), "{format}"),
        }
    }
    for line in render(Format::Github, &report, false).lines() {
        assert!(line.starts_with("::") && line.contains(" title=plimsoll"), "{line}");
    }
    for line in render(Format::Concise, &report, false).lines() {
        assert!(line.contains("error") || line.contains("warning[") || line.contains("note["), "{line}");
    }
}

#[test]
fn data_formats_are_json() {
    let report = sample();
    for format in [Format::Json, Format::Sarif, Format::Gitlab, Format::Rdjson] {
        let text = render(format, &report, false);
        serde_json::from_str::<serde_json::Value>(&text).unwrap_or_else(|error| panic!("{format}: {error}"));
    }
    for line in render(Format::Jsonl, &report, false).lines() {
        let value: serde_json::Value = serde_json::from_str(line).expect("one value a line");
        assert_eq!(value["version"], 1);
    }
}

/// The checked-in schema is up to date, and JSON and JSON Lines match it without any unknown property.
#[test]
fn json_matches_its_schema() {
    let schema = report::derived_schema();
    generated::assert_up_to_date("src/report/report.schema.json", &format!("{schema:#}\n"));
    let report = sample();
    let document = serde_json::from_str(&render(Format::Json, &report, false)).expect("JSON");
    assert_eq!(mismatch(&schema, &schema["$defs"]["Document"], &document), None);
    for line in render(Format::Jsonl, &report, false).lines() {
        let line = serde_json::from_str(line).expect("one value per line");
        assert_eq!(mismatch(&schema, &schema["$defs"]["Line"], &line), None);
    }
    let mut changed: Value = document;
    changed["files"][0]["findings"][0]["level"] = "loud".into();
    assert!(mismatch(&schema, &schema["$defs"]["Document"], &changed).is_some());
}

/// Why a value does not match a schema, for the keywords that ours uses. Stricter than the standard: a property that the
/// schema does not list is an error.
fn mismatch(root: &Value, schema: &Value, value: &Value) -> Option<String> {
    let keywords = schema.as_object().expect("a schema is an object");
    let wrong = |keyword: &str| Some(format!("{keyword}: {value} does not match {schema}"));
    for (keyword, expected) in keywords {
        let found = match keyword.as_str() {
            "$ref" => {
                let name = expected.as_str().expect("a reference").trim_start_matches("#/$defs/");
                mismatch(root, &root["$defs"][name], value)
            }
            "anyOf" => {
                let options = expected.as_array().expect("a list");
                if options.iter().any(|option| mismatch(root, option, value).is_none()) { None } else { wrong(keyword) }
            }
            "type" => {
                let types = expected.as_array().cloned().unwrap_or_else(|| vec![expected.clone()]);
                let own = match value {
                    Value::Null => "null",
                    Value::Bool(_) => "boolean",
                    Value::Number(_) => "integer",
                    Value::String(_) => "string",
                    Value::Array(_) => "array",
                    Value::Object(_) => "object",
                };
                if types.iter().any(|name| name == own) { None } else { wrong(keyword) }
            }
            "enum" => {
                if expected.as_array().expect("a list").contains(value) {
                    None
                } else {
                    wrong(keyword)
                }
            }
            "minimum" => {
                if value.as_f64() >= expected.as_f64() {
                    None
                } else {
                    wrong(keyword)
                }
            }
            "required" => {
                let missing = |name: &&Value| value.get(name.as_str().unwrap_or_default()).is_none();
                expected.as_array().expect("a list").iter().find(missing).and_then(|_| wrong(keyword))
            }
            "properties" => {
                let mut properties = value.as_object().into_iter().flatten();
                properties.find_map(|(name, value)| match expected.get(name) {
                    Some(schema) => mismatch(root, schema, value),
                    None => Some(format!("unknown property `{name}`")),
                })
            }
            "items" => value.as_array().into_iter().flatten().find_map(|item| mismatch(root, expected, item)),
            "title" | "description" | "format" | "$schema" | "$defs" => None,
            other => panic!("unexpected keyword `{other}` in the schema"),
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// What the schema and the services that read SARIF require, beyond what a snapshot shows at a glance.
#[test]
fn sarif_holds_together() {
    let log: serde_json::Value = serde_json::from_str(&render(Format::Sarif, &sample(), false)).expect("JSON");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    for result in run["results"].as_array().expect("results") {
        let index = result["ruleIndex"].as_u64().expect("a number") as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().expect("a string");
        assert!(uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte)), "{uri}");
        let at = |key: &str| place["region"][key].as_u64().expect("a number");
        let (start, end) = ((at("startLine"), at("startColumn")), (at("endLine"), at("endColumn")));
        assert!((1, 1) <= start && start <= end, "{start:?} {end:?}");
        // A fix that is for display only must not be offered for applying.
        assert_ne!(result["fixes"][0]["properties"]["safety"], "display");
    }
}

#[test]
fn fingerprints_are_unique_and_outlive_moves() {
    let text = "RUN a\nRUN a\nRUN b\n";
    let prints = |before: &str| -> Vec<String> {
        let text = format!("{before}{text}");
        let places = text.match_indices("RUN").filter(|(at, _)| *at >= before.len());
        let found = places.map(|(at, _)| finding(&UNKNOWN, Span::new(at, at + 3), "x")).collect();
        let report = Report {
            files: vec![FileReport::new(Arc::new(Source::new("Dockerfile", text.as_str())), found)],
            applied: None,
        };
        let gitlab: serde_json::Value = serde_json::from_str(&render(Format::Gitlab, &report, false)).expect("JSON");
        let issues = gitlab.as_array().expect("an array").iter();
        issues.map(|issue| issue["fingerprint"].as_str().expect("a string").to_string()).collect()
    };
    let first = prints("");
    assert_eq!(first.iter().collect::<std::collections::HashSet<_>>().len(), 3);
    assert_eq!(first, prints("FROM scratch\n\n"));
}

/// A file of one very long line and many findings takes no more than a moment, and little room.
#[test]
fn long_lines_stay_cheap() {
    let text = format!("RUN {}", "é && ".repeat(400_000));
    let len = text.len();
    let source = Arc::new(Source::new("Dockerfile", text));
    let starts = (4..len - 20).step_by(6).take(60_000).step_by(60);
    let found = starts.map(|at| Diagnostic {
        fix: Fix::new(Safety::Safe, "cut", [Edit::delete(Span::new(at, at + 6))]).map(Box::new),
        ..finding(&UNKNOWN, Span::new(at, len), "x")
    });
    let report = Report { files: vec![FileReport::new(source, found.collect())], applied: None };
    for format in Format::ALL.iter().copied() {
        let text = render(format, &report, false);
        assert!(text.len() < 2_000 * report.counts().findings(), "{format}: {}", text.len());
    }
}

prop_compose! {
    fn any_report()(
        text in prop::collection::vec(prop_oneof![
            Just("\n"), Just("\r\n"), Just("\r"), Just("\t"), Just("é"), Just("日"), Just("\u{1b}"), Just("\u{202e}"),
            Just("\u{feff}"), Just("\0"), Just("RUN x \\"), Just("e\u{301}"), Just("👩‍👩‍👧"),
        ], 0..40),
        invalid in prop::collection::vec(any::<u8>(), 0..4),
        spans in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..6),
    ) -> Report {
        let mut bytes = text.concat().into_bytes();
        bytes.extend(invalid);
        let source = Source::new("Dockerfile", bytes);
        let ends: Vec<usize> = (0..=source.text().len()).filter(|at| source.text().is_char_boundary(*at)).collect();
        let spans: Vec<Span> = spans.iter().map(|(a, b)| {
            let (a, b) = (*a.get(&ends), *b.get(&ends));
            Span::new(a.min(b), a.max(b))
        }).collect();
        let labels: Vec<Label> = spans.iter().map(|span| Label { span: *span, message: "label".into() }).collect();
        let found = spans.iter().map(|span| Diagnostic {
            labels: labels.clone(),
            fix: Fix::new(Safety::Safe, "fix", spans.iter().map(|span| Edit::replace(*span, "new\n"))).map(Box::new),
            ..finding(&UNKNOWN, *span, "message")
        });
        let found = found.collect();
        Report { files: vec![FileReport::new(Arc::new(source), found)], applied: None }
    }
}

proptest! {
    #[test]
    fn no_span_panics(report in any_report()) {
        for format in Format::ALL.iter().copied() {
            let text = render(format, &report, false);
            prop_assert!(!text.chars().any(|ch| ch != '\n' && ch.is_control()), "{}", format);
        }
    }
}

#[test]
fn many_findings_are_an_overview() {
    let report = sample();
    let write = |color| {
        let mut bytes = Vec::new();
        report::write_overview(&report, &mut bytes, color).expect("it is written");
        String::from_utf8(bytes).expect("it is text")
    };
    let plain = write(false);
    insta::assert_snapshot!("overview", plain);
    // Colour adds sequences only.
    let colored = write(true);
    assert!(colored.contains("\u{1b}[1;33mwarning[untagged-base]\u{1b}[0m"), "{colored:?}");
    let mut bare = String::new();
    for (index, part) in colored.split("\u{1b}[").enumerate() {
        bare += if index == 0 { part } else { part.split_once('m').map_or("", |(_, rest)| rest) };
    }
    assert_eq!(bare, plain);
}
