//! Whatever the text: no panic, every byte in one leaf, nodes inside their parents, linear time.

use proptest::prelude::*;

use super::*;

/// What shells give a meaning to, and what is between.
pub(super) const PIECES: &[&str] = &[
    " ", "\t", "\n", "\\\n", "\\", "\r\n", "'", "\"", "`", "\\`", "\\\\\\`", "$", "$(", "$((", "${", "$[", "$'", "$\"",
    "))", ")", "}", "(", "((", "{", "{ ", ";", ";;", ";&", ";;&", "&", "&&", "||", "|", "|&", "<", ">", ">>", ">|",
    "<>", "<&", ">&", "&>", "&>>", "<<", "<<-", "<<<", "<(", ">(", "2>&1", "{fd}>", "12>", "#", " #", "=", "+=", "A=",
    "A+=", "A=(", "a[", "[", "]", "[[ ", " ]]", "[!", "[[:alpha:]", "!", "! ", "~", "~/", "*", "?", "+(", "@(", "!(",
    "?(", "*(", "=~", "==", "-eq", "-f", "-p", "if ", "then ", "elif ", "else ", "fi ", "for ", "select ", "in ",
    "do ", "done ", "while ", "until ", "case ", "esac ", "function ", "coproc ", "time ", "a", "b c", "echo ",
    "export ", "declare -a ", "f()", "f() {", "EOF", "<<EOF", "\nEOF\n", "<<'E'", "<<-E", "\n\tE\n", "é", "日本",
    "\u{1}", "\0", "\u{1a}", "$x", "${x", "${x:-", "${x#", "${x/", "${x//", "${x:1", "${x^^", "${x@", "${!x", "${#x",
    "${x[", "${x[@]}", "$1", "$@", "$#", "$$", "${$", "{a,b", "{1..3}", ",", "..", "{", "+", "-", "++", "**", "? ",
    ": ", ":", "%", "^", "16#ff", "/", "\\$", "\\\"", "\\;", "$(<", "${ ", "0", "x=y ", "a=b(", "[ -f ",
];

/// Asserts what holds for every tree.
pub(super) fn check(text: &str, tree: &Tree) {
    let mut at = 0;
    for (kind, span) in tree.tokens() {
        assert_eq!(span.start(), at, "{kind:?} in {text:?}");
        assert!(!span.is_empty(), "{kind:?} in {text:?}");
        assert!(text.is_char_boundary(span.end()), "{kind:?} {span:?} cuts a character of {text:?}");
        at = span.end();
    }
    assert_eq!(at, text.len(), "{text:?}");
    assert!(tree.errors.iter().all(|error| error.span.end() <= text.len()), "{text:?}");
    assert_eq!(tree.text(text).len(), text.len());
    Nesting { tree, text }.list(tree.body, Span::new(0, text.len()));
}

/// Walks a tree; asserts that nodes lie in their parents, one after the other.
struct Nesting<'a> {
    tree: &'a Tree,
    text: &'a str,
}

impl Nesting<'_> {
    fn inside(&self, span: Span, outer: Span) {
        assert!(outer.contains(span), "{span:?} is not in {outer:?} of {:?}", self.text);
        assert!(self.text.is_char_boundary(span.start()) && self.text.is_char_boundary(span.end()), "{:?}", self.text);
    }

    fn list(&self, list: List, outer: Span) {
        let mut at = list.span.start;
        self.inside(list.span, outer);
        for item in &self.tree[list.items] {
            self.inside(item.span, list.span);
            assert!(item.span.start >= at, "{:?}", self.text);
            at = item.span.end;
            for pipeline in &self.tree[item.pipelines] {
                self.inside(pipeline.span, item.span);
                self.tree[pipeline.commands].iter().for_each(|command| self.command(command, pipeline.span));
            }
        }
    }

    fn block(&self, block: Block, outer: Span) {
        self.inside(block.open, outer);
        self.list(block.body, outer);
        if let Some(close) = block.close {
            self.inside(close, outer);
            assert!(block.body.span.end <= close.start, "{:?}", self.text);
        }
    }

    fn command(&self, command: &Command, outer: Span) {
        let tree = self.tree;
        let span = command.span;
        self.inside(span, outer);
        match command.kind {
            CommandKind::Missing => {}
            CommandKind::Simple { assignments, words } => {
                tree[assignments].iter().for_each(|it| self.assignment(it, span));
                self.words(words, span);
            }
            CommandKind::Subshell(block) | CommandKind::Group(block) => self.block(block, span),
            CommandKind::If(id) => {
                for branch in &tree[tree[id].branches] {
                    self.inside(branch.keyword, span);
                    branch.condition.iter().for_each(|list| self.list(*list, span));
                    self.list(branch.body, span);
                }
            }
            CommandKind::For(id) => {
                if let ForHeader::Words { words, .. } = tree[id].header {
                    self.words(words, span);
                }
                self.list(tree[id].body.list, span);
            }
            CommandKind::Loop(id) => {
                self.list(tree[id].condition, span);
                self.list(tree[id].body.list, span);
            }
            CommandKind::Case(id) => {
                for arm in &tree[tree[id].arms] {
                    self.inside(arm.span, span);
                    self.words(arm.patterns, arm.span);
                    self.list(arm.body, arm.span);
                }
            }
            CommandKind::Function(id) => self.command(&tree[tree[id].body], span),
            CommandKind::Coproc(id) => self.command(&tree[tree[id].body], span),
            CommandKind::Test(id) => self.inside(tree[id].open, span),
            CommandKind::Arithmetic(id) => self.inside(tree[tree[id].expr].span, span),
        }
        for redirect in &tree[command.redirects] {
            self.inside(redirect.span, span);
            redirect.target.iter().for_each(|word| self.word(*word, redirect.span));
            if let Some(heredoc) = redirect.heredoc {
                self.parts(tree[heredoc].parts, tree[heredoc].body);
            }
        }
    }

    fn words(&self, words: Many<Word>, outer: Span) {
        let mut at = 0;
        for word in &self.tree[words] {
            assert!(word.span.start >= at, "{:?}", self.text);
            at = word.span.end;
            self.word(*word, outer);
        }
    }

    fn assignment(&self, it: &Assignment, outer: Span) {
        self.inside(it.span, outer);
        match it.value {
            Value::Word(word) => self.word(word, it.span),
            Value::Array { elements, .. } => {
                self.tree[elements].iter().filter_map(|it| it.value).for_each(|word| self.word(word, it.span));
            }
            Value::Empty => {}
        }
    }

    fn word(&self, word: Word, outer: Span) {
        self.inside(word.span, outer);
        self.parts(word.parts, word.span);
    }

    /// Parts lie side by side.
    fn parts(&self, parts: Many<Part>, outer: Span) {
        let mut at = self.tree[parts].first().map_or(outer.start, |part| part.span.start);
        for part in &self.tree[parts] {
            assert_eq!(part.span.start, at, "{:?}", self.text);
            at = part.span.end;
            self.inside(part.span, outer);
            match part.kind {
                PartKind::Double { parts, .. } | PartKind::Set(parts) => self.parts(parts, part.span),
                PartKind::Substitution(id) => self.block(self.tree[id].block, part.span),
                PartKind::Assignment(id) => self.assignment(&self.tree[id], part.span),
                PartKind::ExtGlob(id) => self.words(self.tree[id].patterns, part.span),
                PartKind::Arithmetic(id) => self.inside(self.tree[id].span, part.span),
                PartKind::Parameter(id) => {
                    self.inside(self.tree[id].name, part.span);
                    if let Some(Operand::Word(word)) = self.tree[id].operation.map(|operation| operation.operand) {
                        self.word(word, part.span);
                    }
                }
                _ => {}
            }
        }
    }
}

/// Reads in all grammars; gives the widest tree.
pub(super) fn checked(text: &str) -> Tree {
    let tree = read(text);
    check(text, &tree);
    let skipped = tree.tokens().any(|(kind, _)| kind == TokenKind::Skipped);
    assert!(!tree.is_clean() || !skipped, "something is skipped and no error tells: {text:?}");
    for dialect in [Dialect::Bash, Dialect::Posix, Dialect::Ash] {
        check(text, &Reader::new(text, Grammar::Only(dialect)).script());
    }
    tree
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]
    #[test]
    fn whatever_the_text(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..30)) {
        checked(&pieces.concat());
    }

    #[test]
    fn whatever_the_characters(text in "[ -~\n]{0,60}") {
        checked(&text);
    }
}

/// How many nodes and leaves a tree has.
fn size(tree: &Tree) -> usize {
    tree.tokens.len()
        + tree.all::<Part>().len()
        + tree.all::<Word>().len()
        + tree.all::<Expr>().len()
        + tree.all::<Item>().len()
}

#[test]
fn time_and_memory_are_linear() {
    let mut texts: Vec<Vec<&str>> = PIECES.iter().map(|piece| vec![*piece]).collect();
    for first in PIECES {
        texts.extend(PIECES.iter().step_by(3).map(|second| vec![*first, *second]));
    }
    for pieces in texts {
        let piece = pieces.concat();
        let steps = |count: usize| {
            let text = piece.repeat(count);
            let tree = read(&text);
            assert!(size(&tree) <= 8 * text.len() + 100, "{piece:?}: {} nodes in {} bytes", size(&tree), text.len());
            assert!(tree.errors.len() <= text.len() + 10, "{piece:?}");
            tree.steps as f64
        };
        let (small, large) = (steps(400), steps(800));
        assert!(large <= 2.2 * small + 1000.0, "{piece:?}: {small} steps, then {large}");
    }
}

#[test]
fn the_stack_holds() {
    for opener in PIECES.iter().chain(&[
        "if a; then ", "while a; do ", "\"${a:-", "\"$(", "case a in b) ", "$((1+(", "f() { ", "[[ ( ", "a=(", "`\"$(",
        "- ", "a=", "1?2:", "!",
    ]) {
        for second in ["", "\"", "$(", "( ", "${x:-", "[[ ( ", "{ "] {
            let text = format!("{opener}{second}").repeat(2000);
            checked(&text);
            let text = format!("echo $(( {} ))", format!("{opener}{second}").repeat(2000));
            read(&text);
        }
    }
}
