//! The last lines of a process's standard error.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The number of lines that are kept.
const TAIL_LINES: usize = 40;

/// The longest line that is kept, in bytes.
const MAX_LINE_BYTES: usize = 2000;

/// The last lines of a standard error, shared with the thread that reads it.
#[derive(Debug, Default)]
pub(super) struct StderrTail {
    tail: Mutex<Tail>,
    ended: Condvar,
}

#[derive(Debug, Default)]
struct Tail {
    ended: bool,
    lines: VecDeque<String>,
    unfinished: Vec<u8>,
}

impl StderrTail {
    /// Reads to the end of the stream.
    pub(super) fn read_from(&self, mut stderr: impl Read) {
        let mut chunk = [0; 8 * 1024];
        loop {
            match stderr.read(&mut chunk) {
                Ok(0) => break,
                Ok(read) => self.lock().add(&chunk[..read]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        self.lock().ended = true;
        self.ended.notify_all();
    }

    /// Returns the last lines, after waiting up to `limit` for the end of the stream.
    pub(super) fn lines_within(&self, limit: Duration) -> Vec<String> {
        let tail = self.ended.wait_timeout_while(self.lock(), limit, |tail| !tail.ended);
        tail.unwrap_or_else(PoisonError::into_inner).0.lines()
    }

    fn lock(&self) -> MutexGuard<'_, Tail> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tail {
    fn add(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if byte == b'\n' {
                self.end_line();
            } else if self.unfinished.len() < MAX_LINE_BYTES {
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
