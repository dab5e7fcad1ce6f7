//! 01: frames and metadata from one writer to one reader.

use std::thread;
use std::time::Duration;

use harmony_bdd::{given, then, when};
use zerobuffer::{BufferConfig, Error};

use super::expectation::{
    REFUSED_AFTER, StepResult, USUAL_SIZE, ensure, expect, expect_pattern, expect_sequential,
    expected_within, text,
};
use crate::state::{BufferNames, Readers, Received, ReceivedFrame, Writers, pattern};

#[given(
    expr = "the {string} process creates buffer {string} with metadata size '{int}' and payload size '{int}'"
)]
fn create_buffer(
    readers: &mut Readers,
    names: &mut BufferNames,
    process: String,
    buffer: String,
    metadata_size: usize,
    payload_size: usize,
) -> zerobuffer::Result<()> {
    readers.create(&process, &buffer, names, BufferConfig::new(metadata_size, payload_size)?)
}

#[when(expr = "the {string} process connects to buffer {string}")]
fn connect(
    writers: &mut Writers,
    names: &mut BufferNames,
    process: String,
    buffer: String,
) -> zerobuffer::Result<()> {
    writers.connect(&process, &buffer, names)
}

#[when(expr = "the {string} process writes metadata with size '{int}'")]
fn write_metadata(writers: &mut Writers, _process: String, size: usize) -> StepResult {
    writers.current()?.end().set_metadata(&pattern::simple(size)).map_err(text)
}

#[when(expr = "the {string} process writes frame with size '{int}' and sequence '{int}'")]
fn write_frame_with_size_and_sequence(
    writers: &mut Writers,
    _process: String,
    size: usize,
    sequence: u64,
) -> StepResult {
    write_numbered(writers, size, sequence)
}

#[when(expr = "the {string} process writes frame with sequence '{int}'")]
fn write_frame_with_sequence(writers: &mut Writers, _process: String, sequence: u64) -> StepResult {
    write_numbered(writers, USUAL_SIZE, sequence)
}

#[when(expr = "the {string} process writes frame with size '{int}'")]
fn write_frame_with_size(writers: &mut Writers, _process: String, size: usize) -> StepResult {
    writers.write_or_wait(pattern::simple(size))
}

#[when(expr = "the {string} process writes frames until buffer is full")]
fn write_until_full(writers: &mut Writers, _process: String) -> StepResult {
    let writer = writers.current()?;
    let mut written: u64 = 0;
    let refused = loop {
        match writer.write_within(REFUSED_AFTER, &pattern::frame(USUAL_SIZE, written + 1)) {
            Ok(_) => written += 1,
            Err(error) => break error,
        }
    };
    match refused {
        Error::BufferFull { .. } if written > 0 => Ok(()),
        error => Err(format!("after {written} frames: {error}")),
    }
}

#[then(expr = "the {string} process should experience timeout on next write")]
fn next_write_times_out(writers: &mut Writers, _process: String) -> StepResult {
    let result = writers.current()?.write_within(REFUSED_AFTER, &pattern::simple(USUAL_SIZE));
    match result {
        Err(Error::BufferFull { .. }) => Ok(()),
        Err(error) => Err(format!("the write failed for another reason: {error}")),
        Ok(sequence) => Err(format!("the ring accepted frame {sequence}, but it should be full")),
    }
}

#[then(expr = "the {string} process should write successfully immediately")]
fn next_write_succeeds(writers: &mut Writers, _process: String) -> StepResult {
    let written = writers.current()?.write_within(Duration::ZERO, &pattern::simple(USUAL_SIZE));
    written.map(drop).map_err(text)
}

#[when(expr = "the {string} process requests zero-copy frame of size '{int}'")]
fn request_zero_copy(writers: &mut Writers, _process: String, size: usize) -> StepResult {
    writers.current()?.end().prepare(size).map_err(text)
}

#[when(expr = "the {string} process fills zero-copy buffer with test pattern")]
fn fill_zero_copy(writers: &mut Writers, _process: String) -> StepResult {
    let writer = writers.current()?;
    let sequence = writer.next_sequence();
    let space = writer.end().prepared().ok_or("no zero-copy frame was requested")?;
    pattern::fill_frame(space, sequence);
    Ok(())
}

#[when(expr = "the {string} process commits zero-copy frame")]
fn commit_zero_copy(writers: &mut Writers, _process: String) -> StepResult {
    let committed = writers.current()?.end().commit().map_err(text)?;
    committed.map(drop).ok_or_else(|| "no zero-copy frame was requested".to_owned())
}

#[when(expr = "the {string} process writes '{int}' frames of size '{int}' as fast as possible")]
fn write_fast(writers: &mut Writers, _process: String, count: u64, size: usize) -> StepResult {
    writers.write_in_background(count, size..=size)
}

#[when(expr = "the {string} process reads one frame")]
fn read_one(readers: &mut Readers, _process: String) -> StepResult {
    readers.current()?.receive(expected_within()).map(drop)
}

#[when(
    expr = "the {string} process reads frames with '{int}' ms delay between each read",
    // It ends with the writer, which may be slow.
    timeout_ms = 120_000
)]
fn read_with_delay(readers: &mut Readers, _process: String, delay_ms: u64) -> StepResult {
    let reader = readers.current()?;
    while let Received::Frame(_) = reader.receive_or_end(expected_within())? {
        expect_pattern(reader.held()?)?;
        thread::sleep(Duration::from_millis(delay_ms));
        reader.release()?;
    }
    Ok(())
}

#[when(expr = "the {string} process signals space available")]
fn release(readers: &mut Readers, _process: String) -> StepResult {
    readers.current()?.release()
}

#[then(expr = "the {string} process should read frame with sequence '{int}' and size '{int}'")]
fn should_read_sequence_and_size(
    readers: &mut Readers,
    _process: String,
    sequence: u64,
    len: usize,
) -> StepResult {
    let frame = readers.current()?.receive(expected_within())?;
    expect("frame", frame, ReceivedFrame { sequence, len })
}

#[then(expr = "the {string} process should read frame with sequence '{int}'(;)")]
fn should_read_sequence(readers: &mut Readers, _process: String, sequence: u64) -> StepResult {
    let frame = readers.current()?.receive(expected_within())?;
    expect("sequence", frame.sequence, sequence)
}

#[then(expr = "the {string} process should read frame with size '{int}'")]
fn should_read_size(readers: &mut Readers, _process: String, len: usize) -> StepResult {
    let frame = readers.current()?.receive(expected_within())?;
    expect("size", frame.len, len)
}

#[then(expr = "the {string} process should read {int} frames with sizes {string} in order")]
fn should_read_sizes(
    readers: &mut Readers,
    _process: String,
    count: usize,
    sizes: String,
) -> StepResult {
    let sizes = sizes
        .split(',')
        .map(|size| size.trim().parse().map_err(|e| format!("size {size:?}: {e}")))
        .collect::<Result<Vec<usize>, _>>()?;
    expect("number of sizes in the step", sizes.len(), count)?;
    let reader = readers.current()?;
    for (index, len) in sizes.into_iter().enumerate() {
        let frame = reader.receive(expected_within())?;
        expect(&format!("size of frame {}", index + 1), frame.len, len)?;
        let (_, bytes) = reader.held()?;
        pattern::check_simple(bytes).map_err(|e| format!("frame {}: {e}", index + 1))?;
    }
    reader.release()
}

#[then(expr = "the {string} process should validate frame data")]
#[then(expr = "the {string} process should verify frame data matches test pattern")]
fn should_match_pattern(readers: &mut Readers, _process: String) -> StepResult {
    expect_pattern(readers.current()?.held()?)
}

#[then(expr = "the {string} process should verify all frames maintain sequential order")]
fn should_be_sequential(readers: &mut Readers, _process: String) -> StepResult {
    let received = readers.current()?.received();
    let first = received.first().ok_or("no frame was read")?.sequence;
    expect_sequential(received, first)
}

#[then(expr = "the {string} process should have read '{int}' frames")]
fn should_have_read(readers: &mut Readers, _process: String, count: usize) -> StepResult {
    expect("number of frames", readers.current()?.received().len(), count)
}

#[then(
    expr = "the {string} process should verify all frames have sequential sequence numbers starting from '{int}'"
)]
fn should_be_sequential_from(readers: &mut Readers, _process: String, first: u64) -> StepResult {
    expect_sequential(readers.current()?.received(), first)
}

#[then("no sequence errors should have occurred")]
fn no_sequence_errors(readers: &mut Readers, writers: &mut Writers) -> StepResult {
    let reader = readers.current()?;
    ensure(!reader.received().is_empty(), || "no frame was read".to_owned())?;
    match reader.errors().first() {
        Some(error) => Err(format!("a read failed: {error}")),
        // If the writer is in this process, its errors count as well.
        None => writers.finish_background(),
    }
}

fn write_numbered(writers: &mut Writers, size: usize, sequence: u64) -> StepResult {
    let writer = writers.current()?;
    let written =
        writer.write(&pattern::frame(size, sequence)).map_err(|error| writer.explain(&error))?;
    expect("sequence of the written frame", written, sequence)
}
