//! `# shellcheck disable=…` comments in a script, and what they cover.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::script_view::{ScriptView, script_head};
use crate::shell::reader::TokenKind;
use crate::text::Span;

/// What the comments of a script cover, by code, in offsets of the file.
#[derive(Default)]
pub struct Disabled<'m>(HashMap<&'m str, Scopes>);

/// Stretches by their start, each with the furthest end of all that begin no later.
#[derive(Default)]
struct Scopes(Vec<Span>);

impl Scopes {
    fn new(mut spans: Vec<Span>) -> Self {
        spans.sort_unstable();
        let mut end = 0;
        for span in &mut spans {
            end = end.max(span.end);
            span.end = end;
        }
        Self(spans)
    }

    /// Whether one of them has all of `place` in it.
    fn cover(&self, place: Span) -> bool {
        let begun = self.0.partition_point(|scope| scope.start <= place.start);
        begun.checked_sub(1).is_some_and(|last| self.0[last].end >= place.end)
    }
}

impl<'m> ScriptView<'m, '_> {
    /// What its comments disable, if any do.
    pub fn disabled(&self) -> Option<Disabled<'m>> {
        self.script().contains("shellcheck").then(|| Disabled::of(self))
    }
}

impl<'m> Disabled<'m> {
    /// A comment at the head covers the script, any other the outermost command after it.
    fn of(view: &ScriptView<'m, '_>) -> Self {
        let text = view.script();
        let head: usize = script_head(text).map(str::len).sum();
        let mut commands: Vec<Span> = view.survey.commands.iter().map(|node| view.survey.span(*node)).collect();
        commands.sort_unstable_by_key(|span| (span.start, Reverse(span.end)));
        let behind = |at: usize| commands.get(commands.partition_point(|span| span.start() < at)).copied();
        let mut scopes: HashMap<&str, Vec<Span>> = HashMap::new();
        for (_, span) in view.tree().tokens().filter(|(kind, _)| *kind == TokenKind::Comment) {
            let Some(codes) = text.get(span.range()).and_then(codes) else { continue };
            let scope = if span.start() < head { Some(Span::new(0, text.len())) } else { behind(span.end()) };
            let Some(scope) = scope.map(|scope| view.span(scope)) else { continue };
            codes.for_each(|code| scopes.entry(code).or_default().push(scope));
        }
        Self(scopes.into_iter().map(|(code, spans)| (code, Scopes::new(spans))).collect())
    }

    /// Whether this code is disabled at a place of the file.
    pub fn has(&self, code: Option<&str>, place: Span) -> bool {
        let covers = |name: &str| self.0.get(name).is_some_and(|scopes| scopes.cover(place));
        !self.0.is_empty() && (covers("all") || code.is_some_and(covers))
    }
}

/// The codes that a comment disables.
fn codes(comment: &str) -> Option<std::str::Split<'_, char>> {
    let rest = comment.strip_prefix('#')?.trim_start().strip_prefix("shellcheck")?;
    let list = rest.split_whitespace().find_map(|word| word.strip_prefix("disable="))?;
    Some(list.split(','))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_furthest_of_all_that_begin_no_later() {
        let scopes = Scopes::new(vec![Span::new(20, 30), Span::new(0, 10), Span::new(2, 5)]);
        for (start, end, covered) in [(0, 10, true), (6, 9, true), (6, 11, false), (20, 30, true), (12, 13, false)] {
            assert_eq!(scopes.cover(Span::new(start, end)), covered, "{start}..{end}");
        }
        assert!(!Scopes::default().cover(Span::at(0)));
    }
}
