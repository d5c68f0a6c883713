//! The page of one student: what to do next comes first, then why, then the Dockerfile with the marks at its lines.

use std::collections::BTreeMap;

use askama::Template;

use super::review::{ReviewForm, ReviewRow};
use super::{CodeLine, Phrases, Prose, css_class, render};
use crate::grade::Points;
use crate::grade::export::{ReasonLog, headline, loss_line, skip_reason, status_text, teacher_note};
use crate::grade::sheet::{ImageFigures, Loss, Mark, Sheet, SheetStatus};
use crate::text::units::Size;

/// The longest Dockerfile that a page shows, in lines.
const MAX_LINES: usize = 1000;

#[derive(Template)]
#[template(path = "student.html", config = "src/grade/export/templates/askama.toml")]
struct StudentPage<'a> {
    lang: Phrases,
    title: &'a str,
    sheet: &'a Sheet,
    headline: String,
    not_graded: Option<Prose<'a>>,
    comment: Option<Prose<'a>>,
    actions: Vec<Action<'a>>,
    sections: Vec<CriterionSection<'a>>,
    files: Vec<FileBlock<'a>>,
    figures: Option<String>,
    notes: Vec<Prose<'a>>,
    review: Option<&'a ReviewForm<'a>>,
    review_rows: Vec<ReviewRow<'a>>,
}

/// Something to do, and what it earns.
struct Action<'a> {
    points: Points,
    text: Prose<'a>,
    line: Option<Anchor>,
    criterion: &'a str,
}

/// A criterion on a student's page.
struct CriterionSection<'a> {
    mark: &'a Mark,
    /// The CSS class.
    state: &'static str,
    status: &'static str,
    /// `3 of 5`.
    points: String,
    /// Why it was skipped or not graded.
    reason: Option<Prose<'a>>,
    teacher: Option<Prose<'a>>,
    praise: Vec<Prose<'a>>,
    losses: Vec<LossBlock<'a>>,
}

impl CriterionSection<'_> {
    fn has_details(&self) -> bool {
        !self.losses.is_empty() || !self.praise.is_empty() || self.reason.is_some() || self.teacher.is_some()
    }
}

struct LossBlock<'a> {
    /// `None` if it costs nothing.
    points: Option<Points>,
    line: Prose<'a>,
    /// The line that the page shows.
    anchor: Option<Anchor>,
    rule: Option<RuleText<'a>>,
    /// `None` if the page has given this reason before.
    why: Option<Prose<'a>>,
    earn_back: Option<Prose<'a>>,
    /// Program output and the diff of the fix, each with its title.
    blocks: Vec<CodeBlock<'a>>,
}

struct CodeBlock<'a> {
    title: &'static str,
    lines: Vec<CodeLine<'a>>,
}

/// A rule's name, which unfolds what its page says.
struct RuleText<'a> {
    name: &'a str,
    paragraphs: Vec<Prose<'static>>,
}

/// A line of a file, with what costs points there.
struct FileLine<'a> {
    /// Of its element.
    id: String,
    /// The instruction's keyword.
    keyword: &'a str,
    rest: &'a str,
    is_comment: bool,
    marks: Vec<LineMark<'a>>,
}

struct LineMark<'a> {
    points: Option<Points>,
    criterion: &'a str,
    text: Prose<'a>,
}

/// The page of one student.
pub fn student_page(title: &str, sheet: &Sheet) -> String {
    page(title, sheet, None)
}

/// The page of a student under review, with a form for the teacher's marks.
pub fn student_review_page(title: &str, sheet: &Sheet, form: ReviewForm<'_>) -> String {
    page(title, sheet, Some(&form))
}

fn page(title: &str, sheet: &Sheet, review: Option<&ReviewForm<'_>>) -> String {
    let lang = Phrases(sheet.lang);
    let mut reasons = ReasonLog::default();
    let not_graded = match &sheet.status {
        SheetStatus::NotGraded { why } => Some(why.into()),
        SheetStatus::Graded | SheetStatus::Missing => None,
    };
    let sections = sheet.marks.iter().map(|mark| CriterionSection {
        mark,
        state: css_class(&mark.status),
        status: lang.say(status_text(&mark.status)),
        points: lang.points(mark.points, mark.max),
        reason: skip_reason(mark, sheet).map(Prose::from),
        teacher: teacher_note(mark).map(Prose::from),
        praise: mark.praise.iter().map(Prose::from).collect(),
        losses: mark.losses.iter().map(|loss| loss_block(loss, sheet, &mut reasons)).collect(),
    });
    let sections = sections.collect();
    render(&StudentPage {
        lang,
        title,
        sheet,
        headline: headline(sheet),
        not_graded,
        comment: sheet.comment.as_ref().map(Prose::from),
        actions: actions(sheet),
        sections,
        files: file_blocks(sheet),
        figures: sheet.image.as_ref().map(|image| figures(image, lang)),
        notes: sheet.notes.iter().map(Prose::from).collect(),
        review,
        review_rows: review.map(|form| form.rows(sheet, lang.say("Total"), lang.say("Comment"))).unwrap_or_default(),
    })
}

/// A link to a line that the page shows.
struct Anchor {
    line: usize,
    /// Of the line's element.
    id: String,
}

/// A submitted file, as the page shows it.
struct FileBlock<'a> {
    name: &'a str,
    lines: Vec<FileLine<'a>>,
}

/// The files that the page shows, each with what the ids of its lines start with.
fn files(sheet: &Sheet) -> impl Iterator<Item = (&str, &str, &'static str)> {
    let dockerfile = sheet.dockerfile.as_deref().zip(sheet.text.as_deref()).map(|(name, text)| (name, text, "L"));
    let compose = sheet.compose.as_ref().map(|file| (file.name.as_str(), file.text.as_str(), "C"));
    dockerfile.into_iter().chain(compose)
}

/// The line of a loss, if the page shows it.
fn anchor(loss: &Loss, sheet: &Sheet) -> Option<Anchor> {
    let place = loss.place.as_ref()?;
    let (_, text, before) = files(sheet).find(|(name, ..)| *name == place.file)?;
    let shown = text.lines().take(MAX_LINES).count();
    let line = place.line.filter(|line| (1..=shown).contains(line))?;
    Some(Anchor { line, id: format!("{before}{line}") })
}

/// What to do, the most valuable first, each once.
fn actions(sheet: &Sheet) -> Vec<Action<'_>> {
    let mut actions: Vec<Action<'_>> = Vec::new();
    for mark in &sheet.marks {
        for loss in mark.losses.iter().filter(|loss| loss.points > Points::ZERO && !loss.earn_back.is_empty()) {
            let known =
                actions.iter_mut().find(|action| action.text.0 == loss.earn_back && action.criterion == mark.id);
            match known {
                Some(action) => action.points += loss.points,
                None => actions.push(Action {
                    points: loss.points,
                    text: (&loss.earn_back).into(),
                    line: anchor(loss, sheet),
                    criterion: &mark.id,
                }),
            }
        }
    }
    actions.sort_by_key(|action| std::cmp::Reverse(action.points));
    actions
}

fn loss_block<'a>(loss: &'a Loss, sheet: &Sheet, reasons: &mut ReasonLog) -> LossBlock<'a> {
    let lang = Phrases(sheet.lang);
    let output =
        loss.seen.as_deref().map(|text| CodeBlock { title: lang.say("Output"), lines: code_lines(text, false) });
    let diff = loss.diff.as_deref().map(|text| CodeBlock { title: lang.say("Fix"), lines: code_lines(text, true) });
    LossBlock {
        points: Some(loss.points).filter(|points| *points > Points::ZERO),
        line: loss_line(loss).into(),
        anchor: anchor(loss, sheet),
        rule: loss.rule.as_deref().map(rule_text),
        why: reasons.is_new(&loss.why).then_some((&loss.why).into()),
        earn_back: (!loss.earn_back.is_empty()).then_some((&loss.earn_back).into()),
        blocks: output.into_iter().chain(diff).collect(),
    }
}

/// `80.3 MB, 7 layers, user app`.
fn figures(image: &ImageFigures, lang: Phrases) -> String {
    let size = image.size.map(|size| format!("{}, ", Size(size))).unwrap_or_default();
    size + &lang.0.fill("{} layers, user {}", &[&image.layers.to_string(), &image.user])
}

/// What the page of a rule says, up to its examples.
fn rule_text(name: &str) -> RuleText<'_> {
    let entry = crate::lint::registry::all().iter().find(|entry| entry.meta.name == name);
    let page = entry.map(|entry| entry.meta.page).unwrap_or_default();
    let text = page.split("\n## Examples").next().unwrap_or_default();
    let paragraphs = text.split("\n\n").filter(|text| !text.trim().is_empty() && !text.starts_with(['#', '`', '|']));
    let paragraphs =
        paragraphs.map(|text| Prose::from(text.split_whitespace().collect::<Vec<_>>().join(" ").replace("**", "")));
    RuleText { name, paragraphs: paragraphs.collect() }
}

fn code_lines(text: &str, is_diff: bool) -> Vec<CodeLine<'_>> {
    let class = |line: &str| match line.as_bytes().first() {
        Some(b'+') if is_diff => Some("add"),
        Some(b'-') if is_diff => Some("del"),
        Some(b'@') if is_diff => Some("hunk"),
        _ => None,
    };
    text.lines().map(|text| CodeLine { text, class: class(text) }).collect()
}

/// The submitted files with their marks.
fn file_blocks(sheet: &Sheet) -> Vec<FileBlock<'_>> {
    let mut marks: BTreeMap<String, Vec<LineMark<'_>>> = BTreeMap::new();
    for mark in &sheet.marks {
        for loss in &mark.losses {
            let Some(anchor) = anchor(loss, sheet) else { continue };
            marks.entry(anchor.id).or_default().push(LineMark {
                points: Some(loss.points).filter(|points| *points > Points::ZERO),
                criterion: &mark.id,
                text: (&loss.what).into(),
            });
        }
    }
    let blocks = files(sheet).map(|(name, text, before)| {
        let lines = (1..).zip(text.lines()).take(MAX_LINES).map(|(number, text)| {
            let id = format!("{before}{number}");
            let (keyword, rest) = text.split_at(keyword_end(text));
            let is_comment = text.trim_start().starts_with('#');
            FileLine { keyword, rest, is_comment, marks: marks.remove(&id).unwrap_or_default(), id }
        });
        FileBlock { name, lines: lines.collect() }
    });
    blocks.collect()
}

/// How long the keyword is that a line starts with; 0 without one.
fn keyword_end(text: &str) -> usize {
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    if end > 1 && text[..end].bytes().all(|byte| byte.is_ascii_uppercase()) { end } else { 0 }
}
