//! What is wrong with a weighed image, as findings at the lines of its Dockerfile; and what lint's findings weigh.

use std::collections::BTreeMap;

use super::weight::Writable;
use super::{Budget, Package, WasteKind, Weight};
use crate::finding::{Diagnostic, Entry, Level};
use crate::knowledge::image_files::{self, Needless};
use crate::knowledge::managers::Leftover;
use crate::rules;
use crate::text::{Source, Span};
use crate::text::units::Size;

/// A finding with the bytes that it is about; 0 if it is not about bytes.
pub struct Measured {
    pub bytes: u64,
    pub finding: Diagnostic,
    /// What it is about, at a line: an index of [`Weight::lines`].
    subjects: Vec<(usize, Subject)>,
}

/// Bytes of a line that both lint and the image have a word for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Subject {
    Cache(Leftover),
    Waste(WasteKind),
    Needless(Needless),
}

impl Measured {
    /// Whether this finding of lint says all that `other` says, which is about the same bytes.
    pub fn covers(&self, other: &Self) -> bool {
        let is_here = |subject| self.subjects.contains(subject);
        !other.subjects.is_empty() && other.subjects.iter().all(is_here) && self.finding.level >= other.finding.level
    }
}

/// Bytes below which nothing is said.
const WORTH_A_NOTE: u64 = 100_000;

/// Bytes from which on a waste is a warning.
const WORTH_A_WARNING: u64 = 1_000_000;

/// Findings of one rule at a line that are shown one by one.
const MOST_AT_A_LINE: usize = 10;

/// Everything that is to be reported of an image, at the levels that rules have by themselves.
pub fn findings(weight: &Weight, budget: &Budget) -> Vec<Measured> {
    let mut findings = Collector { weight, found: Vec::new() };
    findings.wastes();
    findings.caches();
    findings.needless();
    findings.secrets();
    findings.modes();
    for (line, message) in &weight.accounts {
        findings.add("weak-account", *line, 0, message.clone());
    }
    for message in &weight.start {
        findings.add("unstartable-program", weight.start_line, 0, message.clone());
    }
    for excess in budget.excesses(weight) {
        findings.add("exceeded-budget", excess.line, weight.bytes, excess.message);
    }
    findings.found
}

struct Collector<'w> {
    weight: &'w Weight,
    found: Vec<Measured>,
}

fn entry(name: &str) -> Option<&'static Entry> {
    rules::ALL.iter().find(|entry| entry.meta.name == name)
}

impl Collector<'_> {
    fn span(&self, line: usize) -> Span {
        let span = self.weight.lines.get(line).and_then(|line| line.origin.span);
        span.unwrap_or_else(|| Span::new(0, 0))
    }

    fn add(&mut self, rule: &str, line: usize, bytes: u64, message: String) -> Option<&mut Diagnostic> {
        let meta = &entry(rule)?.meta;
        let finding = Diagnostic::new(meta, meta.level, self.span(line), message);
        self.found.push(Measured { bytes, finding, subjects: Vec::new() });
        self.found.last_mut().map(|measured| &mut measured.finding)
    }

    /// Records what the last finding is about.
    fn about(&mut self, line: usize, subject: Subject) {
        if let Some(last) = self.found.last_mut() {
            last.subjects.push((line, subject));
        }
    }

    fn wastes(&mut self) {
        let weight = self.weight;
        for waste in weight.wastes.iter().filter(|waste| waste.bytes >= WORTH_A_NOTE) {
            let size = Size(waste.bytes);
            let path = waste.largest.first().map_or("", |(_, path)| path.as_str());
            let what = match waste.files {
                1 => format!("`/{path}`"),
                files => format!("{files} files (such as `/{path}`)"),
            };
            let (message, help) = match waste.kind {
                WasteKind::Updated => continue,
                WasteKind::Deleted => (
                    format!("deletes {what}, but {size} remain in a layer below"),
                    "delete it in the instruction that adds it, or mount it or copy it from another stage",
                ),
                WasteKind::Overwritten => {
                    (format!("overwrites {what} and wastes {size}"), "write the final version in one instruction")
                }
                WasteKind::Reowned => (
                    format!("repeats {what} with another owner or mode: {size}"),
                    "set the owner and the mode when you add the files, for example with `COPY --chown`",
                ),
                WasteKind::Rewritten => {
                    (format!("writes {what} again without changing the contents: {size}"), "add the file in only one instruction")
                }
                WasteKind::Duplicated => (
                    format!("adds contents that the image already has: {what}, {size}"),
                    "add the file once and link to it",
                ),
            };
            let is_note = waste.bytes < WORTH_A_WARNING || waste.kind == WasteKind::Duplicated && waste.by == waste.from;
            let (from, is_same) = (self.span(waste.from), waste.by == waste.from);
            let Some(found) = self.add("wasted-bytes", waste.by, waste.bytes, message) else { continue };
            found.help(help);
            if !is_same {
                found.label(from, "added here");
            }
            if is_note {
                found.at_most(Level::Note);
            }
            self.about(waste.by, Subject::Waste(waste.kind));
        }
    }

    fn caches(&mut self) {
        let weight = self.weight;
        for (index, line) in weight.lines.iter().enumerate() {
            let mut left: Vec<_> = line.leftovers.iter().filter(|(_, (bytes, _))| *bytes >= WORTH_A_NOTE).collect();
            left.sort_by(|a, b| b.1.cmp(a.1));
            for (leftover, (bytes, folder)) in left {
                let message = format!("leaves a cache of {} in the image: `{folder}`", Size(*bytes));
                if let Some(found) = self.add("cache-in-layer", index, *bytes, message) {
                    found.help("use a cache mount, or delete the cache in the same instruction");
                }
                self.about(index, Subject::Cache(*leftover));
            }
        }
    }

    fn needless(&mut self) {
        let weight = self.weight;
        for (index, line) in weight.lines.iter().enumerate() {
            for (kind, (bytes, folder)) in &line.needless {
                let is_git = *kind == Needless::Git;
                if *bytes < WORTH_A_WARNING && !is_git {
                    continue;
                }
                let message = format!("adds {} of {}: `{folder}`", Size(*bytes), kind.as_str());
                let Some(found) = self.add("needless-files", index, *bytes, message) else { continue };
                if is_git {
                    found.help("list `.git` in `.dockerignore`");
                } else {
                    found.help("omit them, or copy only the files that the program needs from a build stage");
                    found.at_most(Level::Note);
                }
                self.about(index, Subject::Needless(*kind));
            }
        }
    }

    fn secrets(&mut self) {
        let weight = self.weight;
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for secret in &weight.secrets {
            let count = counts.entry(secret.line).or_default();
            *count += 1;
            if *count > MOST_AT_A_LINE {
                continue;
            }
            let path = &secret.path;
            let gone = secret.gone.map(|line| self.span(line));
            let still = if gone.is_some() { ", which remains in the layer even though it is deleted later" } else { "" };
            let message = format!("a {} (`{}`) is in `/{path}`{still}", secret.kind, secret.masked);
            let Some(found) = self.add("secret-in-layer", secret.line, 0, message) else { continue };
            found.help("revoke it, and use `RUN --mount=type=secret`");
            if let Some(span) = gone {
                found.label(span, "deleted or overwritten here");
            }
            if image_files::is_sample(path) {
                found.at_most(Level::Note);
            } else if secret.maybe {
                found.at_most(Level::Warn);
            }
        }
    }

    fn modes(&mut self) {
        let weight = self.weight;
        for (line, files) in &weight.setuid {
            for file in files {
                let group = if file.mode & 0o4000 == 0 { "setgid" } else { "setuid" };
                let message = format!("`/{}` is {group}: it runs with its owner's rights", file.path);
                let Some(found) = self.add("setuid-file", *line, 0, message) else { continue };
                found.help("remove the bit with `chmod ug-s` in the same instruction");
                // Packages have their reasons.
                if !file.was_there && image_files::is_system_program(&file.path) {
                    found.at_most(Level::Note);
                }
            }
        }
        for (line, Writable { files, first }) in &weight.writable {
            let message = match files {
                1 => format!("`/{first}` is writable by anyone"),
                count => format!("{count} files are writable by anyone, such as `/{first}`"),
            };
            if let Some(found) = self.add("open-permissions", *line, 0, message) {
                found.help("change the owner to the account that writes the files, and remove write permission for others");
            }
        }
    }
}

/// What a rule of lint predicts.
enum Prediction {
    Caches(&'static [Leftover]),
    Wastes(&'static [WasteKind]),
    Needless(&'static [Needless]),
    /// The packages that the finding names.
    Packages,
}

fn prediction(rule: &str) -> Option<Prediction> {
    use Prediction::{Caches, Packages, Wastes};
    Some(match rule {
        "apt-lists-left" => Caches(&[Leftover::AptLists, Leftover::AptArchives]),
        "apk-cache-left" => Caches(&[Leftover::Apk]),
        "dnf-cache-left" | "yum-cache-left" => Caches(&[Leftover::Dnf, Leftover::Yum]),
        "zypper-cache-left" => Caches(&[Leftover::Zypper]),
        "pip-cache-left" => Caches(&[Leftover::Pip]),
        "conda-cache-left" => Caches(&[Leftover::Conda]),
        "npm-cache-left" => Caches(&[Leftover::Npm]),
        "yarn-cache-left" => Caches(&[Leftover::Yarn]),
        "gem-cache-left" => Caches(&[Leftover::Gem]),
        "late-removal" => Wastes(&[WasteKind::Deleted]),
        "lone-chown" | "late-chown" | "lone-chmod" => Wastes(&[WasteKind::Reowned]),
        "gem-documentation" => Prediction::Needless(&[Needless::Documentation]),
        "build-tools-left" => Prediction::Needless(&[Needless::Compilers, Needless::StaticLibraries]),
        "needless-package" => Packages,
        _ => return None,
    })
}

/// The installed bytes of the packages that a finding names and a line installs. The names may have versions.
fn of_packages(weight: &Weight, line: usize, finding: &Diagnostic, source: &Source) -> u64 {
    let spans = finding.labels.iter().map(|label| label.span).chain([finding.span]);
    let names: Vec<&str> = spans.map(|span| source.slice(span).split(['=', '~', '<', '>', '@', ':', '/']).next().unwrap_or_default()).collect();
    let is_named = |package: &&Package| package.line == line && names.contains(&package.name.as_str());
    weight.packages.iter().filter(is_named).map(|package| package.bytes).sum()
}

/// Adds the measured bytes to findings of lint; those that are not about bytes are left out. The second list has those
/// that the image does not bear out.
pub fn measure(weight: &Weight, source: &Source, findings: Vec<Diagnostic>) -> (Vec<Measured>, Vec<Diagnostic>) {
    let (mut measured, mut refuted) = (Vec::new(), Vec::new());
    for mut finding in findings {
        let Some(prediction) = prediction(finding.rule.name) else { continue };
        let is_here = |span: Option<Span>| {
            span.is_some_and(|span| span.start() <= finding.span.start() && finding.span.end() <= span.end())
        };
        // A finding in a stage that is not part of the image cannot be measured in it.
        let Some(line) = weight.lines.iter().position(|line| is_here(line.origin.span)) else { continue };
        let subjects: Vec<Subject> = match prediction {
            Prediction::Caches(leftovers) => leftovers.iter().copied().map(Subject::Cache).collect(),
            Prediction::Wastes(kinds) => kinds.iter().copied().map(Subject::Waste).collect(),
            Prediction::Needless(kinds) => kinds.iter().copied().map(Subject::Needless).collect(),
            Prediction::Packages => Vec::new(),
        };
        let bytes = match prediction {
            Prediction::Caches(leftovers) => {
                // Those as well that a later layer deletes.
                leftovers.iter().filter_map(|leftover| weight.lines[line].leftovers_added.get(leftover)).sum()
            }
            Prediction::Wastes(kinds) => {
                let own = weight.wastes.iter().filter(|waste| waste.by == line && kinds.contains(&waste.kind));
                own.map(|waste| waste.bytes).sum()
            }
            Prediction::Needless(kinds) => {
                let of = |kind| weight.lines[line].needless.get(kind).map_or(0, |(bytes, _)| *bytes);
                kinds.iter().map(of).sum()
            }
            Prediction::Packages => of_packages(weight, line, &finding, source),
        };
        if bytes == 0 {
            refuted.push(finding);
        } else {
            finding.message = format!("{} (wastes {} in this layer)", finding.message, Size(bytes)).into();
            let subjects = subjects.into_iter().map(|subject| (line, subject)).collect();
            measured.push(Measured { bytes, finding, subjects });
        }
    }
    (measured, refuted)
}

/// The instructions that give other files in a second build; times are not compared.
pub fn differences(first: &Weight, second: &Weight) -> Vec<Measured> {
    let mut findings = Collector { weight: first, found: Vec::new() };
    for (index, (one, other)) in first.lines.iter().zip(&second.lines).enumerate() {
        if one.digest != other.digest && !one.origin.is_base {
            let message = "a second build produces different files in this step".to_owned();
            if let Some(found) = findings.add("varying-layer", index, one.added, message) {
                found.help("pin the downloads, and remove files that depend on the time, such as logs");
            }
        }
    }
    findings.found
}
