//! The weights of images as text with bars, as JSON, and as Markdown.

use std::fmt::Write;

use serde_json::{Value, json};

use super::Weight;
use crate::finding::Diagnostic;
use crate::text::Source;
use crate::text::escape::{markdown as escape, visible};
use crate::text::units::Size;

/// How wide the longest bar is, in characters.
const BAR: u64 = 24;

/// How much of an instruction is shown, in characters.
const SHOWN: usize = 64;

/// How many packages are shown.
pub(super) const SHOWN_PACKAGES: usize = 8;

/// What is said of an image that another Dockerfile was used for.
pub(super) const INCOMPLETE: &str = "the history of the image does not match the Dockerfile; some layers may be on a wrong line";

/// What findings are called that the image does not confirm.
pub(super) const REFUTED: &str = "predicted by lint, but not in the image";

/// How many packages programs are told.
const MOST_PACKAGES: usize = 30;

/// An image, and what lint predicted of it but it does not show.
pub struct Weighed<'a> {
    pub weight: &'a Weight,
    /// The Dockerfile, or the history in its place.
    pub source: &'a Source,
    pub refuted: &'a [Diagnostic],
    /// The image that it is compared with.
    pub other: Option<&'a Weight>,
}

impl Weighed<'_> {
    /// The line of a finding, from 1.
    pub(super) fn line(&self, finding: &Diagnostic) -> usize {
        self.source.line_column(finding.span.start()).0
    }
}

fn short(text: &str) -> String {
    let text = visible(text);
    match text.chars().count() {
        ..=SHOWN => text.into_owned(),
        _ => text.chars().take(SHOWN - 1).chain(['…']).collect(),
    }
}

fn bar(bytes: u64, most: u64) -> String {
    let eighths = (u128::from(bytes) * u128::from(BAR) * 8 / u128::from(most.max(1))) as usize;
    // The blocks of one to seven eighths, after none.
    let last = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8];
    format!("{}{}", "█".repeat(eighths / 8), if eighths.is_multiple_of(8) { "" } else { last })
}

pub fn text(weighed: &Weighed<'_>) -> String {
    let weight = weighed.weight;
    let mut out = String::new();
    let shares = format!("{} visible, {} wasted", Size(weight.visible), Size(weight.wasted));
    let _ = writeln!(out, "{}: {} in layers, {shares}", visible(&weight.name), Size(weight.bytes));
    let most = weight.lines.iter().map(|line| line.added).max().unwrap_or(0);
    let _ = writeln!(out, "{:>6} {:>10} {:>10}  {:<24}  instruction", "line", "added", "wasted", "");
    let shown = |line: &&super::Line| line.added > 0 || line.wasted > 0 || line.origin.is_base;
    for line in weight.lines.iter().filter(shown) {
        let number = if line.origin.line == 0 { String::new() } else { line.origin.line.to_string() };
        let wasted = if line.wasted == 0 { "-".to_owned() } else { Size(line.wasted).to_string() };
        let (added, bar) = (Size(line.added).to_string(), bar(line.added, most));
        let _ = writeln!(out, "{number:>6} {added:>10} {wasted:>10}  {bar:<24}  {}", short(&line.origin.text));
    }
    if !weight.complete {
        let _ = writeln!(out, "note: {INCOMPLETE}");
    }
    if !weight.packages.is_empty() {
        out.push_str("largest packages:\n");
        for package in weight.packages.iter().take(SHOWN_PACKAGES) {
            let name = visible(&package.name);
            let (size, manager) = (Size(package.bytes).to_string(), package.manager);
            let _ = writeln!(out, "  {size:>10}  {name} {} ({manager})", visible(&package.version));
        }
    }
    if !weighed.refuted.is_empty() {
        let _ = writeln!(out, "{REFUTED}:");
        for finding in weighed.refuted {
            let (line, rule) = (weighed.line(finding), finding.rule.name);
            let _ = writeln!(out, "{line:>6}  {rule}: {}", visible(&finding.message));
        }
    }
    if let Some(other) = weighed.other {
        out.push_str(&comparison(weight, other));
    }
    out
}

/// Totals of two images, and the directories that differ most.
fn comparison(weight: &Weight, other: &Weight) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "compared with {}:", visible(&other.name));
    for (what, own, theirs) in totals(weight, other) {
        let _ = writeln!(out, "  {what:<10} {:>10} → {:>10}  {}", Size(theirs).to_string(), Size(own).to_string(), change(own, theirs));
    }
    out
}

/// `-32.1 %`
pub fn change(now: u64, before: u64) -> String {
    if before == 0 {
        return String::new();
    }
    format!("{:+.1} %", (now as f64 - before as f64) * 100.0 / before as f64)
}

/// As a document for programs.
pub fn value(weighed: &Weighed<'_>) -> Value {
    let weight = weighed.weight;
    let lines: Vec<Value> = weight.lines.iter().map(|line| {
        let listed = |list: &[(u64, String)]| -> Vec<Value> {
            list.iter().map(|(bytes, path)| json!({ "path": format!("/{path}"), "bytes": bytes })).collect()
        };
        json!({
            "line": if line.origin.line == 0 { Value::Null } else { json!(line.origin.line) },
            "keyword": line.origin.keyword,
            "instruction": line.origin.text,
            "base": line.origin.is_base,
            "added": line.added,
            "stored": line.stored,
            "files": line.files,
            "wasted": line.wasted,
            "caches": line.caches,
            "needless": line.needless.iter().map(|(kind, (bytes, _))| (kind.as_str().to_owned(), json!(bytes))).collect::<serde_json::Map<_, _>>(),
            "directories": listed(&line.directories),
            "largest": listed(&line.largest),
            "digest": format!("{:016x}", line.digest),
        })
    }).collect();
    let wastes: Vec<Value> = weight.wastes.iter().map(|waste| {
        json!({
            "kind": waste.kind.as_str(),
            "by": weight.lines[waste.by].origin.line,
            "from": weight.lines[waste.from].origin.line,
            "bytes": waste.bytes,
            "files": waste.files,
            "largest": waste.largest.iter().map(|(bytes, path)| json!({ "path": format!("/{path}"), "bytes": bytes })).collect::<Vec<_>>(),
        })
    }).collect();
    let packages: Vec<Value> = weight.packages.iter().take(MOST_PACKAGES).map(|package| {
        json!({
            "manager": package.manager,
            "name": package.name,
            "version": package.version,
            "bytes": package.bytes,
            "line": weight.lines[package.line].origin.line,
        })
    }).collect();
    let base: u64 = weight.lines.iter().filter(|line| line.origin.is_base).map(|line| line.added).sum();
    let refuted = weighed.refuted.iter().map(|it| json!({ "line": weighed.line(it), "rule": it.rule.name, "message": it.message }));
    json!({
        "version": 1,
        "image": weight.name,
        "architecture": weight.architecture,
        "bytes": weight.bytes,
        "base": base,
        "visible": weight.visible,
        "wasted": weight.wasted,
        "complete": weight.complete,
        "lines": lines,
        "wastes": wastes,
        "packages": packages,
        "refuted": refuted.collect::<Vec<_>>(),
        "compared": weighed.other.map(|other| json!({
            "image": other.name, "bytes": other.bytes, "visible": other.visible, "wasted": other.wasted,
        })),
    })
}

pub fn markdown(weighed: &Weighed<'_>) -> String {
    let weight = weighed.weight;
    let mut out = String::new();
    let _ = writeln!(out, "### {}\n", escape(&weight.name));
    let _ = writeln!(out, "{} in layers, {} visible, {} wasted\n", Size(weight.bytes), Size(weight.visible), Size(weight.wasted));
    if !weight.complete {
        let _ = writeln!(out, "Note: {INCOMPLETE}\n");
    }
    out.push_str("| line | instruction | added | wasted |\n|--:|:--|--:|--:|\n");
    for line in weight.lines.iter().filter(|line| line.added > 0 || line.wasted > 0) {
        let text = escape(&short(&line.origin.text)).into_owned();
        let _ = writeln!(out, "| {} | {text} | {} | {} |", line.origin.line, Size(line.added), Size(line.wasted));
    }
    if !weight.packages.is_empty() {
        out.push_str("\n| largest packages | version | manager | bytes |\n|:--|:--|:--|--:|\n");
        for package in weight.packages.iter().take(SHOWN_PACKAGES) {
            let (name, version) = (escape(&package.name), escape(&package.version));
            let _ = writeln!(out, "| {name} | {version} | {} | {} |", package.manager, Size(package.bytes));
        }
    }
    if !weighed.refuted.is_empty() {
        let _ = writeln!(out, "\n{REFUTED}:\n");
        for finding in weighed.refuted {
            let _ = writeln!(out, "- line {}: `{}` {}", weighed.line(finding), finding.rule.name, escape(&finding.message));
        }
    }
    if let Some(other) = weighed.other {
        let _ = writeln!(out, "\n| compared with {} | before | now | |\n|:--|--:|--:|--:|", escape(&other.name));
        for (what, own, theirs) in totals(weight, other) {
            let _ = writeln!(out, "| {what} | {} | {} | {} |", Size(theirs), Size(own), change(own, theirs));
        }
    }
    out
}

/// The totals of two images.
pub(super) fn totals(weight: &Weight, other: &Weight) -> [(&'static str, u64, u64); 3] {
    [
        ("in layers", weight.bytes, other.bytes),
        ("visible", weight.visible, other.visible),
        ("wasted", weight.wasted, other.wasted),
    ]
}
