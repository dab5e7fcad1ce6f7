//! 14.3 to 14.6: the cost of wraps, barriers and signals, and the fill level of a ring over time.
//!
//! These steps assert that data stays intact, and report measurements with the limit in the
//! scenario.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering, fence};
use std::thread;
use std::time::{Duration, Instant};

use harmony_bdd::model::LogLevel;
use harmony_bdd::{DataTable, StepContext, given, then, when};
use zerobuffer::Error;

use super::expectation::{StepResult, ensure, expect, text};
use crate::settings::log;
use crate::state::{
    BenchRing, BufferNames, CpuUsage, FRAME_HEADER_BYTES, Readers, Samples, Scale, Writers,
    latencies, turnarounds,
};

/// Length of the frame whose wraps are measured, in bytes; with its header a multiple of 64 bytes,
/// to which ring sizes are rounded.
const WRAPPING_FRAME: usize = 64 * 1024 - FRAME_HEADER_BYTES as usize;

/// Number of frames, fences or messages per measurement.
const FRAMES: u64 = 2_000;
const FENCES: u32 = 1_000_000;
const MESSAGES: u64 = 20_000;

/// Rates used if the table is not sent to this process.
const RATES: [&str; 5] = ["1Hz", "100Hz", "1kHz", "10kHz", "100kHz"];

/// Size of the ring whose utilization is measured, and of its frames, in bytes.
const WATCHED_RING: usize = 1 << 20;
const WATCHED_FRAME: usize = 4096;

/// The measurements.
#[derive(Debug, Default)]
pub(super) struct Costs {
    tight_ring: usize,
    wrapping: Option<Samples>,
    straight: Option<Samples>,
    overhead_percent: Option<f64>,
    fence: Option<Duration>,
    with_barriers: Option<Duration>,
    without_barriers: Option<Duration>,
    signal: Option<Samples>,
    rates: Vec<(String, Samples, CpuUsage)>,
}

/// Fill level of the ring over time.
#[derive(Debug, Default)]
pub(super) struct Utilization {
    writes_per_read: usize,
    filling: Vec<(Duration, f64)>,
    emptying: Vec<(Duration, f64)>,
}

#[given(expr = "buffer size is {string} frame size to force wrap")]
pub(super) fn tight_ring(costs: &mut Costs, factor: String) -> StepResult {
    let number = factor.strip_suffix('x').and_then(|number| number.parse::<f64>().ok());
    let factor =
        number.filter(|n| *n >= 1.0).ok_or_else(|| format!("{factor:?} is not a valid factor"))?;
    let total = WRAPPING_FRAME as f64 + FRAME_HEADER_BYTES as f64;
    costs.tight_ring = (total * factor) as usize;
    Ok(())
}

#[when("measure performance with wrap-around")]
pub(super) fn measure_wrapping(
    costs: &mut Costs,
    names: &mut BufferNames,
    readers: &Readers,
    writers: &Writers,
) -> StepResult {
    let mut ring = BenchRing::create("wrapping", costs.tight_ring, names, (readers, writers))?;
    costs.wrapping = Some(turnarounds(ring.ends()?, FRAMES, WRAPPING_FRAME)?);
    let marked = ring.ends()?.1.state().control.payload_written_count - FRAMES;
    ensure(marked >= FRAMES / 2, || format!("{marked} wraps were marked in {FRAMES} frames"))
}

#[when("measure performance without wrap-around")]
pub(super) fn measure_straight(
    costs: &mut Costs,
    names: &mut BufferNames,
    readers: &Readers,
    writers: &Writers,
) -> StepResult {
    // Two frames fill this ring to its last byte: no wrap, no wasted bytes and no marker, with
    // about the same memory.
    let size = 2 * (WRAPPING_FRAME + FRAME_HEADER_BYTES as usize);
    let mut ring = BenchRing::create("straight", size, names, (readers, writers))?;
    costs.straight = Some(turnarounds(ring.ends()?, FRAMES, WRAPPING_FRAME)?);
    let counted = ring.ends()?.1.state().control.payload_written_count;
    expect("frames and markers written", counted, FRAMES)
}

#[then("calculate overhead percentage")]
fn calculate_overhead(costs: &mut Costs) -> StepResult {
    let wrapping = costs.wrapping.as_ref().ok_or("wrapping was not measured")?;
    let straight = costs.straight.as_ref().ok_or("not wrapping was not measured")?;
    let (with, without) = (wrapping.per_mille(500), straight.per_mille(500));
    ensure(!without.is_zero(), || "a frame took no time".to_owned())?;
    costs.overhead_percent = Some((with.as_secs_f64() / without.as_secs_f64() - 1.0) * 100.0);
    Ok(())
}

#[then(expr = "expect less than {string} performance impact")]
fn report_overhead(costs: &Costs, context: &StepContext, limit: String) -> StepResult {
    let overhead = costs.overhead_percent.ok_or("no overhead was calculated")?;
    log(context, LogLevel::Info, format!("wraps cost {overhead:.1} % ({limit} wanted)"));
    ensure(overhead.is_finite(), || format!("an overhead of {overhead} %"))
}

#[given("measure atomic fence operations")]
fn measure_fences(costs: &mut Costs) {
    let begun = Instant::now();
    for _ in 0..FENCES {
        // The pair that a writer and a reader need for one frame.
        fence(Ordering::Release);
        fence(Ordering::Acquire);
    }
    costs.fence = Some(begun.elapsed() / (2 * FENCES));
}

#[when("compare with and without memory barriers")]
pub(super) fn compare_barriers(costs: &mut Costs) {
    let value = AtomicU64::new(0);
    let begun = Instant::now();
    for number in 0..u64::from(FENCES) {
        // Relaxed: the value is private to this thread; this is the baseline.
        value.store(black_box(number), Ordering::Relaxed);
    }
    costs.without_barriers = Some(begun.elapsed() / FENCES);
    let begun = Instant::now();
    for number in 0..u64::from(FENCES) {
        value.store(black_box(number), Ordering::Relaxed);
        // SeqCst: the most expensive barrier, as the upper bound.
        fence(Ordering::SeqCst);
    }
    costs.with_barriers = Some(begun.elapsed() / FENCES);
}

#[then("verify data integrity maintained")]
pub(super) fn integrity_maintained(
    costs: &Costs,
    names: &mut BufferNames,
    readers: &Readers,
    writers: &Writers,
) -> StepResult {
    ensure(costs.with_barriers.is_some(), || "nothing was compared".to_owned())?;
    let mut ring = BenchRing::create("barriers", 1 << 14, names, (readers, writers))?;
    let samples = latencies(ring.ends()?, MESSAGES / 10, 64, Duration::ZERO)?;
    expect("messages that arrived whole", samples.len() as u64, MESSAGES / 10)
}

#[then(expr = "expect less than '{int}' ns per barrier")]
fn report_barriers(costs: &Costs, context: &StepContext, limit: u64) -> StepResult {
    let fence = costs.fence.ok_or("no fence was measured")?;
    let with = costs.with_barriers.ok_or("nothing was compared")?;
    let without = costs.without_barriers.ok_or("nothing was compared")?;
    log(
        context,
        LogLevel::Info,
        format!(
            "release and acquire fence {fence:?} each, a store {without:?}, with a full fence {with:?} ({limit} ns wanted)"
        ),
    );
    ensure(!with.is_zero(), || "a million full fences took no time".to_owned())
}

#[given(r"^measure sem_post/sem_wait operation cost$", timeout_ms = 600_000)]
pub(super) fn measure_signals(
    costs: &mut Costs,
    names: &mut BufferNames,
    readers: &Readers,
    writers: &Writers,
) -> StepResult {
    // One post and one wait per frame of the smallest size, on one thread that never sleeps.
    let mut ring = BenchRing::create("signals", 1 << 14, names, (readers, writers))?;
    let samples = turnarounds(ring.ends()?, MESSAGES, 8)?;
    expect("frames announced and not taken", ring.ends()?.0.state().frames_ready, 0)?;
    costs.signal = Some(samples);
    Ok(())
}

#[when("test at rates:", timeout_ms = 3_600_000)]
pub(super) fn test_rates(
    costs: &mut Costs,
    names: &mut BufferNames,
    readers: &Readers,
    writers: &Writers,
    scale: &Scale,
    table: Option<&DataTable>,
) -> StepResult {
    let rates: Vec<String> = match table {
        None => RATES.map(str::to_owned).to_vec(),
        Some(table) => table.rows.iter().skip(1).map(|row| row[0].clone()).collect(),
    };
    ensure(!rates.is_empty(), || "the table has no rate".to_owned())?;
    let each = scale.duration(Duration::from_secs(10)) / rates.len() as u32;
    for rate in rates {
        let pause = period(&rate)?;
        let count = (each.as_nanos() / pause.as_nanos()).clamp(1, u128::from(MESSAGES)) as u64;
        let mut ring =
            BenchRing::create(&format!("rate-{rate}"), 1 << 14, names, (readers, writers))?;
        let ends = ring.ends()?;
        let (samples, usage) = CpuUsage::of(|| latencies(ends, count, 8, pause))?;
        costs.rates.push((rate, samples?, usage));
    }
    Ok(())
}

#[then("report CPU usage and latency impact")]
fn report_rates(costs: &Costs, context: &StepContext) -> StepResult {
    let signal = costs.signal.as_ref().ok_or("the cost of a signal was not measured")?;
    log(context, LogLevel::Info, format!("one post and one wait: {signal}"));
    ensure(!costs.rates.is_empty(), || "no rate was tested".to_owned())?;
    for (rate, samples, usage) in &costs.rates {
        ensure(!samples.is_empty(), || format!("no signal at {rate}"))?;
        let percent = usage.share() * 100.0;
        log(context, LogLevel::Info, format!("{rate}: {percent:.1} % of a CPU, {samples}"));
    }
    Ok(())
}

#[given(expr = "the {string} process is configured to be faster than reader")]
pub(super) fn faster_writer(utilization: &mut Utilization, _process: String) {
    utilization.writes_per_read = 3;
}

#[when("monitor buffer utilization over time")]
pub(super) fn monitor_utilization(
    utilization: &mut Utilization,
    names: &mut BufferNames,
    readers: &Readers,
    writers: &Writers,
) -> StepResult {
    ensure(utilization.writes_per_read > 1, || "the writer is not the faster end".to_owned())?;
    let mut ring = BenchRing::create("watched", WATCHED_RING, names, (readers, writers))?;
    let (reader, writer) = ring.ends()?;
    writer.set_write_timeout(Duration::ZERO);
    let data = vec![7; WATCHED_FRAME];
    let used = |writer: &dyn zerobuffer::BufferWriter| {
        let control = writer.state().control;
        1.0 - control.payload_free_bytes as f64 / control.payload_size as f64
    };
    let begun = Instant::now();
    'filling: loop {
        for _ in 0..utilization.writes_per_read {
            match writer.write(&data) {
                Ok(_) => {}
                Err(Error::BufferFull { .. }) => break 'filling,
                Err(error) => return Err(error.to_string()),
            }
        }
        utilization.filling.push((begun.elapsed(), used(writer)));
        reader.receive(Duration::ZERO).map_err(text)?.ok_or("nothing to read")?;
        ensure(reader.held() == Some(&data[..]), || "a frame was not read unchanged".to_owned())?;
        reader.release();
        thread::yield_now();
    }
    utilization.filling.push((begun.elapsed(), used(writer)));
    let begun = Instant::now();
    while reader.receive(Duration::ZERO).map_err(text)?.is_some() {
        ensure(reader.held() == Some(&data[..]), || "a frame was not read unchanged".to_owned())?;
        reader.release();
        utilization.emptying.push((begun.elapsed(), used(writer)));
    }
    Ok(())
}

#[then(expr = "verify degradation detection at {string}")]
fn degradation_detected(utilization: &Utilization, limit: String) -> StepResult {
    let limit = share(&limit)?;
    let first = utilization.filling.first().ok_or("nothing was monitored")?.1;
    ensure(first < limit, || format!("the ring was full from the beginning: {first}"))?;
    let passed = utilization.filling.iter().any(|(_, used)| *used >= limit);
    ensure(passed, || "the ring never got that full".to_owned())?;
    let last = utilization.emptying.last().ok_or("the ring was never emptied")?.1;
    ensure(last < limit, || format!("the ring did not recover: {last}"))
}

#[then("report time to degradation")]
fn report_degradation(utilization: &Utilization, context: &StepContext) -> StepResult {
    let passed = utilization.filling.iter().find(|(_, used)| *used >= DEGRADED);
    let (time, used) = passed.ok_or("the ring never got that full")?;
    log(context, LogLevel::Info, format!("{:.0} % full after {time:?}", used * 100.0));
    Ok(())
}

#[then("report recovery time")]
fn report_recovery(utilization: &Utilization, context: &StepContext) -> StepResult {
    let recovered = utilization.emptying.iter().find(|(_, used)| *used < DEGRADED);
    let (time, used) = recovered.ok_or("the ring did not recover")?;
    log(context, LogLevel::Info, format!("down to {:.0} % after {time:?}", used * 100.0));
    Ok(())
}

/// Fill level at which a ring counts as degraded.
const DEGRADED: f64 = 0.8;

fn share(percent: &str) -> Result<f64, String> {
    let number = percent.strip_suffix('%').and_then(|number| number.parse::<f64>().ok());
    number.map(|n| n / 100.0).ok_or_else(|| format!("{percent:?} is not a valid percentage"))
}

/// Returns the time between two signals at a rate such as `10kHz`.
fn period(rate: &str) -> Result<Duration, String> {
    let wrong = || format!("{rate:?} is not a valid rate");
    let number = rate.strip_suffix("Hz").ok_or_else(wrong)?;
    let (number, unit) = match number.strip_suffix('k') {
        Some(number) => (number, 1000.0),
        None => (number, 1.0),
    };
    let hertz = number.parse::<f64>().ok().filter(|n| *n > 0.0).ok_or_else(wrong)?;
    Ok(Duration::from_secs_f64(1.0 / (hertz * unit)))
}
