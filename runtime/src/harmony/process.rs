//! One child process of a runner: its streams, its end, and everything it started.
//!
//! A child leads a process group of its own, so that what it started ends with it. Nothing here
//! waits without a limit: reading, writing and waiting have a thread each, and the child is killed
//! when this value is dropped. What goes over the streams is [`connection`](super::connection)'s
//! business.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt as _;
use std::process::{ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid, waitpid};
use nix::unistd::Pid;

use super::config::Platform;
use super::frame::FrameReader;
use crate::channel::{BoundedSender, Receiver, Sender, bounded, channel};
use crate::thread::spawn;

/// Frames that wait for a reader; a process that floods its output has to wait itself.
const MOST_UNREAD: usize = 256;

/// How many lines of stderr are kept, and how long each may be.
const TAIL_LINES: usize = 40;
const TAIL_LINE: usize = 2000;

/// The time a process that died has for its stderr to arrive; another process may hold it open.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// By itself, with this code.
    Code(i32),
    /// By this signal.
    Signal(Signal),
    /// Somehow; the system does not say.
    Unknown,
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit code {code}"),
            Self::Signal(signal) => write!(f, "signal {signal}"),
            Self::Unknown => f.write_str("an unknown exit status"),
        }
    }
}

/// What came out of a process's standard output.
#[derive(Debug)]
pub(super) enum Heard {
    /// The body of a frame.
    Frame(Vec<u8>),
    /// Something that is no frame, and why.
    Garbage(String),
    /// The output ended.
    Ended,
}

/// A child and its group.
#[derive(Debug)]
pub(super) struct ChildProcess {
    pid: Pid,
    /// Frames on their way in; dropped to end the input.
    input: Option<Sender<Vec<u8>>>,
    output: Receiver<Heard>,
    tail: Arc<Stderr>,
    end: Arc<End>,
}

impl ChildProcess {
    /// Starts a platform's program with these variables beside its own.
    ///
    /// # Errors
    /// When the system refuses the process or a thread.
    pub(super) fn start(platform: &Platform, variables: &[(String, String)]) -> io::Result<Self> {
        let mut command = Command::new(&platform.executable);
        command
            .args(&platform.arguments)
            .envs(platform.environment.iter().map(|(name, value)| (name, value)))
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        if let Some(folder) = &platform.working_directory {
            command.current_dir(folder);
        }
        let mut child = command.spawn()?;
        let pid = Pid::from_raw(i32::try_from(child.id()).map_err(io::Error::other)?);
        let (stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let end = Arc::new(End::default());
        let guard = KillOnError { pid, armed: true };
        let waited = Arc::clone(&end);
        spawn("wait", move || wait_for_end(pid, &waited))?;
        let (Some(stdin), Some(stdout), Some(stderr)) = (stdin, stdout, stderr) else {
            return Err(io::Error::other("a stream of the process is missing"));
        };
        let (input, frames) = channel();
        spawn("stdin", move || write_frames(stdin, &frames))?;
        let (heard, output) = bounded(MOST_UNREAD);
        spawn("stdout", move || read_frames(stdout, &heard))?;
        let tail = Arc::new(Stderr::default());
        let kept = Arc::clone(&tail);
        spawn("stderr", move || keep_tail(stderr, &kept))?;
        guard.disarm();
        Ok(Self { pid, input: Some(input), output, tail, end })
    }

    /// Its process id.
    pub(super) fn pid(&self) -> u32 {
        self.pid.as_raw().unsigned_abs()
    }

    /// Hands over a whole frame; false when its input has been ended.
    pub(super) fn send(&self, frame: Vec<u8>) -> bool {
        self.input.as_ref().is_some_and(|input| input.send(frame).is_ok())
    }

    /// What came next; `None` when nothing did within `limit`.
    pub(super) fn hear(&self, limit: Duration) -> Option<Heard> {
        match self.output.recv_timeout(limit) {
            Ok(heard) => Some(heard),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(Heard::Ended),
        }
    }

    /// How it ended, if it did.
    pub(super) fn exit(&self) -> Option<Exit> {
        self.end.lock().exit
    }

    /// How it ended, if it does within `limit`.
    pub(super) fn wait(&self, limit: Duration) -> Option<Exit> {
        let ended = self.end.lock();
        let wait = self.end.changed.wait_timeout_while(ended, limit, |ended| ended.exit.is_none());
        wait.unwrap_or_else(PoisonError::into_inner).0.exit
    }

    /// Waits up to `limit` until everything of its group is gone.
    pub(super) fn wait_until_gone(&self, limit: Duration) -> bool {
        let ended = self.end.lock();
        let wait = self.end.changed.wait_timeout_while(ended, limit, |ended| !ended.gone);
        wait.unwrap_or_else(PoisonError::into_inner).0.gone
    }

    /// The last lines of its stderr; all that it wrote, where it ended.
    pub(super) fn last_words(&self) -> Vec<String> {
        let limit = if self.exit().is_some() { LAST_WORDS } else { Duration::ZERO };
        let tail = self.tail.tail.lock().unwrap_or_else(PoisonError::into_inner);
        let tail = self.tail.ended.wait_timeout_while(tail, limit, |tail| !tail.ended);
        tail.unwrap_or_else(PoisonError::into_inner).0.lines()
    }

    /// Ends its input, which asks it to end.
    pub(super) fn end_input(&mut self) {
        self.input = None;
    }

    /// Sends SIGKILL to it and everything it started in its group.
    pub(super) fn kill(&self) {
        let ended = self.end.lock();
        // A group whose leader is still there has not been given to anybody else.
        if ended.exit.is_none() {
            let _ = killpg(self.pid, Signal::SIGKILL);
        }
    }
}

impl Drop for ChildProcess {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Kills a child whose handling could not be set up.
struct KillOnError {
    pid: Pid,
    armed: bool,
}

impl KillOnError {
    fn disarm(mut self) {
        self.armed = false;
    }
}

impl Drop for KillOnError {
    fn drop(&mut self) {
        if self.armed {
            let _ = kill(self.pid, Signal::SIGKILL);
            let _ = waitpid(self.pid, None);
        }
    }
}

#[derive(Debug, Default)]
struct End {
    ended: Mutex<Ended>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Ended {
    exit: Option<Exit>,
    /// The group has no member any more.
    gone: bool,
}

impl End {
    fn lock(&self) -> MutexGuard<'_, Ended> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn wait_for_end(pid: Pid, end: &End) {
    // Leaves the zombie: as long as it is there, its number and its group are nobody else's.
    let exit = loop {
        match waitid(Id::Pid(pid), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT) {
            Ok(WaitStatus::Exited(_, code)) => break Exit::Code(code),
            Ok(WaitStatus::Signaled(_, signal, _)) => break Exit::Signal(signal),
            Ok(_) | Err(nix::errno::Errno::EINTR) => {}
            Err(_) => break Exit::Unknown,
        }
    };
    end.lock().exit = Some(exit);
    end.changed.notify_all();
    let _ = killpg(pid, Signal::SIGKILL);
    // The leader, and those of the group that became children of this process with its death.
    let group = Pid::from_raw(-pid.as_raw());
    while !matches!(waitpid(group, None), Err(error) if error != nix::errno::Errno::EINTR) {}
    end.lock().gone = true;
    end.changed.notify_all();
}

fn write_frames(mut stdin: ChildStdin, frames: &Receiver<Vec<u8>>) {
    while let Some(frame) = frames.recv() {
        // A process that is gone is noticed by its exit, with more to say about it.
        if stdin.write_all(&frame).is_err() {
            return;
        }
    }
}

fn read_frames(stdout: ChildStdout, heard: &BoundedSender<Heard>) {
    let mut frames = FrameReader::new(stdout);
    loop {
        let next = match frames.next_frame() {
            Ok(Some(body)) => Heard::Frame(body.to_owned()),
            Ok(None) => Heard::Ended,
            Err(error) if error.is_fatal() => Heard::Ended,
            Err(error) => Heard::Garbage(error.to_string()),
        };
        let last = matches!(next, Heard::Ended);
        if heard.send(next).is_err() || last {
            return;
        }
    }
}

/// What is kept of a standard error, for those who wait for its end.
#[derive(Debug, Default)]
struct Stderr {
    tail: Mutex<Tail>,
    ended: Condvar,
}

/// The last lines of a stream.
#[derive(Debug, Default)]
struct Tail {
    ended: bool,
    lines: VecDeque<String>,
    unfinished: Vec<u8>,
}

impl Tail {
    fn add(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if byte == b'\n' {
                self.end_line();
            } else if self.unfinished.len() < TAIL_LINE {
                self.unfinished.push(byte);
            }
        }
    }

    fn end_line(&mut self) {
        if self.lines.len() == TAIL_LINES {
            self.lines.pop_front();
        }
        self.lines.push_back(String::from_utf8_lossy(&self.unfinished).trim_end().to_owned());
        self.unfinished.clear();
    }

    fn lines(&self) -> Vec<String> {
        let mut lines: Vec<_> = self.lines.iter().cloned().collect();
        if !self.unfinished.is_empty() {
            lines.push(String::from_utf8_lossy(&self.unfinished).into_owned());
        }
        lines
    }
}

fn keep_tail(mut stderr: ChildStderr, kept: &Stderr) {
    let mut chunk = [0; 8 * 1024];
    let tail = || kept.tail.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        match stderr.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => tail().add(&chunk[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    tail().ended = true;
    kept.ended.notify_all();
}
