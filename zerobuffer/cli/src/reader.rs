//! `zerobuffer reader`: creates a buffer, takes frames and checks them.

use std::time::{Duration, Instant};

use md5::{Digest, Md5};
use serde_json::{Value, json};
use zerobuffer::{BufferConfig, Error, Reader};

use crate::args::{ReaderArgs, timeout};
use crate::outcome::{Errors, Exit, Traffic, complain, conclude};
use crate::pattern::Pattern;
use crate::progress::Progress;
use crate::stop::{SLICE, Stop};
use crate::writer::interrupted;

/// Most checksums that a result lists.
const LISTED_CHECKSUMS: usize = 100;

const DEFAULT_RING: usize = 1 << 20;

/// Results of a reader besides its traffic.
#[derive(Debug, Default)]
struct Findings {
    metadata_size: usize,
    verification_errors: u64,
    checksums: Vec<Value>,
    errors: Errors,
}

pub(crate) fn run(args: &ReaderArgs, stop: &Stop) -> Exit {
    let mut traffic = Traffic::default();
    let mut findings = Findings::default();
    if let Err(error) = read_all(args, stop, &mut traffic, &mut findings) {
        findings.errors.add_buffer(&error);
    }
    let wrong = findings.verification_errors;
    let json = args.report.json_output.then(|| {
        json!({
            "operation": "read",
            "buffer_name": args.buffer_name,
            "frames_read": traffic.frames,
            "frame_size": args.size,
            "metadata_size": findings.metadata_size,
            "duration_seconds": traffic.seconds(),
            "throughput_mbps": traffic.throughput(),
            "verification_errors": wrong,
            "checksums": findings.checksums,
            "errors": findings.errors.to_json(),
        })
    });
    let mut text = format!(
        "read {} frames, {} bytes, in {:.3} s, {:.1} MiB/s",
        traffic.frames,
        traffic.bytes,
        traffic.seconds(),
        traffic.throughput()
    );
    if args.verify.and_then(|verify| verify.pattern()).is_some() {
        text += &format!(", {wrong} with wrong content");
    }
    for checksum in &findings.checksums {
        let (frame, sum) = (&checksum["frame"], checksum["checksum"].as_str().unwrap_or_default());
        text += &format!("\n{sum}  frame {frame}");
    }
    let exit = conclude(json, &text, &findings.errors);
    if exit == Exit::Done && wrong > 0 { Exit::Data } else { exit }
}

fn read_all(
    args: &ReaderArgs,
    stop: &Stop,
    traffic: &mut Traffic,
    findings: &mut Findings,
) -> zerobuffer::Result<()> {
    let ring = args.buffer_size.unwrap_or_else(|| {
        // Two frames always fit at every position; four keep both sides busy.
        args.size.saturating_add(16).saturating_mul(4).max(DEFAULT_RING)
    });
    let config = BufferConfig::new(args.metadata_size, ring)?;
    let mut reader = Reader::create(&args.buffer_name, config)?;
    if args.report.verbose {
        let _ = complain(format_args!("created buffer '{}', {ring} bytes", args.buffer_name));
    }
    let limit = args.frames.limit();
    let mut progress = Progress::new("read", limit);
    let result = read_frames(args, stop, &mut reader, traffic, findings, &mut progress);
    traffic.end();
    progress.clear();
    findings.metadata_size = reader.metadata()?.map_or(0, |metadata| metadata.len());
    result
}

fn read_frames(
    args: &ReaderArgs,
    stop: &Stop,
    reader: &mut Reader,
    traffic: &mut Traffic,
    findings: &mut Findings,
    progress: &mut Progress,
) -> zerobuffer::Result<()> {
    let limit = args.frames.limit();
    let pattern = args.verify.and_then(|verify| verify.pattern());
    while limit.is_none_or(|limit| traffic.frames < limit) {
        match wait_for_frame(reader, args.timeout_ms, stop, || progress.refresh(traffic))? {
            Waited::Frame => {}
            Waited::End => {
                if let Some(limit) = limit {
                    let text =
                        format!("the writer closed after {} of {limit} frames", traffic.frames);
                    findings.errors.add(Exit::Data, text);
                }
                return Ok(());
            }
            Waited::Timeout => {
                let text = format!("no frame came within {} ms", args.timeout_ms);
                findings.errors.add(Exit::Timeout, text);
                return Ok(());
            }
            Waited::Interrupted => {
                interrupted(limit, traffic, &mut findings.errors);
                return Ok(());
            }
        }
        traffic.begin();
        let Some(frame) = reader.try_read()? else { continue };
        check(args, pattern, traffic.frames, &frame, findings);
        traffic.add(frame.len());
        drop(frame);
        progress.show(traffic);
        if args.report.verbose && traffic.frames.is_multiple_of(100) {
            let _ = complain(format_args!("{} frames read", traffic.frames));
        }
    }
    Ok(())
}

fn check(
    args: &ReaderArgs,
    pattern: Option<Pattern>,
    number: u64,
    frame: &[u8],
    findings: &mut Findings,
) {
    if args.size != 0 && frame.len() != args.size {
        let text = format!("frame {number} has {} bytes, not {}", frame.len(), args.size);
        findings.errors.add(Exit::Data, text);
    }
    if pattern.is_some_and(|pattern| !pattern.matches(number, frame)) {
        findings.verification_errors += 1;
    }
    if args.checksum && findings.checksums.len() < LISTED_CHECKSUMS {
        let sum: String = Md5::digest(frame).iter().map(|byte| format!("{byte:02x}")).collect();
        findings.checksums.push(json!({ "frame": number, "checksum": sum }));
    }
}

/// Result of the wait for a frame.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Waited {
    Frame,
    End,
    Timeout,
    Interrupted,
}

/// Waits for the next frame, calling `idle` now and then.
pub(crate) fn wait_for_frame(
    reader: &mut Reader,
    timeout_ms: u64,
    stop: &Stop,
    mut idle: impl FnMut(),
) -> zerobuffer::Result<Waited> {
    if stop.is_requested() {
        return Ok(Waited::Interrupted);
    }
    let mut waiting = None;
    let mut slice = Duration::ZERO;
    loop {
        match reader.wait_for_frame(slice) {
            Ok(true) => return Ok(Waited::Frame),
            Ok(false) => {}
            Err(Error::WriterClosed { .. }) => return Ok(Waited::End),
            Err(error) => return Err(error),
        }
        let (began, timeout) =
            *waiting.get_or_insert_with(|| (Instant::now(), timeout(timeout_ms)));
        let left = timeout.saturating_sub(began.elapsed());
        if stop.is_requested() {
            return Ok(Waited::Interrupted);
        }
        if left.is_zero() {
            return Ok(Waited::Timeout);
        }
        idle();
        slice = left.min(SLICE);
    }
}
