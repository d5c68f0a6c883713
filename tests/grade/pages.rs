//! The pages of a class and of a student, as snapshots.

use plimsoll::grade::export::{class_page, class_table, details, junit, markdown, student_page};

use crate::{directory, exported, grade, rubric, sheet};

const RUBRIC: &str = "pass = 50\n\
    [[criterion]]\nid = 'stages'\ntitle = 'Separate build and runtime stages'\npoints = 10\npartial = true\n\
    require = { stages = '>= 2', copy-from-stage = true, final-base = '*-slim*', bases-pinned = 'tag' }\n\
    [[criterion]]\nid = 'start'\ntitle = 'The container starts correctly'\npoints = 10\n\
    hint = 'see chapter 3'\nrequire = { not-root = true, exec-form = true, healthcheck = true }\n\
    [[criterion]]\nid = 'files'\ntitle = 'Clean submission'\npoints = 5\nneeds = 'start'\nbonus = true\n\
    require = { files = '.dockerignore', lacks-files = '*.class', env = 'PORT', exposes = 8080, labels = 'team' }\n\
    [[criterion]]\nid = 'compose'\ntitle = 'Compose file'\npoints = 5\npartial = true\n\
    require = { compose = { services = ['app', 'db'], depends-on-healthy = { app = 'db' }, volume = 'db' } }\n";

/// The page without its style sheet and script.
fn body(page: &str) -> &str {
    let start = page.find("<main").expect("there is a body");
    let end = page.find("</main>").expect("the body ends") + "</main>".len();
    &page[start..end]
}

#[test]
fn pages() {
    let class = directory(&[
        (
            "ada/Dockerfile",
            "FROM gcc:15 AS build\nRUN make\nFROM debian:13-slim\nCOPY --from=build /a /a\nUSER 1000\nHEALTHCHECK CMD [\"/a\"]\nCMD [\"/a\"]\n",
        ),
        ("ada/compose.yaml", "services:\n  app: {build: ., depends_on: [db]}\n  db: {image: 'postgres:17'}\n"),
        ("bob & co/Dockerfile", "FROM gcc\nCMD ./a\n"),
    ]);
    let class = grade(&rubric(RUBRIC), class.path());
    let links = ["students/ada.html", "students/bob.html"].map(str::to_owned);
    insta::assert_snapshot!("class_html", body(&exported(|out| class_page(&class, &links, out))));
    insta::assert_snapshot!("class_table", class_table(&class));
    insta::assert_snapshot!("class_junit", exported(|out| junit(&class, out)));
    let ada = sheet(&class, "ada");
    insta::assert_snapshot!("student_html", body(&student_page(&class.title, ada)));
    insta::assert_snapshot!("student_markdown", markdown(&class.title, ada));
    insta::assert_snapshot!("student_details", details(&class.title, ada));
}

#[test]
fn pages_in_other_languages() {
    let class = directory(&[("ada/Dockerfile", "FROM gcc\nCMD ./a\n")]);
    for (lang, words) in [
        ("de", ["Was jetzt zu tun ist", "nicht erfüllt", "nicht bestanden"]),
        ("es", ["Qué hacer ahora", "no cumplido", "suspenso"]),
        ("fr", ["Que faire maintenant", "non réussi", "non admis"]),
    ] {
        let graded = grade(&rubric(&format!("lang = '{lang}'\n{RUBRIC}")), class.path());
        let ada = sheet(&graded, "ada");
        let page = student_page(&graded.title, ada);
        assert!(page.contains(&format!("<html lang=\"{lang}\">")), "{page}");
        for word in words {
            assert!(page.contains(word), "{lang}: no “{word}” in {page}");
        }
        let text = markdown(&graded.title, ada);
        assert!(text.contains(words[1]) && !text.contains("missed"), "{text}");
        let page = exported(|out| class_page(&graded, &["x.html".to_owned()], out));
        assert!(page.contains(&format!("<html lang=\"{lang}\">")));
    }
}

/// The marks stand at their lines, each line of the file once, and every link within the page leads somewhere.
#[test]
fn marks_stand_at_the_lines_of_the_dockerfile() {
    let class = directory(&[("ada/Dockerfile", "FROM gcc:15\nUSER root\n# end\nCMD ./a\n")]);
    let class = grade(
        &rubric("[[criterion]]\nid = 'root'\ntitle = 'No root'\npoints = 5\npractices = ['nonroot']\n"),
        class.path(),
    );
    let ada = sheet(&class, "ada");
    let page = student_page(&class.title, ada);
    let losses = || ada.marks.iter().flat_map(|mark| &mark.losses);
    assert!(losses().any(|loss| loss.points > plimsoll::grade::Points::ZERO), "{ada:?}");
    for line in losses().filter_map(|loss| loss.place.as_ref()?.line) {
        assert!(page.contains(&format!("<li id=\"L{line}\" class=\"marked\">")), "{line}: {page}");
    }
    for line in 1..=4 {
        assert_eq!(page.matches(&format!("<li id=\"L{line}\"")).count(), 1, "{page}");
    }
    for link in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(page.contains(&format!("id=\"{link}\"")), "{link}");
    }
    assert!(page.contains("<details><summary>") && page.contains("What to do next"), "{page}");
}

/// The messages, reasons and help of the course's practices, as they stand in the snapshots of messages. What was added last may fall
/// back to English.
#[test]
fn the_practices_of_the_course_are_translated() {
    use plimsoll::grade::language::Language;
    let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/messages");
    let (mut count, mut missing) = (0, Vec::new());
    for practice in ["pinned", "slim", "nonroot", "layers", "stages", "concern"] {
        let text = std::fs::read_to_string(directory.join(format!("{practice}.snap"))).expect("there are snapshots");
        for line in text.lines() {
            let is_finding = ["note[", "warning[", "error["].iter().any(|level| line.starts_with(level));
            let rule = line.split_once('[').and_then(|(_, rest)| rest.split_once("]: ")).filter(|_| is_finding);
            let Some(english) = rule.map(|(_, message)| message).or(line.trim_start().strip_prefix("= help: ")) else {
                continue;
            };
            count += 1;
            let has_reason = |lang: Language| rule.is_none_or(|(rule, _)| lang.reason(rule).is_some());
            if ![Language::De, Language::Es, Language::Fr]
                .iter()
                .all(|lang| has_reason(*lang) && lang.sentence(english) != english)
            {
                missing.push(english.to_owned());
            }
        }
    }
    assert!(count > 300, "{count}");
    assert!(missing.len() * 20 < count, "{} of {count}:\n{}", missing.len(), missing.join("\n"));
}
