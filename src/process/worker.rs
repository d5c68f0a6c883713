//! A child process that answers questions, one line each. It limits itself; who does not answer in time is killed.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use super::{Argv, Ended, cancelled, how, kill_group};

/// The longest answer, in bytes.
const MAX_ANSWER: u64 = 64 << 20;

/// How often it is looked whether the user has interrupted the run.
const TICK: Duration = Duration::from_millis(50);

/// A running child. When dropped, it is killed.
pub struct Worker {
    child: Child,
    questions: ChildStdin,
    answers: Receiver<Vec<u8>>,
}

impl Worker {
    /// Starts it, in our working directory. What it prints on standard error is dropped.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(argv: &Argv) -> io::Result<Self> {
        let mut command = Command::new(&argv.program);
        command.args(&argv.args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        // Ctrl-C is for us.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn()?;
        let (Some(questions), Some(pipe)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let (sender, answers) = sync_channel(1);
        thread::spawn(move || {
            let mut pipe = BufReader::new(pipe);
            loop {
                let mut line = Vec::new();
                let read = (&mut pipe).take(MAX_ANSWER).read_until(b'\n', &mut line);
                // An answer without its end comes from a child that has died.
                if read.is_err() || line.pop() != Some(b'\n') || sender.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Self { child, questions, answers })
    }

    /// The answer to a question of one line.
    ///
    /// # Errors
    /// How the child ended, if it did instead, or was ended. It can answer nothing more then.
    pub fn ask(&mut self, question: &[u8], time: Duration) -> Result<Vec<u8>, Ended> {
        let asked = self.questions.write_all(question).and_then(|()| self.questions.write_all(b"\n"));
        if asked.and_then(|()| self.questions.flush()).is_err() {
            return Err(self.end());
        }
        let until = Instant::now() + time;
        loop {
            match self.answers.recv_timeout(TICK) {
                Ok(answer) => return Ok(answer),
                Err(RecvTimeoutError::Disconnected) => return Err(self.end()),
                Err(RecvTimeoutError::Timeout) if cancelled() => return Err(Ended::Cancelled),
                Err(RecvTimeoutError::Timeout) if Instant::now() >= until => return Err(Ended::TimedOut),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    fn end(&mut self) -> Ended {
        kill_group(&self.child);
        self.child.wait().map_or(Ended::Signal(0), how)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        kill_group(&self.child);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether a process ended because it used up its CPU time.
pub fn ran_out_of_cpu(ended: &Ended) -> bool {
    #[cfg(unix)]
    return *ended == Ended::Signal(signal_hook::consts::SIGXCPU);
    #[cfg(not(unix))]
    return *ended == Ended::TimedOut;
}

/// Limits the memory of this process, in bytes, and keeps it from leaving a core dump. Where the system has no such limit,
/// nothing happens.
pub fn limit_own_memory(bytes: u64) {
    #[cfg(unix)]
    {
        use rustix::process::Resource;
        set_limit(Resource::Core, 0);
        // What is only reserved does not count, as it does for the whole address space.
        #[cfg(target_os = "linux")]
        set_limit(Resource::Data, bytes);
        #[cfg(not(target_os = "linux"))]
        set_limit(Resource::As, bytes);
    }
    #[cfg(not(unix))]
    let _ = bytes;
}

/// Lets this process use so many more seconds of CPU time; then it is killed.
pub fn limit_own_cpu(seconds: u64) {
    #[cfg(unix)]
    {
        use rustix::time::{ClockId, clock_gettime};
        let used = u64::try_from(clock_gettime(ClockId::ProcessCPUTime).tv_sec).unwrap_or(0);
        set_limit(rustix::process::Resource::Cpu, used + 1 + seconds);
    }
    #[cfg(not(unix))]
    let _ = seconds;
}

/// Sets the limit that counts, never above the one that the process may set.
#[cfg(unix)]
fn set_limit(resource: rustix::process::Resource, to: u64) {
    use rustix::process::{Rlimit, getrlimit, setrlimit};
    let maximum = getrlimit(resource).maximum;
    let _ = setrlimit(resource, Rlimit { current: Some(maximum.map_or(to, |maximum| to.min(maximum))), maximum });
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn sh(script: &str) -> Worker {
        Worker::start(&Argv::new("sh").arg("-c").arg(script)).expect("there is a shell")
    }

    #[test]
    fn answers_in_order() {
        let mut worker = sh("while read line; do echo \"<$line>\"; done");
        for question in ["a", "b"] {
            let answer = worker.ask(question.as_bytes(), Duration::from_secs(20)).expect("it answers");
            assert_eq!(answer, format!("<{question}>").into_bytes());
        }
    }

    #[test]
    fn ends_of_all_kinds() {
        let ask = |script: &str, time| sh(script).ask(b"a", time);
        let long = Duration::from_secs(20);
        assert_eq!(ask("read line; exit 3", long), Err(Ended::Code(3)));
        assert_eq!(ask("read line; printf half", long), Err(Ended::Code(0)));
        assert_eq!(ask("read line; kill -9 $$", long), Err(Ended::Signal(9)));
        assert_eq!(ask("read line; sleep 100", Duration::from_millis(200)), Err(Ended::TimedOut));
    }
}
