//! 11.1 and 11.5: hundreds of buffers that are created and destroyed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use harmony_bdd::model::LogLevel;
use harmony_bdd::{StepContext, given, then, when};
use zerobuffer::{BufferConfig, Error};

use super::expectation::{StepResult, ensure, expect, expected_within, text};
use crate::settings::log;
use crate::state::{
    BufferFiles, BufferNames, Environment, Field, Readers, Rings, Scale, Writers, traces_of,
    wait_until,
};

/// Buffer name for the scenario without one.
const CONTESTED: &str = "contested";

/// Sizes of that buffer in bytes.
const METADATA: usize = 64;
const PAYLOAD: usize = 4096;

/// One of this many buffers waits until the writer has found it.
const SEEN_EVERY: u64 = 10;

/// Number of repetitions of an operation that the scenario describes once.
#[derive(Debug, Default)]
struct Repetition {
    times: u64,
    /// Number of buffers that were destroyed.
    done: u64,
    destroyed: Vec<BufferFiles>,
}

/// A writer that tries to connect continuously, and its results.
#[derive(Debug, Default)]
struct Attempting {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<Tally>>,
    tally: Option<Tally>,
}

#[derive(Debug, Default)]
struct Tally {
    connected: u64,
    refused: u64,
    unexpected: Vec<String>,
}

impl Drop for Attempting {
    fn drop(&mut self) {
        // Relaxed: the thread is joined.
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // Its panic is reported by the missing tally.
            let _ = thread.join();
        }
    }
}

#[given("stress test environment is prepared")]
fn prepare(environment: &mut Environment, scale: &Scale, context: &StepContext) -> StepResult {
    log(context, LogLevel::Info, scale.note());
    environment.initialize().map_err(text)
}

#[given(expr = "perform '{int}' iterations of:")]
fn perform(repetition: &mut Repetition, scale: &Scale, times: u64) {
    repetition.times = scale.iterations(times);
}

#[when(expr = "the {string} process destroys buffer", timeout_ms = 600_000)]
fn destroy(
    readers: &mut Readers,
    names: &mut BufferNames,
    repetition: &mut Repetition,
    process: String,
) -> StepResult {
    let files = readers.current()?.files().clone();
    let (metadata, payload) = (files.get(Field::MetadataSize)?, files.get(Field::PayloadSize)?);
    let config = BufferConfig::new(metadata as usize, payload as usize).map_err(text)?;
    readers.close_current()?;
    expect("files left behind", files.present(), Vec::new())?;
    // The scenario describes once what is repeated many times.
    let base = names.base_of(files.name()).to_owned();
    let times = std::mem::take(&mut repetition.times);
    repetition.done += times.max(1);
    for _ in 1..times {
        readers.create(&process, &base, names, config.clone()).map_err(text)?;
        readers.close_current()?;
    }
    repetition.destroyed.push(files);
    Ok(())
}

#[then("no resource leaks should occur")]
#[then("the test should verify no resource leaks")]
fn no_leaks(readers: &mut Readers, repetition: &Repetition) -> StepResult {
    ensure(!repetition.destroyed.is_empty(), || "nothing was destroyed".to_owned())?;
    ensure(repetition.done > 1, || "only one buffer was destroyed".to_owned())?;
    ensure(readers.is_empty(), || "this process still has a reader".to_owned())?;
    for files in &repetition.destroyed {
        expect("traces of a buffer that was destroyed", traces_of(files.name())?, Vec::new())?;
    }
    Ok(())
}

#[then("lock files should be properly cleaned")]
#[then("the test should verify lock files cleaned up")]
fn lock_files_gone(repetition: &Repetition) -> StepResult {
    ensure(!repetition.destroyed.is_empty(), || "nothing was destroyed".to_owned())?;
    for files in &repetition.destroyed {
        let lock = files.lock();
        ensure(!lock.exists(), || format!("{} was left behind", lock.display()))?;
    }
    Ok(())
}

#[then("system should remain stable")]
fn still_stable(readers: &Readers, writers: &Writers, repetition: &Repetition) -> StepResult {
    ensure(!repetition.destroyed.is_empty(), || "nothing was destroyed".to_owned())?;
    for files in &repetition.destroyed {
        let mut readers = readers.another();
        let config = BufferConfig::new(METADATA, PAYLOAD).map_err(text)?;
        let mut names = BufferNames::default();
        readers.create("", files.name(), &mut names, config).map_err(text)?;
        let name = readers.current()?.files().name().to_owned();
        let mut writer = writers.rings().open(&name, Duration::ZERO).map_err(text)?;
        writer.write(b"x").map_err(text)?;
        expect("size", readers.current()?.receive(expected_within())?.len, 1)?;
    }
    Ok(())
}

#[given("the test spawns writer attempting connections continuously")]
fn spawn_attempts(
    attempting: &mut Attempting,
    names: &mut BufferNames,
    writers: &Writers,
) -> StepResult {
    let rings = writers.rings();
    let name = names.unique(CONTESTED).to_owned();
    let stop = Arc::clone(&attempting.stop);
    let work = move || {
        let mut tally = Tally::default();
        // Relaxed: the thread is joined.
        while !stop.load(Ordering::Relaxed) {
            tally.attempt(&*rings, &name);
        }
        tally
    };
    let thread = thread::Builder::new().name("attempting writer".to_owned()).spawn(work);
    attempting.thread = Some(thread.map_err(|e| format!("the writer could not start: {e}"))?);
    Ok(())
}

#[when(expr = "the test creates and destroys buffer '{int}' times", timeout_ms = 600_000)]
fn create_and_destroy(
    readers: &mut Readers,
    names: &mut BufferNames,
    repetition: &mut Repetition,
    attempting: &mut Attempting,
    scale: &Scale,
    times: u64,
) -> StepResult {
    for number in 0..scale.iterations(times) {
        let config = BufferConfig::new(METADATA, PAYLOAD).map_err(text)?;
        readers.create("", CONTESTED, names, config).map_err(text)?;
        if number % SEEN_EVERY == 0 {
            // Otherwise most buffers would be removed before the writer can connect.
            let reader = readers.current()?;
            wait_until("a writer has connected and written", expected_within(), || {
                Ok(reader.end().state().control.payload_written_count > 0)
            })?;
        }
        readers.close_current()?;
        repetition.done += 1;
    }
    // Relaxed: the thread is joined.
    attempting.stop.store(true, Ordering::Relaxed);
    let thread = attempting.thread.take().ok_or("no writer attempts to connect")?;
    attempting.tally = Some(thread.join().map_err(|_| "the attempting writer panicked")?);
    repetition.destroyed.push(names.current_files()?);
    Ok(())
}

#[then("the system should handle writer connection attempts gracefully")]
fn attempts_handled(attempting: &Attempting, context: &StepContext) -> StepResult {
    let tally = attempting.tally.as_ref().ok_or("no writer has attempted to connect")?;
    log(
        context,
        LogLevel::Info,
        format!("{} connections, {} refusals", tally.connected, tally.refused),
    );
    expect("errors of another kind", &tally.unexpected, &Vec::new())?;
    ensure(tally.connected > 0, || "no attempt found the buffer".to_owned())
}

impl Tally {
    fn attempt(&mut self, rings: &dyn Rings, name: &str) {
        let result = rings.open(name, Duration::ZERO).and_then(|mut writer| {
            writer.set_write_timeout(Duration::ZERO);
            writer.write(b"here").map(drop)
        });
        match result {
            Ok(()) => self.connected += 1,
            // Expected: the buffer does not exist, is being created or removed, or already had its
            // writer.
            Err(
                Error::NotFound { .. }
                | Error::NotReady { .. }
                | Error::ReaderDead { .. }
                | Error::SequenceUnknown { .. },
            ) => self.refused += 1,
            Err(error) => self.unexpected.push(error.to_string()),
        }
    }
}
