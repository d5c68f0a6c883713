//! `plimsoll debug-shell`: the scripts of files and what the built-in linter finds, for `tests/oracle/shellcheck.py`.

use std::path::PathBuf;

use serde_json::json;

use super::{Exit, Stop, print};
use crate::command::read;
use crate::lint::registry;
use crate::model::{BuildArgs, Model};
use crate::text::Problem;
use crate::{shellcheck, syntax};

/// One line of JSON a script.
pub(super) fn run(files: &[PathBuf]) -> Result<Exit, Stop> {
    let every: Vec<_> = registry::all().iter().map(|entry| (entry, entry.meta.level)).collect();
    let mut out = String::new();
    for path in files {
        let source = read::file(path).map_err(|error| Problem::error(format!("{}: {error}", path.display())))?;
        let tree = syntax::parse(source.text());
        let model = Model::build(&source, &tree, &BuildArgs::new(), None);
        let found = shellcheck::builtin(&model, &every);
        for script in shellcheck::scripts(&model).list {
            let here = script.file_span();
            let inside = found.iter().filter(|finding| here.contains(finding.span));
            let line = json!({
                "file": path.display().to_string(),
                "shell": script.shell,
                "errexit": script.options.errexit,
                "pipefail": script.options.pipefail,
                "text": script.text,
                "base": here.start(),
                "put-in": [script.put_in().start, script.put_in().end],
                "line": source.line_column(here.start()).0,
                "findings": inside.map(|found| json!([found.code, found.span.start()])).collect::<Vec<_>>(),
            });
            out += &format!("{line}\n");
        }
    }
    print(out.as_bytes())
}
