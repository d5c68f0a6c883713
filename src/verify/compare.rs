//! Before and after, side by side.

use serde::Serialize;

use crate::engine::{Facts, RunEnd};
use crate::text::units::Size;
use crate::verify::normalize;
use crate::verify::normalize::normal;
use crate::verify::run::{ImageReport, MissingFile, RunReport};
use crate::verify::spec::RunSpec;

/// What a difference means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    Same,
    Better,
    /// Another value, neither good nor bad by itself.
    Changed,
    Worse,
    /// The image no longer does what it did.
    Broken,
}

/// One row of the comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ComparisonRow {
    pub what: &'static str,
    pub before: String,
    pub after: String,
    pub change: Effect,
}

/// All of it.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    pub rows: Vec<ComparisonRow>,
    /// Expectations that are not met after.
    pub unmet: Vec<String>,
    /// Whether the file builds after.
    pub builds: bool,
}

impl Comparison {
    /// Whether the image after does what the one before did, and what is expected.
    pub fn holds(&self) -> bool {
        self.builds && self.unmet.is_empty() && self.rows.iter().all(|row| row.change != Effect::Broken)
    }

    /// Whether both print the same.
    pub fn same_output(&self) -> bool {
        self.rows.iter().all(|row| row.what != "output" || row.change == Effect::Same)
    }

    /// Why it does not hold, in one line.
    pub fn fault(&self) -> Option<String> {
        let broken = self.rows.iter().find(|row| row.change == Effect::Broken || (row.what == "build" && !self.builds));
        let gone = self.rows.iter().find(|row| row.what == GONE);
        let because = gone.map_or_else(String::new, |row| format!("; the image no longer has {}", row.before));
        let of_row = |row: &ComparisonRow| match row.what {
            "build" => format!("it does not build: {}", normalize::one_line(&row.after)),
            what => {
                let (before, after) = (normalize::one_line(&row.before), normalize::one_line(&row.after));
                format!("{what} was {before} and is now {after}{because}")
            }
        };
        broken.map(of_row).or_else(|| self.unmet.first().cloned())
    }
}

/// The row of files that are no longer there.
const GONE: &str = "files missing";

/// Compares two sides. `varies`: the output of the image before differs from run to run.
pub fn compare(before: &ImageReport, after: &ImageReport, spec: &RunSpec, varies: bool) -> Comparison {
    let mut rows = vec![build_row(before, after)];
    if let (Some(old), Some(new)) = (&before.image, &after.image) {
        rows.extend(image_rows(old, new));
    }
    if let (Some(old), Some(new)) = (&before.run, &after.run) {
        rows.extend(run_rows(old, new, spec, varies));
    }
    let unmet = match (&after.image, &after.run) {
        (Some(_), Some(run)) => unmet(run, spec),
        _ => Vec::new(),
    };
    Comparison { rows, unmet, builds: after.built }
}

fn build_row(before: &ImageReport, after: &ImageReport) -> ComparisonRow {
    let shown = |side: &ImageReport| match &side.build_error {
        None => format!("ok, {:.1} s", side.build_seconds),
        Some(error) => error.clone(),
    };
    let change = match (before.built, after.built) {
        (true, false) => Effect::Broken,
        (false, true) => Effect::Better,
        (true, true) => Effect::Same,
        (false, false) => Effect::Worse,
    };
    ComparisonRow { what: "build", before: shown(before), after: shown(after), change }
}

fn row(what: &'static str, before: String, after: String, change: Effect) -> ComparisonRow {
    let change = if before == after { Effect::Same } else { change };
    ComparisonRow { what, before, after, change }
}

fn image_rows(old: &Facts, new: &Facts) -> Vec<ComparisonRow> {
    let size = |facts: &Facts| facts.size.map_or_else(|| "?".to_owned(), |size| Size(size).to_string());
    let size_change = match (old.size, new.size) {
        (Some(old), Some(new)) if new < old => Effect::Better,
        // A label takes some bytes too.
        (Some(old), Some(new)) if new > old + old / 100 + 10_000 => Effect::Worse,
        (Some(_), Some(_)) => Effect::Same,
        _ => Effect::Changed,
    };
    let layers = if new.layers < old.layers { Effect::Better } else { Effect::Changed };
    let list = |words: &[String]| if words.is_empty() { "–".to_owned() } else { words.join(" ") };
    let command = |words: &[String]| {
        if words.is_empty() { "–".to_owned() } else { serde_json::to_string(words).unwrap_or_default() }
    };
    let or_dash = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
    let is_root = |facts: &Facts| matches!(facts.user_name(), "" | "root" | "0");
    let user = match (is_root(old), is_root(new)) {
        (true, false) => Effect::Better,
        (false, true) => Effect::Worse,
        _ => Effect::Changed,
    };
    let check = |facts: &Facts| facts.healthcheck.get(1..).map(|rest| rest.join(" ")).unwrap_or_default();
    let mut rows = vec![
        ComparisonRow { what: "size", before: size(old), after: size(new), change: size_change },
        row("layers", old.layers.to_string(), new.layers.to_string(), layers),
        row(
            "user",
            if old.user.is_empty() { "root".into() } else { old.user.clone() },
            if new.user.is_empty() { "root".into() } else { new.user.clone() },
            user,
        ),
        row("entrypoint", command(&old.entrypoint), command(&new.entrypoint), Effect::Changed),
        row("command", command(&old.cmd), command(&new.cmd), Effect::Changed),
        row("workdir", or_dash(&old.workdir), or_dash(&new.workdir), Effect::Changed),
        row("ports", list(&old.ports), list(&new.ports), Effect::Changed),
        row("volumes", list(&old.volumes), list(&new.volumes), Effect::Changed),
        row("health check", or_dash(&check(old)), or_dash(&check(new)), Effect::Changed),
        row("stop signal", old.stop_signal.clone(), new.stop_signal.clone(), Effect::Changed),
    ];
    let only = |a: &Facts, b: &Facts| a.env.iter().filter(|pair| !b.env.contains(pair)).cloned().collect::<Vec<_>>();
    let (gone, come) = (only(old, new), only(new, old));
    let same = |count: usize| format!("{count} variables");
    rows.push(match gone.is_empty() && come.is_empty() {
        true => row("environment", same(old.env.len()), same(new.env.len()), Effect::Same),
        false => row("environment", list(&gone), list(&come), Effect::Changed),
    });
    rows
}

/// How a run ended, in words.
pub(super) fn end(end: &RunEnd) -> String {
    match end {
        RunEnd::Exit(code) => format!("code {code}"),
        RunEnd::KeptRunning => "keeps running".to_owned(),
        RunEnd::OutOfMemory => "out of memory".to_owned(),
        RunEnd::Over(why) => why.clone(),
    }
}

fn run_rows(old: &RunReport, new: &RunReport, spec: &RunSpec, varies: bool) -> Vec<ComparisonRow> {
    let mut rows = Vec::new();
    // An expectation decides, where there is one.
    let decides = |expected: bool| if expected { Effect::Changed } else { Effect::Broken };
    let is_failure = |run: &RunReport| !matches!(run.end, RunEnd::Exit(0) | RunEnd::KeptRunning);
    let end_change = match (is_failure(old), is_failure(new)) {
        (true, false) => Effect::Better,
        _ if spec.needs_port() && !is_failure(new) => Effect::Changed,
        _ => decides(spec.expect_exit.is_some()),
    };
    rows.push(row("exit", end(&old.end), end(&new.end), end_change));
    for (what, old, new, change) in [
        ("output", &old.stdout, &new.stdout, decides(spec.expect_stdout.is_some() || end_change == Effect::Better)),
        ("error output", &old.stderr, &new.stderr, Effect::Changed),
    ] {
        let (before, after) = (normal(old), normal(new));
        let change = match before == after {
            true => Effect::Same,
            false if varies => Effect::Changed,
            false => change,
        };
        rows.push(ComparisonRow {
            what,
            before: shown_output(&before, &after),
            after: shown_output(&after, &before),
            change,
        });
    }
    let uid = |run: &RunReport| {
        run.uid.map_or_else(|| "?".to_owned(), |uid| if uid == 0 { "0 (root)".to_owned() } else { uid.to_string() })
    };
    let uid_change = match (old.uid, new.uid) {
        (Some(0), Some(new)) if new != 0 => Effect::Better,
        (Some(old), Some(0)) if old != 0 => Effect::Worse,
        _ => Effect::Changed,
    };
    rows.push(row("runs as", uid(old), uid(new), uid_change));
    for (old, new) in old.http.iter().zip(&new.http) {
        let change = match (old.accepted, new.accepted) {
            (true, false) => Effect::Broken,
            (false, true) => Effect::Better,
            _ => Effect::Changed,
        };
        rows.push(row(
            "HTTP",
            format!("{} {}", old.asked, old.shown()),
            format!("{} {}", new.asked, new.shown()),
            change,
        ));
    }
    if let (Some(old), Some(new)) = (old.port_open, new.port_open) {
        let shown = |open: bool| if open { "open" } else { "closed" }.to_owned();
        rows.push(row("port", shown(old), shown(new), if old { Effect::Broken } else { Effect::Better }));
    }
    let stop = |run: &RunReport| match run.stop {
        Some(stop) if stop.heeded => "stops".to_owned(),
        Some(_) => "must be killed".to_owned(),
        None => "–".to_owned(),
    };
    let heeded = |run: &RunReport| run.stop.map(|stop| stop.heeded);
    let stop_change = match (heeded(old), heeded(new)) {
        (Some(false), Some(true)) => Effect::Better,
        (Some(true), Some(false)) => Effect::Worse,
        _ => Effect::Changed,
    };
    if old.stop.is_some() || new.stop.is_some() {
        rows.push(row("on stop signal", stop(old), stop(new), stop_change));
    }
    let health = |run: &RunReport| match run.healthy {
        Some(true) => "healthy",
        Some(false) => "unhealthy",
        None => "–",
    };
    if !new.missing.is_empty() {
        let shown = |missing: &MissingFile| match missing.reported {
            true => format!("{} (reported missing)", missing.path),
            false => missing.path.clone(),
        };
        let mut all: Vec<String> = new.missing.iter().take(3).map(shown).collect();
        if new.missing.len() > 3 {
            all.push(format!("and {} more", new.missing.len() - 3));
        }
        let complained = new.missing.iter().any(|missing| missing.reported);
        let change = if complained { Effect::Worse } else { Effect::Changed };
        rows.push(ComparisonRow { what: GONE, before: all.join(", "), after: "missing".to_owned(), change });
    }
    if old.healthy.is_some() || new.healthy.is_some() {
        let change = match (old.healthy, new.healthy) {
            (Some(true), Some(false)) => Effect::Broken,
            (None, Some(false)) => Effect::Worse,
            (Some(false) | None, Some(true)) => Effect::Better,
            _ => Effect::Changed,
        };
        rows.push(row("health", health(old).to_owned(), health(new).to_owned(), change));
    }
    rows
}

/// The first line that differs, or how much there is.
fn shown_output(own: &str, other: &str) -> String {
    if own == other {
        return match own.lines().count() {
            0 => "–".to_owned(),
            1 => normalize::one_line(own),
            count => format!("{count} lines"),
        };
    }
    let mut others = other.lines();
    let differs = own.lines().enumerate().find(|(_, line)| others.next() != Some(line));
    match differs {
        Some((index, line)) => format!("line {}: {}", index + 1, normalize::one_line(line)),
        None if own.is_empty() => "nothing".to_owned(),
        None => format!("ends after line {}", own.lines().count()),
    }
}

fn unmet(run: &RunReport, spec: &RunSpec) -> Vec<String> {
    let mut unmet = Vec::new();
    if let Some(code) = spec.expect_exit
        && run.end != RunEnd::Exit(code)
    {
        unmet.push(format!("expected exit code {code}, got: {}", end(&run.end)));
    }
    if let Some(text) = &spec.expect_stdout
        && !run.stdout.contains(text.as_str())
    {
        let is = if run.stdout.trim().is_empty() {
            "nothing".to_owned()
        } else {
            format!("`{}`", normalize::one_line(&run.stdout))
        };
        unmet.push(format!("expected `{}` on standard output, got {is}", normalize::one_line(text)));
    }
    for seen in run.http.iter().filter(|seen| !seen.accepted) {
        unmet.push(format!("HTTP {}: {}", seen.asked, seen.shown()));
    }
    if let (Some(port), Some(false)) = (spec.port, run.port_open) {
        unmet.push(format!("port {port} is not open"));
    }
    unmet
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(end: RunEnd, stdout: &str) -> ImageReport {
        let run = RunReport {
            end,
            stdout: stdout.to_owned(),
            stderr: String::new(),
            seconds: 0.1,
            uid: Some(0),
            http: Vec::new(),
            port_open: None,
            stop: None,
            healthy: None,
            files: Default::default(),
            missing: Vec::new(),
        };
        ImageReport {
            built: true,
            build_error: None,
            build_seconds: 1.0,
            image: Some(Facts::default()),
            run: Some(run),
        }
    }

    #[test]
    fn what_breaks() {
        let spec = RunSpec::default();
        let old = side(RunEnd::Exit(0), "hello\n");
        assert!(compare(&old, &side(RunEnd::Exit(0), "hello"), &spec, false).holds());
        let other = compare(&old, &side(RunEnd::Exit(0), "bye"), &spec, false);
        assert_eq!(other.fault().as_deref(), Some("output was line 1: hello and is now line 1: bye"));
        assert!(compare(&old, &side(RunEnd::Exit(0), "bye"), &spec, true).holds());
        assert!(!compare(&old, &side(RunEnd::Exit(1), "hello"), &spec, false).holds());
        let mut lacks = side(RunEnd::Exit(1), "");
        let path = "/srv/data.csv".to_owned();
        lacks.run.iter_mut().for_each(|run| run.missing = vec![MissingFile { path: path.clone(), reported: true }]);
        let why = "exit was code 0 and is now code 1; the image no longer has /srv/data.csv (reported missing)";
        assert_eq!(compare(&old, &lacks, &spec, false).fault().as_deref(), Some(why));
        // It never worked: then nothing is broken.
        assert!(compare(&side(RunEnd::Exit(1), ""), &old, &spec, false).holds());
        let spec = RunSpec { expect_stdout: Some("bye".to_owned()), expect_exit: Some(0), ..RunSpec::default() };
        assert!(compare(&old, &side(RunEnd::Exit(0), "bye"), &spec, false).holds());
        assert!(!compare(&old, &old, &spec, false).holds());
        let failed = ImageReport {
            built: false,
            build_error: Some("ERROR: no".to_owned()),
            image: None,
            run: None,
            ..old.clone()
        };
        assert_eq!(compare(&old, &failed, &spec, false).fault().as_deref(), Some("it does not build: ERROR: no"));
        assert!(!compare(&failed, &failed, &spec, false).rows[0].change.eq(&Effect::Same));
    }
}
