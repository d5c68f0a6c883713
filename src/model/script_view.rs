//! The scripts of a file with all that a check of shell code asks: the tree, the shell, and what variables hold.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use super::{Model, Stage, State, Step, Variable, VariableKind};
use crate::knowledge::bases;
use crate::knowledge::os::Distro;
use crate::knowledge::variables;
use crate::shell::reader::{Tree, Value};
use crate::shell::survey::{At, Content, Kind, Quoting, Survey, Variables};
use crate::shell::{Dialect, Options, ReadScript, Script, shell_options};
use crate::syntax::{Args, ShellView};
use crate::text::Span;

/// What reads a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScriptShell {
    /// `/bin/sh` of an image of which nothing is known.
    Sh,
    /// `/bin/sh` of Debian and what is made of it.
    Dash,
    /// `/bin/sh` of Alpine.
    Busybox,
    /// `/bin/sh` where it is bash under another name: Fedora, SUSE, Arch and their like.
    BashAsSh,
    Bash,
    Ksh,
}

/// A script in shell form, or the body of a heredoc, as checks of shell code see it.
pub struct ScriptView<'m, 'a> {
    pub step: &'m Step<'a>,
    read: &'m ReadScript,
    /// Where the script begins in the file.
    base: usize,
    pub shell: ScriptShell,
    /// What the shell is started with.
    pub options: Options,
    pub survey: Survey<'m>,
    pub variables: Variables<'m>,
    /// What the script's ONBUILD declares with it.
    later: HashSet<&'m str>,
    /// See [`Self::is_constant`].
    constants: OnceCell<HashMap<&'m str, usize>>,
}

impl<'m, 'a> ScriptView<'m, 'a> {
    pub fn tree(&self) -> &'m Tree {
        &self.read.tree
    }

    /// The script as it was read: use `survey.text` for names in it.
    pub fn script(&self) -> &'m str {
        &self.read.text
    }

    /// Where a stretch of the script is in the file.
    pub fn span(&self, span: Span) -> Span {
        Span::new(self.base + span.start(), self.base + span.end())
    }

    /// Where a node is in the file.
    pub fn place(&self, at: At) -> Span {
        self.span(self.survey.span(at))
    }

    /// What the instructions before the script say of a variable: `ARG` and `ENV`.
    pub fn declared(&self, name: &str) -> Option<Cow<'_, Variable>> {
        let onbuild = self.step.onbuild().is_some();
        match self.step.state.variables.get(name) {
            Some(variable) if !onbuild || variable.kind == VariableKind::Env => Some(Cow::Borrowed(variable)),
            _ if self.later.contains(name) || variables::PROXIES.contains(&name) => Some(Cow::Owned(Variable {
                value: None,
                kind: VariableKind::Arg,
                span: None,
                value_span: None,
                unset: false,
            })),
            _ => None,
        }
    }

    /// Whether the value of a variable has spaces or patterns in it for all that is known, so that it is meant to be split.
    pub fn is_list(&self, name: &str) -> bool {
        self.declared(name).is_some_and(|variable| {
            variable.value.as_ref().is_some_and(|value| value.contains([' ', '\t', '\n', '*', '?', '[']))
        })
    }

    /// Whether nothing but the script sets the variable, and only to texts that the shell does not split.
    pub fn is_constant(&self, name: &str) -> bool {
        let constants = self.constants.get_or_init(|| {
            let mut found: HashMap<&'m str, usize> = HashMap::new();
            for node in &self.survey.nodes {
                let Kind::Assignment(assignment) = node.kind else { continue };
                let plain = match assignment.value {
                    Value::Empty => true,
                    Value::Word(word) => self
                        .survey
                        .literal(word)
                        .is_some_and(|text| !text.contains([' ', '\t', '\n', '*', '?', '['])),
                    _ => false,
                };
                if plain {
                    *found.entry(self.survey.slice(assignment.name)).or_default() += 1;
                }
            }
            found
        });
        let times = self.variables.times_set(name);
        times > 0 && constants.get(name) == Some(&times) && self.declared(name).is_none()
    }

    /// Whether splitting may change what an expansion gives.
    pub fn may_split(&self, part: At) -> bool {
        self.variables.content(part) == Content::Unknown
    }
}

/// Calls `see` with every script of the file in a shell that is checked, in file order; with none of a template. What is
/// known of one is dropped before the next: a file may have many.
pub fn each_script_view<'m, 'a>(model: &'m Model<'a>, mut see: impl FnMut(&ScriptView<'m, 'a>)) {
    if model.file.is_template(model.source.text()) {
        return;
    }
    for stage in model.stages.iter().filter(|stage| !stage.windows) {
        let sh = system_shell(model, stage);
        let mut later: HashSet<&'m str> = HashSet::new();
        for step in &stage.steps {
            let instruction = step.onbuild().unwrap_or(step.instruction);
            if step.onbuild().is_some()
                && let Args::Pairs(pairs) = &instruction.args
            {
                later.extend(pairs.pairs.iter().map(|pair| pair.name.text.as_str()));
            }
            let script = step.script.as_ref().or(step.kept.as_deref());
            let Some(script) = script else { continue };
            if let Some(view) = view(step, script, sh, &later) {
                see(&view);
            }
        }
    }
}

fn view<'m, 'a>(
    step: &'m Step<'a>,
    script: &'m Script,
    sh: ScriptShell,
    later: &HashSet<&'m str>,
) -> Option<ScriptView<'m, 'a>> {
    let read = script.read.as_ref()?;
    // Meant to be a JSON array, and another rule says what is wrong with it.
    if read.text.strip_prefix('[').is_some_and(|rest| !rest.starts_with(['[', ' ', '\t', '\\'])) {
        return None;
    }
    let shell = match pragma(&read.text) {
        Some(name) => shell_of(Dialect::from_name(name), sh)?,
        None => shell_of(script.dialect, sh)?,
    };
    let options = script.scopes.first().map(|scope| scope.options).unwrap_or_default();
    let survey = Survey::new(&read.text, &read.tree);
    let mut view = ScriptView {
        step,
        read,
        base: script.span.start(),
        shell,
        options,
        variables: Variables::follow(&survey, []),
        survey,
        later: later.clone(),
        constants: OnceCell::new(),
    };
    let plain: Vec<&'m str> = names(&view.survey).into_iter().filter(|name| view.is_plain(name)).collect();
    if !plain.is_empty() {
        view.variables = Variables::follow(&view.survey, plain);
    }
    Some(view)
}

impl ScriptView<'_, '_> {
    fn is_plain(&self, name: &str) -> bool {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_./:@%+=,-".contains(&byte);
        self.declared(name).is_some_and(|variable| match &variable.value {
            Some(value) => !value.is_empty() && value.len() <= 256 && value.bytes().all(plain),
            // What BuildKit gives these is one word.
            None => variables::PLATFORM.contains(&name),
        })
    }
}

/// The variables that a script expands.
fn names<'t>(survey: &Survey<'t>) -> HashSet<&'t str> {
    survey.tree.all().iter().map(|parameter: &crate::shell::reader::Parameter| survey.slice(parameter.name)).collect()
}

/// What `/bin/sh` is in a stage's image.
pub fn system_shell(model: &Model<'_>, stage: &Stage<'_>) -> ScriptShell {
    let image = stage.root_image(model);
    let os = image.and_then(|image| bases::os(&image.familiar_name()?, image.tag_text()));
    match os.map(|os| os.distro) {
        Some(Distro::Debian | Distro::Ubuntu) => ScriptShell::Dash,
        Some(Distro::Alpine | Distro::Busybox | Distro::Wolfi) => ScriptShell::Busybox,
        Some(
            Distro::Alma
            | Distro::Amazon
            | Distro::Arch
            | Distro::AzureLinux
            | Distro::Centos
            | Distro::Fedora
            | Distro::OpenSuse
            | Distro::Oracle
            | Distro::Photon
            | Distro::Rhel
            | Distro::Rocky,
        ) => ScriptShell::BashAsSh,
        _ => ScriptShell::Sh,
    }
}

fn shell_of(dialect: Dialect, sh: ScriptShell) -> Option<ScriptShell> {
    Some(match dialect {
        Dialect::Posix => sh,
        Dialect::Ash => ScriptShell::Busybox,
        Dialect::Bash => ScriptShell::Bash,
        Dialect::Ksh => ScriptShell::Ksh,
        Dialect::Zsh | Dialect::PowerShell | Dialect::Cmd | Dialect::Other => return None,
    })
}

/// The shell that reads a view, and what it is started with.
pub fn view_shell(view: &ShellView, state: &State, sh: ScriptShell) -> Option<(ScriptShell, Options)> {
    let (dialect, options) = match &view.interpreter {
        Some(name) => {
            let words: Vec<&str> = view.text.lines().next().unwrap_or_default().split_whitespace().skip(1).collect();
            (Dialect::from_name(name), shell_options(&words))
        }
        None => {
            let options = Options { errexit: state.shell.errexit, pipefail: state.shell.pipefail };
            (state.shell.dialect, options)
        }
    };
    let dialect = pragma(&view.text).map_or(dialect, Dialect::from_name);
    Some((shell_of(dialect, sh)?, options))
}

/// The comments and blank lines that a script begins with. What they tell a linter holds for the whole script only as
/// long as no command comes before them.
pub fn script_head(text: &str) -> impl Iterator<Item = &str> {
    let is_head = |line: &&str| line.trim_start().is_empty() || line.trim_start().starts_with('#');
    text.split_inclusive('\n').take_while(is_head)
}

/// The shell that a `# shellcheck shell=…` comment at a script's head names.
fn pragma(text: &str) -> Option<&str> {
    script_head(text).find_map(|line| {
        let rest = line.trim_start().strip_prefix('#')?.trim_start().strip_prefix("shellcheck")?;
        rest.split_whitespace().find_map(|word| word.strip_prefix("shell="))
    })
}

impl ScriptView<'_, '_> {
    /// Where the script is in the file.
    pub fn whole(&self) -> Span {
        Span::new(self.base, self.base + self.read.text.len())
    }
}

impl ScriptView<'_, '_> {
    /// Whether `ARG` or `ENV` gives a variable a value that is not empty, and the script does not change it.
    pub fn has_value(&self, name: &str) -> bool {
        !self.variables.is_set(name)
            && self.declared(name).is_some_and(|variable| {
                variable.kind == VariableKind::Env || variable.value.as_ref().is_some_and(|value| !value.is_empty())
            })
    }
}

impl ScriptView<'_, '_> {
    /// Whether the shell splits what an expansion gives. Of `export A=$b` the standard says so, and some shells do it.
    pub fn is_split(&self, part: At) -> bool {
        match self.survey.quoting(part) {
            Quoting::Split => true,
            Quoting::Assigned => self.shell == ScriptShell::Sh && self.survey.is_declared(part),
            _ => false,
        }
    }
}
