//! What a project's own sources show.

use std::sync::{LazyLock, OnceLock};

use regex::Regex;

use crate::context::{Context, Kind};
use crate::knowledge::file_kinds::{self, kind};
use crate::model::Tri;

/// How many source files are read at most.
const MAX_SOURCES: usize = 200;

/// How many bytes of them are read at most.
const MAX_BYTES: u64 = 4 << 20;

/// The source files' texts, each with its path.
fn sources(context: &Context) -> impl Iterator<Item = (&str, String)> {
    let mut files = context.entries().iter().filter(|entry| entry.kind == Kind::File);
    let read = move || {
        files.by_ref().find(|entry| {
            let (folder, name) = entry.path.rsplit_once('/').unwrap_or(("", &entry.path));
            let installed =
                folder.split('/').any(|part| matches!(part, "node_modules" | "venv" | ".venv" | "vendor" | ".git"));
            !installed && (kind(name).is(file_kinds::Kind::SOURCE) || name.ends_with(".sh"))
        })
    };
    let mut bytes = 0;
    let affordable = move |entry: &&crate::context::Entry| {
        bytes += entry.size;
        bytes <= MAX_BYTES
    };
    std::iter::from_fn(read)
        .take(MAX_SOURCES)
        .take_while(affordable)
        .filter_map(|entry| Some((entry.path.as_str(), context.read(&entry.path)?.into_owned())))
}

/// What the sources of a project show. They are read once.
#[derive(Debug, Default)]
struct SourceFacts {
    /// Whether any source file was read.
    seen: bool,
    writes_files: bool,
    reads_env_file: bool,
    calls_https: bool,
}

/// What reads a `.env` file.
const ENV_READERS: [&str; 7] =
    ["dotenv", "environ.Env", "godotenv", "decouple", "pydantic_settings", "env_file", "BaseSettings"];

/// What opens a TLS connection in Go or Rust.
const TLS_CALLS: [&str; 5] = ["https://", "http.Get", "http.Client", "reqwest", "tls."];

fn facts(context: &Context) -> &SourceFacts {
    context.memo().get::<OnceLock<SourceFacts>>().get_or_init(|| {
        let mut facts = SourceFacts::default();
        for (path, text) in sources(context) {
            let mentions = |words: &[&str]| words.iter().any(|word| text.contains(word));
            facts.seen = true;
            facts.writes_files = facts.writes_files || writes(path, &text);
            facts.reads_env_file = facts.reads_env_file || mentions(&ENV_READERS);
            facts.calls_https = facts.calls_https || mentions(&TLS_CALLS);
        }
        facts
    })
}

/// Whether the program writes files, as far as its sources tell: `Unknown` without them.
pub(super) fn writes_files(context: Option<&Context>) -> Tri {
    match context.filter(|context| context.is_sure() && !context.truncated()).map(facts) {
        Some(SourceFacts { writes_files: true, .. }) => Tri::Yes,
        Some(SourceFacts { seen: true, .. }) => Tri::No,
        _ => Tri::Unknown,
    }
}

/// Whether the program reads a `.env` file itself.
pub(super) fn reads_env_file(context: &Context) -> bool {
    facts(context).reads_env_file
}

/// Whether the program opens TLS connections, which need CA certificates.
pub(super) fn calls_https(context: Option<&Context>) -> bool {
    context.is_some_and(|context| facts(context).calls_https)
}

/// Whether one source writes files.
fn writes(path: &str, text: &str) -> bool {
    static WRITES: LazyLock<Regex> = LazyLock::new(|| {
        let signs = [
            r#"open\([^()\n]*,\s*(mode\s*=\s*)?["'][rbt]*[wax+]"#,
            r"sqlite|FileHandler\(|\.write_(text|bytes)\(|\.to_(csv|json|pickle|parquet|excel)\(|makedirs\(|mkdir",
            r"\.savefig\(|joblib\.dump|pickle\.dump|UPLOAD_FOLDER|\.save\(\s*os\.path",
            r"writeFile|appendFile|createWriteStream|multer\(|lowdb",
            r"FileWriter|FileOutputStream|Files\.(write|create|copy)|createNewFile|jdbc:h2:file",
            r"os\.(Create|OpenFile|WriteFile|MkdirAll|Mkdir)\(|ioutil\.WriteFile",
            r"\bofstream\b|fopen\([^()\n]*,\s*\x22[wa]|File::create|OpenOptions|fs::write",
            r"File\.(Write|Append|Create|Open)|StreamWriter|UseSqlite|file_put_contents|File\.write",
        ];
        Regex::new(&signs.join("|")).expect("the pattern is constant")
    });
    WRITES.is_match(text) || path.ends_with(".sh") && script_writes(text)
}

/// Whether a shell script writes files: by redirection, or with a program that does.
fn script_writes(text: &str) -> bool {
    static TO_FILE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#">{1,2}\|?[ \t]*["']?([^\s"'&;|()<>=]+)"#).expect("the pattern is constant"));
    static PROGRAM: LazyLock<Regex> = LazyLock::new(|| {
        let programs =
            r"\b(tee|touch|cp|mv|ln|dd|wget|unzip|tar|sqlite3)[ \t]|\bsed[ \t]+-i|\bcurl[ \t].*-[a-zA-Z]*[oO]\b";
        Regex::new(programs).expect("the pattern is constant")
    });
    let lines = text.lines().map(str::trim_start).filter(|line| !line.starts_with('#'));
    lines.into_iter().any(|line| {
        let mut files = TO_FILE.captures_iter(line).filter_map(|found| found.get(1));
        files.any(|file| !file.as_str().starts_with("/dev/")) || PROGRAM.is_match(line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_that_write() {
        for text in
            ["echo $RANDOM > number.txt", "date >>log", "x >\"$OUT\"", "touch /data/x", "sed -i s/a/b/ x", "x 2> err"]
        {
            assert!(script_writes(text), "{text}");
        }
        for text in ["#!/bin/sh\n# a > b\nexec app \"$@\"", "app > /dev/null 2>&1", "app >&2", "cat < in | wc -l"] {
            assert!(!script_writes(text), "{text}");
        }
    }
}
