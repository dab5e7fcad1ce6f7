//! Writers that write continuously, readers that are too slow, and the expected effects.

use std::thread;
use std::time::Duration;

use harmony_bdd::{then, when};
use zerobuffer::Error;

use super::expectation::{
    StepResult, USUAL_SIZE, ensure, expect, expect_pattern, expect_sequential, expected_within,
    text,
};
use crate::state::{FRAME_HEADER_BYTES, OpenReader, Readers, Received, Writers, pattern};

/// Default number of frames for a step that gives only the interval.
const A_WHILE: u64 = 10;

/// Reading speed of this process's reader if the scenario requires a slow one.
#[derive(Debug, Default)]
pub(super) struct Pace {
    delay: Duration,
}

#[when(expr = "the {string} process writes continuously at high speed")]
#[when(expr = "the {string} process writes frames continuously")]
fn write_continuously(writers: &mut Writers, _process: String) -> StepResult {
    let capacity = writers.current()?.capacity();
    // Several frames fit even into a small ring.
    let size = (capacity / 8).saturating_sub(FRAME_HEADER_BYTES).clamp(1, USUAL_SIZE as u64);
    writers.write_continuously(size as usize)
}

#[when(expr = "the {string} process reads with '{int}' ms delay per frame")]
fn set_pace(pace: &mut Pace, _process: String, delay_ms: u64) {
    pace.delay = Duration::from_millis(delay_ms);
}

#[when(expr = "the {string} process the test runs for '{int}' frames")]
fn run_for_frames(readers: &mut Readers, pace: &Pace, _process: String, count: u64) -> StepResult {
    read_at_pace(readers.current()?, count, pace.delay)
}

#[when(expr = "the {string} process reads one frame every '{int}' ms")]
fn read_every(readers: &mut Readers, _process: String, delay_ms: u64) -> StepResult {
    read_at_pace(readers.current()?, A_WHILE, Duration::from_millis(delay_ms))
}

#[then(expr = "the {string} process should receive all frames without loss")]
fn all_received(readers: &mut Readers, _process: String) -> StepResult {
    let reader = readers.current()?;
    expect("errors", reader.errors().len(), 0)?;
    expect_sequential(reader.received(), 1)
}

#[then(expr = "the {string} process should block appropriately")]
#[then(expr = "the {string} process should block when buffer full")]
fn writer_blocks(writers: &mut Writers, _process: String) -> StepResult {
    writers.continuous()?.wait_until_blocked()
}

#[then(expr = "the {string} process flow control should work correctly")]
fn flow_control_of(writers: &mut Writers, _process: String) -> StepResult {
    flow_control(writers)
}

#[then("flow control should work correctly")]
fn flow_control(writers: &mut Writers) -> StepResult {
    // Stopping the writer returns its error.
    let writer = writers.current()?;
    let control = writer.end().state().control;
    let written = control.payload_written_count;
    let outstanding = written.checked_sub(control.payload_read_count).ok_or_else(|| {
        format!("{} frames read of {written} written", control.payload_read_count)
    })?;
    let used = control.payload_size - control.payload_free_bytes;
    ensure(outstanding == 0 || used > 0, || {
        format!("{outstanding} frames wait in a ring that counts as empty")
    })?;
    ensure(control.payload_free_bytes <= control.payload_size, || {
        format!("{} of {} bytes are free", control.payload_free_bytes, control.payload_size)
    })
}

#[when(expr = "the {string} process writes '{int}' frames of size '{int}' rapidly")]
fn write_rapidly(writers: &mut Writers, _process: String, count: u64, size: usize) -> StepResult {
    writers.write_in_background(count, size..=size)
}

#[when(
    expr = "the {string} process writes '{int}' frames of every size from '{int}' to '{int}' bytes"
)]
fn write_every_size(
    writers: &mut Writers,
    _process: String,
    count: u64,
    smallest: usize,
    largest: usize,
) -> StepResult {
    writers.write_in_background(count, smallest..=largest)
}

#[when(expr = "the {string} process reads all frames and signals immediately")]
fn read_all(readers: &mut Readers, _process: String) -> StepResult {
    let reader = readers.current()?;
    while let Received::Frame(_) = reader.receive_or_end(expected_within())? {
        expect_pattern(reader.held()?)?;
        reader.release()?;
    }
    Ok(())
}

#[when(expr = "the {string} process waits '{int}' second before reading")]
fn wait_before_reading(_process: String, seconds: u64) {
    thread::sleep(Duration::from_secs(seconds));
}

#[when(expr = "the {string} process reads all '{int}' frames")]
fn read_count(readers: &mut Readers, _process: String, count: u64) -> StepResult {
    read_at_pace(readers.current()?, count, Duration::ZERO)
}

#[then("all sequence numbers should be correct")]
#[then("all frames should be received correctly")]
fn sequences_correct(readers: &mut Readers) -> StepResult {
    let reader = readers.current()?;
    expect("errors", reader.errors().len(), 0)?;
    expect("frames announced and not read", reader.end().state().frames_ready, 0)?;
    expect_sequential(reader.received(), 1)
}

#[then("data integrity should be maintained")]
fn integrity_maintained(readers: &mut Readers, writers: &mut Writers) -> StepResult {
    let reader = readers.current()?;
    ensure(!reader.received().is_empty(), || "no frame was read".to_owned())?;
    // The bytes of every frame were compared when it was read; errors are recorded.
    expect("errors", reader.errors().len(), 0)?;
    let stats = reader.end().stats();
    let bytes: usize = reader.received().iter().map(|frame| frame.len).sum();
    expect("bytes read", stats.bytes_read, bytes as u64)?;
    expect("frames read", stats.frames_read, reader.received().len() as u64)?;
    expect("announcements without a frame", stats.stray_announcements, 0)?;
    writers.finish_background()
}

#[then("no frames should be lost")]
fn no_frames_lost(readers: &mut Readers, writers: &mut Writers) -> StepResult {
    writers.finish_background()?;
    let mut checked = false;
    if !readers.is_empty() {
        let reader = readers.current()?;
        expect_sequential(reader.received(), 1)?;
        checked = true;
    }
    if !writers.is_empty() {
        let writer = writers.current()?;
        let written = writer.end().stats().frames_written;
        let state = writer.end().state();
        let control = state.control;
        let pending = control.payload_written_count.wrapping_sub(control.payload_read_count);
        let announced = u64::from(state.frames_ready);
        // At most one marker is among the pending frames.
        ensure(announced <= pending && pending <= announced + 1, || {
            format!("{announced} frames announced, {pending} frames and markers not read yet")
        })?;
        ensure(announced <= written, || format!("{announced} announced of {written} written"))?;
        checked = true;
    }
    ensure(checked, || "this process has neither read nor written".to_owned())
}

#[then("no deadlocks should occur")]
fn no_deadlocks(readers: &mut Readers, writers: &mut Writers) -> StepResult {
    // A stuck reader or writer would make this step exceed its deadline.
    writers.finish_background()?;
    let end = readers.current()?.receive_or_end(expected_within())?;
    expect("what comes after the last frame", end, Received::End)
}

#[then(expr = "the {string} process no deadlocks should happen")]
fn writer_not_stuck(writers: &mut Writers, _process: String) -> StepResult {
    let writer = writers.current()?;
    writer.end().set_write_timeout(Duration::ZERO);
    // Reserved and unused space leaves no trace.
    match writer.end().prepare(1) {
        Ok(()) | Err(Error::BufferFull { .. }) => Ok(()),
        Err(error) => Err(format!("the writer cannot go on: {error}")),
    }
}

#[when(expr = "the {string} process writes '{int}' frames rapidly without reader consuming")]
fn write_without_reader(writers: &mut Writers, _process: String, count: u64) -> StepResult {
    let writer = writers.current()?;
    let read_before = writer.end().state().control.payload_read_count;
    // The text names no size, and the reader may be that of another implementation, whose default ring
    // is small.
    let size = writer.frame_len_for(count)?.min(USUAL_SIZE);
    for _ in 0..count {
        let data = pattern::frame(size, writer.next_sequence());
        writer.write(&data).map_err(text)?;
    }
    expect("frames read", writer.end().state().control.payload_read_count, read_before)
}

#[then(expr = "the {string} process the semaphore count should represent pending frames")]
fn semaphore_counts_pending(writers: &mut Writers, _process: String) -> StepResult {
    let writer = writers.current()?;
    let state = writer.end().state();
    let pending = state.control.payload_written_count - state.control.payload_read_count;
    expect("frames written", writer.end().stats().frames_written, pending)?;
    expect("frames announced", u64::from(state.frames_ready), pending)
}

#[when(expr = "the {string} process wakes and processes all frames")]
fn process_all(readers: &mut Readers, _process: String) -> StepResult {
    super::metadata::read_pending(readers.current()?)
}

#[then(expr = "the {string} process all frames should be read correctly")]
fn all_read_correctly(readers: &mut Readers, _process: String) -> StepResult {
    sequences_correct(readers)
}

#[then(expr = "the {string} process the coalesced signals should be handled properly")]
fn signals_handled(readers: &mut Readers, _process: String) -> StepResult {
    let reader = readers.current()?;
    let state = reader.end().state();
    expect("frames announced", state.frames_ready, 0)?;
    expect("announcements without a frame", reader.end().stats().stray_announcements, 0)?;
    let control = state.control;
    ensure(!reader.received().is_empty(), || "no signal was handled".to_owned())?;
    expect("frames read", control.payload_read_count, control.payload_written_count)
}

/// Reads and releases `count` frames with a pause before each.
fn read_at_pace(reader: &mut OpenReader, count: u64, delay: Duration) -> StepResult {
    for _ in 0..count {
        thread::sleep(delay);
        reader.receive(expected_within())?;
        expect_pattern(reader.held()?)?;
        reader.release()?;
    }
    Ok(())
}
