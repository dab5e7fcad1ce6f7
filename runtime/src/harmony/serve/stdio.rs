//! Takes stdin and stdout over for frames alone.
//!
//! The real descriptors move to private ones that children of steps do not inherit. Standard input
//! becomes empty, and what steps print to standard output ends up in the log of the running step.

use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use crate::model::{LogLevel, LogRecord};
use crate::platform::{self, Input, InputWaker, PrintedOutput};
use std::thread;

/// The number of bytes between two steps beyond which output goes to stderr instead of a log.
const MAX_LOG_BYTES: usize = 256 * 1024;

/// The streams for frames, and the output of steps.
pub(super) struct TakenStdio {
    pub(super) input: Input,
    pub(super) output: File,
    pub(super) extras: StdioExtras,
}

/// The parts of a process's streams that carry no frames.
pub(super) struct StdioExtras {
    pub(super) captured: CapturedStdio,
    /// Ends the input from this side.
    pub(super) waker: InputWaker,
}

/// The output of steps to standard output that has not been taken yet.
#[derive(Clone)]
pub(super) struct CapturedStdio {
    shared: Arc<Mutex<Collected>>,
}

struct Collected {
    printed: PrintedOutput,
    text: Vec<u8>,
    ended: bool,
}

/// Takes the process's stdin and stdout over; must be called once per process.
pub(super) fn take() -> io::Result<TakenStdio> {
    let (input, waker) = platform::take_stdin()?;
    let (output, printed) = platform::take_stdout()?;
    let collected = Collected { printed, text: Vec::new(), ended: false };
    let captured = CapturedStdio { shared: Arc::new(Mutex::new(collected)) };
    captured.collect_in_background()?;
    let extras = StdioExtras { captured, waker };
    Ok(TakenStdio { input, output, extras })
}

impl CapturedStdio {
    /// Returns the output since the last call, line by line.
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

    /// Writes the output that has not been taken to stderr.
    pub(super) fn flush_to_stderr(&self) {
        let _ = io::stdout().flush();
        let mut collected = self.lock();
        collected.drain();
        collected.flush_to_stderr();
    }

    /// Keeps the pipe from filling up while a step prints more than it can hold.
    fn collect_in_background(&self) -> io::Result<()> {
        let printed = self.lock().printed.try_clone()?;
        let captured = self.clone();
        thread::Builder::new()
            .name("printed".to_owned())
            .spawn(move || {
                loop {
                    printed.wait();
                    let mut collected = captured.lock();
                    collected.drain();
                    if collected.ended {
                        return;
                    }
                }
            })
            .map(drop)
    }

    fn lock(&self) -> MutexGuard<'_, Collected> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Collected {
    fn drain(&mut self) {
        let mut chunk = [0; 8 * 1024];
        loop {
            match self.printed.read(&mut chunk) {
                Ok(0) => {
                    self.ended = true;
                    return;
                }
                Ok(read) => {
                    self.text.extend_from_slice(&chunk[..read]);
                    if self.text.len() > MAX_LOG_BYTES {
                        self.flush_to_stderr();
                    }
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                // There is nothing more now, or nothing more will come.
                Err(e) => {
                    self.ended |= e.kind() != io::ErrorKind::WouldBlock;
                    return;
                }
            }
        }
    }

    fn flush_to_stderr(&mut self) {
        // If stderr is closed the text has no reader anyway.
        let _ = io::stderr().write_all(&std::mem::take(&mut self.text));
    }
}
