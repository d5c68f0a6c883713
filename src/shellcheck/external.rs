//! The real ShellCheck, as a program beside us.
//!
//! The one place outside an engine that starts a process, and only when asked to: with a limit to its time and to what
//! it prints, without the user's `.shellcheckrc`, and with scripts as files that nobody else can have put there. It runs
//! once for all scripts of a file that have the same shell.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, process, thread};

use serde::Deserialize;

use super::Finding;
use super::script::{Script, Scripts, Shell};
use crate::finding::Fix;
use crate::finding::Level;
use crate::text::Edit;

const PROGRAM: &str = "shellcheck";
const MOST_TIME: Duration = Duration::from_secs(60);
const MOST_OUTPUT: u64 = 32 << 20;

/// Whether there is one to run.
pub fn is_there() -> bool {
    let names = [PROGRAM.to_owned(), format!("{PROGRAM}{}", env::consts::EXE_SUFFIX)];
    let folders = env::var_os("PATH").map(|path| env::split_paths(&path).collect::<Vec<_>>()).unwrap_or_default();
    folders.iter().any(|folder| names.iter().any(|name| folder.join(name).is_file()))
}

/// What it says of these scripts, in their order.
///
/// # Errors
/// It cannot be started, takes too long, or does not print what it should.
pub fn lint(scripts: Scripts) -> Result<Vec<Finding>, String> {
    let Scripts { list: scripts, unread } = scripts;
    let mut shells: Vec<Shell> = scripts.iter().map(|script| script.shell).collect();
    shells.sort_unstable();
    shells.dedup();
    let mut findings = unread;
    for shell in shells {
        let same: Vec<&Script> = scripts.iter().filter(|script| script.shell == shell).collect();
        let folder =
            Folder::new(&same).map_err(|error| format!("scripts cannot be written for ShellCheck: {error}"))?;
        let output = run(&folder.path, shell, same.len())?;
        findings.extend(read(&output, &same)?);
    }
    findings.sort_by_key(|finding| finding.span);
    Ok(findings)
}

/// A directory of scripts, removed when it is no longer needed.
struct Folder {
    path: PathBuf,
}

impl Folder {
    fn new(scripts: &[&Script]) -> io::Result<Folder> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!("plimsoll-{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = env::temp_dir().join(name);
        // Fails if it is there: then it is somebody else's.
        fs::create_dir(&path)?;
        let folder = Folder { path };
        for (index, script) in scripts.iter().enumerate() {
            fs::write(folder.path.join(index.to_string()), &script.text)?;
        }
        Ok(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // There is nobody to tell, and nothing to be done.
        let _ = fs::remove_dir_all(&self.path);
    }
}

fn name(shell: Shell) -> &'static str {
    match shell {
        Shell::Sh => "sh",
        Shell::Dash => "dash",
        Shell::Busybox => "busybox",
        Shell::Bash | Shell::BashAsSh => "bash",
        Shell::Ksh => "ksh",
    }
}

fn run(folder: &Path, shell: Shell, count: usize) -> Result<Vec<u8>, String> {
    let mut child = Command::new(PROGRAM)
        .args(["--norc", "--format=json1", "--shell", name(shell), "--"])
        .args((0..count).map(|index| index.to_string()))
        .current_dir(folder)
        .env_remove("SHELLCHECK_OPTS")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("`{PROGRAM}` cannot be started: {error}"))?;
    let stdout = child.stdout.take();
    let reader = thread::spawn(move || {
        let mut output = Vec::new();
        let read = stdout.map(|stdout| stdout.take(MOST_OUTPUT).read_to_end(&mut output));
        read.transpose().map(|_| output)
    });
    wait(&mut child)?;
    match reader.join() {
        Ok(Ok(output)) => Ok(output),
        _ => Err(format!("what `{PROGRAM}` prints cannot be read")),
    }
}

/// Waits for its end, and brings that about in time.
fn wait(child: &mut Child) -> Result<(), String> {
    let start = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        match child.try_wait() {
            Ok(Some(_)) => return Ok(()),
            Ok(None) if start.elapsed() < MOST_TIME => thread::sleep(pause),
            _ => {
                // It may have ended by itself just now.
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("`{PROGRAM}` takes longer than {} seconds", MOST_TIME.as_secs()));
            }
        }
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

#[derive(Deserialize)]
struct Output {
    comments: Vec<Comment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Comment {
    file: String,
    #[serde(flatten)]
    place: Place,
    level: String,
    code: u32,
    message: String,
    fix: Option<Repair>,
}

/// Lines and columns from 1, columns in characters.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Deserialize)]
struct Repair {
    replacements: Vec<Replacement>,
}

#[derive(Deserialize)]
struct Replacement {
    #[serde(flatten)]
    place: Place,
    replacement: String,
}

fn read(output: &[u8], scripts: &[&Script]) -> Result<Vec<Finding>, String> {
    let wrong = |error: serde_json::Error| format!("`{PROGRAM}` does not print what was expected: {error}");
    let output: Output = serde_json::from_slice(output).map_err(wrong)?;
    let mut lines: Vec<Option<Vec<usize>>> = vec![None; scripts.len()];
    let findings = output.comments.into_iter().filter_map(|comment| {
        let index: usize = comment.file.parse().ok()?;
        let script = scripts.get(index)?;
        let starts = lines[index].get_or_insert_with(|| line_starts(&script.text));
        finding(comment, script, starts)
    });
    Ok(findings.collect())
}

fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
}

fn finding(comment: Comment, script: &Script, starts: &[usize]) -> Option<Finding> {
    let text = &script.text;
    let offset = |line: usize, column: usize| {
        let rest = text.get(*starts.get(line.checked_sub(1)?)?..)?;
        let len = rest.chars().take(column.checked_sub(1)?).map(char::len_utf8).sum::<usize>();
        Some(text.len() - rest.len() + len)
    };
    let span = |place: &Place| {
        let (start, end) = (offset(place.line, place.column)?, offset(place.end_line, place.end_column)?);
        script.span(start..end.max(start))
    };
    let level = match comment.level.as_str() {
        "error" => Level::Error,
        "warning" => Level::Warn,
        _ => Level::Note,
    };
    let edits = comment.fix.and_then(|fix| {
        let edit = |edit: Replacement| Some(Edit::replace(span(&edit.place)?, edit.replacement));
        fix.replacements.into_iter().map(edit).collect::<Option<Vec<Edit>>>()
    });
    let fix =
        edits.and_then(|edits| Fix::new(super::safety(comment.code, false), "change it as ShellCheck does", edits));
    let there = script.text.get(offset(comment.place.line, comment.place.column)?..).unwrap_or_default();
    let most = script.most(comment.code, there.split_whitespace().next().unwrap_or_default())?.min(level);
    Some(Finding { code: comment.code, span: span(&comment.place)?, message: in_style(&comment.message), fix, most })
}

/// In the style of our own messages: no capital at the start, no full stop.
fn in_style(message: &str) -> String {
    let message = message.trim().trim_end_matches('.').replace('\n', " ");
    let mut chars = message.chars();
    match (chars.next(), chars.next()) {
        (Some(first), Some(second)) if first.is_uppercase() && !second.is_uppercase() => {
            first.to_lowercase().chain(message.chars().skip(1)).collect()
        }
        _ => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BuildArgs, Model};
    use crate::shellcheck::scripts;
    use crate::syntax;
    use crate::text::{Source, Span};

    #[test]
    fn messages() {
        assert_eq!(in_style("Double quote to prevent globbing."), "double quote to prevent globbing");
        assert_eq!(in_style("POSIX sh has no arrays."), "POSIX sh has no arrays");
        assert_eq!(in_style(""), "");
    }

    #[test]
    fn places_are_in_the_file() {
        let source = Source::new("Dockerfile", "FROM a\nARG b\nRUN ä $b /c\n");
        let tree = syntax::parse(source.text());
        let scripts = scripts(&Model::build(&source, &tree, &BuildArgs::new(), None));
        assert_eq!(scripts.list[0].text, "export b=\"$1\"\nä $b /c");
        let quote = |column: usize| {
            let place = format!("\"line\":2,\"endLine\":2,\"column\":{column},\"endColumn\":{column}");
            format!("{{{place},\"precedence\":1,\"insertionPoint\":\"afterEnd\",\"replacement\":\"\\\"\"}}")
        };
        let comment = |line: usize, column: usize| {
            let place = format!("\"line\":{line},\"endLine\":{line},\"column\":{column},\"endColumn\":{}", column + 2);
            let fix = format!("{{\"replacements\":[{},{}]}}", quote(3), quote(5));
            let about = "\"file\":\"0\",\"level\":\"info\",\"code\":2086,\"message\":\"Double quote.\"";
            format!("{{{about},{place},\"fix\":{fix}}}")
        };
        // The first one stands in what was put in.
        let output = format!("{{\"comments\":[{},{}]}}", comment(1, 11), comment(2, 3));
        let found = read(output.as_bytes(), &scripts.list.iter().collect::<Vec<_>>()).expect("it is what it prints");
        let [finding] = &found[..] else { panic!("{found:?}") };
        assert_eq!(source.slice(finding.span), "$b");
        let fix = finding.fix.as_ref().expect("there is one");
        let places: Vec<_> = fix.edits().iter().map(|edit| edit.span).collect();
        assert_eq!(places, [Span::at(finding.span.start()), Span::at(finding.span.end())]);
    }

    #[test]
    fn only_what_is_json() {
        assert!(read(b"oops", &[]).is_err());
        assert!(read(br#"{"comments": []}"#, &[]).is_ok_and(|found| found.is_empty()));
    }
}
