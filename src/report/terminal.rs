//! Lays out a plain report for a terminal: lines of at most 80 columns, and colours.

use std::borrow::Cow;

use super::wrap::{WIDTH, wrap};

const BOLD: &str = "1";
const DIM: &str = "2";
const RED: &str = "31";
const GREEN: &str = "32";
const YELLOW: &str = "33";

/// How much of a line its first column may take for the others to be broken beside it.
const MAX_HANG: usize = 60;

/// What stands at the end of a line about a criterion, and its colour.
const STATES: [(&str, &str); 5] =
    [("(met", GREEN), ("(partly met", YELLOW), ("(missed", RED), ("(skipped", DIM), ("(not graded", DIM)];

/// What stands at the start of an indented line, and its colour.
const SIGNS: [(&str, &str); 10] = [
    ("−", RED), ("| -", RED), ("| +", GREEN), ("| ", DIM), ("+", GREEN), ("-", RED), ("!", RED), ("~", YELLOW),
    ("kept", GREEN), ("rejected", RED),
];

/// The report with long lines broken between words if `wraps` is set, and with colours if `colors` is.
pub fn for_terminal(text: &str, wraps: bool, colors: bool) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for line in text.lines() {
        let lines = if wraps { broken(line) } else { Cow::Borrowed(line) };
        match colors {
            true => out += &colored(&lines),
            false => out += &lines,
        }
        out.push('\n');
    }
    out
}

/// The line in lines of at most 80 columns. Quoted lines and changes of code stay whole.
fn broken(line: &str) -> Cow<'_, str> {
    let content = line.trim_start_matches(' ');
    let indent = line.len() - content.len();
    let is_code = content.starts_with('|') || indent >= 12 && content.starts_with(['+', '-']);
    if line.chars().count() <= WIDTH || is_code {
        return Cow::Borrowed(line);
    }
    // In a table, the last column is broken.
    let column = content.rmatch_indices("  ").map(|(at, gap)| indent + at + gap.len()).next();
    let (head, rest) = line.split_at(column.unwrap_or(indent));
    let start = head.chars().count();
    let hang = match column {
        Some(_) => start,
        None if content.starts_with(['−', '+', '-', '!', '~']) => indent + 2,
        None => indent,
    };
    if start > MAX_HANG { Cow::Borrowed(line) } else { Cow::Owned(format!("{head}{}", wrap(rest, start, 0, hang))) }
}

/// The line, perhaps broken, with its title, its sign and its state in colours.
fn colored(line: &str) -> String {
    let paint = |code: &str, text: &str| if text.is_empty() { String::new() } else { format!("\x1b[{code}m{text}\x1b[0m") };
    let content = line.trim_start_matches(' ');
    let (space, content) = line.split_at(line.len() - content.len());
    if let Some((sign, code)) = SIGNS.iter().find(|(sign, _)| !space.is_empty() && content.starts_with(sign)) {
        // Quoted lines in whole, of others the sign, and the number after it.
        let end = match content.starts_with('|') {
            true => content.len(),
            false => content.find(' ').unwrap_or(content.len()).max(sign.len()),
        };
        let (sign, rest) = content.split_at(end);
        return format!("{space}{}{rest}", paint(code, sign));
    }
    let state = STATES.iter().find_map(|(state, code)| Some((content.rfind(state)?, code)));
    match state.filter(|_| space.is_empty() && content.ends_with(')')) {
        Some((at, code)) => format!("{}{}", paint(BOLD, &content[..at]), paint(code, &content[at..])),
        None if space.is_empty() && content.ends_with(':') => paint(BOLD, content),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words() {
        let words = "word ".repeat(30);
        let text = format!(
            "Ada: 1 of 2 (met)\n  −5 {words}\n    {words}\n    | {words}\n            +RUN {words}\nAda Lovelace   40  {words}\n"
        );
        let out = for_terminal(&text, true, false);
        let squeeze = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(squeeze(&out), squeeze(&text), "nothing is lost");
        let long: Vec<&str> = out.lines().filter(|line| line.trim_end().chars().count() > WIDTH).collect();
        assert!(long.len() == 2 && long[0].starts_with("    | ") && long[1].starts_with("            +RUN"), "{out}");
        assert!(out.contains("\n    word") && out.contains(&format!("\n{}word", " ".repeat(19))), "{out}");
        assert_eq!(for_terminal(&text, false, false), text);
    }

    #[test]
    fn titles_signs_and_states_are_colored() {
        let out = for_terminal("Slim: 0 of 5 (missed)\n  −5 it is full\n    | -FROM a\n  + done\nplain\n", true, true);
        let want = "\x1b[1mSlim: 0 of 5 \x1b[0m\x1b[31m(missed)\x1b[0m\n  \x1b[31m−5\x1b[0m it is full\n    \x1b[31m| -FROM a\x1b[0m\n  \x1b[32m+\x1b[0m done\nplain\n";
        assert_eq!(out, want);
    }
}
