//! Whether the shell splits what an expansion gives.

use super::{At, Kind, Role, Survey};
use crate::shell::reader::PartKind;

/// What becomes of the value of an expansion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quoting {
    /// It is split into words, and these are patterns.
    Split,
    /// In double quotes or in a heredoc: it stays as it is.
    Quoted,
    /// The value of an assignment, which is not split.
    Assigned,
    /// Split, as an element of an array.
    Element,
    /// Split, as a word that `for` walks through.
    Item,
    /// What `case` looks at, or an operand of `[[ … ]]`: not split.
    Kept,
    /// A pattern, of `case`, `[[ … ]]` or `${x%…}`.
    Pattern,
    /// In `$((…))` or a subscript.
    Number,
    /// The operand of another expansion: it fares as that does.
    Operand,
}

impl Survey<'_> {
    /// What becomes of the value of a part.
    pub fn quoting(&self, part: At) -> Quoting {
        for at in self.ancestors(part) {
            match self.kind(at) {
                Kind::Part(part) if matches!(part.kind, PartKind::Double { .. }) => return Quoting::Quoted,
                Kind::Heredoc(_) => return Quoting::Quoted,
                Kind::Expr(_) => return Quoting::Number,
                Kind::Word(_) => {
                    return match self.role(at) {
                        Role::Argument(_) | Role::Target | Role::Part => Quoting::Split,
                        Role::Value => Quoting::Assigned,
                        Role::Element => Quoting::Element,
                        Role::Item => Quoting::Item,
                        Role::Subject | Role::Left | Role::Name => Quoting::Kept,
                        Role::Pattern | Role::Right | Role::Removed => Quoting::Pattern,
                        Role::Arithmetic | Role::Subscript => Quoting::Number,
                        Role::Operand => match self.is_quoted_operand(at) {
                            true => Quoting::Quoted,
                            false => Quoting::Operand,
                        },
                        Role::Script | Role::Condition | Role::Body => Quoting::Kept,
                    };
                }
                Kind::Part(_) => {}
                _ => return Quoting::Kept,
            }
        }
        Quoting::Kept
    }

    /// Whether the expansion that this operand belongs to is in double quotes.
    fn is_quoted_operand(&self, operand: At) -> bool {
        self.parent(operand).is_some_and(|part| self.quoting(part) == Quoting::Quoted)
    }

    /// The word that a part is in: that of an argument, a value, a target.
    pub fn word_of(&self, part: At) -> Option<At> {
        self.ancestors(part).find(|at| matches!(self.kind(*at), Kind::Word(_)))
    }
}

impl Survey<'_> {
    /// Whether a part is all of a word that names a command: `$cmd`, `exec $cmd`. Splitting it is what makes a command of it.
    pub fn is_command_name(&self, part: At) -> bool {
        let Some(word) = self.parent(part) else { return false };
        let (Role::Argument(index), Kind::Word(text)) = (self.role(word), self.kind(word)) else { return false };
        if self.tree[text.parts].len() != 1 {
            return false;
        }
        let Some(simple) = self.simple_of(word) else { return false };
        simple.words[..index as usize]
            .iter()
            .all(|before| matches!(self.bare(*before), Some("exec" | "command" | "builtin")))
    }
}

impl Survey<'_> {
    /// Whether a part belongs to an assignment that is an argument: of `export`, `readonly`, `local`.
    pub fn is_declared(&self, part: At) -> bool {
        self.ancestors(part)
            .find(|at| matches!(self.kind(*at), Kind::Assignment(_)))
            .and_then(|assignment| self.parent(assignment))
            .is_some_and(|above| matches!(self.kind(above), Kind::Part(_)))
    }
}
