//! hadolint's configuration file → a [`Setup`], and the table `[hadolint]` of ours, which has the same keys.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use toml::Table;

use super::hadolint_yaml::HadolintYaml;
use crate::hadolint::{Setup, Severity, Threshold};
use crate::knowledge::labels::Form;
use crate::text::yaml::{Node, Value};
use crate::text::{Problem, Source};

/// `[hadolint]`: the keys of hadolint's configuration, in kebab case.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct HadolintTable {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ignored: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_threshold: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    no_fail: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disable_ignore_pragma: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    strict_labels: Option<bool>,
    #[serde(alias = "trustedRegistries", skip_serializing_if = "Vec::is_empty")]
    trusted_registries: Vec<String>,
    #[serde(rename = "override", skip_serializing_if = "BTreeMap::is_empty")]
    overrides: BTreeMap<String, Vec<String>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    label_schema: BTreeMap<String, String>,
}

impl HadolintTable {
    /// # Errors
    /// A level or a label format is unknown: the key, and what is wrong.
    pub(super) fn setup(&self) -> Result<Setup, String> {
        let mut setup = Setup {
            ignored: self.ignored.clone(),
            trusted_registries: self.trusted_registries.clone(),
            no_fail: self.no_fail,
            disable_ignore_pragma: self.disable_ignore_pragma,
            strict_labels: self.strict_labels,
            ..Setup::default()
        };
        if let Some(text) = &self.failure_threshold {
            let unknown = || format!("unknown failure-threshold `{text}`");
            setup.threshold = Some(Threshold::of(text).ok_or_else(unknown)?);
        }
        for (name, codes) in &self.overrides {
            let severity = Severity::of(name).filter(|severity| *severity > Severity::Ignore);
            let severity = severity.ok_or_else(|| format!("unknown level `{name}` in `override`"))?;
            setup.overrides.extend(codes.iter().map(|code| (code.clone(), severity)));
        }
        for (label, form) in &self.label_schema {
            let unknown = || format!("unknown format `{form}` of the label `{label}`");
            setup.labels.insert(label.clone(), label_form(form).ok_or_else(unknown)?);
        }
        Ok(setup)
    }

    fn of(setup: &Setup, threshold: Option<String>) -> Self {
        let mut overrides: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (code, severity) in &setup.overrides {
            overrides.entry(severity.as_str().to_owned()).or_default().push(code.clone());
        }
        let form = |(label, form): (&String, &Form)| (label.clone(), form_name(*form).to_owned());
        Self {
            ignored: setup.ignored.clone(),
            failure_threshold: threshold,
            no_fail: setup.no_fail,
            disable_ignore_pragma: setup.disable_ignore_pragma,
            strict_labels: setup.strict_labels,
            trusted_registries: setup.trusted_registries.clone(),
            overrides,
            label_schema: setup.labels.iter().map(form).collect(),
        }
    }
}

const FORMS: [(&str, Form); 7] = [
    ("text", Form::Text),
    ("url", Form::Url),
    ("rfc3339", Form::Rfc3339),
    ("semver", Form::Semver),
    ("hash", Form::Hash),
    ("spdx", Form::Spdx),
    ("email", Form::Email),
];

/// The format of a label by hadolint's name for it; empty is `text`.
pub fn label_form(name: &str) -> Option<Form> {
    let name = if name.is_empty() { "text" } else { name };
    FORMS.iter().find(|(own, _)| *own == name).map(|(_, form)| *form)
}

fn form_name(form: Form) -> &'static str {
    FORMS.iter().find(|(_, own)| *own == form).map_or("text", |(name, _)| name)
}

/// The file that hadolint would read: in the working directory, else one of the user's.
pub fn find(home: Option<&Path>, config_home: Option<&Path>) -> Option<PathBuf> {
    let both = |directory: &Path, name: &str| ["yaml", "yml"].map(|end| directory.join(format!("{name}.{end}")));
    let mut paths: Vec<PathBuf> = both(Path::new(""), ".hadolint").into();
    let own = config_home.map(Path::to_path_buf).or_else(|| home.map(|home| home.join(".config")));
    paths.extend(own.iter().flat_map(|directory| both(directory, "hadolint")));
    if let Some(home) = home {
        paths.extend(both(&home.join(".hadolint"), "hadolint"));
        paths.extend(both(&home.join(".hadolint"), "config"));
        paths.extend(both(home, ".hadolint"));
    }
    paths.into_iter().find(|path| path.is_file())
}

/// Reads hadolint's file. What is wrong with it is an error; what it does not know is a warning.
pub fn read(source: &Arc<Source>) -> (Setup, Vec<Problem>) {
    let mut reader = SetupReader { yaml: HadolintYaml::new(source), setup: Setup::default() };
    for (name, key, value) in reader.yaml.keys() {
        reader.key(&name, &key, &value);
    }
    (reader.setup, reader.yaml.problems)
}

/// Our configuration that does the same as hadolint with this file.
pub fn convert(source: &Arc<Source>) -> (Table, Vec<Problem>) {
    let (setup, problems) = read(source);
    let threshold = setup.threshold.map(|threshold| match threshold {
        Threshold::At(severity) => severity.as_str().to_owned(),
        Threshold::Any => "none".to_owned(),
    });
    let mut table = Table::new();
    table.insert("profile".to_owned(), "hadolint".into());
    if let Ok(own) = Table::try_from(HadolintTable::of(&setup, threshold))
        && !own.is_empty()
    {
        table.insert("hadolint".to_owned(), own.into());
    }
    (table, problems)
}

struct SetupReader<'a> {
    yaml: HadolintYaml<'a>,
    setup: Setup,
}

impl SetupReader<'_> {
    fn strings(&mut self, node: &Node) -> Vec<String> {
        self.yaml.strings(node).into_iter().map(|(text, _)| text).collect()
    }

    fn key(&mut self, name: &str, key: &Node, value: &Node) {
        match name {
            "ignored" => self.setup.ignored = self.strings(value),
            "trustedRegistries" => self.setup.trusted_registries = self.strings(value),
            "no-fail" => self.setup.no_fail = self.yaml.bool(value),
            "no-color" => self.setup.no_color = self.yaml.bool(value),
            "disable-ignore-pragma" => self.setup.disable_ignore_pragma = self.yaml.bool(value),
            "strict-labels" => self.setup.strict_labels = self.yaml.bool(value),
            "format" | "formats" => {
                let formats = self.strings(value);
                self.setup.formats.extend(formats);
            }
            "verbose" => {}
            "failure-threshold" => match &value.value {
                Value::Scalar(text) if Threshold::of(text).is_some() => self.setup.threshold = Threshold::of(text),
                _ => {
                    let expected = "expected `error`, `warning`, `info`, `style`, `ignore` or `none`";
                    self.yaml.error(expected, value.span);
                }
            },
            "override" => self.overrides(value),
            "label-schema" => self.labels(value),
            name => self.yaml.warning(format!("hadolint has no key `{name}`"), "it was ignored", key.span),
        }
    }

    fn overrides(&mut self, node: &Node) {
        for (key, value) in self.yaml.map(node, "expected a mapping of levels to lists of rules") {
            let Value::Scalar(name) = &key.value else { continue };
            match Severity::of(name).filter(|severity| *severity > Severity::Ignore) {
                Some(severity) => {
                    let codes = self.strings(value);
                    self.setup.overrides.extend(codes.into_iter().map(|code| (code, severity)));
                }
                None => self.yaml.error("expected `error`, `warning`, `info` or `style`", key.span),
            }
        }
    }

    fn labels(&mut self, node: &Node) {
        for (label, form) in self.yaml.map(node, "expected a mapping of labels to formats") {
            match (&label.value, &form.value) {
                (Value::Scalar(label), Value::Scalar(name)) if label_form(name).is_some() => {
                    self.setup.labels.extend(label_form(name).map(|form| (label.clone(), form)));
                }
                _ => {
                    let expected = "expected `text`, `url`, `rfc3339`, `semver`, `hash`, `spdx` or `email`";
                    self.yaml.error(expected, form.span);
                }
            }
        }
    }
}
