//! Turns check results into a mark.

use crate::grade::Points;
use crate::grade::rubric::Criterion;
use crate::grade::rubric::expectation::Scale;
use crate::grade::runs::CheckResult;
use crate::grade::sheet::{Loss, Mark, MarkStatus};
use crate::text::units::Size;

/// The mark of a criterion with this status: all points if it is met, otherwise none.
pub(super) fn mark_with(criterion: &Criterion, status: MarkStatus) -> Mark {
    let points = if status == MarkStatus::Met { criterion.points } else { Points::ZERO };
    Mark {
        id: criterion.id.clone(),
        title: criterion.title.clone(),
        status,
        points,
        max: criterion.points,
        bonus: criterion.bonus,
        hidden: criterion.hidden,
        losses: Vec::new(),
        praise: Vec::new(),
        computed: None,
        comment: None,
    }
}

/// The mark of a criterion that is missed as a whole, for one reason.
pub(super) fn lost_mark(criterion: &Criterion, what: &str, earn_back: &str) -> Mark {
    let mut mark = mark_with(criterion, MarkStatus::Missed);
    mark.losses.push(Loss {
        points: criterion.points,
        what: what.to_owned(),
        earn_back: criterion.hint.clone().unwrap_or_else(|| earn_back.to_owned()),
        ..Loss::default()
    });
    mark
}

/// What to do about a Dockerfile without a stage.
pub(super) const START_WITH_FROM: &str = "start the Dockerfile with `FROM` and a base image";

/// What to do about a submission that has nothing to evaluate.
pub(super) fn what_to_submit(reason: &str) -> &'static str {
    let steps = [
        ("submission is empty", "submit the files of the assignment"),
        ("no directory matches", "submit a directory with this name"),
        ("no file matches", "submit a file with this name"),
        ("symbolic link", "submit the file itself"),
        ("has no `FROM`", START_WITH_FROM),
        ("not a text file", "save it as plain text named `Dockerfile`"),
        ("larger than", "submit a smaller Dockerfile"),
    ];
    let found = steps.iter().find(|(part, _)| reason.contains(part));
    found.map_or("submit a text file named `Dockerfile`", |(_, step)| step)
}

/// The mark for several checks: all have to pass or, with `partial`, each has its share of the points.
pub(super) fn mark(criterion: &Criterion, checks: Vec<CheckResult>) -> Mark {
    let mut mark = mark_with(criterion, MarkStatus::Met);
    let all = checks.len() as u64;
    for (index, check) in (0_u64..).zip(checks) {
        let Some(failure) = check.failure else {
            mark.praise.push(check.what);
            continue;
        };
        let points = match criterion.partial {
            // Shares are differences of running sums, so that they add up to the whole.
            true => criterion.points.share(index + 1, all) - criterion.points.share(index, all),
            false => mark.points,
        };
        mark.points -= points;
        mark.losses.push(Loss {
            points,
            place: failure.place,
            what: failure.what,
            why: failure.why,
            earn_back: criterion.hint.clone().unwrap_or(failure.earn_back),
            seen: Some(failure.seen).filter(|seen| !seen.is_empty()),
            ..Loss::default()
        });
    }
    set_status(&mut mark);
    mark
}

/// How to make an image smaller.
pub(super) const SMALLER: &str = "start from a smaller base image, or remove what the program does not need in the same `RUN`; \
                       `docker history IMAGE` shows the size of each instruction";
/// How to make an image of fewer layers.
const FEWER: &str = "combine related `RUN` instructions";

/// The mark of a scale: the points of the first step that fits.
pub(super) fn scaled(criterion: &Criterion, scale: &Scale, measured: u64) -> Mark {
    let mut mark = mark_with(criterion, MarkStatus::Met);
    let (points, what, earn_back) = if scale.layers.is_empty() {
        let step = scale.size.iter().find(|step| measured <= step.max.0);
        let better = scale.size.iter().rfind(|better| step.is_none_or(|step| better.max < step.max));
        let goal = better.map(|step| format!("reduce it to {} or less for {} points; {SMALLER}", step.max, step.points));
        (step.map(|step| step.points), format!("the image size is {}", Size(measured)), goal)
    } else {
        let step = scale.layers.iter().find(|step| measured <= step.max);
        let better = scale.layers.iter().rfind(|better| step.is_none_or(|step| better.max < step.max));
        let goal = better.map(|step| format!("reduce it to {} layers or fewer for {} points; {FEWER}", step.max, step.points));
        (step.map(|step| step.points), format!("the image has {measured} layers"), goal)
    };
    mark.points = points.unwrap_or_default();
    if mark.points < criterion.points {
        mark.losses.push(Loss {
            points: criterion.points - mark.points,
            what,
            earn_back: criterion.hint.clone().or(earn_back).unwrap_or_default(),
            ..Loss::default()
        });
    } else {
        mark.praise.push(what);
    }
    set_status(&mut mark);
    mark
}

/// Sets the status that the points imply.
pub(super) fn set_status(mark: &mut Mark) {
    mark.status = match mark.points {
        points if points >= mark.max && mark.losses.iter().all(|loss| loss.points <= Points::ZERO) => MarkStatus::Met,
        points if points > Points::ZERO => MarkStatus::Partly,
        _ => MarkStatus::Missed,
    };
}
