//! HTML pages that depend on nothing else: no script from elsewhere, no font, no network.
//!
//! The markup is in `templates/`; this file prepares the values. [`PageEscaper`] escapes every one of them.

use std::borrow::Cow;
use std::fmt;

use askama::Template;
use askama::filters::{Escaper, Html};

use super::{ReasonLog, class_totals, headline, loss_line, points_of, skip_reason, status_text};
use crate::grade::Points;
use crate::grade::sheet::{Class, Loss, Mark, MarkStatus, MissCount, Sheet, SheetStatus};
use crate::text::escape::substitute;

/// How many entries a list of the most missed criteria or rules has at most.
const MAX_MISS_ROWS: usize = 12;
/// The height of the highest bar, in percent; the rest is for its number.
const MAX_BAR_HEIGHT: usize = 82;

/// Escapes markup, and shows control and invisible characters by a visible substitute.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageEscaper;

impl Escaper for PageEscaper {
    fn write_escaped_str<W: fmt::Write>(&self, mut dest: W, text: &str) -> fmt::Result {
        text.chars().try_for_each(|ch| self.write_escaped_char(&mut dest, ch))
    }

    fn write_escaped_char<W: fmt::Write>(&self, mut dest: W, ch: char) -> fmt::Result {
        match substitute(ch).filter(|_| !matches!(ch, '\n' | '\t')) {
            Some(text) => Html.write_escaped_str(dest, &text),
            None => Html.write_escaped_char(&mut dest, ch),
        }
    }
}

/// Text in which backticks mark code.
struct Prose<'a>(Cow<'a, str>);

impl<'a> From<&'a String> for Prose<'a> {
    fn from(text: &'a String) -> Self {
        Self(text.into())
    }
}

impl From<String> for Prose<'_> {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

/// A stretch of [`Prose`].
struct ProsePart<'a> {
    text: &'a str,
    is_code: bool,
}

impl Prose<'_> {
    /// A text with an odd number of backticks has no code.
    fn parts(&self) -> Vec<ProsePart<'_>> {
        let parts: Vec<&str> = self.0.split('`').collect();
        if parts.len().is_multiple_of(2) {
            return vec![ProsePart { text: &self.0, is_code: false }];
        }
        parts.iter().enumerate().map(|(index, text)| ProsePart { text, is_code: index % 2 == 1 }).collect()
    }
}

#[derive(Template)]
#[template(path = "student.html", config = "src/grade/export/templates/askama.toml")]
struct StudentPage<'a> {
    title: &'a str,
    sheet: &'a Sheet,
    headline: String,
    not_graded: Option<Prose<'a>>,
    sections: Vec<CriterionSection<'a>>,
    notes: Vec<Prose<'a>>,
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
    praise: Vec<Prose<'a>>,
    losses: Vec<LossBlock<'a>>,
}

impl CriterionSection<'_> {
    fn has_details(&self) -> bool {
        !self.losses.is_empty() || !self.praise.is_empty() || self.reason.is_some()
    }
}

struct LossBlock<'a> {
    /// `None` if it costs nothing.
    points: Option<Points>,
    line: Prose<'a>,
    rule: Option<&'a str>,
    /// `None` if the page has given this reason before.
    why: Option<Prose<'a>>,
    earn_back: Option<Prose<'a>>,
    /// Program output and the diff of the fix.
    blocks: Vec<Vec<CodeLine<'a>>>,
}

struct CodeLine<'a> {
    text: &'a str,
    class: Option<&'static str>,
}

/// The page of one student.
pub fn student_page(title: &str, sheet: &Sheet) -> String {
    let mut reasons = ReasonLog::default();
    let not_graded = match &sheet.status {
        SheetStatus::NotGraded { why } => Some(why.into()),
        SheetStatus::Graded => None,
    };
    let sections = sheet.marks.iter().map(|mark| CriterionSection {
        mark,
        state: css_class(&mark.status),
        status: status_text(&mark.status),
        points: points_of(mark.points, mark.max),
        reason: skip_reason(mark, sheet).map(Prose::from),
        praise: mark.praise.iter().map(Prose::from).collect(),
        losses: mark.losses.iter().map(|loss| loss_block(loss, &mut reasons)).collect(),
    });
    let sections = sections.collect();
    let notes = sheet.notes.iter().map(Prose::from).collect();
    render(&StudentPage { title, sheet, headline: headline(sheet), not_graded, sections, notes })
}

fn loss_block<'a>(loss: &'a Loss, reasons: &mut ReasonLog) -> LossBlock<'a> {
    let output = loss.seen.as_deref().map(|text| code_lines(text, false));
    let diff = loss.diff.as_deref().map(|text| code_lines(text, true));
    LossBlock {
        points: Some(loss.points).filter(|points| *points > Points::ZERO),
        line: loss_line(loss).into(),
        rule: loss.rule.as_deref(),
        why: reasons.is_new(&loss.why).then_some((&loss.why).into()),
        earn_back: (!loss.earn_back.is_empty()).then_some((&loss.earn_back).into()),
        blocks: output.into_iter().chain(diff).collect(),
    }
}

fn code_lines(text: &str, is_diff: bool) -> Vec<CodeLine<'_>> {
    let class = |line: &str| match line.as_bytes().first() {
        Some(b'+') if is_diff => Some("add"),
        Some(b'-') if is_diff => Some("del"),
        _ => None,
    };
    text.lines().map(|text| CodeLine { text, class: class(text) }).collect()
}

fn css_class(status: &MarkStatus) -> &'static str {
    match status {
        MarkStatus::Met => "met",
        MarkStatus::Partly => "partly",
        MarkStatus::Missed => "missed",
        MarkStatus::Skipped { .. } => "skipped",
        MarkStatus::NotGraded { .. } => "open",
    }
}

#[derive(Template)]
#[template(path = "class.html", config = "src/grade/export/templates/askama.toml")]
struct ClassPage<'a> {
    class: &'a Class,
    totals: String,
    bars: Vec<HistogramBar>,
    miss_lists: [MissList<'a>; 2],
    columns: Vec<TableColumn<'a>>,
    rows: Vec<StudentRow<'a>>,
}

struct HistogramBar {
    count: usize,
    /// In percent.
    height: usize,
    label: String,
}

/// The most missed criteria or rules.
struct MissList<'a> {
    title: &'static str,
    rows: Vec<MissRow<'a>>,
}

struct MissRow<'a> {
    count: &'a MissCount,
    /// In percent.
    width: usize,
}

struct TableColumn<'a> {
    label: &'a str,
    title: Cow<'a, str>,
    /// How `sort.js` compares: `text` or `number`.
    kind: &'static str,
}

struct StudentRow<'a> {
    name: &'a str,
    link: &'a str,
    cells: Vec<TableCell>,
}

#[derive(Default)]
struct TableCell {
    text: String,
    /// What `sort.js` compares.
    value: Option<String>,
    title: Option<String>,
    /// The CSS class.
    state: Option<&'static str>,
}

/// The page of the class; `links` lead to the students' pages, in the order of the sheets.
pub fn class_page(class: &Class, links: &[String]) -> String {
    let summary = &class.summary;
    let students = class.sheets.len();
    let columns = [("Student", "text"), ("Points", "number"), ("%", "number"), ("Passed", "text")];
    let columns = columns.map(|(label, kind)| TableColumn { label, title: label.into(), kind });
    let criteria = class.criteria.iter().map(|column| TableColumn {
        label: &column.id,
        title: format!("{} ({})", column.title, column.max).into(),
        kind: "number",
    });
    render(&ClassPage {
        class,
        totals: class_totals(class),
        bars: histogram(&summary.histogram),
        miss_lists: [
            miss_list("Most missed criteria", &summary.missed, students),
            miss_list("Most missed rules", &summary.rules, students),
        ],
        columns: columns.into_iter().chain(criteria).collect(),
        rows: class.sheets.iter().zip(links).map(|(sheet, link)| student_row(class, sheet, link)).collect(),
    })
}

fn student_row<'a>(class: &Class, sheet: &'a Sheet, link: &'a str) -> StudentRow<'a> {
    let is_graded = sheet.is_graded();
    let value = |number: f64, is_known: bool| Some(if is_known { number.to_string() } else { "-1".to_owned() });
    let total = TableCell {
        text: if is_graded { sheet.total.to_string() } else { "?".to_owned() },
        value: value(sheet.total.as_f64(), is_graded),
        title: match &sheet.status {
            SheetStatus::NotGraded { why } => Some(format!("not graded: {why}")),
            SheetStatus::Graded => None,
        },
        state: None,
    };
    let percent = TableCell {
        text: if is_graded { sheet.percent().to_string() } else { String::new() },
        value: value(sheet.percent() as f64, is_graded),
        ..TableCell::default()
    };
    let passed = sheet.passed.map_or("", |passed| if passed { "yes" } else { "no" });
    let mut cells = vec![total, percent, TableCell { text: passed.to_owned(), ..TableCell::default() }];
    cells.extend(class.criteria.iter().map(|column| {
        let Some(mark) = sheet.marks.iter().find(|mark| mark.id == column.id) else { return TableCell::default() };
        let is_known = !matches!(mark.status, MarkStatus::NotGraded { .. });
        TableCell {
            text: if is_known { mark.points.to_string() } else { "?".to_owned() },
            value: value(mark.points.as_f64(), is_known),
            title: None,
            state: Some(css_class(&mark.status)),
        }
    }));
    StudentRow { name: sheet.student.shown(), link, cells }
}

fn histogram(counts: &[usize]) -> Vec<HistogramBar> {
    let max = counts.iter().copied().max().unwrap_or(0).max(1);
    let label = |index| if index == 10 { "100".to_owned() } else { format!("{}–{}", index * 10, index * 10 + 9) };
    let bar = |(index, count): (usize, &usize)| HistogramBar {
        count: *count,
        height: count * MAX_BAR_HEIGHT / max,
        label: label(index),
    };
    counts.iter().enumerate().map(bar).collect()
}

fn miss_list<'a>(title: &'static str, counts: &'a [MissCount], students: usize) -> MissList<'a> {
    let rows = counts.iter().take(MAX_MISS_ROWS);
    let rows = rows.map(|count| MissRow { count, width: count.students * 100 / students.max(1) });
    MissList { title, rows: rows.collect() }
}

/// Writing to memory cannot fail, and neither can a template without fallible expressions.
fn render(page: &impl Template) -> String {
    let mut html = page.render().unwrap_or_default();
    html.push('\n');
    html
}
