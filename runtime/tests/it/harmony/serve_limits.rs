//! Limits of a serve, and the ways in which serving ends.

use std::io::{self, Read, Write};

use harmony_bdd::harmony::protocol::framing::MAX_BODY_BYTES;
use harmony_bdd::harmony::serve::{ServeOptions, ShutdownReason, serve};
use serde_json::{Value, json};

use super::serve_io::*;
use super::steps;

#[test]
fn a_body_beyond_the_limit_is_skipped() {
    let too_long = usize::try_from(MAX_BODY_BYTES).unwrap() + 1;
    let mut input = format!("Content-Length: {too_long}\r\n\r\n").into_bytes();
    input.resize(input.len() + too_long, b' ');
    let input = then_health(&input);
    check(vec![(
        "64 MiB and a byte",
        input,
        vec![Error(Value::Null, -32600, "exceeds the limit of 67108864 bytes"), ok(9)],
    )]);
}

#[test]
fn a_body_at_the_limit_is_read() {
    let longest = usize::try_from(MAX_BODY_BYTES).unwrap();
    let mut input = format!("Content-Length: {longest}\r\n\r\n{HEALTH}").into_bytes();
    input.resize(input.len() + longest - HEALTH.len(), b' ');
    check(vec![("64 MiB", input, vec![ok(2)])]);
}

#[test]
fn pipelined_steps_are_answered_in_their_order() {
    let input: Vec<u8> =
        (2..202).flat_map(|id| step(&id.to_string(), r#"{"Step":"one is counted"}"#)).collect();
    let ids: Vec<u64> = run(input).iter().map(|r| r["id"].as_u64().unwrap()).collect();
    assert_eq!(ids, (2..202).collect::<Vec<u64>>());
}

#[test]
fn more_pipelined_steps_than_may_wait_are_all_answered() {
    let input: Vec<u8> =
        (2..10_002).flat_map(|id| step(&id.to_string(), r#"{"Step":"nothing happens"}"#)).collect();
    let replies = run(input);
    assert_eq!(replies.len(), 10_000);
    assert!(replies.iter().all(|r| r["result"]["success"] == true));
}

#[test]
fn the_end_of_the_input_at_every_byte_of_a_frame_is_a_clean_end() {
    let input = health_under("Content-Type: x\r\nContent-Length: #\r\n\r\n");
    for cut in 0..input.len() {
        let (replies, end) = run_in_pieces(input[..cut].to_vec(), usize::MAX);
        assert_eq!((replies.len(), end), (0, ShutdownReason::InputEnded), "cut at byte {cut}");
    }
}

#[test]
fn serving_ends_for_the_reason_of_the_request() {
    assert_eq!(run_in_pieces(request("2", "shutdown", "[]"), 7).1, ShutdownReason::Shutdown);
    assert_eq!(run_in_pieces(request("2", "crash", "[]"), 7).1, ShutdownReason::Crash);
    let both = [request("2", "shutdown", "[]"), health("3")].concat();
    let (replies, _) = run_in_pieces(both, usize::MAX);
    assert_eq!(replies.len(), 1, "nothing is answered behind a shutdown: {replies:?}");
}

#[test]
fn output_error_ends_serving() {
    struct Broken;
    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    /// One request, and then nothing for ever.
    struct Open(io::Cursor<Vec<u8>>);
    impl Read for Open {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            loop {
                match self.0.read(buffer)? {
                    0 => std::thread::park(),
                    read => return Ok(read),
                }
            }
        }
    }
    let input = Open(io::Cursor::new(health("2")));
    let end = serve(input, Broken, steps::registry(), ServeOptions::default()).unwrap();
    assert_eq!(end, ShutdownReason::OutputClosed);
}

#[test]
fn a_step_that_runs_when_the_input_ends_is_cancelled() {
    let replies = run(step("2", r#"{"Step":"it takes 3600000 ms"}"#));
    assert!(Error(json!(2), -32603, "cancelled").is(&replies[0]), "{replies:?}");
}
