//! Variables in `FROM` that no global `ARG` declares.

use std::collections::HashMap;

use crate::finding::prelude::*;
use crate::knowledge::variables;
use crate::text::suggest;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnFile(check)]).aka(&["UndefinedArgInFrom"]);

/// The maximum number of names that are compared for "did you mean".
const MOST: usize = 200;

fn check(cx: &Cx<'_>) {
    if cx.model.file.is_template(cx.source.text()) {
        return;
    }
    let model = cx.model;
    // Where earlier stages set a name.
    let mut inside: HashMap<&str, Span> = HashMap::new();
    for stage in &model.stages {
        let image = stage.image();
        for used in stage.uses.iter().filter(|used| used.is_undefined() && !used.fallback) {
            let name = used.name.as_str();
            let broken =
                image.filter(|image| image.span.contains(used.span)).and_then(|image| image.invalid.as_deref());
            let message = match broken {
                Some(_) => format!("`{name}` is not declared for `FROM`, so the image name is invalid"),
                None => format!("`{name}` is not declared for `FROM`, so it is empty here"),
            };
            let mut found = cx.report(used.span, message);
            if broken.is_none() {
                found.variant("empty").at_most(Level::Warn);
            }
            if let Some(span) = inside.get(name) {
                found.label(*span, "declared inside a stage, so `FROM` cannot use it");
                found.help(format!("move `ARG {name}` before the first `FROM`, or declare it there as well"));
            } else if let Some(near) = suggest::nearest(name, declared(model)) {
                found.help(format!("did you mean `{near}`?"));
            } else {
                found.help(format!("declare it before the first `FROM`: `ARG {name}=…`, with a default that builds"));
            }
        }
        for step in stage.steps.iter().filter(|step| matches!(step.keyword(), Keyword::Arg | Keyword::Env)) {
            let Args::Pairs(args) = &step.instruction.args else {
                continue;
            };
            for pair in &args.pairs {
                inside.entry(&pair.name.text).or_insert(pair.span);
            }
        }
    }
}

/// The names that a `FROM` can use.
fn declared<'m>(model: &'m Model<'_>) -> impl Iterator<Item = &'m str> {
    let pairs = model.preamble.iter().filter_map(|instruction| match &instruction.args {
        Args::Pairs(args) if instruction.keyword == Keyword::Arg => Some(&args.pairs),
        _ => None,
    });
    let own = pairs.flatten().map(|pair| pair.name.text.as_str()).take(MOST);
    own.chain(variables::PLATFORM.iter().copied())
}
