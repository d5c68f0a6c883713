//! Pages that need nothing else: no script from elsewhere, no font, no network.

use super::{Told, headline, line, of, reason, word};
use crate::grade::Points;
use crate::grade::sheet::{Class, Graded, Loss, Mark, Missed, Sheet, Status};
use crate::text::escape::xml;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("sort.js");

fn page(title: &str, script: &str, body: &str) -> String {
    // Should anything ever slip through, it may still load and send nothing.
    let policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
    let script = if script.is_empty() { String::new() } else { format!("<script>\n{script}</script>\n") };
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<link rel=\"icon\" href=\"data:,\">\n<title>{}</title>\n<style>\n{STYLE}</style>\n\
         </head>\n<body>\n{body}{script}</body>\n</html>\n",
        xml(title)
    )
}

/// Text with its code as code.
fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return xml(text).into_owned();
    }
    let part = |(index, part): (usize, &&str)| {
        if index % 2 == 1 { format!("<code>{}</code>", xml(part)) } else { xml(part).into_owned() }
    };
    parts.iter().enumerate().map(part).collect()
}

fn block(text: &str, is_diff: bool) -> String {
    let line = |line: &str| {
        let class = match line.as_bytes().first() {
            _ if !is_diff => "",
            Some(b'+') => " class=\"add\"",
            Some(b'-') => " class=\"del\"",
            _ => "",
        };
        format!("<span{class}>{}</span>\n", xml(line).replace("&#9;", "\t"))
    };
    format!("<pre>{}</pre>\n", text.lines().map(line).collect::<String>())
}

fn state(status: &Status) -> &'static str {
    match status {
        Status::Met => "met",
        Status::Partly => "partly",
        Status::Missed => "missed",
        Status::Skipped { .. } => "skipped",
        Status::NotGraded { .. } => "open",
    }
}

/// One student's page.
pub fn student_page(title: &str, sheet: &Sheet) -> String {
    let mut body = format!(
        "<main>\n<p class=\"over\">{}</p>\n<h1>{}</h1>\n<p class=\"total\">{}</p>\n",
        xml(title),
        xml(sheet.student.shown()),
        xml(&headline(sheet))
    );
    if let Graded::NotGraded { why } = &sheet.status {
        body += &format!("<p class=\"note\">Not graded yet, which is nobody's loss: {}</p>\n", prose(why));
    }
    body += "<ul class=\"marks\">\n";
    for mark in &sheet.marks {
        let bonus = if mark.bonus { " <small>bonus</small>" } else { "" };
        body += &format!(
            "<li class=\"{}\"><span>{}{bonus}</span><span>{} · {}</span></li>\n",
            state(&mark.status),
            xml(&mark.title),
            of(mark.points, mark.max),
            word(&mark.status)
        );
    }
    body += "</ul>\n";
    let mut told = Told::default();
    sheet.marks.iter().for_each(|mark| body += &criterion(mark, sheet, &mut told));
    sheet.notes.iter().for_each(|note| body += &format!("<p class=\"note\">{}</p>\n", prose(note)));
    body += "</main>\n";
    page(&format!("{title}: {}", sheet.student.shown()), "", &body)
}

fn criterion(mark: &Mark, sheet: &Sheet, told: &mut Told) -> String {
    let reason = reason(mark, sheet);
    if mark.losses.is_empty() && mark.praise.is_empty() && reason.is_none() {
        return String::new();
    }
    let mut text = format!(
        "<section class=\"{}\">\n<h2>{} <small>{}</small></h2>\n",
        state(&mark.status),
        xml(&mark.title),
        of(mark.points, mark.max)
    );
    mark.praise.iter().for_each(|praise| text += &format!("<p class=\"praise\">{}</p>\n", prose(praise)));
    if let Some(reason) = reason {
        text += &format!("<p>{}: {}</p>\n", word(&mark.status), prose(&reason));
    }
    mark.losses.iter().for_each(|lost| text += &loss(lost, told));
    text + "</section>\n"
}

fn loss(loss: &Loss, told: &mut Told) -> String {
    let points = if loss.points > Points::ZERO { format!("<b>−{}</b> ", loss.points) } else { String::new() };
    let rule = loss.rule.as_deref().map(|rule| format!(" <small>{}</small>", xml(rule))).unwrap_or_default();
    let mut text = format!("<div class=\"loss\">\n<p>{points}{}{rule}</p>\n", prose(&line(loss)));
    if told.is_new(&loss.why) {
        text += &format!("<p class=\"why\">{}</p>\n", prose(&loss.why));
    }
    if !loss.earn_back.is_empty() {
        text += &format!("<p>To earn it back: {}</p>\n", prose(&loss.earn_back));
    }
    if let Some(seen) = &loss.seen {
        text += &block(seen, false);
    }
    if let Some(diff) = &loss.diff {
        text += &block(diff, true);
    }
    text + "</div>\n"
}

/// The class's page; `links` are the students' pages, in the order of the sheets.
pub fn class_page(class: &Class, links: &[String]) -> String {
    let summary = &class.summary;
    let mut body =
        format!("<main class=\"wide\">\n<h1>{}</h1>\n<p class=\"total\">{} graded", xml(&class.title), summary.graded);
    if summary.not_graded > 0 {
        body += &format!(", {} not graded", summary.not_graded);
    }
    if class.sheets.iter().any(|sheet| sheet.passed.is_some()) {
        body += &format!(", {} passed", summary.passed);
    }
    let max = class.sheets.first().map(|sheet| format!(" of {}", sheet.max)).unwrap_or_default();
    body += &format!(
        "; mean {}, median {}{max}</p>\n",
        summary.mean.rounded(Points::whole(1).share(1, 10)),
        summary.median
    );
    body += &histogram(&summary.histogram);
    body += "<div class=\"two\">\n";
    body += &missed("Most missed criteria", &summary.missed, class.sheets.len());
    body += &missed("Most missed rules", &summary.rules, class.sheets.len());
    body += "</div>\n<h2>Students</h2>\n<div class=\"scroll\"><table id=\"class\">\n<thead><tr>";
    for (head, kind) in [("Student", "text"), ("Points", "number"), ("%", "number"), ("Passed", "text")] {
        body += &column(head, head, kind);
    }
    for heading in &class.criteria {
        body += &column(&heading.id, &format!("{} ({})", heading.title, heading.max), "number");
    }
    body += "</tr></thead>\n<tbody>\n";
    for (sheet, link) in class.sheets.iter().zip(links) {
        body += &row(class, sheet, link);
    }
    body += "</tbody>\n</table></div>\n</main>\n";
    page(&class.title, SCRIPT, &body)
}

fn column(head: &str, title: &str, kind: &str) -> String {
    format!(
        "<th scope=\"col\" data-kind=\"{kind}\" title=\"{}\"><button type=\"button\">{}</button></th>",
        xml(title),
        xml(head)
    )
}

fn row(class: &Class, sheet: &Sheet, link: &str) -> String {
    let (total, percent) = match sheet.is_graded() {
        true => (sheet.total.to_string(), sheet.percent().to_string()),
        false => ("?".to_owned(), String::new()),
    };
    let value = |points: Points, shown: bool| if shown { points.as_f64().to_string() } else { "-1".to_owned() };
    let passed = sheet.passed.map_or("", |passed| if passed { "yes" } else { "no" });
    let title = match &sheet.status {
        Graded::NotGraded { why } => format!(" title=\"not graded: {}\"", xml(why)),
        Graded::Graded => String::new(),
    };
    let mut text = format!(
        "<tr><th scope=\"row\"><a href=\"{}\">{}</a></th><td data-v=\"{}\"{title}>{total}</td><td data-v=\"{}\">{percent}</td><td>{passed}</td>",
        xml(link),
        xml(sheet.student.shown()),
        value(sheet.total, sheet.is_graded()),
        value(Points::whole(sheet.percent() as i64), sheet.is_graded())
    );
    for heading in &class.criteria {
        text += &match sheet.marks.iter().find(|mark| mark.id == heading.id) {
            Some(mark) => {
                let open = matches!(mark.status, Status::NotGraded { .. });
                let shown = if open { "?".to_owned() } else { mark.points.to_string() };
                format!("<td class=\"{}\" data-v=\"{}\">{shown}</td>", state(&mark.status), value(mark.points, !open))
            }
            None => "<td></td>".to_owned(),
        };
    }
    text + "</tr>\n"
}

fn histogram(counts: &[usize]) -> String {
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let mut text =
        String::from("<figure><figcaption>Students by percent of the points</figcaption>\n<div class=\"bars\">\n");
    for (index, count) in counts.iter().enumerate() {
        let name = if index == 10 { "100".to_owned() } else { format!("{}–{}", index * 10, index * 10 + 9) };
        // Room is left for the numbers.
        let height = count * 82 / most;
        text += &format!("<div><span>{count}</span><i style=\"height:{height}%\"></i><small>{name}</small></div>\n");
    }
    text + "</div></figure>\n"
}

fn missed(title: &str, missed: &[Missed], students: usize) -> String {
    if missed.is_empty() {
        return String::new();
    }
    let mut text = format!("<section><h2>{title}</h2>\n<ol class=\"missed\">\n");
    for one in missed.iter().take(12) {
        let width = one.students * 100 / students.max(1);
        text += &format!(
            "<li title=\"{}\"><span>{}</span><i style=\"width:{width}%\"></i><b>{}</b></li>\n",
            xml(&one.title),
            xml(&one.name),
            one.students
        );
    }
    text + "</ol></section>\n"
}
