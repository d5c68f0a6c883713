//! What is printed: a table of the class, or the details of one student.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{ReasonLog, attention, class_totals, headline, loss_line, points_of, skip_reason, status_text, teacher_note};
use crate::grade::Points;
use crate::grade::sheet::{MarkStatus, Sheet, SheetStatus};
use crate::grade::summary::Class;
use crate::text::escape::visible;

/// The widest name, in terminal columns.
const MAX_NAME: usize = 28;
/// The longest reason why a submission is not graded, in terminal columns.
const MAX_REASON: usize = 100;
/// How many of the most missed rules are listed.
const MAX_RULES: usize = 5;

/// The text cut or padded to a width in terminal columns.
fn fit(text: &str, width: usize) -> String {
    let text = visible(text);
    let own = text.width();
    if own <= width {
        return format!("{text}{}", " ".repeat(width - own));
    }
    let (mut cut, mut left) = (String::new(), width - 1);
    for ch in text.chars() {
        let Some(rest) = left.checked_sub(ch.width().unwrap_or(0)) else { break };
        left = rest;
        cut.push(ch);
    }
    format!("{cut}…{}", " ".repeat(left))
}

pub fn class_table(class: &Class) -> String {
    let names = class.sheets.iter().map(|sheet| visible(sheet.student.shown()).width());
    let width = names.max().unwrap_or(0).clamp("student".len(), MAX_NAME);
    let mut text = format!("{}  {:>7}  lost\n", fit("student", width), "points");
    for sheet in &class.sheets {
        let total = if sheet.is_graded() { sheet.total.to_string() } else { "?".to_owned() };
        text += &format!("{}  {total:>7}  {}\n", fit(sheet.student.shown(), width), lost_points(sheet));
    }
    text += &format!("\n{}\n", class_totals(class));
    let urgent = class.sheets.iter().filter_map(attention);
    let urgent: Vec<String> = urgent.map(|(who, why)| format!("  {}: {}\n", visible(who), why.join(", "))).collect();
    if !urgent.is_empty() {
        text += &format!("\nlook at these first:\n{}\n", urgent.concat());
    }
    if let Some(sheet) = class.sheets.first().filter(|sheet| !sheet.omitted.is_empty()) {
        text += &format!("not checked, because it needs an engine: {}\n", visible(&sheet.omitted.join(", ")));
    }
    let rules = class.summary.rules.iter().take(MAX_RULES);
    let rules: Vec<String> = rules.map(|rule| format!("{} ({})", rule.name, rule.students)).collect();
    if !rules.is_empty() {
        text += &format!("most missed: {}\n", rules.join(", "));
    }
    text
}

/// `user −10, (greets), late −5`: criteria that were skipped are in parentheses.
fn lost_points(sheet: &Sheet) -> String {
    if let SheetStatus::NotGraded { why } = &sheet.status {
        return format!("not graded: {}", fit(why, MAX_REASON).trim_end());
    }
    if sheet.status == SheetStatus::Missing {
        return "missing: nothing was submitted".to_owned();
    }
    let lost = sheet.marks.iter().filter_map(|mark| match mark.status {
        MarkStatus::Met => None,
        _ if mark.max == mark.points => None,
        MarkStatus::Skipped { .. } => Some(format!("({})", mark.id)),
        _ if mark.bonus => None,
        _ => Some(format!("{} −{}", mark.id, mark.max - mark.points)),
    });
    let mut lost: Vec<String> = lost.collect();
    if sheet.penalty > Points::ZERO {
        lost.push(format!("late −{}", sheet.penalty));
    }
    lost.join(", ")
}

/// The details of one student.
pub fn details(title: &str, sheet: &Sheet) -> String {
    let mut text = format!("{}: {}\n{}\n", visible(title), visible(sheet.student.shown()), visible(&headline(sheet)));
    let mut reasons = ReasonLog::default();
    for mark in &sheet.marks {
        let bonus = if mark.bonus { ", bonus" } else { "" };
        let points = points_of(mark.points, mark.max);
        text += &format!("\n{}: {points} ({}{bonus})\n", visible(&mark.title), status_text(&mark.status));
        mark.praise.iter().for_each(|praise| text += &format!("  + {}\n", visible(praise)));
        if let Some(reason) = skip_reason(mark, sheet) {
            text += &format!("  {}\n", visible(&reason));
        }
        if let Some(note) = teacher_note(mark) {
            text += &format!("  teacher: {}\n", visible(&note));
        }
        for loss in &mark.losses {
            let points = if loss.points > Points::ZERO { format!("−{} ", loss.points) } else { String::new() };
            text += &format!("  {points}{}\n", visible(&loss_line(loss)));
            let why = reasons.is_new(&loss.why).then_some(&loss.why);
            let earn_back = Some(&loss.earn_back).filter(|text| !text.is_empty());
            for line in why.into_iter().chain(earn_back) {
                text += &format!("    {}\n", visible(line));
            }
            for block in [&loss.seen, &loss.diff].into_iter().flatten() {
                block.lines().for_each(|line| text += &format!("    | {}\n", visible(line)));
            }
        }
    }
    if let Some(comment) = &sheet.comment {
        text += &format!("\nteacher: {}\n", visible(comment));
    }
    sheet.notes.iter().for_each(|note| text += &format!("\nnote: {}\n", visible(note)));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fill_their_column() {
        for (name, want) in [
            ("Ada", "Ada     "),
            ("Lovelace, Ada", "Lovelac…"),
            ("王小明", "王小明  "),
            ("王小明王小明", "王小明… "),
            ("Zoe\u{308}", "Zoe\u{308}     "),
        ] {
            assert_eq!(fit(name, 8), want);
        }
    }
}
