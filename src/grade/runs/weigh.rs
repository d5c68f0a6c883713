//! Checks what an image weighs.

use crate::engine::EngineError;
use crate::grade::rubric::expectation::WeighExpectation;
use crate::grade::runs::build::{self, BuildRequest};
use crate::grade::runs::scrub::printable;
use crate::grade::runs::session::{BuiltImage, EngineSession};
use crate::grade::runs::{CheckResult, Failure};
use crate::model::Model;
use crate::syntax;
use crate::text::Source;
use crate::text::units::Size;
use crate::weigh::{self, Archive, Budget, BuiltFrom, Limits, WeighError, Weight};

/// One result per limit.
pub(super) fn evaluate(
    session: &EngineSession<'_>,
    request: &BuildRequest,
    image: &BuiltImage<'_>,
    expectation: &WeighExpectation,
) -> Result<Vec<CheckResult>, EngineError> {
    let archive = session.engine.save(image.tag)?;
    Ok(match weight(archive, request) {
        Ok(weight) => checks(&weight, expectation),
        // Such an image is made on purpose.
        Err(error) => {
            let failure = Failure::new(printable(&error.to_string()), "keep the image's layers within usual limits");
            vec![CheckResult::failed("the image can be weighed", failure)]
        }
    })
}

fn weight(archive: std::fs::File, request: &BuildRequest) -> Result<Weight, WeighError> {
    let archive = Archive::of_file(archive, None)?;
    let text = build::text(request).unwrap_or_default();
    let source = Source::new("Dockerfile", text);
    let file = syntax::parse(source.text());
    let model = Model::build(&source, &file, &request.args, None);
    let from = BuiltFrom { model: &model, target: request.target.as_deref() };
    weigh::weigh(&archive, "the image", Some(from), Limits::default())
}

fn checks(weight: &Weight, expectation: &WeighExpectation) -> Vec<CheckResult> {
    let none = Budget::default();
    let limits = [
        (expectation.max_size, "the image is at most", Budget { max_size: expectation.max_size, ..none }),
        (expectation.max_wasted, "the wasted bytes are at most", Budget { max_wasted: expectation.max_wasted, ..none }),
        (expectation.max_layer, "each step adds at most", Budget { max_layer: expectation.max_layer, ..none }),
    ];
    let check = |(most, what, budget): (Option<Size>, &str, Budget)| {
        let excess = budget.excesses(weight).into_iter().next();
        let failure = excess.map(|excess| {
            let line = &weight.lines[excess.line].origin;
            let place = if line.line == 0 { String::new() } else { format!(" (line {}, `{}`)", line.line, line.keyword) };
            let how = "run `plimsoll weigh` to see what each line of the Dockerfile adds and wastes";
            Failure::new(format!("{}{place}", excess.message), how)
        });
        Some(CheckResult::of(format!("{what} {}", most?), failure))
    };
    limits.into_iter().filter_map(check).collect()
}
