//! BuildKit's machine-readable progress, converted to a log for people.
//!
//! In its plain form (`--progress=plain`) BuildKit's client mixes what a step writes to its two streams by chance, and loses
//! parts of lines that are written in parts. So it is asked for JSON, and each stream of each step is reassembled here.
//! The result looks like the plain form, and is the same each time. Whatever is not JSON is passed through.

use std::collections::{HashMap, VecDeque};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::Deserialize;

use super::Argv;
use crate::process::Filter;

const JSON: &str = "--progress=rawjson";
const PLAIN: &str = "--progress=plain";

/// Asks a build for JSON, which buildx supports since 0.13.
pub(super) fn told_as_json(argv: Argv) -> Argv {
    argv.arg(JSON)
}

/// The same command line for a client that does not support JSON.
pub(super) fn told_plainly(mut argv: Argv) -> Argv {
    argv.args.iter_mut().filter(|arg| *arg == JSON).for_each(|arg| *arg = PLAIN.to_owned());
    argv
}

pub(super) fn is_told_as_json(argv: &Argv) -> bool {
    argv.args.iter().any(|arg| arg == JSON)
}

/// Whether a client rejects the request for JSON.
pub(super) fn knows_no_json(log: &str) -> bool {
    log.lines().any(|line| line.contains("invalid progress") && line.contains("rawjson"))
}

/// The longest line that is kept.
const MAX_LINE: usize = 8 << 10;
/// The largest JSON object that is parsed.
const MAX_JSON: usize = 16 << 20;
/// How many lines of a failed step are reported; at least half as many of each stream, if it has them.
const SHOWN: usize = 40;

/// Turns JSON into a log.
#[derive(Default)]
pub(super) struct Log {
    /// A line that has not ended yet.
    line: Vec<u8>,
    /// The lines of a JSON object that has not ended yet.
    json: Vec<u8>,
    steps: HashMap<String, Step>,
}

#[derive(Default)]
struct Step {
    number: usize,
    is_cached: bool,
    has_failed: bool,
    /// Standard output, then standard error.
    streams: [Stream; 2],
}

#[derive(Default)]
struct Stream {
    line: Vec<u8>,
    last: VecDeque<String>,
}

#[derive(Deserialize)]
struct News {
    #[serde(default)]
    vertexes: Option<Vec<Vertex>>,
    #[serde(default)]
    logs: Option<Vec<Piece>>,
}

#[derive(Deserialize)]
struct Vertex {
    digest: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    started: Option<String>,
    #[serde(default)]
    completed: Option<String>,
    #[serde(default)]
    error: String,
    #[serde(default)]
    cached: bool,
}

#[derive(Deserialize)]
struct Piece {
    vertex: String,
    #[serde(default)]
    stream: i64,
    #[serde(default)]
    data: String,
}

impl Filter for Log {
    fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") || self.line.len() > MAX_JSON {
                let line = std::mem::take(&mut self.line);
                self.take(&line, out);
            }
        }
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.json);
        out.append(&mut self.line);
    }
}

impl Log {
    /// One line: of an object, which begins and ends with a line's brace, or of text.
    fn take(&mut self, line: &[u8], out: &mut Vec<u8>) {
        if self.json.is_empty() && !line.starts_with(b"{") {
            return out.extend_from_slice(line);
        }
        let is_whole = line.trim_ascii_end() == b"}" || self.json.is_empty() && line.trim_ascii_end().ends_with(b"}");
        self.json.extend_from_slice(line);
        if is_whole {
            let json = std::mem::take(&mut self.json);
            match serde_json::from_slice::<News>(&json) {
                Ok(news) => self.hear(news, out),
                Err(_) => out.extend(json),
            }
        } else if self.json.len() > MAX_JSON {
            out.append(&mut self.json);
        }
    }

    fn hear(&mut self, news: News, out: &mut Vec<u8>) {
        // The output of a step comes before its end.
        for piece in news.logs.unwrap_or_default() {
            let Some(step) = self.steps.get_mut(&piece.vertex) else { continue };
            let Ok(data) = BASE64_STANDARD.decode(&piece.data) else { continue };
            step.streams[usize::from(piece.stream == 2)].push(&data, step.number, out);
        }
        for vertex in news.vertexes.unwrap_or_default().into_iter().filter(|vertex| vertex.started.is_some()) {
            let name = vertex.name.replace(['\n', '\r'], " ");
            let count = self.steps.len();
            let step = self.steps.entry(vertex.digest).or_insert_with(|| {
                out.extend(format!("#{} {name}\n", count + 1).into_bytes());
                Step { number: count + 1, ..Step::default() }
            });
            if vertex.completed.is_none() {
                continue;
            }
            for stream in &mut step.streams {
                stream.finish(step.number, out);
            }
            if vertex.cached && !step.is_cached {
                step.is_cached = true;
                out.extend(format!("#{} CACHED\n", step.number).into_bytes());
            }
            // When one step fails, the others are cancelled.
            if !vertex.error.is_empty() && !vertex.error.contains("context canceled") && !step.has_failed {
                step.has_failed = true;
                out.extend(format!("#{} ERROR: {}\n", step.number, vertex.error).into_bytes());
                out.extend(format!("------\n > {name}:\n{}------\n", step.shown()).into_bytes());
            }
            step.streams = Default::default();
        }
    }
}

impl Step {
    /// Its last lines: those of standard output, then those of standard error. Their interleaving is random.
    fn shown(&self) -> String {
        let [out, err] = [&self.streams[0].last, &self.streams[1].last];
        let half = SHOWN / 2;
        let of_err = err.len().min(half.max(SHOWN.saturating_sub(out.len())));
        let of_out = out.len().min(SHOWN - of_err);
        let lines = out.iter().skip(out.len() - of_out).chain(err.iter().skip(err.len() - of_err));
        lines.flat_map(|line| [line.as_str(), "\n"]).collect()
    }
}

impl Stream {
    fn push(&mut self, bytes: &[u8], number: usize, out: &mut Vec<u8>) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            let room = MAX_LINE.saturating_sub(self.line.len());
            self.line.extend_from_slice(&part[..part.len().min(room)]);
            if part.ends_with(b"\n") {
                self.finish(number, out);
            }
        }
    }

    fn finish(&mut self, number: usize, out: &mut Vec<u8>) {
        let line = String::from_utf8_lossy(&std::mem::take(&mut self.line)).into_owned();
        // Text that overwrites earlier text, such as progress bars.
        let line = line.trim_end();
        let line = line.rsplit('\r').next().unwrap_or(line);
        if line.is_empty() {
            return;
        }
        out.extend(format!("#{number} {line}\n").into_bytes());
        self.last.push_back(line.to_owned());
        if self.last.len() > SHOWN {
            self.last.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(text: &str, size: usize) -> String {
        let (mut log, mut out) = (Log::default(), Vec::new());
        text.as_bytes().chunks(size).for_each(|chunk| log.push(chunk, &mut out));
        log.end(&mut out);
        String::from_utf8(out).expect("it is text")
    }

    /// As buildx 0.13 prints it, shortened: lines in pieces, streams mixed.
    const FAILED: &str = r#"{
  "vertexes": [
    { "digest": "a", "name": "[2/2] RUN make" },
    { "digest": "b", "name": "[1/2] FROM x", "started": "t", "completed": "t", "cached": true }
  ]
}
{
  "vertexes": [ { "digest": "a", "name": "[2/2] RUN make", "started": "t" } ]
}
{ "logs": [ { "vertex": "a", "stream": 2, "data": "YmFk", "timestamp": "t" } ] }
{ "logs": [ { "vertex": "a", "stream": 1, "data": "MTAlDTEwMCUKZ2Nj" } ] }
{ "logs": [ { "vertex": "a", "stream": 2, "data": "IGVuZAo=" } ], "statuses": [ { "id": "x", "current": 1 } ] }
{
  "vertexes": [ { "digest": "a", "name": "[2/2] RUN make", "started": "t", "completed": "t", "error": "exit code: 2" },
  { "digest": "c", "name": "[other] RUN true", "started": "t", "completed": "t", "error": "context canceled" } ]
}
Dockerfile:2
{ not json }
ERROR: failed to solve: exit code: 2
"#;

    #[test]
    fn a_log_for_people() {
        let plain = "#1 [1/2] FROM x\n#1 CACHED\n#2 [2/2] RUN make\n#2 100%\n#2 bad end\n#2 gcc\n#2 ERROR: exit code: 2\n\
                     ------\n > [2/2] RUN make:\n100%\ngcc\nbad end\n------\n#3 [other] RUN true\nDockerfile:2\n{ not json }\n\
                     ERROR: failed to solve: exit code: 2\n";
        for size in [1, 7, 10_000] {
            assert_eq!(log(FAILED, size), plain, "{size}");
        }
    }

    #[test]
    fn what_is_no_json() {
        for text in ["{\n\"vertexes\": [\n", "{}x}\n", "{\n}\n}\n", "plain", "{ \"logs\": null }\n"] {
            let seen = log(text, 3);
            assert!(seen.is_empty() || text.ends_with(&seen), "{text}: {seen}");
        }
        assert!(knows_no_json("ERROR: invalid progress value : rawjson\n") && !knows_no_json("#1 rawjson\n"));
    }

    #[test]
    fn the_last_lines_of_both() {
        let mut step = Step::default();
        let mut out = Vec::new();
        for number in 0..50 {
            step.streams[0].push(format!("out {number}\n").as_bytes(), 1, &mut out);
        }
        step.streams[1].push(b"err 1\nerr 2", 1, &mut out);
        step.streams[1].finish(1, &mut out);
        let shown = step.shown();
        assert!(shown.starts_with("out 12\n") && shown.ends_with("out 49\nerr 1\nerr 2\n"), "{shown}");
        step.streams[1].push(&b"err\n".repeat(100), 1, &mut out);
        let shown = step.shown();
        assert!(shown.starts_with("out 30\n") && shown.matches("err\n").count() == 20, "{shown}");
        step.streams[0].push(&b"x".repeat(1 << 20), 1, &mut out);
        assert_eq!(step.streams[0].line.len(), MAX_LINE);
    }
}
