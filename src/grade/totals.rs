//! Totals: what the marks of a sheet add up to. The only place that adds points up.

use super::Points;
use super::rubric::Rubric;
use super::sheet::{Flag, MarkStatus, Sheet, SheetStatus};

/// A percentage of some points.
pub fn percentage(of: Points, percent: Points) -> Points {
    of.share((percent.as_f64() * 1000.0).round().max(0.0) as u64, 100_000)
}

/// Computes what follows from the marks, the days late and the curve: status, total, penalty, and whether it is a pass.
pub fn settle(sheet: &mut Sheet, rubric: &Rubric) {
    let sum = |bonus: bool| sheet.marks.iter().filter(|mark| mark.bonus == bonus).map(|mark| mark.points).sum::<Points>();
    let max: Points = sheet.marks.iter().filter(|mark| !mark.bonus).map(|mark| mark.max).sum();
    let (own, bonus) = (sum(false), sum(true));
    let late = percentage(max, rubric.late.per_day).times(sheet.late_days as usize);
    let penalty = rubric.late.max.map_or(late, |most| late.min(percentage(max, most))).max(Points::ZERO);
    let raw = (own + bonus).max(Points::ZERO);
    let penalty = penalty.min(raw);
    (sheet.max, sheet.bonus, sheet.penalty) = (max, bonus, penalty);
    if sheet.status != SheetStatus::Missing {
        let why = sheet.marks.iter().find_map(|mark| match &mark.status {
            MarkStatus::NotGraded { why } => Some(why.clone()),
            _ => None,
        });
        sheet.status = why.map_or(SheetStatus::Graded, |why| SheetStatus::NotGraded { why });
    }
    sheet.total = sheet.set_total.unwrap_or_else(|| (raw - penalty + sheet.curve).rounded(rubric.round));
    let is_whole = sheet.is_graded() && sheet.omitted.is_empty();
    sheet.passed = rubric.pass.filter(|_| is_whole).map(|pass| sheet.total >= percentage(max, pass));
    for (flag, is_set) in [
        (Flag::Missing, sheet.status == SheetStatus::Missing),
        (Flag::NotGraded, sheet.is_open()),
        (Flag::Late, sheet.late_days > 0),
    ] {
        match is_set {
            true => _ = sheet.flags.insert(flag),
            false => _ = sheet.flags.remove(&flag),
        }
    }
}

/// Adds the rubric's curve to the totals of all graded sheets. Totals above the limit are not lowered.
pub fn curve(sheets: &mut [Sheet], rubric: &Rubric) {
    let best = sheets.iter().filter(|sheet| sheet.is_graded()).map(|sheet| sheet.max - sheet.total + sheet.curve).min();
    let lacking = best.filter(|_| rubric.curve.best_is_full).unwrap_or_default().max(Points::ZERO);
    let points = rubric.curve.add + lacking;
    for sheet in sheets.iter_mut().filter(|sheet| sheet.is_graded() && sheet.set_total.is_none()) {
        let plain = sheet.total - sheet.curve;
        let limit = percentage(sheet.max, rubric.curve.max.unwrap_or(Points::whole(100)));
        let curve = points.min((limit - plain).max(Points::ZERO));
        if curve != sheet.curve {
            sheet.curve = curve;
            settle(sheet, rubric);
        }
    }
}

/// The sheet as it was computed, without what the teacher changed and without the curve.
pub fn before_overrides(mut sheet: Sheet, rubric: &Rubric) -> Sheet {
    sheet.flags.remove(&Flag::Overridden);
    (sheet.set_total, sheet.comment, sheet.curve) = (None, None, Points::ZERO);
    for mark in &mut sheet.marks {
        mark.comment = None;
        if let Some(points) = mark.computed.take() {
            mark.points = points;
            mark.status = match points {
                points if points >= mark.max => MarkStatus::Met,
                points if points > Points::ZERO => MarkStatus::Partly,
                _ => MarkStatus::Missed,
            };
        }
    }
    settle(&mut sheet, rubric);
    sheet
}

/// Why a sheet from a file cannot be right: its numbers contradict its marks.
pub fn contradiction(sheet: &Sheet, rubric: &Rubric) -> Option<String> {
    let mut again = sheet.clone();
    settle(&mut again, rubric);
    let max = |id: &str| rubric.criteria.iter().find(|criterion| criterion.id == id).map(|criterion| criterion.points);
    if let Some(mark) = sheet.marks.iter().find(|mark| max(&mark.id) != Some(mark.max)) {
        return Some(format!("`{}` has a maximum of {}, which the rubric does not give", mark.id, mark.max));
    }
    if let Some(mark) = sheet.marks.iter().find(|mark| mark.points > mark.max && mark.computed.is_none()) {
        return Some(format!("`{}` has {} of {} points", mark.id, mark.points, mark.max));
    }
    match again.total == sheet.total && again.max == sheet.max {
        true => None,
        false => Some(format!(
            "{} of {} points, but the marks add up to {} of {}",
            sheet.total, sheet.max, again.total, again.max
        )),
    }
}
