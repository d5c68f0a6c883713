//! Finds shell syntax in healthchecks that run without a shell.

use crate::compose::Test;
use crate::finding::compose::*;
use crate::knowledge::service_images::SHELL_OPERATORS;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Sometimes);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let Some(check) = &service.healthcheck else { return };
    let Some(Test::Exec(words)) = &check.test else { return };
    let Some(test) = check.node.get("test") else { return };
    let is_operator = |word: &str| SHELL_OPERATORS.contains(&word);
    let is_shell = words.first().is_some_and(|word| matches!(word.rsplit('/').next(), Some("sh" | "bash" | "ash")));
    let operator = words.iter().find(|word| is_operator(word)).filter(|_| !is_shell);
    let whole = words.first().filter(|word| words.len() == 1 && word.contains(' ') && !word.starts_with('/'));
    let message = match (operator, whole) {
        (Some(operator), _) => format!("`{operator}` is passed to the program, because `CMD` does not use a shell"),
        (None, Some(_)) => "the whole command line is treated as the name of a program".to_owned(),
        (None, None) => return,
    };
    let mut found = cx.at(test, message);
    found.help("use `CMD-SHELL` with one string");
    let cmd = test.items().first();
    if let (Some(cmd), Some(_), None) = (cmd, whole, operator)
        && cmd.file == 0
        && test.style != Style::Alias
    {
        let quote = if cmd.style == Style::Single { "'" } else { "\"" };
        let text = if cmd.style == Style::Plain { "CMD-SHELL".to_owned() } else { format!("{quote}CMD-SHELL{quote}") };
        found.fix(Fix::new(Safety::Unsafe, "use `CMD-SHELL`", [Edit::replace(cmd.span, text)]));
    }
}
