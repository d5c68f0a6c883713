//! What is printed: a table of the class, or all about one student.

use super::{Told, headline, line, of, reason, word};
use crate::grade::Points;
use crate::grade::sheet::{Class, Graded, Sheet, Status};
use crate::text::escape::visible;

/// How wide a name may be, in characters.
const NAME: usize = 28;

/// Shortened, and padded.
fn fit(text: &str, width: usize) -> String {
    let text = visible(text);
    match text.chars().count() {
        count if count > width => text.chars().take(width - 1).chain(['…']).collect(),
        count => format!("{text}{}", " ".repeat(width - count)),
    }
}

pub fn class_table(class: &Class) -> String {
    let width =
        class.sheets.iter().map(|sheet| sheet.student.shown().chars().count()).max().unwrap_or(0).clamp(7, NAME);
    let mut text = format!("{}  {:>7}  lost\n", fit("student", width), "points");
    for sheet in &class.sheets {
        let total = if sheet.is_graded() { sheet.total.to_string() } else { "?".to_owned() };
        text += &format!("{}  {total:>7}  {}\n", fit(sheet.student.shown(), width), lost(sheet));
    }
    let summary = &class.summary;
    let of_max = class.sheets.first().map(|sheet| format!(" of {}", sheet.max)).unwrap_or_default();
    text += &format!("\n{} graded", summary.graded);
    if summary.not_graded > 0 {
        text += &format!(", {} not graded", summary.not_graded);
    }
    if class.sheets.iter().any(|sheet| sheet.passed.is_some()) {
        text += &format!(", {} passed", summary.passed);
    }
    text +=
        &format!("; mean {}, median {}{of_max}\n", summary.mean.rounded(Points::whole(1).share(1, 10)), summary.median);
    let most: Vec<String> =
        summary.rules.iter().take(5).map(|missed| format!("{} ({})", missed.name, missed.students)).collect();
    if !most.is_empty() {
        text += &format!("most missed: {}\n", most.join(", "));
    }
    text
}

fn lost(sheet: &Sheet) -> String {
    if let Graded::NotGraded { why } = &sheet.status {
        return format!("not graded: {}", fit(why, 100).trim_end());
    }
    let lost = sheet.marks.iter().filter_map(|mark| match mark.status {
        Status::Met => None,
        _ if mark.max == mark.points => None,
        Status::Skipped { .. } => Some(format!("({})", mark.id)),
        _ if mark.bonus => None,
        _ => Some(format!("{} −{}", mark.id, mark.max - mark.points)),
    });
    let mut lost: Vec<String> = lost.collect();
    if sheet.penalty > Points::ZERO {
        lost.push(format!("late −{}", sheet.penalty));
    }
    lost.join(", ")
}

/// All about one student.
pub fn details(title: &str, sheet: &Sheet) -> String {
    let mut text = format!("{}: {}\n{}\n", visible(title), visible(sheet.student.shown()), headline(sheet));
    let mut told = Told::default();
    for mark in &sheet.marks {
        let bonus = if mark.bonus { ", bonus" } else { "" };
        text += &format!("\n{}: {} ({}{bonus})\n", visible(&mark.title), of(mark.points, mark.max), word(&mark.status));
        mark.praise.iter().for_each(|praise| text += &format!("  + {}\n", visible(praise)));
        if let Some(reason) = reason(mark, sheet) {
            text += &format!("  {}\n", visible(&reason));
        }
        for loss in &mark.losses {
            let points = if loss.points > Points::ZERO { format!("−{} ", loss.points) } else { String::new() };
            text += &format!("  {points}{}\n", visible(&line(loss)));
            let why = told.is_new(&loss.why).then_some(&loss.why);
            let back = Some(&loss.earn_back).filter(|text| !text.is_empty());
            for more in why.into_iter().chain(back) {
                text += &format!("    {}\n", visible(more));
            }
            for block in [&loss.seen, &loss.diff].into_iter().flatten() {
                block.lines().for_each(|line| text += &format!("    | {}\n", visible(line)));
            }
        }
    }
    sheet.notes.iter().for_each(|note| text += &format!("\nnote: {}\n", visible(note)));
    text
}
