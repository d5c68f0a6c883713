//! How hadolint is set up: its configuration, its environment variables, its command line.

use std::collections::BTreeMap;

use super::Severity;
use crate::knowledge::labels::Form;

/// From which severity on a finding fails a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threshold {
    At(Severity),
    /// Any finding fails.
    Any,
}

impl Default for Threshold {
    fn default() -> Self {
        Threshold::At(Severity::Info)
    }
}

impl Threshold {
    pub fn reached(self, severity: Severity) -> bool {
        match self {
            Threshold::At(least) => severity >= least,
            Threshold::Any => true,
        }
    }

    /// `error`, `warning`, `info`, `style`, `ignore`, `none`.
    pub fn of(text: &str) -> Option<Self> {
        match text {
            "ignore" | "none" => Some(Threshold::Any),
            _ => Severity::of(text).map(Threshold::At),
        }
    }
}

/// All settings; the defaults are hadolint's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    pub ignored: Vec<String>,
    /// Severities by code; if a code has several, the first of error, warning, info, style counts.
    pub overrides: Vec<(String, Severity)>,
    pub trusted_registries: Vec<String>,
    pub labels: BTreeMap<String, Form>,
    pub strict_labels: bool,
    pub disable_ignore_pragma: bool,
    pub threshold: Threshold,
    pub no_fail: bool,
}

/// What one place sets: lists of several places add up, of other settings the last one counts.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    pub ignored: Vec<String>,
    pub overrides: Vec<(String, Severity)>,
    pub trusted_registries: Vec<String>,
    pub labels: BTreeMap<String, Form>,
    pub strict_labels: Option<bool>,
    pub disable_ignore_pragma: Option<bool>,
    pub threshold: Option<Threshold>,
    pub no_fail: Option<bool>,
    /// Names of report formats.
    pub formats: Vec<String>,
    pub no_color: Option<bool>,
}

impl Setup {
    /// This with what `over` sets.
    pub fn with(mut self, over: Setup) -> Self {
        self.ignored.extend(over.ignored);
        self.overrides.extend(over.overrides);
        self.trusted_registries.extend(over.trusted_registries);
        self.labels.extend(over.labels);
        self.strict_labels = over.strict_labels.or(self.strict_labels);
        self.disable_ignore_pragma = over.disable_ignore_pragma.or(self.disable_ignore_pragma);
        self.threshold = over.threshold.or(self.threshold);
        self.no_fail = over.no_fail.or(self.no_fail);
        self.formats.extend(over.formats);
        self.no_color = over.no_color.or(self.no_color);
        self
    }

    pub fn options(&self) -> Options {
        let mut overrides = self.overrides.clone();
        overrides.sort_by_key(|(_, severity)| std::cmp::Reverse(*severity));
        Options {
            ignored: self.ignored.clone(),
            overrides,
            trusted_registries: self.trusted_registries.clone(),
            labels: self.labels.clone(),
            strict_labels: self.strict_labels.unwrap_or(false),
            disable_ignore_pragma: self.disable_ignore_pragma.unwrap_or(false),
            threshold: self.threshold.unwrap_or_default(),
            no_fail: self.no_fail.unwrap_or(false),
        }
    }
}

impl Options {
    /// The severity of a code; `Ignore` if it is not to be reported.
    pub fn severity(&self, code: &str, own: Severity) -> Severity {
        if self.ignored.iter().any(|ignored| ignored == code) {
            return Severity::Ignore;
        }
        self.overrides.iter().find(|(name, _)| name == code).map_or(own, |(_, severity)| *severity)
    }
}
