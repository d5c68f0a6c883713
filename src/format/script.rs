//! The pieces of a shell script in RUN: words and operators, with the level of each line.

use std::ops::Range;

use super::options::{FormatOptions, Operators};
use super::piece::{Gap, Piece, Style};
use crate::shell::reader::{Heredoc, TokenKind, Tree, Word};
use crate::syntax::Logical;
use crate::text::Span;

/// A word or an operator of a script.
struct Atom<'a> {
    piece: Piece<'a>,
    role: Role,
    /// It starts a command.
    starts: bool,
    /// How many compound commands it is in.
    depth: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Word,
    /// `&&` or `||` between commands.
    Operator,
    /// `;`, `&`, `;;`.
    Separator,
    Pipe,
    /// A redirection whose target follows.
    Redirect,
    Keyword,
    Bracket,
}

/// What a compound command is in at one place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Block,
    Case,
    /// The commands of a case, after its pattern.
    Arm,
    Parenthesis,
}

/// The outermost words, in order.
pub(super) fn words(tree: &Tree) -> Vec<Span> {
    let mut spans: Vec<Span> = tree.all::<Word>().iter().map(|word| word.span).filter(|span| !span.is_empty()).collect();
    spans.sort_unstable_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    let mut outer: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        if outer.last().is_none_or(|last| span.start >= last.end) {
            outer.push(span);
        }
    }
    outer
}

/// The pieces of a script whose text, with lines joined, starts at `from` in `line`; `None` if it is better left alone. `start` is
/// how many columns precede it.
pub(super) fn pieces<'a>(
    raw: &'a str,
    line: &Logical,
    from: usize,
    tree: &Tree,
    start: usize,
    style: &Style,
    options: &FormatOptions,
) -> Option<Vec<Piece<'a>>> {
    // A heredoc that BuildKit has not seen as one.
    if !tree.all::<Heredoc>().is_empty() {
        return None;
    }
    let mut atoms = atoms(raw, line, from, tree, style.escape)?;
    structure(&mut atoms);
    space_operators(&mut atoms);
    place_operators(&mut atoms, options.operators);
    let operators = match options.operators {
        Operators::Keep if ends_with_operators(&atoms) => Operators::Last,
        Operators::Keep => Operators::First,
        chosen => chosen,
    };
    indent(&mut atoms);
    // Between commands first, then at pipes, then between arguments.
    for way in [break_commands, break_pipes, break_arguments] {
        for first in style.long_lines(&collect(&atoms), start, options.line_length) {
            let end = (first + 1..atoms.len()).find(|at| atoms[*at].piece.gap.is_break).unwrap_or(atoms.len());
            way(&mut atoms, first..end, operators);
        }
        indent(&mut atoms);
    }
    Some(collect(&atoms))
}

fn collect<'a>(atoms: &[Atom<'a>]) -> Vec<Piece<'a>> {
    atoms.iter().map(|atom| atom.piece.clone()).collect()
}

fn atoms<'a>(raw: &'a str, line: &Logical, from: usize, tree: &Tree, escape: char) -> Option<Vec<Atom<'a>>> {
    let text = line.text.get(from..)?;
    let words = words(tree);
    let mut atoms: Vec<Atom<'a>> = Vec::new();
    let mut next_word = 0;
    // Where the current atom starts, in the joined text.
    let mut open: Option<(usize, usize, Role)> = None;
    let mut end = 0;
    let mut spaced = true;
    let mut close = |open: &mut Option<(usize, usize, Role)>, spaced: &mut bool| -> Option<()> {
        let Some((start, stop, role)) = open.take() else { return Some(()) };
        let span = line.span(from + start, from + stop);
        let gap = match atoms.last() {
            None => Gap::default(),
            Some(_) => Gap::read(raw.get(end..span.start())?, escape)?,
        };
        end = span.end();
        let gap = Gap { space: *spaced, ..gap };
        *spaced = false;
        let piece = Piece { text: raw.get(span.range())?, gap, level: 0 };
        atoms.push(Atom { piece, role, starts: false, depth: 0 });
        Some(())
    };
    for (kind, span) in tree.tokens() {
        while words.get(next_word).is_some_and(|word| word.end <= span.start) {
            next_word += 1;
        }
        if words.get(next_word).is_some_and(|word| word.start <= span.start) {
            match &mut open {
                Some((_, stop, role @ (Role::Word | Role::Redirect))) => {
                    *stop = span.end();
                    *role = Role::Word;
                }
                _ => {
                    close(&mut open, &mut spaced)?;
                    open = Some((span.start(), span.end(), Role::Word));
                }
            }
            continue;
        }
        let token = text.get(span.range())?;
        match kind {
            TokenKind::Space => {
                close(&mut open, &mut spaced)?;
                spaced = true;
            }
            TokenKind::Comment | TokenKind::Newline | TokenKind::Terminator | TokenKind::Skipped => return None,
            TokenKind::Joint => return None,
            TokenKind::Keyword => {
                close(&mut open, &mut spaced)?;
                open = Some((span.start(), span.end(), Role::Keyword));
                close(&mut open, &mut spaced)?;
            }
            TokenKind::Operator => {
                let role = match token {
                    "&&" | "||" => Role::Operator,
                    ";" | "&" | ";;" | ";&" | ";;&" => Role::Separator,
                    "|" | "|&" => Role::Pipe,
                    "(" | ")" | "((" | "))" => Role::Bracket,
                    _ => Role::Redirect,
                };
                match (&mut open, role) {
                    // `2>`, and `>` after `&`.
                    (Some((_, stop, open_role)), Role::Redirect) => {
                        *stop = span.end();
                        *open_role = Role::Redirect;
                    }
                    (_, Role::Redirect) => open = Some((span.start(), span.end(), Role::Redirect)),
                    _ => {
                        close(&mut open, &mut spaced)?;
                        open = Some((span.start(), span.end(), role));
                        close(&mut open, &mut spaced)?;
                    }
                }
            }
            TokenKind::Text | TokenKind::Delimiter => match &mut open {
                Some((_, stop, Role::Word | Role::Redirect)) => *stop = span.end(),
                _ => {
                    close(&mut open, &mut spaced)?;
                    open = Some((span.start(), span.end(), Role::Word));
                }
            },
        }
    }
    close(&mut open, &mut spaced)?;
    Some(atoms)
}

/// Finds what starts commands, and how deep each atom is.
fn structure(atoms: &mut [Atom<'_>]) {
    let mut stack: Vec<Inside> = Vec::new();
    let mut starts = true;
    for atom in atoms {
        atom.starts = starts;
        atom.depth = stack.len();
        let text = atom.piece.text;
        starts = match (atom.role, text) {
            (Role::Keyword, "if" | "while" | "until" | "{") => {
                stack.push(Inside::Block);
                true
            }
            (Role::Keyword, "for" | "select") => {
                stack.push(Inside::Block);
                false
            }
            (Role::Keyword, "case") => {
                stack.push(Inside::Case);
                false
            }
            (Role::Keyword, "then" | "do" | "else" | "elif") => {
                atom.depth = atom.depth.saturating_sub(1);
                true
            }
            (Role::Keyword, "fi" | "done" | "}" | "esac") => {
                if stack.last() == Some(&Inside::Arm) {
                    stack.pop();
                }
                stack.pop();
                atom.depth = stack.len();
                false
            }
            (Role::Keyword, "in") => stack.last() == Some(&Inside::Case),
            (Role::Keyword, "!" | "time") => true,
            (Role::Bracket, "(") if stack.last() != Some(&Inside::Case) => {
                stack.push(Inside::Parenthesis);
                true
            }
            (Role::Bracket, ")") => {
                match stack.last() {
                    Some(Inside::Case) => stack.push(Inside::Arm),
                    Some(Inside::Parenthesis) => {
                        stack.pop();
                        atom.depth = stack.len();
                    }
                    _ => {}
                }
                true
            }
            (Role::Separator, ";;" | ";&" | ";;&") => {
                if stack.last() == Some(&Inside::Arm) {
                    stack.pop();
                }
                true
            }
            (Role::Operator | Role::Separator | Role::Pipe, _) => true,
            _ => false,
        };
        let in_pattern = stack.last() == Some(&Inside::Case);
        if in_pattern && atom.role == Role::Pipe {
            atom.role = Role::Bracket;
        }
    }
}

/// Puts spaces around operators and pipes. In `[[ … ]]`, `((…))` and patterns they are left alone.
fn space_operators(atoms: &mut [Atom<'_>]) {
    let mut in_test = false;
    for at in 0..atoms.len() {
        match atoms[at].piece.text {
            "[[" | "((" => in_test = true,
            "]]" | "))" => in_test = false,
            _ => {}
        }
        if !matches!(atoms[at].role, Role::Operator | Role::Pipe) {
            continue;
        }
        if in_test {
            atoms[at].role = Role::Bracket;
            continue;
        }
        atoms[at].piece.gap.space = true;
        if let Some(next) = atoms.get_mut(at + 1) {
            next.piece.gap.space = true;
        }
    }
}

/// Moves line breaks to the side of the operators where they belong; one on each side becomes one.
fn place_operators(atoms: &mut [Atom<'_>], operators: Operators) {
    for at in 0..atoms.len().saturating_sub(1) {
        if atoms[at].role != Role::Operator {
            continue;
        }
        let (here, after) = atoms.split_at_mut(at + 1);
        let (here, after) = (&mut here[at].piece.gap, &mut after[0].piece.gap);
        match (operators, here.is_break, after.is_break) {
            (Operators::First, _, true) | (Operators::Keep, true, true) => here.take_break(after),
            (Operators::Last, true, _) => {
                after.take_break(here);
            }
            _ => {}
        }
    }
}

/// Whether the first operator at a line break ends its line.
fn ends_with_operators(atoms: &[Atom<'_>]) -> bool {
    let mut operators = (0..atoms.len()).filter(|at| atoms[*at].role == Role::Operator);
    operators
        .find_map(|at| {
            let after = atoms.get(at + 1).is_some_and(|next| next.piece.gap.is_break);
            (after || atoms[at].piece.gap.is_break).then_some(after)
        })
        .unwrap_or(false)
}

/// Sets the level of each line.
fn indent(atoms: &mut [Atom<'_>]) {
    // Arguments are deeper than commands only if commands start lines.
    let starts_line = |at: usize| {
        let atom = &atoms[at];
        let after_pipe = at > 0 && atoms[at - 1].role == Role::Pipe;
        at > 0 && atom.piece.gap.is_break && ((atom.starts && !after_pipe) || is_boundary(atom))
    };
    let chain = usize::from((0..atoms.len()).any(starts_line));
    let mut after_pipe = false;
    for atom in atoms {
        let extra = if atom.role == Role::Pipe || after_pipe || !(atom.starts || is_boundary(atom)) { chain } else { 0 };
        after_pipe = atom.role == Role::Pipe;
        atom.piece.level = 1 + atom.depth + extra;
    }
}

/// Whether a line that starts with it is as deep as a command.
fn is_boundary(atom: &Atom<'_>) -> bool {
    matches!(atom.role, Role::Operator | Role::Separator | Role::Keyword)
        || (atom.role == Role::Bracket && atom.piece.text == ")")
}

fn is_simple(name: &str) -> bool {
    !matches!(name, "[" | "test" | "echo" | "printf")
}

/// Breaks a line between its commands.
fn break_commands(atoms: &mut [Atom<'_>], line: Range<usize>, operators: Operators) {
    for at in line.clone() {
        let atom = &atoms[at];
        let after = at + 1;
        let breaks = match atom.role {
            _ if atom.depth > 0 || after >= line.end => None,
            Role::Separator if atom.piece.text == ";" => Some(after),
            // It has its line break already.
            Role::Operator if at == line.start => None,
            Role::Operator if operators == Operators::Last => Some(after),
            Role::Operator => Some(at),
            _ => None,
        };
        if let Some(at) = breaks {
            atoms[at].piece.gap.is_break = true;
            atoms[at].piece.gap.space = true;
        }
    }
}

/// Breaks a line before its pipes.
fn break_pipes(atoms: &mut [Atom<'_>], line: Range<usize>, _: Operators) {
    for at in line.skip(1).filter(|at| atoms[*at].role == Role::Pipe).collect::<Vec<_>>() {
        atoms[at].piece.gap.is_break = true;
    }
}

/// Breaks a line that is one command before its arguments.
fn break_arguments(atoms: &mut [Atom<'_>], line: Range<usize>, _: Operators) {
    let Some(name) = line.clone().find(|at| atoms[*at].starts && atoms[*at].role == Role::Word) else { return };
    let is_plain = |at: usize| matches!(atoms[at].role, Role::Word | Role::Redirect | Role::Operator | Role::Separator);
    // What ends the command may follow it.
    let end = (name..line.end).find(|at| matches!(atoms[*at].role, Role::Operator | Role::Separator)).unwrap_or(line.end);
    if (name..line.end).all(is_plain) && end + 1 >= line.end && is_simple(atoms[name].piece.text) {
        for at in arguments(atoms, name, end) {
            atoms[at].piece.gap.is_break = true;
        }
    }
}

/// The arguments that get a line of their own: operands after the flags, or flags with their values where there are hardly any
/// operands. None if there are not at least three.
fn arguments(atoms: &[Atom<'_>], name: usize, end: usize) -> Vec<usize> {
    let text = |at: usize| atoms[at].piece.text;
    let is_flag = |at: usize| text(at).starts_with('-') && text(at).len() > 1;
    let is_assignment = |at: usize| text(at).split_once('=').is_some_and(|(key, _)| key.chars().all(|c| c.is_alphanumeric() || c == '_'));
    let first = (name..end).find(|at| !is_assignment(*at)).unwrap_or(end) + 1;
    let mut units: Vec<(usize, bool)> = Vec::new();
    for at in first..end {
        let glued = !atoms[at].piece.gap.space || atoms[at - 1].role == Role::Redirect;
        let is_value = at > first && is_flag(at - 1) && !is_flag(at) && text(at - 1).len() == 2 && !text(at).is_empty();
        let takes_none = at > first && matches!(text(at - 1), "-y" | "-q");
        if glued || atoms[at].role == Role::Redirect || (is_value && !takes_none) {
            continue;
        }
        units.push((at, is_flag(at)));
    }
    let operands: Vec<usize> = units.iter().filter(|(_, flag)| !flag).map(|(at, _)| *at).collect();
    // The verb stays with the name.
    let verb = operands.first().copied().filter(|at| text(*at).chars().all(|char| char.is_ascii_lowercase() || char == '-'));
    let rest: Vec<usize> = operands.into_iter().filter(|at| Some(*at) != verb).collect();
    if rest.len() >= 3 {
        let from = rest[0];
        return units.into_iter().map(|(at, _)| at).filter(|at| *at >= from).collect();
    }
    let all: Vec<usize> = units.into_iter().map(|(at, _)| at).filter(|at| Some(*at) != verb && *at > first.max(verb.unwrap_or(0))).collect();
    if all.len() >= 3 { all } else { Vec::new() }
}
