//! `plimsoll debug-shell`: the scripts of files, what the built-in linter finds in them and what our reader makes of them, for
//! `tests/oracle/shellcheck.py` and `tests/oracle/shell_reader.py`.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{Exit, Stop, print};
use crate::command::read;
use crate::lint::{self, Settings, registry};
use crate::model::{BuildArgs, Model};
use crate::shell::Dialect;
use crate::shell::reader::{self, CommandKind};
use crate::text::{Problem, Span};
use crate::{shellcheck, syntax};

/// One line of JSON a script.
pub(super) fn run(files: &[PathBuf]) -> Result<Exit, Stop> {
    let every = registry::all().iter().filter(|entry| entry.is_shell_check());
    let settings = Settings::of(every);
    let mut out = String::new();
    for path in files {
        let source = read::file(path).map_err(|error| Problem::error(format!("{}: {error}", path.display())))?;
        let tree = syntax::parse(source.text());
        let model = Model::build(&source, &tree, &BuildArgs::new(), None);
        let found: Vec<_> = lint::check_all(&model, &settings, None)
            .into_iter()
            .filter_map(|found| Some((found.code()?[2..].parse::<u32>().ok()?, found.span)))
            .collect();
        for script in shellcheck::scripts(&model).list {
            let here = script.file_span();
            let inside = found.iter().filter(|(_, span)| here.contains(*span));
            let line = json!({
                "file": path.display().to_string(),
                "shell": script.shell,
                "errexit": script.options.errexit,
                "pipefail": script.options.pipefail,
                "text": script.text,
                "base": here.start(),
                "put-in": [script.put_in().start, script.put_in().end],
                "line": source.line_column(here.start()).0,
                "accepts": {
                    "bash": reader::accepts(&script.text, Dialect::Bash),
                    "dash": reader::accepts(&script.text, Dialect::Posix),
                    "ash": reader::accepts(&script.text, Dialect::Ash),
                },
                "errors": errors(&script.text),
                "commands": commands(&script.text),
                "findings": inside.map(|(code, span)| json!([code, span.start()])).collect::<Vec<_>>(),
            });
            out += &format!("{line}\n");
        }
    }
    print(out.as_bytes())
}

fn errors(text: &str) -> Vec<String> {
    reader::read(text).errors.iter().map(|error| format!("{}: {}", error.span.start, error.message)).collect()
}

/// Of each command its kind, where it starts, its words and assignments, and its redirections.
fn commands(text: &str) -> Vec<Value> {
    let tree = reader::read(text);
    let pair = |span: Span| [span.start, span.end];
    let mut found = Vec::new();
    for command in tree.all::<reader::Command>() {
        let words: Vec<_> = match command.kind {
            CommandKind::Missing => continue,
            CommandKind::Simple { assignments, words } => {
                let assignments = tree[assignments].iter().map(|assignment| pair(assignment.span));
                assignments.chain(tree[words].iter().map(|word| pair(word.span))).collect()
            }
            _ => Vec::new(),
        };
        let redirects: Vec<_> = tree[command.redirects].iter().map(|redirect| pair(redirect.span)).collect();
        let kind = format!("{:?}", command.kind);
        let kind = kind.split(['(', ' ']).next().unwrap_or_default();
        found.push(json!([kind, command.span.start, words, redirects]));
    }
    found
}
