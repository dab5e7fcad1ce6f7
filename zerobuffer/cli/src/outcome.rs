//! The result of a run: exit code, errors, printed summary.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use serde_json::Value;
use zerobuffer::Error;

/// Most errors in a result.
const LISTED_ERRORS: usize = 100;

const MIB: f64 = 1024.0 * 1024.0;

/// Exit code of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    Done = 0,
    /// The data is wrong.
    Data = 1,
    /// A buffer failed.
    Buffer = 2,
    /// Wrong usage.
    Usage = 3,
    /// Timed out.
    Timeout = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Errors of a run, with the exit code of the first.
#[derive(Debug, Default)]
pub(crate) struct Errors {
    texts: Vec<String>,
    exit: Option<Exit>,
}

impl Errors {
    pub(crate) fn add(&mut self, exit: Exit, text: impl Display) {
        self.exit.get_or_insert(exit);
        if self.texts.len() < LISTED_ERRORS {
            self.texts.push(text.to_string());
        }
    }

    pub(crate) fn add_buffer(&mut self, error: &Error) {
        let exit = match error {
            Error::BufferFull { .. } => Exit::Timeout,
            _ => Exit::Buffer,
        };
        self.add(exit, error);
    }

    pub(crate) fn to_json(&self) -> Value {
        self.texts.clone().into()
    }
}

/// Frames and bytes over time. The clock runs from the first frame to the last.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    pub(crate) frames: u64,
    pub(crate) bytes: u64,
    began: Option<Instant>,
    ended: Option<Instant>,
}

impl Traffic {
    /// Starts the clock before the first frame.
    pub(crate) fn begin(&mut self) {
        self.began.get_or_insert_with(Instant::now);
    }

    pub(crate) fn add(&mut self, bytes: usize) {
        self.frames += 1;
        self.bytes += bytes as u64;
    }

    pub(crate) fn end(&mut self) {
        self.ended = Some(Instant::now());
    }

    pub(crate) fn seconds(&self) -> f64 {
        let ended = self.ended.unwrap_or_else(Instant::now);
        self.began.map_or(Duration::ZERO, |began| ended - began).as_secs_f64()
    }

    /// MiB per second, which the key of the other programs calls mbps.
    pub(crate) fn throughput(&self) -> f64 {
        match self.seconds() {
            0.0 => 0.0,
            seconds => self.bytes as f64 / MIB / seconds,
        }
    }
}

/// Prints the result and returns the exit code.
pub(crate) fn conclude(json: Option<Value>, text: &str, errors: &Errors) -> Exit {
    // A closed output is not a reason to fail.
    let _ = match json {
        Some(json) => writeln!(io::stdout(), "{json:#}"),
        None => {
            let _ = errors.texts.iter().try_for_each(complain);
            writeln!(io::stdout(), "{text}")
        }
    };
    errors.exit.unwrap_or(Exit::Done)
}

/// One line on stderr.
pub(crate) fn complain(message: impl Display) -> io::Result<()> {
    writeln!(io::stderr(), "zerobuffer: {message}")
}
