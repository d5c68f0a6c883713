//! For people: an excerpt with labels, help, and the diff of the fix.

use std::collections::HashSet;
use std::io::{self, Write};
use std::ops::Range;

use codespan_reporting::diagnostic::{Diagnostic as Block, Label, LabelStyle, Severity};
use codespan_reporting::files::Error;
use codespan_reporting::term::termcolor::{Buffer, Color, ColorSpec, WriteColor};
use codespan_reporting::term::{Config, emit_to_write_style};

use super::Report;
use super::diff::{DiffLine, diff};
use super::excerpt::{Excerpt, ExcerptSpan};
use super::summary::{many, summary};
use crate::finding::{Diagnostic, Level};
use crate::finding::{Fix, Safety};
use crate::report::redact;
use crate::text::Source;
use crate::text::escape::visible;

/// How many labels are drawn for one finding.
const MAX_LABELS: usize = 8;

pub(super) fn write(report: &Report, out: &mut dyn Write, color: bool) -> io::Result<()> {
    let mut explained = HashSet::new();
    let mut buffer = if color { Buffer::ansi() } else { Buffer::no_color() };
    for file in &report.files {
        if let Some(error) = &file.error {
            let message = format!("{}: {}", visible(file.source.name()), visible(error));
            emit(&mut buffer, &Excerpt::new(&file.source, &[], &[]).0, &Block::error().with_message(message))?;
            flush(&mut buffer, out)?;
        }
        let secrets = redact::in_file(&file.source, &file.diagnostics);
        for found in &file.diagnostics {
            let first = explained.insert(found.rule.name);
            let width = write_finding(&mut buffer, &file.source, found, first, &secrets)?;
            // codespan ends a block with an empty line, but the fix belongs to the block.
            out.write_all(buffer.as_slice().strip_suffix(b"\n").unwrap_or(buffer.as_slice()))?;
            buffer.clear();
            if let Some(fix) = &found.fix {
                write_fix(&mut buffer, &file.source, fix, width, &secrets)?;
            }
            writeln!(buffer)?;
            flush(&mut buffer, out)?;
        }
    }
    writeln!(out, "{}", summary(&report.counts(), report.applied))
}

fn flush(buffer: &mut Buffer, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(buffer.as_slice())?;
    buffer.clear();
    Ok(())
}

/// Returns the width of the line numbers.
fn write_finding(
    out: &mut Buffer,
    source: &Source,
    found: &Diagnostic,
    explain: bool,
    secrets: &[Range<usize>],
) -> io::Result<usize> {
    let labels = &found.labels[..found.labels.len().min(MAX_LABELS)];
    let spans: Vec<_> = std::iter::once(found.span).chain(labels.iter().map(|label| label.span)).collect();
    let (excerpt, shown) = Excerpt::new(source, &spans, secrets);
    let mut messages = std::iter::once("").chain(labels.iter().map(|label| label.message.as_str()));
    let mut labels: Vec<_> = shown
        .into_iter()
        .map(|ExcerptSpan { range, hidden }| {
            let message = visible(messages.next().unwrap_or_default());
            let rest = if hidden > 0 { format!("and {}", many(hidden, "more line")) } else { String::new() };
            let gap = if hidden > 0 && !message.is_empty() { ", " } else { "" };
            Label::secondary((), range).with_message(format!("{message}{gap}{rest}"))
        })
        .collect();
    labels[0].style = LabelStyle::Primary;

    let mut notes: Vec<String> = found.help.iter().map(|help| format!("help: {}", visible(help))).collect();
    if explain {
        notes.push(format!("more: `plimsoll rule {}`", found.rule.name));
    }
    let severity = match found.level {
        Level::Error => Severity::Error,
        Level::Warn => Severity::Warning,
        Level::Note | Level::Off => Severity::Note,
    };
    let block = Block::new(severity).with_code(found.rule.name).with_message(visible(&found.message));
    emit(out, &excerpt, &block.with_labels(labels).with_notes(notes))?;
    Ok(excerpt.last_line().to_string().len())
}

pub(super) fn emit(out: &mut Buffer, excerpt: &Excerpt, block: &Block<()>) -> io::Result<()> {
    emit_to_write_style(out, &Config::default(), excerpt, block).map_err(|error| match error {
        Error::Io(error) => error,
        other => io::Error::other(other.to_string()),
    })
}

/// The fix's title and diff, aligned with the block above.
fn write_fix(out: &mut Buffer, source: &Source, fix: &Fix, width: usize, secrets: &[Range<usize>]) -> io::Result<()> {
    let name = match fix.safety {
        Safety::Safe => "fix",
        Safety::Unsafe => "unsafe fix",
        Safety::Display => "suggestion",
    };
    border(out, "", width, "=")?;
    writeln!(out, " {name}: {}", visible(&fix.title))?;
    let Some(diff) = diff(source, fix) else { return Ok(()) };
    for hunk in &diff.hunks {
        border(out, "", width, "·")?;
        writeln!(out)?;
        for line in hunk {
            write_line(out, line, &redact::mask_line(&line.text, source, secrets), width)?;
        }
    }
    if diff.hidden > 0 {
        border(out, "", width, "·")?;
        writeln!(out, " and {}", many(diff.hidden, "more line"))?;
    }
    Ok(())
}

fn write_line(out: &mut Buffer, line: &DiffLine, text: &str, width: usize) -> io::Result<()> {
    let number = line.number.to_string();
    let color = match line.sign {
        '-' => Color::Red,
        '+' => Color::Green,
        _ => {
            border(out, &number, width, "│")?;
            return writeln!(out, " {}", text);
        }
    };
    border(out, &number, width, "")?;
    out.set_color(ColorSpec::new().set_fg(Some(color)))?;
    write!(out, "{} {}", line.sign, text)?;
    out.reset()?;
    writeln!(out)
}

fn border(out: &mut Buffer, number: &str, width: usize, sign: &str) -> io::Result<()> {
    out.set_color(ColorSpec::new().set_fg(Some(Color::Cyan)))?;
    write!(out, "{number:>width$} {sign}")?;
    out.reset()
}
