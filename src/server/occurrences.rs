//! Names in a Dockerfile: where stages, variables and heredocs are defined and used.

use std::sync::Arc;

use super::script_variables::{self, Mention};
use crate::model::{Base, Model, Origin, VariableUse};
use crate::syntax::{Args, Heredoc, Instruction, Keyword, PairArgs};
use crate::text::Span;

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Symbol {
    /// By index.
    Stage(usize),
    /// Definitions of one name that share their value: the global `ARG` and those in stages that take it over, or those of a
    /// stage and the stages that are `FROM` it.
    Variable(usize),
    /// A variable that a script sets and the Dockerfile does not: by the script's first byte, and a number.
    Script(usize, usize),
    /// By the first byte of its opener.
    Heredoc(usize),
}

/// One place where a name is written.
#[derive(Clone, Debug)]
pub(super) struct Occurrence {
    pub(super) symbol: Symbol,
    /// The name alone, without `$` and quotes.
    pub(super) span: Span,
    pub(super) is_definition: bool,
    /// Not the name but a number, or a name with escapes in it: it cannot be renamed.
    pub(super) indirect: bool,
}

/// All names of a file, in file order.
pub(super) fn all(model: &Model<'_>) -> Vec<Occurrence> {
    let mut names = Names { model, found: Vec::new(), variables: Vec::new() };
    names.stages();
    names.variables();
    names.heredocs();
    names.found.sort_by_key(|found| found.span);
    names.found
}

/// The name at a byte, or right before it, with all its places.
pub(super) fn at(model: &Model<'_>, at: usize) -> Option<(Occurrence, Vec<Occurrence>)> {
    let all = all(model);
    let hit = all.iter().find(|found| found.span.start() <= at && at <= found.span.end())?.clone();
    let same = all.into_iter().filter(|found| found.symbol == hit.symbol).collect();
    Some((hit, same))
}

type Scope = rpds::HashTrieMapSync<Arc<str>, usize>;

struct Names<'m, 'a> {
    model: &'m Model<'a>,
    found: Vec<Occurrence>,
    /// For each variable so far, whether it is defined anywhere before.
    variables: Vec<bool>,
}

impl Names<'_, '_> {
    fn push(&mut self, symbol: Symbol, span: Span, is_definition: bool, name: &str) {
        let indirect = !self.model.source.slice(span).eq_ignore_ascii_case(name);
        self.found.push(Occurrence { symbol, span, is_definition, indirect });
    }

    fn stages(&mut self) {
        let model = self.model;
        let name_of = |index: usize| model.stages.get(index).and_then(|stage| stage.name);
        for stage in &model.stages {
            if let Some(name) = stage.name {
                self.push(Symbol::Stage(stage.index), name.span, true, &name.text);
            }
            if let (Base::Stage(index), Args::From(from)) = (&stage.base, &stage.from.args)
                && let (Some(image), Some(name)) = (&from.image, name_of(*index))
            {
                self.push(Symbol::Stage(*index), image.span, false, &name.text);
            }
            for import in &stage.imports {
                if let Origin::Stage(index) | Origin::Later(index) = import.origin {
                    let name = name_of(index).map_or("", |name| &name.text);
                    self.push(Symbol::Stage(index), import.span, false, name);
                }
            }
        }
    }

    fn variables(&mut self) {
        let model = self.model;
        let mut globals = Scope::new_sync();
        for instruction in &model.preamble {
            if let Args::Pairs(pairs) = &instruction.args {
                self.define(&mut globals, pairs, &Scope::new_sync());
            }
        }
        for used in &model.preamble_uses {
            self.used(&mut globals, used);
        }
        let mut scopes: Vec<Scope> = Vec::new();
        for stage in &model.stages {
            stage.uses.iter().for_each(|used| self.used(&mut globals, used));
            let mut scope = match stage.base {
                Base::Stage(index) => scopes.get(index).cloned().unwrap_or_default(),
                _ => Scope::new_sync(),
            };
            for step in &stage.steps {
                step.uses.iter().for_each(|used| self.used(&mut scope, used));
                // What ONBUILD keeps has the variables of the image that is built on this one.
                for script in step.script.iter().chain(step.kept.as_deref()) {
                    let mentions = script_variables::mentions(script, model.source);
                    self.used_in_script(&mut scope, script.span.start(), &mentions);
                }
                if step.script.is_none() {
                    let (start, mentions) = script_variables::windows_mentions(step, model.source);
                    self.used_in_script(&mut scope, start, &mentions);
                }
                if let (Args::Pairs(pairs), Keyword::Arg | Keyword::Env) = (&step.instruction.args, step.keyword()) {
                    self.define(&mut scope, pairs, &globals);
                }
            }
            scopes.push(scope);
        }
    }

    fn define(&mut self, scope: &mut Scope, pairs: &PairArgs, outer: &Scope) {
        for pair in &pairs.pairs {
            let name = pair.name.text.as_str();
            let taken_over = outer.get(name).filter(|_| pair.value.is_none()).copied();
            let used = scope.get(name).copied();
            let own = used.filter(|index| self.variables[*index]);
            let index = own.or(taken_over).or(used).unwrap_or_else(|| self.add_variable());
            self.variables[index] = true;
            scope.insert_mut(Arc::from(name), index);
            self.push(Symbol::Variable(index), pair.name.span, true, name);
        }
    }

    fn add_variable(&mut self) -> usize {
        self.variables.push(false);
        self.variables.len() - 1
    }

    /// The variable of that name in a scope. One that nothing defines there is the base image's, or the shell's own.
    fn look_up(&mut self, scope: &mut Scope, name: &str) -> usize {
        if let Some(&index) = scope.get(name) {
            return index;
        }
        let index = self.add_variable();
        scope.insert_mut(Arc::from(name), index);
        index
    }

    /// What is used before it is defined is another variable of the same name: it is shown with it, and not renamed.
    fn push_use(&mut self, index: usize, span: Span, name: &str) {
        self.push(Symbol::Variable(index), span, false, name);
        if let Some(last) = self.found.last_mut() {
            last.indirect |= !self.variables[index];
        }
    }

    fn used(&mut self, scope: &mut Scope, used: &VariableUse) {
        let index = self.look_up(scope, &used.name);
        let sigil = if self.model.source.slice(used.span).starts_with("${") { 2 } else { 1 };
        let start = used.span.start() + sigil;
        let end = start + used.name.len();
        // A name that is broken over lines is longer in the file.
        let is_plain = self.model.source.text().get(start..end) == Some(used.name.as_str());
        let span = if is_plain { Span::new(start, end) } else { used.span };
        self.push_use(index, span, &used.name);
    }

    /// The shell reads what BuildKit gives it as its environment. A variable that neither the Dockerfile nor the script
    /// sets is the base image's. `start` is where the script begins.
    fn used_in_script(&mut self, scope: &mut Scope, start: usize, mentions: &[Mention]) {
        let mut own: Vec<&str> = mentions.iter().filter(|it| it.is_set).map(|it| it.name.as_str()).collect();
        own.sort_unstable();
        own.dedup();
        for mention in mentions {
            let name = mention.name.as_str();
            let is_outer = scope.get(name).is_some_and(|index| self.variables[*index]);
            match own.binary_search(&name) {
                Ok(number) if !is_outer => {
                    let symbol = Symbol::Script(start, number);
                    self.push(symbol, mention.span, mention.is_set, &mention.written);
                    if let Some(last) = self.found.last_mut() {
                        last.indirect |= mention.is_fixed;
                    }
                }
                _ => {
                    let index = self.look_up(scope, name);
                    self.push_use(index, mention.span, &mention.written);
                }
            }
        }
    }

    fn heredocs(&mut self) {
        let instructions: Vec<&Instruction> = self.model.file.instructions().collect();
        for instruction in instructions {
            let kept = match &instruction.args {
                Args::Onbuild(Some(kept)) => &kept.heredocs[..],
                _ => &[],
            };
            instruction.heredocs.iter().chain(kept).for_each(|heredoc| self.heredoc(heredoc));
        }
    }

    fn heredoc(&mut self, heredoc: &Heredoc) {
        let symbol = Symbol::Heredoc(heredoc.opener.start());
        let delimiter = heredoc.delimiter.as_str();
        if delimiter.is_empty() {
            return;
        }
        for (span, is_definition) in [(Some(heredoc.opener), true), (heredoc.terminator, false)] {
            let Some(span) = span else { continue };
            if let Some(at) = self.model.source.slice(span).rfind(delimiter) {
                let start = span.start() + at;
                self.push(symbol, Span::new(start, start + delimiter.len()), is_definition, delimiter);
            }
        }
    }
}
