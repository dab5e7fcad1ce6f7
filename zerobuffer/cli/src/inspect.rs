//! `zerobuffer inspect`: the state of a buffer for people and for scripts.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use zerobuffer::{Error, Health, Inspection, PeerState, inspect};

use crate::args::InspectArgs;
use crate::outcome::{Exit, complain};
use crate::stop::Stop;

const CLEAR_SCREEN: &str = "\x1b[H\x1b[2J";

const BAR_WIDTH: usize = 40;

pub(crate) fn run(args: &InspectArgs, stop: &Stop) -> Exit {
    let mut before: Option<(Inspection, Instant)> = None;
    loop {
        let seen = match inspect(&args.buffer_name) {
            Ok(seen) => seen,
            // The watched buffer was closed.
            Err(Error::NotFound { .. }) if before.is_some() => {
                let _ = complain(format_args!("buffer '{}' is gone", args.buffer_name));
                return Exit::Done;
            }
            Err(error) => {
                let _ = complain(&error);
                return Exit::Buffer;
            }
        };
        let now = Instant::now();
        let rate = before.as_ref().map(|(before, then)| rate(before, &seen, now - *then));
        // A closed output counts as an interruption.
        if show(args, &seen, rate).is_err() || !args.watch {
            return Exit::Done;
        }
        before = Some((seen, now));
        stop.sleep(Duration::from_millis(args.interval_ms));
        if stop.is_requested() {
            return Exit::Done;
        }
    }
}

/// Frames (and markers) written per second between two refreshes.
fn rate(before: &Inspection, now: &Inspection, time: Duration) -> f64 {
    let written =
        now.control.payload_written_count.wrapping_sub(before.control.payload_written_count);
    written as f64 / time.as_secs_f64()
}

fn show(args: &InspectArgs, seen: &Inspection, rate: Option<f64>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match (args.json, args.watch) {
        (true, true) => writeln!(out, "{}", to_json(seen))?,
        (true, false) => writeln!(out, "{:#}", to_json(seen))?,
        (false, watch) => {
            if watch && out.is_terminal() {
                write!(out, "{CLEAR_SCREEN}")?;
            }
            writeln!(out, "{}", to_text(seen, rate))?;
            if watch && !out.is_terminal() {
                writeln!(out)?;
            }
        }
    }
    out.flush()
}

fn to_json(seen: &Inspection) -> Value {
    let control = &seen.control;
    let metadata = seen.metadata.as_deref();
    json!({
        "buffer_name": seen.name,
        "health": health(seen.health()),
        "utilisation": seen.utilisation(),
        "object_size": seen.object_size,
        "reader": end_json(seen.reader),
        "writer": end_json(seen.writer),
        "frames_ready": seen.frames_ready,
        "releases_pending": seen.releases_pending,
        "metadata_text": metadata.map(String::from_utf8_lossy),
        "control_block_size": control.control_block_size,
        "version": format!("{}.{}.{}", control.version[0], control.version[1], control.version[2]),
        "metadata_size": control.metadata_size,
        "metadata_free_bytes": control.metadata_free_bytes,
        "metadata_written_bytes": control.metadata_written_bytes,
        "payload_size": control.payload_size,
        "payload_free_bytes": control.payload_free_bytes,
        "payload_write_pos": control.payload_write_pos,
        "payload_read_pos": control.payload_read_pos,
        "payload_written_count": control.payload_written_count,
        "payload_read_count": control.payload_read_count,
        "writer_pid": control.writer_pid,
        "reader_pid": control.reader_pid,
    })
}

fn end_json(end: PeerState) -> Value {
    match end {
        PeerState::Alive { pid } => json!({ "state": "alive", "pid": pid }),
        PeerState::Dead { pid } => json!({ "state": "dead", "pid": pid }),
        _ => json!({ "state": "absent", "pid": null }),
    }
}

fn health(health: Health) -> &'static str {
    match health {
        Health::Healthy => "healthy",
        Health::Degraded => "degraded",
        _ => "critical",
    }
}

fn to_text(seen: &Inspection, rate: Option<f64>) -> String {
    let control = &seen.control;
    let count = |count: Option<u32>| count.map_or("unknown".into(), |count| count.to_string());
    let percent = seen.utilisation() * 100.0;
    let metadata = match seen.metadata.as_deref() {
        _ if control.metadata_written_bytes == 0 => "none".into(),
        Some(metadata) => format!(
            "{} bytes of {}: {:?}",
            control.metadata_written_bytes - 8,
            control.metadata_size.saturating_sub(8),
            String::from_utf8_lossy(metadata)
        ),
        None => "damaged: its lengths contradict each other".into(),
    };
    let mut lines = vec![
        format!("buffer     {} ({} bytes in /dev/shm)", seen.name, seen.object_size),
        format!("health     {}", health(seen.health())),
        format!(
            "ring       {} {percent:.1} %, {} of {} bytes in use",
            bar(seen.utilisation()),
            seen.used_bytes(),
            control.payload_size
        ),
        format!("frames     {} waiting to be read", count(seen.frames_ready)),
        format!("reader     {}", end_text(seen.reader)),
        format!("writer     {}", end_text(seen.writer)),
        format!("metadata   {metadata}"),
        format!(
            "positions  write {}, read {}",
            control.payload_write_pos, control.payload_read_pos
        ),
        format!(
            "counts     {} written, {} read, wrap markers included; {} releases unused",
            control.payload_written_count,
            control.payload_read_count,
            count(seen.releases_pending)
        ),
    ];
    if let Some(rate) = rate {
        lines.push(format!("rate       {rate:.0} frames a second"));
    }
    lines.join("\n")
}

fn end_text(end: PeerState) -> String {
    match end {
        PeerState::Alive { pid } => format!("process {pid}, alive"),
        PeerState::Dead { pid } => format!("process {pid}, dead"),
        _ => "none".into(),
    }
}

fn bar(share: f64) -> String {
    let filled = ((share * BAR_WIDTH as f64).round() as usize).min(BAR_WIDTH);
    format!("[{}{}]", "#".repeat(filled), ".".repeat(BAR_WIDTH - filled))
}
