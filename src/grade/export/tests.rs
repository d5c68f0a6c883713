use super::*;
use crate::grade::details::DetailStore;
use crate::grade::rubric::Feedback;
use crate::grade::sheet::{SheetStatus, Student, VERSION};
use crate::grade::summary::CriterionColumn;

/// A class with hostile text in every field.
fn nasty() -> Class {
    let evil = "=cmd|'<script>alert(1)</script>\n\x1b[31m`x`\u{202e}|](http://x)";
    let points = |number: i64| Points::whole(number);
    let loss = Loss {
        points: points(3),
        place: Some(Location { file: evil.to_owned(), line: Some(2), column: Some(1) }),
        what: evil.to_owned(),
        why: evil.to_owned(),
        earn_back: evil.to_owned(),
        diff: Some(format!("-{evil}\n+```` {evil}\n")),
        rule: Some("root-user".to_owned()),
        seen: Some(evil.to_owned()),
        more: 2,
    };
    let mark = |id: &str, status: MarkStatus, got: i64, hidden: bool, losses: Vec<Loss>| Mark {
        id: id.to_owned(),
        title: evil.to_owned(),
        status,
        points: points(got),
        max: points(5),
        bonus: false,
        hidden,
        losses,
        praise: vec![evil.to_owned()],
        computed: None,
        comment: Some(evil.to_owned()),
    };
    let marks = vec![
        mark("a", MarkStatus::Partly, 2, false, vec![loss.clone()]),
        mark("secret", MarkStatus::Met, 5, true, Vec::new()),
        mark("c", MarkStatus::Skipped { needs: "a".to_owned() }, 0, false, Vec::new()),
    ];
    let sheet = |id: &str, status: SheetStatus| Sheet {
        version: VERSION,
        student: Student {
            id: id.to_owned(),
            name: Some(evil.to_owned()),
            platform_id: Some(format!("7{}", id.len())),
            ..Student::default()
        },
        submission: evil.to_owned(),
        dockerfile: Some(evil.to_owned()),
        passed: (status == SheetStatus::Graded).then_some(false),
        status,
        marks: marks.clone(),
        total: points(7),
        max: points(15),
        bonus: Points::ZERO,
        penalty: Points::ZERO,
        curve: Points::ZERO,
        late_days: 0,
        flags: Default::default(),
        omitted: vec![evil.to_owned()],
        comment: Some(evil.to_owned()),
        set_total: None,
        compose: None,
        image: None,
        variant: None,
        text: Some(evil.to_owned()),
        lang: Default::default(),
        notes: vec![evil.to_owned()],
        rubric: "1".to_owned(),
        digest: "2".to_owned(),
        plimsoll: "0.1.0".to_owned(),
        details: None,
    };
    let column = |id: &str, hidden: bool| CriterionColumn {
        id: id.to_owned(),
        title: evil.to_owned(),
        max: points(5),
        bonus: false,
        hidden,
    };
    let sheets = vec![sheet(evil, SheetStatus::Graded), sheet("b", SheetStatus::NotGraded { why: evil.to_owned() })];
    Class::new(
        evil.to_owned(),
        "1".to_owned(),
        vec![column("a", false), column("secret", true), column("c", false)],
        sheets,
        DetailStore::default(),
    )
}

fn written(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes).expect("a vector takes every write");
    String::from_utf8(bytes).expect("exports are UTF-8")
}

/// Markdown without its code blocks.
fn prose(text: &str) -> String {
    let mut fence: Option<&str> = None;
    let mut out = String::new();
    for line in text.lines() {
        let ticks = line.trim_start().trim_end_matches(char::is_alphanumeric);
        let is_fence = ticks.len() >= 3 && ticks.bytes().all(|byte| byte == b'`');
        match fence {
            None if is_fence => fence = Some(ticks),
            Some(open) if is_fence && ticks.len() >= open.len() && line.trim_start() == ticks => fence = None,
            None => out += &format!("{line}\n"),
            Some(_) => {}
        }
    }
    assert!(fence.is_none(), "a block has no end");
    out
}

#[test]
fn nothing_acts_in_a_page() {
    let class = nasty();
    let links: Vec<String> =
        file_names(&class.sheets).into_iter().map(|name| format!("students/{name}.html")).collect();
    let mut pages: Vec<String> = class.sheets.iter().map(|sheet| student_page(&class.title, sheet)).collect();
    pages.push(written(|out| class_page(&class, &links, out)));
    for page in pages {
        assert!(!page.contains("<script>alert") && !page.contains('\x1b') && !page.contains('\u{202e}'), "{page}");
    }
    for sheet in &class.sheets {
        let text = markdown(&class.title, sheet);
        assert!(!text.contains('\x1b'));
        let text = prose(&text);
        assert!(!text.contains("<script>") && !text.contains("](http"), "{text}");
        assert!(!details(&class.title, sheet).contains('\x1b'));
    }
    assert!(!class_table(&class).contains('\x1b'));
}

#[test]
fn no_cell_is_a_formula() {
    let table = table(&nasty());
    assert!(!table.contains('\x1b') && table.lines().count() == 3, "{table}");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    for record in reader.records() {
        for cell in &record.expect("it is CSV") {
            assert!(!cell.starts_with(['=', '+', '@']), "{cell}");
        }
    }
}

#[test]
fn file_names_are_safe_and_unique() {
    let mut class = nasty();
    for (sheet, id) in class.sheets.iter_mut().zip(["Ada", "ada"]) {
        sheet.student.id = id.to_owned();
    }
    assert_eq!(file_names(&class.sheets), ["Ada", "ada-2"]);
    for id in ["../../x", "a/b", "CON\n", "", ".hidden", "ä"] {
        class.sheets[0].student.id = id.to_owned();
        let name = file_names(&class.sheets[..1]).remove(0);
        assert!(!name.starts_with('.') && !name.is_empty(), "{name}");
        assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')), "{name}");
    }
}

#[test]
fn hidden_criteria_and_what_is_not_graded() {
    let class = nasty();
    let (open, graded) = (&class.sheets[1], &class.sheets[0]);
    let (open, graded) = if graded.is_graded() { (open, graded) } else { (graded, open) };
    let json = |text: String| serde_json::from_str::<serde_json::Value>(&text).expect("it is JSON");
    let results = json(gradescope("x", graded, Feedback::Name));
    assert_eq!(results["tests"][1]["visibility"], "hidden");
    assert_eq!((&results["score"], &results["tests"][0]["score"]), (&7.into(), &2.into()));
    assert!(json(gradescope("x", open, Feedback::Name)).get("score").is_none());
    assert_eq!(json(prairielearn("x", open))["gradable"], false);
    assert_eq!(json(classroom(open))["status"], "error");
    let shown = graded.for_student(Feedback::Name);
    assert!(shown.marks.iter().all(|mark| mark.id != "secret") && shown.notes.is_empty());
    assert_eq!((shown.marks[0].losses[0].what.as_str(), &shown.marks[0].losses[0].diff), ("`root-user`", &None));
    // A rule that only a hidden criterion counts, and a criterion that needs the hidden one.
    let mut sheets = class.sheets.clone();
    for sheet in &mut sheets {
        let mut loss = sheet.marks[0].losses[0].clone();
        loss.rule = Some("latest-tag".to_owned());
        sheet.marks[1].losses.push(loss);
        sheet.marks[2].status = MarkStatus::Skipped { needs: "secret".to_owned() };
    }
    let class_of = Class::new("x".to_owned(), "1".to_owned(), class.criteria.clone(), sheets, DetailStore::default());
    let names = |class: &Class| class.summary.rules.iter().map(|rule| rule.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&class_of), ["latest-tag", "root-user"]);
    let shown = class_of.for_students(Feedback::Diff);
    assert_eq!(names(&shown), ["root-user"]);
    assert!(!serde_json::to_string(&shown).expect("JSON").contains("secret"));
    let xml = written(|out| junit(&class, out));
    assert!(xml.contains("errors=\"0\"") && !xml.contains('\x1b'));
}

#[test]
fn worksheets_are_filled_in() {
    let mut class = nasty();
    let graded = class.sheets.iter_mut().find(|sheet| sheet.is_graded()).expect("one is");
    graded.student = Student {
        id: "x".to_owned(),
        platform_id: Some("12".to_owned()),
        name: Some("Ada Lovelace".to_owned()),
        ..Student::default()
    };
    let sheet = "Identifier,Full name,Email address,MarkStatus,Grade,Maximum Grade,Feedback comments\nParticipant 12,Ada Lovelace,a@x.org,ok,,30.00,\nParticipant 99,Nobody,n@x.org,ok,5,30.00,hm\n";
    let filled = moodle(&class, sheet, Feedback::Name).expect("it is one");
    let lines: Vec<&str> = filled.lines().collect();
    assert!(lines[1].starts_with("Participant 12,Ada Lovelace,a@x.org,ok,14,30.00,"), "{filled}");
    assert_eq!(lines[2], "Participant 99,Nobody,n@x.org,ok,5,30.00,hm");
    assert!(moodle(&class, "a,b\n", Feedback::Name).is_err());
    let book = "Student,ID,SIS Login ID,Section,A1 (99)\n    Points Possible,,,,15\n\"Lovelace, Ada\",12,ada,1,\n\"Nobody\",99,no,1,3\n";
    let filled = canvas(&class, book).expect("it is one");
    assert!(filled.contains("\"Lovelace, Ada\",12,ada,1,7\n") && filled.contains("Nobody,99,no,1,3"), "{filled}");
    let two = canvas(&class, "Student,ID,A (1),B (2)\n").expect_err("which one?");
    assert!(two.contains("expected one of: `A`, `B`"), "{two}");
}
