//! Steps for the reader and the writer of a ring. The runner decides in which process a step runs:
//! it sends `the 'reader' process …` to one and `the 'writer' process …` to the other.
#![forbid(unsafe_code)]

use std::env;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use harmony_bdd::{Outcome, StepContext, TableRow, given, then, when};
use zerobuffer::{BufferConfig, Error, Reader, Writer, WriterState};

const TIMEOUT: Duration = Duration::from_secs(5);

/// The reader and the writer of this process in this scenario.
#[derive(Default)]
struct Ends {
    reader: Option<Reader>,
    writer: Option<Writer>,
}

impl Ends {
    fn reader(&mut self) -> Result<&mut Reader, &'static str> {
        self.reader.as_mut().ok_or("this process has created no ring")
    }

    fn writer(&mut self) -> Result<&mut Writer, &'static str> {
        self.writer.as_mut().ok_or("this process has opened no ring")
    }
}

/// Makes ring names unique per scenario: the same in all of its processes, different from those of
/// scenarios that run in parallel.
struct Names {
    suffix: String,
}

impl Default for Names {
    fn default() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        // The Harmony runner passes the same two numbers to all processes of a scenario.
        let suffix = match (env::var("HARMONY_HOST_PID"), env::var("HARMONY_FEATURE_ID")) {
            (Ok(host), Ok(feature)) => format!("{host}_{feature}"),
            // Relaxed: the number only has to be unique.
            _ => format!("{}_local{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed)),
        };
        Self { suffix }
    }
}

impl Names {
    fn unique(&self, name: &str) -> String {
        format!("{name}_{}", self.suffix)
    }
}

#[derive(TableRow)]
struct Frame {
    text: String,
}

#[given(expr = "the {string} process creates the ring {string} with room for '{int}' bytes")]
fn creates(
    ends: &mut Ends,
    names: &Names,
    _process: String,
    ring: &str,
    bytes: usize,
) -> zerobuffer::Result<()> {
    ends.reader = Some(Reader::create(&names.unique(ring), BufferConfig::new(64, bytes)?)?);
    Ok(())
}

#[given(expr = "the {string} process opens the ring {string}")]
fn opens(ends: &mut Ends, names: &Names, _process: String, ring: &str) -> zerobuffer::Result<()> {
    ends.writer = Some(Writer::open_timeout(&names.unique(ring), TIMEOUT)?);
    Ok(())
}

#[when(expr = "the {string} process writes the frames")]
fn writes(
    ends: &mut Ends,
    _process: String,
    frames: Vec<Frame>,
) -> Result<(), Box<dyn std::error::Error>> {
    let writer = ends.writer()?;
    for frame in frames {
        writer.write(frame.text.as_bytes())?;
    }
    Ok(())
}

#[when(expr = "the {string} process closes the ring")]
fn closes(ends: &mut Ends, _process: String) -> Result<(), &'static str> {
    ends.writer()?;
    ends.writer = None;
    Ok(())
}

// The Harmony runner kills the process itself and does not send this step.
#[when(expr = "the {string} process is killed")]
fn is_killed(process: String) -> Outcome {
    Outcome::skip(format!("'{process}' is not a separate process here: run this with `harmony`"))
}

#[then(expr = "the {string} process reads the frames")]
fn reads(
    ends: &mut Ends,
    _process: String,
    frames: Vec<Frame>,
) -> Result<(), Box<dyn std::error::Error>> {
    let reader = ends.reader()?;
    for expected in frames {
        let frame = reader.read(TIMEOUT)?.ok_or("no frame arrived")?;
        assert_eq!(str::from_utf8(&frame)?, expected.text);
    }
    Ok(())
}

#[then(expr = "the {string} process sees that another process writes")]
fn another_writes(
    ends: &mut Ends,
    process: &str,
    context: &StepContext,
) -> Result<Outcome, &'static str> {
    // The role is known only in a separate process.
    if context.role().is_none() {
        return Ok(Outcome::skip(format!("'{process}' is not a separate process here")));
    }
    match ends.reader()?.writer_state() {
        WriterState::Connected { pid } => assert_ne!(pid, u64::from(std::process::id())),
        other => panic!("expected a writer, got {other:?}"),
    }
    Ok(Outcome::Passed)
}

#[then(expr = "the {string} process reads the end of the stream")]
fn reads_the_end(ends: &mut Ends, _process: String) -> Result<(), &'static str> {
    match ends.reader()?.read(TIMEOUT) {
        Err(Error::WriterClosed { .. }) => Ok(()),
        other => panic!("expected the end of the stream, got {other:?}"),
    }
}

#[then(expr = "the {string} process notices that its writer is dead")]
fn notices_death(ends: &mut Ends, _process: String) -> Result<(), &'static str> {
    match ends.reader()?.read(TIMEOUT) {
        Err(Error::WriterDead { .. }) => Ok(()),
        other => panic!("expected a dead writer, got {other:?}"),
    }
}
