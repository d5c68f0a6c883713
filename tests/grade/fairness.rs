//! What costs points, what does not, and which feedback students get.

use plimsoll::grade::Points;
use plimsoll::grade::rubric::Feedback;
use plimsoll::grade::sheet::MarkStatus;

use crate::{directory, grade, mark, rubric, sheet};

const PINNED: &str = "[[criterion]]\nid = 'pinned'\npoints = 10\nrules = ['pinned']\n";

#[test]
fn nothing_in_a_submission_mutes_the_grader() {
    let bad = "FROM python\nUSER root\nCMD python run.py\n";
    let class = directory(&[
        ("plain/Dockerfile", bad),
        ("plain/run.py", ""),
        (
            "sly/Dockerfile",
            &format!(
                "# syntax=docker/dockerfile:1\n# check=skip=all\n# plimsoll: ignore-file[all]: no\n# hadolint global ignore=DL3006\n{bad}"
            ),
        ),
        ("sly/run.py", ""),
        ("sly/plimsoll.toml", "ignore = ['all']\n[levels]\npinned = 'off'\n"),
        ("sly/.plimsoll.toml", "preview = true\n"),
        ("sly/.hadolint.yaml", "ignored: [DL3006, DL3002]\n"),
    ]);
    let rubric = rubric(
        "[[criterion]]\nid = 'all'\npoints = 100\nrules = ['all']\neach = 5\nlevels = ['note', 'warn', 'error']\n",
    );
    let class = grade(&rubric, class.path());
    let rules = |id: &str| {
        let rules = mark(&class, id, "all").losses.iter().filter_map(|loss| loss.rule.clone());
        // Findings about the comments themselves are expected.
        rules.filter(|rule| !rule.contains("ignore") && !rule.contains("syntax")).collect::<Vec<_>>()
    };
    assert_eq!(rules("plain"), rules("sly"));
    assert!(rules("plain").iter().any(|rule| rule == "untagged-base"));
    assert!(sheet(&class, "plain").notes.is_empty());
    assert!(sheet(&class, "sly").notes.iter().any(|note| note.contains("ignored")), "{:?}", sheet(&class, "sly").notes);
}

#[test]
fn every_lost_point_has_a_place_a_reason_and_a_way_back() {
    let class = directory(&[("ada/week3/Dockerfile", "FROM python\nCMD python run.py\n"), ("ada/week3/run.py", "")]);
    let rubric = rubric(&format!("feedback = 'hint'\n{PINNED}"));
    let class = grade(&rubric, class.path());
    let pinned = mark(&class, "ada", "pinned");
    assert_eq!((pinned.points, &pinned.status), (Points::ZERO, &MarkStatus::Missed));
    assert_eq!(pinned.losses.iter().map(|loss| loss.points).sum::<Points>(), Points::whole(10));
    let loss = &pinned.losses[0];
    let place = loss.place.as_ref().expect("a place");
    assert_eq!((place.file.as_str(), place.line, place.column), ("week3/Dockerfile", Some(1), Some(6)));
    assert_eq!(loss.rule.as_deref(), Some("untagged-base"));
    assert!(
        loss.why.starts_with("`FROM python` is short for `FROM python:latest`") && loss.why.ends_with('.'),
        "{}",
        loss.why
    );
    assert!(loss.earn_back.contains("python:"), "{}", loss.earn_back);
    assert!(loss.diff.as_deref().is_some_and(|diff| diff.starts_with("--- a/week3/Dockerfile\n")), "{:?}", loss.diff);
    let shown = |feedback| sheet(&class, "ada").for_student(feedback).marks[0].losses[0].clone();
    assert!(shown(Feedback::Hint).diff.is_none() && !shown(Feedback::Hint).why.is_empty());
    assert_eq!(shown(Feedback::Name).what, "`untagged-base`");
    assert!(shown(Feedback::Name).earn_back.is_empty());
}

#[test]
fn each_cap_floor_and_repeats() {
    let adds = "ADD a /a\nADD a /b\nADD a /c\nADD a /d\nADD a /e\n";
    let class = directory(&[("ada/Dockerfile", &format!("FROM python:3.13-slim\n{adds}")), ("ada/a", "")]);
    let points = |keys: &str| {
        let text = format!(
            "[[criterion]]\nid = 'a'\npoints = 10\nrules = ['DL3020']\nlevels = ['note', 'warn', 'error']\n{keys}\n"
        );
        let class = grade(&rubric(&text), class.path());
        let mark = mark(&class, "ada", "a").clone();
        let more = mark.losses.last().map_or(0, |loss| loss.more);
        assert_eq!(mark.points + mark.losses.iter().map(|loss| loss.points).sum::<Points>(), Points::whole(10));
        (mark.points.as_f64(), mark.losses.len(), more)
    };
    assert_eq!(points(""), (0.0, 3, 2));
    assert_eq!(points("each = 2"), (4.0, 3, 2));
    assert_eq!(points("each = -1\nrepeats = 10"), (5.0, 5, 0));
    assert_eq!(points("each = 2\nrepeats = 10\ncap = 3"), (7.0, 5, 0));
    assert_eq!(points("each = 4\nfloor = 5"), (5.0, 3, 2));
    assert_eq!(points("each = 6\nfloor = -8"), (-8.0, 3, 2));
}

#[test]
fn no_dockerfile_is_lost_once_for_each_criterion_and_said_why() {
    let class = directory(&[
        ("empty/x.txt", ""),
        ("comments/Dockerfile", "# nothing\n"),
        ("windows/Dockerfile.txt", "FROM python:3.13-slim\nUSER 1000\n"),
        ("deep/a/b/c/dockerfile", "FROM python:3.13-slim\nUSER 1000\n"),
        ("two/Dockerfile", "FROM python:3.13-slim\nUSER 1000\n"),
        ("two/a/Dockerfile", "FROM python\n"),
    ]);
    let rubric = rubric(&format!(
        "{PINNED}[[criterion]]\nid = 'user'\npoints = 10\nrequire = {{ not-root = true, final-base = '*-slim*' }}\n"
    ));
    let class = grade(&rubric, class.path());
    for (id, total, what) in [
        ("empty", 0, "no Dockerfile found"),
        ("comments", 0, "the Dockerfile has no `FROM`"),
        ("windows", 20, ""),
        ("deep", 20, ""),
        ("two", 20, ""),
    ] {
        let sheet = sheet(&class, id);
        assert_eq!(sheet.total, Points::whole(total), "{id}: {:?}", sheet.marks);
        if let Some(loss) = sheet.marks[0].losses.first() {
            assert_eq!(loss.what, what);
        }
    }
    assert_eq!(
        mark(&class, "two", "user").praise,
        ["the final image is based on `python:3.13-slim`", "the final image runs as `1000`"]
    );
    assert_eq!(class.summary.missed.iter().map(|missed| missed.students).collect::<Vec<_>>(), [2, 2]);
}

#[test]
fn what_follows_from_a_syntax_error_is_lost_once() {
    let broken = "FROM python:3.13-slim\nRUNN pip install x\nCOPPY a b\nWORKDIRR /x\nUSER 1000\n";
    let class = directory(&[("ada/Dockerfile", broken)]);
    let rubric = rubric(&format!(
        "{PINNED}[[criterion]]\nid = 'sound'\npoints = 10\nrules = ['correctness']\neach = 3\nrepeats = 9\n"
    ));
    let class = grade(&rubric, class.path());
    assert_eq!(mark(&class, "ada", "sound").points, Points::whole(7), "{:?}", mark(&class, "ada", "sound").losses);
    assert_eq!(mark(&class, "ada", "pinned").status, MarkStatus::Met);
}

#[test]
fn facts() {
    let good = "FROM maven:3.9-eclipse-temurin-21 AS build\nWORKDIR /src\nCOPY . .\nRUN mvn package\n\nFROM eclipse-temurin:21-jre-alpine\n\
                WORKDIR /app\nENV PORT=8080\nLABEL course=\"x\"\nEXPOSE 8080\nCOPY --from=build /src/a.jar a.jar\nHEALTHCHECK CMD true\nUSER 10001\n\
                ENTRYPOINT [\"java\", \"-jar\", \"a.jar\"]\nCMD [\"--help\"]\n";
    let bad = "FROM openjdk\nADD . .\nCMD java -jar a.jar\n";
    let class = directory(&[
        ("good/Dockerfile", good),
        ("good/.dockerignore", "x"),
        ("bad/Dockerfile", bad),
        ("bad/a.class", ""),
    ]);
    let rubric = rubric(
        "[[criterion]]\nid = 'a'\npoints = 16\npartial = true\n[criterion.require]\nstages = '>= 2'\ncopy-from-stage = true\n\
         final-base = ['*-slim*', '*-alpine*']\nbases-pinned = 'tag'\nnot-root = true\nhealthcheck = true\nexec-form = true\nentrypoint = true\n\
         workdir = true\nenv = 'PORT'\nlabels = ['course']\nexposes = 8080\nlacks = 'ADD'\nlayers = '<= 2'\nfiles = '.dockerignore'\nlacks-files = '*.class'\n",
    );
    let class = grade(&rubric, class.path());
    let good = mark(&class, "good", "a");
    assert_eq!((good.points, good.praise.len()), (Points::whole(16), 16), "{:?}", good.losses);
    let bad = mark(&class, "bad", "a");
    // Only the requirement for layers is met.
    assert_eq!((bad.points, bad.losses.len(), &bad.status), (Points::whole(1), 15, &MarkStatus::Partly));
    let whats: Vec<_> = bad.losses.iter().map(|loss| loss.what.as_str()).collect();
    assert!(
        whats.contains(&"the Dockerfile has 1 stage, expected `>= 2`")
            && whats.contains(&"`CMD` does not use exec form"),
        "{whats:?}"
    );
    let places = bad.losses.iter().filter(|loss| loss.place.is_none()).count();
    // A missing file has no place.
    assert_eq!(places, 1);
}

#[test]
fn an_upgrade_moves_no_mark() {
    let class = directory(&[("ada/Dockerfile", "FROM python\nUSER root\n")]);
    let frozen = rubric(&format!("frozen-rules = ['latest-tag']\n{PINNED}"));
    let graded = grade(&frozen, class.path());
    assert_eq!(mark(&graded, "ada", "pinned").points, Points::whole(10), "`untagged-base` is not in `frozen-rules`");
    let names = rubric(PINNED).rules();
    let again = rubric(&format!("frozen-rules = {names:?}\n{PINNED}"));
    assert_eq!(again.rules(), names);
}

#[test]
fn one_of_several_assignments() {
    let good = "FROM python:3.13-slim\nUSER 1000\n";
    let class = directory(&[
        ("ada/Exercise 1/Dockerfile", "FROM python\n"),
        ("ada/Exercise 2/app/Dockerfile", good),
        ("ada/Exercise 2/Dockerfile.dev", "FROM python\n"),
        ("grace/Exercise 1/Dockerfile", good),
    ]);
    let place = "[submission]\nfolder = '*xercise*2*'\ndockerfile = 'app/*ockerfile'\n";
    let class = grade(&rubric(&format!("{place}{PINNED}")), class.path());
    assert_eq!(sheet(&class, "ada").dockerfile.as_deref(), Some("app/Dockerfile"));
    assert_eq!(mark(&class, "ada", "pinned").status, MarkStatus::Met);
    assert_eq!(mark(&class, "grace", "pinned").losses[0].what, "no directory matches `*xercise*2*`");
}

#[test]
fn submissions_of_one_name_are_told_apart() {
    let class = directory(&[
        ("a/app/Dockerfile", "FROM python:3.13\n"),
        ("b/app/Dockerfile", "FROM python\n"),
        ("c/Dockerfile", ""),
    ]);
    let paths = ["a/app", "b/app", "c"].map(|path| class.path().join(path));
    let options = plimsoll::grade::submissions::SearchOptions { single: true, ..Default::default() };
    let found = plimsoll::grade::submissions::find(&paths, &options).expect("they are there");
    let ids: Vec<_> = found.submissions.iter().map(|submission| submission.student.id.as_str()).collect();
    assert_eq!(ids, ["a/app", "b/app", "c"]);
}

#[test]
fn one_change_is_paid_once() {
    let text = "FROM ubuntu:24.04\nRUN apt-get update\nRUN apt-get install -y --no-install-recommends nodejs\nCMD [\"node\"]\n";
    let class = directory(&[("ada/Dockerfile", text)]);
    let rubric = rubric(
        "[[criterion]]\nid = 'a'\npoints = 10\nrules = ['lone-update', 'apt-lists-left']\neach = 4\nlevels = ['warn', 'error']\n",
    );
    let class = grade(&rubric, class.path());
    let mark = mark(&class, "ada", "a");
    let costs: Vec<Points> = mark.losses.iter().map(|loss| loss.points).collect();
    assert_eq!(mark.losses.len(), 2, "{mark:#?}");
    assert_eq!(mark.losses[0].diff, mark.losses[1].diff, "{mark:#?}");
    assert_eq!((costs, mark.points), (vec![Points::whole(4), Points::ZERO], Points::whole(6)));
    assert!(mark.losses[1].earn_back.ends_with("so it costs no extra points"), "{mark:#?}");
}

#[test]
fn what_is_a_dockerfile_by_its_name() {
    let from = "FROM python:3.13-slim\n";
    let class = directory(&[
        ("ada/Dockerfile-3.0", from),
        ("bob/Dockerfile_dev", from),
        ("bob/src/Dockerfile", from),
        ("cy/dockerfile-notes.txt", from),
    ]);
    let class = grade(&rubric(PINNED), class.path());
    let name = |id: &str| sheet(&class, id).dockerfile.clone();
    assert_eq!(name("ada").as_deref(), Some("Dockerfile-3.0"));
    assert_eq!(name("bob").as_deref(), Some("Dockerfile_dev"));
    assert_eq!(name("cy"), None);
}
