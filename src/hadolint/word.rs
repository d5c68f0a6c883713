//! A word of a script as hadolint's rules see it: without quotes, with the words of commands in it, and without what else the
//! shell expands.

use std::collections::HashMap;

use crate::shell::reader::{
    Brace, Command, CommandKind, Item, Part, PartKind, Pipeline, PrefixKind, SubstitutionKind, Tree, Word,
};

/// The words of a script by where they begin.
pub(super) struct Words<'t> {
    text: &'t str,
    tree: &'t Tree,
    words: HashMap<usize, Word>,
}

impl<'t> Words<'t> {
    pub(super) fn of(script: &'t str, tree: &'t Tree) -> Self {
        // Children come before their parents, so that of those that begin at one place the longest stays.
        let words = tree.all::<Word>().iter().map(|word| (word.span.start(), *word)).collect();
        Self { text: tree.text(script), tree, words }
    }

    /// The word that begins at a place; `None` if none does.
    pub(super) fn at(&self, start: usize) -> Option<String> {
        let mut out = String::new();
        self.word(self.words.get(&start)?, &mut out);
        Some(out)
    }

    fn word(&self, word: &Word, out: &mut String) {
        self.parts(&self.tree[word.parts], out);
    }

    fn parts(&self, parts: &[Part], out: &mut String) {
        let mut braces = 0_usize;
        for part in parts {
            match part.kind {
                PartKind::Brace(Brace::Open) => braces += 1,
                PartKind::Brace(Brace::Close) => braces = braces.saturating_sub(1),
                _ if braces == 0 => self.part(part, out),
                _ => {}
            }
        }
    }

    fn part(&self, part: &Part, out: &mut String) {
        let text = self.text.get(part.span.range()).unwrap_or_default();
        let inside = |quote: &str| text.trim_start_matches('$').trim_matches(|char| quote.contains(char)).to_owned();
        match part.kind {
            PartKind::Escape => out.push_str(&text[1.min(text.len())..]),
            PartKind::Single | PartKind::AnsiC => out.push_str(&inside("'")),
            PartKind::Double { parts, localized: false } => self.parts(&self.tree[parts], out),
            PartKind::Parameter(id) if !self.tree[id].braced => {
                out.push_str("${");
                out.push_str(text.trim_start_matches('$'));
                out.push('}');
            }
            PartKind::Substitution(id) if self.tree[id].kind == SubstitutionKind::Dollar => {
                out.push_str("${");
                self.commands(&self.tree[self.tree[id].block.body.items], out);
                out.push('}');
            }
            // Neither what a backtick runs, nor numbers, extended patterns and translated text.
            PartKind::Substitution(_)
            | PartKind::Arithmetic(_)
            | PartKind::ExtGlob(_)
            | PartKind::Double { .. }
            | PartKind::Joint => {}
            _ => out.push_str(text),
        }
    }

    /// The words of simple commands that stand alone.
    fn commands(&self, items: &[Item], out: &mut String) {
        for item in items {
            let [Pipeline { prefixes, commands, .. }] = self.tree[item.pipelines] else { continue };
            let is_negated = self.tree[prefixes].iter().any(|prefix| prefix.kind == PrefixKind::Not);
            let [Command { kind: CommandKind::Simple { words, .. }, .. }] = self.tree[commands] else { continue };
            if !is_negated {
                self.tree[words].iter().for_each(|word| self.word(word, out));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::{Dialect, parse_script};

    #[test]
    fn words() {
        for (word, expected) in [
            ("a", "a"),
            ("'a b'\"c\"\\d", "a bcd"),
            ("$UID", "${UID}"),
            ("\"$UID\"x", "${UID}x"),
            ("${UID:-1}", "${UID:-1}"),
            ("$(cat a=b)", "${cata=b}"),
            ("$(cat a=b; x)", "${cata=bx}"),
            ("$(cat a=b | x)", "${}"),
            ("$(x && cat a=b)", "${}"),
            ("$(! cat a=b)", "${}"),
            ("$(A=b cat > c=d)", "${cat}"),
            ("x`cat a=b`", "x"),
            ("x$((a=b))", "x"),
            ("a{b=c,d}e", "ae"),
            ("$\"a=b\"", ""),
            ("[a=b]*", "[a=b]*"),
        ] {
            let text = format!("x {word}");
            let script = parse_script(&text, 0, Dialect::Bash);
            let tree = &script.read.as_ref().expect("it is read").tree;
            assert_eq!(Words::of(&text, tree).at(2).as_deref(), Some(expected), "{word}");
        }
    }
}
