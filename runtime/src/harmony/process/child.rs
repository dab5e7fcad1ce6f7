//! One child process of a runner: its streams, its end, and everything it started.
//!
//! A child leads a process group, so that the processes it started end with it. Nothing here waits
//! without a limit: reading, writing and waiting have a thread each, and the child is killed when this
//! value is dropped. The content of the streams is the business of
//! [`connection`](crate::harmony::process::connection).

use std::io::{self, Write};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::exit::Exit;
use super::recorder::{Recorder, Recording};
use super::stderr_tail::StderrTail;
use crate::harmony::plan::config::Platform;
use crate::harmony::protocol::framing::FrameReader;
use crate::harmony::protocol::violation::ProtocolViolation;
use crate::model::ProcessChangeKind;
use crate::platform::{ChildStreams, HeldStreams, ProcessGroup};

/// The number of frames that wait to be received; a process that floods its output has to wait.
const MAX_UNREAD_FRAMES: usize = 256;

/// The time that a process that ended has for its stderr to arrive; another process may hold it open.
const STDERR_DRAIN_TIMEOUT: Duration = Duration::from_millis(500);

/// The interval at which a paused process is checked.
const STATE_POLL_INTERVAL: Duration = Duration::from_millis(1);

/// A part of a process's standard output.
#[derive(Debug)]
pub(in crate::harmony) enum Output {
    /// The body of a frame, and the rules that its header broke.
    Frame(Vec<u8>, Vec<ProtocolViolation>),
    /// Bytes that are not a frame, for this reason.
    Garbage(String),
    /// The output ended.
    Ended,
}

/// A child and its group.
#[derive(Debug)]
pub(in crate::harmony) struct ChildProcess {
    signals: ProcessSignals,
    /// Frames on their way in; dropped to end the input.
    input: Option<Sender<Vec<u8>>>,
    output: Receiver<Output>,
    tail: Arc<StderrTail>,
    /// Second handles of its streams, if it may be kept.
    held: Option<HeldStreams>,
    is_kept: bool,
}

/// Stops, resumes and kills a child and its group, also from another thread than the one that talks to
/// it. Does nothing once the child has ended.
#[derive(Debug, Clone)]
pub(in crate::harmony) struct ProcessSignals {
    group: ProcessGroup,
    end: Arc<End>,
    recorder: Arc<Recorder>,
}

/// The options of a start.
#[derive(Debug, Default)]
pub(in crate::harmony) struct StartOptions<'a> {
    /// Variables of the environment in addition to those of the platform.
    pub(in crate::harmony) variables: &'a [(String, String)],
    /// Where the events of the process are recorded.
    pub(in crate::harmony) recording: Recording,
    /// Whether [`ChildProcess::keep`] is possible.
    pub(in crate::harmony) can_be_kept: bool,
}

impl ChildProcess {
    /// Starts a platform's program, and records its events.
    ///
    /// # Errors
    /// Returns an error if the process or a thread cannot be started.
    pub(in crate::harmony) fn start(
        platform: &Platform,
        options: StartOptions<'_>,
    ) -> io::Result<Self> {
        let StartOptions { variables, recording, can_be_kept } = options;
        let mut words = platform.command().into_iter();
        let mut command = Command::new(words.next().unwrap_or_default());
        command
            .args(words)
            .envs(platform.environment.iter().map(|(name, value)| (name, value)))
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(folder) = &platform.working_directory {
            command.current_dir(folder);
        }
        let (group, streams) = ProcessGroup::spawn(&mut command)?;
        let recorder = Arc::new(recording.of(group.leader()));
        recorder.started(&command_line(platform));
        let guard = KillOnError { group: group.clone(), armed: true };
        let held = can_be_kept.then(|| HeldStreams::of(&streams)).transpose()?;
        let ChildStreams { stdin, stdout, stderr } = streams;
        let end = Arc::new(End::default());
        let (waited, ended, records) = (group.clone(), Arc::clone(&end), Arc::clone(&recorder));
        thread::Builder::new()
            .name("wait".to_owned())
            .spawn(move || wait_for_end(&waited, &ended, &records))?;
        let (Some(stdin), Some(stdout), Some(stderr)) = (stdin, stdout, stderr) else {
            return Err(io::Error::other("a stream of the process is missing"));
        };
        let (input, frames) = channel();
        thread::Builder::new()
            .name("stdin".to_owned())
            .spawn(move || write_frames(stdin, &frames))?;
        let (sender, output) = sync_channel(MAX_UNREAD_FRAMES);
        thread::Builder::new()
            .name("stdout".to_owned())
            .spawn(move || read_frames(stdout, &sender))?;
        let tail = Arc::new(StderrTail::default());
        let (kept, records) = (Arc::clone(&tail), Arc::clone(&recorder));
        thread::Builder::new()
            .name("stderr".to_owned())
            .spawn(move || kept.read_from(stderr, |line| records.stderr(line)))?;
        guard.disarm();
        let signals = ProcessSignals { group, end, recorder };
        Ok(Self { signals, input: Some(input), output, tail, held, is_kept: false })
    }

    /// Returns the process id.
    pub(in crate::harmony) fn pid(&self) -> u32 {
        self.signals.group.leader()
    }

    /// Returns what signals the process from another thread.
    pub(in crate::harmony) fn signals(&self) -> &ProcessSignals {
        &self.signals
    }

    /// Returns the recorder of its events.
    pub(super) fn recorder(&self) -> &Recorder {
        &self.signals.recorder
    }

    /// Passes a whole frame on; returns false if the input has been ended.
    pub(in crate::harmony) fn send(&self, frame: Vec<u8>) -> bool {
        self.input.as_ref().is_some_and(|input| input.send(frame).is_ok())
    }

    /// Returns the next output; `None` if there is none within `limit`.
    pub(in crate::harmony) fn recv(&self, limit: Duration) -> Option<Output> {
        match self.output.recv_timeout(limit) {
            Ok(output) => Some(output),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(Output::Ended),
        }
    }

    /// Returns the exit of the process if it has ended.
    pub(in crate::harmony) fn exit(&self) -> Option<Exit> {
        self.signals.end.lock().exit
    }

    /// Returns the time at which the process ended, if it has.
    pub(in crate::harmony) fn exit_time(&self) -> Option<Instant> {
        self.signals.end.lock().exited_at
    }

    /// Returns the exit of the process if it ends within `limit`.
    pub(in crate::harmony) fn wait(&self, limit: Duration) -> Option<Exit> {
        self.signals.end.wait_while(limit, |ended| ended.exit.is_none()).exit
    }

    /// Waits up to `limit` until every process of the group has ended.
    pub(in crate::harmony) fn wait_until_gone(&self, limit: Duration) -> bool {
        self.signals.wait_until_gone(limit)
    }

    /// Returns the last lines of its stderr with their times, complete if the process has ended.
    pub(in crate::harmony) fn stderr_tail(&self) -> Vec<(Instant, String)> {
        let limit = if self.exit().is_some() { STDERR_DRAIN_TIMEOUT } else { Duration::ZERO };
        self.tail.lines_within(limit)
    }

    /// Closes its input, which asks it to end.
    pub(in crate::harmony) fn end_input(&mut self) {
        self.input = None;
    }

    /// Stops the process and its group, and waits up to `limit` until it does not run; returns false if it
    /// still runs.
    ///
    /// # Errors
    /// Returns an error if the system cannot stop a process.
    pub(in crate::harmony) fn pause(&self, limit: Duration) -> io::Result<bool> {
        self.signals.pause()?;
        let until = Instant::now() + limit;
        loop {
            if self.signals.group.is_paused() {
                return Ok(true);
            }
            if Instant::now() >= until {
                return Ok(false);
            }
            thread::sleep(STATE_POLL_INTERVAL);
        }
    }

    /// Lets the process and its group go on after [`pause`](Self::pause).
    pub(in crate::harmony) fn resume(&self) {
        self.signals.resume();
    }

    /// Lets the process survive this one.
    ///
    /// # Errors
    /// Returns an error if the system cannot keep its streams open.
    pub(in crate::harmony) fn keep(&mut self) -> io::Result<()> {
        let held = self.held.take().ok_or(io::ErrorKind::Unsupported)?;
        self.signals.group.hold(held)?;
        self.is_kept = true;
        Ok(())
    }

    /// Kills the process and its group.
    pub(in crate::harmony) fn kill(&self) {
        self.signals.kill();
    }
}

impl ProcessSignals {
    /// Stops the process and its group; it may go on for a moment. Returns false if it has ended.
    ///
    /// # Errors
    /// Returns an error if the system cannot stop a process.
    pub(in crate::harmony) fn pause(&self) -> io::Result<bool> {
        let paused = self.unless_ended(ProcessGroup::pause).transpose()?;
        Ok(paused.is_some())
    }

    /// Lets the process and its group go on.
    pub(in crate::harmony) fn resume(&self) {
        self.unless_ended(ProcessGroup::resume);
    }

    /// Kills the process and its group; returns false if it has ended.
    pub(in crate::harmony) fn kill(&self) -> bool {
        self.unless_ended(ProcessGroup::kill).is_some()
    }

    /// Records a change of the state of the process that happens now.
    pub(in crate::harmony) fn record(&self, kind: ProcessChangeKind) {
        self.recorder.changed(kind);
    }

    /// Waits up to `limit` until every process of the group has ended.
    pub(in crate::harmony) fn wait_until_gone(&self, limit: Duration) -> bool {
        self.end.wait_while(limit, |ended| !ended.gone).gone
    }

    /// Calls `act` unless the process has ended.
    fn unless_ended<R>(&self, act: impl FnOnce(&ProcessGroup) -> R) -> Option<R> {
        let ended = self.end.lock();
        // The number of a group whose leader exists has not been reused.
        ended.exit.is_none().then(|| act(&self.group))
    }
}

impl Drop for ChildProcess {
    fn drop(&mut self) {
        if !self.is_kept {
            self.kill();
        }
    }
}

/// Kills a child whose handling could not be set up.
struct KillOnError {
    group: ProcessGroup,
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
            self.group.kill();
            self.group.reap();
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
    exited_at: Option<Instant>,
    /// The group has no member left.
    gone: bool,
}

impl End {
    fn lock(&self) -> MutexGuard<'_, Ended> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_while(&self, limit: Duration, waits: impl Fn(&Ended) -> bool) -> MutexGuard<'_, Ended> {
        let wait = self.changed.wait_timeout_while(self.lock(), limit, |ended| waits(ended));
        wait.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// Returns a platform's program with its arguments, as one line.
fn command_line(platform: &Platform) -> String {
    let words = platform.command().into_iter();
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn wait_for_end(group: &ProcessGroup, end: &End, recorder: &Recorder) {
    let exit = group.wait_for_leader().map_or(Exit::Unknown, Exit::from);
    // Before anybody learns of it: the outputs may be finished after that.
    recorder.exited(exit);
    {
        let mut ended = end.lock();
        ended.exit = Some(exit);
        ended.exited_at = Some(Instant::now());
    }
    end.changed.notify_all();
    group.kill();
    group.reap();
    end.lock().gone = true;
    end.changed.notify_all();
}

fn write_frames(mut stdin: ChildStdin, frames: &Receiver<Vec<u8>>) {
    while let Ok(frame) = frames.recv() {
        // A process that has ended is noticed by its exit, which gives a better reason.
        if stdin.write_all(&frame).is_err() {
            return;
        }
    }
}

fn read_frames(stdout: ChildStdout, sender: &SyncSender<Output>) {
    let mut frames = FrameReader::for_runner(stdout);
    loop {
        let next = match frames.next_frame() {
            Ok(Some(body)) => {
                let body = body.to_owned();
                Output::Frame(body, frames.take_violations())
            }
            Ok(None) => Output::Ended,
            Err(error) if error.is_fatal() => Output::Ended,
            Err(error) => Output::Garbage(error.to_string()),
        };
        let last = matches!(next, Output::Ended);
        if sender.send(next).is_err() || last {
            return;
        }
    }
}
