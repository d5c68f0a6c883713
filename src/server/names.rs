//! The name under the cursor with all its places, in every file of the project that has it: Dockerfiles, Compose files and
//! bake files.

use std::path::Path;

use lsp_types::{Position, Uri};

use super::compose_names;
use super::document::{Document, Kind};
use super::name::{Name, Place, Sort};
use super::occurrences::{self, Occurrence, Symbol};
use super::session::{Loaded, Session, View};
use crate::builds::{self, Invocation, NameKind};
use crate::syntax::Keyword;
use crate::text::Span;

/// The name at a position of an open document, or right before it.
pub(super) fn at<'s>(session: &'s Session, uri: &Uri, position: Position) -> Option<Name<'s>> {
    let document = session.document(uri)?;
    let at = document.offset(position);
    match document.kind {
        Kind::Dockerfile => in_dockerfile(session, document, at),
        Kind::Compose => compose_names::at(session, document, at).or_else(|| in_build_file(session, document, at)),
        Kind::Bake => in_build_file(session, document, at),
        Kind::Configuration | Kind::Unknown => None,
    }
}

fn touches(span: Span, at: usize) -> bool {
    span.start() <= at && at <= span.end()
}

/// A name of a Dockerfile, alone.
struct Own {
    sort: Sort,
    text: String,
    hit: Option<Occurrence>,
    same: Vec<Occurrence>,
    taken: Vec<String>,
    /// The name that other files may have for it.
    shared: Option<NameKind>,
}

fn in_dockerfile<'s>(session: &'s Session, document: &'s Document, at: usize) -> Option<Name<'s>> {
    let own = session.view_of(document, |view| {
        let all = occurrences::all(view.model);
        let hit = all.iter().find(|found| touches(found.span, at))?.clone();
        Some(describe(view, &all, hit))
    });
    let own = own.flatten()?;
    let hit = own.hit.as_ref()?;
    // What an instruction defines is in force after it.
    let start = document.instruction_at(hit.span.start()).map_or(hit.span.start, |it| it.span.start);
    let in_force = |found: &Occurrence| found.span.start < start || found.span == hit.span;
    let definitions = || own.same.iter().enumerate().filter(|(_, found)| found.is_definition);
    let target = definitions().rfind(|(_, found)| in_force(found)).or_else(|| definitions().next());
    let (hit, is_renamable, target) = (hit.span, !hit.indirect, target.map(|(index, _)| index));
    let mut name = with_dockerfile(own, Loaded::Open(document), (hit, is_renamable, target));
    if let Some(path) = &document.path {
        add_build_files(session, path, &mut name);
    }
    Some(name.0)
}

/// The name of an occurrence, with its places in the Dockerfile. One that a build argument sets is one name in all stages.
fn describe(view: &View<'_>, all: &[Occurrence], hit: Occurrence) -> Own {
    let slice = |found: &Occurrence| view.model.source.slice(found.span).to_owned();
    let is_arg = |found: &Occurrence| {
        found.is_definition
            && view.document.instruction_at(found.span.start()).is_some_and(|it| it.keyword == Keyword::Arg)
    };
    let same: Vec<_> = all.iter().filter(|found| found.symbol == hit.symbol).cloned().collect();
    let (sort, text, shared) = match hit.symbol {
        Symbol::Stage(index) => {
            let name = view.model.stage(index).and_then(|stage| stage.name).map(|name| name.text.clone());
            (Sort::Stage, name.unwrap_or_default(), Some(NameKind::Stage))
        }
        Symbol::Variable(_) => (Sort::Variable, slice(&hit), same.iter().any(is_arg).then_some(NameKind::Argument)),
        Symbol::Script(..) => (Sort::Variable, slice(&hit), None),
        Symbol::Heredoc(_) => (Sort::Heredoc, slice(&hit), None),
    };
    let taken = match sort {
        Sort::Stage => {
            let others = view.model.stages.iter().filter(|stage| hit.symbol != Symbol::Stage(stage.index));
            others.filter_map(|stage| Some(stage.name?.text.to_ascii_lowercase())).collect()
        }
        Sort::Variable => {
            let is_variable = |found: &&Occurrence| matches!(found.symbol, Symbol::Variable(_) | Symbol::Script(..));
            all.iter().filter(is_variable).map(slice).filter(|other| *other != text).collect()
        }
        _ => Vec::new(),
    };
    Own { sort, text, hit: Some(hit), same, taken, shared }
}

type Shared<'s> = (Name<'s>, Option<(NameKind, String)>);

fn with_dockerfile<'s>(own: Own, file: Loaded<'s>, (hit, is_renamable, target): (Span, bool, Option<usize>)) -> Shared<'s> {
    let place = |found: &Occurrence| Place {
        file: 0,
        span: found.span,
        is_definition: found.is_definition,
        indirect: found.indirect,
    };
    let places = own.same.iter().map(place).collect();
    let name = Name { sort: own.sort, files: vec![file], hit, is_renamable, places, target, taken: own.taken };
    (name, own.shared.map(|kind| (kind, own.text)))
}

/// Adds the places in Compose and bake files that build the Dockerfile at `path`, which is the first file of the name. A
/// build argument is then one name wherever the Dockerfile declares it.
fn add_build_files<'s>(session: &'s Session, path: &Path, (name, shared): &mut Shared<'s>) {
    let Some((kind, text)) = shared else { return };
    let Ok(real) = path.canonicalize() else { return };
    let first = name.files.len();
    for file in session.build_files(path) {
        let Some(loaded) = session.load(&file, "") else { continue };
        let places = places_in(&session.builds_of(&loaded), &real, *kind, text);
        if !places.is_empty() {
            let index = name.files.len();
            name.files.push(loaded);
            name.places.extend(places.into_iter().map(|span| Place {
                file: index,
                span,
                is_definition: false,
                indirect: false,
            }));
        }
    }
    if *kind == NameKind::Argument && name.files.len() > first {
        let more = session.view_of(&name.files[0], |view| other_declarations(view, text)).unwrap_or_default();
        for found in more {
            if !name.places.iter().any(|place| place.file == 0 && place.span == found.span) {
                name.places.push(Place {
                    file: 0,
                    span: found.span,
                    is_definition: found.is_definition,
                    indirect: found.indirect,
                });
            }
        }
    }
}

/// Where the builds of a file name something of the Dockerfile.
fn places_in(all: &[Invocation], dockerfile: &Path, kind: NameKind, wanted: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    for build in all {
        if build.dockerfile.canonicalize().is_ok_and(|path| path == dockerfile) {
            let is_it = |name: &&builds::Name| {
                name.kind == kind
                    && match kind {
                        NameKind::Stage => name.text.eq_ignore_ascii_case(wanted),
                        NameKind::Argument => name.text == wanted,
                    }
            };
            spans.extend(build.names.iter().filter(is_it).map(|name| name.span));
        }
    }
    spans.sort();
    spans.dedup();
    spans
}

/// All places of the variables of a name that an `ARG` declares.
fn other_declarations(view: &View<'_>, name: &str) -> Vec<Occurrence> {
    let all = occurrences::all(view.model);
    let is_arg = |found: &&Occurrence| {
        found.is_definition
            && matches!(found.symbol, Symbol::Variable(_))
            && view.model.source.slice(found.span) == name
            && view.document.instruction_at(found.span.start()).is_some_and(|it| it.keyword == Keyword::Arg)
    };
    let symbols: Vec<_> = all.iter().filter(is_arg).map(|found| found.symbol).collect();
    all.into_iter().filter(|found| symbols.contains(&found.symbol)).collect()
}

/// A stage or build argument that a Compose or bake file names.
fn in_build_file<'s>(session: &'s Session, document: &'s Document, at: usize) -> Option<Name<'s>> {
    let builds = session.builds_of(document);
    let (build, named) = builds.iter().find_map(|build| {
        Some((build, build.names.iter().find(|name| touches(name.span, at))?))
    })?;
    let dockerfile = session.load(&build.dockerfile, "dockerfile")?;
    let own = session.view_of(&dockerfile, |view| {
        let all = occurrences::all(view.model);
        let is_it = |found: &&Occurrence| match (named.kind, found.symbol) {
            (NameKind::Stage, Symbol::Stage(index)) => {
                found.is_definition && view.model.stage(index).is_some_and(|stage| stage.is_named(&named.text))
            }
            (NameKind::Argument, Symbol::Variable(_)) => {
                found.is_definition
                    && view.model.source.slice(found.span) == named.text
                    && view.document.instruction_at(found.span.start()).is_some_and(|it| it.keyword == Keyword::Arg)
            }
            _ => false,
        };
        Some(describe(view, &all, all.iter().find(is_it)?.clone()))
    });
    let own = own.flatten()?;
    let target = own.same.iter().position(|found| found.is_definition);
    let mut name = with_dockerfile(own, dockerfile, (named.span, true, target));
    add_build_files(session, &build.dockerfile, &mut name);
    let mut name = name.0;
    // The file with the cursor comes first.
    let own = name.files.iter().position(|loaded| loaded.uri == document.uri);
    let own = own.unwrap_or_else(|| {
        name.files.push(Loaded::Open(document));
        let file = name.files.len() - 1;
        name.places.push(Place { file, span: named.span, is_definition: false, indirect: false });
        file
    });
    name.files.swap(0, own);
    for place in &mut name.places {
        place.file = match place.file {
            0 => own,
            file if file == own => 0,
            file => file,
        };
    }
    Some(name)
}
