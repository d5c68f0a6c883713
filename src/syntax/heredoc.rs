//! Heredocs as BuildKit finds them: words of its own lexer that look like `<<NAME`.

use super::expand::{self, Keep};
use super::lines::Lines;
use super::part::Part;
use super::tree::{Heredoc, SyntaxError, SyntaxErrorKind};
use crate::text::Span;

/// The heredocs that a joined line opens; their bodies are still empty. A line that the lexer cannot read (a quote or
/// a `${…}` that does not close or that it does not know) opens none.
pub(super) fn openers(line: Part<'_>) -> Vec<Heredoc> {
    if !line.text().contains("<<") {
        return Vec::new();
    }
    // The shell's escape character, whatever the file's.
    let words = expand::words(line.text(), '\\', Keep { quotes: true, escapes: true }).unwrap_or_default();
    let openers = words.iter().filter_map(|word| {
        let mut heredoc = opener(&word.text)?;
        heredoc.opener = line.slice(word.start, word.end).span();
        Some(heredoc)
    });
    openers.collect()
}

fn opener(word: &str) -> Option<Heredoc> {
    let (fd, rest) = word.split_once("<<")?;
    if !fd.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (strip_tabs, rest) = match rest.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let name = rest.trim_start_matches([' ', '\t', '\r', '\n', '\u{c}']);
    if name.is_empty() || name.contains('<') {
        return None;
    }
    let one = |quotes| match expand::words(name, '\\', Keep { quotes, escapes: false }) {
        Ok(words) if words.len() == 1 => words.into_iter().next(),
        _ => None,
    };
    let (plain, quoted) = (one(false)?.text, one(true)?.text);
    let quotes = |text: &str| text.matches(['\'', '"']).count();
    Some(Heredoc {
        opener: Span::default(),
        expand: quotes(&plain) == quotes(&quoted),
        delimiter: plain,
        body: Span::default(),
        terminator: None,
        strip_tabs,
        fd: fd.parse().ok(),
    })
}

/// Reads the bodies that follow the opening line. `at` is the end of that line; returns the ends of the last line
/// without and with its line break.
pub(super) fn bodies(
    text: &str,
    lines: &mut Lines<'_>,
    heredocs: &mut [Heredoc],
    mut at: usize,
    errors: &mut Vec<SyntaxError>,
    mut each: impl FnMut(&super::lines::Line, &mut Vec<SyntaxError>),
) -> Option<(usize, usize)> {
    let mut last = None;
    for heredoc in heredocs {
        let start = at;
        // A line that may have been meant as the terminator.
        let mut almost = None;
        for line in lines.by_ref() {
            each(&line, errors);
            at = line.end;
            last = Some((line.content_end, line.end));
            let content = line.content(text);
            let candidate = if heredoc.strip_tabs { content.trim_start_matches('\t') } else { content };
            if candidate == heredoc.delimiter {
                heredoc.terminator = Some(Span::new(line.start, line.content_end));
                heredoc.body = Span::new(start, line.start);
                break;
            }
            if almost.is_none() && content.trim() == heredoc.delimiter {
                almost = Some(content.starts_with(char::is_whitespace));
            }
        }
        if heredoc.terminator.is_none() {
            heredoc.body = Span::new(start, at);
            errors.push(unterminated(heredoc, almost));
        }
    }
    last
}

fn unterminated(heredoc: &Heredoc, almost: Option<bool>) -> SyntaxError {
    let name = crate::text::suggest::shorten(&heredoc.delimiter);
    let help = match almost {
        None => format!("put `{name}` on a separate line at the end of the text, with nothing before or after it"),
        Some(true) => format!(
            "a line has `{name}` with whitespace before it: move it to the start of the line, or use `<<-` and indent with tabs"
        ),
        Some(false) => format!("a line has `{name}` with whitespace after it: remove the whitespace"),
    };
    let message = format!("heredoc `{name}` is never closed, so it includes the rest of the file");
    SyntaxError::new(SyntaxErrorKind::Heredoc, heredoc.opener, message).help(help)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::tree::Logical;

    fn found(line: &str) -> Vec<(String, bool, bool, Option<u32>)> {
        let mut logical = Logical::default();
        logical.push(line, 0);
        openers(Part::whole(&logical))
            .into_iter()
            .map(|doc| (doc.delimiter, doc.strip_tabs, doc.expand, doc.fd))
            .collect()
    }

    #[test]
    fn what_opens_a_heredoc() {
        for (line, expected) in [
            ("RUN <<EOF", Some(("EOF", false, true, None))),
            ("RUN <<-EOF", Some(("EOF", true, true, None))),
            ("RUN << EOF", Some(("EOF", false, true, None))),
            ("RUN <<'EOF'", Some(("EOF", false, false, None))),
            ("RUN <<\"E F\"", Some(("E F", false, false, None))),
            ("RUN <<E\"O\"F", Some(("EOF", false, false, None))),
            ("RUN <<\\EOF", Some(("EOF", false, true, None))),
            ("RUN 3<<EOF", Some(("EOF", false, true, Some(3)))),
            ("RUN cat <<EOF>f", Some(("EOF>f", false, true, None))),
            ("RUN <<$EOF", Some(("$EOF", false, true, None))),
            ("RUN cat<<EOF", None),
            ("RUN <<<EOF", None),
            ("RUN cat <<<x", None),
            ("RUN '<<EOF'", None),
            ("RUN \\<<EOF", None),
            ("RUN <<", None),
            ("RUN x <<EOF ${y^^}", None),
            ("RUN x <<EOF 'y", None),
        ] {
            let expected: Vec<_> =
                expected.into_iter().map(|(name, tabs, expand, fd)| (name.to_owned(), tabs, expand, fd)).collect();
            assert_eq!(found(line), expected, "{line}");
        }
        assert_eq!(found("RUN <<A <<-B 4<<'C'").len(), 3);
    }
}
