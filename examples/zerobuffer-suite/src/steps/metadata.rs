//! 03: metadata: written once, limited by its block, and optional.

use harmony_bdd::{then, when};
use zerobuffer::Error;

use super::expectation::{
    StepResult, USUAL_SIZE, ensure, expect, expect_pattern, expect_sequential, expected_within,
    text,
};
use crate::state::{Attempts, OpenReader, Readers, Writers, pattern};

/// Default number of frames.
const SEVERAL: u64 = 3;

/// Default length of metadata in bytes.
const SOME_METADATA: usize = 16;

#[when(expr = "the {string} process attempts to write metadata again with size '{int}'")]
fn attempt_to_write_metadata_again(
    writers: &mut Writers,
    attempts: &mut Attempts,
    _process: String,
    size: usize,
) -> StepResult {
    // Different bytes from the first ones, so that the reader can distinguish them.
    let other: Vec<u8> = pattern::simple(size).iter().map(|byte| !byte).collect();
    let result = writers.current()?.end().set_metadata(&other);
    attempts.record("the second write of metadata", result);
    Ok(())
}

#[when(expr = "the {string} process attempts to write metadata with size '{int}'")]
fn attempt_to_write_metadata_of_size(
    writers: &mut Writers,
    attempts: &mut Attempts,
    _process: String,
    size: usize,
) -> StepResult {
    let result = writers.current()?.end().set_metadata(&pattern::simple(size));
    attempts.record("the write of metadata", result);
    Ok(())
}

#[when(expr = "the {string} process attempts to write metadata")]
fn attempt_to_write_metadata(
    writers: &mut Writers,
    attempts: &mut Attempts,
    process: String,
) -> StepResult {
    attempt_to_write_metadata_of_size(writers, attempts, process, SOME_METADATA)
}

#[then(expr = "the {string} process verifies the second metadata write should fail")]
fn second_write_fails(attempts: &Attempts, _process: String) -> StepResult {
    match attempts.error()? {
        Error::MetadataAlreadyWritten { .. } => Ok(()),
        error => Err(format!("the write failed for another reason: {error}")),
    }
}

#[then(expr = "the {string} process verifies the original metadata should remain unchanged")]
fn metadata_unchanged(readers: &mut Readers, _process: String) -> StepResult {
    let metadata = readers.current()?.end().metadata().map_err(text)?.ok_or("no metadata")?;
    ensure(!metadata.is_empty(), || "the metadata is empty".to_owned())?;
    pattern::check_simple(&metadata).map_err(text)
}

#[then(expr = "the {string} process verifies the metadata write should fail with size error")]
#[then(expr = "the {string} process metadata write should fail appropriately")]
fn fails_with_size_error(
    writers: &mut Writers,
    attempts: &Attempts,
    _process: String,
) -> StepResult {
    match attempts.error()? {
        Error::MetadataTooLarge { len, max, .. } if len > max => {}
        error => return Err(format!("the write failed for another reason: {error}")),
    }
    let written = writers.current()?.end().state().control.metadata_written_bytes;
    expect("bytes of metadata written", written, 0)
}

#[when(expr = "the {string} process writes frames without metadata")]
fn write_frames(writers: &mut Writers, _process: String) -> StepResult {
    for _ in 0..SEVERAL {
        write_one(writers)?;
    }
    Ok(())
}

#[when(expr = "the {string} process writes frame without metadata")]
fn write_frame(writers: &mut Writers, _process: String) -> StepResult {
    write_one(writers)
}

#[then(expr = "the {string} process should verify frame write succeeded")]
#[then(expr = "the {string} process should verify write succeeded")]
#[then(expr = "the {string} process should verify frame was written successfully")]
fn write_succeeded(writers: &mut Writers, _process: String) -> StepResult {
    let writer = writers.current()?;
    let written = writer.end().stats().frames_written;
    ensure(written > 0, || "this writer has written no frame".to_owned())?;
    let control = writer.end().state().control;
    ensure(control.payload_written_count >= written, || {
        format!("{written} frames written, {} counted", control.payload_written_count)
    })
}

#[then(expr = "the {string} process should read frames successfully")]
fn should_read_frames(readers: &mut Readers, _process: String) -> StepResult {
    read_pending(readers.current()?)
}

#[then(expr = "the {string} process verifies the system should work without metadata")]
fn works_without_metadata(readers: &mut Readers, _process: String) -> StepResult {
    let reader = readers.current()?;
    expect("metadata", reader.end().metadata().map_err(text)?, None)?;
    expect("size of its block", reader.end().state().control.metadata_size, 0)?;
    expect_sequential(reader.received(), 1)
}

#[then(expr = "the {string} process should verify system works correctly without metadata")]
fn reads_without_metadata(readers: &mut Readers, process: String) -> StepResult {
    read_pending(readers.current()?)?;
    works_without_metadata(readers, process)
}

fn write_one(writers: &mut Writers) -> StepResult {
    let writer = writers.current()?;
    let data = pattern::frame(USUAL_SIZE, writer.next_sequence());
    writer.write(&data).map(drop).map_err(text)
}

/// Reads the next frame and all other announced frames, and checks their bytes.
pub(super) fn read_pending(reader: &mut OpenReader) -> StepResult {
    loop {
        reader.receive(expected_within())?;
        expect_pattern(reader.held()?)?;
        reader.release()?;
        if reader.end().state().frames_ready == 0 {
            return Ok(());
        }
    }
}
