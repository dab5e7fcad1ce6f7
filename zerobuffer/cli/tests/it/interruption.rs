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
fn waiting_reader_ends_on_every_signal() {
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
fn interrupted_run_without_limit_exits_with_0() {
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
fn waiting_writer_ends_on_signal() {
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

#[test]
fn writer_that_reads_metadata_from_a_pipe_ends_on_signal() {
    let name = TestName::new("signal-metadata");
    let pipe = std::env::temp_dir().join(format!("{}-pipe", &*name));
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let writer =
        Running::start_zerobuffer(&["writer", &name, "--metadata-file", pipe.to_str().unwrap()]);
    // It waits for the other side of the pipe, which never comes.
    std::thread::sleep(std::time::Duration::from_millis(300));
    signal(&writer, Signal::SIGTERM);
    let ended = writer.wait().expect_code(3);
    assert!(ended.stderr.contains("interrupted"), "{ended:?}");
    std::fs::remove_file(pipe).unwrap();
}
