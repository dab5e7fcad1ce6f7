//! Makes stdin and stdout the wire alone.
//!
//! The real descriptors move to private ones that children of steps do not inherit. Standard input
//! becomes empty, standard output a pipe whose text ends up in the log of the running step.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::{dup2_stdin, dup2_stdout, pipe2};

use super::Beside;
use crate::model::{LogLevel, LogRecord};
use crate::thread::spawn;

/// More than this many bytes between two steps go to stderr instead of a log.
const KEPT: usize = 256 * 1024;

/// The wire, and what is printed beside it.
pub(super) struct TakenStdio {
    pub(super) input: Input,
    pub(super) output: File,
    pub(super) beside: Beside,
}

/// The real standard input, which this side can end as well.
pub(super) struct Input {
    file: File,
    woken: File,
}

/// Ends an [`Input`].
pub(super) struct Waker(File);

impl Waker {
    /// Whoever reads, or reads later, finds the end.
    pub(super) fn wake(mut self) {
        // The pipe is empty and open, so a byte fits. It stays for whoever reads later.
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
                Err(nix::errno::Errno::EINTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// What steps printed to standard output and nobody has taken yet.
#[derive(Clone)]
pub(super) struct Printed {
    shared: Arc<Mutex<Collected>>,
}

struct Collected {
    /// Does not block.
    pipe: File,
    text: Vec<u8>,
    ended: bool,
}

/// Takes the process's stdin and stdout over. Once per process.
pub(super) fn take() -> io::Result<TakenStdio> {
    // `try_clone_to_owned` makes descriptors that are closed on exec.
    let file = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let output = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    dup2_stdin(File::open("/dev/null")?)?;
    let (read, write) = pipe2(OFlag::O_CLOEXEC)?;
    dup2_stdout(write)?;
    fcntl(&read, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
    let collected = Collected { pipe: File::from(read), text: Vec::new(), ended: false };
    let printed = Printed { shared: Arc::new(Mutex::new(collected)) };
    printed.collect_in_background()?;
    let (woken, waker) = pipe2(OFlag::O_CLOEXEC)?;
    let input = Input { file, woken: File::from(woken) };
    let beside = Beside { printed, waker: Waker(File::from(waker)) };
    Ok(TakenStdio { input, output, beside })
}

impl Printed {
    /// What was printed since the last call, line by line.
    pub(super) fn take(&self) -> Vec<LogRecord> {
        // A step may have printed half a line, which std still holds back.
        let _ = io::stdout().flush();
        let mut collected = self.lock();
        collected.drain();
        if collected.text.is_empty() {
            return Vec::new();
        }
        let time = SystemTime::now();
        let text = std::mem::take(&mut collected.text);
        String::from_utf8_lossy(&text)
            .lines()
            .map(|line| LogRecord { time, level: LogLevel::Info, message: line.to_owned() })
            .collect()
    }

    /// Sends what nobody took to stderr.
    pub(super) fn spill(&self) {
        let _ = io::stdout().flush();
        let mut collected = self.lock();
        collected.drain();
        collected.spill();
    }

    /// Keeps the pipe from filling up while a step prints more than it holds.
    fn collect_in_background(&self) -> io::Result<()> {
        let pipe = self.lock().pipe.try_clone()?;
        let printed = self.clone();
        spawn("printed", move || {
            loop {
                let mut waiting = [PollFd::new(pipe.as_fd(), PollFlags::POLLIN)];
                // An interrupted wait is merely a look more.
                let _ = poll(&mut waiting, PollTimeout::NONE);
                let mut collected = printed.lock();
                collected.drain();
                if collected.ended {
                    return;
                }
            }
        })
    }

    fn lock(&self) -> MutexGuard<'_, Collected> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Collected {
    fn drain(&mut self) {
        let mut chunk = [0; 8 * 1024];
        loop {
            match self.pipe.read(&mut chunk) {
                Ok(0) => {
                    self.ended = true;
                    return;
                }
                Ok(read) => {
                    self.text.extend_from_slice(&chunk[..read]);
                    if self.text.len() > KEPT {
                        self.spill();
                    }
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                // Nothing there now, or nothing ever again.
                Err(e) => {
                    self.ended |= e.kind() != io::ErrorKind::WouldBlock;
                    return;
                }
            }
        }
    }

    fn spill(&mut self) {
        // Where stderr is closed the text has no reader anyway.
        let _ = io::stderr().write_all(&std::mem::take(&mut self.text));
    }
}
