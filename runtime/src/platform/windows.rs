//! What Windows does in its own way, or not at all.

use std::env;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::windows::fs::{FileExt as _, OpenOptionsExt as _};
use std::os::windows::io::AsHandle as _;
use std::os::windows::process::CommandExt as _;
use std::process::{self, Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use filedescriptor::{FileDescriptor, StdioDescriptor};
use signal_hook::consts::{SIGINT, SIGTERM};

use super::child_streams::ChildStreams;
use super::end_signal::EndSignal;
use super::resources::ProcessResources;

/// The interval at which Ctrl-C and the end of a process are noticed.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// The flag of `CreateFile` for a file that the system removes.
const DELETE_ON_CLOSE: u32 = 0x0400_0000;

/// The flag of `CreateProcess` for a process that Ctrl-C does not reach.
const NEW_PROCESS_GROUP: u32 = 0x0000_0200;

/// None: shared memory has no folder on Windows.
pub(crate) const SHARED_MEMORY_FOLDERS: &[&str] = &[];

/// Returns standard input as a separate file.
fn stdin_file() -> io::Result<File> {
    io::stdin().as_handle().try_clone_to_owned().map(File::from)
}

/// Returns standard output as a separate file.
pub(crate) fn stdout_file() -> io::Result<File> {
    io::stdout().as_handle().try_clone_to_owned().map(File::from)
}

/// Returns standard error as a separate file.
pub(crate) fn stderr_file() -> io::Result<File> {
    io::stderr().as_handle().try_clone_to_owned().map(File::from)
}

/// Makes `file` the standard output of this process and of its later children.
pub(crate) fn redirect_stdout(file: &File) -> io::Result<()> {
    redirect(file, StdioDescriptor::Stdout)
}

/// Makes `file` the standard error of this process and of its later children.
pub(crate) fn redirect_stderr(file: &File) -> io::Result<()> {
    redirect(file, StdioDescriptor::Stderr)
}

fn redirect(file: &File, stream: StdioDescriptor) -> io::Result<()> {
    FileDescriptor::redirect_stdio(file, stream).map(drop).map_err(io::Error::other)
}

/// Returns an empty file that the system removes when it is closed. Whatever is written goes to its end,
/// since several handles and any number of processes write to it.
pub(crate) fn memory_file() -> io::Result<File> {
    static CREATED: AtomicU64 = AtomicU64::new(0);
    let number = CREATED.fetch_add(1, Ordering::Relaxed);
    let path = env::temp_dir().join(format!("harmony-bdd-{}-{number}", process::id()));
    let mut options = OpenOptions::new();
    options.read(true).append(true).create_new(true).custom_flags(DELETE_ON_CLOSE).open(path)
}

/// Reads at a position.
pub(crate) fn read_at(file: &File, buffer: &mut [u8], position: u64) -> io::Result<usize> {
    file.seek_read(buffer, position)
}

/// The standard input that the process had.
pub(crate) struct Input(File);

/// Ends nothing: a read of a pipe cannot be interrupted. The thread that reads ends with the process.
pub(crate) struct InputWaker;

impl InputWaker {
    pub(crate) fn wake(self) {}
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

/// Takes standard input over; code that reads from it later finds it empty.
pub(crate) fn take_stdin() -> io::Result<(Input, InputWaker)> {
    let file = stdin_file()?;
    redirect(&File::open("NUL")?, StdioDescriptor::Stdin)?;
    Ok((Input(file), InputWaker))
}

/// What code prints to standard output after [`take_stdout`].
pub(crate) struct PrintedOutput {
    file: File,
    position: u64,
}

/// Takes standard output over; returns the real one, and what is printed from now on.
pub(crate) fn take_stdout() -> io::Result<(File, PrintedOutput)> {
    let output = stdout_file()?;
    let file = memory_file()?;
    redirect_stdout(&file)?;
    Ok((output, PrintedOutput { file, position: 0 }))
}

impl PrintedOutput {
    /// Returns another handle of the same output.
    pub(crate) fn try_clone(&self) -> io::Result<Self> {
        Ok(Self { file: self.file.try_clone()?, position: self.position })
    }

    /// Waits forever: unlike a pipe, a file does not fill up and needs no reader in the background.
    pub(crate) fn wait(&self) {
        loop {
            thread::park();
        }
    }
}

impl Read for PrintedOutput {
    /// Reads what there is; [`io::ErrorKind::WouldBlock`] if that is nothing.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = read_at(&self.file, buffer, self.position)?;
        self.position += read as u64;
        if read == 0 { Err(io::ErrorKind::WouldBlock.into()) } else { Ok(read) }
    }
}

/// Ctrl-C, and what the C library calls SIGTERM.
pub(crate) struct EndSignals(Arc<AtomicBool>);

impl EndSignals {
    /// Receives them from now on.
    pub(crate) fn listen() -> io::Result<Self> {
        let flag = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            signal_hook::flag::register(signal, Arc::clone(&flag))?;
        }
        Ok(Self(flag))
    }

    /// Does the same: Windows has no SIGHUP.
    pub(crate) fn listen_unless_ignored() -> io::Result<Self> {
        Self::listen()
    }

    /// Waits for the next one.
    pub(crate) fn wait(&mut self) -> EndSignal {
        while !self.0.swap(false, Ordering::Relaxed) {
            thread::sleep(POLL_INTERVAL);
        }
        EndSignal::Request
    }
}

/// Not used: a run is not supervised, since [`create_shared_file`] returns an error.
pub(crate) struct ChildSignals;

impl ChildSignals {
    pub(crate) fn listen() -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn wait(&mut self) -> Vec<i32> {
        Vec::new()
    }
}

/// Does nothing: Windows has no signals between processes.
pub(crate) fn send_signal(_process: u32, _signal: i32) {}

/// Returns `None`: a process ends with a code.
pub(crate) fn signal_of(_status: ExitStatus) -> Option<i32> {
    None
}

/// Returns `None`: a process ends with a code.
pub(crate) fn signal_name(_signal: i32) -> Option<&'static str> {
    None
}

/// Returns `None`: the standard library has no function for it.
pub(crate) fn parent_id() -> Option<u32> {
    None
}

/// Returns the command that starts this program again, without arguments.
pub(crate) fn this_program() -> Command {
    Command::new(env::current_exe().unwrap_or_default())
}

/// Returns an error: a run is not supervised on Windows.
pub(crate) fn create_shared_file(_name: &str) -> io::Result<(File, String)> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Returns an error, as [`create_shared_file`] does.
pub(crate) fn open_shared_file(_text: &str) -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Does nothing: Windows does not end a process with its parent.
pub(crate) fn end_with_parent() {}

/// Returns false: asking the system takes unsafe code.
pub(crate) fn is_traced() -> bool {
    false
}

/// Returns false, as [`is_traced`] does.
pub(crate) fn is_process_traced(_process: u32) -> bool {
    false
}

/// Does nothing: orphans have no parent on Windows.
pub(crate) fn adopt_orphans() {}

/// Returns an error: resources are measured from `/proc`.
pub(crate) fn process_resources(_process: u32) -> io::Result<ProcessResources> {
    let message = "the resources of a process cannot be measured on Windows";
    Err(io::Error::new(io::ErrorKind::Unsupported, message))
}

/// A process and all that it starts.
#[derive(Debug, Clone)]
pub(crate) struct ProcessGroup {
    leader: u32,
    /// As long as it is open, the number of the process is not reused.
    child: Arc<Mutex<Child>>,
}

/// Second handles of the streams of a child; none on Windows.
#[derive(Debug)]
pub(crate) enum HeldStreams {}

impl HeldStreams {
    /// Returns an error: a process cannot be kept on Windows.
    pub(crate) fn of(_streams: &ChildStreams) -> io::Result<Self> {
        let message = "Windows ends a process whose streams end";
        Err(io::Error::new(io::ErrorKind::Unsupported, message))
    }
}

impl ProcessGroup {
    /// Starts a process that Ctrl-C does not reach; returns it with the streams that are pipes.
    pub(crate) fn spawn(command: &mut Command) -> io::Result<(Self, ChildStreams)> {
        let child = command.creation_flags(NEW_PROCESS_GROUP).spawn()?;
        let leader = child.id();
        let (streams, child) = ChildStreams::of(child);
        Ok((Self { leader, child: Arc::new(Mutex::new(child)) }, streams))
    }

    /// Returns the id of the process that was started.
    pub(crate) fn leader(&self) -> u32 {
        self.leader
    }

    /// Returns an error: no other process can hold the streams.
    pub(crate) fn hold(&self, streams: HeldStreams) -> io::Result<()> {
        match streams {}
    }

    /// Waits until that process has ended.
    pub(crate) fn wait_for_leader(&self) -> io::Result<ExitStatus> {
        loop {
            let status = self.child.lock().unwrap_or_else(PoisonError::into_inner).try_wait()?;
            match status {
                Some(status) => return Ok(status),
                None => thread::sleep(POLL_INTERVAL),
            }
        }
    }

    /// Returns an error: Windows can only pause single threads, which takes unsafe code.
    pub(crate) fn pause(&self) -> io::Result<()> {
        let message = "Windows has no function that pauses a process";
        Err(io::Error::new(io::ErrorKind::Unsupported, message))
    }

    /// Returns false, since [`pause`](Self::pause) returns an error.
    pub(crate) fn is_paused(&self) -> bool {
        false
    }

    /// Does nothing, since no process is paused.
    pub(crate) fn resume(&self) {}

    /// Ends the process and its descendants; those whose parents have ended are not found.
    pub(crate) fn kill(&self) {
        let id = self.leader.to_string();
        let mut command = Command::new("taskkill");
        command.args(["/F", "/T", "/PID", &id]).stdin(Stdio::null());
        if command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
            let _ = self.child.lock().unwrap_or_else(PoisonError::into_inner).kill();
        }
    }

    /// Does nothing: only the parent of a process waits for it.
    pub(crate) fn reap(&self) {}
}

/// The keys of a terminal; none on Windows, where reading them takes unsafe code.
#[derive(Debug)]
pub(crate) enum KeyInput {}

impl KeyInput {
    /// Returns `None`.
    pub(crate) fn of_stdin() -> Option<Self> {
        None
    }

    pub(crate) fn discard(&self) {
        match *self {}
    }

    pub(crate) fn wait(&self, _ms: u16) -> bool {
        match *self {}
    }

    pub(crate) fn read(&mut self) -> io::Result<Option<u8>> {
        match *self {}
    }
}
