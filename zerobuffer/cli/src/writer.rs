//! `zerobuffer writer`: frames of a pattern into a buffer.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::json;
use zerobuffer::{Error, Writer};

use crate::args::{OutputBuffer, WriterArgs, timeout};
use crate::outcome::{Errors, Exit, Traffic, complain, conclude};
use crate::progress::Progress;
use crate::stop::{SLICE, Stop};

/// Interval between two checks whether all frames are read.
const LINGER_POLL: Duration = Duration::from_millis(1);

pub(crate) fn run(args: &WriterArgs, stop: &Stop) -> Exit {
    let mut write = Write {
        args,
        stop,
        limit: args.frames.limit(),
        traffic: Traffic::default(),
        metadata_size: 0,
        errors: Errors::default(),
    };
    match metadata(args, stop) {
        Ok(metadata) => {
            if let Err(error) = write.run(metadata.as_deref()) {
                write.errors.add_buffer(&error);
            }
        }
        Err(error) => write.errors.add(Exit::Usage, error),
    }
    let Write { traffic, metadata_size, errors, .. } = write;
    let json = args.report.json_output.then(|| {
        json!({
            "operation": "write",
            "buffer_name": args.buffer_name,
            "frames_written": traffic.frames,
            "frame_size": args.size,
            "metadata_size": metadata_size,
            "duration_seconds": traffic.seconds(),
            "throughput_mbps": traffic.throughput(),
            "errors": errors.to_json(),
        })
    });
    let text = format!(
        "wrote {} frames of {} bytes in {:.3} s, {:.1} MiB/s",
        traffic.frames,
        args.size,
        traffic.seconds(),
        traffic.throughput()
    );
    conclude(json, &text, &errors)
}

/// A metadata file that could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{}: {error}", path.display())]
struct MetadataError {
    path: PathBuf,
    error: io::Error,
}

fn metadata(args: &WriterArgs, stop: &Stop) -> Result<Option<Vec<u8>>, MetadataError> {
    match (&args.metadata, &args.metadata_file) {
        (Some(text), _) => Ok(Some(text.clone().into_bytes())),
        (None, Some(path)) => {
            let content = read_unless_stopped(path, stop)
                .unwrap_or_else(|| Err(io::Error::new(io::ErrorKind::Interrupted, "interrupted")));
            content.map(Some).map_err(|error| MetadataError { path: path.clone(), error })
        }
        (None, None) => Ok(None),
    }
}

/// Reads a file, which may be a pipe without a writer; `None` if the command was interrupted.
fn read_unless_stopped(path: &Path, stop: &Stop) -> Option<io::Result<Vec<u8>>> {
    let (sender, content) = mpsc::channel();
    let path = path.to_owned();
    // Not joined: a thread that waits for the other side of a pipe ends with the process.
    std::thread::spawn(move || sender.send(std::fs::read(path)));
    loop {
        match content.recv_timeout(SLICE) {
            Ok(content) => return Some(content),
            Err(_) if stop.is_requested() => return None,
            Err(_) => {}
        }
    }
}

struct Write<'a> {
    args: &'a WriterArgs,
    stop: &'a Stop,
    limit: Option<u64>,
    traffic: Traffic,
    metadata_size: usize,
    errors: Errors,
}

impl Write<'_> {
    fn run(&mut self, metadata: Option<&[u8]>) -> zerobuffer::Result<()> {
        let args = self.args;
        let verbose = args.report.verbose;
        let Some(mut writer) = connect(&args.buffer_name, &args.output, self.stop, verbose)? else {
            interrupted(self.limit, &self.traffic, &mut self.errors);
            return Ok(());
        };
        if let Some(metadata) = metadata {
            writer.set_metadata(metadata)?;
            self.metadata_size = metadata.len();
        }
        let mut progress = Progress::new("wrote", self.limit);
        let result = self.write_frames(&mut writer, &mut progress);
        self.traffic.end();
        progress.clear();
        if result.is_ok() {
            linger(&writer, &args.output, self.stop);
        }
        result
    }

    fn write_frames(
        &mut self,
        writer: &mut Writer,
        progress: &mut Progress,
    ) -> zerobuffer::Result<()> {
        let (args, stop) = (self.args, self.stop);
        self.traffic.begin();
        while self.limit.is_none_or(|limit| self.traffic.frames < limit) {
            if stop.is_requested() || !wait_for_space(writer, args.size, args.timeout_ms, stop)? {
                interrupted(self.limit, &self.traffic, &mut self.errors);
                return Ok(());
            }
            let mut slot = writer.reserve(args.size)?;
            args.pattern.fill(self.traffic.frames, &mut slot);
            slot.commit()?;
            self.traffic.add(args.size);
            progress.show(&self.traffic);
            if args.delay_ms > 0 && self.traffic.frames.is_multiple_of(args.batch_size) {
                progress.refresh(&self.traffic);
                stop.sleep(Duration::from_millis(args.delay_ms));
            }
            if args.report.verbose && self.traffic.frames.is_multiple_of(100) {
                let _ = complain(format_args!("{} frames written", self.traffic.frames));
            }
        }
        Ok(())
    }
}

/// A run without a limit ends by interruption, every other one too early.
pub(crate) fn interrupted(limit: Option<u64>, traffic: &Traffic, errors: &mut Errors) {
    if let Some(limit) = limit {
        let text = format!("interrupted after {} of {limit} frames", traffic.frames);
        errors.add(Exit::Data, text);
    }
}

/// Connects to the buffer, waiting for it; `None` if the command was interrupted meanwhile.
pub(crate) fn connect(
    name: &str,
    how: &OutputBuffer,
    stop: &Stop,
    verbose: bool,
) -> zerobuffer::Result<Option<Writer>> {
    let deadline = Instant::now() + Duration::from_millis(how.wait_ms);
    loop {
        let slice = deadline.saturating_duration_since(Instant::now()).min(SLICE);
        match Writer::open_timeout(name, slice) {
            Ok(writer) => {
                if verbose {
                    let _ = complain(format_args!("connected to buffer '{name}'"));
                }
                return Ok(Some(writer));
            }
            Err(error) if may_come(&error) && stop.is_requested() => return Ok(None),
            Err(error) if may_come(&error) && Instant::now() < deadline => {}
            Err(error) => return Err(error),
        }
    }
}

/// Returns whether a reader may still create the buffer.
fn may_come(error: &Error) -> bool {
    matches!(error, Error::NotFound { .. } | Error::NotReady { .. } | Error::ReaderDead { .. })
}

/// Waits for space for a frame; `false` if the command was interrupted meanwhile.
pub(crate) fn wait_for_space(
    writer: &mut Writer,
    size: usize,
    timeout_ms: u64,
    stop: &Stop,
) -> zerobuffer::Result<bool> {
    if writer.wait_for_space(size, Duration::ZERO)? {
        return Ok(true);
    }
    let (began, timeout) = (Instant::now(), timeout(timeout_ms));
    while !writer.wait_for_space(size, SLICE.min(timeout.saturating_sub(began.elapsed())))? {
        if stop.is_requested() {
            return Ok(false);
        }
        if began.elapsed() >= timeout {
            let free = writer.state().control.payload_free_bytes;
            let (name, needed) = (writer.name().to_owned(), size as u64 + 16);
            return Err(Error::BufferFull { name, needed, free, waited: began.elapsed() });
        }
    }
    Ok(true)
}

/// Stays connected until every frame is taken.
pub(crate) fn linger(writer: &Writer, how: &OutputBuffer, stop: &Stop) {
    let deadline = Instant::now() + Duration::from_millis(how.linger_ms);
    while writer.state().frames_ready > 0
        && writer.is_reader_connected()
        && Instant::now() < deadline
        && !stop.is_requested()
    {
        std::thread::sleep(LINGER_POLL);
    }
}
