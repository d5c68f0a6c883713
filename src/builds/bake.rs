//! The builds of a bake file: HCL or JSON, with variables at their defaults.

use std::collections::{BTreeMap, HashSet};

use hcl::eval::{Context, Evaluate};
use hcl::{Body, Expression, Value};
use serde_json::Value as Json;

use super::names::{self, Name};
use super::{MAX_BUILDS, Written, add_arg};

/// How deep brackets may be in a file that is read, and operators in one line.
const MAX_DEPTH: usize = 16;
/// How far targets inherit from each other.
const MAX_PARENTS: usize = 16;

/// A target with its values; those that cannot be known are left open.
#[derive(Clone, Debug, Default)]
struct Target {
    context: Option<Text>,
    dockerfile: Option<Text>,
    is_inline: bool,
    target: Option<Text>,
    args: BTreeMap<String, Text>,
    contexts: BTreeMap<String, Text>,
    inherits: Vec<String>,
    /// Several builds, with values that are not known.
    is_matrix: bool,
    names: Vec<Name>,
}

/// A text, or `None` if it cannot be known.
type Text = Option<String>;

pub(super) fn read_hcl(text: &str) -> Vec<Written> {
    if !is_flat(text) {
        return Vec::new();
    }
    let Ok(body) = hcl::parse(text) else { return Vec::new() };
    let mut context = Context::new();
    for block in body.blocks().filter(|block| block.identifier() == "variable") {
        let Some(name) = block.labels().first().map(|label| label.as_str().to_owned()) else { continue };
        let default = block.body().attributes().find(|attribute| attribute.key() == "default");
        let value = default.map_or(Some(Value::from("")), |default| default.expr().evaluate(&context).ok());
        if let Some(value) = value {
            context.declare_var(name, value);
        }
    }
    for attribute in body.attributes() {
        if let Ok(value) = attribute.expr().evaluate(&context) {
            context.declare_var(attribute.key().to_owned(), value);
        }
    }
    let blocks = body.blocks().filter(|block| block.identifier() == "target");
    let mut names = names::of_hcl(text);
    let mut targets = Vec::new();
    for block in blocks {
        let Some(name) = block.labels().first().map(|label| label.as_str().to_owned()) else { continue };
        let names = names.remove(&name).unwrap_or_default();
        let all = combinations(matrix(block.body(), &context), MAX_BUILDS.saturating_sub(targets.len()));
        let Some(all) = all else {
            targets.push((name, Target { names, ..target_of(block.body(), &context) }));
            continue;
        };
        let title = block.body().attributes().find(|attribute| attribute.key() == "name");
        for combination in all {
            let mut own = context.clone();
            combination.iter().for_each(|(name, value)| own.declare_var(name.clone(), value.clone()));
            let title = title.and_then(|title| text_of(&title.expr().evaluate(&own).ok()?));
            let shown = || combination.iter().map(|(name, value)| (name.clone(), text_of(value)));
            let title = title.unwrap_or_else(|| title_of(&name, shown()));
            targets.push((title, Target { names: names.clone(), is_matrix: false, ..target_of(block.body(), &own) }));
        }
    }
    finish(targets)
}

/// What the axes of a matrix are set to, or `None` if there is no matrix, or a value cannot be known.
fn matrix(body: &Body, context: &Context<'_>) -> Option<Vec<(String, Vec<Value>)>> {
    let matrix = body.attributes().find(|attribute| attribute.key() == "matrix")?;
    let Ok(Value::Object(axes)) = matrix.expr().evaluate(context) else { return None };
    let axis = |(name, values): (String, Value)| match values {
        Value::Array(values) => Some((name, values)),
        _ => None,
    };
    axes.into_iter().map(axis).collect()
}

/// Every choice of one value for each axis, at most so many.
fn combinations<V: Clone>(axes: Option<Vec<(String, Vec<V>)>>, most: usize) -> Option<Vec<Vec<(String, V)>>> {
    let mut all = vec![Vec::new()];
    for (name, values) in axes? {
        let mut longer = Vec::new();
        for before in &all {
            let room = most.saturating_sub(longer.len());
            longer.extend(values.iter().take(room).map(|value| {
                let mut combination: Vec<(String, V)> = before.clone();
                combination.push((name.clone(), value.clone()));
                combination
            }));
        }
        all = longer;
    }
    all.truncate(most);
    Some(all)
}

/// What one target of a matrix is called that has no name that can be known: `app (version=3)`.
fn title_of(name: &str, combination: impl Iterator<Item = (String, Text)>) -> String {
    let values = combination.map(|(name, value)| format!("{name}={}", value.as_deref().unwrap_or("…")));
    format!("{name} ({})", values.collect::<Vec<_>>().join(", "))
}

fn target_of(body: &Body, context: &Context<'_>) -> Target {
    let mut target = Target::default();
    for attribute in body.attributes() {
        let expression = attribute.expr();
        let text = || expression.evaluate(context).ok().and_then(|value| text_of(&value));
        match attribute.key() {
            "context" => target.context = Some(text()),
            "dockerfile" => target.dockerfile = Some(text()),
            "dockerfile-inline" => target.is_inline = true,
            "target" => target.target = Some(text()),
            "args" => target.args = texts(expression, context),
            "contexts" => target.contexts = texts(expression, context),
            "inherits" => {
                if let Ok(Value::Array(names)) = expression.evaluate(context) {
                    target.inherits = names.iter().filter_map(text_of).collect();
                }
            }
            "matrix" => target.is_matrix = true,
            _ => {}
        }
    }
    target.is_matrix |= body.blocks().any(|block| block.identifier() == "matrix");
    target
}

/// The entries of an object, each evaluated alone.
fn texts(expression: &Expression, context: &Context<'_>) -> BTreeMap<String, Text> {
    let Expression::Object(object) = expression else { return BTreeMap::new() };
    let entries = object.iter().map(|(key, value)| {
        let value = value.evaluate(context).ok().and_then(|value| text_of(&value));
        (key.to_string().trim_matches('"').to_owned(), value)
    });
    entries.collect()
}

fn text_of(value: &Value) -> Text {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// Whether nothing in a file is nested so deep that reading it would take much of the stack.
fn is_flat(text: &str) -> bool {
    let mut depth = 0usize;
    for line in text.lines() {
        let mut operators = 0;
        for byte in line.bytes() {
            match byte {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                b'?' | b'!' | b'-' => operators += 1,
                _ => {}
            }
            if depth > MAX_DEPTH || operators > 8 * MAX_DEPTH {
                return false;
            }
        }
    }
    true
}

pub(super) fn read_json(text: &str) -> Vec<Written> {
    let Ok(file) = serde_json::from_str::<Json>(text) else { return Vec::new() };
    let entries = |key: &str| file.get(key).and_then(Json::as_object).into_iter().flatten();
    let variables: BTreeMap<String, String> = entries("variable")
        .map(|(name, variable)| (name.clone(), variable.get("default").and_then(json_text).unwrap_or_default()))
        .collect();
    let mut names = names::of_json(text);
    let mut targets = Vec::new();
    for (name, target) in entries("target") {
        let names = names.remove(name).unwrap_or_default();
        let all = combinations(json_matrix(target), MAX_BUILDS.saturating_sub(targets.len()));
        let Some(all) = all else {
            targets.push((name.clone(), Target { names, ..json_target(target, &variables) }));
            continue;
        };
        for combination in all {
            let mut own = variables.clone();
            combination.iter().for_each(|(name, value)| declare(&mut own, name, value));
            let title = target.get("name").and_then(Json::as_str).and_then(|title| fill(title, &own));
            let shown = || combination.iter().map(|(name, value)| (name.clone(), json_text(value)));
            let title = title.unwrap_or_else(|| title_of(name, shown()));
            targets.push((title, Target { names: names.clone(), is_matrix: false, ..json_target(target, &own) }));
        }
    }
    finish(targets)
}

fn json_matrix(target: &Json) -> Option<Vec<(String, Vec<Json>)>> {
    let axes = target.get("matrix")?.as_object()?.iter();
    axes.map(|(name, values)| Some((name.clone(), values.as_array()?.clone()))).collect()
}

/// Sets a variable, and `name.key` for each key of an object.
fn declare(variables: &mut BTreeMap<String, String>, name: &str, value: &Json) {
    variables.remove(name);
    if let Some(text) = json_text(value) {
        variables.insert(name.to_owned(), text);
    }
    for (key, value) in value.as_object().into_iter().flatten() {
        if let Some(text) = json_text(value) {
            variables.insert(format!("{name}.{key}"), text);
        }
    }
}

fn json_target(target: &Json, variables: &BTreeMap<String, String>) -> Target {
    let filled = |value: &Json| fill(&json_text(value)?, variables);
    let texts = |value: &Json| -> BTreeMap<String, Text> {
        value.as_object().into_iter().flatten().map(|(key, value)| (key.clone(), filled(value))).collect()
    };
    let get = |key: &str| target.get(key);
    let inherits = get("inherits").and_then(Json::as_array).into_iter().flatten();
    Target {
        context: get("context").map(filled),
        dockerfile: get("dockerfile").map(filled),
        is_inline: get("dockerfile-inline").is_some(),
        target: get("target").map(filled),
        args: get("args").map(texts).unwrap_or_default(),
        contexts: get("contexts").map(texts).unwrap_or_default(),
        inherits: inherits.filter_map(filled).collect(),
        is_matrix: get("matrix").is_some(),
        names: Vec::new(),
    }
}

fn json_text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// `${NAME}` replaced; `None` for any other expression.
fn fill(text: &str, variables: &BTreeMap<String, String>) -> Text {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}')?;
        filled += before;
        filled += variables.get(name.trim())?;
        rest = after;
    }
    Some(filled + rest)
}

/// The builds of targets, with what they inherit. Targets that others inherit from, and that have no name of an image of
/// their own, are builds all the same: bake makes them when asked to.
fn finish(targets: Vec<(String, Target)>) -> Vec<Written> {
    let written = targets.iter().take(MAX_BUILDS).filter_map(|(name, _)| {
        let mut whole = Target::default();
        inherit(name, &targets, &mut whole, &mut HashSet::new(), 0);
        if whole.is_matrix {
            return None;
        }
        let known = |text: Option<Text>| match text {
            None => Some(None),
            Some(text) => text.map(Some),
        };
        let mut written = Written {
            by: format!("target `{name}`"),
            context: known(whole.context)?.unwrap_or_else(|| ".".to_owned()),
            dockerfile: known(whole.dockerfile)?,
            is_inline: whole.is_inline,
            dockerfile_in_context: true,
            target: known(whole.target)?,
            names: whole.names,
            ..Written::default()
        };
        for (name, value) in whole.args {
            add_arg(&mut written, &name, value);
        }
        written.contexts = whole.contexts.into_iter().map(|(name, value)| (name, value.unwrap_or_default())).collect();
        Some(written)
    });
    written.collect()
}

fn inherit<'t>(
    name: &'t str,
    targets: &'t [(String, Target)],
    whole: &mut Target,
    seen: &mut HashSet<&'t str>,
    depth: usize,
) {
    let Some((_, own)) = targets.iter().rfind(|(other, _)| other == name) else { return };
    if depth >= MAX_PARENTS || !seen.insert(name) {
        return;
    }
    for parent in &own.inherits {
        inherit(parent, targets, whole, seen, depth + 1);
    }
    let own = own.clone();
    whole.context = own.context.or(whole.context.take());
    whole.dockerfile = own.dockerfile.or(whole.dockerfile.take());
    whole.target = own.target.or(whole.target.take());
    whole.is_inline |= own.is_inline;
    whole.is_matrix |= own.is_matrix;
    whole.args.extend(own.args);
    whole.contexts.extend(own.contexts);
    whole.names.extend(own.names);
}
