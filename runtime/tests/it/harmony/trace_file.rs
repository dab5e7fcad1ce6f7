//! A trace on a full disk.

use std::path::Path;
use std::process::Command;

use harmony_bdd::harmony::trace::{Direction, Endpoint, TraceWriter};
use serde_json::Value;

const TRACE_PATH: &str = "HARMONY_BDD_TEST_TRACE";

/// Writes a trace that is too long for its file; returns 0 if the error is reported.
pub(crate) fn write_overlong_trace() -> i32 {
    let path = std::env::var(TRACE_PATH).unwrap();
    let trace = TraceWriter::create(Path::new(&path)).unwrap();
    let endpoint = Endpoint { scenario: "s".repeat(50), ..Endpoint::default() };
    for _ in 0..100 {
        trace.record(&endpoint, 1, Direction::Sent, b"{}");
    }
    i32::from(trace.finish().is_ok())
}

#[test]
fn a_trace_on_a_full_disk_ends_with_a_whole_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace");
    // A limit on the size of files takes the place of the full disk: writes end in mid-line.
    let status = Command::new("/bin/sh")
        .arg("-c")
        .arg(
            "trap '' XFSZ; ulimit -f 1; exec \"$0\" --exact harmony::child::serves_as_a_child_process \
             --nocapture 3>&1 >/dev/null",
        )
        .arg(std::env::current_exe().unwrap())
        .env("HARMONY_BDD_TEST_BEHAVIOR", "traces")
        .env(TRACE_PATH, &path)
        .status()
        .unwrap();
    assert!(status.success(), "the error is reported");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.ends_with('\n'), "{text}");
    assert!(text.lines().count() > 1);
    assert!(text.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{text}");
}
