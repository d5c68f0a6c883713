//! What was seen of one image: how it was built, and what it did.

use std::collections::BTreeSet;

use serde::Serialize;

use super::ports::PortReport;
use super::weight::WeightReport;
use crate::engine::{Facts, RunEnd, StopReport};

/// The result of building and running a Dockerfile.
#[derive(Clone, Debug, Serialize)]
pub struct ImageReport {
    pub built: bool,
    /// The engine's error message.
    pub build_error: Option<String>,
    pub build_seconds: f64,
    pub image: Option<Facts>,
    pub run: Option<RunReport>,
    /// What it weighs, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<WeightReport>,
}

/// The result of a run.
#[derive(Clone, Debug, Serialize)]
pub struct RunReport {
    pub end: RunEnd,
    pub stdout: String,
    pub stderr: String,
    pub seconds: f64,
    pub uid: Option<u32>,
    pub http: Vec<HttpResult>,
    /// Whether the port that was waited for opened.
    pub port_open: Option<bool>,
    /// Ports that the image EXPOSEs, and others that were open.
    pub ports: Vec<PortReport>,
    /// How a container that kept running reacted to its stop signal.
    pub stop: Option<StopReport>,
    /// The result of HEALTHCHECK at the end.
    pub healthy: Option<bool>,
    /// Files of the image that were open.
    #[serde(skip)]
    pub files: BTreeSet<String>,
    /// Files that are used and exist in the reference image, but not in this one.
    pub missing: Vec<MissingFile>,
}

/// A file that is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MissingFile {
    /// Where it was.
    pub path: String,
    /// The program reports it missing; else it was open in the reference.
    pub reported: bool,
}

/// A probe and its result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HttpResult {
    pub asked: String,
    pub status: Option<u16>,
    pub error: Option<String>,
    pub accepted: bool,
}

impl HttpResult {
    pub fn shown(&self) -> String {
        match (self.status, &self.error) {
            (Some(status), _) => status.to_string(),
            (None, Some(error)) => error.clone(),
            (None, None) => "no response".to_owned(),
        }
    }
}

#[cfg(test)]
impl RunReport {
    /// A run that printed this.
    pub(super) fn ended(end: RunEnd, stdout: &str, stderr: &str) -> Self {
        Self {
            end,
            stdout: stdout.to_owned(),
            stderr: stderr.to_owned(),
            seconds: 0.1,
            uid: Some(0),
            http: Vec::new(),
            port_open: None,
            ports: Vec::new(),
            stop: None,
            healthy: None,
            files: BTreeSet::new(),
            missing: Vec::new(),
        }
    }
}
