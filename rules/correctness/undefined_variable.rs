//! Variables that are not set where they are used.

use std::collections::{HashMap, HashSet};

use crate::finding::prelude::*;
use crate::knowledge::bases;
use crate::model::VariableUse;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]).aka(&["UndefinedVar"]);

/// The maximum number of searches for similar names: each compares every variable in effect.
const MOST_SEARCHES: usize = 50;

fn check(cx: &Cx<'_>) {
    let model = cx.model;
    let mut undefined = model.undefined_uses().peekable();
    if undefined.peek().is_none() || model.file.is_template(cx.source.text()) {
        return;
    }
    let globals: HashSet<&str> = declared(model.preamble.iter().copied()).map(|(name, _)| name).collect();
    let mut elsewhere: HashMap<&str, Vec<(usize, Span)>> = HashMap::new();
    for stage in &model.stages {
        for (name, span) in declared(stage.steps.iter().map(|step| step.instruction)) {
            elsewhere.entry(name).or_default().push((stage.index, span));
        }
    }
    let (mut said, mut searches) = (HashSet::new(), 0);
    for (step, used) in undefined {
        let name = used.name.as_str();
        // `arg-out-of-scope` reports global `ARG`s, `same-env-reference` pairs of the same `ENV`.
        let by_other = globals.contains(name) || sets(step, name).is_some_and(|pair| !pair.contains(used.span));
        if used.fallback || by_other || is_guarded(step, used) || !said.insert((step.stage, step.index, name)) {
            continue;
        }
        let other = elsewhere.get(name).and_then(|places| {
            // They are in file order.
            let below = places.partition_point(|(_, span)| span.start <= used.span.start);
            let own = places.get(below).filter(|(stage, _)| *stage == step.stage);
            own.or_else(|| {
                [places.first(), places.last()].into_iter().flatten().find(|(stage, _)| *stage != step.stage)
            })
        });
        let other = other.copied().filter(|_| sets(step, name).is_none());
        let near = match searches < MOST_SEARCHES && other.is_none() {
            true => {
                searches += 1;
                step.state.similar(name).into_iter().find(|near| is_slip(name, near)).map(str::to_owned)
            }
            false => None,
        };
        report(step, used, other, near, cx);
    }
}

fn report(step: &Step<'_>, used: &VariableUse, other: Option<(usize, Span)>, near: Option<String>, cx: &Cx<'_>) {
    let model = cx.model;
    let Some(stage) = model.stage(step.stage) else { return };
    let name = used.name.as_str();
    let base = stage.root_image(model).and_then(|image| image.familiar_name());
    let empty = stage.is_from_scratch(model);
    let sure = empty || base.as_deref().is_some_and(|base| bases::lacks_variable(base, name));
    let sets_itself = sets_in_text(step, used, cx);
    let in_text = step.instruction.heredocs.iter().any(|heredoc| heredoc.body.contains(used.span));
    let message = format!("`{name}` is not set here, so it expands to nothing");
    if sets(step, name).is_some() {
        if !sure {
            return;
        }
        let mut found = cx.report(used.span, format!("`{name}` is not set yet, so there is nothing to append to"));
        found.variant("appended").at_most(Level::Note).help(format!(
            "omit `${name}` and the separator: an empty entry in a path list means the current directory"
        ));
        return;
    }
    let predefined = ["TARGET", "BUILD"].iter().any(|start| {
        let rest = name.strip_prefix(start);
        rest.is_some_and(|rest| ["PLATFORM", "OS", "ARCH", "VARIANT"].contains(&rest))
    });
    let help = if let Some((index, span)) = other {
        let mut found = cx.report(used.span, message);
        if index == step.stage {
            found.label(span, "only set here, further down").help("move it above this instruction");
        } else {
            found
                .label(span, "another stage sets it")
                .help(format!("set it in this stage as well, with `ARG {name}` or `ENV {name}=…`"));
        }
        if !sure {
            found.at_most(Level::Note);
        }
        return;
    } else if predefined {
        format!("add `ARG {name}` above: BuildKit sets it in stages that declare it")
    } else if sets_itself {
        "the builder expands this, not the script: quote the heredoc delimiter, `<<\"EOF\"`".to_owned()
    } else if let Some(near) = near {
        format!("did you mean `{near}`?")
    } else if in_text && (sure || name.chars().any(|char| char.is_ascii_lowercase())) {
        "quote the heredoc delimiter, `<<\"EOF\"`, to keep variables unexpanded".to_owned()
    } else if bases::is_of_shell(name) && sure {
        "write the path or name itself: only a shell sets this variable, when a container runs".to_owned()
    } else if sure {
        format!("declare it with `ARG {name}=…` or `ENV {name}=…`")
    } else {
        // The base image may set it.
        return;
    };
    cx.report(used.span, message).help(help);
}

/// Whether the text of a heredoc sets the variable by itself, for what reads it later.
fn sets_in_text(step: &Step<'_>, used: &VariableUse, cx: &Cx<'_>) -> bool {
    let heredoc = step.instruction.heredocs.iter().find(|heredoc| heredoc.body.contains(used.span));
    heredoc.is_some_and(|heredoc| {
        let start = format!("{}=", used.name);
        let mut lines = cx.text(heredoc.body).lines().map(str::trim_start).limited(1000);
        lines.any(|line| line.trim_start_matches("export ").trim_start_matches("local ").starts_with(&start))
    })
}

/// Whether the variable is used inside a `${name:+…}` of the same name.
fn is_guarded(step: &Step<'_>, used: &VariableUse) -> bool {
    let around = |other: &&VariableUse| other.fallback && other.name == used.name && other.span.contains(used.span);
    step.uses.iter().limited(200).any(|other| around(&other))
}

/// The pair of an `ENV` that sets the name.
fn sets(step: &Step<'_>, name: &str) -> Option<Span> {
    let Args::Pairs(args) = &step.instruction.args else {
        return None;
    };
    // No real file has more pairs.
    let pair = args.pairs.iter().limited(200).find(|pair| step.keyword() == Keyword::Env && pair.name.text == name);
    pair.map(|pair| pair.span)
}

fn declared<'i>(instructions: impl Iterator<Item = &'i Instruction>) -> impl Iterator<Item = (&'i str, Span)> {
    let pairs = instructions.filter_map(|instruction| match (&instruction.args, instruction.keyword) {
        (Args::Pairs(args), Keyword::Arg | Keyword::Env) => Some(&args.pairs),
        _ => None,
    });
    pairs.flatten().map(|pair| (pair.name.text.as_str(), pair.span))
}

/// Whether one name is probably a typo of the other; `A_DIR` and `B_DIR` are not.
fn is_slip(name: &str, near: &str) -> bool {
    let long = name.len().min(near.len()) >= 5;
    let same_case = name.to_lowercase() == near.to_lowercase();
    let number = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    same_case || (long && number(name) == number(near) && strsim::osa_distance(name, near) == 1)
}
