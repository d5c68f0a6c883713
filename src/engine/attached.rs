//! How we are attached to a container: through the engine's client, a process of ours, or through a connection.

use std::thread;
use std::time::{Duration, Instant};

use super::EngineError;
use super::cri::Pod;
use crate::process::{Ended, Output, Process};

pub(super) enum Attached {
    Client(Process),
    Pod(Box<Pod>),
}

impl Attached {
    /// How the container ended, if it has; ends it if it is over its limits.
    pub(super) fn poll(&mut self) -> Option<Ended> {
        match self {
            Attached::Client(process) => process.poll(),
            Attached::Pod(pod) => pod.poll(),
        }
    }

    /// Why it cannot be watched any more.
    pub(super) fn failure(&mut self) -> Option<EngineError> {
        match self {
            Attached::Client(_) => None,
            Attached::Pod(pod) => pod.failure(),
        }
    }

    pub(super) fn elapsed(&self) -> Duration {
        match self {
            Attached::Client(process) => process.elapsed(),
            Attached::Pod(pod) => pod.elapsed(),
        }
    }

    /// The pod, if there is one.
    pub(super) fn pod(&self) -> Option<&Pod> {
        match self {
            Attached::Client(_) => None,
            Attached::Pod(pod) => Some(pod),
        }
    }

    pub(super) fn pod_mut(&mut self) -> Option<&mut Pod> {
        match self {
            Attached::Client(_) => None,
            Attached::Pod(pod) => Some(pod),
        }
    }

    /// The output, once the container has been removed. A client that still runs is ended.
    pub(super) fn finish(self) -> Output {
        match self {
            Attached::Client(mut process) => {
                let until = Instant::now() + Duration::from_secs(5);
                while process.poll().is_none() && Instant::now() < until {
                    thread::sleep(Duration::from_millis(10));
                }
                process.kill(Ended::TimedOut);
                process.finish(&mut || None)
            }
            Attached::Pod(pod) => pod.finish(),
        }
    }
}
