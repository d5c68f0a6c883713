//! Finds ports that YAML 1.1 reads as a base-60 number.

use crate::compose::edit::quoted;
use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Always);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    for port in service.ports.iter().filter(|port| port.node.style == Style::Plain && port.node.file == 0) {
        let Some(text) = port.node.text() else { continue };
        let parts: Vec<_> = text.split(':').collect();
        let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let is_pair = parts.len() >= 2 && parts.iter().all(is_number);
        if !is_pair || !parts[1..].iter().all(|part| part.len() <= 2 && part.parse::<u32>().is_ok_and(|part| part < 60))
        {
            continue;
        }
        let number = parts.iter().try_fold(0u64, |sum, part| Some(sum.checked_mul(60)? + part.parse::<u64>().ok()?));
        let number = number.map_or_else(|| "a number".to_owned(), |number| number.to_string());
        let mut found = cx.at(&port.node, format!("older parsers read `{text}` as {number}, a base-60 number"));
        found.help("quote it");
        let edit = Edit::replace(port.node.span, quoted(text));
        found.fix(Fix::new(Safety::Safe, "quote the port", [edit]));
    }
}
