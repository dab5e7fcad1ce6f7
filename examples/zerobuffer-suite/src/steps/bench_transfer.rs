//! 14.1 and 14.2: latency and throughput.
//!
//! These steps assert that frames arrive unchanged, and report the times. They do not require a
//! speed.

use std::time::Duration;

use harmony_bdd::model::LogLevel;
use harmony_bdd::{DataTable, StepContext, given, then};
use zerobuffer::BufferConfig;

use super::expectation::{StepResult, ensure, text};
use crate::settings::log;
use crate::state::{
    BenchRing, BufferNames, CpuUsage, Environment, Readers, Samples, Scale, Writers, latencies,
    throughput,
};

/// Ring size for a process with only a reader or a writer: space for frames of 10 MiB.
const OWN_RING: usize = 24 * 1024 * 1024;

/// Ring size of `large config`.
const LARGE: usize = 48 * 1024 * 1024;

/// Sizes and repetitions used if the table is not sent to this process.
const SIZES: [&str; 4] = ["1KB", "64KB", "1MB", "10MB"];
const ITERATIONS: u64 = 10_000;

/// The measurements by frame size.
#[derive(Debug, Default)]
struct Measured {
    latencies: Vec<(String, Samples)>,
    rates: Vec<Rate>,
}

#[derive(Debug)]
struct Rate {
    size: String,
    bytes: usize,
    frames: u64,
    usage: CpuUsage,
}

#[given("benchmark environment is prepared")]
fn prepare(environment: &mut Environment, scale: &Scale, context: &StepContext) -> StepResult {
    log(context, LogLevel::Info, scale.note());
    environment.initialize().map_err(text)
}

#[given(expr = "the {string} process creates buffer {string} with large config")]
fn create_large(
    readers: &mut Readers,
    names: &mut BufferNames,
    process: String,
    buffer: String,
) -> StepResult {
    let config = BufferConfig::new(1024, LARGE).map_err(text)?;
    readers.create(&process, &buffer, names, config).map_err(text)
}

#[then("measure latency for frame sizes:", timeout_ms = 3_600_000)]
fn measure_latency(
    readers: &mut Readers,
    writers: &mut Writers,
    names: &mut BufferNames,
    measured: &mut Measured,
    scale: &Scale,
    table: Option<&DataTable>,
) -> StepResult {
    let rows: Vec<(String, u64)> = match table {
        None => SIZES.map(|size| (size.to_owned(), ITERATIONS)).to_vec(),
        Some(table) => rows(table)
            .map(|row| {
                let count = row.get(1).ok_or("a row has a size and iterations")?;
                let count = count.parse().map_err(|e| format!("{count:?}: {e}"))?;
                Ok((row[0].clone(), count))
            })
            .collect::<Result<_, String>>()?,
    };
    let mut own = BenchRing::default();
    for (size, count) in rows {
        let bytes = bytes_of(&size)?;
        let ends = if readers.is_empty() || writers.is_empty() {
            let base = format!("latency-{size}");
            own = BenchRing::create(&base, OWN_RING, names, (readers, writers))?;
            own.ends()?
        } else {
            (readers.current()?.end_mut(), writers.current()?.end())
        };
        let samples = latencies(ends, scale.iterations(count), bytes, Duration::ZERO)?;
        measured.latencies.push((size, samples));
    }
    drop(own);
    Ok(())
}

#[then("report Min, Max, Mean, P50, P90, P99, P99.9")]
fn report_latency(measured: &Measured, context: &StepContext) -> StepResult {
    ensure(!measured.latencies.is_empty(), || "no latency was measured".to_owned())?;
    for (size, samples) in &measured.latencies {
        ensure(!samples.is_empty(), || format!("no latency of {size} was measured"))?;
        log(context, LogLevel::Info, format!("{size}: {samples}"));
    }
    Ok(())
}

#[then(expr = "measure throughput for '{int}' seconds with frame sizes:", timeout_ms = 3_600_000)]
fn measure_throughput(
    readers: &mut Readers,
    writers: &mut Writers,
    names: &mut BufferNames,
    measured: &mut Measured,
    scale: &Scale,
    seconds: u64,
    table: Option<&DataTable>,
) -> StepResult {
    let sizes: Vec<String> = match table {
        None => SIZES.map(str::to_owned).to_vec(),
        Some(table) => rows(table).map(|row| row[0].clone()).collect(),
    };
    ensure(!sizes.is_empty(), || "the table has no size".to_owned())?;
    // The duration is divided among the sizes.
    let each = scale.duration(Duration::from_secs(seconds)) / sizes.len() as u32;
    let mut own = BenchRing::default();
    for size in sizes {
        let bytes = bytes_of(&size)?;
        let ends = if readers.is_empty() || writers.is_empty() {
            let base = format!("throughput-{size}");
            own = BenchRing::create(&base, OWN_RING, names, (readers, writers))?;
            own.ends()?
        } else {
            (readers.current()?.end_mut(), writers.current()?.end())
        };
        let (frames, usage) = CpuUsage::of(|| throughput(ends, each, bytes))?;
        measured.rates.push(Rate { size, bytes, frames: frames?, usage });
    }
    drop(own);
    Ok(())
}

#[then("report CPU usage percentage")]
fn report_cpu(measured: &Measured, context: &StepContext) -> StepResult {
    ensure(!measured.rates.is_empty(), || "no throughput was measured".to_owned())?;
    for Rate { size, usage, .. } in &measured.rates {
        let percent = usage.share() * 100.0;
        log(
            context,
            LogLevel::Info,
            format!("{size}: the writing thread takes {percent:.0} % of a CPU"),
        );
    }
    Ok(())
}

#[then("expect to saturate memory bandwidth")]
fn report_throughput(measured: &Measured, context: &StepContext) -> StepResult {
    ensure(!measured.rates.is_empty(), || "no throughput was measured".to_owned())?;
    for Rate { size, bytes, frames, usage } in &measured.rates {
        ensure(*frames > 0, || format!("no frame of {size} passed"))?;
        let seconds = usage.elapsed.as_secs_f64();
        let rate = *frames as f64 / seconds;
        let bandwidth = rate * *bytes as f64 / 1e6;
        log(context, LogLevel::Info, format!("{size}: {rate:.0} frames/s, {bandwidth:.0} MB/s"));
    }
    Ok(())
}

fn rows(table: &DataTable) -> impl Iterator<Item = &Vec<String>> {
    table.rows.iter().skip(1)
}

/// Returns the number of bytes of a size such as `64KB`.
fn bytes_of(size: &str) -> Result<usize, String> {
    let split = size.find(|c: char| !c.is_ascii_digit()).unwrap_or(size.len());
    let (number, unit) = size.split_at(split);
    let unit = match unit {
        "B" => 1,
        "KB" => 1 << 10,
        "MB" => 1 << 20,
        _ => return Err(format!("{size:?} has no known unit")),
    };
    number.parse::<usize>().map(|n| n * unit).map_err(|e| format!("{size:?}: {e}"))
}
