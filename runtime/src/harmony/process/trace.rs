//! The traffic of a run as JSON lines: one line for each frame, and one for each event of a process.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde_json::value::RawValue;
use serde_json::{Value, json};

/// The direction of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the runner to a process.
    Sent,
    /// From a process to the runner.
    Received,
}

impl Direction {
    /// Returns the direction as the trace has it.
    pub(super) fn arrow(self) -> &'static str {
        match self {
            Self::Sent => "->",
            Self::Received => "<-",
        }
    }
}

/// The process that a frame is from or to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Endpoint {
    /// The scenario with its combination.
    pub scenario: String,
    /// The process, by its label.
    pub process: String,
    /// The platform of the process.
    pub platform: String,
}

/// Writes the messages of all processes of a run to one stream.
///
/// The first error ends the trace: nothing more is written, and [`finish`](Self::finish) returns the
/// error. A file that [`create`](Self::create) opened then ends with the last whole line.
#[derive(Clone)]
pub struct TraceWriter {
    shared: Arc<Mutex<Shared>>,
    started: Instant,
}

struct Shared {
    stream: Stream,
    error: Option<io::Error>,
}

enum Stream {
    /// A file, and the length of its whole lines.
    File {
        file: File,
        whole_lines: u64,
    },
    Other(Box<dyn Write + Send>),
}

impl TraceWriter {
    /// Returns a trace on this stream, whose time begins now.
    pub fn new(stream: impl Write + Send + 'static) -> Self {
        Self::with_stream(Stream::Other(Box::new(stream)))
    }

    /// Creates a file, or truncates it, and returns a trace in it, whose time begins now.
    ///
    /// # Errors
    /// Returns the error of the system.
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = File::create(path)?;
        Ok(Self::with_stream(Stream::File { file, whole_lines: 0 }))
    }

    fn with_stream(stream: Stream) -> Self {
        let shared = Shared { stream, error: None };
        Self { shared: Arc::new(Mutex::new(shared)), started: Instant::now() }
    }

    /// Writes one line: `t_ms`, `scenario`, `process`, `platform`, `pid`, `dir` (`->` or `<-`) and
    /// `body`, as it was sent if it is JSON.
    pub fn record(&self, endpoint: &Endpoint, pid: u32, direction: Direction, body: &[u8]) {
        let raw = serde_json::from_slice::<&RawValue>(body);
        let text = match &raw {
            // A line break inside would end the line.
            Ok(raw) if !raw.get().contains('\n') => raw.get().to_owned(),
            Ok(raw) => serde_json::from_str::<Value>(raw.get()).unwrap_or_default().to_string(),
            Err(_) => Value::from(String::from_utf8_lossy(body)).to_string(),
        };
        self.write(endpoint, pid, &format!(r#""dir":"{}","body":{text}"#, direction.arrow()));
    }

    /// Writes one line about an event of a process: `t_ms`, `scenario`, `process`, `platform`, `pid`,
    /// `event` and `detail`.
    pub fn record_event(&self, endpoint: &Endpoint, pid: u32, event: &str, detail: &str) {
        let (event, detail) = (Value::from(event), Value::from(detail));
        self.write(endpoint, pid, &format!(r#""event":{event},"detail":{detail}"#));
    }

    /// Writes a line with the members that every line has, and these.
    fn write(&self, endpoint: &Endpoint, pid: u32, members: &str) {
        let head = json!({
            "t_ms": (self.started.elapsed().as_secs_f64() * 1e6).round() / 1e3,
            "scenario": endpoint.scenario,
            "process": endpoint.process,
            "platform": endpoint.platform,
            "pid": pid,
        })
        .to_string();
        let line = format!("{},{members}}}\n", head.trim_end_matches('}'));
        self.lock().write_line(line.as_bytes());
    }

    /// Flushes the stream.
    ///
    /// # Errors
    /// Returns the first error of the stream, once.
    pub fn finish(&self) -> io::Result<()> {
        let mut shared = self.lock();
        match shared.error.take() {
            Some(error) => Err(error),
            None => shared.stream.flush(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    /// Writes a whole line, unless a former one failed. A trace that cannot be written must not end the
    /// run.
    fn write_line(&mut self, line: &[u8]) {
        if self.error.is_some() {
            return;
        }
        if let Err(error) = self.stream.write_line(line) {
            self.error = Some(error);
            // From here on lines go nowhere, also after the error has been returned.
            self.stream = Stream::Other(Box::new(io::sink()));
        }
    }
}

impl Stream {
    fn write_line(&mut self, line: &[u8]) -> io::Result<()> {
        match self {
            Self::File { file, whole_lines } => match file.write_all(line) {
                Ok(()) => {
                    *whole_lines += line.len() as u64;
                    Ok(())
                }
                Err(error) => {
                    // Pipes and devices cannot be cut; then the half line stays.
                    let _ = file.set_len(*whole_lines);
                    Err(error)
                }
            },
            Self::Other(stream) => stream.write_all(line),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File { file, .. } => file.flush(),
            Self::Other(stream) => stream.flush(),
        }
    }
}

impl std::fmt::Debug for TraceWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TraceWriter").field("started", &self.started).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(trace: &TraceWriter) {
        trace.record(&Endpoint::default(), 1, Direction::Sent, b"{}");
    }

    #[test]
    fn the_first_error_is_returned() {
        let trace = TraceWriter::create(Path::new("/dev/full")).unwrap();
        record(&trace);
        record(&trace);
        assert_eq!(trace.finish().unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert!(trace.finish().is_ok(), "once");
    }
}
