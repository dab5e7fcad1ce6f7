//! The last lines of a process's standard error.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The number of lines that are kept.
const TAIL_LINES: usize = 40;

/// The longest line that is kept, in bytes.
const MAX_LINE_BYTES: usize = 2000;

/// The longest line that is recorded, in bytes; the rest of it is dropped.
const MAX_RECORDED_BYTES: usize = 64 * 1024;

/// The last lines of a standard error, shared with the thread that reads it.
#[derive(Debug, Default)]
pub(super) struct StderrTail {
    tail: Mutex<Tail>,
    ended: Condvar,
}

#[derive(Debug, Default)]
struct Tail {
    ended: bool,
    /// Each with the time at which it ended.
    lines: VecDeque<(Instant, String)>,
    unfinished: Vec<u8>,
}

impl StderrTail {
    /// Reads to the end of the stream, and passes each line on.
    pub(super) fn read_from(&self, mut stderr: impl Read, mut on_line: impl FnMut(&str)) {
        let mut chunk = [0; 8 * 1024];
        loop {
            match stderr.read(&mut chunk) {
                Ok(0) => break,
                Ok(read) => {
                    // The lock is not held meanwhile: passing a line on may take long.
                    let lines = self.lock().add(&chunk[..read]);
                    lines.iter().for_each(|line| on_line(line));
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        let rest = self.lock().unfinished.clone();
        if !rest.is_empty() {
            on_line(&String::from_utf8_lossy(&rest));
        }
        self.lock().ended = true;
        self.ended.notify_all();
    }

    /// Returns the last lines, after waiting up to `limit` for the end of the stream.
    pub(super) fn lines_within(&self, limit: Duration) -> Vec<(Instant, String)> {
        let tail = self.ended.wait_timeout_while(self.lock(), limit, |tail| !tail.ended);
        tail.unwrap_or_else(PoisonError::into_inner).0.lines()
    }

    fn lock(&self) -> MutexGuard<'_, Tail> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tail {
    /// Adds bytes; returns the lines that they end.
    fn add(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut ended = Vec::new();
        for &byte in bytes {
            if byte == b'\n' {
                ended.push(self.end_line());
            } else if self.unfinished.len() < MAX_RECORDED_BYTES {
                self.unfinished.push(byte);
            }
        }
        ended
    }

    fn end_line(&mut self) -> String {
        if self.lines.len() == TAIL_LINES {
            self.lines.pop_front();
        }
        let line = kept(&self.unfinished).trim_end().to_owned();
        self.lines.push_back((Instant::now(), line));
        let whole = String::from_utf8_lossy(&self.unfinished).trim_end().to_owned();
        self.unfinished.clear();
        whole
    }

    fn lines(&self) -> Vec<(Instant, String)> {
        let mut lines: Vec<_> = self.lines.iter().cloned().collect();
        if !self.unfinished.is_empty() {
            lines.push((Instant::now(), kept(&self.unfinished).into_owned()));
        }
        lines
    }
}

/// Returns the part of a line that is kept.
fn kept(line: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(&line[..line.len().min(MAX_LINE_BYTES)])
}
