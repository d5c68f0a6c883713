//! `plimsoll config`: the keys of plimsoll.toml.

use std::fmt::Write;

use serde_json::json;

use super::init::wrap;
use super::{Exit, Stop, print};
use crate::command::args::config::ConfigArgs;
use crate::command::options::TextFormat;
use crate::config::json_schema::json_schema;
use crate::config::{KEYS, Key};
use crate::lint::registry;
use crate::text::Problem;
use crate::text::suggest::nearest;

pub(super) fn run(config: &ConfigArgs) -> Result<Exit, Stop> {
    if config.schema {
        return print(&pretty(&json_schema(registry::all())));
    }
    let Some(name) = &config.key else {
        return print(&match config.format {
            TextFormat::Text => list(),
            TextFormat::Json => pretty(&KEYS.iter().map(data).collect()),
        });
    };
    let Some(key) = KEYS.iter().find(|key| key.name == name) else {
        let problem = Problem::error(format!("unknown key `{name}`"));
        let problem = problem.meant(nearest(name, KEYS.iter().map(|key| key.name)));
        return Err(problem.help("`plimsoll config` lists all keys").into());
    };
    print(&match config.format {
        TextFormat::Text => page(key),
        TextFormat::Json => pretty(&data(key)),
    })
}

fn pretty(value: &serde_json::Value) -> Vec<u8> {
    format!("{value:#}\n").into_bytes()
}

fn data(key: &Key) -> serde_json::Value {
    json!({
        "key": key.name,
        "value": key.value,
        "default": key.default,
        "summary": key.summary,
        "details": key.details,
        "example": key.example,
    })
}

fn list() -> Vec<u8> {
    let width = KEYS.iter().map(|key| key.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for key in KEYS {
        let _ = writeln!(text, "{:width$}  {}", key.name, key.summary);
    }
    text.push_str("\n`plimsoll config KEY` explains a key; `plimsoll init` writes a commented plimsoll.toml.\n");
    text.into_bytes()
}

fn page(key: &Key) -> Vec<u8> {
    let mut text = format!("{}\n\n{}\n\n", key.name, key.summary);
    let _ = writeln!(text, "Value: {}\nDefault: {}\n", key.value, key.default);
    if !key.details.is_empty() {
        let _ = writeln!(text, "{}\n", wrap(key.details, 100).join("\n"));
    }
    text.push_str("Example:\n");
    for line in key.example.lines() {
        let _ = writeln!(text, "    {line}");
    }
    text.into_bytes()
}
