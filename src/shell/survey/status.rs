//! Which command `$?` is the status of.

use super::{At, Kind, Role, Survey};
use crate::shell::reader::{Command, CommandKind, PartKind, PrefixKind, TerminatorKind};

/// A `$?` that is the status of a command that says nothing worth asking for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stale {
    /// Of a test that was asked for its status before.
    Test,
    /// Of `echo`, which never fails.
    Echo,
}

/// The commands that may have run last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    /// None: the script starts here, or the shell does not get here.
    Nothing,
    /// Tests, or `echo`, in these nodes.
    Known(Stale, At, At),
    Other,
}

impl Last {
    fn join(self, other: Last) -> Last {
        match (self, other) {
            (Last::Nothing, last) | (last, Last::Nothing) => last,
            (Last::Known(left, start, end), Last::Known(right, from, to)) if left == right => {
                Last::Known(left, start.min(from), end.max(to))
            }
            _ => Last::Other,
        }
    }
}

impl Survey<'_> {
    /// The parts of a script that are such a `$?`.
    pub fn stale_statuses(&self) -> Vec<(At, Stale)> {
        let asked = self.parts.iter().any(|at| self.part(*at).and_then(|part| self.name(part)) == Some("?"));
        let mut walk = Walk { survey: self, found: Vec::new() };
        if asked {
            walk.node(0, Last::Nothing);
        }
        walk.found
    }

    /// Whether a `$?` is in the command right after the one that holds these nodes, so that it is asked the first time.
    fn asks_first(&self, part: At, first: At, last: At) -> bool {
        let mut below = part;
        for above in self.ancestors(part) {
            let goes_on = match self.kind(above) {
                Kind::List(_) => {
                    let mut before = last;
                    for up in self.ancestors(last) {
                        if up <= above {
                            break;
                        }
                        before = up;
                    }
                    if before > above && before <= first && self.nodes[before].end == below {
                        return true;
                    }
                    let grouped = self.parent(above).is_some_and(|owner| {
                        matches!(self.kind(owner), Kind::Command(Command { kind: CommandKind::Group(_), .. }))
                    });
                    below == above + 1 && (grouped || self.role(above) == Role::Condition)
                }
                Kind::Item(_) | Kind::Branch(_) => below == above + 1,
                Kind::Pipeline(pipeline) => pipeline.commands.len() == 1,
                Kind::Command(command) => match command.kind {
                    CommandKind::Subshell(_) | CommandKind::Function(_) => false,
                    CommandKind::If(_) | CommandKind::Loop(_) => below == above + 1,
                    _ => true,
                },
                Kind::Part(part) => !matches!(part.kind, PartKind::Substitution(_)),
                Kind::Arm(_) => false,
                _ => true,
            };
            if !goes_on {
                return false;
            }
            below = above;
        }
        false
    }
}

struct Walk<'s, 't> {
    survey: &'s Survey<'t>,
    found: Vec<(At, Stale)>,
}

impl Walk<'_, '_> {
    /// Goes through a node, and returns what ran last after it.
    fn node(&mut self, at: At, last: Last) -> Last {
        let survey = self.survey;
        match survey.kind(at) {
            Kind::List(_) => survey.children(at).fold(last, |last, item| self.node(item, last)),
            Kind::Item(item) => {
                let mut out: Option<Last> = None;
                for pipeline in survey.children(at) {
                    let after = self.node(pipeline, out.unwrap_or(last));
                    out = Some(out.map_or(after, |out| out.join(after)));
                }
                match item.terminator {
                    Some(end) if end.kind == TerminatorKind::Ampersand => Last::Other,
                    _ => out.unwrap_or(last),
                }
            }
            Kind::Pipeline(pipeline) => {
                let not = survey.tree[pipeline.prefixes].iter().any(|prefix| prefix.kind == PrefixKind::Not);
                let after = survey.children(at).map(|command| self.node(command, last)).last();
                match after {
                    Some(after) if pipeline.commands.len() == 1 && !not => after,
                    _ => Last::Other,
                }
            }
            Kind::Command(command) => self.command(at, command, last),
            Kind::Part(part) => {
                if let Last::Known(stale, first, end) = last
                    && survey.name(part) == Some("?")
                    && (stale == Stale::Echo || !survey.asks_first(at, first, end))
                {
                    self.found.push((at, stale));
                }
                match part.kind {
                    // The rest of the command sees the status of what ran in it.
                    PartKind::Substitution(_) => self.within(at, last),
                    _ => self.inside(at, last),
                }
            }
            _ => self.inside(at, last),
        }
    }

    /// Goes through the parts of words, from left to right.
    fn inside(&mut self, at: At, last: Last) -> Last {
        let survey = self.survey;
        survey.children(at).fold(last, |last, child| self.node(child, last))
    }

    /// The same for what runs something.
    fn within(&mut self, at: At, last: Last) -> Last {
        self.inside(at, last);
        Last::Other
    }

    fn command(&mut self, at: At, command: &Command, last: Last) -> Last {
        let survey = self.survey;
        match command.kind {
            CommandKind::Simple { words, .. } => {
                self.inside(at, last);
                let name = survey.tree[words].first().and_then(|word| survey.bare(*word)).unwrap_or_default();
                match name.rsplit('/').next().unwrap_or(name) {
                    "[" | "test" => Last::Known(Stale::Test, at, at),
                    "echo" => Last::Known(Stale::Echo, at, at),
                    "exit" | "return" | "break" | "continue" => Last::Nothing,
                    _ => Last::Other,
                }
            }
            CommandKind::Test(_) => {
                self.inside(at, last);
                Last::Known(Stale::Test, at, at)
            }
            CommandKind::Group(_) => {
                let mut out = last;
                for child in survey.children(at) {
                    match survey.kind(child) {
                        Kind::List(_) => out = self.node(child, last),
                        _ => _ = self.node(child, last),
                    }
                }
                out
            }
            CommandKind::If(_) => {
                let (mut asked, mut out, mut otherwise) = (last, Last::Nothing, false);
                for child in survey.children(at) {
                    let Kind::Branch(branch) = survey.kind(child) else {
                        self.node(child, last);
                        continue;
                    };
                    otherwise |= branch.condition.is_none();
                    for list in survey.children(child) {
                        match survey.role(list) {
                            Role::Condition => asked = self.node(list, asked),
                            _ => out = out.join(self.node(list, asked)),
                        }
                    }
                }
                if otherwise { out } else { out.join(asked) }
            }
            CommandKind::For(_) => {
                let mut out = last;
                for child in survey.children(at) {
                    match survey.kind(child) {
                        Kind::List(_) => out = out.join(self.node(child, last)),
                        _ => _ = self.node(child, last),
                    }
                }
                out
            }
            CommandKind::Loop(_) => {
                survey.children(at).fold(last, |last, child| self.node(child, last));
                Last::Other
            }
            CommandKind::Case(_) => {
                let (mut out, mut all) = (Last::Nothing, false);
                for child in survey.children(at) {
                    let Kind::Arm(arm) = survey.kind(child) else {
                        self.node(child, last);
                        continue;
                    };
                    all |= survey.tree[arm.patterns].iter().any(|pattern| survey.slice(pattern.span) == "*");
                    for part in survey.children(child) {
                        match survey.kind(part) {
                            Kind::List(_) => out = out.join(self.node(part, last)),
                            _ => _ = self.node(part, last),
                        }
                    }
                }
                if all { out } else { out.join(last) }
            }
            CommandKind::Function(_) => self.within(at, Last::Other),
            _ => self.within(at, last),
        }
    }
}
