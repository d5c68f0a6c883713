//! Where variables are read and set, and where subshells begin and end, in the order in which a script is written.

use std::collections::HashMap;

use super::{At, Kind, Role, Simple, Survey, Variables};
use crate::shell::reader::{Command, CommandKind, ExprKind, PartKind, SubstitutionKind, TerminatorKind};
use crate::text::Span;

/// What happens to a variable. What is inside of something comes before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'t> {
    /// A subshell begins: what is set there is lost when it ends.
    Enter,
    Leave,
    Set {
        name: &'t str,
        at: At,
    },
    Read {
        name: &'t str,
        at: At,
    },
}

impl<'t> Survey<'t> {
    /// The events of a script. `last_here`: the last command of a pipeline runs in the shell itself.
    pub fn flow(&self, variables: &Variables<'t>, last_here: bool) -> Vec<Event<'t>> {
        let mut events = Vec::new();
        // What happens when a node ends, the innermost last.
        let mut pending: Vec<(At, Event<'t>)> = Vec::new();
        let declarations = self.declarations();
        let mut sets = variables.set.iter().filter(|set| self.is_set_in_shell(set.at, &declarations)).peekable();
        for at in 0..self.nodes.len() {
            emit(&mut events, &mut pending, at);
            let end = self.nodes[at].end;
            if self.is_subshell(at, last_here) {
                events.push(Event::Enter);
                pending.push((end, Event::Leave));
            }
            while let Some(set) = sets.next_if(|set| set.at <= at) {
                pending.push((end, Event::Set { name: set.name, at }));
            }
            let read = match self.kind(at) {
                Kind::Part(part) => self.name(part),
                Kind::Expr(id) => match self.tree[id].kind {
                    ExprKind::Variable { name, .. } if !self.is_target(at) => Some(self.slice(name)),
                    _ => None,
                },
                // Before the assignment in it.
                Kind::Word(_) => {
                    events.extend(self.exported(at, &declarations).map(|name| Event::Read { name, at }));
                    None
                }
                _ => None,
            };
            if let Some(name) = read {
                pending.push((end, Event::Read { name, at }));
            }
        }
        emit(&mut events, &mut pending, self.nodes.len());
        events
    }

    /// The commands that declare variables by name, and whether each is `export`.
    fn declarations(&self) -> HashMap<At, bool> {
        let declares = |simple: &Simple<'t>| match &*simple.name(self) {
            "export" => Some((simple.at, true)),
            "declare" | "local" | "readonly" | "typeset" => Some((simple.at, false)),
            _ => None,
        };
        self.simples.iter().filter_map(declares).collect()
    }

    /// The variable that a word gives to `export`.
    fn exported(&self, word: At, declarations: &HashMap<At, bool>) -> Option<&'t str> {
        let (Role::Argument(1..), Some(text)) = (self.role(word), self.word(word)) else { return None };
        declarations.get(&self.parent(word)?).filter(|export| **export)?;
        let text = self.slice(text.span);
        let name = text.split('=').next().unwrap_or(text);
        (!name.starts_with('-')).then_some(name)
    }

    /// Whether a place where a variable is set changes it for the shell, and gives it a value: neither in front of a command,
    /// nor by name only.
    fn is_set_in_shell(&self, at: At, declarations: &HashMap<At, bool>) -> bool {
        let above = self.parent(at);
        match self.kind(at) {
            Kind::Assignment(_) => {
                above.and_then(|above| self.simple(above)).is_none_or(|simple| simple.words.is_empty())
            }
            Kind::Word(_) => above.is_none_or(|above| !declarations.contains_key(&above)),
            _ => true,
        }
    }

    /// Whether an expression is the left side of `=`.
    fn is_target(&self, at: At) -> bool {
        self.parent(at).is_some_and(|above| match self.kind(above) {
            Kind::Expr(id) => match self.tree[id].kind {
                ExprKind::Assign { operator, .. } => at == above + 1 && self.slice(operator) == "=",
                _ => false,
            },
            _ => false,
        })
    }

    fn is_subshell(&self, at: At, last_here: bool) -> bool {
        match self.kind(at) {
            Kind::Item(item) => item.terminator.is_some_and(|end| end.kind == TerminatorKind::Ampersand),
            Kind::Command(Command { kind: CommandKind::Subshell(_) | CommandKind::Coproc(_), .. }) => true,
            Kind::Command(_) => self.parent(at).is_some_and(|above| match self.kind(above) {
                Kind::Pipeline(pipeline) => pipeline.commands.len() > 1 && !(last_here && self.is_last(at, above)),
                _ => false,
            }),
            Kind::Part(part) => match part.kind {
                PartKind::Substitution(id) => {
                    matches!(self.tree[id].kind, SubstitutionKind::Dollar | SubstitutionKind::Backtick)
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// What to show of a place where a variable is set: its name, the keyword of a loop, the operator in arithmetic.
    pub fn set_span(&self, at: At) -> Span {
        match self.kind(at) {
            Kind::Assignment(assignment) => assignment.name,
            Kind::Word(_) if self.role(at) == Role::Name => match self.parent(at).map(|above| self.kind(above)) {
                Some(Kind::Command(Command { kind: CommandKind::For(id), .. })) => self.tree[*id].keyword,
                _ => self.span(at),
            },
            Kind::Expr(id) => match self.tree[id].kind {
                ExprKind::Assign { operator, .. } => operator,
                _ => self.span(at),
            },
            _ => self.span(at),
        }
    }
}

fn emit<'t>(events: &mut Vec<Event<'t>>, pending: &mut Vec<(At, Event<'t>)>, at: At) {
    while let Some((_, event)) = pending.pop_if(|(end, _)| *end <= at) {
        events.push(event);
    }
}
