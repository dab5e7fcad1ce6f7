//! 06: the order of frames and signals, gaps, and successive writers.

use harmony_bdd::{then, when};
use zerobuffer::Error;

use super::expectation::{
    StepResult, USUAL_SIZE, ensure, expect, expect_pattern, expected_within, text,
};
use crate::state::{Attempts, BufferNames, Readers, Semaphore, Writers, pattern};

/// Count of releases near which other implementations abort.
const NEAR_THE_MAXIMUM: u32 = i32::MAX as u32 - 1;

#[when(expr = "the test corrupts next frame sequence to '{int}'")]
fn corrupt_sequence(names: &BufferNames, sequence: u64) -> StepResult {
    let files = names.current_files()?;
    let position = super::corruption::next_frame(&files)?;
    let mut header = files.header(position)?;
    header.sequence = sequence;
    files.set_header(position, header)
}

#[then("the read should fail with sequence error")]
fn fails_with_sequence(attempts: &Attempts) -> StepResult {
    match attempts.error()? {
        Error::Sequence { .. } => Ok(()),
        error => Err(format!("the read failed for another reason: {error}")),
    }
}

#[then(expr = "the error should show expected '{int}' got '{int}'")]
fn shows_sequences(attempts: &Attempts, wanted: u64, found: u64) -> StepResult {
    match attempts.error()? {
        Error::Sequence { expected, got, .. } => {
            expect("expected and found number", (*expected, *got), (wanted, found))
        }
        error => Err(format!("the error does not mention sequence numbers: {error}")),
    }
}

#[when(expr = "the {string} process writes frame and signal")]
#[when(expr = "the {string} process immediately writes another frame before reader wakes")]
fn write_and_signal(writers: &mut Writers, _process: String) -> StepResult {
    let writer = writers.current()?;
    let announced = writer.end().state().frames_ready;
    let data = pattern::frame(USUAL_SIZE, writer.next_sequence());
    writer.write(&data).map_err(text)?;
    expect("frames announced", writer.end().state().frames_ready, announced + 1)
}

#[then(expr = "the {string} process should process both frames correctly")]
fn processes_both(readers: &mut Readers, _process: String) -> StepResult {
    let reader = readers.current()?;
    for sequence in 1..=2 {
        expect("sequence", reader.receive(expected_within())?.sequence, sequence)?;
        expect_pattern(reader.held()?)?;
        reader.release()?;
    }
    Ok(())
}

#[then("the semaphore count should reflect pending frames")]
fn count_reflects_pending(readers: &mut Readers) -> StepResult {
    let state = readers.current()?.end().state();
    let control = state.control;
    ensure(control.payload_written_count > 0, || "no frame was written".to_owned())?;
    let pending = control.payload_written_count - control.payload_read_count;
    expect("frames announced", u64::from(state.frames_ready), pending)
}

#[when(expr = "the {string} process closes its end")]
fn close_writer(writers: &mut Writers, _process: String) -> StepResult {
    writers.close_current()
}

#[then(expr = "the {string} process should see the end of the stream")]
fn sees_the_end(readers: &mut Readers, _process: String) -> StepResult {
    match readers.current()?.attempt(expected_within()) {
        Err(Error::WriterClosed { .. }) => Ok(()),
        Err(error) => Err(format!("the read failed for another reason: {error}")),
        Ok(frame) => Err(format!("the read returned {frame:?}")),
    }
}

#[then("the connection should fail because the next sequence is unknown")]
fn fails_with_unknown_sequence(attempts: &Attempts) -> StepResult {
    match attempts.error()? {
        Error::SequenceUnknown { .. } => Ok(()),
        error => Err(format!("the connection failed for another reason: {error}")),
    }
}

#[when(expr = "the {string} process connects to buffer {string} with next sequence '{int}'")]
fn connect_with_sequence(
    writers: &mut Writers,
    names: &mut BufferNames,
    process: String,
    buffer: String,
    sequence: u64,
) -> StepResult {
    writers.follow(&process, &buffer, names, sequence).map_err(text)
}

#[when("the test lets the count of releases drift to its maximum")]
fn drift(names: &BufferNames) -> StepResult {
    names.current_files()?.set_count(Semaphore::SpaceFreed, NEAR_THE_MAXIMUM)
}

#[then("the count of releases should not have passed its maximum")]
fn drift_is_bounded(names: &BufferNames) -> StepResult {
    let count = names.current_files()?.count(Semaphore::SpaceFreed)?;
    ensure(count > NEAR_THE_MAXIMUM / 2, || format!("{count} releases are far from the maximum"))?;
    ensure(count <= NEAR_THE_MAXIMUM, || format!("{count} releases are counted"))
}

#[when(expr = "the test announces '{int}' frames that do not exist")]
fn announce_nothing(names: &BufferNames, count: u32) -> StepResult {
    let files = names.current_files()?;
    let announced = files.count(Semaphore::FramesReady)?;
    files.set_count(Semaphore::FramesReady, announced + count)
}

#[then(expr = "the {string} process should have ignored '{int}' announcements")]
fn ignored_announcements(readers: &mut Readers, _process: String, count: u64) -> StepResult {
    let ignored = readers.current()?.end().stats().stray_announcements;
    expect("announcements without a frame", ignored, count)
}

#[then(expr = "the {string} process should find nothing to read")]
fn nothing_to_read(readers: &mut Readers, _process: String) -> StepResult {
    let reader = readers.current()?;
    expect("frame", reader.attempt(super::expectation::REFUSED_AFTER).map_err(text)?, None)
}
