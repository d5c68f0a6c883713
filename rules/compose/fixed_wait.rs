//! Finds commands that sleep before they start.

use crate::finding::compose::*;
use crate::knowledge::programs::{self, Class};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    for key in ["command", "entrypoint"] {
        let Some((_, node)) = service.entry(key) else { continue };
        let words = service.words(key).join(" ");
        let mut parts = words.split([';', '&', '|', '"', '\'']).map(str::trim);
        // What goes on for ever after it is not a start.
        let is_loop = ["while ", "until ", "for ", "infinity"].iter().any(|word| words.contains(word));
        let has_next = |words: &str| words.find("sleep ").is_some_and(|at| is_start(&words[at..]));
        let sleep = parts.find(|part| {
            let part = part.rsplit("-c ").next().unwrap_or(part);
            part.strip_prefix("sleep ")
                .is_some_and(|time| time.trim().trim_end_matches(['s', 'm']).parse::<u32>().is_ok())
        });
        if sleep.is_some() && !is_loop && has_next(&words) {
            let mut found = cx.at(node, format!("`{}` waits for a fixed time before it starts", service.name));
            found.help("use `depends_on` with `condition: service_healthy`");
        }
    }
}

/// Whether a program runs after the `sleep` that a script begins with, other than one that only prints.
fn is_start(script: &str) -> bool {
    let commands = script
        .split(['&', ';', '\n'])
        .skip(1)
        .map(|command| command.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\''));
    let mut names = commands.filter_map(|command| command.split_whitespace().next());
    names.any(|name| {
        !programs::class(name).is(Class::PRINTS.or(Class::NO_OP).or(Class::WAITS)) && !matches!(name, "exit" | "date")
    })
}
