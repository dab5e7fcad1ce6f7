//! 09: the cost of waiting and copying.
//!
//! These steps measure CPU time and compare it with plain copying in the same process, so that a
//! busy machine does not fail them.

use std::hint::black_box;
use std::time::Duration;

use harmony_bdd::model::LogLevel;
use harmony_bdd::{StepContext, then, when};
use zerobuffer::Error;

use super::expectation::{StepResult, ensure, expect, expected_within, text};
use crate::settings::log;
use crate::state::{BenchRing, BufferNames, CpuUsage, FRAME_HEADER_BYTES, Readers, Writers};

/// Time a reader or writer waits in vain.
const IDLE: Duration = Duration::from_millis(600);

/// Largest allowed CPU share of a waiting thread: the first check takes 0.2 ms.
const NEAR_ZERO: f64 = 0.05;

/// Number of frames of the transfer and their size in bytes.
const FRAMES: u64 = 400;
const FRAME: usize = 64 * 1024;

/// Largest allowed ratio of the CPU time of a transfer to that of copying its bytes twice. A
/// transfer that copies byte by byte, or once more per layer, exceeds it.
const EFFICIENT: f64 = 12.0;

/// The measurements.
#[derive(Debug, Default)]
struct Measured {
    idle: Option<CpuUsage>,
    transfer: Option<Transfer>,
}

#[derive(Debug, Clone, Copy)]
struct Transfer {
    bytes: u64,
    usage: CpuUsage,
    copying: Option<CpuUsage>,
}

#[then(r"^monitor CPU usage during idle \(blocked on semaphore\)$")]
fn measure_idle(
    readers: &mut Readers,
    writers: &mut Writers,
    measured: &mut Measured,
    context: &StepContext,
) -> StepResult {
    let usage = if readers.is_empty() {
        let writer = writers.current()?;
        // A frame as large as the ring has to wait unless the ring is empty.
        let all = vec![0; (writer.capacity() - FRAME_HEADER_BYTES) as usize];
        writer.write(&all).map_err(text)?;
        let (refused, usage) = CpuUsage::of(|| writer.write_within(IDLE, &all))?;
        ensure(matches!(refused, Err(Error::BufferFull { .. })), || format!("{refused:?}"))?;
        usage
    } else {
        let reader = readers.current()?;
        let (read, usage) = CpuUsage::of(|| reader.attempt(IDLE))?;
        expect("frame", read.map_err(text)?, None)?;
        usage
    };
    log(context, LogLevel::Info, format!("idle: {:.3} % of a CPU", usage.share() * 100.0));
    measured.idle = Some(usage);
    Ok(())
}

#[then("verify near-zero CPU when waiting")]
fn idle_is_idle(measured: &Measured) -> StepResult {
    let usage = measured.idle.ok_or("nothing was measured")?;
    ensure(usage.elapsed >= IDLE, || format!("it waited for {:?} only", usage.elapsed))?;
    ensure(usage.share() < NEAR_ZERO, || {
        format!("a waiting thread was busy for {:?} of {:?}", usage.busy, usage.elapsed)
    })
}

#[when("transfer data actively")]
fn transfer(
    readers: &mut Readers,
    writers: &mut Writers,
    names: &mut BufferNames,
    measured: &mut Measured,
) -> StepResult {
    let mut own = BenchRing::default();
    // If the other side is in another process, the bytes pass through a ring within this process.
    let (reader, writer) = if readers.is_empty() || writers.is_empty() {
        own = BenchRing::create("transfer", 8 * FRAME, names, (readers, writers))?;
        own.ends()?
    } else {
        (readers.current()?.end_mut(), writers.current()?.end())
    };
    let data = vec![0xa5; FRAME];
    let mut target = vec![0; FRAME];
    let (passed, usage) = CpuUsage::of(|| -> StepResult {
        for _ in 0..FRAMES {
            writer.write(&data).map_err(text)?;
            reader.receive(expected_within()).map_err(text)?.ok_or("a frame did not arrive")?;
            target.copy_from_slice(reader.held().ok_or("no frame is held")?);
            reader.release();
            ensure(target == data, || "the bytes differ".to_owned())?;
        }
        Ok(())
    })?;
    passed?;
    drop(own);
    measured.transfer = Some(Transfer { bytes: FRAMES * FRAME as u64, usage, copying: None });
    Ok(())
}

#[then("monitor CPU during active transfer")]
fn measure_copying(measured: &mut Measured, context: &StepContext) -> StepResult {
    let transfer = measured.transfer.as_mut().ok_or("nothing was transferred")?;
    // Half a page apart: copies between equal page offsets are slow on some CPUs.
    let (source, mut target) = (vec![0xa5; FRAME], vec![0; FRAME + 2048]);
    let target = &mut target[2048..];
    let (same, copying) = CpuUsage::of(|| {
        let mut same = true;
        // Copied in and out, and compared as in the transfer.
        for _ in 0..transfer.bytes / FRAME as u64 {
            target.copy_from_slice(black_box(&source));
            target.copy_from_slice(black_box(&source));
            same &= *black_box(&*target) == source[..];
        }
        same
    })?;
    ensure(same, || "copied bytes are different".to_owned())?;
    transfer.copying = Some(copying);
    let per_second = transfer.bytes as f64 / transfer.usage.busy.as_secs_f64() / 1e6;
    let times = transfer.usage.busy.as_secs_f64() / copying.busy.as_secs_f64();
    log(
        context,
        LogLevel::Info,
        format!(
            "transfer of {} bytes: {per_second:.0} MB for each second of CPU time, {times:.2} times the cost of plain copying",
            transfer.bytes
        ),
    );
    Ok(())
}

#[then("verify efficient data copying")]
fn copying_is_efficient(measured: &Measured) -> StepResult {
    let transfer = measured.transfer.ok_or("nothing was transferred")?;
    let copying = transfer.copying.ok_or("nothing was measured to compare with")?;
    ensure(transfer.bytes > 0, || "no byte was transferred".to_owned())?;
    let times = transfer.usage.busy.as_secs_f64() / copying.busy.as_secs_f64();
    ensure(times < EFFICIENT, || {
        format!("a transfer costs {times:.1} times the CPU time of plain copying")
    })
}
