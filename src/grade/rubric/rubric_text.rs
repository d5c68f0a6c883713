//! A rubric's text, as far as evidence depends on it.

use crate::text::Source;

/// The rubric as plain TOML, without comments and layout.
pub(super) struct RubricText(toml::Table);

impl RubricText {
    pub(super) fn of(source: &Source) -> Self {
        Self(toml::from_str(source.text()).unwrap_or_default())
    }

    pub(super) fn section(&self, name: &str) -> String {
        self.0.get(name).map(ToString::to_string).unwrap_or_default()
    }

    /// What a criterion evaluates, without what it is worth and what it is called.
    pub(super) fn question(&self, id: &str) -> String {
        let criteria = self.0.get("criterion").and_then(toml::Value::as_array);
        let own = criteria.into_iter().flatten().find(|one| one.get("id").and_then(toml::Value::as_str) == Some(id));
        let Some(toml::Value::Table(own)) = own else { return id.to_owned() };
        let mut own = own.clone();
        for key in ["id", "title", "points", "bonus", "hidden", "needs", "variant", "partial", "hint"] {
            own.remove(key);
        }
        toml::Value::Table(own).to_string()
    }
}
