//! A small, bounded HTTP client for probes: no chunked bodies, no redirects.

use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// The most bytes of a response that are read.
const MAX_BODY: u64 = 64 << 10;

/// A request to a server and the response that is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    pub port: u16,
    pub path: String,
    /// The expected status; without one, anything below 400.
    pub status: Option<u16>,
}

impl std::str::FromStr for Probe {
    type Err = String;

    /// `:8080/health=200`, `8080/health`, `:8080`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (place, status) = match text.rsplit_once('=') {
            Some((place, status)) => {
                let status = status.parse().ok().filter(|status| (100..600).contains(status));
                (place, Some(status.ok_or("the status after `=` must be a number such as 200")?))
            }
            None => (text, None),
        };
        let place = place.strip_prefix(':').unwrap_or(place);
        let (port, path) = place.find('/').map_or((place, "/"), |at| place.split_at(at));
        let port = port.parse().map_err(|_| "expected `:PORT/PATH=STATUS`, such as `:8080/health=200`")?;
        match path.chars().all(|ch| ch.is_ascii_graphic()) {
            true => Ok(Self { port, path: path.to_owned(), status }),
            false => Err("a path must not contain spaces".to_owned()),
        }
    }
}

impl std::fmt::Display for Probe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, ":{}{}", self.port, self.path)
    }
}

impl<'de> serde::Deserialize<'de> for Probe {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A response.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Answer {
    pub status: u16,
    /// The beginning of the body.
    pub body: String,
}

impl Probe {
    /// Whether a response is as expected.
    pub fn accepts(&self, answer: &Answer) -> bool {
        self.status.map_or(answer.status < 400, |status| status == answer.status)
    }

    /// Sends the request once.
    pub fn ask(&self, address: IpAddr, time: Duration) -> Result<Answer, String> {
        let until = Instant::now() + time;
        let said = |error: std::io::Error| error.to_string();
        let mut stream = TcpStream::connect_timeout(&SocketAddr::new(address, self.port), time).map_err(said)?;
        stream.set_read_timeout(Some(time)).map_err(said)?;
        stream.set_write_timeout(Some(time)).map_err(said)?;
        let request = format!(
            "GET {} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: plimsoll\r\nAccept: */*\r\nConnection: close\r\n\r\n",
            self.path
        );
        stream.write_all(request.as_bytes()).map_err(said)?;
        let mut bytes = Vec::new();
        let mut buffer = [0; 4096];
        while (bytes.len() as u64) < MAX_BODY && Instant::now() < until {
            match stream.read(&mut buffer) {
                Ok(0) => break,
                Ok(len) => bytes.extend_from_slice(&buffer[..len]),
                Err(_) if !bytes.is_empty() => break,
                Err(error) => return Err(said(error)),
            }
        }
        parse(&bytes).ok_or_else(|| "not an HTTP response".to_owned())
    }
}

fn parse(bytes: &[u8]) -> Option<Answer> {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\r\n\r\n").or_else(|| text.split_once("\n\n"))?;
    let mut words = head.lines().next()?.split_whitespace();
    let status = words.next().filter(|word| word.starts_with("HTTP/")).and(words.next())?.parse().ok()?;
    Some(Answer { status, body: body.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_and_answered() {
        let probe: Probe = ":8080/health?x=1=200".parse().expect("it is one");
        assert_eq!((probe.port, &probe.path[..], probe.status), (8080, "/health?x=1", Some(200)));
        let probe: Probe = "80".parse().expect("it is one");
        assert_eq!((probe.port, &probe.path[..], probe.status), (80, "/", None));
        assert!("x/".parse::<Probe>().is_err() && ":80/=abc".parse::<Probe>().is_err());
        let answer = parse(b"HTTP/1.0 204 No Content\r\nA: b\r\n\r\nbody").expect("it is one");
        assert_eq!((answer.status, &answer.body[..]), (204, "body"));
        assert_eq!(parse(b"SSH-2.0\r\n\r\n"), None);
    }
}
