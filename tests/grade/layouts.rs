//! What Moodle, Canvas, Gradescope, GitHub Classroom and PrairieLearn export, graded as it is. `layouts.md` says where each layout
//! and list was read.

use std::io::Write;
use std::path::Path;

use plimsoll::grade::rubric::LatePolicy;
use plimsoll::grade::submissions::{Roster, SearchOptions, find};

use crate::{directory, grade_with, put, rubric};

const PINNED: &str = "[late]\nper-day = 10\n[[criterion]]\nid = 'pinned'\npoints = 10\nrules = ['pinned']\n";
const GOOD: &str = "FROM python:3.13-slim\nUSER 1000\n";
const BAD: &str = "FROM python\n";

fn zip(path: &Path, files: &[(&str, &str)]) {
    let mut writer = zip::ZipWriter::new(std::fs::File::create(path).expect("a file"));
    for (name, text) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).expect("an entry");
        writer.write_all(text.as_bytes()).expect("written");
    }
    writer.finish().expect("written");
}

fn roster(text: &str) -> Option<Roster> {
    Some(Roster::of(text).unwrap_or_else(|problem| panic!("{}", problem.message)))
}

/// `id: total, days late` of each student, of an export as a directory, and packed as its platform packs it.
fn graded(files: &[(&str, &str)], list: Option<&str>, due: Option<&str>) -> Vec<String> {
    let options = || SearchOptions {
        single: false,
        roster: list.and_then(roster),
        late: LatePolicy { due: due.and_then(|due| due.parse().ok()), ..LatePolicy::default() },
    };
    let rows = |path: &Path| {
        let class = grade_with(&rubric(PINNED), path, &options(), None);
        let rows = class.sheets.iter().map(|sheet| match sheet.is_missing() {
            true => format!("{}: missing", sheet.student.id),
            false => format!("{}: {}, {}", sheet.student.id, sheet.total, sheet.late_days),
        });
        rows.collect::<Vec<_>>()
    };
    let unpacked = directory(files);
    let packed = tempfile::tempdir().expect("a directory");
    zip(&packed.path().join("export.zip"), files);
    let found = rows(unpacked.path());
    assert_eq!(found, rows(&packed.path().join("export.zip")), "packed and unpacked differ");
    found
}

#[test]
fn moodle_with_a_directory_for_each_student() {
    let files = [
        ("Ada Lovelace_7_assignsubmission_file/app/Dockerfile", GOOD),
        ("Ada Lovelace_7_assignsubmission_onlinetext/onlinetext.html", "<p>done</p>"),
        ("Grace Hopper_8_assignsubmission_file_/Dockerfile", BAD),
        ("Zoë Noël_9_assignsubmission_file/Dockerfile", GOOD),
    ];
    assert_eq!(graded(&files, None, None), ["Ada Lovelace 7: 10, 0", "Grace Hopper 8: 0, 0", "Zoë Noël 9: 10, 0"]);
    let sheet = "\u{feff}Identifier,Full name,ID number,Email address,Status,Group,Grade,Maximum grade,Grade can be changed,Last modified (submission),Last modified (grade),Feedback comments\n\
        Participant 7,Ada Lovelace,s1,a@x.org,Submitted for grading,,,100,Yes,\"Friday, 20 November 2026, 11:00 PM\",-,\n\
        Participant 8,Grace Hopper,s2,g@x.org,Submitted for grading - 1 day 2 hours late,,,100,Yes,\"Saturday, 21 November 2026, 11:00 PM\",-,\n\
        Participant 9,Zoë Noël,s3,z@x.org,\"Submitted for grading - Extension granted until: Sunday, 22 November 2026, 11:59 PM\",,,100,Yes,\"Sunday, 22 November 2026, 1:00 PM\",-,\n\
        Participant 10,Alan Turing,s4,t@x.org,No submission,,,100,Yes,-,-,\n";
    let due = Some("2026-11-20 23:59");
    assert_eq!(graded(&files, Some(sheet), due), ["s1: 10, 0", "s2: 0, 1", "s3: 10, 0", "s4: missing"]);
    // Without a due date of its own, the worksheet says who is late.
    assert_eq!(graded(&files, Some(sheet), None), ["s1: 10, 0", "s2: 0, 2", "s3: 10, 0", "s4: missing"]);
}

#[test]
fn moodle_in_other_languages() {
    let files = [("Änne Groß_7_assignsubmission_file/Dockerfile", GOOD)];
    let german = "ID,\"Vollständiger Name\",E-Mail-Adresse,Status,Bewertung,Skala,\"Bewertung kann geändert werden\",\"Zuletzt geändert (Abgabe)\",\"Zuletzt geändert (Bewertung)\",\"Feedback als Kommentar\"\n\
        Teilnehmer/in7,\"Änne Groß\",a@x.org,\"Zur Bewertung abgegeben - 1 Tag 10 Stunden zu spät -  - \",,\"nicht bestanden bestanden\",Ja,\"Dienstag, 2. Dezember 2025, 10:37\",-,\n";
    let french = "Identifiant,\"Nom complet\",\"Adresse de courriel\",Statut,Groupe,Note,\"Note maximale\",\"La note peut être modifiée\",\"Dernière modification (travail remis)\",\"Dernière modification (note)\",\"Feedback par commentaires\"\n\
        \"Participant 7\",\"Änne Groß\",a@x.org,\"Remis pour évaluation - 1 jour 10 heures en retard\",,,\"20,00\",Oui,\"mardi 2 décembre 2025, 10:37\",-,\n";
    let spanish = "Identificador,\"Nombre completo\",\"Dirección de correo\",Estado,Calificación,\"Calificación máxima\",\"La calificación puede ser cambiada\",\"Última modificación (entrega)\",\"Última modificación (calificación)\",\"Comentarios de retroalimentación\"\n\
        \"Participante 7\",\"Änne Groß\",a@x.org,\"Enviado para calificar - 1 día 10 horas de retraso\",,\"10,00\",Sí,\"martes, 2 de diciembre de 2025, 10:37\",-,\n";
    for list in [german, french, spanish] {
        assert_eq!(graded(&files, Some(list), None), ["a@x.org: 8, 2"], "{list}");
        assert_eq!(graded(&files, Some(list), Some("2025-12-01 00:37")), ["a@x.org: 8, 2"], "{list}");
    }
}

#[test]
fn moodle_with_all_files_in_one_directory() {
    let files = [
        ("Ada Lovelace_7_assignsubmission_file_Dockerfile", GOOD),
        ("Ada Lovelace_7_assignsubmission_file_run.py", ""),
        ("Blue team_3_assignsubmission_file_Dockerfile", GOOD),
        ("Default group_assignsubmission_file_Dockerfile", BAD),
        ("Participant_9_assignsubmission_file_Dockerfile", GOOD),
    ];
    let rows = ["Ada Lovelace 7: 10, 0", "Blue team 3: 10, 0", "Default group: 0, 0", "Participant 9: 10, 0"];
    assert_eq!(graded(&files, None, None), rows);
    // A worksheet where students are anonymous.
    let sheet = "Identifier,Status,Grade,Maximum grade,Last modified (submission),Feedback comments\nParticipant 9,Submitted for grading,,100,-,\n";
    assert_eq!(graded(&files[4..], Some(sheet), None), ["Participant 9: 10, 0"]);
}

#[test]
fn canvas() {
    let files = [
        ("lovelaceada_12345_678_Dockerfile-2", GOOD),
        ("lovelaceada_12345_679_run.py", ""),
        ("hoppergrace_LATE_12346_680_Dockerfile", GOOD),
        ("doe_jane_12347_681_Dockerfile", BAD),
        ("LATE_anon_aB3dE_682_Dockerfile", GOOD),
    ];
    let rows = ["anon_aB3dE: 9, 1", "doe_jane 12347: 0, 0", "hoppergrace 12346: 9, 1", "lovelaceada 12345: 10, 0"];
    assert_eq!(graded(&files, None, None), rows);
    let book = "Student,ID,SIS User ID,SIS Login ID,Section,Week 3 (99)\n    Points Possible,,,,,100\n\"Lovelace, Ada\",12345,s1,ada,1,\n\"Hopper, Grace\",12346,s2,grace,1,\n\"Doe, Jane\",12347,s3,jane,1,\n\"Turing, Alan\",12348,s4,alan,1,\n\"Student, Test\",1,,x,1,\n";
    assert_eq!(graded(&files[..4], Some(book), None), ["ada: 10, 0", "alan: missing", "grace: 9, 1", "jane: 0, 0"]);
    // With names in two columns, without the school's ids, as spreadsheets in many languages read it.
    let names = "LastName;FirstName;ID;SIS Login ID;Section;Week 3 (99)\n;;;;;Manual Posting\n    Points Possible;;;;;100,00\nLovelace;Ada;12345;ada;1;\nStudent;Test;1;x;1;\n";
    assert_eq!(graded(&files[..2], Some(names), None), ["ada: 10, 0"]);
}

#[test]
fn gradescope() {
    let list = "submission_401:\n  :submitters:\n  - :name: Ada Lovelace\n    :sid: s1\n    :email: ada@x.org\n  :created_at: 2026-11-20 17:34:00.861687000 Z\n  :score: 2.0\n  :results:\n    output: |-\n      :submitters:\nsubmission_402:\n  :submitters:\n  - :name: Grace Hopper\n    :sid: s2\n    :email: grace@x.org\n  - :name: Jane Doe\n    :sid: s3\n    :email: jane@x.org\n  :created_at: 2026-11-22 08:00:00 Z\nsubmission_403:\n  :submitters: []\n";
    let files = [
        ("assignment_9_export/submission_metadata.yml", list),
        ("assignment_9_export/submission_401/Dockerfile", GOOD),
        ("assignment_9_export/submission_402/app/Dockerfile", GOOD),
        ("assignment_9_export/submission_403/Dockerfile", BAD),
    ];
    let due = Some("2026-11-20T23:59:00Z");
    assert_eq!(graded(&files, None, due), ["s1: 10, 0", "s2: 8, 2", "s3: 8, 2", "submission_403: 0, 0"]);
    assert_eq!(graded(&files[1..3], None, None), ["submission_401: 10, 0", "submission_402: 10, 0"]);
    // The table of scores.
    let scores = "First Name,Last Name,SID,Email,Sections,Total Score,Max Points,Status,Submission ID,Submission Time,Lateness (H:M:S)\n\
        Ada,Lovelace,s1,ada@x.org,,,10,Ungraded,401,2026-11-20 17:34:00 -0500,00:00:00\n\
        Grace,Hopper,s2,grace@x.org,,,10,Ungraded,402,2026-11-22 08:00:00 -0500,26:03:11\n\
        Alan,Turing,s4,alan@x.org,,,10,Missing,,,\n";
    assert_eq!(graded(&files[1..3], Some(scores), None), ["s1: 10, 0", "s2: 8, 2", "s4: missing"]);
    // A list that cannot be read costs names only.
    let broken =
        [("submission_metadata.yml", "submission_401:\n  :submitters: [\n"), ("submission_401/Dockerfile", GOOD)];
    assert_eq!(graded(&broken, None, None), ["submission_401: 10, 0"]);
}

#[test]
fn github_classroom() {
    let class = directory(&[
        ("week-3-submissions/week-3-ada-l/Dockerfile", GOOD),
        ("week-3-submissions/week-3-grace/app/Dockerfile", BAD),
    ]);
    let found = |list: Option<&str>| {
        let options = SearchOptions { roster: list.and_then(roster), ..SearchOptions::default() };
        let class = grade_with(&rubric(PINNED), &class.path().join("week-3-submissions"), &options, None);
        class.sheets.iter().map(|sheet| format!("{}: {}", sheet.student.id, sheet.total)).collect::<Vec<_>>()
    };
    assert_eq!(found(None), ["ada-l: 10", "grace: 0"]);
    let list = "\"identifier\",\"github_username\",\"github_id\",\"name\"\n\"s1\",\"ada-l\",\"1\",\"Ada Lovelace\"\n\"s2\",\"grace\",\"2\",\"\"\n";
    assert_eq!(found(Some(list)), ["s1: 10", "s2: 0"]);
    let grades = "assignment_name,assignment_url,starter_code_url,github_username,roster_identifier,student_repository_name,student_repository_url,submission_timestamp,points_awarded,points_available\n\
        Week 3,u,u,ada-l,s1,week-3-ada-l,u,2026-01-15T23:59:00Z,0,10\nWeek 3,u,u,grace,,week-3-grace,u,,0,10\n";
    assert_eq!(found(Some(grades)), ["grace: 0", "s1: 10"]);
}

#[test]
fn prairielearn() {
    let files = [
        ("Homework1/ada_l@x.org_1_docker/basics_1_1_345_Dockerfile", BAD),
        ("Homework1/ada_l@x.org_1_docker/basics_1_2_346_Dockerfile", GOOD),
        ("Homework1/ada_l@x.org_1_docker/basics_1_2_346_src/run.py", ""),
        ("Homework1/grace@x.org_1_docker/basics_2_1_350_Dockerfile", BAD),
    ];
    assert_eq!(graded(&files, None, None), ["ada_l@x.org: 10, 0", "grace@x.org: 0, 0"]);
    let instances = "UID,UIN,Username,Name,Role,Assessment,Instance,Started,Remaining,Score (%),Points\n\
        ada_l@x.org,001,ada_l,Ada Lovelace,Student,Homework 1,1,2026-11-20T10:00:00-06,Closed,0,0\n\
        alan@x.org,002,alan,Alan Turing,Student,Homework 1,1,2026-11-20T10:00:00-06,Closed,0,0\n";
    assert_eq!(graded(&files[..3], Some(instances), None), ["001: 10, 0", "002: missing"]);
    let manual = [("Homework1/ada_l@x.org_001_docker/basics_346_Dockerfile", GOOD)];
    assert_eq!(graded(&manual, None, None), ["ada_l@x.org: 10, 0"]);
    let groups = [("Homework1/blue_1_docker_1_1_9_Dockerfile", GOOD), ("Homework1/red_1_docker_1_1_8_Dockerfile", BAD)];
    let list = "groupName,UID\nblue,ada@x.org\nblue,grace@x.org\nred,alan@x.org\n";
    assert_eq!(graded(&groups, Some(list), None), ["ada@x.org: 10, 0", "alan@x.org: 0, 0", "grace@x.org: 10, 0"]);
    // Two questions: the rubric says which one is graded.
    let two = [("H/ada@x.org_1_one_1_1_5_Dockerfile", BAD), ("H/ada@x.org_1_two_1_1_6_Dockerfile", GOOD)];
    let class = directory(&two);
    let second = rubric(&format!("[submission]\ndirectory = 'two'\n{PINNED}"));
    assert_eq!(crate::grade(&second, class.path()).sheets[0].total, plimsoll::grade::Points::whole(10));
}

#[test]
fn times_with_and_without_a_zone_are_pointed_out() {
    let class = directory(&[("ada/Dockerfile", GOOD)]);
    let problems = |submitted: &str, due: &str| {
        let options = SearchOptions {
            single: false,
            roster: roster(&format!("id,submitted\nada,{submitted}\n")),
            late: LatePolicy { due: due.parse().ok(), ..LatePolicy::default() },
        };
        find(&[class.path().to_path_buf()], &options).expect("it can be read").problems.len()
    };
    let (local, zoned) = ("2026-11-20 23:59", "2026-11-20T23:59:00Z");
    assert_eq!(
        [problems(local, local), problems(zoned, zoned), problems(zoned, local), problems(local, zoned)],
        [0, 0, 1, 1]
    );
}

/// A single directory is a student's, unless everything in it is an export's.
#[test]
fn one_student_is_not_an_export() {
    let class = directory(&[("ada/app/Dockerfile", GOOD), ("ada/img_1_2_x.png", "")]);
    put(class.path(), "ada/data_1_q_1_1_1_x.csv", b"");
    let class = crate::grade(&rubric(PINNED), class.path());
    assert_eq!((class.sheets.len(), class.sheets[0].student.id.as_str()), (1, "ada"));
    let wrapped = directory(&[
        ("Week 3/Ada_7_assignsubmission_file/Dockerfile", GOOD),
        ("Week 3/Bob_8_assignsubmission_file/Dockerfile", BAD),
    ]);
    assert_eq!(crate::grade(&rubric(PINNED), wrapped.path()).sheets.len(), 2);
}
