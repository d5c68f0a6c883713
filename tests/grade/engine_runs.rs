//! Criteria that need an engine, with a fake one.

use std::sync::Mutex;

use plimsoll::grade::Points;
use plimsoll::grade::rubric::EngineKind;
use plimsoll::grade::runs::{CheckResult, Evaluation, Failure, RunTask, Runner, Session, Unavailable};
use plimsoll::grade::sheet::MarkStatus;
use plimsoll::grade::submissions::SearchOptions;

use crate::{directory, grade_with, mark, rubric, sheet};

/// Builds every Dockerfile with a `FROM`; is unavailable for the given number of calls.
struct Fake {
    outages: Mutex<usize>,
}

struct FakeSession<'a> {
    runner: &'a Fake,
    builds: bool,
}

impl Runner for Fake {
    fn open<'a>(&'a self, task: RunTask<'a>) -> Result<Box<dyn Session + 'a>, Unavailable> {
        let text =
            task.dockerfile.map(|path| std::fs::read_to_string(task.directory.join(path)).expect("it can be read"));
        Ok(Box::new(FakeSession { runner: self, builds: text.is_some_and(|text| text.contains("FROM")) }))
    }
}

impl Session for FakeSession<'_> {
    fn evaluate(&mut self, kind: &EngineKind) -> Result<Evaluation, Unavailable> {
        let mut outages = self.runner.outages.lock().expect("no panic");
        if *outages > 0 {
            *outages -= 1;
            return Err(Unavailable { reason: "the registry did not respond".to_owned(), retry: true });
        }
        let failure = || Failure { what: "it does not".to_owned(), ..Failure::default() };
        Ok(match kind {
            EngineKind::Build(_) if self.builds => Evaluation::Checks(vec![CheckResult::passed("the image builds")]),
            EngineKind::Build(_) => Evaluation::Checks(vec![CheckResult::failed("the image builds", failure())]),
            _ if !self.builds => Evaluation::NoImage,
            EngineKind::Scale(_) => Evaluation::Measured(100_000_000),
            _ => Evaluation::Checks(vec![
                CheckResult::passed("a"),
                CheckResult::failed("b", failure()),
                CheckResult::passed("c"),
            ]),
        })
    }
}

const RUBRIC: &str = "[[criterion]]\nid = 'builds'\ntitle = 'It builds'\npoints = 10\nbuild = true\n\
    [[criterion]]\nid = 'runs'\npoints = 10\nneeds = 'builds'\npartial = true\nrun = { stdout = 'x' }\n\
    [[criterion]]\nid = 'whole'\npoints = 10\nneeds = 'builds'\nrun = { stdout = 'x' }\n\
    [[criterion]]\nid = 'small'\npoints = 10\nscale = { size = [{ max = '50MB', points = 10 }, { max = '150MB', points = 4 }] }\n";

#[test]
fn points_for_engine_criteria() {
    let class = directory(&[("good/Dockerfile", "FROM scratch\n"), ("bad/Dockerfile", "FORM x\n"), ("none/x", "")]);
    let runner = Fake { outages: Mutex::new(0) };
    let class = grade_with(&rubric(RUBRIC), class.path(), &SearchOptions::default(), Some(&runner));
    let points =
        |id: &str| sheet(&class, id).marks.iter().map(|mark| mark.points.to_string()).collect::<Vec<_>>().join(" ");
    assert_eq!(points("good"), "10 6.666 0 4");
    let help = &mark(&class, "good", "small").losses[0].earn_back;
    assert!(help.starts_with("reduce it to 50.0 MB or less for 10 points; start from a smaller base image"), "{help}");
    assert_eq!(points("bad"), "0 0 0 0");
    assert_eq!(mark(&class, "bad", "runs").status, MarkStatus::Skipped { needs: "builds".to_owned() });
    assert_eq!(mark(&class, "bad", "small").status, MarkStatus::Skipped { needs: "a successful build".to_owned() });
    assert_eq!(mark(&class, "none", "builds").losses[0].what, "no Dockerfile found");
    assert!(class.sheets.iter().all(|sheet| sheet.is_graded()));
}

#[test]
fn an_outage_is_retried_and_never_costs_points() {
    let submissions = directory(&[("ada/Dockerfile", "FROM scratch\n")]);
    let grade = |outages: usize| {
        let runner = Fake { outages: Mutex::new(outages) };
        grade_with(&rubric(RUBRIC), submissions.path(), &SearchOptions::default(), Some(&runner))
    };
    // A criterion is retried once, and then the whole submission once more.
    for outages in [0, 1, 2, 3] {
        assert!(sheet(&grade(outages), "ada").is_graded(), "{outages}");
    }
    let class = grade(100);
    let sheet = sheet(&class, "ada");
    assert!(!sheet.is_graded() && sheet.passed.is_none());
    assert_eq!(sheet.marks[1].status, MarkStatus::NotGraded { why: "the registry did not respond".to_owned() });
    assert_eq!((class.summary.graded, class.summary.mean), (0, Points::ZERO));
}

#[test]
fn without_an_engine_its_criteria_do_not_count() {
    let submissions = directory(&[("ada/Dockerfile", "FROM python:3.13-slim\n")]);
    let rubric =
        rubric(&format!("{RUBRIC}[[criterion]]\nid = 'pinned'\npoints = 5\nneeds = 'builds'\nrules = 'pinned'\n"));
    let class = grade_with(&rubric, submissions.path(), &SearchOptions::default(), None);
    let sheet = sheet(&class, "ada");
    assert_eq!((sheet.max, sheet.total, sheet.marks.len()), (Points::whole(5), Points::whole(5), 1));
}
