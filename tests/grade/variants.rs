//! Variants of an assignment, languages of feedback, services by role, and what is counted once.

use plimsoll::grade::Points;
use plimsoll::grade::sheet::MarkStatus;

use crate::{directory, grade, mark, rubric, sheet};

#[test]
fn one_rubric_for_several_languages() {
    let class = directory(&[
        ("node/Dockerfile", "FROM node:24-slim\nCMD [\"node\", \"a.js\"]\n"),
        ("node/package.json", "{}"),
        ("java/Dockerfile", "FROM eclipse-temurin:21-jre\nCMD [\"java\", \"A\"]\n"),
        ("other/Dockerfile", "FROM debian:13-slim\nCMD [\"a\"]\n"),
    ]);
    let rubric = rubric(
        "[[variant]]\nid = 'node'\nfiles = 'package.json'\nbases = 'node:*'\n\
         [[variant]]\nid = 'java'\nbases = 'eclipse-temurin:*'\n\
         [[criterion]]\nid = 'exec'\npoints = 5\nrequire = { exec-form = true }\n\
         [[criterion]]\nid = 'slim-node'\nvariant = 'node'\npoints = 10\nrequire = { final-base = 'node:*-slim' }\n\
         [[criterion]]\nid = 'jre'\nvariant = 'java'\npoints = 10\nrequire = { final-base = '*-jre*' }\n",
    );
    let class = grade(&rubric, class.path());
    let points = |id: &str| {
        let sheet = sheet(&class, id);
        let marks: Vec<&str> = sheet.marks.iter().map(|mark| mark.id.as_str()).collect();
        (sheet.variant.clone().unwrap_or_default(), marks.join(" "), sheet.total.to_string(), sheet.max.to_string())
    };
    let expected = |variant: &str, marks: &str, total: &str| {
        (variant.to_owned(), marks.to_owned(), total.to_owned(), "15".to_owned())
    };
    assert_eq!(points("node"), expected("node", "exec slim-node", "15"));
    assert_eq!(points("java"), expected("java", "exec jre", "15"));
    // What fits no variant is graded as the first one.
    assert_eq!(points("other"), expected("node", "exec slim-node", "5"));
}

#[test]
fn one_finding_is_counted_by_one_criterion() {
    let class = directory(&[("ada/Dockerfile", "FROM python\nUSER 1000\nCMD [\"a\"]\n")]);
    let rubric = rubric(
        "[[criterion]]\nid = 'first'\ntitle = 'Pinned'\npoints = 10\nrules = ['untagged-base']\n\
         [[criterion]]\nid = 'again'\npoints = 10\neach = 5\nrules = ['pinned']\n",
    );
    let class = grade(&rubric, class.path());
    assert_eq!(mark(&class, "ada", "first").points, Points::ZERO);
    let again = mark(&class, "ada", "again");
    assert_eq!((again.points, &again.status), (Points::whole(10), &MarkStatus::Met), "{again:#?}");
    assert!(again.losses[0].earn_back.ends_with("; already counted under “Pinned”, so it costs no extra points"));
}

#[test]
fn an_empty_image_earns_nothing() {
    let class =
        directory(&[("ada/Dockerfile", "FROM scratch\nUSER 1000\n"), ("bob/Dockerfile", "FROM scratch\nCOPY a /a\n")]);
    let rubric = rubric("[[criterion]]\nid = 'pinned'\npoints = 10\nrules = ['pinned']\n");
    let class = grade(&rubric, class.path());
    assert_eq!(mark(&class, "ada", "pinned").losses[0].what, "the image is empty: nothing is copied into `scratch`");
    assert_eq!(mark(&class, "bob", "pinned").points, Points::whole(10));
}

#[test]
fn services_are_found_by_what_they_are() {
    let file = "services:\n  backend:\n    build: .\n    depends_on: [store]\n  store:\n    image: postgres:17\n";
    let class = directory(&[("ada/compose.yaml", file), ("ada/Dockerfile", "FROM python:3.13\n")]);
    let require = |roles: &str| {
        let text = format!(
            "[[criterion]]\nid = 'a'\npoints = 10\n[criterion.require.compose]\n{roles}services = ['app', 'db']\ndepends-on = {{ app = 'db' }}\n\
             image = {{ db = 'postgres:*' }}\n"
        );
        mark(&grade(&rubric(&text), class.path()), "ada", "a").clone()
    };
    assert_eq!(require("roles = { db = { image = 'postgres:*' }, app = { build = true } }\n").status, MarkStatus::Met);
    assert_eq!(require("").losses[0].what, "no service `app`");
}

#[test]
fn feedback_in_the_language_of_the_rubric() {
    let class = directory(&[("ada/Dockerfile", "FROM python\nCMD python a.py\n")]);
    let text = |lang: &str| {
        let rubric = rubric(&format!(
            "lang = '{lang}'\n[[criterion]]\nid = 'pinned'\npoints = 10\nrules = ['pinned']\n\
             [[criterion]]\nid = 'exec'\npoints = 10\nrequire = {{ exec-form = true }}\n"
        ));
        let class = grade(&rubric, class.path());
        let (pinned, exec) = (&mark(&class, "ada", "pinned").losses[0], &mark(&class, "ada", "exec").losses[0]);
        [pinned.what.clone(), pinned.why.clone(), pinned.earn_back.clone(), exec.what.clone(), exec.earn_back.clone()]
    };
    let english = text("en");
    for lang in ["de", "es", "fr"] {
        for (own, english) in text(lang).iter().zip(&english) {
            assert_ne!(own, english, "{lang}");
            let code = |text: &str| text.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
            assert!(
                code(own).iter().all(|word| english.contains(word.as_str()) || own.contains("latest")),
                "{lang}: {own}"
            );
        }
    }
    assert_eq!(text("de")[3], "`CMD` verwendet nicht die Exec-Form");
}
