//! Healthchecks, and dependencies that wait for them.

use super::{add_entry, indentation, line_end, quoted};
use crate::compose::{Dependency, Service};
use crate::text::yaml::{Node, Style};
use crate::text::{Edit, Source, Span};

/// Adds a healthcheck to a service without one. `test` is for a shell, with its dollar signs doubled. While a slow service
/// initializes its data, failures do not count.
pub fn add_healthcheck(source: &Source, service: &Service, test: &str, is_slow: bool) -> Option<Edit> {
    if test.is_empty() || service.healthcheck.is_some() || service.key.file != 0 {
        return None;
    }
    let test = format!("  test: [\"CMD-SHELL\", {}]", quoted(test));
    let lines = ["healthcheck:", &test, "  interval: 5s", "  retries: 12", "  start_period: 60s"];
    add_entry(source, &service.node, if is_slow { &lines } else { &lines[..4] })
}

/// Another test for a healthcheck, where the old one is on one line.
pub fn replace_test(source: &Source, test: &Node, command: &str) -> Option<Edit> {
    let is_simple = matches!(test.style, Style::Plain | Style::Single | Style::Double | Style::Flow);
    if command.is_empty() || test.file != 0 || !is_simple || source.slice(test.span).contains('\n') {
        return None;
    }
    Some(Edit::replace(test.span, format!("[\"CMD-SHELL\", {}]", quoted(command))))
}

/// Puts all dependencies of a service in the long form, with `service_healthy` for one of them.
pub fn wait_until_healthy(source: &Source, service: &Service, dependency: &Dependency) -> Option<Vec<Edit>> {
    let (key, list) = service.entry("depends_on")?;
    if key.file != 0 || list.file != 0 || list.style == Style::Alias || dependency.key.style == Style::Alias {
        return None;
    }
    if let Some(condition) = dependency.node.get("condition") {
        return (condition.file == 0).then(|| vec![Edit::replace(condition.span, "service_healthy")]);
    }
    if !list.items().iter().all(|item| item.file == 0 && list.span.contains(item.span)) {
        return None;
    }
    let condition = |name: &str| if name == dependency.service { "service_healthy" } else { "service_started" };
    match list.style {
        Style::Lines if list.is_list() => over_lines(source, list, condition),
        Style::Flow if list.is_list() => on_one_line(source, key, list, condition),
        _ => None,
    }
}

fn over_lines(source: &Source, list: &Node, condition: impl Fn(&str) -> &'static str) -> Option<Vec<Edit>> {
    let end = line_end(source);
    let mut edits = Vec::new();
    for item in list.items() {
        let line = source.line_span(source.line_index(item.span.start()));
        let dash = source.slice(line).find('-')? + line.start();
        let rest = Span::new(item.span.end(), line.end());
        let indent = format!("{}  ", indentation(source, item.span.start()));
        let comment = source.slice(rest).trim_end();
        edits.push(Edit::delete(Span::new(dash, item.span.start())));
        let text = format!(":{comment}{end}{indent}condition: {}", condition(item.text()?));
        edits.push(Edit::replace(Span::new(item.span.end(), rest.start() + comment.len()), text));
    }
    Some(edits)
}

fn on_one_line(source: &Source, key: &Node, list: &Node, condition: impl Fn(&str) -> &'static str) -> Option<Vec<Edit>> {
    let end = line_end(source);
    let indent = format!("{}  ", indentation(source, key.span.start()));
    let between = Span::new(key.span.end(), list.span.start());
    if source.slice(list.span).contains(['\n', '#']) || source.slice(between).trim() != ":" {
        return None;
    }
    let mut text = String::new();
    for item in list.items() {
        let name = item.text()?;
        text.push_str(&format!("{end}{indent}{name}:{end}{indent}  condition: {}", condition(name)));
    }
    Some(vec![Edit::replace(Span::new(key.span.end() + 1, list.span.end()), text)])
}
