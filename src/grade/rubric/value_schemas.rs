//! The JSON Schema of rubrics, from the types that they are read into. `rubric.schema.json` is a copy of it; a test compares them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::schema::Toggle;
use super::values::{ComposeRule, Count, Expression, OneOrMany, TextPattern};
use crate::text::units::{Size, Time};

#[cfg(feature = "internals")]
pub fn derived_schema() -> serde_json::Value {
    schemars::schema_for!(super::schema::RawRubric).to_value()
}

/// The levels of findings, as a rubric names them.
#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
#[allow(dead_code, reason = "only the schema is used")]
pub(super) enum LevelName {
    Note,
    Warn,
    Error,
}

macro_rules! schema {
    ($type:ty, $name:literal, $schema:tt) => {
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

schema!(Time, "Time", { "description": "Seconds, or a time such as \"20s\" or \"2m\"", "type": ["number", "string"] });
schema!(Size, "Size", { "description": "Bytes, or a size such as \"120MB\" (decimal), \"64MiB\" or \"512m\" (binary)", "type": ["integer", "string"] });
schema!(Count, "Count", { "description": "A number, or a comparison such as \">= 2\"", "type": ["integer", "string"] });
schema!(TextPattern, "TextPattern", { "description": "A glob, or a regular expression between slashes", "type": "string" });
schema!(ComposeRule, "ComposeRule", { "description": "The name of a rule for Compose files", "type": "string" });
schema!(Expression, "Expression", { "description": "A regular expression", "type": "string" });

impl<T: JsonSchema> JsonSchema for OneOrMany<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("OneOrMany{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [one, { "type": "array", "items": one }] })
    }
}

impl<T: JsonSchema> JsonSchema for Toggle<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("Toggle{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [{ "const": true }, table] })
    }
}
