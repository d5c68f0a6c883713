//! The ports of a running container: those that the image EXPOSEs, and those that a program listens on.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::http::Probe;
use crate::engine::{Container, EngineError, Facts, Listener, in_network_of, listeners};

/// The most EXPOSEd ports that are probed.
const MAX_PORTS: usize = 16;
/// How long a server must keep running once its ports are open: many fail only when they connect to something.
pub(super) const CALM: Duration = Duration::from_millis(1500);
/// Ports from here on are given out at random.
const FIRST_EPHEMERAL: u16 = 32768;

/// Where a container's port is asked from.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// From this machine, at the container's address.
    At(IpAddr),
    /// In the network namespace of this process, which is the container's.
    Inside(u32),
}

/// In a container without a network: a program that listens on 127.0.0.1 only does not respond here, as it would not
/// respond from outside.
pub(super) const OUTSIDE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// What was seen of a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PortState {
    Open,
    Closed,
    /// Open on the loopback device only, so that nothing outside of the container reaches it.
    Local,
    /// The engine gives no access to it.
    NotProbed,
}

/// A TCP port of a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PortReport {
    pub port: u16,
    pub exposed: bool,
    pub state: PortState,
    /// The HTTP status of `/`, if it speaks HTTP.
    pub status: Option<u16>,
}

impl PortReport {
    pub fn is_open(&self) -> bool {
        self.state == PortState::Open
    }

    pub fn shown(&self) -> String {
        match (self.state, self.status) {
            (PortState::Open, Some(status)) => format!("open, HTTP {status}"),
            (PortState::Open, None) => "open".to_owned(),
            (PortState::Closed, _) => "closed".to_owned(),
            (PortState::Local, _) => "open on 127.0.0.1 only".to_owned(),
            (PortState::NotProbed, _) => "not probed".to_owned(),
        }
    }
}

/// The TCP ports that an image EXPOSEs.
pub(super) fn exposed(facts: &Facts) -> Vec<u16> {
    let ports = facts.ports.iter().filter_map(|text| match text.split_once('/') {
        Some((port, "tcp")) => port.parse().ok(),
        Some(_) => None,
        None => text.parse().ok(),
    });
    ports.take(MAX_PORTS).collect()
}

/// Waits until all of these ports are open, or any if there are none of them, and the container has kept running for
/// `calm`. `sees_inside`: the engine's containers can be inspected from this machine.
pub(super) fn watch(
    container: &mut Container<'_>,
    exposed: &[u16],
    sees_inside: bool,
    calm: Duration,
    until: Instant,
) -> Result<Vec<PortReport>, EngineError> {
    let mut ready_since: Option<Instant> = None;
    let mut found: Vec<Listener> = Vec::new();
    let mut place = None;
    while Instant::now() < until {
        place = match sees_inside {
            true => container.pid().filter(|pid| in_network_of(*pid, || ()).is_ok()).map(Place::Inside),
            false => place.or_else(|| container.address().map(Place::At)),
        };
        found = match place {
            Some(Place::Inside(pid)) => listeners(pid),
            Some(Place::At(address)) => reached(address, exposed),
            None => Vec::new(),
        };
        let is_open = |port: &u16| found.iter().any(|found| found.port == *port);
        let is_ready = !found.is_empty() && exposed.iter().all(is_open);
        ready_since = ready_since.filter(|_| is_ready).or_else(|| is_ready.then(Instant::now));
        if ready_since.is_some_and(|since| since.elapsed() >= calm) || container.wait(Duration::from_millis(100))? {
            break;
        }
    }
    let place = place.filter(|_| container.is_running());
    let mut all: Vec<PortReport> = exposed.iter().map(|port| report(*port, true, &found, place)).collect();
    let others = found.iter().map(|found| found.port).filter(|port| !exposed.contains(port) && *port < FIRST_EPHEMERAL);
    all.extend(others.take(MAX_PORTS).map(|port| report(port, false, &found, place)));
    Ok(all)
}

/// EXPOSEd ports of which nothing can be known.
pub(super) fn not_probed(exposed: &[u16]) -> Vec<PortReport> {
    let report = |port: &u16| PortReport { port: *port, exposed: true, state: PortState::NotProbed, status: None };
    exposed.iter().map(report).collect()
}

fn reached(address: IpAddr, ports: &[u16]) -> Vec<Listener> {
    let time = Duration::from_millis(500);
    let opens = |port: &&u16| TcpStream::connect_timeout(&SocketAddr::new(address, **port), time).is_ok();
    ports.iter().filter(opens).map(|port| Listener { port: *port, is_local: false }).collect()
}

/// A port as it was last seen. What has ended has no open ports.
fn report(port: u16, exposed: bool, found: &[Listener], place: Option<Place>) -> PortReport {
    let state = match (found.iter().find(|found| found.port == port), place) {
        (Some(found), Some(_)) if found.is_local => PortState::Local,
        (Some(_), Some(_)) => PortState::Open,
        _ => PortState::Closed,
    };
    let status = place.filter(|_| state == PortState::Open).and_then(|place| status(place, port));
    PortReport { port, exposed, state, status }
}

fn status(place: Place, port: u16) -> Option<u16> {
    let probe = Probe { port, path: "/".to_owned(), status: None };
    let time = Duration::from_secs(2);
    let answer = match place {
        Place::At(address) => probe.ask(address, time),
        Place::Inside(pid) => {
            in_network_of(pid, || probe.ask(OUTSIDE, time)).unwrap_or_else(|error| Err(error.to_string()))
        }
    };
    answer.ok().map(|answer| answer.status)
}
