//! A student's page as Markdown.

use super::{ReasonLog, headline, loss_line, skip_reason, status_text, teacher_note};
use crate::grade::Points;
use crate::grade::language::Language;
use crate::grade::sheet::{Loss, Mark, Sheet, SheetStatus};
use crate::text::escape::{markdown as escape, visible};

pub fn markdown(title: &str, sheet: &Sheet) -> String {
    let lang = sheet.lang;
    let points = |mark: &Mark| lang.fill("{} of {}", &[&mark.points.to_string(), &mark.max.to_string()]);
    let mut text =
        format!("# {}\n\n**{}**: {}\n", escape(title), escape(sheet.student.shown()), escape(&headline(sheet)));
    if let SheetStatus::NotGraded { why } = &sheet.status {
        text += &format!("\n{}: {}\n", lang.say("Not graded yet (no points lost)"), escape(why));
    }
    text += &format!("\n| | {} | |\n|---|--:|---|\n", lang.say("points"));
    for mark in &sheet.marks {
        let bonus = if mark.bonus { format!(" ({})", lang.say("bonus")) } else { String::new() };
        text += &format!(
            "| {}{bonus} | {} | {} |\n",
            escape(&mark.title),
            points(mark),
            lang.say(status_text(&mark.status))
        );
    }
    let mut reasons = ReasonLog::default();
    for mark in &sheet.marks {
        let (reason, teacher) = (skip_reason(mark, sheet), teacher_note(mark));
        if mark.losses.is_empty() && mark.praise.is_empty() && reason.is_none() && teacher.is_none() {
            continue;
        }
        text += &format!("\n## {}: {}\n", escape(&mark.title), points(mark));
        if let Some(note) = teacher {
            text += &format!("\n{}: {}\n", lang.say("Teacher"), escape(&note));
        }
        for praise in &mark.praise {
            text += &format!("\n{}: {}\n", lang.say("Done well"), escape(praise));
        }
        if let Some(reason) = reason {
            text += &format!("\n{}: {}\n", capital(lang.say(status_text(&mark.status))), escape(&reason));
        }
        mark.losses.iter().for_each(|loss| text += &loss_item(loss, lang, &mut reasons));
    }
    if let Some(comment) = &sheet.comment {
        text += &format!("\n{}: {}\n", lang.say("Teacher"), escape(comment));
    }
    for note in &sheet.notes {
        text += &format!("\nNote: {}\n", escape(note));
    }
    text
}

fn loss_item(loss: &Loss, lang: Language, reasons: &mut ReasonLog) -> String {
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
        text += &format!("\n  {}: {}\n", lang.say("To earn it back"), escape(&loss.earn_back));
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
