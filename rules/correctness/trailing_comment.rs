//! Text after an instruction that looks like a comment but is part of it.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes);

fn check(cx: &Cx<'_>) {
    for instruction in cx.model.file.instructions() {
        let Some((at, what)) = comment(instruction, cx) else {
            continue;
        };
        let end = instruction.args_span.end();
        if at >= end {
            continue;
        }
        let found_at = Span::new(at, end);
        // On a line above the instruction it is a comment.
        let text = cx.text(found_at);
        let line_end = cx.source.line_end();
        let before = Span::new(instruction.args_span.start(), at);
        let kept = instruction.args_span.start() + cx.text(before).trim_end().len();
        let fix = Fix::new(
            Safety::Unsafe,
            "move the comment to a separate line",
            [Edit::insert(instruction.span.start(), format!("{text}{line_end}")), Edit::delete(Span::new(kept, end))],
        );
        let plain =
            instruction.trivia.is_empty() && instruction.heredocs.is_empty() && kept > instruction.args_span.start();
        cx.report(found_at, format!("this is not a comment but {what}"))
            .help("put it on a separate line: a comment must start at the beginning of a line")
            .fix(fix.filter(|_| plain));
    }
}

/// Where what looks like a comment starts, and what it is.
fn comment(instruction: &Instruction, cx: &Cx<'_>) -> Option<(usize, String)> {
    let keyword = instruction.keyword.as_str();
    match (&instruction.args, instruction.keyword) {
        (Args::Words(args), Keyword::User | Keyword::Workdir | Keyword::Stopsignal) => {
            let word = args.words.first().filter(|word| word.span.len() == word.text.len())?;
            let what = match instruction.keyword {
                Keyword::User => "part of the user name",
                Keyword::Workdir => "part of the directory name",
                _ => "part of the signal name",
            };
            Some((word.span.start() + hash(&word.text)?, what.to_owned()))
        }
        (Args::Words(args), Keyword::Volume) if !args.json => {
            let word = args.words.iter().skip(1).find(|word| word.text.starts_with('#'))?;
            Some((word.span.start(), "one or more volumes".to_owned()))
        }
        (Args::Pairs(args), Keyword::Arg) => {
            let pair = args.pairs.iter().skip(1).find(|pair| pair.name.text.starts_with('#'))?;
            Some((pair.span.start(), "one or more arguments".to_owned()))
        }
        (Args::Pairs(args), _) if args.legacy => {
            let pair = args.pairs.first()?;
            let value = pair.value.as_ref().filter(|value| value.span.len() == value.text.len())?;
            let at = hash(&value.text).filter(|at| value.text[*at..].starts_with("# "))?;
            Some((value.span.start() + at, format!("part of the value of `{}`", pair.name.text)))
        }
        (Args::Copy(args), _) if !args.json => {
            let words = args.sources.iter().chain(&args.dest).skip(2);
            let word = words.into_iter().find(|word| word.text.starts_with('#'))?;
            Some((word.span.start(), format!("more sources and the destination of this `{keyword}`")))
        }
        (Args::Command(CommandLine::Shell(span)), _) => {
            let text = cx.text(*span);
            let at = text.starts_with('[').then(|| hash(text)).flatten()?;
            let form: Result<Vec<String>, _> = serde_json::from_str(text[..at].trim_end());
            form.ok()?;
            Some((
                span.start() + at,
                "text that turns this into a shell command: nothing may follow a JSON array".to_owned(),
            ))
        }
        _ => None,
    }
}

/// The first `#` after a space, outside quotes.
fn hash(text: &str) -> Option<usize> {
    let (mut quote, mut blank) = (None, false);
    for (at, char) in text.char_indices() {
        match (quote, char) {
            (Some(open), _) if open == char => quote = None,
            (None, '"' | '\'') => quote = Some(char),
            (None, '#') if blank => return Some(at),
            _ => {}
        }
        blank = quote.is_none() && matches!(char, ' ' | '\t');
    }
    None
}
