//! Asks an image what it contains.

use std::time::Duration;

use crate::engine::{Engine, EngineError, Image, Run, RunLimits};

/// How long a query may take.
const MAX_TIME: Duration = Duration::from_secs(120);

/// The most that it may print, in bytes.
const MAX_OUTPUT: usize = 8 << 20;

/// What a script for `sh` prints in a container of an image: run by root, without network.
///
/// # Errors
/// When the engine cannot run the image.
pub fn printed(engine: &Engine, image: &Image<'_>, script: &str) -> Result<String, EngineError> {
    let run = Run {
        entrypoint: Some("/bin/sh".to_owned()),
        args: vec!["-c".to_owned(), script.to_owned()],
        user: Some("0".to_owned()),
        limits: RunLimits { time: MAX_TIME, output: MAX_OUTPUT, ..RunLimits::default() },
        facts: image.facts.clone(),
        ..Run::new(image.tag.as_str())
    };
    let mut container = engine.start(run)?;
    if !container.wait(MAX_TIME)? {
        container.stop()?;
    }
    Ok(container.finish()?.stdout.text())
}
