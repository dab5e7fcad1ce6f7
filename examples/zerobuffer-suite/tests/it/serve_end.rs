//! A serve process ends cleanly and leaves nothing, even in the middle of a step.

use std::fs;
use std::time::{Duration, Instant};

use harmony_bdd::model::StepKeyword;
use serde_json::json;

use crate::leftovers;
use crate::reference_runner::{Platform, Serve};

/// Less than the 5 s of the running step, and enough for a slow machine.
const WELL_BEFORE_THE_STEP_ENDS: Duration = Duration::from_millis(4500);

#[test]
fn end_of_input_during_blocking_step_leaves_nothing() {
    let host = own_host(1);
    let mut reader = blocked_reader(host);
    let closed = Instant::now();
    reader.close_input();
    assert_eq!(reader.wait().code(), Some(0));
    assert!(closed.elapsed() < WELL_BEFORE_THE_STEP_ENDS, "it waited for the step");
    leftovers::assert_none(&host.to_string());
}

#[test]
fn sigterm_during_blocking_step_leaves_nothing() {
    let host = own_host(2);
    let mut reader = blocked_reader(host);
    let killed = Instant::now();
    reader.terminate();
    assert_eq!(reader.wait().code(), Some(0));
    assert!(killed.elapsed() < WELL_BEFORE_THE_STEP_ENDS, "it waited for the step");
    leftovers::assert_none(&host.to_string());
}

#[test]
fn idle_process_removes_its_buffer() {
    let host = own_host(3);
    let mut reader = Serve::start(&Platform::rust(), "reader", host, 1);
    create(&mut reader);
    assert!(shared_memory(host).exists());
    reader.stop();
    leftovers::assert_none(&host.to_string());
}

/// Starts a process whose step waits for a frame that never arrives.
fn blocked_reader(host: u32) -> Serve {
    let mut reader = Serve::start(&Platform::rust(), "reader", host, 1);
    create(&mut reader);
    assert!(shared_memory(host).exists());
    reader.send_step(StepKeyword::When, "the 'reader' process reads one frame");
    let begun = Instant::now();
    while !waits_for_frame(host) {
        assert!(begun.elapsed() < Duration::from_secs(30), "the step never started to wait");
        std::thread::yield_now();
    }
    reader
}

fn create(reader: &mut Serve) {
    let text =
        "the 'reader' process creates buffer 'end' with metadata size '64' and payload size '640'";
    let result = reader.execute(StepKeyword::Given, text, false);
    assert_eq!(result["success"], json!(true), "{result}");
}

fn shared_memory(host: u32) -> std::path::PathBuf {
    format!("/dev/shm/end_{host}_1").into()
}

/// Returns whether a thread sleeps on the semaphore that announces frames. Its file contains the
/// count and the number of waiters, 4 bytes each.
fn waits_for_frame(host: u32) -> bool {
    let semaphore = fs::read(format!("/dev/shm/sem.sem-w-end_{host}_1")).unwrap();
    semaphore[4..8] != [0; 4]
}

fn own_host(test: u32) -> u32 {
    200_000_000 + std::process::id() * 10 + test
}
