//! The one place that starts processes.
//!
//! Each has a process group of its own, a time limit, and an output limit. At the time limit, or when the user interrupts
//! the run, the whole group is killed. The head and the tail of the output are kept, and the rest is counted.

use std::io::{self, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

mod argv;
pub mod worker;

pub use argv::Argv;

/// How long to wait for output after the process has exited: a grandchild may keep the pipe open.
const DRAIN: Duration = Duration::from_secs(2);

static CANCELLED: AtomicBool = AtomicBool::new(false);

/// Whether the user has interrupted the run.
pub fn cancelled() -> bool {
    CANCELLED.load(Ordering::Relaxed) || SIGNALLED.get().is_some_and(|flag| flag.load(Ordering::Relaxed))
}

static SIGNALLED: std::sync::OnceLock<Arc<AtomicBool>> = std::sync::OnceLock::new();

/// From now on Ctrl-C and SIGTERM end running processes and clean up; a second one ends this program at once. The flag is
/// set when the user interrupts the run.
pub fn catch_signals() -> Arc<AtomicBool> {
    let flag = SIGNALLED.get_or_init(|| {
        let flag = Arc::new(AtomicBool::new(false));
        #[cfg(unix)]
        for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM, signal_hook::consts::SIGHUP] {
            let _ = signal_hook::flag::register_conditional_shutdown(signal, 130, Arc::clone(&flag));
            let _ = signal_hook::flag::register(signal, Arc::clone(&flag));
        }
        flag
    });
    Arc::clone(flag)
}

/// The limits of one process.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub time: Duration,
    /// Bytes to keep of the head of each stream, and as many of its tail.
    pub keep: usize,
    /// The process is ended after more bytes than this on one stream.
    pub most: u64,
}

impl Bounds {
    pub const fn seconds(seconds: u64) -> Self {
        Self { time: Duration::from_secs(seconds), keep: 64 << 10, most: 256 << 20 }
    }
}

/// How a process ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    Code(i32),
    Signal(i32),
    TimedOut,
    /// It exceeded the output limit.
    TooMuchOutput,
    /// The caller ended it, for this reason.
    Stopped(String),
    Cancelled,
}

impl Ended {
    pub fn ok(&self) -> bool {
        *self == Ended::Code(0)
    }
}

/// The head and the tail of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capped {
    head: Vec<u8>,
    tail: std::collections::VecDeque<u8>,
    /// How many bytes were printed.
    pub total: u64,
    keep: usize,
}

impl Capped {
    /// `keep`: bytes to keep of the head, and as many of the tail.
    pub fn new(keep: usize) -> Self {
        Self { keep, ..Self::default() }
    }

    pub fn push(&mut self, bytes: &[u8]) {
        self.total += bytes.len() as u64;
        let room = self.keep - self.head.len().min(self.keep);
        let (head, rest) = bytes.split_at(room.min(bytes.len()));
        self.head.extend_from_slice(head);
        self.tail.extend(&rest[rest.len().saturating_sub(self.keep)..]);
        let over = self.tail.len().saturating_sub(self.keep);
        self.tail.drain(..over);
    }

    /// How many bytes of the middle were dropped.
    pub fn cut(&self) -> u64 {
        self.total - (self.head.len() + self.tail.len()) as u64
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.head.clone();
        if self.cut() > 0 {
            bytes.extend_from_slice(format!("\n[… {} bytes …]\n", self.cut()).as_bytes());
        }
        bytes.extend(&self.tail);
        bytes
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }
}

/// How a process ended, and its output.
#[derive(Clone, Debug)]
pub struct Output {
    pub ended: Ended,
    pub stdout: Capped,
    pub stderr: Capped,
    pub took: Duration,
}

/// Rewrites standard error before it is stored.
pub trait Filter: Send {
    fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>);
    /// Returns the rest at the end.
    fn end(&mut self, out: &mut Vec<u8>);
}

type Shared = Arc<Mutex<Capped>>;

/// A running process. When dropped, it and its group are killed.
pub struct Process {
    child: Child,
    /// Set once it has been waited for.
    ended: Option<Ended>,
    since: Instant,
    bounds: Bounds,
    streams: [Shared; 2],
    readers: Vec<thread::JoinHandle<()>>,
    clears_away: bool,
    stopper: Option<Stopper>,
}

/// Ends what a process waits for, so that it can clean up and exit by itself. Returns whether there was anything.
pub type Stopper = Box<dyn Fn() -> bool + Send>;

/// How long it may clean up then.
const CLEAN_UP: Duration = Duration::from_secs(10);

impl Process {
    /// Starts it, writes `stdin` to it, and closes that.
    pub fn start(argv: &Argv, stdin: Option<Vec<u8>>, bounds: Bounds) -> io::Result<Self> {
        Self::filtered(argv, stdin, bounds, None)
    }

    /// The same, with standard error rewritten.
    pub fn filtered(
        argv: &Argv,
        stdin: Option<Vec<u8>>,
        bounds: Bounds,
        filter: Option<Box<dyn Filter>>,
    ) -> io::Result<Self> {
        let mut command = Command::new(&argv.program);
        command.args(&argv.args).env("LC_ALL", "C").envs(argv.env.iter().map(|(name, value)| (name, value)));
        command.stdin(if stdin.is_some() { Stdio::piped() } else { Stdio::null() });
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        // Some programs leave files in their working directory.
        command.current_dir(std::env::temp_dir());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn()?;
        if let (Some(bytes), Some(mut pipe)) = (stdin, child.stdin.take()) {
            // It may exit without reading all of it, or read slowly.
            thread::spawn(move || _ = pipe.write_all(&bytes));
        }
        let streams =
            [Shared::new(Mutex::new(Capped::new(bounds.keep))), Shared::new(Mutex::new(Capped::new(bounds.keep)))];
        let mut readers = Vec::new();
        if let Some(pipe) = child.stdout.take() {
            readers.push(read(pipe, &streams[0], None));
        }
        if let Some(pipe) = child.stderr.take() {
            readers.push(read(pipe, &streams[1], filter));
        }
        Ok(Self {
            child,
            ended: None,
            since: Instant::now(),
            bounds,
            streams,
            readers,
            clears_away: false,
            stopper: None,
        })
    }

    /// How it ended, if it has; ends it if it is over its limits.
    pub fn poll(&mut self) -> Option<Ended> {
        if self.ended.is_some() {
            return self.ended.clone();
        }
        if has_exited(&mut self.child) {
            // Before it is reaped: until then its id cannot be reused.
            kill_group(&self.child);
            self.ended = Some(self.child.wait().map_or(Ended::Signal(0), how));
        } else if let Some(why) = self.over() {
            self.kill(why);
        }
        self.ended.clone()
    }

    fn over(&self) -> Option<Ended> {
        let printed = |stream: &Shared| stream.lock().unwrap_or_else(PoisonError::into_inner).total;
        match () {
            () if cancelled() && !self.clears_away => Some(Ended::Cancelled),
            () if self.since.elapsed() >= self.bounds.time => Some(Ended::TimedOut),
            () if self.streams.iter().any(|stream| printed(stream) > self.bounds.most) => Some(Ended::TooMuchOutput),
            () => None,
        }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Gives it a way to end before it is killed.
    #[must_use]
    pub fn stopped_by(mut self, stopper: Stopper) -> Self {
        self.stopper = Some(stopper);
        self
    }

    /// Ends it and all of its group.
    pub fn kill(&mut self, why: Ended) {
        if self.ended.is_none() {
            if self.stopper.take().is_some_and(|stop| stop()) {
                let until = Instant::now() + CLEAN_UP;
                while Instant::now() < until && !has_exited(&mut self.child) {
                    thread::sleep(Duration::from_millis(20));
                }
            }
            kill_group(&self.child);
            let _ = self.child.kill();
            let _ = self.child.wait();
            self.ended = Some(why);
        }
    }

    /// Whether it continues when the user interrupts the run, because it cleans up.
    fn clears_away(mut self) -> Self {
        self.clears_away = true;
        self
    }

    pub fn elapsed(&self) -> Duration {
        self.since.elapsed()
    }

    /// Waits until it exits, and calls `watch` about ten times a second: a reason from there ends it.
    pub fn finish(mut self, watch: &mut dyn FnMut() -> Option<String>) -> Output {
        let mut nap = Duration::from_millis(2);
        let ended = loop {
            if let Some(ended) = self.poll() {
                break ended;
            }
            if nap >= Duration::from_millis(50)
                && let Some(why) = watch()
            {
                self.kill(Ended::Stopped(why));
            }
            thread::sleep(nap);
            nap = (nap * 2).min(Duration::from_millis(100));
        };
        let took = self.since.elapsed();
        let until = Instant::now() + DRAIN;
        while Instant::now() < until && !self.readers.iter().all(thread::JoinHandle::is_finished) {
            thread::sleep(Duration::from_millis(2));
        }
        let taken = |stream: &Shared| stream.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Output { ended, stdout: taken(&self.streams[0]), stderr: taken(&self.streams[1]), took }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill(Ended::Cancelled);
    }
}

/// Starts a process and waits until it exits.
pub fn run(argv: &Argv, stdin: Option<Vec<u8>>, bounds: Bounds) -> io::Result<Output> {
    Ok(Process::start(argv, stdin, bounds)?.finish(&mut || None))
}

/// The same for clean-up: it continues when the user interrupts the run.
pub(super) fn run_to_the_end(argv: &Argv, bounds: Bounds) -> io::Result<Output> {
    Ok(Process::start(argv, None, bounds)?.clears_away().finish(&mut || None))
}

fn read(
    mut pipe: impl Read + Send + 'static,
    stream: &Shared,
    mut filter: Option<Box<dyn Filter>>,
) -> thread::JoinHandle<()> {
    let stream = Arc::clone(stream);
    thread::spawn(move || {
        let keep = |bytes: &[u8]| stream.lock().unwrap_or_else(PoisonError::into_inner).push(bytes);
        let mut buffer = vec![0; 64 << 10];
        let mut rewritten = Vec::new();
        loop {
            let len = match pipe.read(&mut buffer) {
                Ok(0) => break,
                Ok(len) => len,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => break,
            };
            match &mut filter {
                None => keep(&buffer[..len]),
                Some(filter) => {
                    filter.push(&buffer[..len], &mut rewritten);
                    keep(&rewritten);
                    rewritten.clear();
                }
            }
        }
        if let Some(filter) = &mut filter {
            filter.end(&mut rewritten);
            keep(&rewritten);
        }
    })
}

#[cfg(unix)]
fn has_exited(child: &mut Child) -> bool {
    use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
    let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) else { return true };
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    !matches!(waitid(WaitId::Pid(pid), options), Ok(None) | Err(rustix::io::Errno::INTR))
}

#[cfg(not(unix))]
fn has_exited(child: &mut Child) -> bool {
    !matches!(child.try_wait(), Ok(None))
}

#[cfg(unix)]
fn kill_group(child: &Child) {
    use rustix::process::{Pid, Signal, kill_process_group};
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(pid, Signal::KILL);
    }
}

#[cfg(not(unix))]
fn kill_group(_: &Child) {}

fn how(status: std::process::ExitStatus) -> Ended {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return Ended::Signal(signal);
    }
    Ended::Code(status.code().unwrap_or(-1))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn sh(script: &str, bounds: Bounds) -> Output {
        run(&Argv::new("sh").arg("-c").arg(script), None, bounds).expect("there is a shell")
    }

    #[test]
    fn code_and_streams() {
        let output = sh("echo out; echo err >&2; exit 3", Bounds::seconds(10));
        assert_eq!((output.ended, output.stdout.text()), (Ended::Code(3), "out\n".to_owned()));
        assert_eq!(output.stderr.text(), "err\n");
        let cat = run(&Argv::new("cat"), Some(b"in".to_vec()), Bounds::seconds(10)).expect("there is a cat");
        assert_eq!(cat.stdout.text(), "in");
    }

    #[test]
    fn time_is_over_for_the_whole_group() {
        let mark = format!("300.{}", std::process::id());
        let bounds = Bounds { time: Duration::from_millis(300), ..Bounds::seconds(1) };
        let output = sh(&format!("trap '' TERM; sleep {mark} & sleep {mark}"), bounds);
        assert_eq!(output.ended, Ended::TimedOut);
        assert!(output.took < Duration::from_secs(5));
        let left = run(
            &Argv::new("sh")
                .arg("-c")
                .arg(format!("cat /proc/*/cmdline | tr '\\0' ' ' | grep -c '^sleep {mark}\\|[^\"]sleep {mark} $'")),
            None,
            Bounds::seconds(10),
        );
        assert_eq!(left.expect("there is a shell").stdout.text().trim(), "0");
    }

    #[test]
    fn what_the_first_leaves_behind_does_not_hold_us_up() {
        let output = sh("sleep 100 & echo done", Bounds::seconds(50));
        assert_eq!(output.ended, Ended::Code(0));
        assert!(output.took < Duration::from_secs(5));
    }

    #[test]
    fn head_and_tail() {
        let output = sh("seq 1 100000", Bounds { keep: 20, ..Bounds::seconds(20) });
        let text = output.stdout.text();
        assert!(text.starts_with("1\n2\n3\n") && text.ends_with("99999\n100000\n"), "{text}");
        assert!(text.contains("bytes …]"));
        assert_eq!(output.stdout.total, 588_895);
        let output = sh("yes", Bounds { most: 1 << 20, ..Bounds::seconds(20) });
        assert_eq!(output.ended, Ended::TooMuchOutput);
    }

    #[test]
    fn watched() {
        let process = Process::start(&Argv::new("sleep").arg("100"), None, Bounds::seconds(50)).expect("it starts");
        let output = process.finish(&mut || Some("enough".to_owned()));
        assert_eq!(output.ended, Ended::Stopped("enough".to_owned()));
    }
}
