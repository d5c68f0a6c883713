//! How files are formatted.

use serde::Deserialize;

/// How a file is formatted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatOptions {
    /// Of continued lines.
    pub indent: Indent,
    /// Columns; longer lines are broken where that is possible.
    pub line_length: usize,
    /// Where a line is broken at `&&` or `||`.
    pub operators: Operators,
    pub keyword_case: KeywordCase,
    /// The most blank lines in a row.
    pub blank_lines: usize,
    /// Aligns the further pairs of ENV, LABEL and ARG with the first one.
    pub align_pairs: bool,
}

impl Default for FormatOptions {
    fn default() -> Self {
        Self {
            indent: Indent { style: IndentStyle::Space, width: 4 },
            line_length: 100,
            operators: Operators::Keep,
            keyword_case: KeywordCase::Upper,
            blank_lines: 1,
            align_pairs: false,
        }
    }
}

/// Where a line is broken at `&&` or `||`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operators {
    /// The operator starts the next line.
    First,
    /// The operator ends the line.
    Last,
    /// Each operator stays on its side of the line break.
    #[default]
    Keep,
}

/// How keywords are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeywordCase {
    #[default]
    Upper,
    Lower,
    Keep,
}

/// One level of indentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Indent {
    pub style: IndentStyle,
    /// Columns.
    pub width: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IndentStyle {
    #[default]
    Space,
    Tab,
}

impl Indent {
    /// How many columns a level takes.
    pub(super) fn columns(self, level: usize) -> usize {
        level * self.width
    }

    pub(super) fn write(self, level: usize, out: &mut String) {
        match self.style {
            IndentStyle::Space => out.extend(std::iter::repeat_n(' ', self.columns(level))),
            IndentStyle::Tab => out.extend(std::iter::repeat_n('\t', level)),
        }
    }
}

/// The settings of `[format]` in `plimsoll.toml`; what is not set there may be set elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct FormatSettings {
    pub indent_style: Option<IndentStyle>,
    pub indent_width: Option<u8>,
    pub line_length: Option<u16>,
    pub operators: Option<Operators>,
    pub keyword_case: Option<KeywordCase>,
    pub blank_lines: Option<u8>,
    pub align_pairs: Option<bool>,
}

impl FormatSettings {
    /// These settings where they are set, else those of `base`.
    #[must_use]
    pub fn merge(self, base: Self) -> Self {
        Self {
            indent_style: self.indent_style.or(base.indent_style),
            indent_width: self.indent_width.or(base.indent_width),
            line_length: self.line_length.or(base.line_length),
            operators: self.operators.or(base.operators),
            keyword_case: self.keyword_case.or(base.keyword_case),
            blank_lines: self.blank_lines.or(base.blank_lines),
            align_pairs: self.align_pairs.or(base.align_pairs),
        }
    }

    /// These settings where they are set, else the defaults.
    pub fn options(&self) -> FormatOptions {
        let default = FormatOptions::default();
        FormatOptions {
            indent: Indent {
                style: self.indent_style.unwrap_or(default.indent.style),
                width: self.indent_width.map_or(default.indent.width, |width| usize::from(width.clamp(1, 16))),
            },
            line_length: self.line_length.map_or(default.line_length, |length| usize::from(length.max(40))),
            operators: self.operators.unwrap_or(default.operators),
            keyword_case: self.keyword_case.unwrap_or(default.keyword_case),
            blank_lines: self.blank_lines.map_or(default.blank_lines, usize::from),
            align_pairs: self.align_pairs.unwrap_or(default.align_pairs),
        }
    }
}
