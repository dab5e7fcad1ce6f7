//! Chains of writers, relays and readers of this crate.

use serde_json::json;

use crate::support::{Running, TestName, keys, run};

#[test]
fn writer_and_reader_agree_on_every_pattern() {
    for pattern in ["sequential", "random", "zero", "ones"] {
        let name = TestName::new("pair");
        let reader = Running::start_zerobuffer(&[
            "reader",
            &name,
            "-n",
            "3000",
            "-s",
            "1000",
            "--verify",
            pattern,
            "--json-output",
        ]);
        let writer = run(&[
            "writer",
            &name,
            "-n",
            "3000",
            "-s",
            "1000",
            "--pattern",
            pattern,
            "-m",
            "héllo",
            "--json-output",
        ])
        .expect_code(0)
        .json();
        let reader = reader.wait().expect_code(0).json();
        assert_eq!(
            keys(&writer),
            [
                "operation",
                "buffer_name",
                "frames_written",
                "frame_size",
                "metadata_size",
                "duration_seconds",
                "throughput_mbps",
                "errors"
            ]
        );
        assert_eq!(
            keys(&reader),
            [
                "operation",
                "buffer_name",
                "frames_read",
                "frame_size",
                "metadata_size",
                "duration_seconds",
                "throughput_mbps",
                "verification_errors",
                "checksums",
                "errors"
            ]
        );
        assert_eq!(writer["operation"], "write");
        assert_eq!(reader["operation"], "read");
        assert_eq!(reader["buffer_name"], &*name);
        assert_eq!(
            (&writer["frames_written"], &reader["frames_read"]),
            (&json!(3000), &json!(3000))
        );
        assert_eq!((&writer["metadata_size"], &reader["metadata_size"]), (&json!(6), &json!(6)));
        assert_eq!(reader["verification_errors"], 0, "{pattern}");
        assert!(writer["throughput_mbps"].as_f64().unwrap() > 0.0);
        assert_eq!((&writer["errors"], &reader["errors"]), (&json!([]), &json!([])));
        name.assert_gone();
    }
}

#[test]
fn relays_transform_frames_and_forward_metadata() {
    let names = ["first", "second", "third", "fourth"].map(TestName::new);
    let [first, second, third, fourth] = &names;
    let reader = Running::start_zerobuffer(&[
        "reader",
        fourth,
        "-n",
        "0",
        "-s",
        "777",
        "--verify",
        "sequential",
        "--json-output",
    ]);
    let relay = |from: &str, to: &str, transform: &str, key: &str| {
        Running::start_zerobuffer(&[
            "relay",
            from,
            to,
            "--buffer-size",
            "64KiB",
            "--transform",
            transform,
            "--xor-key",
            key,
            "--json-output",
        ])
    };
    // Combined the bytes are as they were.
    let relays = [
        relay(third, fourth, "xor", "165"),
        relay(second, third, "none", "1"),
        relay(first, second, "xor", "0xa5"),
    ];
    run(&["writer", first, "-n", "2000", "-s", "777", "-m", "through all of them"]).expect_code(0);
    let reader = reader.wait().expect_code(0).json();
    assert_eq!(reader["frames_read"], 2000);
    assert_eq!(reader["verification_errors"], 0);
    assert_eq!(reader["metadata_size"], 19);
    for (relay, transform) in relays.into_iter().zip(["xor", "none", "xor"]) {
        let relay = relay.wait().expect_code(0).json();
        assert_eq!(
            keys(&relay),
            [
                "operation",
                "input_buffer",
                "output_buffer",
                "frames_relayed",
                "metadata_relayed",
                "duration_seconds",
                "throughput_mbps",
                "transform",
                "errors"
            ]
        );
        assert_eq!(relay["operation"], "relay");
        assert_eq!(relay["frames_relayed"], 2000);
        assert_eq!(relay["metadata_relayed"], true);
        assert_eq!(relay["transform"], transform);
    }
    for name in names {
        name.assert_gone();
    }
}

#[test]
fn relay_reverses_frames() {
    let (from, to) = (TestName::new("turn-in"), TestName::new("turn-out"));
    let reader = Running::start_zerobuffer(&[
        "reader",
        &to,
        "-n",
        "1",
        "-s",
        "3",
        "--checksum",
        "--json-output",
    ]);
    let relay = Running::start_zerobuffer(&[
        "relay",
        &from,
        &to,
        "-n",
        "1",
        "--buffer-size",
        "1MiB",
        "--transform",
        "reverse",
        "--create-output",
    ]);
    run(&["writer", &from, "-n", "1", "-s", "3"]).expect_code(0);
    let reader = reader.wait().expect_code(0).json();
    // The MD5 of the bytes 2, 1, 0.
    assert_eq!(
        reader["checksums"],
        json!([{ "frame": 0, "checksum": "9a4f48c371ae1d214d719be64ae9fbb0" }])
    );
    let relay = relay.wait().expect_code(0);
    assert!(relay.stderr.contains("belongs to its reader"), "{relay:?}");
    assert!(relay.stdout.starts_with("relayed 1 frames, 3 bytes"), "{relay:?}");
}

#[test]
fn relay_forwards_metadata_without_frames() {
    let (from, to) = (TestName::new("meta-in"), TestName::new("meta-out"));
    let reader = Running::start_zerobuffer(&["reader", &to, "-n", "0", "--json-output"]);
    let relay = Running::start_zerobuffer(&["relay", &from, &to, "--buffer-size", "1MiB"]);
    let mut writer = zerobuffer::Writer::open_timeout(&from, crate::support::TEST_TIMEOUT).unwrap();
    writer.set_metadata(b"all there is").unwrap();
    drop(writer);
    relay.wait().expect_code(0);
    let reader = reader.wait().expect_code(0).json();
    assert_eq!((&reader["frames_read"], &reader["metadata_size"]), (&json!(0), &json!(12)));
}

#[test]
fn only_the_first_hundred_checksums_and_errors_are_listed() {
    let name = TestName::new("lists");
    let reader = Running::start_zerobuffer(&[
        "reader",
        &name,
        "-n",
        "150",
        "-s",
        "11",
        "--checksum",
        "--json-output",
    ]);
    run(&["writer", &name, "-n", "150", "-s", "10"]).expect_code(0);
    let reader = reader.wait().expect_code(1).json();
    assert_eq!(reader["frames_read"], 150);
    assert_eq!(reader["checksums"].as_array().unwrap().len(), 100);
    assert_eq!(reader["errors"].as_array().unwrap().len(), 100);
    assert_eq!(reader["errors"][0], "frame 0 has 10 bytes, not 11");
}

#[test]
fn writer_reads_metadata_from_file_and_pauses_between_batches() {
    let name = TestName::new("file");
    let path = std::env::temp_dir().join(&*name);
    std::fs::write(&path, [0, 159, 146, 150]).unwrap();
    let reader = Running::start_zerobuffer(&["reader", &name, "-n", "7", "--json-output"]);
    let writer = run(&[
        "writer",
        &name,
        "-n",
        "7",
        "--metadata-file",
        path.to_str().unwrap(),
        "--delay-ms",
        "10",
        "--batch-size",
        "3",
        "--json-output",
    ])
    .expect_code(0)
    .json();
    std::fs::remove_file(path).unwrap();
    assert_eq!(reader.wait().expect_code(0).json()["metadata_size"], 4);
    // Two pauses, not seven.
    assert!(writer["duration_seconds"].as_f64().unwrap() >= 0.02);
}
