//! Ctrl-C and its like: the command ends by itself and leaves nothing behind.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::{Running, TestName, wait_until};

fn signal(running: &Running, signal: Signal) {
    kill(Pid::from_raw(running.pid() as i32), signal).unwrap();
}

fn await_writer(name: &TestName) {
    wait_until("a writer is connected", || {
        zerobuffer::inspect(name).is_ok_and(|seen| seen.control.writer_pid != 0)
    });
}

#[test]
fn a_waiting_reader_ends_on_every_signal() {
    for sent in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        let name = TestName::new("signal-reader");
        let reader = Running::start_zerobuffer(&["reader", &name, "--timeout-ms", "0", "--json"]);
        name.await_created();
        signal(&reader, sent);
        let reader = reader.wait().expect_code(1).json();
        assert_eq!(reader["errors"][0], "interrupted after 0 of 1000 frames", "{sent}");
        name.assert_gone();
    }
}

#[test]
fn a_run_without_limit_ends_well_by_interruption() {
    let name = TestName::new("signal-endless");
    let reader = Running::start_zerobuffer(&["reader", &name, "-n", "0", "--timeout-ms", "0"]);
    let writer = Running::start_zerobuffer(&["writer", &name, "-n", "-1", "--delay-ms", "60000"]);
    await_writer(&name);
    signal(&writer, Signal::SIGINT);
    writer.wait().expect_code(0);
    // The writer has closed its end, which is the end of the stream.
    reader.wait().expect_code(0);
    name.assert_gone();
}

#[test]
fn a_writer_that_waits_for_space_or_for_a_buffer_ends() {
    let name = TestName::new("signal-full");
    let config = zerobuffer::BufferConfig::new(64, 2048).unwrap();
    let reader = zerobuffer::Reader::create(&name, config).unwrap();
    let writer = Running::start_zerobuffer(&["writer", &name, "--timeout-ms", "0", "--json"]);
    wait_until("the ring is full", || reader.state().frames_ready == 1);
    signal(&writer, Signal::SIGTERM);
    let ended = writer.wait().expect_code(1).json();
    assert_eq!(ended["frames_written"], 1);
    assert!(!reader.is_writer_connected());
    drop(reader);

    let relay = Running::start_zerobuffer(&[
        "relay",
        &name,
        "zb-cli-test-never",
        "--wait-ms",
        "60000",
        "--buffer-size",
        "64KiB",
    ]);
    name.await_created();
    signal(&relay, Signal::SIGINT);
    relay.wait().expect_code(0);
    name.assert_gone();
}
