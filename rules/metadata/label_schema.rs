use std::collections::BTreeMap;

use crate::finding::prelude::*;
use crate::knowledge::labels::Form;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)])
    .aka(&["DL3049", "DL3050", "DL3051", "DL3052", "DL3053", "DL3054", "DL3055", "DL3056", "DL3058"])
    .options::<Options>();

#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Options {
    /// The labels that the image has to have, and the form of their values.
    labels: BTreeMap<String, Form>,
    /// It may have no others.
    strict: bool,
}

fn check(stage: &Stage<'_>, cx: &mut Cx<'_>) {
    let options: &Options = cx.options();
    // One that is built on this one inherits its labels, and is looked at instead.
    if options.labels.is_empty() || !stage.is_final {
        return;
    }
    let model = cx.model;
    let below: Vec<&Stage<'_>> = stage.chain(model).collect();
    let labels = || below.iter().copied().chain([stage]).flat_map(|stage| stage.labels(model));
    // A key that only the builder knows may be any.
    let open = labels().any(|label| label.key.is_none());
    for (key, form) in &options.labels {
        let Some(label) = labels().filter(|label| label.key.as_ref() == Some(key)).last() else {
            if !open {
                cx.report(stage.from.args_span, format!("the image has no label `{key}`"))
                    .help(format!("write `LABEL {key}=\"{}\"`", form.example()));
            }
            continue;
        };
        let Some(value) = &label.value else { continue };
        if value.trim().is_empty() {
            cx.report(label.pair.span, format!("the label `{key}` is empty"))
                .help(format!("give it a value: {}", form.what()));
        } else if !form.fits(value) {
            cx.report(label.value_span(), format!("`{key}` has to be {}", form.what()))
                .help(format!("write it as in `{}`", form.example()));
        }
    }
    for label in labels().filter(|_| options.strict) {
        let Some(key) = label.key.filter(|key| !options.labels.contains_key(key)) else { continue };
        cx.report(label.pair.name.span, format!("the label `{}` is none of those agreed on", key.replace('`', "'")))
            .help("remove it, or add it to `labels` of `[rules.label-schema]`");
    }
}
