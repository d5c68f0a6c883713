//! The seam to engines, with one that is made up.

use std::sync::Mutex;

use plimsoll::grade::Points;
use plimsoll::grade::rubric::EngineKind;
use plimsoll::grade::runs::{Bench, Check, Fault, Lab, Outcome, Task, Trouble};
use plimsoll::grade::sheet::Status;
use plimsoll::grade::submissions::Options;

use crate::{folder, grade_with, mark, rubric, sheet};

/// Builds what has a `FROM`; fails by itself as often as it is told to.
struct Fake {
    troubles: Mutex<usize>,
}

struct FakeBench<'a> {
    lab: &'a Fake,
    builds: bool,
}

impl Lab for Fake {
    fn open<'a>(&'a self, task: Task<'a>) -> Result<Box<dyn Bench + 'a>, Trouble> {
        let text = task.dockerfile.map(|path| std::fs::read_to_string(task.folder.join(path)).expect("it can be read"));
        Ok(Box::new(FakeBench { lab: self, builds: text.is_some_and(|text| text.contains("FROM")) }))
    }
}

impl Bench for FakeBench<'_> {
    fn try_one(&mut self, kind: &EngineKind) -> Result<Outcome, Trouble> {
        let mut troubles = self.lab.troubles.lock().expect("no panic");
        if *troubles > 0 {
            *troubles -= 1;
            return Err(Trouble { why: "the registry does not answer".to_owned(), again: true });
        }
        let fault = || Fault { what: "it does not".to_owned(), ..Fault::default() };
        Ok(match kind {
            EngineKind::Build(_) if self.builds => Outcome::Checks(vec![Check::holds("the image builds")]),
            EngineKind::Build(_) => Outcome::Checks(vec![Check::fails("the image builds", fault())]),
            _ if !self.builds => Outcome::NoImage,
            EngineKind::Scale(_) => Outcome::Measured(100_000_000),
            _ => Outcome::Checks(vec![Check::holds("a"), Check::fails("b", fault()), Check::holds("c")]),
        })
    }
}

const RUBRIC: &str = "[[criterion]]\nid = 'builds'\ntitle = 'It builds'\npoints = 10\nbuild = true\n\
    [[criterion]]\nid = 'runs'\npoints = 10\nneeds = 'builds'\npartial = true\nrun = { stdout = 'x' }\n\
    [[criterion]]\nid = 'whole'\npoints = 10\nneeds = 'builds'\nrun = { stdout = 'x' }\n\
    [[criterion]]\nid = 'small'\npoints = 10\nscale = { size = [{ max = '50MB', points = 10 }, { max = '150MB', points = 4 }] }\n";

#[test]
fn points_by_behaviour() {
    let class = folder(&[("good/Dockerfile", "FROM scratch\n"), ("bad/Dockerfile", "FORM x\n"), ("none/x", "")]);
    let lab = Fake { troubles: Mutex::new(0) };
    let class = grade_with(&rubric(RUBRIC), class.path(), &Options::default(), Some(&lab));
    let points =
        |id: &str| sheet(&class, id).marks.iter().map(|mark| mark.points.to_string()).collect::<Vec<_>>().join(" ");
    assert_eq!(points("good"), "10 6.666 0 4");
    assert_eq!(mark(&class, "good", "small").losses[0].earn_back, "get it to 50.0 MB or less for 10 points");
    assert_eq!(points("bad"), "0 0 0 0");
    assert_eq!(mark(&class, "bad", "runs").status, Status::Skipped { needs: "builds".to_owned() });
    assert_eq!(mark(&class, "bad", "small").status, Status::Skipped { needs: "the image builds".to_owned() });
    assert_eq!(mark(&class, "none", "builds").losses[0].what, "there is no Dockerfile");
    assert!(class.sheets.iter().all(|sheet| sheet.is_graded()));
}

#[test]
fn engine_trouble_is_tried_again_and_never_a_zero() {
    let submissions = folder(&[("ada/Dockerfile", "FROM scratch\n")]);
    let grade = |troubles: usize| {
        let lab = Fake { troubles: Mutex::new(troubles) };
        grade_with(&rubric(RUBRIC), submissions.path(), &Options::default(), Some(&lab))
    };
    // Once, and the whole submission once more: what is over by then is nobody's loss.
    for troubles in [0, 1, 2, 3] {
        assert!(sheet(&grade(troubles), "ada").is_graded(), "{troubles}");
    }
    let class = grade(100);
    let sheet = sheet(&class, "ada");
    assert!(!sheet.is_graded() && sheet.passed.is_none());
    assert_eq!(sheet.marks[1].status, Status::NotGraded { why: "the registry does not answer".to_owned() });
    assert_eq!((class.summary.graded, class.summary.mean), (0, Points::ZERO));
}

#[test]
fn without_an_engine_its_points_are_left_out() {
    let submissions = folder(&[("ada/Dockerfile", "FROM python:3.13-slim\n")]);
    let rubric =
        rubric(&format!("{RUBRIC}[[criterion]]\nid = 'pinned'\npoints = 5\nneeds = 'builds'\nrules = 'pinned'\n"));
    let class = grade_with(&rubric, submissions.path(), &Options::default(), None);
    let sheet = sheet(&class, "ada");
    assert_eq!((sheet.max, sheet.total, sheet.marks.len()), (Points::whole(5), Points::whole(5), 1));
}
