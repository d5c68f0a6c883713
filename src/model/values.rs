//! What the words of a script become with the variables that the file and the script itself set.

use std::cell::Cell;
use std::collections::HashMap;

use super::Variables;
use crate::shell::{Assignment, Command, Link, Script};
use crate::text::Source;

/// The longest word that is expanded, in bytes: no path and no URL comes near.
const MAX_WORD: usize = 4096;

/// Sets [`Arg::value`] of the words of which every variable is known: literal assignments of the script that surely
/// happen, then `ARG` and `ENV`. `budget` is how many bytes may still be made for the file.
pub(super) fn resolve(script: &mut Script, variables: &Variables, source: &Source, budget: &Cell<usize>) {
    let mut own: HashMap<String, Option<String>> = HashMap::new();
    // Variables that are set only if what precedes them in an and-or list succeeds, and that list.
    let mut perhaps: Vec<(String, u32)> = Vec::new();
    for command in &mut script.commands {
        if perhaps.last().is_some_and(|(_, list)| *list != command.place.list) {
            own.extend(perhaps.drain(..).map(|(name, _)| (name, None)));
        }
        for arg in command.args.iter_mut().filter(|arg| arg.text.is_none() && arg.raw.contains('$')) {
            let lookup = |name: &str| match own.get(name) {
                Some(value) => value.as_deref(),
                None => variables.get(name)?.value.as_deref(),
            };
            let made = expand(&arg.raw, lookup).filter(|(text, _)| {
                let left = budget.get().checked_sub(text.len());
                budget.set(left.unwrap_or(0));
                left.is_some()
            });
            match made {
                Some((text, true)) => arg.unsplit = Some(text.into()),
                Some((text, false)) => arg.value = Some(text),
                None => {}
            }
        }
        learn(command, variables, source, &mut own);
        if command.place.link == Link::And {
            let names = command.assignments.iter().map(|assignment| assignment.name.clone());
            let exported = command.args.iter().filter_map(|arg| arg.lexeme().split_once('='));
            let names = names.chain(exported.map(|(name, _)| name.to_owned())).filter(|name| own.contains_key(name));
            perhaps.extend(names.map(|name| (name, command.place.list)));
        }
    }
}

/// Takes in what a command assigns in the shell that runs the script.
fn learn(command: &Command, variables: &Variables, source: &Source, own: &mut HashMap<String, Option<String>>) {
    let place = command.place;
    let sure = place.scope == 0 && place.depth == 0 && !place.conditional && !place.subshell && place.pipe_len < 2;
    match command.name.as_str() {
        "" => {
            for assignment in &command.assignments {
                let value = assigned(assignment, variables, source, own).filter(|_| sure);
                own.insert(assignment.name.clone(), value);
            }
        }
        "export" | "readonly" | "local" | "declare" | "typeset" => {
            for arg in &command.args {
                let Some((name, _)) = arg.lexeme().split_once('=') else { continue };
                let value = arg.known().and_then(|text| text.split_once('=')).map(|(_, value)| value.to_owned());
                own.insert(name.to_owned(), value.filter(|_| sure));
            }
        }
        "read" | "unset" | "mapfile" | "getopts" => {
            own.extend(command.args.iter().map(|arg| (arg.lexeme().to_owned(), None)));
        }
        // It may set anything.
        "." | "source" | "eval" => own.values_mut().for_each(|value| *value = None),
        _ => {}
    }
}

fn assigned(
    assignment: &Assignment,
    variables: &Variables,
    source: &Source,
    own: &HashMap<String, Option<String>>,
) -> Option<String> {
    if let Some(value) = &assignment.value {
        return Some(value.clone()).filter(|value| value.len() <= MAX_WORD);
    }
    let written = source.text().get(assignment.span.range())?;
    let raw = written.strip_prefix(assignment.name.as_str())?.strip_prefix('=')?;
    let lookup = |name: &str| match own.get(name) {
        Some(value) => value.as_deref(),
        None => variables.get(name)?.value.as_deref(),
    };
    expand(raw, lookup).map(|(text, _)| text)
}

/// A word as the shell makes it, and whether the shell splits it or expands patterns of a variable in it. `None` if not
/// all of it is known.
fn expand<'v>(raw: &str, lookup: impl Fn(&str) -> Option<&'v str>) -> Option<(String, bool)> {
    let mut out = String::new();
    let (mut double, mut split) = (false, false);
    let mut rest = raw;
    while let Some(char) = rest.chars().next() {
        let mut next = &rest[char.len_utf8()..];
        match char {
            '"' => double = !double,
            '\'' if !double => {
                let (literal, after) = next.split_once('\'')?;
                out.push_str(literal);
                next = after;
            }
            '\\' => {
                let escaped = next.chars().next()?;
                match escaped {
                    '\n' => {}
                    '"' | '\\' | '$' | '`' => out.push(escaped),
                    _ if double => out.extend(['\\', escaped]),
                    _ => out.push(escaped),
                }
                next = &next[escaped.len_utf8()..];
            }
            '$' => {
                let (name, after) = variable(next)?;
                let value = lookup(name)?;
                split |= !double && value.contains([' ', '\t', '\n', '*', '?', '[']);
                out.push_str(value);
                next = after;
            }
            '`' => return None,
            _ => out.push(char),
        }
        if out.len() > MAX_WORD {
            return None;
        }
        rest = next;
    }
    Some((out, split))
}

/// The name of `$name` and `${name}` after the dollar sign, and what follows.
fn variable(text: &str) -> Option<(&str, &str)> {
    let is_name = |char: char| char.is_ascii_alphanumeric() || char == '_';
    let (name, rest) = match text.strip_prefix('{') {
        Some(inner) => inner.split_once('}')?,
        None => text.split_at(text.find(|char| !is_name(char)).unwrap_or(text.len())),
    };
    let fits = name.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_') && name.chars().all(is_name);
    fits.then_some((name, rest))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::{BuildArgs, Model};
    use super::*;

    #[test]
    fn words_with_known_variables() {
        for (script, want) in [
            ("rm $A/x", Some("/opt/x")),
            ("rm \"${A}/x y\"", Some("/opt/x y")),
            ("B=/b && rm $B/x", Some("/b/x")),
            ("export B=$A/c; rm $B", Some("/opt/c")),
            ("rm $UNKNOWN/x", None),
            ("B=$(pwd); rm $B/x", None),
            ("test -d x && B=/b; rm $B/x", None),
            ("(B=/b); rm $B/x", None),
            ("rm $LIST", None),
            ("rm \"$LIST\"", Some("a b")),
            ("rm ${A%/*}", None),
            ("A=/other; rm $A", Some("/other")),
            ("read A; rm $A", None),
        ] {
            let text = format!("FROM scratch\nARG A=/opt\nENV LIST=\"a b\"\nRUN {script}\n");
            let source = Source::new("Dockerfile", text);
            let tree = crate::syntax::parse(source.text());
            let model = Model::build(&source, &tree, &BuildArgs::new(), None);
            let commands = &model.stages[0].steps[2].script.as_ref().unwrap().commands;
            let last = commands.iter().rfind(|command| command.is("rm")).unwrap();
            assert_eq!(last.args[0].value.as_deref(), want, "{script}");
            assert_eq!(last.args[0].unsplit.as_deref(), (script == "rm $LIST").then_some("a b"), "{script}");
        }
    }
}
