//! Finds commands that sleep before they start.

use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    for key in ["command", "entrypoint"] {
        let Some((_, node)) = service.entry(key) else { continue };
        let words = service.words(key).join(" ");
        let mut parts = words.split([';', '&', '|', '"', '\'']).map(str::trim);
        // What goes on for ever after it is not a start.
        let is_loop = ["while ", "until ", "for ", "infinity"].iter().any(|word| words.contains(word));
        let has_next = |words: &str| words.find("sleep ").is_some_and(|at| words[at..].contains(['&', ';']));
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
