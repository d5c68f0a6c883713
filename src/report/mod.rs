//! What a run found, and its formats: one file per format, all from one [`Report`].
//!
//! A format is a pure function from a report to bytes: the same report gives the same bytes. All text in a report is untrusted;
//! each format escapes it with [`crate::text::escape`]. The values of secrets are masked in everything that people read; a fix,
//! and a diff for `git apply`, are not changed.

pub mod baseline;
mod checkstyle;
mod concise;
mod diff;
mod excerpt;
mod fingerprint;
mod fixes;
mod full;
mod github;
mod gitlab;
pub mod hadolint;
mod json;
mod junit;
mod markdown;
mod overview;
mod position;
mod problem;
mod rdjson;
mod redact;
mod sarif;
mod statistics;
mod summary;
mod terminal;
mod unified_diff;
mod wrap;
pub(crate) mod xml;

use std::io::{self, Write};
use std::sync::Arc;

use crate::finding::Meta;
use crate::finding::Safety;
use crate::finding::{Diagnostic, Level};
use crate::shellcheck;
use crate::text::{Source, Variants};

pub use fingerprint::Fingerprints;
pub use fixes::write_fixes;
#[cfg(feature = "internals")]
pub use json::derived_schema;
pub use overview::{OVERVIEW_FROM, write_overview};
pub use problem::write_problems;
pub(crate) use redact::mask;
pub use statistics::{write_statistics, write_statistics_json};
pub use summary::{Counts, FixCounts, fix_summary, summary};
pub use terminal::for_terminal;
pub use unified_diff::{Change, write_diff};

/// What a run found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// In the order in which they are reported.
    pub files: Vec<FileReport>,
    /// The least safe kind of fix that was applied; `None` if fixes were not requested.
    pub applied: Option<Safety>,
}

/// What a run found in one file.
#[derive(Clone, Debug)]
pub struct FileReport {
    pub source: Arc<Source>,
    /// In file order; their spans lie in `source`.
    pub diagnostics: Vec<Diagnostic>,
    /// Why the file could not be read or fixed: one sentence, lower case, no full stop.
    pub error: Option<String>,
    /// How many findings were fixed, and are therefore not in `diagnostics`.
    pub fixed: usize,
}

impl FileReport {
    /// Masks secrets in the texts of the findings.
    pub fn new(source: Arc<Source>, mut diagnostics: Vec<Diagnostic>) -> Self {
        diagnostics.iter_mut().for_each(redact::mask_finding);
        Self { source, diagnostics, error: None, fixed: 0 }
    }

    /// A file that could not be read.
    pub fn unreadable(name: impl Into<String>, error: impl Into<String>) -> Self {
        Self { error: Some(error.into()), ..Self::new(Arc::new(Source::new(name, "")), Vec::new()) }
    }
}

impl Report {
    /// Every finding, with its file.
    pub fn findings(&self) -> impl Iterator<Item = (&FileReport, &Diagnostic)> {
        self.files.iter().flat_map(|file| file.diagnostics.iter().map(move |diagnostic| (file, diagnostic)))
    }

    pub fn counts(&self) -> Counts {
        Counts::of(self)
    }
}

/// The format of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// For people: the excerpt, help and the fix.
    Full,
    /// For people and `grep`: one line per finding.
    Concise,
    /// One versioned JSON document.
    Json,
    /// JSON Lines: one finding per line.
    Jsonl,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// GitHub Actions annotations.
    Github,
    /// GitLab Code Quality.
    Gitlab,
    /// JUnit XML.
    Junit,
    /// Checkstyle XML.
    Checkstyle,
    /// Reviewdog Diagnostic Format.
    Rdjson,
    /// A Markdown table.
    Markdown,
}

impl Format {
    /// Whether it shows what fixes would change.
    pub fn shows_fixes(self) -> bool {
        matches!(self, Format::Full | Format::Json | Format::Jsonl | Format::Sarif | Format::Rdjson)
    }

    /// Whether its reader looks for files in a repository, not in the working directory.
    pub fn is_for_repositories(self) -> bool {
        matches!(self, Format::Sarif | Format::Github | Format::Gitlab)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Format::Full => "full",
            Format::Concise => "concise",
            Format::Json => "json",
            Format::Jsonl => "jsonl",
            Format::Sarif => "sarif",
            Format::Github => "github",
            Format::Gitlab => "gitlab",
            Format::Junit => "junit",
            Format::Checkstyle => "checkstyle",
            Format::Rdjson => "rdjson",
            Format::Markdown => "markdown",
        }
    }
}

impl Variants for Format {
    const ALL: &'static [Self] = &[
        Self::Full,
        Self::Concise,
        Self::Json,
        Self::Jsonl,
        Self::Sarif,
        Self::Github,
        Self::Gitlab,
        Self::Junit,
        Self::Checkstyle,
        Self::Rdjson,
        Self::Markdown,
    ];

    fn as_str(self) -> &'static str {
        Format::as_str(self)
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::from_name(text).ok_or_else(|| format!("expected one of: {}", Self::list()))
    }
}

/// Writes the whole report. `color` matters only to the formats for people.
pub fn write(format: Format, report: &Report, out: &mut dyn Write, color: bool) -> io::Result<()> {
    let mut out = Buffer { bytes: Vec::with_capacity(2 * Buffer::FLUSH_SIZE), out };
    match format {
        Format::Full => full::write(report, &mut out, color)?,
        Format::Concise => concise::write(report, &mut out, color)?,
        Format::Json => json::write(report, &mut out)?,
        Format::Jsonl => json::write_lines(report, &mut out)?,
        Format::Sarif => sarif::write(report, &mut out)?,
        Format::Github => github::write(report, &mut out)?,
        Format::Gitlab => gitlab::write(report, &mut out)?,
        Format::Junit => junit::write(report, &mut out)?,
        Format::Checkstyle => checkstyle::write(report, &mut out)?,
        Format::Rdjson => rdjson::write(report, &mut out)?,
        Format::Markdown => markdown::write(report, &mut out)?,
    }
    out.flush()
}

/// A buffer whose writes are inlined, unlike those of [`io::BufWriter`]: a document consists of thousands of small writes.
struct Buffer<'a> {
    bytes: Vec<u8>,
    out: &'a mut dyn Write,
}

impl Buffer<'_> {
    /// The size at which it is flushed, in bytes.
    const FLUSH_SIZE: usize = 64 << 10;

    fn flush_bytes(&mut self) -> io::Result<()> {
        self.out.write_all(&self.bytes)?;
        self.bytes.clear();
        Ok(())
    }
}

impl Write for Buffer<'_> {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.bytes.extend_from_slice(bytes);
        if self.bytes.len() < Self::FLUSH_SIZE { Ok(()) } else { self.flush_bytes() }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.flush_bytes()?;
        self.out.flush()
    }
}

/// A level as a word, for text that people read.
fn level_word(level: Level) -> &'static str {
    match level {
        Level::Warn => "warning",
        other => other.as_str(),
    }
}

const TOOL: &str = "plimsoll";
const TOOL_VERSION: &str = env!("CARGO_PKG_VERSION");

/// The project's URL, if the package has one.
fn tool_url() -> Option<&'static str> {
    Some(env!("CARGO_PKG_REPOSITORY")).filter(|url| !url.is_empty())
}

/// The URL of the rule's page.
pub fn rule_url(entry: &Meta) -> Option<String> {
    let own = || tool_url().map(|url| format!("{url}/blob/main/rules/{}/{}.md", entry.practice, entry.name));
    shellcheck::url(entry).or_else(own)
}
