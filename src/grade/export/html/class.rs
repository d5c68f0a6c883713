//! The page of the class: what to look at first, statistics, a table to search and filter, and similar submissions.

use std::borrow::Cow;
use std::io::{self, Write};

use askama::Template;

use super::{Phrases, css_class, render, write};
use crate::grade::export::{attention, class_totals};
use crate::grade::language::Language;
use crate::grade::sheet::{Flag, MarkStatus, Sheet, SheetStatus};
use crate::grade::summary::{Class, CriterionStatistics, MissCount};

/// How many entries a list of the most missed criteria or rules has at most.
const MAX_MISS_ROWS: usize = 12;
/// The height of the highest bar, in percent; the rest is for its number.
const MAX_BAR_HEIGHT: usize = 82;
/// How many pairs of similar submissions are shown side by side.
const MAX_PAIRS: usize = 50;

#[derive(Template)]
#[template(path = "class.html", config = "src/grade/export/templates/askama.toml")]
struct ClassPage<'a> {
    lang: Phrases,
    class: &'a Class,
    totals: String,
    omitted: String,
    urgent: Vec<UrgentRow<'a>>,
    bars: Vec<HistogramBar>,
    miss_lists: [MissList<'a>; 2],
    columns: Vec<TableColumn<'a>>,
    links: &'a [String],
    pairs: Vec<PairRow<'a>>,
    /// The secret of the forms, if the page is under review.
    review: Option<&'a str>,
}

impl ClassPage<'_> {
    /// Made one after the other, since there may be many.
    fn rows(&self) -> impl Iterator<Item = StudentRow<'_>> {
        let sheets = self.class.sheets.iter().zip(self.links);
        sheets.map(|(sheet, link)| student_row(self.class, sheet, link, self.lang))
    }
}

/// A submission to look at first.
struct UrgentRow<'a> {
    name: &'a str,
    link: &'a str,
    reasons: String,
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
    label: Cow<'a, str>,
    max: String,
    /// How `class.js` compares: `text` or `number`.
    kind: &'static str,
    /// How many students have which part of the points, as heights in percent, and in words.
    bars: Vec<usize>,
    words: String,
}

struct StudentRow<'a> {
    name: &'a str,
    link: &'a str,
    /// What the filters ask for.
    filters: String,
    cells: Vec<TableCell>,
}

#[derive(Default)]
struct TableCell {
    text: String,
    /// What `class.js` compares.
    value: Option<String>,
    title: Option<String>,
    /// The CSS class.
    state: Option<&'static str>,
}

/// Two similar submissions side by side.
struct PairRow<'a> {
    percent: usize,
    sides: Vec<PairSide<'a>>,
}

struct PairSide<'a> {
    name: &'a str,
    link: &'a str,
    text: String,
}

/// The page of the class; `links` lead to the students' pages, in the order of the sheets.
///
/// # Errors
/// When `out` cannot be written.
pub fn class_page(class: &Class, links: &[String], out: &mut dyn Write) -> io::Result<()> {
    write(&page(class, links, None), out)
}

/// The page of a class under review, with a form that carries this secret.
pub fn class_review_page(class: &Class, links: &[String], secret: &str) -> String {
    render(&page(class, links, Some(secret)))
}

fn page<'a>(class: &'a Class, links: &'a [String], review: Option<&'a str>) -> ClassPage<'a> {
    let lang = Phrases(class.sheets.first().map_or(Language::En, |sheet| sheet.lang));
    let summary = &class.summary;
    let students = class.sheets.len();
    let max = class.sheets.first().map(|sheet| sheet.max.to_string()).unwrap_or_default();
    let columns = [
        ("Student", "text", String::new()),
        ("Points", "number", max),
        ("%", "number", "100".to_owned()),
        ("Passed", "text", String::new()),
    ];
    let columns = columns.map(|(label, kind, max)| TableColumn {
        label: lang.say(label).into(),
        max,
        kind,
        bars: Vec::new(),
        words: String::new(),
    });
    let criteria = class.criteria.iter().map(|column| {
        let statistics = summary.criteria.iter().find(|one| one.id == column.id);
        let bonus = if column.bonus { "+" } else { "" };
        TableColumn {
            label: (&column.title).into(),
            max: format!("{bonus}{}", column.max),
            kind: "number",
            bars: statistics.map(bars).unwrap_or_default(),
            words: statistics.map(words).unwrap_or_default(),
        }
    });
    let omitted = class.sheets.first().map(|sheet| sheet.omitted.join(", ")).unwrap_or_default();
    let urgent = class.sheets.iter().zip(links).filter_map(|(sheet, link)| {
        let (name, reasons) = attention(sheet)?;
        let reasons = reasons.into_iter().map(|reason| lang.say(reason)).collect::<Vec<_>>().join(", ");
        Some(UrgentRow { name, link, reasons })
    });
    ClassPage {
        lang,
        class,
        totals: class_totals(class),
        omitted,
        urgent: urgent.collect(),
        bars: histogram(&summary.histogram),
        miss_lists: [
            miss_list(lang.say("Most missed criteria"), &summary.missed, students),
            miss_list(lang.say("Most missed rules"), &summary.rules, students),
        ],
        columns: columns.into_iter().chain(criteria).collect(),
        links,
        pairs: pairs(class, links),
        review,
    }
}

fn student_row<'a>(class: &Class, sheet: &'a Sheet, link: &'a str, lang: Phrases) -> StudentRow<'a> {
    let is_graded = sheet.is_graded();
    let value = |number: f64, is_known: bool| Some(if is_known { number.to_string() } else { "-1".to_owned() });
    let total = TableCell {
        text: match &sheet.status {
            SheetStatus::Graded => sheet.total.to_string(),
            SheetStatus::NotGraded { .. } => "?".to_owned(),
            SheetStatus::Missing => lang.say("missing").to_owned(),
        },
        value: value(sheet.total.as_f64(), is_graded),
        title: match &sheet.status {
            SheetStatus::NotGraded { why } => Some(format!("not graded: {why}")),
            SheetStatus::Missing => Some(lang.say("nothing was submitted").to_owned()),
            SheetStatus::Graded => None,
        },
        state: None,
    };
    let percent = TableCell {
        text: if is_graded { sheet.percent().to_string() } else { String::new() },
        value: value(sheet.percent() as f64, is_graded),
        ..TableCell::default()
    };
    let passed = sheet.passed.map_or("", |passed| lang.say(if passed { "yes" } else { "no" }));
    let mut cells = vec![total, percent, TableCell { text: passed.to_owned(), ..TableCell::default() }];
    cells.extend(class.criteria.iter().map(|column| {
        let Some(mark) = sheet.marks.iter().find(|mark| mark.id == column.id) else { return TableCell::default() };
        let is_known = !matches!(mark.status, MarkStatus::NotGraded { .. }) && !sheet.is_missing();
        let text = if is_known { mark.points.to_string() } else { "?".to_owned() };
        TableCell {
            text: if sheet.is_missing() { String::new() } else { text },
            value: value(mark.points.as_f64(), is_known),
            title: mark.computed.map(|computed| format!("changed from {computed}")),
            state: Some(if sheet.is_missing() { "open" } else { css_class(&mark.status) }),
        }
    }));
    StudentRow { name: sheet.student.shown(), link, filters: filters(sheet), cells }
}

fn filters(sheet: &Sheet) -> String {
    let has = |flag| sheet.flags.contains(&flag);
    let filters = [
        ("failed", sheet.passed == Some(false)),
        ("late", sheet.late_days > 0),
        ("open", sheet.is_open()),
        ("missing", sheet.is_missing()),
        ("flagged", sheet.flags.iter().any(|flag| flag.is_urgent())),
        ("changed", has(Flag::Overridden)),
    ];
    let names: Vec<&str> = filters.into_iter().filter(|(_, is_set)| *is_set).map(|(name, _)| name).collect();
    names.join(" ")
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

fn bars(statistics: &CriterionStatistics) -> Vec<usize> {
    let max = statistics.histogram.iter().copied().max().unwrap_or(0).max(1);
    statistics.histogram.iter().map(|count| count * 100 / max).collect()
}

fn words(statistics: &CriterionStatistics) -> String {
    let CriterionStatistics { mean, met, partly, missed, skipped, .. } = statistics;
    format!("mean {mean}; {met} met, {partly} partly, {missed} missed, {skipped} skipped")
}

fn miss_list<'a>(title: &'static str, counts: &'a [MissCount], students: usize) -> MissList<'a> {
    let rows = counts.iter().take(MAX_MISS_ROWS);
    let rows = rows.map(|count| MissRow { count, width: count.students * 100 / students.max(1) });
    MissList { title, rows: rows.collect() }
}

fn pairs<'a>(class: &'a Class, links: &'a [String]) -> Vec<PairRow<'a>> {
    let side = |id: &str| {
        let at = class.sheets.iter().position(|sheet| sheet.student.id == id)?;
        let sheet = &class.sheets[at];
        let text = class.whole(sheet).ok().and_then(|whole| whole.text).unwrap_or_default();
        Some(PairSide { name: sheet.student.shown(), link: links.get(at)?.as_str(), text })
    };
    let pairs = class.similar.iter().take(MAX_PAIRS);
    pairs
        .map(|pair| PairRow {
            percent: pair.percent,
            sides: [side(&pair.one), side(&pair.other)].into_iter().flatten().collect(),
        })
        .collect()
}
