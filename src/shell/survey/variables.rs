//! What variables hold, as far as a script shows it.
//!
//! A script is gone through in the order in which a shell runs it. Of each variable is known whether its value is *plain*:
//! without spaces and patterns, so that splitting makes one word of it, or none. Where ways meet, it is plain if it is so on all of them.

use std::collections::{HashMap, HashSet};

use super::{At, Kind, Role, Survey};
use crate::shell::reader::{
    CommandKind, ExprKind, ForHeader, OperationKind, Part, PartKind, SubstitutionKind, TerminatorKind, Value, Word,
};

/// What a value is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Nothing that splitting would change.
    Plain,
    /// It may hold anything.
    Unknown,
}

/// A place where a variable is given a value.
#[derive(Clone, Copy, Debug)]
pub struct Use<'t> {
    pub name: &'t str,
    /// The node: an assignment, a word, a part.
    pub at: At,
}

/// What the variables of a script hold, and where they are set.
pub struct Variables<'t> {
    /// By node: the expansions that may give something that is not plain.
    unknown: Vec<bool>,
    /// Every place where the script sets a variable, in order.
    pub set: Vec<Use<'t>>,
    /// How often each is set.
    names: HashMap<&'t str, usize>,
}

/// Loops nested deeper than this are gone through once.
const MOST_LOOPS: u32 = 3;

/// How deep and how often functions are looked into.
const MOST_CALLS: usize = 8;

const ALWAYS_PLAIN: [&str; 14] =
    ["?", "#", "$", "!", "-", "LINENO", "UID", "EUID", "PPID", "RANDOM", "SECONDS", "BASHPID", "OPTIND", "SHLVL"];

impl<'t> Variables<'t> {
    /// Goes through a script. `plain` are the variables that hold a plain value before it starts.
    pub fn follow(survey: &Survey<'t>, plain: impl IntoIterator<Item = &'t str>) -> Variables<'t> {
        let mut walk = Walk {
            survey,
            unknown: vec![false; survey.nodes.len()],
            functions: HashMap::new(),
            called: HashSet::new(),
            calls: 0,
            loops: 0,
            muted: 0,
        };
        let mut state = State { plain: plain.into_iter().collect(), dead: false };
        walk.node(0, &mut state);
        let uncalled: Vec<At> =
            walk.functions.iter().filter(|(name, _)| !walk.called.contains(*name)).map(|(_, at)| *at).collect();
        for at in uncalled {
            let mut state = state.clone();
            state.dead = false;
            walk.node(at, &mut state);
        }
        let unknown = walk.unknown;
        let set = assignments(survey);
        let mut names: HashMap<&'t str, usize> = HashMap::new();
        set.iter().for_each(|set| *names.entry(set.name).or_default() += 1);
        Variables { unknown, set, names }
    }

    /// What an expansion of a variable gives.
    pub fn content(&self, part: At) -> Content {
        if self.unknown[part] { Content::Unknown } else { Content::Plain }
    }

    /// Whether the script sets this variable.
    pub fn is_set(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    /// In how many places the script sets this variable.
    pub fn times_set(&self, name: &str) -> usize {
        self.names.get(name).copied().unwrap_or_default()
    }
}

/// Every place where a variable gets a value.
fn assignments<'t>(survey: &Survey<'t>) -> Vec<Use<'t>> {
    let mut set = Vec::new();
    for (at, node) in survey.nodes.iter().enumerate() {
        match node.kind {
            Kind::Assignment(assignment) => set.push(Use { name: survey.slice(assignment.name), at }),
            Kind::Word(word) if node.role == Role::Name => set.push(Use { name: survey.slice(word.span), at }),
            Kind::Part(part) => {
                if let PartKind::Parameter(id) = part.kind
                    && survey.tree[id].operation.is_some_and(|operation| operation.kind == OperationKind::Assign)
                {
                    set.push(Use { name: survey.slice(survey.tree[id].name), at });
                }
            }
            Kind::Expr(id) => {
                let target = match survey.tree[id].kind {
                    ExprKind::Assign { target, .. } => Some(target),
                    ExprKind::Postfix { operand, .. } => Some(operand),
                    ExprKind::Prefix { operator, operand } if matches!(survey.slice(operator), "++" | "--") => {
                        Some(operand)
                    }
                    _ => None,
                };
                if let Some(ExprKind::Variable { name, .. }) = target.map(|target| survey.tree[target].kind) {
                    set.push(Use { name: survey.slice(name), at });
                }
            }
            _ => {}
        }
    }
    for simple in &survey.simples {
        let (name, args) = simple.called(survey);
        let first = simple.words.len() - args.len();
        let nodes: Vec<At> = match &*name {
            "read" | "mapfile" | "readarray" | "getopts" | "printf" | "export" | "declare" | "local" | "readonly"
            | "typeset" => simple.word_nodes(survey).skip(first).collect(),
            _ => continue,
        };
        for name in set_by(survey, &name, args) {
            if let Some(at) = nodes.get(name) {
                set.push(Use { name: survey.literal_name(args[name]), at: *at });
            }
        }
    }
    set.sort_by_key(|set| set.at);
    set
}

/// Which arguments of a command name variables that it sets.
fn set_by(survey: &Survey<'_>, name: &str, args: &[Word]) -> Vec<usize> {
    let text = |index: usize| args.get(index).and_then(|word| survey.literal(*word));
    let is_name = |index: &usize| {
        text(*index).is_some_and(|text| {
            text.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_')
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        })
    };
    match name {
        "read" => {
            let mut found = Vec::new();
            let mut index = 0;
            while index < args.len() {
                match text(index).as_deref() {
                    Some("-a") => {}
                    Some(flag) if flag.starts_with('-') => {
                        if flag.len() == 2 && "dinNptu".contains(&flag[1..])
                            || flag.len() > 2 && flag.ends_with(['d', 'p', 't', 'u', 'n'])
                        {
                            index += 1;
                        }
                    }
                    _ => found.push(index),
                }
                index += 1;
            }
            found.retain(|index| is_name(index));
            found
        }
        "mapfile" | "readarray" => args.len().checked_sub(1).into_iter().filter(|index| is_name(index)).collect(),
        "getopts" => Some(1).into_iter().filter(|index| is_name(index)).collect(),
        "printf" if text(0).as_deref() == Some("-v") => Some(1).into_iter().filter(|index| is_name(index)).collect(),
        "export" | "declare" | "local" | "readonly" | "typeset" => {
            (0..args.len()).filter(|index| is_name(index)).collect()
        }
        _ => Vec::new(),
    }
}

impl<'t> Survey<'t> {
    fn literal_name(&self, word: Word) -> &'t str {
        self.slice(word.span).trim_matches(['"', '\''])
    }
}

/// The variables that are plain.
#[derive(Clone, Default)]
struct State<'t> {
    plain: HashSet<&'t str>,
    /// The shell does not get here.
    dead: bool,
}

impl<'t> State<'t> {
    fn set(&mut self, name: &'t str, content: Content) {
        match content {
            Content::Plain => _ = self.plain.insert(name),
            Content::Unknown => _ = self.plain.remove(name),
        }
    }

    /// Where two ways meet.
    fn join(&mut self, other: &State<'t>) {
        match (self.dead, other.dead) {
            (_, true) => {}
            (true, false) => *self = other.clone(),
            (false, false) => self.plain.retain(|name| other.plain.contains(name)),
        }
    }
}

struct Walk<'s, 't> {
    survey: &'s Survey<'t>,
    unknown: Vec<bool>,
    functions: HashMap<&'t str, At>,
    called: HashSet<&'t str>,
    calls: usize,
    loops: u32,
    muted: u32,
}

impl<'t> Walk<'_, 't> {
    fn children(&mut self, at: At, state: &mut State<'t>) {
        let mut next = at + 1;
        let end = self.survey.nodes[at].end;
        while next < end {
            self.node(next, state);
            next = self.survey.nodes[next].end;
        }
    }

    fn node(&mut self, at: At, state: &mut State<'t>) {
        match self.survey.kind(at) {
            Kind::Item(item) => {
                if item.terminator.is_some_and(|end| end.kind == TerminatorKind::Ampersand) {
                    return self.children(at, &mut state.clone());
                }
                self.and_or(at, state);
            }
            Kind::Pipeline(pipeline) => {
                if pipeline.commands.len() > 1 {
                    let survey = self.survey;
                    for child in survey.children(at) {
                        self.node(child, &mut state.clone());
                    }
                } else {
                    self.children(at, state);
                }
            }
            Kind::Command(command) => self.command(at, command.kind, state),
            Kind::Part(part) => self.part(at, part, state),
            Kind::Expr(id) => {
                self.children(at, state);
                let survey = self.survey;
                let target = match survey.tree[id].kind {
                    ExprKind::Assign { target, .. } => Some(target),
                    ExprKind::Postfix { operand, .. } => Some(operand),
                    _ => None,
                };
                if let Some(ExprKind::Variable { name, .. }) = target.map(|target| survey.tree[target].kind) {
                    state.set(survey.slice(name), Content::Plain);
                }
            }
            Kind::Assignment(assignment) => {
                self.children(at, state);
                let survey = self.survey;
                let name = survey.slice(assignment.name);
                let mut content = match assignment.value {
                    Value::Empty => Content::Plain,
                    Value::Word(word) => self.value(word, state),
                    Value::Array { .. } => Content::Unknown,
                };
                if assignment.append && !state.plain.contains(name) || assignment.subscript.is_some() {
                    content = Content::Unknown;
                }
                state.set(name, content);
            }
            _ => self.children(at, state),
        }
    }

    fn and_or(&mut self, at: At, state: &mut State<'t>) {
        let survey = self.survey;
        let pipelines: Vec<At> = survey.children(at).collect();
        let [first, rest @ ..] = &pipelines[..] else { return };
        self.node(*first, state);
        // Whether it runs depends on the one before it, and so does what follows.
        for pipeline in rest {
            let skipped = state.clone();
            state.dead = false;
            self.node(*pipeline, state);
            state.join(&skipped);
        }
    }

    fn command(&mut self, at: At, kind: CommandKind, state: &mut State<'t>) {
        let survey = self.survey;
        match kind {
            CommandKind::Simple { words, .. } => {
                if words.is_empty() {
                    return self.children(at, state);
                }
                self.simple(at, state);
            }
            CommandKind::Subshell(_) | CommandKind::Coproc(_) => self.children(at, &mut state.clone()),
            CommandKind::Function(id) => {
                let name = survey.slice(survey.tree[id].name.span);
                if let Some(body) = survey.children(at).next() {
                    self.functions.insert(name, body);
                }
            }
            CommandKind::If(_) => {
                let mut out: Option<State<'t>> = None;
                let mut otherwise = false;
                for branch in survey.children(at).filter(|at| matches!(survey.kind(*at), Kind::Branch(_))) {
                    let Kind::Branch(part) = survey.kind(branch) else { continue };
                    let lists: Vec<At> = survey.children(branch).collect();
                    let body = match lists[..] {
                        [condition, body] => {
                            self.node(condition, state);
                            body
                        }
                        [body] => body,
                        _ => continue,
                    };
                    otherwise |= part.condition.is_none();
                    let mut inner = state.clone();
                    self.node(body, &mut inner);
                    match &mut out {
                        Some(out) => out.join(&inner),
                        None => out = Some(inner),
                    }
                }
                if let Some(out) = out {
                    match otherwise {
                        true => *state = out,
                        false => state.join(&out),
                    }
                }
            }
            CommandKind::Case(_) => {
                let mut out: Option<State<'t>> = None;
                let mut all = false;
                for child in survey.children(at) {
                    let Kind::Arm(arm) = survey.kind(child) else {
                        self.node(child, state);
                        continue;
                    };
                    all |= survey.tree[arm.patterns].iter().any(|pattern| survey.slice(pattern.span) == "*");
                    let mut inner = state.clone();
                    self.children(child, &mut inner);
                    match &mut out {
                        Some(out) => out.join(&inner),
                        None => out = Some(inner),
                    }
                }
                if let Some(out) = out {
                    match all {
                        true => *state = out,
                        false => state.join(&out),
                    }
                }
            }
            CommandKind::For(id) => {
                let lists: Vec<At> = survey.children(at).collect();
                let body = lists.iter().rposition(|at| matches!(survey.kind(*at), Kind::List(_)));
                let Some(body) = body else { return };
                lists[..body].iter().for_each(|at| self.node(*at, state));
                let mut name = None;
                if let ForHeader::Words { name: Some(word), words, in_keyword } = survey.tree[id].header {
                    let items = &survey.tree[words];
                    let plain =
                        in_keyword.is_some() && items.iter().all(|word| self.item(*word, state) == Content::Plain);
                    name = Some((survey.slice(word.span), if plain { Content::Plain } else { Content::Unknown }));
                }
                let before = state.clone();
                self.repeat(state, |walk, state| {
                    if let Some((name, content)) = name {
                        state.set(name, content);
                    }
                    walk.node(lists[body], state);
                });
                state.join(&before);
                state.dead = before.dead;
                lists[body + 1..].iter().for_each(|at| self.node(*at, state));
            }
            CommandKind::Loop(_) => {
                let lists: Vec<At> = survey.children(at).collect();
                let [condition, body, rest @ ..] = &lists[..] else { return };
                rest.iter().for_each(|at| self.node(*at, state));
                let mut after = state.clone();
                self.repeat(state, |walk, state| {
                    walk.node(*condition, state);
                    after = state.clone();
                    walk.node(*body, state);
                });
                *state = after;
            }
            _ => self.children(at, state),
        }
    }

    /// A loop: what its end leaves holds at its start too.
    fn repeat(&mut self, state: &mut State<'t>, mut body: impl FnMut(&mut Self, &mut State<'t>)) {
        self.loops += 1;
        if self.loops <= MOST_LOOPS {
            self.muted += 1;
            let mut end = state.clone();
            body(self, &mut end);
            self.muted -= 1;
            state.join(&end);
        }
        body(self, state);
        self.loops -= 1;
    }

    fn simple(&mut self, at: At, state: &mut State<'t>) {
        let survey = self.survey;
        let Some(simple) = survey.simple(at).copied() else { return };
        // Assignments in front are for the command alone.
        let mut own = state.clone();
        for child in survey.children(at) {
            match survey.kind(child) {
                Kind::Assignment(_) => self.node(child, &mut own),
                _ => self.node(child, state),
            }
        }
        let (name, args) = simple.called(survey);
        match &*name {
            "exit" | "return" | "break" | "continue" => state.dead = true,
            "exec" if !args.is_empty() => state.dead = true,
            "declare" | "typeset" | "local" | "readonly" | "export" => {
                let number = args
                    .iter()
                    .any(|arg| survey.bare(*arg).is_some_and(|flag| flag.starts_with('-') && flag.contains('i')));
                if number {
                    for arg in args {
                        let text = survey.slice(arg.span);
                        let name = text.split('=').next().unwrap_or(text);
                        state.set(name, Content::Plain);
                    }
                } else if matches!(&*name, "declare" | "typeset" | "local") {
                    for index in set_by(survey, &name, args) {
                        state.set(survey.slice(args[index].span), Content::Unknown);
                    }
                }
            }
            "unset" => args.iter().for_each(|arg| state.set(survey.slice(arg.span), Content::Unknown)),
            "read" | "mapfile" | "readarray" | "printf" | "getopts" => {
                for index in set_by(survey, &name, args) {
                    state.set(survey.literal_name(args[index]), Content::Unknown);
                }
            }
            name => {
                let Some((name, body)) = self.functions.get_key_value(name).map(|(name, body)| (*name, *body)) else {
                    return;
                };
                if self.calls < MOST_CALLS {
                    self.calls += 1;
                    self.called.insert(name);
                    self.node(body, state);
                    state.dead = false;
                    self.calls -= 1;
                }
            }
        }
    }

    fn part(&mut self, at: At, part: &Part, state: &mut State<'t>) {
        let survey = self.survey;
        match part.kind {
            PartKind::Substitution(id) => {
                if survey.tree[id].kind == SubstitutionKind::Function {
                    self.children(at, state);
                } else {
                    self.children(at, &mut state.clone());
                }
            }
            PartKind::Parameter(id) => {
                self.children(at, state);
                if self.muted == 0 && self.parameter(part, state) == Content::Unknown {
                    self.unknown[at] = true;
                }
                if survey.tree[id].operation.is_some_and(|operation| operation.kind == OperationKind::Assign) {
                    state.set(survey.slice(survey.tree[id].name), Content::Unknown);
                }
            }
            _ => self.children(at, state),
        }
    }

    fn parameter(&self, part: &Part, state: &State<'t>) -> Content {
        let PartKind::Parameter(id) = part.kind else { return Content::Unknown };
        let parameter = &self.survey.tree[id];
        let name = self.survey.slice(parameter.name);
        if parameter.length || ALWAYS_PLAIN.contains(&name) {
            return Content::Plain;
        }
        if parameter.subscript.is_none() && !parameter.indirect && state.plain.contains(name) {
            Content::Plain
        } else {
            Content::Unknown
        }
    }

    /// What an assignment of this word gives.
    fn value(&self, word: Word, state: &State<'t>) -> Content {
        self.all(word, state)
    }

    /// What `for` gives its variable of this word.
    fn item(&self, word: Word, state: &State<'t>) -> Content {
        if self.survey.is_dynamic(word) { Content::Unknown } else { self.all(word, state) }
    }

    fn all(&self, word: Word, state: &State<'t>) -> Content {
        let parts = &self.survey.tree[word.parts];
        match parts.iter().all(|part| self.is_plain(part, state)) {
            true => Content::Plain,
            false => Content::Unknown,
        }
    }

    fn is_plain(&self, part: &Part, state: &State<'t>) -> bool {
        let text = self.survey.slice(part.span);
        let plain = |text: &str| !text.contains([' ', '\t', '\n', '*', '?', '[']);
        match part.kind {
            PartKind::Literal | PartKind::Escape | PartKind::Single | PartKind::AnsiC => plain(text),
            PartKind::Joint | PartKind::Tilde => true,
            PartKind::Arithmetic(_) => true,
            PartKind::Parameter(id) => {
                let parameter = &self.survey.tree[id];
                !parameter.length && parameter.operation.is_none() && self.parameter(part, state) == Content::Plain
            }
            PartKind::Double { parts, .. } => self.survey.tree[parts].iter().all(|part| self.is_plain(part, state)),
            _ => false,
        }
    }
}
