//! What was asked for, held or not → a mark.

use crate::grade::Points;
use crate::grade::rubric::Criterion;
use crate::grade::rubric::expectation::Scale;
use crate::grade::runs::Check;
use crate::grade::sheet::{Loss, Mark, Status};
use crate::text::units::Size;

/// A criterion with all of its points.
pub(super) fn blank(criterion: &Criterion, status: Status) -> Mark {
    let points = if status == Status::Met { criterion.points } else { Points::ZERO };
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
    }
}

/// A criterion that is lost as a whole, for one reason.
pub(super) fn lost(criterion: &Criterion, what: &str) -> Mark {
    let mut mark = blank(criterion, Status::Missed);
    mark.losses.push(Loss {
        points: criterion.points,
        what: what.to_owned(),
        earn_back: criterion.hint.clone().unwrap_or_default(),
        ..Loss::default()
    });
    mark
}

/// All of them have to hold, or each has its share.
pub(super) fn mark(criterion: &Criterion, checks: Vec<Check>) -> Mark {
    let mut mark = blank(criterion, Status::Met);
    let all = checks.len() as u64;
    for (index, check) in (0_u64..).zip(checks) {
        let Some(fault) = check.fault else {
            mark.praise.push(check.what);
            continue;
        };
        let points = match criterion.partial {
            // Shares are differences of sums, so that they make up the whole.
            true => criterion.points.share(index + 1, all) - criterion.points.share(index, all),
            false => mark.points,
        };
        mark.points -= points;
        mark.losses.push(Loss {
            points,
            place: fault.place,
            what: fault.what,
            why: fault.why,
            earn_back: criterion.hint.clone().unwrap_or(fault.earn_back),
            seen: fault.seen,
            ..Loss::default()
        });
    }
    settle(&mut mark);
    mark
}

/// Points by the first step that fits.
pub(super) fn scaled(criterion: &Criterion, scale: &Scale, measured: u64) -> Mark {
    let mut mark = blank(criterion, Status::Met);
    let (points, what, earn_back) = if scale.layers.is_empty() {
        let step = scale.size.iter().find(|step| measured <= step.max.0);
        let better = scale.size.iter().rfind(|better| step.is_none_or(|step| better.max < step.max));
        let goal = better.map(|step| format!("get it to {} or less for {} points", step.max, step.points));
        (step.map(|step| step.points), format!("the image has {}", Size(measured)), goal)
    } else {
        let step = scale.layers.iter().find(|step| measured <= step.max);
        let better = scale.layers.iter().rfind(|better| step.is_none_or(|step| better.max < step.max));
        let goal = better.map(|step| format!("get it to {} layers or fewer for {} points", step.max, step.points));
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
    settle(&mut mark);
    mark
}

/// Says what the points say.
pub(super) fn settle(mark: &mut Mark) {
    mark.status = match mark.points {
        _ if mark.losses.is_empty() => Status::Met,
        points if points > Points::ZERO => Status::Partly,
        _ => Status::Missed,
    };
}
