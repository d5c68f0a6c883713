//! In place of the interface in builds without the feature `cri`: a connection that cannot be opened.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::engine::{Argv, EngineError, Run};
use crate::process::{Bounds, Ended, Output};

#[derive(Clone, Copy)]
pub(in crate::engine) enum Connection {}

impl Connection {
    pub(in crate::engine) fn open() -> Result<Self, EngineError> {
        Err(EngineError::Unavailable {
            what: "this build of plimsoll does not speak CRI".to_owned(),
            help: "build it with the feature `cri`: `cargo install plimsoll --features cri`".to_owned(),
        })
    }

    pub(in crate::engine) fn version(&self) -> &str {
        match *self {}
    }

    pub(in crate::engine) fn takes_cgroups(&self) -> bool {
        match *self {}
    }

    pub(in crate::engine) fn import(&self, _: &Run) -> Result<Option<Argv>, EngineError> {
        match *self {}
    }

    pub(in crate::engine) fn forget(&self, _: &str) {
        match *self {}
    }

    pub(in crate::engine) fn sweep(&self) {
        match *self {}
    }

    pub(in crate::engine) fn start(self: &Arc<Self>, _: &Run, _: Bounds) -> Result<Pod, EngineError> {
        match **self {}
    }
}

pub(in crate::engine) enum Pod {}

impl Pod {
    pub(in crate::engine) fn poll(&mut self) -> Option<Ended> {
        match *self {}
    }

    pub(in crate::engine) fn failure(&mut self) -> Option<EngineError> {
        match *self {}
    }

    pub(in crate::engine) fn elapsed(&self) -> Duration {
        match *self {}
    }

    pub(in crate::engine) fn signal(&self, _: &str) {
        match *self {}
    }

    pub(in crate::engine) fn exec(&self, _: &[String], _: Duration) -> Result<Output, EngineError> {
        match *self {}
    }

    pub(in crate::engine) fn pid(&self) -> Option<u32> {
        match *self {}
    }

    pub(in crate::engine) fn uid(&self) -> Option<u32> {
        match *self {}
    }

    pub(in crate::engine) fn address(&self) -> Option<IpAddr> {
        match *self {}
    }

    pub(in crate::engine) fn written(&self) -> Option<u64> {
        match *self {}
    }

    pub(in crate::engine) fn is_out_of_memory(&self) -> bool {
        match *self {}
    }

    pub(in crate::engine) fn remove(&mut self) {
        match *self {}
    }

    pub(in crate::engine) fn finish(self) -> Output {
        match self {}
    }
}
