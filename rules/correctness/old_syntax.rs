//! Features that the requested `# syntax=` version does not support.

use crate::finding::prelude::*;
use crate::syntax::expand::{Operator, TokenKind, lex};
use crate::syntax::{Directive, Escape, Flag};

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes);

fn check(cx: &Cx<'_>) {
    let Some(directive) = cx.model.file.directives().find(|directive| directive.name == "syntax") else {
        return;
    };
    let Some((minor, tag)) = version(directive) else { return };
    let mut wanted: Vec<(Span, String, u32)> = Vec::new();
    for outer in cx.model.file.instructions() {
        let instruction = match &outer.args {
            Args::Onbuild(Some(inner)) => inner,
            _ => outer,
        };
        let keyword = instruction.keyword.as_str();
        if matches!(instruction.keyword, Keyword::Run | Keyword::Copy | Keyword::Add)
            && let Some(heredoc) = instruction.heredocs.first()
        {
            wanted.push((heredoc.opener, "a heredoc".to_owned(), 4));
        }
        wanted.extend(expansions(instruction, cx.model.file.escape).map(|span| (span, "this expansion".to_owned(), 7)));
        for flag in &instruction.flags {
            if let Some(since) = since(instruction.keyword, flag) {
                wanted.push((flag.span, format!("`{keyword} --{}`", flag.name), since));
            }
        }
        if outer.keyword == Keyword::Onbuild
            && instruction.keyword == Keyword::Copy
            && instruction.flag("from").is_some()
        {
            wanted.push((instruction.keyword_span, "`ONBUILD COPY --from`".to_owned(), 11));
        }
    }
    for (span, what, since) in wanted.into_iter().filter(|(_, _, since)| *since > minor) {
        let fix = tag.filter(|_| !directive.value.contains('@'));
        let fix = fix.and_then(|tag| Fix::new(Safety::Unsafe, "use the latest version 1", [Edit::replace(tag, "1")]));
        cx.report(span, format!("{what} needs Dockerfile syntax 1.{since}, but this file requests 1.{minor}"))
            .label(directive.value_span, "requested here")
            .help("use `# syntax=docker/dockerfile:1`, which is always the latest version 1")
            .fix(fix);
    }
}

/// `${name#pattern}` and the like, where BuildKit expands variables.
fn expansions(instruction: &Instruction, escape: Escape) -> impl Iterator<Item = Span> {
    let shell = matches!(instruction.args, Args::Command(_) | Args::Healthcheck(_) | Args::Onbuild(_));
    let logical = &instruction.logical;
    let tokens = match !shell && logical.text.contains("${") {
        true => lex(&logical.text, escape.as_char(), true).tokens,
        false => Vec::new(),
    };
    tokens.into_iter().filter_map(move |token| match token.kind {
        TokenKind::Open { operator: Operator::Sign { sign: '#' | '%', .. } | Operator::Replace { .. }, .. } => {
            Some(logical.span(token.at.start, token.at.end))
        }
        _ => None,
    })
}

/// The minor version and the span of the tag. `None` for experimental versions, which support more.
fn version(directive: &Directive) -> Option<(u32, Option<Span>)> {
    let value = directive.value.split('@').next()?;
    let (name, tag) = value.rsplit_once(':')?;
    let name = name.strip_prefix("docker.io/").unwrap_or(name);
    if !matches!(name, "docker/dockerfile" | "docker/dockerfile-upstream") {
        return None;
    }
    let mut parts = tag.split('.');
    let (major, minor, patch) = (parts.next()?, parts.next()?, parts.next());
    let number = |text: &str| text.parse::<u32>().ok().filter(|_| text.len() < 4);
    if major != "1" || patch.is_some_and(|patch| number(patch).is_none()) {
        return None;
    }
    let start = directive.value_span.start() + value.len() - tag.len();
    let whole = directive.value_span.len() == directive.value.len();
    Some((number(minor)?, whole.then(|| Span::new(start, start + tag.len()))))
}

/// The first minor version that supports a flag.
fn since(keyword: Keyword, flag: &Flag) -> Option<u32> {
    let since = match (keyword, flag.name.as_str()) {
        (Keyword::Run, "mount") => match flag.field("type").map(|word| word.text.as_str()) {
            Some("secret") if flag.field("env").is_some() => 10,
            _ => 2,
        },
        (Keyword::Run, "network") => 3,
        (Keyword::Run, "security") => 20,
        (Keyword::Copy | Keyword::Add, "chmod") => {
            let octal = flag.text().is_some_and(|mode| mode.bytes().all(|byte| byte.is_ascii_digit()));
            if octal { 2 } else { 14 }
        }
        (Keyword::Copy | Keyword::Add, "link") => 4,
        (Keyword::Copy | Keyword::Add, "exclude") => 19,
        (Keyword::Copy, "parents") => 20,
        (Keyword::Add, "keep-git-dir") => 1,
        (Keyword::Add, "checksum") => 6,
        (Keyword::Add, "unpack") => 17,
        _ => return None,
    };
    Some(since)
}
