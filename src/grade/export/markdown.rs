//! A student's page as Markdown.

use super::{ReasonLog, headline, loss_line, points_of, skip_reason, status_text};
use crate::grade::Points;
use crate::grade::sheet::{Loss, Sheet, SheetStatus};
use crate::text::escape::{markdown as escape, visible};

pub fn markdown(title: &str, sheet: &Sheet) -> String {
    let mut text =
        format!("# {}\n\n**{}**: {}\n", escape(title), escape(sheet.student.shown()), escape(&headline(sheet)));
    if let SheetStatus::NotGraded { why } = &sheet.status {
        text += &format!("\nNot graded yet (no points lost): {}\n", escape(why));
    }
    text += "\n| | points | |\n|---|--:|---|\n";
    for mark in &sheet.marks {
        let bonus = if mark.bonus { " (bonus)" } else { "" };
        text += &format!(
            "| {}{bonus} | {} | {} |\n",
            escape(&mark.title),
            points_of(mark.points, mark.max),
            status_text(&mark.status)
        );
    }
    let mut reasons = ReasonLog::default();
    for mark in &sheet.marks {
        let reason = skip_reason(mark, sheet);
        if mark.losses.is_empty() && mark.praise.is_empty() && reason.is_none() {
            continue;
        }
        text += &format!("\n## {}: {}\n", escape(&mark.title), points_of(mark.points, mark.max));
        for praise in &mark.praise {
            text += &format!("\nDone well: {}\n", escape(praise));
        }
        if let Some(reason) = reason {
            text += &format!("\n{}: {}\n", capital(status_text(&mark.status)), escape(&reason));
        }
        mark.losses.iter().for_each(|loss| text += &loss_item(loss, &mut reasons));
    }
    for note in &sheet.notes {
        text += &format!("\nNote: {}\n", escape(note));
    }
    text
}

fn loss_item(loss: &Loss, reasons: &mut ReasonLog) -> String {
    let points = if loss.points > Points::ZERO { format!("−{}: ", loss.points) } else { String::new() };
    let mut text = format!("\n- **{points}{}**", escape(&loss_line(loss)));
    if let Some(rule) = loss.rule.as_deref().filter(|rule| !loss_line(loss).contains(rule)) {
        text += &format!(" ({})", escape(rule));
    }
    text.push('\n');
    if reasons.is_new(&loss.why) {
        text += &format!("\n  {}\n", escape(&loss.why));
    }
    if !loss.earn_back.is_empty() {
        text += &format!("\n  To earn it back: {}\n", escape(&loss.earn_back));
    }
    if let Some(seen) = &loss.seen {
        text += &fenced("text", seen);
    }
    if let Some(diff) = &loss.diff {
        text += &fenced("diff", diff);
    }
    text
}

/// A code block with a fence longer than any in its text, which therefore cannot close it.
fn fenced(language: &str, body: &str) -> String {
    let longest = body.split(|ch| ch != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat((longest + 1).max(3));
    let lines: String = body.lines().map(|line| format!("  {}\n", visible(line).replace('␉', "\t"))).collect();
    format!("\n  {fence}{language}\n{lines}  {fence}\n")
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
