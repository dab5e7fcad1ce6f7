//! `zerobuffer inspect`.

use std::io::{BufRead, BufReader};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use zerobuffer::{BufferConfig, Reader, Writer};

use crate::support::{Running, TestName, run, wait_until};

fn fill(name: &TestName, frames: u32) -> (Reader, Writer) {
    let reader = Reader::create(name, BufferConfig::new(64, 10 * 1024).unwrap()).unwrap();
    let mut writer = Writer::open(name).unwrap();
    writer.set_metadata(b"rgb").unwrap();
    for _ in 0..frames {
        writer.write(&[0; 1008]).unwrap();
    }
    (reader, writer)
}

#[test]
fn inspect_shows_decoded_state_and_health() {
    for (frames, level) in [(0, "healthy"), (7, "healthy"), (8, "degraded"), (10, "critical")] {
        let name = TestName::new("inspect");
        let (_reader, _writer) = fill(&name, frames);
        let text = run(&["inspect", &name]).expect_code(0).stdout;
        assert!(text.contains(&format!("health     {level}\n")), "{text}");
        assert!(text.contains(&format!(" {}0.0 %, ", frames)) || frames == 0, "{text}");
        assert!(text.contains(&format!("frames     {frames} waiting")), "{text}");
        assert!(text.contains("3 bytes of 56: \"rgb\""), "{text}");

        let json = run(&["inspect", &name, "--json"]).expect_code(0).json();
        assert_eq!(json["health"], level);
        assert_eq!(json["buffer_name"], &*name);
        assert_eq!(json["frames_ready"], frames);
        assert_eq!(json["payload_written_count"], frames);
        assert_eq!(json["payload_free_bytes"], 1024 * (10 - frames));
        assert_eq!(json["metadata_text"], "rgb");
        assert_eq!(json["version"], "1.0.0");
        assert_eq!(json["reader"]["state"], "alive");
        assert_eq!(json["writer"]["pid"], std::process::id());
        let utilisation = json["utilisation"].as_f64().unwrap();
        assert!((utilisation - f64::from(frames) / 10.0).abs() < 1e-9);
    }
}

#[test]
fn watch_ends_with_the_buffer() {
    let name = TestName::new("watch");
    let (mut reader, mut writer) = fill(&name, 0);
    let args = ["inspect", &name, "--watch", "--interval-ms", "1", "--json"];
    let mut watch = Running::start_zerobuffer(&args);
    let mut lines = BufReader::new(watch.child().stdout.take().unwrap()).lines();
    let mut next = || serde_json::from_str::<Value>(&lines.next().unwrap().unwrap()).unwrap();
    assert_eq!(next()["frames_ready"], 0);
    writer.write(b"seen").unwrap();
    while next()["frames_ready"] != 1 {}
    drop(reader.try_read().unwrap().unwrap());
    while next()["payload_read_count"] != 1 {}
    drop((reader, writer));
    // Lines from before the end may still be in the pipe.
    while lines.next().is_some() {}
    let ended = watch.wait().expect_code(0);
    assert!(ended.stderr.contains("is gone"), "{ended:?}");
}

#[test]
fn watch_ends_on_signal_or_closed_output() {
    let name = TestName::new("watch-end");
    let (_reader, _writer) = fill(&name, 1);
    let mut watch =
        Running::start_zerobuffer(&["inspect", &name, "--watch", "--interval-ms", "60000"]);
    let mut first = String::new();
    let mut out = BufReader::new(watch.child().stdout.take().unwrap());
    out.read_line(&mut first).unwrap();
    assert!(first.starts_with("buffer "), "{first}");
    kill(Pid::from_raw(watch.pid() as i32), Signal::SIGINT).unwrap();
    watch.wait().expect_code(0);

    let mut watch = Running::start_zerobuffer(&["inspect", &name, "--watch", "--interval-ms", "1"]);
    drop(watch.child().stdout.take());
    let child = watch.child();
    wait_until("the watch ends", || child.try_wait().unwrap().is_some());
    assert!(watch.child().try_wait().unwrap().unwrap().success());
}
