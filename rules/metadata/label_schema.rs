//! Finds labels that do not match the configured schema.

use std::collections::BTreeMap;

use crate::finding::prelude::*;
use crate::knowledge::labels::Form;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)])
    // hadolint has a code for each key and for each format.
    .aka(&["DL3049", "DL3050", "DL3051", "DL3052", "DL3053", "DL3054", "DL3055", "DL3056", "DL3058"])
    .options::<Options>();

#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Options {
    /// The labels that the image must have, and the format of their values.
    labels: BTreeMap<String, Form>,
    /// Whether other labels are reported.
    strict: bool,
}

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let options: &Options = cx.options();
    // A stage based on this one inherits its labels and is checked instead.
    if options.labels.is_empty() || !stage.is_final {
        return;
    }
    let model = cx.model;
    let below: Vec<&Stage<'_>> = stage.chain(model).collect();
    let labels = || below.iter().copied().chain([stage]).flat_map(|stage| stage.labels(model));
    // A key that only the builder knows may be any of them.
    let open = labels().any(|label| label.key.is_none());
    for (key, form) in &options.labels {
        let Some(label) = labels().filter(|label| label.key.as_ref() == Some(key)).last() else {
            if !open {
                cx.report(stage.from.args_span, format!("image has no label `{key}`"))
                    .variant("DL3049")
                    .help(format!("add `LABEL {key}=\"{}\"`", form.example()));
            }
            continue;
        };
        let Some(value) = &label.value else { continue };
        if value.trim().is_empty() {
            cx.report(label.pair.span, format!("label `{key}` is empty"))
                .variant("DL3051")
                .help(format!("set it to {}", form.what()));
        } else if !form.fits(value) {
            cx.report(label.value_span(), format!("`{key}` must be {}", form.what()))
                .variant(form.hadolint_code())
                .help(format!("use a value such as `{}`", form.example()));
        }
    }
    for label in labels().filter(|_| options.strict) {
        let Some(key) = label.key.filter(|key| !options.labels.contains_key(key)) else { continue };
        cx.report(label.pair.name.span, format!("label `{}` is not in the schema", key.replace('`', "'")))
            .variant("DL3050")
            .help("remove it, or add it to `labels` in `[rules.label-schema]`");
    }
}
