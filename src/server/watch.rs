//! Files that findings depend on besides the document: configurations, ignore files, and what is in the build context.

use lsp_types::notification::DidChangeWatchedFiles;
use lsp_types::notification::Notification as _;
use lsp_types::request::RegisterCapability;
use lsp_types::{
    DidChangeWatchedFilesRegistrationOptions, FileChangeType, FileEvent, FileSystemWatcher, GlobPattern, Registration,
    RegistrationParams,
};

use super::session::Session;
use super::uri;

/// Asks the client to report changes of files.
pub(super) fn register(session: &mut Session) {
    if !session.client.watches {
        return;
    }
    let watcher = |glob: &str| FileSystemWatcher { glob_pattern: GlobPattern::String(glob.to_owned()), kind: None };
    let options = DidChangeWatchedFilesRegistrationOptions { watchers: vec![watcher("**/*")] };
    session.ask::<RegisterCapability>(RegistrationParams {
        registrations: vec![Registration {
            id: "plimsoll-files".to_owned(),
            method: DidChangeWatchedFiles::METHOD.to_owned(),
            register_options: serde_json::to_value(options).ok(),
        }],
    });
}

/// Forgets what has been read, if a change may matter. Open documents are known better than from the disk, and what is
/// written into `.git` and the directories of package managers does not count.
pub(super) fn changed(session: &mut Session, events: &[FileEvent]) {
    let matters = |event: &FileEvent| {
        let Some(path) = uri::path(&event.uri) else { return false };
        let skipped = crate::discover::DEFAULT_EXCLUDE;
        if path.components().any(|part| skipped.iter().any(|name| part.as_os_str() == *name)) {
            return false;
        }
        event.typ != FileChangeType::CHANGED || !session.documents.contains_key(event.uri.as_str())
    };
    if events.iter().any(matters) {
        session.forget_projects();
    }
}
