//! 04: smallest and largest frames, exact fits, full rings and competing creations.

use std::time::Duration;

use harmony_bdd::{given, then, when};
use zerobuffer::{BufferConfig, Error};

use super::expectation::{
    REFUSED_AFTER, StepResult, USUAL_SIZE, ensure, expect, expected_within, text,
};
use crate::state::{
    Attempts, BufferNames, Environment, FRAME_HEADER_BYTES, Field, Header, Readers, Writers,
    fill_to, pattern,
};

/// Buffer size of `default config`: space for frames of 10 MiB.
const DEFAULT_METADATA: usize = 1024;
const DEFAULT_PAYLOAD: usize = 24 * 1024 * 1024;

/// The large frame of this process, which a later step may write again, and its position.
#[derive(Debug, Default)]
struct LargeFrame {
    len: usize,
    position: u64,
    free: u64,
}

#[given(expr = "the {string} process creates buffer {string} with default config")]
fn create_default(
    readers: &mut Readers,
    names: &mut BufferNames,
    process: String,
    buffer: String,
) -> StepResult {
    readers.create(&process, &buffer, names, default_config().map_err(text)?).map_err(text)
}

#[given(expr = "the {string} process creates buffer {string} with minimum viable size '{int}'")]
fn create_minimum(
    readers: &mut Readers,
    names: &mut BufferNames,
    process: String,
    buffer: String,
    size: usize,
) -> StepResult {
    let config = BufferConfig::new(0, size).map_err(text)?;
    readers.create(&process, &buffer, names, config).map_err(text)?;
    expect("size of the ring", readers.current()?.end().state().control.payload_size, size as u64)
}

#[when(expr = "the {string} process writes large frame using {string} of buffer")]
fn write_large(
    writers: &mut Writers,
    large: &mut LargeFrame,
    _process: String,
    share: String,
) -> StepResult {
    let writer = writers.current()?;
    let total = writer.capacity() * percent(&share)? / 100;
    large.len = total.saturating_sub(FRAME_HEADER_BYTES) as usize;
    let data = pattern::frame(large.len, writer.next_sequence());
    writer.write(&data).map(drop).map_err(text)
}

#[when(expr = "the {string} process writes small frame of '{int}' byte")]
fn write_small(writers: &mut Writers, _process: String, size: usize) -> StepResult {
    let writer = writers.current()?;
    let data = pattern::frame(size, writer.next_sequence());
    writer.write(&data).map(drop).map_err(text)
}

#[when(expr = "the {string} process attempts to write large frame again")]
fn attempt_large(
    writers: &mut Writers,
    attempts: &mut Attempts,
    large: &mut LargeFrame,
    _process: String,
) -> StepResult {
    let writer = writers.current()?;
    let control = writer.end().state().control;
    (large.position, large.free) = (control.payload_write_pos, control.payload_free_bytes);
    let data = pattern::frame(large.len, writer.next_sequence());
    attempts.record("the second large frame", writer.write_within(REFUSED_AFTER, &data));
    Ok(())
}

#[then(expr = "the {string} process proper wrap-around handling should occur")]
fn wraps_properly(
    writers: &mut Writers,
    attempts: &Attempts,
    large: &LargeFrame,
    _process: String,
) -> StepResult {
    let writer = writers.current()?;
    let control = writer.end().state().control;
    let total = FRAME_HEADER_BYTES + large.len as u64;
    let waste = control.payload_size - large.position;
    ensure(waste < total, || format!("the frame of {} bytes had no need to wrap", large.len))?;
    if attempts.succeeded()? {
        expect("write position", control.payload_write_pos, total % control.payload_size)?;
        return ensure(writer.end().stats().wraps > 0, || "no wrap was counted".to_owned());
    }
    // Without space the whole wrap has to wait: no part of it may be visible.
    match attempts.error()? {
        Error::BufferFull { needed, .. } => {
            expect("bytes needed, waste included", *needed, waste + total)?;
        }
        error => return Err(format!("the write failed for another reason: {error}")),
    }
    expect("write position", control.payload_write_pos, large.position)?;
    expect("free bytes", control.payload_free_bytes, large.free)
}

#[when(expr = "the {string} process writes single byte frame")]
fn write_single_byte(writers: &mut Writers, _process: String) -> StepResult {
    let writer = writers.current()?;
    let data = pattern::frame(1, writer.next_sequence());
    writer.write(&data).map(drop).map_err(text)
}

#[when(expr = "the {string} process attempts to write '{int}' byte frame")]
#[when(expr = "the {string} process attempts to write frame with size '{int}'")]
fn attempt_to_write(
    writers: &mut Writers,
    attempts: &mut Attempts,
    _process: String,
    size: usize,
) -> StepResult {
    let writer = writers.current()?;
    let data = pattern::frame(size, writer.next_sequence());
    let result = writer.write_within(REFUSED_AFTER, &data);
    attempts.record(format!("the write of {size} bytes"), result);
    Ok(())
}

#[then(expr = "the {string} process should receive FrameTooLargeException")]
fn frame_too_large(attempts: &Attempts, _process: String) -> StepResult {
    match attempts.error()? {
        Error::FrameTooLarge { len, max, .. } if len > max => Ok(()),
        error => Err(format!("the write failed for another reason: {error}")),
    }
}

#[then(expr = "the {string} process should fail with zero size error")]
fn zero_size(attempts: &Attempts, _process: String) -> StepResult {
    match attempts.error()? {
        Error::EmptyFrame { .. } => Ok(()),
        error => Err(format!("the write failed for another reason: {error}")),
    }
}

#[when(expr = "the {string} process writes frame with exact size '{int}'")]
fn write_exact(writers: &mut Writers, _process: String, size: usize) -> StepResult {
    let writer = writers.current()?;
    let data = pattern::frame(size, writer.next_sequence());
    writer.write(&data).map(drop).map_err(text)
}

#[then("buffer should be completely full")]
fn completely_full(names: &BufferNames) -> StepResult {
    expect("free bytes", names.current_files()?.get(Field::FreeBytes)?, 0)
}

#[then("no more writes should be possible")]
fn no_more_writes(writers: &mut Writers) -> StepResult {
    let writer = writers.current()?;
    let data = pattern::frame(1, writer.next_sequence());
    match writer.write_within(REFUSED_AFTER, &data) {
        Err(Error::BufferFull { .. }) => Ok(()),
        Err(error) => Err(format!("the write failed for another reason: {error}")),
        Ok(sequence) => Err(format!("a full ring accepted frame {sequence}")),
    }
}

#[when(expr = "the {string} process reads frame")]
#[when(expr = "the {string} process reads next frame")]
fn read_frame(readers: &mut Readers, _process: String) -> StepResult {
    readers.current()?.receive(expected_within()).map(drop)
}

#[then(expr = "the frame should have size '{int}'")]
fn frame_has_size(readers: &mut Readers, size: usize) -> StepResult {
    let reader = readers.current()?;
    expect("size", reader.held()?.0.len, size)?;
    super::expectation::expect_pattern(reader.held()?)
}

#[then(expr = "the {string} process should be able to write again")]
fn can_write_again(writers: &mut Writers, _process: String) -> StepResult {
    let writer = writers.current()?;
    let size = USUAL_SIZE.min(writer.capacity() as usize / 4);
    let data = pattern::frame(size, writer.next_sequence());
    writer.write_within(Duration::ZERO, &data).map(drop).map_err(text)
}

#[then(expr = "frame overhead should be '{int}' bytes")]
fn frame_overhead(readers: &mut Readers, overhead: u64) -> StepResult {
    let reader = readers.current()?;
    let (frame, _) = reader.held()?;
    let control = reader.end().state().control;
    let used = control.payload_size - control.payload_free_bytes;
    expect("bytes taken beside the data", used - frame.len as u64, overhead)
}

#[then(expr = "the {string} process should wait for space")]
fn waits_for_space(writers: &Writers, _process: String) -> StepResult {
    ensure(writers.is_waiting(), || "no write waits for space".to_owned())
}

#[then(expr = "the {string} process should complete write at buffer start")]
fn completes_at_start(writers: &mut Writers, _process: String) -> StepResult {
    let sequence = writers.finish_waiting()?.map_err(text)?;
    let files = writers.current()?.files();
    let Header { size, sequence: found } = files.header(0)?;
    expect("frame at the start of the ring", found, sequence)?;
    let position = files.get(Field::WritePosition)?;
    expect("write position", position, FRAME_HEADER_BYTES + size)
}

#[when(expr = "the {string} process fills buffer to {string} capacity")]
fn fill_to_share(writers: &mut Writers, _process: String, share: String) -> StepResult {
    fill_to(writers.current()?, percent(&share)?)
}

#[when(expr = "the {string} process continues filling buffer to {string}")]
fn continue_to_share(writers: &mut Writers, _process: String, share: String) -> StepResult {
    let writer = writers.current()?;
    let written = writer.end().stats().frames_written;
    ensure(written > 0, || "the writer has not begun to fill the buffer".to_owned())?;
    fill_to(writer, percent(&share)?)
}

#[when(
    expr = "the {string} process a second writer process attempts to connect to buffer {string}"
)]
fn second_writer_attempts(
    writers: &Writers,
    names: &mut BufferNames,
    attempts: &mut Attempts,
    _process: String,
    buffer: String,
) {
    attempts.record("the second connection", writers.attempt(&buffer, names));
}

#[then(expr = "the {string} process the second writer should fail with writer exists error")]
fn second_writer_fails(attempts: &Attempts, _process: String) -> StepResult {
    super::lifecycle::fails_with_writer_exists(attempts)
}

#[then(expr = "the {string} process should block waiting for space")]
fn blocks(writers: &mut Writers, _process: String) -> StepResult {
    let writer = writers.current()?;
    let data = pattern::frame(1, writer.next_sequence());
    match writer.write_within(REFUSED_AFTER, &data) {
        Err(Error::BufferFull { waited, .. }) => {
            ensure(waited >= REFUSED_AFTER, || format!("it waited only {waited:?}"))
        }
        Err(error) => Err(format!("the write failed for another reason: {error}")),
        Ok(sequence) => Err(format!("a full ring accepted frame {sequence}")),
    }
}

#[given("the system is ready")]
fn system_is_ready(environment: &mut Environment) -> zerobuffer::Result<()> {
    environment.initialize()
}

#[then("the connection should fail with appropriate error")]
#[then("error should indicate no shared memory found")]
fn fails_with_not_found(attempts: &Attempts) -> StepResult {
    match attempts.error()? {
        Error::NotFound { .. } => Ok(()),
        error => Err(format!("the connection failed for another reason: {error}")),
    }
}

#[then(expr = "the next free position should be '{int}'")]
fn next_free_position(names: &BufferNames, position: u64) -> StepResult {
    expect("write position", names.current_files()?.get(Field::WritePosition)?, position)
}

#[then(expr = "the {string} process should be told that the frame never fits")]
fn never_fits(attempts: &Attempts, _process: String) -> StepResult {
    match attempts.error()? {
        Error::FrameNeverFits { len, guaranteed, .. } if len > guaranteed => Ok(()),
        error => Err(format!("the write failed for another reason: {error}")),
    }
}

/// Returns the configuration of `default config`.
pub(super) fn default_config() -> zerobuffer::Result<BufferConfig> {
    Ok(BufferConfig::new(DEFAULT_METADATA, DEFAULT_PAYLOAD)?.prefault(false))
}

fn percent(share: &str) -> Result<u64, String> {
    share
        .strip_suffix('%')
        .and_then(|number| number.parse().ok())
        .filter(|&percent| percent <= 100)
        .ok_or_else(|| format!("{share:?} is not a valid percentage"))
}
