//! What the server knows of its client, and the open documents.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lsp_server::{Message, Notification, Request, RequestId};
use lsp_types::{
    ClientCapabilities, DocumentChanges, InitializeParams, MarkupKind, MessageType, OneOf,
    OptionalVersionedTextDocumentIdentifier, ShowMessageParams, TextDocumentEdit, TextEdit, Uri, WorkspaceEdit,
};
use serde_json::Value;

use super::document::{Document, Kind};
use super::options::ClientOptions;
use super::position::Encoding;
use super::uri;
use crate::builds::{self, Invocation, Invocations, Way};
use crate::compose::Project;
use crate::config::{Configs, Lookup, Overrides, Settings};
use crate::context::{Context, Contexts, Unsaved};
use crate::finding::{Diagnostic, NewFile};
use crate::lint::{self, registry};
use crate::model::{Model, copied_sources};
use crate::shellcheck::{self, Backend, external};
use crate::syntax;
use crate::text::{Source, steps};

/// How much of a file is read that is not open, in bytes.
const MAX_FILE: u64 = 1 << 20;

/// Where messages to the client go.
type Sender = Box<dyn Fn(Message)>;

/// What the client can do, as far as answers depend on it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Client {
    pub(super) markdown: bool,
    pub(super) snippets: bool,
    pub(super) symbol_tree: bool,
    pub(super) related: bool,
    pub(super) pulls: bool,
    pub(super) document_changes: bool,
    pub(super) creates_files: bool,
    pub(super) watches: bool,
    pub(super) refreshes: bool,
}

impl Client {
    fn of(capabilities: &ClientCapabilities) -> Self {
        let text = capabilities.text_document.clone().unwrap_or_default();
        let workspace = capabilities.workspace.clone().unwrap_or_default();
        let formats = text.hover.and_then(|hover| hover.content_format).unwrap_or_default();
        let item = text.completion.and_then(|completion| completion.completion_item).unwrap_or_default();
        let edits = workspace.workspace_edit.unwrap_or_default();
        let watched = workspace.did_change_watched_files.unwrap_or_default();
        Self {
            markdown: formats.contains(&MarkupKind::Markdown),
            snippets: item.snippet_support.unwrap_or_default(),
            symbol_tree: text
                .document_symbol
                .and_then(|symbol| symbol.hierarchical_document_symbol_support)
                .unwrap_or_default(),
            related: text.publish_diagnostics.and_then(|publish| publish.related_information).unwrap_or_default(),
            pulls: text.diagnostic.is_some(),
            document_changes: edits.document_changes.unwrap_or_default(),
            creates_files: edits
                .resource_operations
                .is_some_and(|operations| operations.contains(&lsp_types::ResourceOperationKind::Create))
                && edits.document_changes.unwrap_or_default(),
            watches: watched.dynamic_registration.unwrap_or_default(),
            refreshes: workspace.diagnostic.and_then(|it| it.refresh_support).unwrap_or_default(),
        }
    }
}

/// One client's session.
pub(super) struct Session {
    pub(super) client: Client,
    pub(super) encoding: Encoding,
    pub(super) options: ClientOptions,
    pub(super) folders: Vec<PathBuf>,
    pub(super) shut_down: bool,
    /// By URI.
    pub(super) documents: HashMap<String, Document>,
    /// Documents whose findings are to be published, by URI.
    pub(super) unpublished: BTreeSet<String>,
    /// Projects have been forgotten since findings were last published.
    pub(super) is_stale: bool,
    /// Configuration files with published mistakes, by URI.
    pub(super) faulty: BTreeSet<String>,
    lookup: Lookup,
    projects: Projects,
    unsaved: Unsaved,
    sender: Sender,
    requests: i32,
}

/// What lies around the documents. Read anew when a watched file changes.
pub(super) struct Projects {
    /// Findings only tell that there is a fix.
    marking: RefCell<Configs>,
    fixing: RefCell<Configs>,
    contexts: Contexts,
    /// What builds the Dockerfiles.
    builds: Invocations,
}

impl Projects {
    fn new(lookup: &Lookup, options: &ClientOptions, folders: &[PathBuf], unsaved: &Unsaved) -> Self {
        let lookup = match &options.configuration {
            Some(path) => Lookup::File(PathBuf::from(path)),
            None if options.isolated => Lookup::Isolated,
            None => lookup.clone(),
        };
        let configs = |mark_fixes| {
            let overrides = Overrides { preview: options.preview, mark_fixes, ..Overrides::default() };
            RefCell::new(Configs::new(lookup.clone(), overrides, registry::all()))
        };
        Self {
            marking: configs(true),
            fixing: configs(false),
            contexts: Contexts::with_unsaved(unsaved.clone()),
            builds: Invocations::new(folders.iter().cloned()).with_unsaved(unsaved.clone()),
        }
    }

    fn settings(&self, path: Option<&Path>, fixes: bool) -> Arc<Settings> {
        let configs = if fixes { &self.fixing } else { &self.marking };
        configs.borrow_mut().settings(path.unwrap_or(Path::new("Dockerfile")))
    }
}

/// A document of the client, or one that was read to answer a request.
pub(super) enum Loaded<'s> {
    Open(&'s Document),
    Read(Box<Document>),
}

impl Loaded<'_> {
    /// The version that edits are of; `None` if the document is not open.
    pub(super) fn version(&self) -> Option<i32> {
        match self {
            Loaded::Open(document) => Some(document.version),
            Loaded::Read(_) => None,
        }
    }
}

impl Deref for Loaded<'_> {
    type Target = Document;

    fn deref(&self) -> &Document {
        match self {
            Loaded::Open(document) => document,
            Loaded::Read(document) => document,
        }
    }
}

/// A Dockerfile as handlers see it.
pub(super) struct View<'v> {
    pub(super) document: &'v Document,
    pub(super) model: &'v Model<'v>,
    pub(super) client: Client,
}

impl Session {
    pub(super) fn new(params: &InitializeParams, lookup: Lookup, send: impl Fn(Message) + 'static) -> Self {
        let options = params.initialization_options.as_ref().and_then(ClientOptions::read).unwrap_or_default();
        let general = params.capabilities.general.as_ref();
        let offered = general.and_then(|general| general.position_encodings.as_deref());
        let named = params.workspace_folders.iter().flatten().filter_map(|folder| uri::path(&folder.uri));
        let mut folders: Vec<_> = named.collect();
        #[allow(deprecated)]
        if folders.is_empty() {
            folders.extend(params.root_uri.as_ref().and_then(uri::path));
        }
        let unsaved = Unsaved::default();
        Self {
            client: Client::of(&params.capabilities),
            encoding: Encoding::choose(offered),
            projects: Projects::new(&lookup, &options, &folders, &unsaved),
            unsaved,
            options,
            folders,
            shut_down: false,
            documents: HashMap::new(),
            unpublished: BTreeSet::new(),
            is_stale: false,
            faulty: BTreeSet::new(),
            lookup,
            sender: Box::new(send),
            requests: 0,
        }
    }

    pub(super) fn send(&self, message: Message) {
        (self.sender)(message);
    }

    pub(super) fn notify<N: lsp_types::notification::Notification>(&self, params: N::Params) {
        self.send(Notification::new(N::METHOD.to_owned(), params).into());
    }

    /// Asks the client for something whose answer does not matter.
    pub(super) fn ask<R: lsp_types::request::Request>(&mut self, params: R::Params) {
        self.requests += 1;
        self.send(Request::new(RequestId::from(self.requests), R::METHOD.to_owned(), params).into());
    }

    pub(super) fn document(&self, uri: &Uri) -> Option<&Document> {
        self.documents.get(uri.as_str())
    }

    pub(super) fn has_unpublished(&self) -> bool {
        !self.unpublished.is_empty()
    }

    /// New settings of the client.
    pub(super) fn configure(&mut self, value: &Value) {
        match ClientOptions::read(value) {
            Some(options) => self.options = options,
            None => self.notify::<lsp_types::notification::ShowMessage>(ShowMessageParams {
                typ: MessageType::WARNING,
                message: "the settings of plimsoll are malformed and were ignored".to_owned(),
            }),
        }
        self.forget_projects();
    }

    /// Reads configurations and build contexts again, and lints everything again.
    pub(super) fn forget_projects(&mut self) {
        self.projects = Projects::new(&self.lookup, &self.options, &self.folders, &self.unsaved);
        self.unpublished.extend(self.documents.keys().cloned());
        self.is_stale = true;
    }

    /// Takes note of a document's new text: what depends on it is linted again, and reads it instead of the file.
    pub(super) fn changed(&mut self, key: &str) {
        let Some(document) = self.documents.get(key) else { return };
        let text = document.text().to_owned();
        self.unpublished.insert(key.to_owned());
        self.affect(document.kind, document.path.clone(), Some(text));
    }

    /// Forgets a document that was closed. `None` if it was not open.
    pub(super) fn close(&mut self, key: &str) -> Option<()> {
        let document = self.documents.remove(key)?;
        self.unpublished.remove(key);
        self.affect(document.kind, document.path, None);
        Some(())
    }

    /// Lints again what depends on a document, whose text is now this one, or the file's.
    fn affect(&mut self, kind: Kind, path: Option<PathBuf>, text: Option<String>) {
        let affected = match kind {
            Kind::Dockerfile => Kind::Compose,
            Kind::Compose | Kind::Bake => Kind::Dockerfile,
            Kind::Configuration | Kind::Unknown => return,
        };
        let Some(real) = path.and_then(|path| path.canonicalize().ok()) else { return };
        self.unsaved.set(&real, text);
        if affected == Kind::Dockerfile {
            self.projects.builds = Invocations::new(self.folders.iter().cloned()).with_unsaved(self.unsaved.clone());
        }
        let others = self.documents.iter().filter(|(_, other)| other.kind == affected);
        self.unpublished.extend(others.map(|(key, _)| key.clone()));
    }

    /// What is wrong with the configuration files that have been read.
    pub(super) fn take_problems(&self) -> Vec<crate::text::Problem> {
        std::mem::take(&mut self.projects.marking.borrow_mut().problems)
    }

    pub(super) fn settings(&self, path: Option<&Path>) -> Arc<Settings> {
        self.projects.settings(path, false)
    }

    /// The build context of a Dockerfile: the one that the project names, else the likeliest.
    fn context(&self, path: Option<&Path>, file: &syntax::Dockerfile, way: Option<&Way>) -> Option<Context> {
        let path = path?;
        Some(match way.and_then(Way::context) {
            Some(root) => self.projects.contexts.named(root, Some(path)),
            None => self.projects.contexts.find(path, &copied_sources(file)),
        })
    }

    /// The different ways to build a Dockerfile, at least one.
    fn ways(&self, path: Option<&Path>, settings: &Settings) -> Vec<Way> {
        let invocations = path.map(|path| self.projects.builds.of(path)).unwrap_or_default();
        builds::ways(invocations, &settings.build_args)
    }

    /// The files that may build the Dockerfiles of the project that a file belongs to.
    pub(super) fn build_files(&self, file: &Path) -> Vec<PathBuf> {
        self.projects.builds.files_around(file)
    }

    /// What a document builds that is a Compose or bake file.
    pub(super) fn builds_of(&self, document: &Document) -> Vec<Invocation> {
        let path = document.path.as_deref();
        let mut all = path.map(|path| builds::read_text(path, document.text(), &self.unsaved)).unwrap_or_default();
        all.retain(|invocation| !invocation.is_inline);
        all
    }

    /// A document that is open, or else is read from the disk. `language` is what the client would call it; the file's name
    /// decides if it is empty.
    pub(super) fn load(&self, path: &Path, language: &str) -> Option<Loaded<'_>> {
        let real = path.canonicalize().ok();
        let is_it = |document: &&Document| {
            let own = document.path.as_deref();
            own == Some(path)
                || own.is_some_and(|own| own.file_name() == path.file_name() && own.canonicalize().ok() == real && real.is_some())
        };
        if let Some(open) = self.documents.values().find(is_it) {
            return Some(Loaded::Open(open));
        }
        let is_small = path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() <= MAX_FILE);
        let text = std::fs::read_to_string(if is_small { path } else { return None }).ok()?;
        let document = Document::new(uri::of(path)?, language, 0, text, self.encoding);
        Some(Loaded::Read(Box::new(document)))
    }

    /// Calls `f` with the model of an open Dockerfile. `None` if the document is not open or not a Dockerfile.
    pub(super) fn view<T>(&self, uri: &Uri, f: impl FnOnce(&View<'_>) -> T) -> Option<T> {
        self.view_of(self.document(uri)?, f)
    }

    /// The same for a document that need not be open.
    pub(super) fn view_of<T>(&self, document: &Document, f: impl FnOnce(&View<'_>) -> T) -> Option<T> {
        if document.kind != Kind::Dockerfile {
            return None;
        }
        let path = document.path.as_deref();
        let ways = self.ways(path, &self.projects.settings(path, false));
        let way = ways.first()?;
        let context = self.context(path, document.file(), Some(way));
        let model = Model::build(&document.source, document.file(), &way.args, context.as_ref());
        Some(f(&View { document, model: &model, client: self.client }))
    }

    /// The findings in a text at the place of `document`, and how many syntax errors it has. With `fixes`, the fixes
    /// are planned, too. `new` are files that are still to be written. Ends at a number of steps that depends on the
    /// size of the text, and then finds nothing.
    pub(super) fn lint(
        &self,
        document: &Document,
        source: &Source,
        fixes: bool,
        new: &[NewFile],
    ) -> (Vec<Diagnostic>, usize) {
        let settings = self.projects.settings(document.path.as_deref(), fixes);
        let ways = match document.kind {
            Kind::Dockerfile => self.ways(document.path.as_deref(), &settings),
            _ => Vec::new(),
        };
        let limit = steps::limit(source.bytes().len()).saturating_mul(ways.len().max(1) as u64);
        let found = steps::within(limit, || match document.kind {
            Kind::Dockerfile => self.lint_dockerfile(document, source, &settings, &ways, new),
            _ => self.project(document, source, |project| {
                let found = lint::check_compose(project, &settings.lint);
                (found, project.problems.len() + lint::count_inline_errors(project))
            }),
        });
        found.unwrap_or_default()
    }

    fn lint_dockerfile(
        &self,
        document: &Document,
        source: &Source,
        settings: &Settings,
        ways: &[Way],
        new: &[NewFile],
    ) -> (Vec<Diagnostic>, usize) {
        let file = syntax::parse(source.text());
        if let Some(hadolint) = &settings.hadolint {
            return (hadolint.findings(source), file.errors.len());
        }
        let (mut found, mut broken) = (Vec::new(), 0);
        for way in ways {
            let context = self.context(document.path.as_deref(), &file, Some(way));
            if let (Some(context), Some(ignore)) = (&context, new.iter().find(|file| file.name == ".dockerignore")) {
                context.pretend_ignore_file(&ignore.text);
            }
            let model = Model::build_target(source, &file, &way.args, context.as_ref(), way.target(), &way.context_names());
            let shell = match settings.lint.shellcheck {
                // Without the program its findings are missing, and everything else is there.
                Backend::External => Some(external::lint(shellcheck::scripts(&model)).unwrap_or_default()),
                Backend::Builtin | Backend::Off => None,
            };
            found.push((way.name.clone(), lint::check(&model, &settings.lint, shell)));
            broken = broken.max(model.runs().filter(|(_, script)| !script.clean).count());
        }
        (lint::union(found), file.errors.len() + broken)
    }

    /// Calls `f` with the project of a text at the place of a Compose file.
    pub(super) fn project<T>(&self, document: &Document, source: &Source, f: impl FnOnce(&Project<'_>) -> T) -> T {
        let path = document.path.as_deref();
        let parent = path.and_then(Path::parent).filter(|parent| !parent.as_os_str().is_empty());
        let root = path.and_then(|path| self.projects.builds.root_of(path));
        let context = parent.map(|parent| {
            let context = self.projects.contexts.named(parent, None);
            match &root {
                Some(root) => context.reaching(root),
                None => context,
            }
        });
        let name = path.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        f(&Project::load(source, name.as_deref().unwrap_or("compose.yaml"), context.as_ref()))
    }

    /// Where new files beside a Dockerfile go.
    pub(super) fn context_root(&self, document: &Document) -> Option<PathBuf> {
        let path = document.path.as_deref();
        let ways = self.ways(path, &self.projects.settings(path, false));
        self.context(path, document.file(), ways.first())?.root().map(Path::to_path_buf)
    }

    /// Edits of documents, each with its version if it is open, in the form that the client takes.
    #[expect(clippy::mutable_key_type, reason = "the protocol's own type; URIs do not change")]
    pub(super) fn workspace_edit(&self, edits: impl IntoIterator<Item = (Uri, Option<i32>, Vec<TextEdit>)>) -> WorkspaceEdit {
        if !self.client.document_changes {
            let changes = edits.into_iter().map(|(uri, _, edits)| (uri, edits)).collect();
            return WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() };
        }
        let changes = edits.into_iter().map(|(uri, version, edits)| TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier { uri, version },
            edits: edits.into_iter().map(OneOf::Left).collect(),
        });
        WorkspaceEdit { document_changes: Some(DocumentChanges::Edits(changes.collect())), ..WorkspaceEdit::default() }
    }
}
