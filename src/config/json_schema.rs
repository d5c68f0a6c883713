//! The JSON Schema of `plimsoll.toml`, for editors and for taplo. `plimsoll.schema.json` is a copy of it; a test compares them.

use serde_json::{Map, Value, json};

use super::KEYS;
use super::shape::Shape;
use crate::finding::Entry;

/// The schema. Rules are listed by name, so that editors complete them.
pub fn json_schema(rules: &[Entry]) -> Value {
    let mut properties = Map::new();
    for key in KEYS {
        let mut schema = of(&key.shape);
        let description = [key.summary, key.details].join("\n\n");
        schema["description"] = description.trim_end().into();
        properties.insert(key.name.to_owned(), schema);
    }
    let mut names: Vec<&str> = rules.iter().flat_map(|entry| [entry.meta.name, entry.meta.practice]).collect();
    names.push("all");
    names.sort_unstable();
    names.dedup();
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "plimsoll.toml",
        "description": "Configuration file for Plimsoll, a linter for Dockerfiles and Compose files.",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
        "definitions": {
            "selector": {
                "description": "A rule, a practice, another tool's code such as DL3006, a glob that matches any of these, or `all`.",
                "anyOf": [{ "enum": names }, { "type": "string" }],
            },
        },
    })
}

fn of(shape: &Shape) -> Value {
    match shape {
        Shape::Text => json!({ "type": "string" }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Count => json!({ "type": "number", "minimum": 0 }),
        Shape::CountOrText => json!({ "type": ["number", "string"] }),
        Shape::Any => json!({}),
        Shape::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        Shape::Name(names) => json!({ "enum": names() }),
        Shape::Names(names) => json!({ "type": "array", "items": { "enum": names() } }),
        Shape::Rules => json!({ "type": "array", "items": { "$ref": "#/definitions/selector" } }),
        Shape::Table(values) => json!({ "type": "object", "additionalProperties": of(values) }),
        Shape::Keys(keys) => table(keys),
        Shape::Tables(keys) => json!({ "type": "array", "items": table(keys) }),
    }
}

fn table(keys: &[(&str, Shape)]) -> Value {
    let properties: Map<String, Value> = keys.iter().map(|(name, shape)| ((*name).to_owned(), of(shape))).collect();
    json!({ "type": "object", "additionalProperties": false, "properties": properties })
}
