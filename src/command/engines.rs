//! `plimsoll engines`: the container engines on this machine and what each supports.

use serde_json::json;

use super::{Exit, Stop};
use crate::command::args::engines::EnginesArgs;
use crate::command::options::TextFormat;
use crate::engine::{Engine, EngineError, Kind, Lifecycle};
use crate::text::Variants;

struct EngineRow {
    kind: Kind,
    found: Result<String, EngineError>,
}

pub(super) fn run(engines: &EnginesArgs) -> Result<Exit, Stop> {
    crate::text::steps::stop_at(crate::process::catch_signals());
    let look = |kind: &Kind| EngineRow { kind: *kind, found: Engine::open(*kind).map(|engine| engine.version) };
    let lines: Vec<EngineRow> = Kind::ALL.iter().map(look).collect();
    let text = match engines.format {
        TextFormat::Json => json(&lines),
        TextFormat::Text => table(&lines),
    };
    let here = lines.iter().any(|line| line.found.is_ok());
    super::print(text.as_bytes())?;
    Ok(if here { Exit::Clean } else { Exit::Failed })
}

fn builds(kind: Kind) -> bool {
    kind.driver().build.is_some()
}

fn runs(kind: Kind) -> bool {
    kind.driver().runs()
}

/// Whether ports of its containers can be reached, as `--http` and `--port` need.
fn ports(kind: Kind) -> bool {
    matches!(kind.driver().lifecycle, Lifecycle::Container) && runs(kind)
}

fn table(lines: &[EngineRow]) -> String {
    let mut text = format!("{:<14} {:<22} {:<6} {:<5} {:<6} about\n", "engine", "version", "builds", "runs", "ports");
    let word = |yes: bool| if yes { "yes" } else { "no" };
    for EngineRow { kind, found } in lines {
        let (version, about) = match found {
            Ok(version) => (version.as_str(), kind.driver().about.to_owned()),
            Err(EngineError::NotInstalled(_)) => ("–", "not installed".to_owned()),
            Err(error) => ("–", error.to_string()),
        };
        text += &format!(
            "{:<14} {version:<22} {:<6} {:<5} {:<6} {about}\n",
            kind.as_str(),
            word(builds(*kind)),
            word(runs(*kind)),
            word(ports(*kind)),
        );
    }
    let first = [Kind::Docker, Kind::Podman, Kind::Nerdctl, Kind::DockerLegacy, Kind::Buildah];
    let chosen = first.iter().find(|kind| lines.iter().any(|line| line.kind == **kind && line.found.is_ok()));
    match chosen {
        Some(kind) => text += &format!("\n`--engine auto` uses {kind}\n"),
        None => text += "\nno engine can build and run here: install Docker or Podman, or start its service\n",
    }
    text
}

fn json(lines: &[EngineRow]) -> String {
    let engines: Vec<_> = lines
        .iter()
        .map(|EngineRow { kind, found }| {
            json!({
                "name": kind.as_str(),
                "version": found.as_ref().ok(),
                "problem": found.as_ref().err().map(ToString::to_string),
                "builds": builds(*kind),
                "runs": runs(*kind),
                "ports": ports(*kind),
                "about": kind.driver().about,
            })
        })
        .collect();
    format!("{:#}\n", json!({ "version": 1, "engines": engines }))
}
