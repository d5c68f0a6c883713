//! HTML pages that depend on nothing else: no script from elsewhere, no font, no network.
//!
//! The markup is in `templates/`; this file prepares the values. [`PageEscaper`] escapes every one of them.

mod class;
mod review;
mod student;

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};

use askama::Template;
use askama::filters::{Escaper, Html};

pub use class::{class_page, class_review_page};
pub use review::ReviewForm;
pub use student::{student_page, student_review_page};

use crate::grade::Points;
use crate::grade::language::Language;
use crate::grade::sheet::MarkStatus;
use crate::text::escape::substitute;

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

/// A line of a diff, of output, or of a Dockerfile.
struct CodeLine<'a> {
    text: &'a str,
    class: Option<&'static str>,
}

/// The phrases of a page.
#[derive(Clone, Copy)]
struct Phrases(Language);

impl Phrases {
    fn say(&self, phrase: &'static str) -> &'static str {
        self.0.say(phrase)
    }

    /// `12 of 15`.
    fn points(&self, points: Points, max: Points) -> String {
        self.0.fill("{} of {}", &[&points.to_string(), &max.to_string()])
    }

    fn code(&self) -> &'static str {
        self.0.code()
    }
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

/// Writing to memory cannot fail, and neither can a template without fallible expressions.
fn render(page: &impl Template) -> String {
    let mut html = page.render().unwrap_or_default();
    html.push('\n');
    html
}

/// The same for a page that may be long.
fn write(page: &impl Template, out: &mut dyn Write) -> io::Result<()> {
    Template::write_into(page, out)?;
    out.write_all(b"\n")
}
