//! Finds exec-form arrays that are not valid JSON and therefore run as shell commands.

use crate::finding::prelude::*;
use crate::shell::exec_form::json_array;
use crate::syntax::TriviaKind;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnInstruction(TAKE_ARRAYS, check)])
    // A shell form that was not meant to be one.
    .aka(&["DL3025"])
    .fix(Fixable::Sometimes);

/// The instructions whose arguments may be a JSON array.
const TAKE_ARRAYS: &[Keyword] = &[
    Keyword::Run,
    Keyword::Cmd,
    Keyword::Entrypoint,
    Keyword::Healthcheck,
    Keyword::Volume,
    Keyword::Copy,
    Keyword::Add,
];

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let keyword = step.keyword();
    let span = match (step.instruction.command_line(), &step.instruction.args) {
        (Some(CommandLine::Shell(span)), _) => *span,
        (None, Args::Words(words)) if !words.json => step.instruction.args_span,
        (None, Args::Copy(copy)) if !copy.json => step.instruction.args_span,
        _ => return,
    };
    let text = cx.text(span);
    let Some(inside) = text.strip_prefix('[') else { return };
    // JSON that the parser rejected is already reported as a syntax error.
    let errors = &cx.model.file.errors;
    let next = errors.partition_point(|error| error.span.start < span.start);
    if errors.get(next).is_some_and(|error| span.contains(error.span)) {
        return;
    }
    let joined = inside.replace("\\\r\n", "").replace("\\\n", "");
    // Of a Windows path the backslashes stand for themselves.
    let strict = read(&joined, false);
    let windows = strict.is_none() && joined.contains('\\');
    let parsed = if windows { read(&joined, true) } else { strict };
    // `[ -f x ] && y` is a test: a space follows the bracket, and its words have no commas.
    let tight = !inside.starts_with([' ', '\t']);
    let quoted = inside.trim_start().starts_with(QUOTES);
    let listed = parsed.as_ref().is_some_and(|it| it.commas > 0 && it.rest.is_empty());
    let starts = matches!(keyword, Keyword::Cmd | Keyword::Entrypoint | Keyword::Volume | Keyword::Healthcheck);
    let test = ["&&", "||", " -"].iter().any(|mark| inside.contains(mark));
    // `VOLUME [ ${X}/data ]`: no path starts with a bracket and a space.
    let bare_volume = keyword == Keyword::Volume && parsed.as_ref().is_some_and(|it| it.closed && it.rest.is_empty());
    let meant = if quoted { tight || listed } else { bare_volume || tight && starts && listed && !test };
    if !meant {
        return;
    }
    let why = match &parsed {
        _ if joined.contains(['“', '”', '‘', '’']) => "it has typographic quotes",
        _ if joined.trim_start().starts_with('\'') || joined.contains("['") || joined.contains(", '") => {
            "its strings are single-quoted"
        }
        Some(_) if windows => "it has an unescaped backslash",
        Some(parsed) if !parsed.rest.is_empty() => "text follows the closing bracket",
        Some(parsed) if !parsed.closed => "the closing bracket is missing",
        Some(parsed) if parsed.trailing => "it has a stray comma",
        Some(parsed) if parsed.commas + 1 < parsed.items.len() => "a comma is missing",
        Some(_) if !quoted => "its words are not quoted",
        Some(_) => "it has an unescaped backslash",
        None => "its quotes are not balanced",
    };
    let becomes = match keyword {
        Keyword::Volume => "so the brackets become part of the path",
        Keyword::Copy | Keyword::Add => "so brackets and quotes become part of the names, and the build fails",
        Keyword::Run => "so a shell runs it as a command, which fails",
        _ => "so a shell runs it as a command",
    };
    let commented = step.instruction.trivia.iter().any(|trivia| trivia.kind == TriviaKind::Comment);
    let end = if cx.source.text()[step.instruction.span.end()..].starts_with('\r') { "\r\n" } else { "\n" };
    let mut found = cx.report(span, format!("invalid JSON array: {why}, {becomes}"));
    if !matches!(keyword, Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck) {
        found.variant(Diagnostic::NO_ALIAS);
    }
    // The others go into the image as they are.
    if !matches!(keyword, Keyword::Run | Keyword::Copy | Keyword::Add) {
        found.at_most(Level::Warn);
    }
    let Some(parsed) = parsed.filter(|parsed| !parsed.items.is_empty()) else {
        found.help("put each word in double quotes and separate them with commas: `[\"program\", \"argument\"]`");
        return;
    };
    let starts_program = !matches!(keyword, Keyword::Volume | Keyword::Copy | Keyword::Add);
    let items: Vec<String> = match starts_program {
        true => parsed.items.iter().flat_map(|item| separate_flags(item)).collect(),
        false => parsed.items.clone(),
    };
    let array = json_array(&items);
    found.help(format!("use `{}`", array.replace('`', "'")));
    let comment = parsed.rest.starts_with('#').then_some(parsed.rest.as_str());
    if !commented && (parsed.rest.is_empty() || comment.is_some()) {
        let above = step.instruction.lines_span().start();
        let mut edits = vec![Edit::replace(span, array)];
        edits.extend(comment.map(|text| Edit::insert(above, format!("{text}{end}"))));
        let title = if comment.is_some() { "move the comment to its own line" } else { "make it a valid JSON array" };
        found.fix(Fix::new(Safety::Unsafe, title, edits));
    }
}

/// `-Xms1g -Xmx2g` in one pair of quotes are two arguments.
fn separate_flags(item: &str) -> Vec<String> {
    let words: Vec<&str> = item.split_ascii_whitespace().collect();
    match words.len() > 1 && words.iter().all(|word| word.starts_with('-') && !word.contains(['"', '\''])) {
        true => words.into_iter().map(str::to_owned).collect(),
        false => vec![item.to_owned()],
    }
}

const QUOTES: [char; 6] = ['"', '\'', '“', '”', '‘', '’'];

/// The intended elements of a list, read leniently from its opening bracket on.
struct List {
    items: Vec<String>,
    commas: usize,
    /// A comma has no item before or after it.
    trailing: bool,
    closed: bool,
    /// What follows the closing bracket.
    rest: String,
}

/// `literal`: backslashes escape nothing.
fn read(text: &str, literal: bool) -> Option<List> {
    let mut list = List { items: Vec::new(), commas: 0, trailing: false, closed: false, rest: String::new() };
    let mut after_item = false;
    let mut chars = text.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        match char {
            ' ' | '\t' => {}
            ',' => {
                list.trailing |= !after_item;
                after_item = false;
                list.commas += 1;
            }
            ']' => {
                list.trailing |= !after_item && list.commas > 0;
                list.closed = true;
                list.rest = text[at + 1..].trim().to_owned();
                return Some(list);
            }
            _ => {
                let ends: &[char] = match char {
                    '"' => &['"'],
                    '\'' => &['\''],
                    '“' | '”' => &['“', '”'],
                    '‘' | '’' => &['‘', '’'],
                    _ => &[',', ']', ' ', '\t'],
                };
                let bare = ends.len() == 4;
                let mut item = if bare { char.to_string() } else { String::new() };
                loop {
                    match chars.peek().copied() {
                        Some((_, next)) if ends.contains(&next) => break,
                        Some((_, '\\')) if char == '"' && !literal => {
                            chars.next();
                            match chars.peek().copied() {
                                Some((_, next @ ('"' | '\\' | '/'))) => {
                                    item.push(next);
                                    chars.next();
                                }
                                // JSON escapes are ambiguous here; in any other pair the backslash is literal.
                                Some((_, 'n' | 't' | 'r' | 'b' | 'f' | 'u')) => return None,
                                _ => item.push('\\'),
                            }
                        }
                        Some((_, next)) => {
                            item.push(next);
                            chars.next();
                        }
                        None if bare => break,
                        None => return None,
                    }
                }
                if !bare {
                    chars.next();
                    if chars.peek().is_some_and(|(_, next)| ![',', ']', ' ', '\t'].contains(next)) {
                        return None;
                    }
                }
                list.items.push(item);
                after_item = true;
            }
        }
    }
    list.trailing |= !after_item && list.commas > 0;
    Some(list)
}
