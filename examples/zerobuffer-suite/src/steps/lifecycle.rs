//! 02: processes that crash, are replaced, or come second.
//!
//! In a step about a death the role names the dead process: everything that this process owns for
//! that role is left as a dead process leaves it. The Harmony runner kills the process instead and
//! does not send the step.

use std::env;
use std::thread;
use std::time::Duration;

use harmony_bdd::{given, then, when};
use zerobuffer::{BufferConfig, Error};

use super::expectation::{StepResult, USUAL_SIZE, ensure, expect, expected_within, text};
use crate::state::{
    Attempts, BufferNames, Environment, Field, OpenWriter, Readers, Semaphore, Writers, pattern,
};

#[given("we run in harmony")]
fn run_in_harmony(environment: &mut Environment, names: &BufferNames) -> StepResult {
    let set = |name: &str| env::var(name).is_ok_and(|value| !value.is_empty());
    let (host, feature) = (set("HARMONY_HOST_PID"), set("HARMONY_FEATURE_ID"));
    // With only one of the two, the processes of a run would use different buffer names.
    ensure(host == feature, || {
        "HARMONY_HOST_PID and HARMONY_FEATURE_ID must be set together or not at all".to_owned()
    })?;
    ensure(!names.suffix().is_empty(), || "buffer names have no suffix for this run".to_owned())?;
    environment.initialize().map_err(text)
}

#[when(expr = "the {string} process writes frame with data {string}")]
fn write_data(writers: &mut Writers, _process: String, data: String) -> StepResult {
    writers.current()?.write(data.as_bytes()).map(drop).map_err(text)
}

#[then(expr = "the {string} process should read frame with data {string}")]
fn should_read_data(readers: &mut Readers, _process: String, data: String) -> StepResult {
    let reader = readers.current()?;
    reader.receive(expected_within())?;
    let (_, bytes) = reader.held()?;
    expect("data", String::from_utf8_lossy(bytes).into_owned(), data)
}

#[when(expr = "the {string} process is killed")]
#[when(expr = "the {string} process crashes")]
#[when(expr = "the {string} process crashes while write in progress")]
#[when(expr = "the {string} process is killed while write in progress")]
#[when(expr = "the {string} process crashes while reader blocked")]
fn dies(readers: &mut Readers, writers: &mut Writers, process: String) -> StepResult {
    let killed = readers.kill(&process)? + writers.kill(&process)?;
    ensure(killed > 0, || format!("process '{process}' has no reader or writer here"))
}

#[then(expr = "wait for '{int}' seconds")]
fn wait_for(seconds: u64) {
    thread::sleep(Duration::from_secs(seconds));
}

#[then(expr = "the {string} process should timeout or detect writer death on next read")]
pub(super) fn should_miss_the_writer(readers: &mut Readers, _process: String) -> StepResult {
    let reader = readers.current()?;
    match reader.attempt(expected_within()) {
        Err(Error::WriterDead { .. } | Error::WriterClosed { .. }) => Ok(()),
        // A living writer that writes nothing makes a read time out as well.
        Ok(None) => {
            ensure(!reader.end().is_writer_connected(), || {
                "the read timed out, and the writer counts as connected".to_owned()
            })?;
            let process = reader.files().get(Field::WriterPid)?;
            ensure(process != 0, || "no writer was ever connected".to_owned())
        }
        Ok(Some(frame)) => Err(format!("frame {} arrived from a dead writer", frame.sequence)),
        Err(error) => Err(format!("the read failed for another reason: {error}")),
    }
}

#[when(expr = "the {string} process fills buffer completely")]
fn fill_completely(writers: &mut Writers, _process: String) -> StepResult {
    let writer = writers.current()?;
    let mut size = USUAL_SIZE;
    loop {
        let data = pattern::frame(size, writer.next_sequence());
        match writer.write_within(Duration::ZERO, &data) {
            Ok(_) => {}
            Err(Error::BufferFull { .. } | Error::FrameNeverFits { .. }) if size > 1 => size /= 2,
            Err(Error::BufferFull { .. }) => return Ok(()),
            Err(error) => return Err(error.to_string()),
        }
    }
}

#[then(expr = "the {string} process should detect reader death on next write")]
fn should_miss_the_reader(writers: &mut Writers, _process: String) -> StepResult {
    let writer = writers.current()?;
    let data = pattern::frame(USUAL_SIZE, writer.next_sequence());
    match writer.write(&data) {
        Err(Error::ReaderDead { .. }) => Ok(()),
        Err(error) => Err(format!("the write failed for another reason: {error}")),
        Ok(sequence) => Err(format!("frame {sequence} was written to a dead reader")),
    }
}

#[when(
    expr = "a new {string} process attempts to create buffer {string} with metadata size '{int}' and payload size '{int}'"
)]
fn attempt_to_create(
    readers: &mut Readers,
    names: &mut BufferNames,
    attempts: &mut Attempts,
    process: String,
    buffer: String,
    metadata_size: usize,
    payload_size: usize,
) {
    let result = BufferConfig::new(metadata_size, payload_size)
        .and_then(|config| readers.create(&process, &buffer, names, config));
    attempts.record(format!("the creation of '{buffer}'"), result);
}

#[then("the new reader should detect stale resources")]
#[then("the stale resources should be detected")]
fn stale_resources_detected(readers: &mut Readers, attempts: &Attempts) -> StepResult {
    attempts.success()?;
    let reader = readers.current()?;
    ensure(reader.end().replaced_stale(), || {
        format!("the reader of '{}' found nothing stale", reader.files().name())
    })
}

#[then("the new reader should clean up stale resources")]
#[then("the old resources should be cleaned up")]
fn stale_resources_cleaned_up(readers: &mut Readers, attempts: &Attempts) -> StepResult {
    attempts.success()?;
    let files = readers.current()?.files();
    expect("process of the reader", files.get(Field::ReaderPid)?, u64::from(std::process::id()))?;
    expect("process of the writer", files.get(Field::WriterPid)?, 0)?;
    expect("written count", files.get(Field::WrittenCount)?, 0)?;
    expect("read count", files.get(Field::ReadCount)?, 0)?;
    expect("frames announced", files.count(Semaphore::FramesReady)?, 0)?;
    expect("releases announced", files.count(Semaphore::SpaceFreed)?, 0)
}

#[then("the new reader should create fresh buffer successfully")]
#[then("the new buffer should be created successfully")]
fn fresh_buffer_created(readers: &mut Readers, attempts: &Attempts) -> StepResult {
    attempts.success()?;
    let files = readers.current()?.files();
    expect("files", files.present(), files.all().to_vec())?;
    expect("size of the control block", files.get(Field::ControlBlockSize)?, 128)?;
    let payload_size = files.get(Field::PayloadSize)?;
    expect("free bytes", files.get(Field::FreeBytes)?, payload_size)?;
    expect("write position", files.get(Field::WritePosition)?, 0)?;
    expect("lock held", files.is_locked()?, true)
}

#[when(expr = "the {string} process detects reader death and reconnects to buffer {string}")]
fn detect_and_reconnect(
    writers: &mut Writers,
    names: &mut BufferNames,
    process: String,
    buffer: String,
) -> StepResult {
    write_until_reader_death(writers.current()?)?;
    writers.close_current()?;
    writers.connect(&process, &buffer, names).map_err(text)
}

#[when(expr = "a second {string} process attempts to connect to buffer {string}")]
#[when(expr = "a {string} process attempts to connect to non-existent buffer {string}")]
fn attempt_to_connect(
    writers: &Writers,
    names: &mut BufferNames,
    attempts: &mut Attempts,
    _process: String,
    buffer: String,
) {
    let result = writers.attempt(&buffer, names);
    attempts.record(format!("the connection to '{buffer}'"), result);
}

#[then("the connection should fail with writer exists error")]
pub(super) fn fails_with_writer_exists(attempts: &Attempts) -> StepResult {
    match attempts.error()? {
        Error::WriterExists { .. } => Ok(()),
        error => Err(format!("the connection failed for another reason: {error}")),
    }
}

/// Writes until the reader's death is detected. A ring with space still accepts frames.
fn write_until_reader_death(writer: &mut OpenWriter) -> StepResult {
    let data = vec![0; USUAL_SIZE];
    let enough = writer.capacity() / USUAL_SIZE as u64 + 1;
    for _ in 0..=enough {
        match writer.write_within(expected_within(), &data) {
            Ok(_) => {}
            Err(Error::ReaderDead { .. }) => return Ok(()),
            Err(error) => return Err(format!("the write failed for another reason: {error}")),
        }
    }
    Err("the ring accepted more frames than fit".to_owned())
}
