//! Where the files of a project name what a Dockerfile defines: its stages and build arguments.

use std::collections::BTreeMap;

use hcl::edit::Span as _;
use hcl::edit::expr::{Expression, Object, ObjectKey};
use hcl::edit::structure::Body;

use crate::compose::Build;
use crate::text::yaml::{self, Node, Style};
use crate::text::{Source, Span};

/// What a name stands for in the Dockerfile that is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    Stage,
    Argument,
}

/// A name of a Dockerfile in a file that builds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    pub kind: NameKind,
    pub text: String,
    /// Without quotes.
    pub span: Span,
}

/// The name at the start of a span, after a quote. `None` if something else is written there.
fn name(text: &str, span: Span, name: &str, kind: NameKind) -> Option<Name> {
    let quote = text.get(span.range()).is_some_and(|it| it.starts_with(['"', '\'']));
    let start = span.start() + usize::from(quote);
    let own = Span::new(start, start + name.len());
    (!name.is_empty() && text.get(own.range()) == Some(name)).then(|| Name { kind, text: name.to_owned(), span: own })
}

fn of_node(source: &Source, node: &Node, written: &str, kind: NameKind) -> Option<Name> {
    // An alias is written elsewhere, and so is what another file says.
    let is_here = node.file == 0 && node.style != Style::Alias && node.style != Style::Block;
    name(source.text(), node.span, written, kind).filter(|_| is_here)
}

/// The names in the `build` of a service.
pub(super) fn of_compose(source: &Source, build: &Build) -> Vec<Name> {
    let target = build.target.iter().filter_map(|node| of_node(source, node, node.text()?, NameKind::Stage));
    let args = build.args.iter().filter_map(|arg| of_node(source, &arg.key, &arg.name, NameKind::Argument));
    target.chain(args).collect()
}

/// The names in each target of a bake file in JSON, by the target's name.
pub(super) fn of_json(text: &str) -> BTreeMap<String, Vec<Name>> {
    let source = Source::new("docker-bake.json", text);
    // JSON is YAML.
    let Ok(Some(root)) = yaml::parse(&source) else { return BTreeMap::new() };
    let targets = root.get("target").map(Node::entries).unwrap_or_default();
    let of_target = |(key, node): &(Node, Node)| {
        let stage = node.get("target").and_then(|node| of_node(&source, node, node.text()?, NameKind::Stage));
        let args = node.get("args").map(Node::entries).unwrap_or_default();
        let args = args.iter().filter_map(|(key, _)| of_node(&source, key, key.text()?, NameKind::Argument));
        Some((key.text()?.to_owned(), stage.into_iter().chain(args).collect()))
    };
    targets.iter().filter_map(of_target).collect()
}

/// The names in each target of a bake file in HCL, by the target's name. The text has been read without mistakes.
pub(super) fn of_hcl(text: &str) -> BTreeMap<String, Vec<Name>> {
    let Ok(body) = hcl::edit::parser::parse_body(text) else { return BTreeMap::new() };
    let targets = body.get_blocks("target");
    let of_target = |block: &hcl::edit::structure::Block| {
        let label = block.labels.first()?.as_str().to_owned();
        Some((label, of_body(text, &block.body)))
    };
    targets.filter_map(of_target).collect()
}

fn of_body(text: &str, body: &Body) -> Vec<Name> {
    let span = |range: Option<std::ops::Range<usize>>| range.map(|range| Span::new(range.start, range.end));
    let value = |key: &str| body.get_attribute(key).map(|attribute| &attribute.value);
    let stage = value("target").and_then(|target| {
        name(text, span(target.span())?, target.as_str()?, NameKind::Stage)
    });
    let args = value("args").and_then(Expression::as_object);
    let keys = args.into_iter().flat_map(Object::iter).filter_map(|(key, _)| match key {
        ObjectKey::Ident(ident) => name(text, span(ident.span())?, ident.as_str(), NameKind::Argument),
        ObjectKey::Expression(key) => name(text, span(key.span())?, key.as_str()?, NameKind::Argument),
    });
    stage.into_iter().chain(keys).collect()
}
