//! What the client sets: `initializationOptions`, or the section `plimsoll` of its settings.

use serde::Deserialize;
use serde_json::Value;

/// Unknown keys are left to newer versions.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ClientOptions {
    /// Use this configuration file instead of the nearest `plimsoll.toml`.
    pub(super) configuration: Option<String>,
    /// Ignore all configuration files.
    pub(super) isolated: bool,
    /// Enable preview rules.
    pub(super) preview: Option<bool>,
    /// Where the rule pages are: `https://…/rules/`. The practice and the rule's name are appended.
    pub(super) rule_pages: Option<String>,
    /// The client has the commands `plimsoll.verify` and `plimsoll.weigh`, which take a document's URI.
    pub(super) code_lens: bool,
    pub(super) inlay_hints: bool,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            configuration: None,
            isolated: false,
            preview: None,
            rule_pages: None,
            code_lens: false,
            inlay_hints: true,
        }
    }
}

impl ClientOptions {
    /// Reads the options themselves, or an object with them under `plimsoll`. `None` if they are malformed.
    pub(super) fn read(value: &Value) -> Option<Self> {
        let own = value.get("plimsoll").unwrap_or(value);
        if own.is_null() {
            return Some(Self::default());
        }
        serde_json::from_value(own.clone()).ok()
    }
}
