//! For people: an excerpt with labels, help, and the diff of the fix.
//!
//! With colour, which is on a terminal, text is broken at 80 columns, the reason for a finding stands at the caret, rules are links
//! with the code that other linters have for them, and there is no excerpt of lines that a diff shows as well.

use std::collections::HashSet;
use std::io::{self, Write};
use std::ops::Range;

use codespan_reporting::diagnostic::{Diagnostic as Block, Label, LabelStyle, Severity};
use codespan_reporting::files::Error;
use codespan_reporting::term::termcolor::{Buffer, Color, ColorSpec, WriteColor};
use codespan_reporting::term::{Config, emit_to_write_style};

use super::Report;
use super::diff::{DiffLine, FixDiff, diff};
use super::excerpt::{Excerpt, ExcerptSpan};
use super::summary::{many, summary};
use super::wrap::{WIDTH, wrap};
use super::{level_word, rule_url};
use crate::finding::{Diagnostic, Level};
use crate::finding::{Fix, Safety};
use crate::report::redact;
use crate::text::{Source, Span};
use crate::text::escape::visible;

/// How many labels are drawn for one finding.
const MAX_LABELS: usize = 8;
/// What the margin of an excerpt takes, in columns.
const LABEL_MARGIN: usize = 10;

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
            let fix = found.fix.as_ref().map(|fix| (fix, diff(&file.source, fix)));
            let is_shown = |diff: &FixDiff| color && found.labels.is_empty() && shows(diff, &file.source, found.span);
            let width = match &fix {
                Some((_, Some(diff))) if is_shown(diff) => write_heading(&mut buffer, &file.source, found, first)?,
                _ => write_finding(&mut buffer, &file.source, found, first, &secrets, color)?,
            };
            // codespan ends a block with an empty line, but the fix belongs to the block.
            out.write_all(buffer.as_slice().strip_suffix(b"\n").unwrap_or(buffer.as_slice()))?;
            buffer.clear();
            if let Some((fix, diff)) = &fix {
                write_fix(&mut buffer, &file.source, fix, diff.as_ref(), width, &secrets, color)?;
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

/// Whether a diff has every line of a place as one that changes.
fn shows(diff: &FixDiff, source: &Source, span: Span) -> bool {
    let (first, last) = (source.line_index(span.start()) + 1, source.line_index(span.end()) + 1);
    let changed = |number: usize| diff.hunks.iter().flatten().any(|line| line.sign == '-' && line.number == number);
    last - first < MAX_LABELS && (first..=last).all(changed)
}

/// What is above the excerpt, and the notes, of a finding whose lines the diff of its fix shows.
fn write_heading(out: &mut Buffer, source: &Source, found: &Diagnostic, explain: bool) -> io::Result<usize> {
    let (line, column) = source.line_column(found.span.start());
    let width = (source.line_index(found.span.end()) + 1).to_string().len();
    let block = block(found, Some(&found.message));
    let mut heading = Buffer::ansi();
    emit(&mut heading, &Excerpt::new(source, &[], &[]).0, &block)?;
    out.write_all(heading.as_slice().trim_ascii_end())?;
    writeln!(out)?;
    border(out, "", width, "┌─")?;
    writeln!(out, " {}:{line}:{column}", visible(source.name()))?;
    for note in notes(found, explain, Some(width + 3)) {
        border(out, "", width, "=")?;
        writeln!(out, " {}", note.replace('\n', &format!("\n{:1$}", "", width + 3)))?;
    }
    // The caller takes the last line break away.
    writeln!(out)?;
    Ok(width)
}

/// The first line of a finding. With `title`, for a terminal: that text, broken, and the rule's name as a link and with its code.
fn block(found: &Diagnostic, title: Option<&str>) -> Block<()> {
    let severity = match found.level {
        Level::Error => Severity::Error,
        Level::Warn => Severity::Warning,
        Level::Note | Level::Off => Severity::Note,
    };
    let name = found.rule.name;
    let Some(title) = title else {
        return Block::new(severity).with_code(name).with_message(visible(&found.message));
    };
    // That of hadolint, ShellCheck or BuildKit.
    let code = found.aliases().into_iter().find(|name| !name.contains('/'));
    let code = code.map(|code| format!(" {code}")).unwrap_or_default();
    let linked = match rule_url(found.rule) {
        Some(url) => format!("\x1b]8;;{url}\x1b\\{name}\x1b]8;;\x1b\\{code}"),
        None => format!("{name}{code}"),
    };
    let start = level_word(found.level).len() + name.len() + code.len() + "[]: ".len();
    Block::new(severity).with_code(linked).with_message(wrap(&visible(title), start, 0, 2))
}

/// Help, and where to read more. `left`: the column at which they begin, if they are to be broken.
fn notes(found: &Diagnostic, explain: bool, left: Option<usize>) -> Vec<String> {
    let broken = |help: &str| match left {
        Some(left) => wrap(help, left + "help: ".len(), left, "help: ".len()),
        None => help.to_owned(),
    };
    let mut notes: Vec<String> = found.help.iter().map(|help| format!("help: {}", broken(&visible(help)))).collect();
    if explain {
        notes.push(format!("more: `plimsoll rule {}`", found.rule.name));
    }
    notes
}

/// A message as a title and the reason, which stands at the caret if there is room for it: `image runs as root: no USER is set`.
fn title_and_reason<'a>(message: &'a str, source: &Source, span: Span) -> (&'a str, &'a str) {
    let end = source.line_column(span.end()).1;
    let is_one_line = source.line_index(span.start()) == source.line_index(span.end());
    match message.split_once(": ") {
        Some((title, reason))
            if is_one_line
                && title.matches('`').count() % 2 == 0
                && end + reason.chars().count() + LABEL_MARGIN <= WIDTH =>
        {
            (title, reason)
        }
        _ => (message, ""),
    }
}

/// Returns the width of the line numbers.
fn write_finding(
    out: &mut Buffer,
    source: &Source,
    found: &Diagnostic,
    explain: bool,
    secrets: &[Range<usize>],
    color: bool,
) -> io::Result<usize> {
    let (title, reason) = if color { title_and_reason(&found.message, source, found.span) } else { ("", "") };
    let labels = &found.labels[..found.labels.len().min(MAX_LABELS)];
    let spans: Vec<_> = std::iter::once(found.span).chain(labels.iter().map(|label| label.span)).collect();
    let (excerpt, shown) = Excerpt::new(source, &spans, secrets);
    let mut messages = std::iter::once(reason).chain(labels.iter().map(|label| &*label.message));
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

    let width = excerpt.last_line().to_string().len();
    let notes = notes(found, explain, color.then_some(width + 3));
    let block = block(found, color.then_some(title));
    emit(out, &excerpt, &block.with_labels(labels).with_notes(notes))?;
    Ok(width)
}

pub(super) fn emit(out: &mut Buffer, excerpt: &Excerpt, block: &Block<()>) -> io::Result<()> {
    emit_to_write_style(out, &Config::default(), excerpt, block).map_err(|error| match error {
        Error::Io(error) => error,
        other => io::Error::other(other.to_string()),
    })
}

/// The fix's title and diff, aligned with the block above.
fn write_fix(
    out: &mut Buffer,
    source: &Source,
    fix: &Fix,
    diff: Option<&FixDiff>,
    width: usize,
    secrets: &[Range<usize>],
    color: bool,
) -> io::Result<()> {
    let name = match fix.safety {
        Safety::Safe => "fix",
        Safety::Unsafe => "unsafe fix",
        Safety::Display if fix.when_verified => "fix to verify",
        Safety::Display => "suggestion",
    };
    border(out, "", width, "=")?;
    let (left, indent) = (width + 3, name.len() + 2);
    let title = visible(&fix.title);
    let title = if color { wrap(&title, left + indent, 0, left + indent) } else { title.into_owned() };
    writeln!(out, " {name}: {title}")?;
    let Some(diff) = diff else { return Ok(()) };
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
