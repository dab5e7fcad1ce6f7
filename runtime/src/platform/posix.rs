//! What Linux, macOS and other Unix systems do alike.

use std::env;
use std::fs::File;
use std::io::{self, PipeReader, PipeWriter, Read, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::FileExt as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Command, ExitStatus};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::waitpid;
use nix::unistd::{Pid, dup2_stderr, dup2_stdin, dup2_stdout};
use rustix::process::{WaitId, WaitIdOptions, waitid};
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::child_streams::ChildStreams;
use super::end_signal::EndSignal;
#[cfg(target_os = "linux")]
use super::linux::{has_stopped, is_ignored};
#[cfg(not(target_os = "linux"))]
use super::macos::{has_stopped, is_ignored};

/// Returns standard input as a separate file, which child processes do not inherit.
fn stdin_file() -> io::Result<File> {
    io::stdin().as_fd().try_clone_to_owned().map(File::from)
}

/// Returns standard output as a separate file, which child processes do not inherit.
pub(crate) fn stdout_file() -> io::Result<File> {
    io::stdout().as_fd().try_clone_to_owned().map(File::from)
}

/// Returns standard error as a separate file, which child processes do not inherit.
pub(crate) fn stderr_file() -> io::Result<File> {
    io::stderr().as_fd().try_clone_to_owned().map(File::from)
}

/// Makes `file` the standard output of this process and of its later children.
pub(crate) fn redirect_stdout(file: &File) -> io::Result<()> {
    Ok(dup2_stdout(file)?)
}

/// Makes `file` the standard error of this process and of its later children.
pub(crate) fn redirect_stderr(file: &File) -> io::Result<()> {
    Ok(dup2_stderr(file)?)
}

/// Reads at a position, without regard to the position of the file.
pub(crate) fn read_at(file: &File, buffer: &mut [u8], position: u64) -> io::Result<usize> {
    file.read_at(buffer, position)
}

/// The standard input that the process had, which this side can end as well.
pub(crate) struct Input {
    file: File,
    woken: PipeReader,
}

/// Ends an [`Input`].
pub(crate) struct InputWaker(PipeWriter);

impl InputWaker {
    /// Makes every reader find the end, now or later.
    pub(crate) fn wake(mut self) {
        // The pipe is empty and open, so a byte fits. It stays for later readers.
        let _ = self.0.write_all(b".");
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let mut waiting = [
                PollFd::new(self.file.as_fd(), PollFlags::POLLIN),
                PollFd::new(self.woken.as_fd(), PollFlags::POLLIN),
            ];
            match poll(&mut waiting, PollTimeout::NONE) {
                Ok(_) if waiting[1].any() == Some(true) => return Ok(0),
                Ok(_) => return self.file.read(buffer),
                Err(Errno::EINTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Takes standard input over; code that reads from it later finds it empty.
pub(crate) fn take_stdin() -> io::Result<(Input, InputWaker)> {
    let file = stdin_file()?;
    dup2_stdin(File::open("/dev/null")?)?;
    let (woken, waker) = io::pipe()?;
    Ok((Input { file, woken }, InputWaker(waker)))
}

/// What code prints to standard output after [`take_stdout`].
pub(crate) struct PrintedOutput(File);

/// Takes standard output over; returns the real one, and what is printed from now on.
pub(crate) fn take_stdout() -> io::Result<(File, PrintedOutput)> {
    let output = stdout_file()?;
    let (read, write) = io::pipe()?;
    dup2_stdout(write)?;
    fcntl(&read, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
    Ok((output, PrintedOutput(File::from(OwnedFd::from(read)))))
}

impl PrintedOutput {
    /// Returns another handle of the same output.
    pub(crate) fn try_clone(&self) -> io::Result<Self> {
        self.0.try_clone().map(Self)
    }

    /// Waits until there is more, or until the output has ended.
    pub(crate) fn wait(&self) {
        let mut waiting = [PollFd::new(self.0.as_fd(), PollFlags::POLLIN)];
        // An interrupted wait only makes the caller look once more.
        let _ = poll(&mut waiting, PollTimeout::NONE);
    }
}

impl Read for PrintedOutput {
    /// Reads what there is; [`io::ErrorKind::WouldBlock`] if that is nothing.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

/// The signals that ask this process to end.
pub(crate) struct EndSignals(Signals);

impl EndSignals {
    /// Receives SIGINT, SIGTERM and SIGHUP from now on.
    pub(crate) fn listen() -> io::Result<Self> {
        Signals::new([SIGINT, SIGTERM, SIGHUP]).map(Self)
    }

    /// Does the same, but leaves SIGHUP alone if this process ignores it.
    pub(crate) fn listen_unless_ignored() -> io::Result<Self> {
        if is_ignored(SIGHUP) {
            return Signals::new([SIGINT, SIGTERM]).map(Self);
        }
        Self::listen()
    }

    /// Waits for the next one.
    pub(crate) fn wait(&mut self) -> EndSignal {
        match self.0.forever().next() {
            Some(SIGHUP) => EndSignal::Hangup,
            _ => EndSignal::Request,
        }
    }
}

/// The signals that a process receives which waits for another one on behalf of a terminal.
pub(crate) struct ChildSignals(Signals);

impl ChildSignals {
    /// Receives them from now on.
    pub(crate) fn listen() -> io::Result<Self> {
        Signals::new([SIGCHLD, SIGINT, SIGTERM]).map(Self)
    }

    /// Waits until a child ends or this process is asked to end; returns the signals of the latter.
    pub(crate) fn wait(&mut self) -> Vec<i32> {
        self.0.wait().filter(|signal| *signal != SIGCHLD).collect()
    }
}

/// Sends a signal to a process, if both exist.
pub(crate) fn send_signal(process: u32, signal: i32) {
    if let Ok(signal) = Signal::try_from(signal) {
        let _ = kill(Pid::from_raw(process.cast_signed()), signal);
    }
}

/// Returns the number of the signal that ended a process.
pub(crate) fn signal_of(status: ExitStatus) -> Option<i32> {
    status.signal()
}

/// Returns the name of a signal, such as `SIGKILL`.
pub(crate) fn signal_name(signal: i32) -> Option<&'static str> {
    Signal::try_from(signal).ok().map(Signal::as_str)
}

/// Returns the id of the process that started this one.
pub(crate) fn parent_id() -> Option<u32> {
    Some(std::os::unix::process::parent_id())
}

/// Returns the command that starts this program again, without arguments.
pub(crate) fn this_program() -> Command {
    let program = env::current_exe().ok().filter(|path| path.exists());
    // The path of a program that was deleted is not valid any more.
    let mut command = Command::new(program.unwrap_or_else(|| "/proc/self/exe".into()));
    if let Some(name) = env::args_os().next() {
        command.arg0(name);
    }
    command
}

/// A process and all that it starts, as far as they do not leave the group.
#[derive(Debug, Clone)]
pub(crate) struct ProcessGroup(Pid);

/// The time that a process that holds streams sleeps: longer than any machine runs.
const HOLDER_SECONDS: &str = "2147483647";

/// Second handles of the streams of a child.
#[derive(Debug)]
pub(crate) struct HeldStreams {
    stdin: OwnedFd,
    stdout: OwnedFd,
    stderr: OwnedFd,
}

impl HeldStreams {
    /// Returns second handles of these streams.
    pub(crate) fn of(streams: &ChildStreams) -> io::Result<Self> {
        let (Some(stdin), Some(stdout), Some(stderr)) =
            (&streams.stdin, &streams.stdout, &streams.stderr)
        else {
            return Err(io::Error::other("a stream of the process is missing"));
        };
        Ok(Self {
            stdin: stdin.as_fd().try_clone_to_owned()?,
            stdout: stdout.as_fd().try_clone_to_owned()?,
            stderr: stderr.as_fd().try_clone_to_owned()?,
        })
    }
}

impl ProcessGroup {
    /// Starts a process that leads a group; returns the group with the streams that are pipes.
    pub(crate) fn spawn(command: &mut Command) -> io::Result<(Self, ChildStreams)> {
        let child = command.process_group(0).spawn()?;
        let leader = Pid::from_raw(i32::try_from(child.id()).map_err(io::Error::other)?);
        Ok((Self(leader), ChildStreams::of(child).0))
    }

    /// Returns the id of the process that leads the group.
    pub(crate) fn leader(&self) -> u32 {
        self.0.as_raw().unsigned_abs()
    }

    /// Starts a process in the group that keeps `streams` open, so that the leader neither reads an end of
    /// its input nor loses its output when this process ends.
    pub(crate) fn hold(&self, streams: HeldStreams) -> io::Result<()> {
        let HeldStreams { stdin, stdout, stderr } = streams;
        let mut holder = Command::new("sleep");
        holder.arg(HOLDER_SECONDS).stdin(stdin).stdout(stdout).stderr(stderr);
        // A signal to the group ends it.
        holder.process_group(self.0.as_raw()).spawn().map(drop)
    }

    /// Waits until the leader has ended, and leaves its entry: as long as it exists, neither its number
    /// nor its group is reused.
    pub(crate) fn wait_for_leader(&self) -> io::Result<ExitStatus> {
        let Some(leader) = rustix::process::Pid::from_raw(self.0.as_raw()) else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        loop {
            match waitid(WaitId::Pid(leader), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {
                Ok(Some(status)) => {
                    // The layout of a status, as `wait` returns it.
                    let code = status.exit_status().map(|code| (code & 0xff) << 8);
                    let raw = code.or(status.terminating_signal()).unwrap_or_default();
                    return Ok(ExitStatus::from_raw(raw));
                }
                Ok(None) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Stops the group until [`resume`](Self::resume) (SIGSTOP). It may go on for a moment.
    pub(crate) fn pause(&self) -> io::Result<()> {
        match killpg(self.0, Signal::SIGSTOP) {
            // It has ended meanwhile, which macOS reports as a lack of permission.
            Ok(()) | Err(Errno::ESRCH | Errno::EPERM) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Returns whether the leader does not run, because it is paused or has ended.
    pub(crate) fn is_paused(&self) -> bool {
        has_stopped(self.leader())
    }

    /// Lets the group go on (SIGCONT).
    pub(crate) fn resume(&self) {
        let _ = killpg(self.0, Signal::SIGCONT);
    }

    /// Sends SIGKILL to the group.
    pub(crate) fn kill(&self) {
        let _ = killpg(self.0, Signal::SIGKILL);
    }

    /// Waits for the leader, and for those of the group that became children of this process when it
    /// died.
    pub(crate) fn reap(&self) {
        let group = Pid::from_raw(-self.0.as_raw());
        while !matches!(waitpid(group, None), Err(error) if error != Errno::EINTR) {}
    }
}
