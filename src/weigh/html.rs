//! The weight of an image as one HTML page: a treemap by instruction and directory, and the same as a table.

use std::fmt::Write;

use super::Line;
use super::report::{INCOMPLETE, SHOWN_PACKAGES, Weighed, change, totals};
use crate::finding::Diagnostic;
use crate::text::escape::visible;
use crate::text::units::Size;

const STYLE: &str = "\
:root{color-scheme:light dark;--back:#fff;--text:#1a1a1a;--line:#767676;--cell:#dbe7f5;--base:#e4e4e4;--waste:#f8d9c4;--link:#0b4f8a}\
@media(prefers-color-scheme:dark){:root{--back:#161616;--text:#eee;--line:#8f8f8f;--cell:#1d3a57;--base:#333;--waste:#5a3013;--link:#8fc4ff}}\
body{margin:0 auto;padding:1rem;max-width:75rem;background:var(--back);color:var(--text);font:1rem/1.5 system-ui,sans-serif}\
.map{position:relative;width:100%;height:28rem;list-style:none;margin:0;padding:0}\
.map li{position:absolute;overflow:hidden;box-sizing:border-box;border:1px solid var(--back);background:var(--cell)}\
.map li.base{background:var(--base)}.map li.waste{background:var(--waste)}\
.map a{display:block;height:100%;padding:.1rem .25rem;color:var(--text);font-size:.8rem;text-decoration:none;overflow:hidden;overflow-wrap:anywhere}\
.map a:focus-visible{outline:3px solid var(--link);outline-offset:-3px}.map a:hover{text-decoration:underline}\
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}th,td{border:1px solid var(--line);padding:.25rem .5rem;text-align:left;vertical-align:top}\
td.number{text-align:right;white-space:nowrap}code{overflow-wrap:anywhere}a{color:var(--link)}tr:target{outline:3px solid var(--link)}";

/// How many cells are shown: those that are left out are too small to be seen.
const MOST_CELLS: usize = 300;

/// A cell of the treemap.
struct Cell {
    bytes: u64,
    line: usize,
    name: String,
    class: &'static str,
}

/// A rectangle, in percent of the map.
#[derive(Clone, Copy)]
struct Area {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

/// The page of some images, each with its findings.
pub fn html(images: &[(Weighed<'_>, &[Diagnostic])]) -> String {
    let mut out = String::new();
    let names: Vec<_> = images.iter().map(|(image, _)| escape(&image.weight.name)).collect();
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>Weight of {}</title><style>{STYLE}</style></head>\n<body>\n<main>\n",
        names.join(", ")
    );
    let title = if let [name] = &names[..] { name.clone() } else { format!("{} images", names.len()) };
    let _ = writeln!(out, "<h1>Weight of {title}</h1>");
    for (index, (image, findings)) in images.iter().enumerate() {
        if images.len() > 1 {
            let _ = writeln!(out, "<h2 id=\"image-{index}\">{}</h2>", names[index]);
        }
        Section { index, level: if images.len() > 1 { 3 } else { 2 }, image, findings }.write(&mut out);
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

/// One image of a page.
struct Section<'a> {
    /// Keeps its anchors apart from those of other images.
    index: usize,
    /// The level of its headings.
    level: usize,
    image: &'a Weighed<'a>,
    findings: &'a [Diagnostic],
}

impl Section<'_> {
    fn write(&self, out: &mut String) {
        let weight = self.image.weight;
        let sizes = (Size(weight.bytes), Size(weight.visible), Size(weight.wasted));
        let _ = writeln!(out, "<p>{} in layers, {} visible, {} wasted.</p>", sizes.0, sizes.1, sizes.2);
        if !weight.complete {
            let _ = writeln!(out, "<p>Note: {INCOMPLETE}.</p>");
        }
        self.map(out);
        self.table(out);
        self.findings("Findings", self.findings.iter(), out);
        self.findings("Predicted by lint, but not in the image", self.image.refuted.iter(), out);
        self.packages(out);
        self.comparison(out);
    }

    fn heading(&self, name: &str, text: &str, out: &mut String) {
        let (level, index) = (self.level, self.index);
        let _ = writeln!(out, "<h{level} id=\"{name}-{index}\">{text}</h{level}>");
    }

    fn findings<'f>(&self, title: &str, findings: impl ExactSizeIterator<Item = &'f Diagnostic>, out: &mut String) {
        if findings.len() == 0 {
            return;
        }
        let _ = write!(out, "<h{0}>{title}</h{0}>\n<ul>\n", self.level);
        for finding in findings {
            let (line, rule, message) = (self.image.line(finding), escape(finding.rule.name), escape(&finding.message));
            let _ = writeln!(out, "<li>line {line}: <code>{rule}</code> {message}</li>");
        }
        out.push_str("</ul>\n");
    }

    fn packages(&self, out: &mut String) {
        let packages = &self.image.weight.packages;
        if packages.is_empty() {
            return;
        }
        self.heading("packages", "Largest packages", out);
        self.open_table("packages", &["Package", "Version", "Manager", "Bytes"], out);
        for package in packages.iter().take(SHOWN_PACKAGES) {
            let (name, version, size) = (escape(&package.name), escape(&package.version), Size(package.bytes));
            let manager = package.manager;
            let _ = writeln!(out, "<tr><td>{name}</td><td>{version}</td><td>{manager}</td><td class=\"number\">{size}</td></tr>");
        }
        out.push_str("</tbody></table></div>\n");
    }

    fn comparison(&self, out: &mut String) {
        let Some(other) = self.image.other else { return };
        self.heading("compared", &format!("Compared with {}", escape(&other.name)), out);
        self.open_table("compared", &["Bytes", "Before", "Now", "Change"], out);
        for (what, own, theirs) in totals(self.image.weight, other) {
            let numbers = [Size(theirs).to_string(), Size(own).to_string(), change(own, theirs)];
            let numbers = numbers.map(|number| format!("<td class=\"number\">{number}</td>")).concat();
            let _ = writeln!(out, "<tr><td>{what}</td>{numbers}</tr>");
        }
        out.push_str("</tbody></table></div>\n");
    }

    /// The IDs of the headings that name a part.
    fn label(&self, name: &str) -> String {
        let index = self.index;
        if self.level == 2 { format!("{name}-{index}") } else { format!("image-{index} {name}-{index}") }
    }

    /// Begins a table that is named by a heading.
    fn open_table(&self, name: &str, columns: &[&str], out: &mut String) {
        let columns: Vec<_> = columns.iter().map(|column| format!("<th scope=\"col\">{column}</th>")).collect();
        let _ = write!(
            out,
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"{}\"><table>\n<thead><tr>{}</tr></thead>\n<tbody>\n",
            self.label(name),
            columns.concat()
        );
    }

    fn map(&self, out: &mut String) {
        let weight = self.image.weight;
        let mut cells = Vec::new();
        for (index, line) in weight.lines.iter().enumerate().filter(|(_, line)| line.added > 0) {
            let class = match line {
                Line { origin, .. } if origin.is_base => "base",
                Line { added, wasted, .. } if wasted * 2 > *added => "waste",
                _ => "own",
            };
            let mut rest = line.added;
            for (bytes, directory) in &line.directories {
                let bytes = (*bytes).min(rest);
                rest -= bytes;
                cells.push(Cell { bytes, line: index, name: format!("/{directory}"), class });
            }
            cells.push(Cell { bytes: rest, line: index, name: "other files, and what later layers hide".to_owned(), class });
        }
        cells.retain(|cell| cell.bytes > 0);
        cells.sort_by_key(|cell| std::cmp::Reverse(cell.bytes));
        cells.truncate(MOST_CELLS);
        self.heading("map", "Treemap", out);
        let _ = write!(
            out,
            "<p>Each cell is a directory of one instruction; it leads to the row of the table.</p>\n<ul class=\"map\" aria-labelledby=\"{}\">\n",
            self.label("map")
        );
        let mut places = Vec::new();
        split(&cells, Area { left: 0.0, top: 0.0, width: 100.0, height: 100.0 }, &mut places);
        for (cell, area) in cells.iter().zip(places) {
            let origin = &weight.lines[cell.line].origin;
            let what = if origin.is_base { "base image".to_owned() } else { format!("line {} {}", origin.line, origin.keyword) };
            let label = format!("{what}, {}: {}", cell.name, Size(cell.bytes));
            let _ = writeln!(
                out,
                "<li class=\"{}\" style=\"left:{:.3}%;top:{:.3}%;width:{:.3}%;height:{:.3}%\"><a href=\"#line-{}-{}\">{}</a></li>",
                cell.class, area.left, area.top, area.width, area.height, self.index, cell.line, escape(&label)
            );
        }
        out.push_str("</ul>\n");
    }

    fn table(&self, out: &mut String) {
        let weight = self.image.weight;
        self.heading("lines", "Instructions", out);
        self.open_table("lines", &["Line", "Instruction", "Added", "Wasted", "Directories"], out);
        for (index, line) in weight.lines.iter().enumerate().filter(|(_, line)| line.added > 0 || line.wasted > 0) {
            let directories: Vec<_> =
                line.directories.iter().take(5).map(|(bytes, path)| format!("/{} {}", escape(path), Size(*bytes))).collect();
            let number = if line.origin.is_base { "base".to_owned() } else { line.origin.line.to_string() };
            let _ = writeln!(
                out,
                "<tr id=\"line-{}-{index}\"><td>{number}</td><td><code>{}</code></td><td class=\"number\">{}</td><td class=\"number\">{}</td><td>{}</td></tr>",
                self.index,
                escape(&line.origin.text),
                Size(line.added),
                Size(line.wasted),
                directories.join("<br>")
            );
        }
        out.push_str("</tbody></table></div>\n");
    }
}

/// Divides an area among cells, largest first: into two halves of about equal weight, again and again.
fn split(cells: &[Cell], area: Area, places: &mut Vec<Area>) {
    match cells {
        [] => {}
        [_] => places.push(area),
        _ => {
            let total: u64 = cells.iter().map(|cell| cell.bytes).sum();
            let mut half = 0;
            let mut count = 0;
            for cell in &cells[..cells.len() - 1] {
                if count > 0 && half + cell.bytes > total / 2 {
                    break;
                }
                half += cell.bytes;
                count += 1;
            }
            let share = half as f64 / total.max(1) as f64;
            let (first, second) = if area.width >= area.height {
                let width = area.width * share;
                (Area { width, ..area }, Area { left: area.left + width, width: area.width - width, ..area })
            } else {
                let height = area.height * share;
                (Area { height, ..area }, Area { top: area.top + height, height: area.height - height, ..area })
            };
            split(&cells[..count], first, places);
            split(&cells[count..], second, places);
        }
    }
}

fn escape(text: &str) -> String {
    visible(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
