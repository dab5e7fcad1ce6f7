//! 11.3: writing and reading for a long time.

use std::fs;
use std::time::{Duration, Instant};

use harmony_bdd::model::LogLevel;
use harmony_bdd::{StepContext, then, when};
use zerobuffer::BufferConfig;

use super::expectation::{StepResult, ensure, expect, expected_within, text};
use crate::settings::log;
use crate::state::{
    BufferFiles, BufferNames, Field, OpenReader, OpenWriter, Readers, Scale, Writers, pattern,
    traces_of,
};

/// Lengths of successive frames in bytes.
const SIZES: [usize; 6] = [1, 13, 200, 1000, 4000, 77];

/// Record of a long run.
#[derive(Debug, Default)]
struct Endurance {
    frames: u64,
    elapsed: Duration,
    traces_before: Vec<String>,
    traces_after: Vec<String>,
}

#[when(expr = "the test runs continuous write-read for '{int}' hours", timeout_ms = 172_800_000)]
fn run_for_hours(
    readers: &mut Readers,
    writers: &mut Writers,
    names: &mut BufferNames,
    endurance: &mut Endurance,
    scale: &Scale,
    hours: u64,
) -> StepResult {
    let duration = scale.duration(Duration::from_secs(hours * 3600));
    if !readers.is_empty() && !writers.is_empty() {
        return endurance.run(readers.current()?, writers.current()?, duration);
    }
    // The other side is in another process; this test needs both sides.
    let (mut own_readers, mut own_writers) = (readers.another(), writers.another());
    let config = BufferConfig::new(64, 1 << 16).map_err(text)?;
    own_readers.create("", "endurance", names, config).map_err(text)?;
    own_writers.connect("", "endurance", names).map_err(text)?;
    endurance.run(own_readers.current()?, own_writers.current()?, duration)
}

#[then("verify no resource leaks")]
fn no_leaks(endurance: &Endurance) -> StepResult {
    ensure(!endurance.traces_before.is_empty(), || "nothing was running".to_owned())?;
    expect("objects of the buffer", &endurance.traces_after, &endurance.traces_before)
}

#[then("verify sequence numbers handle overflow")]
fn counts_overflow(
    endurance: &Endurance,
    names: &mut BufferNames,
    readers: &Readers,
    writers: &Writers,
) -> StepResult {
    // Checks that the numbers exceed 8 and 16 bits.
    ensure(endurance.frames > 1 << 16, || format!("only {} frames passed", endurance.frames))?;
    // Sets the frame count in shared memory near the end of its 64 bits.
    let (mut readers, mut writers) = (readers.another(), writers.another());
    let config = BufferConfig::new(0, 1024).map_err(text)?;
    readers.create("", "overflow", names, config).map_err(text)?;
    let files = readers.current()?.files().clone();
    files.set(Field::WrittenCount, u64::MAX - 1)?;
    writers.follow("", "overflow", names, 1).map_err(text)?;
    for sequence in 1..=4 {
        writers.current()?.write(&pattern::frame(100, sequence)).map_err(text)?;
        expect("sequence", readers.current()?.receive(expected_within())?.sequence, sequence)?;
        readers.current()?.release()?;
    }
    expect("frames counted past the end", files.get(Field::WrittenCount)?, 2)
}

#[then("monitor system resource usage")]
fn resource_usage(endurance: &Endurance, context: &StepContext) -> StepResult {
    let rate = endurance.frames as f64 / endurance.elapsed.as_secs_f64();
    log(
        context,
        LogLevel::Info,
        format!("{} frames in {:?}, {rate:.0} a second", endurance.frames, endurance.elapsed),
    );
    let memory = fs::read_to_string("/proc/self/statm").map_err(|e| e.to_string())?;
    let pages = memory.split_ascii_whitespace().nth(1).unwrap_or_default().to_owned();
    log(context, LogLevel::Info, format!("{pages} pages of this process are in memory"));
    ensure(endurance.elapsed > Duration::ZERO, || "nothing was running".to_owned())
}

#[then("ensure stable operation throughout")]
fn stable(endurance: &Endurance, readers: &mut Readers, writers: &mut Writers) -> StepResult {
    ensure(endurance.frames > 0, || "nothing was written".to_owned())?;
    if !readers.is_empty() {
        let reader = readers.current()?;
        expect("errors", reader.errors().len(), 0)?;
        let stats = reader.end().stats();
        expect("announcements without a frame", stats.stray_announcements, 0)?;
        expect("bytes not released", used_bytes(reader.files())?, 0)?;
    }
    if !writers.is_empty() && !readers.is_empty() {
        let written = writers.current()?.end().stats().frames_written;
        expect("frames read", readers.current()?.end().stats().frames_read, written)?;
    }
    Ok(())
}

impl Endurance {
    fn run(
        &mut self,
        reader: &mut OpenReader,
        writer: &mut OpenWriter,
        duration: Duration,
    ) -> StepResult {
        let mark = reader.files().name().to_owned();
        self.traces_before = objects(&mark)?;
        let started = Instant::now();
        let mut data = Vec::new();
        while started.elapsed() < duration || self.frames <= 1 << 16 {
            for &size in SIZES.iter().cycle().take(600) {
                let sequence = writer.next_sequence();
                data.resize(size, 0);
                pattern::fill_frame(&mut data, sequence);
                writer.write(&data).map_err(text)?;
                reader.receive(expected_within())?;
                let (frame, bytes) = reader.held()?;
                expect("sequence", frame.sequence, sequence)?;
                ensure(bytes == data, || format!("frame {sequence} was not read unchanged"))?;
                reader.release()?;
                self.frames += 1;
            }
            reader.forget_received();
        }
        self.elapsed = started.elapsed();
        self.traces_after = objects(&mark)?;
        Ok(())
    }
}

/// Returns the objects of a buffer in this process, without addresses.
fn objects(mark: &str) -> Result<Vec<String>, String> {
    let last = |trace: String| trace.rsplit(' ').next().map(str::to_owned).unwrap_or_default();
    let mut objects: Vec<String> = traces_of(mark)?.into_iter().map(last).collect();
    objects.sort();
    Ok(objects)
}

fn used_bytes(files: &BufferFiles) -> Result<u64, String> {
    Ok(files.get(Field::PayloadSize)? - files.get(Field::FreeBytes)?)
}
