//! What the images weigh, before and after.

use serde::Serialize;

use super::spec::RunSpec;
use crate::engine::{Engine, EngineError};
use crate::model::Model;
use crate::syntax;
use crate::text::Source;
use crate::weigh::{self, Archive, BuiltFrom, Limits, WeighError};

/// The bytes of an image, as `plimsoll weigh` counts them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WeightReport {
    /// The files of all layers.
    pub bytes: u64,
    /// The files that a container sees.
    pub visible: u64,
    /// What later layers delete, overwrite or repeat.
    pub wasted: u64,
    pub lines: Vec<LineWeight>,
}

/// The bytes of one instruction; the base image's are those of `FROM`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineWeight {
    pub line: usize,
    pub keyword: String,
    pub added: u64,
    pub wasted: u64,
}

impl WeightReport {
    /// Weighs an image that was built from a Dockerfile.
    ///
    /// # Errors
    /// When the engine cannot save it, or its layers exceed the limits.
    pub(super) fn of(engine: &Engine, image: &str, source: &Source, spec: &RunSpec) -> Result<Self, EngineError> {
        let failed = |error: WeighError| EngineError::Other {
            what: "cannot weigh the image".to_owned(),
            said: error.to_string(),
        };
        let archive = Archive::of_file(engine.save(image)?, None).map_err(failed)?;
        let file = syntax::parse(source.text());
        let model = Model::build(source, &file, &spec.build_args, None);
        let from = BuiltFrom { model: &model, target: spec.target.as_deref() };
        let weight = weigh::weigh(&archive, image, Some(from), Limits::default()).map_err(failed)?;
        let lines = weight.lines.iter().filter(|line| line.added > 0 || line.wasted > 0).map(|line| LineWeight {
            line: line.origin.line,
            keyword: line.origin.keyword.clone(),
            added: line.added,
            wasted: line.wasted,
        });
        Ok(Self { bytes: weight.bytes, visible: weight.visible, wasted: weight.wasted, lines: lines.collect() })
    }
}
