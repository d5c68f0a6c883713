//! The pages of a class and of a student, as snapshots.

use plimsoll::grade::export::{class_page, class_table, details, junit_class, markdown, student_page};

use crate::{directory, grade, rubric, sheet};

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
    insta::assert_snapshot!("class_html", body(&class_page(&class, &links)));
    insta::assert_snapshot!("class_table", class_table(&class));
    insta::assert_snapshot!("class_junit", junit_class(&class));
    let ada = sheet(&class, "ada");
    insta::assert_snapshot!("student_html", body(&student_page(&class.title, ada)));
    insta::assert_snapshot!("student_markdown", markdown(&class.title, ada));
    insta::assert_snapshot!("student_details", details(&class.title, ada));
}
