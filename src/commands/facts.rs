//! What is known about a command, computed once and asked by many rules.

use std::sync::OnceLock;

use super::cleanup::{Leftover, Removed};
use super::download::Download;
use super::packages::{Install, Package};
use super::service::Service;
use crate::knowledge::managers::{Manager, Row};
use crate::knowledge::programs::Class;
use crate::shell::Command;
use crate::text::Seldom;

/// Those that a command names, and for which manager.
type Packages = (Manager, Vec<Package>);

/// Small: most commands have few of them.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) class: OnceLock<Class>,
    pub(super) row: OnceLock<Option<&'static Row>>,
    pub(super) refreshes: OnceLock<Option<Manager>>,
    pub(super) upgrades: OnceLock<Option<Box<Packages>>>,
    pub(super) uninstalls: OnceLock<Option<Box<Packages>>>,
    pub(super) starts: OnceLock<Option<Box<Service>>>,
    pub(super) download: OnceLock<Option<Box<Download>>>,
    pub(super) install: OnceLock<Option<Box<Install>>>,
    pub(super) cleans: OnceLock<Seldom<Leftover>>,
    pub(super) removes: OnceLock<Seldom<Removed>>,
}

/// The facts kept with this command.
pub(super) fn facts(command: &Command) -> &Facts {
    command.memo.get()
}
