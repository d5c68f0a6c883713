//! The examples of a rule's page and of its file of cases, and what must hold for each.

// Each test that includes this file uses a part of it.
#![allow(dead_code)]

use libtest_mimic::Failed;
use plimsoll::compose::Project;
use plimsoll::context::Context;
use plimsoll::finding::Diagnostic;
use plimsoll::finding::Safety;
use plimsoll::finding::Target;
use plimsoll::finding::{Entry, Fixable};
use plimsoll::lint::fix_loop;
use plimsoll::lint::{self, Settings};
use plimsoll::model::{BuildArgs, Model};
use plimsoll::text::Source;
use plimsoll::text::Variants;
use plimsoll::{rules, syntax};

/// One Dockerfile of a page.
pub(crate) struct Example {
    pub(crate) bad: bool,
    /// A Compose file, not a Dockerfile.
    pub(crate) compose: bool,
    pub(crate) text: String,
    /// What the fix loop makes of it, if the page says.
    pub(crate) fixed: Option<String>,
    /// The files of its build context.
    files: Vec<(String, String)>,
    /// `plimsoll.toml`.
    config: String,
}

/// Where the cases are that only guard against a regression.
pub(crate) const CASES: &str = "tests/rules/cases";

/// All examples of a rule, those of its page first, each with its name: `example 1`, `case 1`.
pub(crate) fn of(entry: &Entry) -> Vec<(String, Example)> {
    let path = format!("{CASES}/{}/{}.md", entry.meta.practice, entry.meta.name.replace('-', "_"));
    let cases = std::fs::read_to_string(path).unwrap_or_default();
    let named = |kind: &'static str, text: &str| {
        read(text).into_iter().enumerate().map(move |(number, example)| (format!("{kind} {}", number + 1), example))
    };
    named("example", entry.meta.page).chain(named("case", &cases)).collect()
}

/// Every `dockerfile bad` and `dockerfile good` block of a page, with what belongs to it.
pub(crate) fn read(page: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let (mut files, mut config, mut file_name) = (Vec::new(), String::new(), None::<String>);
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if line.starts_with('#') {
            (files, config, file_name) = (Vec::new(), String::new(), None);
        } else if let Some(name) = line.trim().strip_prefix('`').and_then(|rest| rest.strip_suffix("`:")) {
            file_name = Some(name.to_owned());
        } else if let Some(name) = line.trim().strip_prefix('`').and_then(|rest| rest.strip_suffix("` with CRLF:")) {
            file_name = Some(format!("{name}\r"));
        } else if let Some(fence) = line.strip_prefix("```") {
            let body: String =
                lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
            match (file_name.take(), fence) {
                (Some(name), _) => match name.strip_suffix('\r') {
                    Some(name) => files.push((name.to_owned(), body.replace('\n', "\r\n"))),
                    None => files.push((name, body)),
                },
                (None, "toml") => config = body,
                (None, "dockerfile bad" | "dockerfile good" | "yaml bad" | "yaml good") => examples.push(Example {
                    bad: fence.ends_with("bad"),
                    compose: fence.starts_with("yaml"),
                    text: body,
                    fixed: None,
                    files: files.clone(),
                    config: config.clone(),
                }),
                (None, "dockerfile fixed" | "yaml fixed") => {
                    let last = examples.last_mut().filter(|example| example.bad && example.fixed.is_none());
                    last.expect("a fixed block comes right after its bad one").fixed = Some(body);
                }
                (None, "dockerfile") => panic!("say whether the example is bad, fixed or good:\n{body}"),
                _ => {}
            }
        }
    }
    examples
}

impl Example {
    /// What the file is called.
    pub(crate) fn name(&self) -> &'static str {
        if self.compose { "compose.yaml" } else { "Dockerfile" }
    }

    /// How many reasons there are to reject a text.
    fn errors(&self, source: &Source) -> usize {
        match self.compose {
            true => Project::load(source, "compose.yaml", self.context().as_ref()).problems.len(),
            false => syntax::parse(source.text()).errors.len(),
        }
    }

    fn context(&self) -> Option<Context> {
        (!self.files.is_empty())
            .then(|| Context::in_memory(self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))))
    }

    pub(crate) fn kind(&self) -> &'static str {
        if self.bad { "bad" } else { "good" }
    }

    pub(crate) fn check(&self, entry: &'static Entry) -> Result<(), Failed> {
        let found = self.lint(entry, &Source::new(self.name(), self.text.as_str()));
        let shown = || format!("{}\n---\n{}", self.text, messages(&found));
        if self.bad == found.is_empty() {
            return Err(format!("a {} example with {} findings\n{}", self.kind(), found.len(), shown()).into());
        }
        if !self.bad
            && !self.compose
            && !syntax::parse(&self.text).errors.is_empty()
            && entry.meta.practice != "correctness"
        {
            return Err(format!("a good example with syntax errors\n{}", self.text).into());
        }
        for diagnostic in &found {
            check_message(diagnostic)?;
        }
        let windows = self.text.replace('\n', "\r\n");
        let again = self.lint(entry, &Source::new(self.name(), windows.as_str()));
        if again.len() != found.len() {
            return Err(format!("{} findings with CRLF line ends\n{}", again.len(), shown()).into());
        }
        self.check_fix(entry, &found)
    }

    fn check_fix(&self, entry: &'static Entry, found: &[Diagnostic]) -> Result<(), Failed> {
        let has_fix = found.iter().any(|diagnostic| diagnostic.fix.is_some());
        match entry.meta.fixable {
            Fixable::Never if has_fix => return Err("a fix, though the rule says it has none".into()),
            Fixable::Always if !found.iter().all(|diagnostic| diagnostic.fix.is_some()) => {
                return Err("a finding without a fix, though the rule says there always is one".into());
            }
            _ => {}
        }
        for (line_end, name) in [("\n", "LF"), ("\r\n", "CRLF")] {
            let text = self.text.replace('\n', line_end);
            let wanted = self.fixed.as_ref().unwrap_or(&self.text).replace('\n', line_end);
            let errors = |source: &Source| self.errors(source);
            let lint = |source: &Source| (self.lint(entry, source), errors(source));
            let fixed = fix_loop::fix(&Source::new(self.name(), text), Safety::Unsafe, lint)
                .map_err(|error| error.to_string())?;
            if let Some(rule) = fixed.left_out.first() {
                return Err(format!("a fix of {rule} breaks the file or never rests").into());
            }
            if fixed.source.text() != wanted {
                return Err(format!("with {name} the fix gives\n{}\nnot\n{wanted}", fixed.source.text()).into());
            }
            if self.fixed.is_some() && !self.lint(entry, &fixed.source).is_empty() {
                return Err(format!("the fixed example still has findings\n{wanted}").into());
            }
        }
        Ok(())
    }

    /// The rule's findings in the example's own text.
    pub(crate) fn findings(&self, entry: &'static Entry) -> Vec<Diagnostic> {
        self.lint(entry, &Source::new(self.name(), self.text.as_str()))
    }

    /// The rule's findings in `source`.
    fn lint(&self, entry: &'static Entry, source: &Source) -> Vec<Diagnostic> {
        let tree = syntax::parse(source.text());
        let context = self.context();
        let model = Model::build(source, &tree, &BuildArgs::new(), context.as_ref());
        let all = entry.checks.is_empty();
        let mut settings = if all { Settings::of(rules::ALL) } else { Settings::of([entry]) };
        if let (Some(read), Some(table)) = (entry.options, self.options(entry)) {
            settings.options.insert(entry.meta.name, read(table).expect("the page's options are valid"));
        }
        settings.targets = self.targets();
        let mut kept = match self.compose {
            true => lint::check_compose(&Project::load(source, "compose.yaml", context.as_ref()), &settings),
            false => lint::check(&model, &settings, None),
        };
        kept.retain(|diagnostic| *diagnostic.rule == entry.meta);
        kept
    }

    fn targets(&self) -> Vec<Target> {
        let table: toml::Table = self.config.parse().expect("the page's toml is valid");
        let names = table.get("targets").and_then(|targets| targets.as_array()).into_iter().flatten();
        let read = |name: &toml::Value| Target::from_name(name.as_str().unwrap_or_default()).ok_or("unknown target");
        names.map(|name| read(name).expect("the page's targets exist")).collect()
    }

    fn options(&self, entry: &Entry) -> Option<toml::Table> {
        let table: toml::Table = self.config.parse().expect("the page's toml is valid");
        table.get("rules")?.get(entry.meta.name)?.as_table().cloned()
    }
}

fn messages(found: &[Diagnostic]) -> String {
    found.iter().map(|diagnostic| format!("{:?} {}\n", diagnostic.span, diagnostic.message)).collect()
}

/// How messages are written.
fn check_message(diagnostic: &Diagnostic) -> Result<(), Failed> {
    let texts = std::iter::once(&diagnostic.message)
        .chain(&diagnostic.help)
        .chain(diagnostic.labels.iter().map(|label| &label.message))
        .chain(diagnostic.fix.iter().map(|fix| &fix.title));
    for text in texts {
        let mut chars = text.chars();
        let (first, second) = (chars.next(), chars.next());
        let is_word = first.is_some_and(char::is_uppercase) && second.is_some_and(char::is_lowercase);
        if is_word && !STARTS_UPPER.iter().any(|name| text.starts_with(name)) {
            return Err(format!("a message starts in lower case: {text}").into());
        }
        if text.trim_end().ends_with('.') || text.is_empty() {
            return Err(format!("a message has no full stop: {text}").into());
        }
        if text.matches('`').count() % 2 != 0 {
            return Err(format!("a backtick without its twin: {text}").into());
        }
    }
    Ok(())
}

/// Names that keep their capital at the start of a message.
const STARTS_UPPER: &[&str] =
    &["Alpine", "BuildKit", "Compose", "Debian", "Docker", "Kubernetes", "Node.js", "Podman", "Ubuntu"];
