//! 05: invalid control blocks and headers, processes that die in the middle of a write, and the
//! arithmetic at the ring's end.

use harmony_bdd::{given, then, when};
use zerobuffer::{BufferConfig, Error};

use super::expectation::{
    REFUSED_AFTER, StepResult, ensure, expect, expect_bytes, expected_within, text,
};
use crate::state::{
    Attempts, BufferFiles, BufferNames, FRAME_HEADER_BYTES, Field, Header, Readers, Writers,
    pattern,
};

/// Value of a corrupted field: a size or position that no object can have.
const NONSENSE: u64 = 0x00de_ad00_0000_0040;

/// An unfinished frame, and the writer's result afterwards.
#[derive(Debug, Default)]
struct LargeWrite {
    len: usize,
}

/// The ring before and after a wrap.
#[derive(Debug, Default)]
struct Wrap {
    position: u64,
    free: u64,
    size: u64,
    sequence: u64,
}

#[when(expr = "the test corrupts OIEB field {string} to wrong value")]
fn corrupt_control_block(names: &BufferNames, field: String) -> StepResult {
    names.current_files()?.set(Field::named(&field)?, NONSENSE)
}

#[then("the connection should fail with invalid OIEB error")]
fn fails_with_invalid_control_block(attempts: &Attempts) -> StepResult {
    match attempts.error()? {
        Error::IncompatibleVersion { .. } | Error::InvalidLayout { .. } | Error::Corrupt { .. } => {
            Ok(())
        }
        error => Err(format!("the connection failed for another reason: {error}")),
    }
}

#[when(expr = "the test corrupts frame header {string} to '{int}'")]
fn corrupt_header(names: &BufferNames, field: String, value: u64) -> StepResult {
    let files = names.current_files()?;
    let position = next_frame(&files)?;
    let mut header = files.header(position)?;
    match field.as_str() {
        "payload_size" => header.size = value,
        "sequence_number" => header.sequence = value,
        _ => return Err(format!("a frame header has no field '{field}'")),
    }
    files.set_header(position, header)
}

#[when(expr = "the {string} process attempts to read frame")]
fn attempt_to_read(readers: &mut Readers, attempts: &mut Attempts, _process: String) -> StepResult {
    let result = readers.current()?.attempt(expected_within());
    if let Some(None) = attempts.record("the read", result) {
        return Err(format!("no frame arrived within {:?}", expected_within()));
    }
    Ok(())
}

#[then("the read should fail with invalid frame size error")]
fn fails_with_frame_size(attempts: &Attempts) -> StepResult {
    match attempts.error()? {
        Error::Corrupt { field: "frame size", .. } => Ok(()),
        error => Err(format!("the read failed for another reason: {error}")),
    }
}

#[when(expr = "the {string} process starts writing large frame of '{int}' bytes")]
#[when(expr = "the {string} process starts writing large frame '{int}' bytes")]
fn start_large_write(
    writers: &mut Writers,
    large: &mut LargeWrite,
    _process: String,
    len: usize,
) -> StepResult {
    let writer = writers.current()?;
    let data = pattern::frame(len, writer.next_sequence());
    writer.end().prepare(len).map_err(text)?;
    let space = writer.end().prepared().ok_or("no space was prepared")?;
    // A reader must never see half a frame.
    space[..len / 2].copy_from_slice(&data[..len / 2]);
    large.len = len;
    Ok(())
}

#[when(expr = "the {string} process completes write operation")]
fn complete_large_write(writers: &mut Writers, large: &LargeWrite, _process: String) -> StepResult {
    let writer = writers.current()?;
    let data = pattern::frame(large.len, writer.next_sequence());
    let space = writer.end().prepared().ok_or("no write is in progress")?;
    space.copy_from_slice(&data);
    let committed = writer.end().commit().map_err(text)?;
    committed.map(drop).ok_or_else(|| "no write is in progress".to_owned())
}

#[when(expr = "the {string} process attempts next operation")]
fn attempt_after_complete_write(
    writers: &mut Writers,
    attempts: &mut Attempts,
    large: &LargeWrite,
    process: String,
) -> StepResult {
    let is_unfinished = writers.current()?.end().prepared().is_some();
    ensure(!is_unfinished, || "the write in progress was not completed".to_owned())?;
    attempt_next(writers, attempts, large, process)
}

#[when(expr = "the {string} process detects reader death on next operation")]
fn attempt_next(
    writers: &mut Writers,
    attempts: &mut Attempts,
    large: &LargeWrite,
    _process: String,
) -> StepResult {
    let writer = writers.current()?;
    if writer.end().prepared().is_some() {
        writer.end().commit().map_err(text)?;
    }
    // Another frame of that size has to wait for the reader.
    let data = pattern::frame(large.len, writer.next_sequence());
    attempts.record("the next write", writer.write(&data));
    Ok(())
}

#[then(expr = "the {string} process should detect reader death")]
fn reader_is_dead(writers: &mut Writers, _process: String) -> StepResult {
    let connected = writers.current()?.end().is_reader_connected();
    ensure(!connected, || "the reader counts as connected".to_owned())
}

#[then(expr = "the {string} process should throw reader dead exception")]
fn reader_dead_error(attempts: &Attempts, _process: String) -> StepResult {
    match attempts.error()? {
        Error::ReaderDead { .. } => Ok(()),
        error => Err(format!("the write failed for another reason: {error}")),
    }
}

#[when(expr = "writes frame that leaves '{int}' bytes at end with {string} pattern")]
fn write_leaving(writers: &mut Writers, rest: u64, named: String) -> StepResult {
    let writer = writers.current()?;
    let control = writer.end().state().control;
    let room = control.payload_size - control.payload_write_pos;
    let size = room
        .checked_sub(FRAME_HEADER_BYTES + rest)
        .filter(|&size| size > 0)
        .ok_or_else(|| format!("{room} bytes remain, too few to leave {rest}"))?;
    let data = pattern::named(&named, size as usize, writer.next_sequence())?;
    writer.write(&data).map(drop).map_err(text)
}

#[when(expr = "attempts to write '{int}' byte frame with {string} pattern")]
fn attempt_to_wrap(
    writers: &mut Writers,
    attempts: &mut Attempts,
    wrap: &mut Wrap,
    size: u64,
    named: String,
) -> StepResult {
    let writer = writers.current()?;
    let control = writer.end().state().control;
    let sequence = writer.next_sequence();
    *wrap = Wrap {
        position: control.payload_write_pos,
        free: control.payload_free_bytes,
        size,
        sequence,
    };
    let data = pattern::named(&named, size as usize, sequence)?;
    attempts.record("the write at the end", writer.write_within(REFUSED_AFTER, &data));
    Ok(())
}

#[then(expr = "the {string} process should write wrap marker at current position")]
fn wrote_marker(
    writers: &mut Writers,
    attempts: &Attempts,
    wrap: &Wrap,
    _process: String,
) -> StepResult {
    attempts.success()?;
    let marker = writers.current()?.files().header(wrap.position)?;
    expect("header where the ring ends", marker, Header { size: 0, sequence: 0 })
}

#[then("should see payload_free_bytes reduced by wasted space")]
fn waste_taken(writers: &mut Writers, wrap: &Wrap) -> StepResult {
    let control = writers.current()?.end().state().control;
    let waste = control.payload_size - wrap.position;
    let taken = wrap.free - control.payload_free_bytes;
    expect("bytes taken", taken, waste + FRAME_HEADER_BYTES + wrap.size)
}

#[then("frame should be written at buffer start")]
fn written_at_start(writers: &mut Writers, wrap: &Wrap) -> StepResult {
    let header = writers.current()?.files().header(0)?;
    let expected = Header { size: wrap.size, sequence: wrap.sequence };
    expect("header at the start of the ring", header, expected)
}

#[then(expr = "the {string} process should detect wrap marker")]
fn detects_marker(readers: &mut Readers, _process: String) -> StepResult {
    let reader = readers.current()?;
    expect("wraps of the reader", reader.end().stats().wraps, 1)?;
    let read = reader.end().state().control.payload_read_count;
    let frames = reader.received().len() as u64;
    expect("frames and markers read", read, frames + 1)
}

#[then("should jump to buffer start")]
fn jumps_to_start(readers: &mut Readers) -> StepResult {
    let reader = readers.current()?;
    let (frame, _) = reader.held()?;
    let position = reader.end().state().control.payload_read_pos;
    expect("read position", position, FRAME_HEADER_BYTES + frame.len as u64)
}

#[then(expr = "should read '{int}' byte frame successfully with {string} pattern")]
fn reads_with_pattern(readers: &mut Readers, size: usize, named: String) -> StepResult {
    let (frame, bytes) = readers.current()?.held()?;
    expect("size", frame.len, size)?;
    expect_bytes("the frame", bytes, &pattern::named(&named, size, frame.sequence)?)
}

#[given(expr = "the {string} process creates buffer {string} with specific configuration")]
fn create_specific(
    readers: &mut Readers,
    names: &mut BufferNames,
    process: String,
    buffer: String,
) -> StepResult {
    let config = BufferConfig::new(0, super::free_space::RING_BYTES).map_err(text)?;
    readers.create(&process, &buffer, names, config).map_err(text)
}

#[when(expr = "writes frame matching exactly payload size minus header")]
fn write_largest(writers: &mut Writers) -> StepResult {
    let writer = writers.current()?;
    let size = (writer.capacity() - FRAME_HEADER_BYTES) as usize;
    let data = pattern::frame(size, writer.next_sequence());
    writer.write(&data).map(drop).map_err(text)
}

#[when(expr = "the {string} process attempts to write frame exceeding payload size")]
fn attempt_exceeding(
    writers: &mut Writers,
    attempts: &mut Attempts,
    _process: String,
) -> StepResult {
    let writer = writers.current()?;
    let data = vec![0; writer.capacity() as usize + 1];
    attempts.record("the write", writer.write_within(REFUSED_AFTER, &data));
    Ok(())
}

#[then(expr = "the {string} process write should be rejected with appropriate error")]
fn write_rejected(attempts: &Attempts, _process: String) -> StepResult {
    match attempts.error()? {
        Error::FrameTooLarge { len, max, .. } if len > max => Ok(()),
        error => Err(format!("the write failed for another reason: {error}")),
    }
}

#[then(expr = "the {string} process should report the corrupt field {string}")]
fn reports_corrupt_field(attempts: &Attempts, _process: String, name: String) -> StepResult {
    match attempts.error()? {
        Error::Corrupt { field, .. } => expect("field", *field, name.as_str()),
        error => Err(format!("it failed for another reason: {error}")),
    }
}

/// Returns the position of the next frame to read.
pub(super) fn next_frame(files: &BufferFiles) -> Result<u64, String> {
    let (position, capacity) = (files.get(Field::ReadPosition)?, files.get(Field::PayloadSize)?);
    if capacity - position < FRAME_HEADER_BYTES {
        return Ok(0);
    }
    let header = files.header(position)?;
    Ok(if header == (Header { size: 0, sequence: 0 }) { 0 } else { position })
}
