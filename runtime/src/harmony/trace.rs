//! The traffic of a run as JSON lines, one line per frame.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use serde_json::value::RawValue;
use serde_json::{Value, json};

/// Which way a frame went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the runner to a process.
    Sent,
    /// From a process to the runner.
    Received,
}

/// Whose frame it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Speaker {
    /// The scenario with its combination.
    pub scenario: String,
    /// The process, by its role.
    pub process: String,
    /// What it was started from.
    pub platform: String,
}

/// Writes the traffic of all processes of a run to one stream.
#[derive(Clone)]
pub struct Trace {
    shared: Arc<Mutex<Box<dyn Write + Send>>>,
    started: Instant,
}

impl Trace {
    /// A trace on this stream, whose time begins now.
    pub fn new(stream: impl Write + Send + 'static) -> Self {
        Self { shared: Arc::new(Mutex::new(Box::new(stream))), started: Instant::now() }
    }

    /// Writes one line: `t_ms`, `scenario`, `process`, `platform`, `pid`, `dir` (`->` or `<-`) and
    /// `body`, as it went over the wire where it is JSON.
    pub fn record(&self, speaker: &Speaker, pid: u32, direction: Direction, body: &[u8]) {
        let raw = serde_json::from_slice::<&RawValue>(body);
        let text = match &raw {
            // A line break inside would end the line.
            Ok(raw) if !raw.get().contains('\n') => raw.get().to_owned(),
            Ok(raw) => serde_json::from_str::<Value>(raw.get()).unwrap_or_default().to_string(),
            Err(_) => Value::from(String::from_utf8_lossy(body)).to_string(),
        };
        let head = json!({
            "t_ms": (self.started.elapsed().as_secs_f64() * 1e6).round() / 1e3,
            "scenario": speaker.scenario,
            "process": speaker.process,
            "platform": speaker.platform,
            "pid": pid,
            "dir": match direction { Direction::Sent => "->", Direction::Received => "<-" },
        })
        .to_string();
        let line = format!("{},\"body\":{text}}}\n", head.trim_end_matches('}'));
        let mut stream = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        // A trace that cannot be written must not end the run; `finish` tells.
        let _ = stream.write_all(line.as_bytes());
    }

    /// Flushes what was written.
    ///
    /// # Errors
    /// What the stream says.
    pub fn finish(&self) -> io::Result<()> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).flush()
    }
}

impl std::fmt::Debug for Trace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trace").field("started", &self.started).finish_non_exhaustive()
    }
}
