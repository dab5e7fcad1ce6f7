//! Standard output of a run whose process may die: the replay continues it instead of repeating it.

use std::fs::File;
use std::io::{self, IsTerminal as _, Write};
use std::sync::{Mutex, OnceLock, PoisonError, TryLockError};
use std::time::{Duration, Instant};
use std::{mem, thread};

/// A file that the supervisor can read as well, with what this process has printed.
static COPY: OnceLock<File> = OnceLock::new();

/// The output of the process that died, which the replay prints again.
static PRINTED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Held while bytes are printed and copied, so that an exit of the process cannot come between the two.
static PRINTING: Mutex<()> = Mutex::new(());

/// Time that an exit waits for a reader of the output that does not read.
const EXIT_TIMEOUT: Duration = Duration::from_secs(1);

/// Interval between two attempts to take the lock.
const EXIT_POLL: Duration = Duration::from_millis(1);

/// Waits until what is being printed is copied, and prevents that this process prints more.
pub(super) fn stop_printing() {
    let started = Instant::now();
    loop {
        match PRINTING.try_lock() {
            Err(TryLockError::WouldBlock) if started.elapsed() < EXIT_TIMEOUT => {
                thread::sleep(EXIT_POLL);
            }
            held => return mem::forget(held),
        }
    }
}

/// Copies the output of this run to `file`, which must be opened to append.
pub(super) fn copy_output(file: File) {
    // A process has one supervisor.
    let _ = COPY.set(file);
}

/// Makes the next [`RunOutput`] leave out `printed` at its start.
pub(super) fn set_printed(printed: Vec<u8>) {
    *PRINTED.lock().unwrap_or_else(PoisonError::into_inner) = printed;
}

/// Standard output of a run. To a terminal, which may show a live line, everything is printed again.
#[derive(Debug)]
pub struct RunOutput {
    out: File,
    copy: Option<File>,
    /// The bytes that were printed before the process died, and not by this run yet.
    printed: Vec<u8>,
}

impl RunOutput {
    /// Returns the output of a run to `out`.
    pub fn new(out: File) -> Self {
        if out.is_terminal() {
            return Self { out, copy: None, printed: Vec::new() };
        }
        let copy = COPY.get().and_then(|file| file.try_clone().ok());
        let printed = mem::take(&mut *PRINTED.lock().unwrap_or_else(PoisonError::into_inner));
        Self { out, copy, printed }
    }
}

impl Write for RunOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.printed.is_empty() {
            let same = bytes.iter().zip(&self.printed).take_while(|(new, old)| new == old).count();
            self.printed.drain(..same);
            if same > 0 {
                return Ok(same);
            }
            // The replay differs: what is left of the earlier output has no counterpart.
            self.printed.clear();
        }
        let _printing = PRINTING.lock().unwrap_or_else(PoisonError::into_inner);
        let written = self.out.write(bytes)?;
        if let Some(copy) = &mut self.copy {
            // Without the copy a replay repeats the output.
            let _ = copy.write_all(&bytes[..written]);
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_bytes_are_left_out_until_the_output_differs() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let printed = b"one two three".to_vec();
        let mut output = RunOutput { out: file.reopen().unwrap(), copy: None, printed };
        for part in ["one ", "two ", "four ", "three"] {
            output.write_all(part.as_bytes()).unwrap();
        }
        assert_eq!(std::fs::read_to_string(file.path()).unwrap(), "four three");
    }
}
