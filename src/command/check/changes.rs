//! `--changed-since`: which lines of which files have changed, as git says.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use crate::command::Stop;
use crate::command::inputs::Input;
use crate::finding::Diagnostic;
use crate::process::{Argv, Bounds, run};
use crate::report::FileReport;
use crate::text::diff::stretches;
use crate::text::{Problem, Source};

/// Limits of a run of git.
const BOUNDS: Bounds = Bounds { keep: 256 << 20, ..Bounds::seconds(120) };

/// What has changed since a revision. Paths are without links.
pub(super) struct Changes {
    /// Lines that were added or changed, counted from 1.
    lines: HashMap<PathBuf, Vec<RangeInclusive<usize>>>,
    /// Files that git does not track.
    untracked: HashSet<PathBuf>,
}

impl Changes {
    /// Asks git for the changes between the merge base of `revision` and `HEAD`, and the working tree.
    ///
    /// # Errors
    /// When there is no git, no repository here, or no such revision.
    pub(super) fn since(revision: &str) -> Result<Self, Stop> {
        if revision.is_empty() || revision.starts_with('-') {
            let problem = Problem::error(format!("`--changed-since`: `{revision}` is not a revision"));
            return Err(problem.help("use a branch, a tag or a commit, such as `origin/main`").into());
        }
        let top = git(&["rev-parse", "--show-toplevel"], None)?;
        let top = Path::new(top.trim_end_matches(['\n', '\r'])).to_path_buf();
        let commit = git(&["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")], Some(revision))?;
        let base = git(&["merge-base", commit.trim(), "HEAD"], Some(revision))?;
        let diff = git(
            // Options against settings of the user's that change what a diff looks like.
            &[
                "-c",
                "core.quotePath=false",
                "diff",
                "--unified=0",
                "--no-color",
                "--no-ext-diff",
                "--no-renames",
                "--no-textconv",
                "--src-prefix=a/",
                "--dst-prefix=b/",
                base.trim(),
                "--",
            ],
            None,
        )?;
        let root = top.display().to_string();
        let untracked = git(&["-C", &root, "ls-files", "--others", "--exclude-standard", "-z"], None)?;
        let untracked = untracked.split('\0').filter(|name| !name.is_empty()).map(|name| real(&top.join(name)));
        Ok(Self { lines: lines(&diff, &top), untracked: untracked.collect() })
    }

    /// Whether anything in a file has changed. Standard input has no history: it counts as changed.
    pub(super) fn has(&self, input: &Input) -> bool {
        let Some(path) = &input.path else { return true };
        let path = real(path);
        self.untracked.contains(&path) || self.lines.contains_key(&path)
    }

    /// Removes findings on lines that have not changed.
    pub(super) fn limit(&self, input: &Input, report: &mut FileReport) {
        let Some(path) = input.path.as_deref().map(real) else { return };
        if self.untracked.contains(&path) {
            return;
        }
        let changed = self.lines.get(&path).map_or(&[][..], Vec::as_slice);
        let source = &report.source;
        report.diagnostics.retain(|found| is_in(changed, found, source));
    }

    /// Leaves only the fixes of findings on changed lines. `source` is what fixes have made so far of `original`, which is
    /// the file on disk.
    pub(super) fn limit_fixes(&self, input: &Input, original: &Source, source: &Source, found: &mut [Diagnostic]) {
        let Some(path) = input.path.as_deref().map(real) else { return };
        if self.untracked.contains(&path) {
            return;
        }
        let changed = self.lines.get(&path).map_or(&[][..], Vec::as_slice);
        let changed = moved(changed, original, source);
        for found in found.iter_mut().filter(|found| !is_in(&changed, found, source)) {
            found.fix = None;
        }
    }
}

fn is_in(changed: &[RangeInclusive<usize>], found: &Diagnostic, source: &Source) -> bool {
    let first = source.line_index(found.span.start()) + 1;
    let last = source.line_index(found.span.end().max(found.span.start() + 1) - 1) + 1;
    changed.iter().any(|lines| *lines.start() <= last && first <= *lines.end())
}

/// Where changed lines of `original` are in `source`, with the lines in which the two differ.
fn moved(changed: &[RangeInclusive<usize>], original: &Source, source: &Source) -> Vec<RangeInclusive<usize>> {
    if original.bytes() == source.bytes() {
        return changed.to_vec();
    }
    let (old, new) = (original.text().split('\n').collect::<Vec<_>>(), source.text().split('\n').collect::<Vec<_>>());
    let mut found = Vec::new();
    for stretch in stretches(&old, &new) {
        let (old, new) = (stretch.old, stretch.new);
        if !stretch.is_same {
            found.push(new.start + 1..=new.end);
            continue;
        }
        for lines in changed {
            let (first, last) = ((*lines.start()).max(old.start + 1), (*lines.end()).min(old.end));
            if first <= last {
                found.push(first - old.start + new.start..=last - old.start + new.start);
            }
        }
    }
    found
}

fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}

/// What git prints.
fn git(args: &[&str], revision: Option<&str>) -> Result<String, Stop> {
    let here = std::env::current_dir().map_err(|error| Problem::error(format!("no working directory: {error}")))?;
    let argv = Argv::new("git")
        .opt("-C", here.display().to_string())
        .args(args.iter().copied())
        .env("LC_ALL", "C")
        .env("GIT_OPTIONAL_LOCKS", "0");
    let output = run(&argv, None, BOUNDS)
        .map_err(|error| Problem::error(format!("`--changed-since` requires Git: {error}")).help("install Git"))?;
    if output.ended.ok() && output.stdout.cut() == 0 {
        return Ok(output.stdout.text());
    }
    let said = output.stderr.text();
    let said = said.lines().next().unwrap_or("no output").trim_start_matches("fatal: ").to_owned();
    let problem = match revision {
        Some(revision) => Problem::error(format!("`--changed-since`: no common history with `{revision}`"))
            .help("in a shallow clone, fetch the revision and its history first"),
        None => Problem::error(format!("`--changed-since`: git failed: {said}")),
    };
    Err(problem.into())
}

/// The added lines of each file of a diff without context.
fn lines(diff: &str, top: &Path) -> HashMap<PathBuf, Vec<RangeInclusive<usize>>> {
    let mut files: HashMap<PathBuf, Vec<RangeInclusive<usize>>> = HashMap::new();
    let mut current: Option<PathBuf> = None;
    // Lines of a hunk that are still to come: they may look like headers.
    let mut left = 0usize;
    for line in diff.split('\n') {
        if left > 0 && line.starts_with(['+', '-']) {
            left -= 1;
        } else if let Some(name) = line.strip_prefix("+++ ") {
            current = path(name).map(|name| real(&top.join(name)));
        } else if let Some((old, new)) = line.strip_prefix("@@ -").and_then(hunk) {
            left = old.1 + new.1;
            let Some(path) = &current else { continue };
            let ranges = files.entry(path.clone()).or_default();
            if new.1 > 0 {
                ranges.push(new.0..=new.0 + new.1 - 1);
            }
        }
    }
    files
}

/// `b/name`, perhaps in quotes; `None` for a deleted file.
fn path(name: &str) -> Option<String> {
    let name = name.trim_end_matches(['\t', '\r']);
    match name.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
        Some(quoted) => unquoted(quoted).strip_prefix("b/").map(str::to_owned),
        None => name.strip_prefix("b/").map(str::to_owned),
    }
}

/// A name without the escapes of C that git writes.
fn unquoted(name: &str) -> String {
    let mut text = String::new();
    let mut chars = name.chars();
    while let Some(char) = chars.next() {
        match (char, char == '\\') {
            (_, true) => text.push(match chars.next() {
                Some('t') => '\t',
                Some('n') => '\n',
                Some(other) => other,
                None => break,
            }),
            (char, false) => text.push(char),
        }
    }
    text
}

/// A first line and how many.
type Lines = (usize, usize);

/// `3,2 +4,5 @@ …`: the lines before and after.
fn hunk(text: &str) -> Option<(Lines, Lines)> {
    let (old, rest) = text.split_once(" +")?;
    let (new, _) = rest.split_once(" @@")?;
    let numbers = |text: &str| {
        let (first, count) = text.split_once(',').unwrap_or((text, "1"));
        Some((first.parse().ok()?, count.parse().ok()?))
    };
    Some((numbers(old)?, numbers(new)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn added_lines_are_read() {
        let diff = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -3 +3,2 @@ FROM\n-a\n+++ b/not-a-file\n+b\n@@ -9,2 +10,0 @@\n-c\n-d\n\
                    diff --git a/y b/y\ndeleted file mode 100644\n--- a/y\n+++ /dev/null\n@@ -1 +0,0 @@\n-e\n\
                    diff --git a/z b/z\n--- /dev/null\n+++ \"b/z \\\"q\"\n@@ -0,0 +1 @@\n+f\n";
        let found = lines(diff, Path::new("/none"));
        let mut found: Vec<_> = found.into_iter().collect();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        let expected = [("/none/x", vec![3..=4]), ("/none/z \"q", vec![1..=1])];
        let expected: Vec<_> = expected.into_iter().map(|(path, lines)| (PathBuf::from(path), lines)).collect();
        assert_eq!(found, expected);
    }
}
