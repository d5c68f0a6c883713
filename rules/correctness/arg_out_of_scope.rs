//! Global `ARG`s used in a stage that does not declare them.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::finding::prelude::*;
use crate::knowledge::bases;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes);

fn check(cx: &Cx<'_>) {
    let model = cx.model;
    let mut globals: HashMap<&str, Span> = HashMap::new();
    for instruction in model.preamble.iter().filter(|instruction| instruction.keyword == Keyword::Arg) {
        let Args::Pairs(args) = &instruction.args else { continue };
        globals.extend(args.pairs.iter().map(|pair| (pair.name.text.as_str(), pair.span)));
    }
    if globals.is_empty() || model.file.is_template(cx.source.text()) {
        return;
    }
    for stage in model.stages.iter().filter(|stage| !stage.windows) {
        // The first use of each, in file order.
        let mut lost: BTreeMap<Span, &str> = BTreeMap::new();
        let mut seen: HashSet<&str> = HashSet::new();
        for step in &stage.steps {
            let outer = step.uses.iter().filter(|used| used.is_undefined() && !used.fallback);
            let outer = outer.map(|used| (used.name.clone(), used.span));
            let mut uses: Vec<(String, Span)> = outer.collect();
            uses.extend(step.free_variables(cx.source));
            for (name, span) in uses {
                let Some((&name, _)) = globals.get_key_value(name.as_str()) else {
                    continue;
                };
                if step.state.variables.get(name).is_none() && seen.insert(name) {
                    lost.insert(span, name);
                }
            }
        }
        let base = stage.root_image(model).and_then(|image| image.familiar_name());
        let names: Vec<&str> = lost.values().copied().collect();
        let lines: String = names.iter().map(|name| format!("{}ARG {name}", line_break(cx))).collect();
        let end = stage.from.span.end();
        for (span, name) in &lost {
            // The base image may set its own version: `FROM node:$NODE_VERSION`.
            let own =
                name.ends_with("_VERSION") && !base.as_deref().is_some_and(|base| bases::lacks_variable(base, name));
            if own && !stage.is_from_scratch(model) {
                continue;
            }
            let fix = Fix::new(
                Safety::Unsafe,
                format!("add `ARG {name}` to this stage"),
                [Edit::insert(end, lines.as_str())],
            );
            cx.report(
                *span,
                format!("`{name}` is empty here: an `ARG` before the first `FROM` does not apply inside stages"),
            )
            .label(globals[*name], "declared here, for `FROM` lines only")
            .help(format!("repeat `ARG {name}` in this stage, without a value, to inherit the global one"))
            .fix(fix);
        }
    }
}

fn line_break(cx: &Cx<'_>) -> &'static str {
    cx.source.line_end()
}
