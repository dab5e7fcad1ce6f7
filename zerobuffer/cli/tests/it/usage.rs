//! Wrong usage, things that fail, and the exit codes for them.

use serde_json::json;
use zerobuffer::{BufferConfig, Reader, Writer};

use crate::support::{Running, TestName, run};

#[test]
fn help_and_version_exit_with_0() {
    let help = run(&["--help"]).expect_code(0);
    for word in ["writer", "reader", "relay", "inspect", "clean", "Exit codes"] {
        assert!(help.stdout.contains(word), "{word}: {help:?}");
    }
    for command in ["writer", "reader", "relay", "inspect", "clean"] {
        let help = run(&[command, "--help"]).expect_code(0);
        assert!(help.stdout.contains("Examples"), "{help:?}");
        assert!(help.stdout.contains(&format!("zerobuffer {command} ")), "{help:?}");
        assert_eq!(help.stderr, "");
    }
    assert!(run(&["--version"]).expect_code(0).stdout.starts_with("zerobuffer"));
}

#[test]
fn wrong_usage_exits_with_3() {
    for (args, word) in [
        (&[][..], "Usage"),
        (&["frobnicate"], "frobnicate"),
        (&["writer"], "BUFFER_NAME"),
        (&["writer", "x", "--pattern", "plaid"], "plaid"),
        (&["writer", "x", "-s", "twelve"], "twelve"),
        (&["writer", "x", "-m", "a", "--metadata-file", "b"], "metadata-file"),
        (&["writer", "x", "--metadata-file", "/nonexistent/file"], "/nonexistent/file"),
        (&["writer", "x", "--batch-size", "0"], "batch-size"),
        (&["reader", "x", "--verify", "all"], "all"),
        (&["relay", "x"], "OUTPUT_BUFFER"),
        (&["relay", "x", "y", "--xor-key", "256"], "xor-key"),
        (&["inspect"], "BUFFER_NAME"),
        (&["inspect", "x", "--interval-ms", "0"], "interval-ms"),
    ] {
        let ended = run(args).expect_code(3);
        assert!(ended.stderr.contains(word), "{args:?}: {ended:?}");
    }
}

#[test]
fn buffer_error_exits_with_2() {
    let name = TestName::new("fails");
    let no_reader = ["writer", &name, "--wait-ms", "20"];
    for (args, word) in [
        (&no_reader[..], "does not exist"),
        (&["writer", "a/b"], "'/'"),
        (&["reader", ""], "empty"),
        (&["inspect", &name], "does not exist"),
        (&["reader", &name, "--buffer-size", "9223372036854775807"], "overflow"),
    ] {
        let ended = run(args).expect_code(2);
        let line = ended.stderr.trim_end();
        assert!(line.starts_with("zerobuffer: ") && line.lines().count() == 1, "{ended:?}");
        assert!(line.contains(word), "{ended:?}");
    }

    let reader = Reader::create(&name, BufferConfig::new(64, 1024).unwrap()).unwrap();
    let taken = run(&["reader", &name]).expect_code(2);
    assert!(taken.stderr.contains("already has a reader"), "{taken:?}");
    let long = run(&["writer", &name, "-s", "2000", "--json-output"]).expect_code(2).json();
    assert_eq!(long["frames_written"], 0);
    assert!(long["errors"][0].as_str().unwrap().contains("longer than"), "{long}");
    let metadata = run(&["writer", &name, "-m", &"x".repeat(100)]).expect_code(2);
    assert!(metadata.stderr.contains("metadata of 100 bytes"), "{metadata:?}");
    let _writer = Writer::open(&name).unwrap();
    let second = run(&["writer", &name]).expect_code(2);
    assert!(second.stderr.contains("already has a writer"), "{second:?}");
    drop(reader);
    name.assert_gone();
}

#[test]
fn timeout_exits_with_4() {
    let name = TestName::new("slow");
    let reader = run(&["reader", &name, "--timeout-ms", "30", "--json-output"]).expect_code(4);
    assert_eq!(reader.json()["errors"], json!(["no frame came within 30 ms"]));
    name.assert_gone();
    let relay = run(&["relay", &name, &name, "--timeout-ms", "30", "--buffer-size", "64KiB"]);
    let relay = relay.expect_code(4);
    assert!(relay.stderr.contains("no frame came"), "{relay:?}");

    let _reader = Reader::create(&name, BufferConfig::new(64, 4096).unwrap()).unwrap();
    let writer = run(&[
        "writer",
        &name,
        "-s",
        "1000",
        "--timeout-ms",
        "30",
        "--linger-ms",
        "0",
        "--json-output",
    ]);
    let writer = writer.expect_code(4).json();
    assert_eq!(writer["frames_written"], 4);
    assert!(writer["errors"][0].as_str().unwrap().contains("is full"), "{writer}");
}

#[test]
fn wrong_content_or_missing_frames_exit_with_1() {
    let name = TestName::new("wrong");
    let reader = Running::start_zerobuffer(&[
        "reader",
        &name,
        "-n",
        "5",
        "--verify",
        "zero",
        "--json-output",
    ]);
    run(&["writer", &name, "-n", "5", "--pattern", "ones"]).expect_code(0);
    let reader = reader.wait().expect_code(1).json();
    assert_eq!((&reader["verification_errors"], &reader["errors"]), (&json!(5), &json!([])));

    let reader = Running::start_zerobuffer(&["reader", &name, "-n", "6"]);
    run(&["writer", &name, "-n", "5"]).expect_code(0);
    let reader = reader.wait().expect_code(1);
    assert!(reader.stderr.contains("the writer closed after 5 of 6 frames"), "{reader:?}");
    assert!(reader.stdout.starts_with("read 5 frames, 5120 bytes"), "{reader:?}");
}

#[test]
fn dead_peer_exits_with_2() {
    let name = TestName::new("dead");
    let reader = Running::start_zerobuffer(&["reader", &name, "-n", "0", "--timeout-ms", "0"]);
    let mut writer = Running::start_zerobuffer(&["writer", &name, "-n", "0", "--delay-ms", "5"]);
    crate::support::wait_until("frames flow", || {
        zerobuffer::inspect(&name).is_ok_and(|seen| seen.control.payload_read_count > 0)
    });
    writer.child().kill().unwrap();
    let ended = reader.wait().expect_code(2);
    assert!(ended.stderr.contains("died"), "{ended:?}");
    name.assert_gone();
}

#[test]
fn writer_waits_for_the_successor_of_a_dead_reader() {
    let name = TestName::new("successor");
    let dead = Running::start_zerobuffer(&["reader", &name, "--timeout-ms", "0"]);
    name.await_created();
    drop(dead);
    let refused = run(&["writer", &name, "--wait-ms", "0"]).expect_code(2);
    assert!(refused.stderr.contains("is gone"), "{refused:?}");
    let writer = Running::start_zerobuffer(&["writer", &name, "-n", "5", "--wait-ms", "30000"]);
    run(&["reader", &name, "-n", "5", "--verify", "sequential"]).expect_code(0);
    writer.wait().expect_code(0);
}

#[test]
fn verbose_logs_to_stderr() {
    let name = TestName::new("verbose");
    let reader = Running::start_zerobuffer(&["reader", &name, "-n", "200", "-v"]);
    let writer = run(&["writer", &name, "-n", "200", "-v"]).expect_code(0);
    assert!(writer.stderr.contains("connected to buffer") && writer.stderr.contains("200 frames"));
    let reader = reader.wait().expect_code(0);
    assert!(reader.stderr.contains("created buffer") && reader.stderr.contains("200 frames read"));
}
