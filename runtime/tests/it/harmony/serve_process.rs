//! Serve as a real process: its standard streams, its threads, its end.

use std::io::{BufReader, Read};
use std::os::fd::{AsFd, AsRawFd};
use std::process::{ExitStatus, Stdio};

use serde_json::{Value, json};

use super::child::{Serve, command, read_replies, write_raw};

fn messages(result: &Value) -> Vec<String> {
    let logs = result["logs"].as_array().expect("logs");
    logs.iter().map(|l| l["message"].as_str().expect("text").to_owned()).collect()
}

fn exited_cleanly(status: ExitStatus) {
    assert_eq!(status.code(), Some(0), "{status}");
}

#[test]
fn output_of_a_step_reaches_its_log_alone() {
    let mut serve = Serve::start(&mut command("serve"));
    let result = serve.step("it prints 200000 bytes");
    assert_eq!(result["success"], true);
    assert_eq!(messages(&result), ["p".repeat(200_000), "half a line".to_owned()]);
    let result = serve.step("nothing happens");
    assert_eq!(messages(&result), [""; 0]);
    exited_cleanly(serve.end());
}

#[test]
fn a_child_of_a_step_gets_neither_end_of_the_wire() {
    let mut child = command("serve").spawn().unwrap();
    let input = child.stdin.take().unwrap();
    let output = child.stdout.take().unwrap();
    // Both ends of a pipe have one name.
    let wire = [input.as_fd(), output.as_fd()].map(|end| {
        let link = format!("/proc/self/fd/{}", end.as_raw_fd());
        std::fs::read_link(link).unwrap().to_string_lossy().into_owned()
    });
    let mut serve = Serve::with(child, Some(input), read_replies(output));
    // Its `cat` would eat the health request if it read from the wire.
    let step = serve.send_step("a child of it prints");
    let health = serve.send("health", json!([]));
    let mut replies = [serve.reply(), serve.reply()];
    replies.sort_by_key(|r| r["id"].as_u64());
    assert_eq!((&replies[0]["id"], &replies[1]["id"]), (&json!(step), &json!(health)));
    let written = messages(&replies[0]["result"]);
    assert_eq!(written[0], "from a child");
    assert!(written.iter().any(|open| open == "/dev/null"), "its input is empty: {written:?}");
    assert!(written.iter().all(|open| !wire.contains(open)), "{wire:?} among {written:?}");
    exited_cleanly(serve.end());
}

#[test]
fn hanging_step_is_answered_at_its_deadline() {
    let mut serve = Serve::start(&mut command("serve"));
    assert_eq!(serve.step("one is counted")["success"], true);
    let hanging = serve.send_step("it blocks for ever");
    let health = serve.send("health", json!([]));
    let first = serve.reply();
    assert_eq!((&first["id"], &first["result"]), (&json!(health), &json!(true)));
    let second = serve.reply();
    assert_eq!(second["id"], hanging);
    let result = &second["result"];
    assert_eq!(result["success"], false);
    assert!(result["error"].as_str().unwrap().starts_with("Step execution timeout"), "{result}");
    assert_eq!(result["data"]["timeoutType"], "STEP_EXECUTION_TIMEOUT");
    assert_eq!(result["data"]["timeoutMs"], 200);
    // The state went with the thread that hangs.
    assert_eq!(serve.step("the count is 0")["success"], true);
    exited_cleanly(serve.end());
}

#[test]
fn the_environment_sets_the_deadline_of_steps_that_name_none() {
    let mut serve = Serve::start(command("serve").env("HARMONY_BDD_STEP_TIMEOUT_MS", "100"));
    let result = serve.step("it takes 3600000 ms");
    assert_eq!(result["data"]["timeoutMs"], 100, "{result}");
    exited_cleanly(serve.end());
}

#[test]
fn the_environment_takes_the_deadlines_of_all_steps_away() {
    let mut serve = Serve::start(command("serve").env("HARMONY_BDD_STEP_TIMEOUT_MS", "off"));
    assert_eq!(serve.step("it should take a ms and takes 100 ms")["success"], true);
    exited_cleanly(serve.end());
}

#[test]
fn the_end_of_the_input_ends_the_process_while_a_step_hangs() {
    let mut serve = Serve::start(command("serve").env("HARMONY_BDD_STEP_TIMEOUT_MS", "3600000"));
    serve.send_step("it takes 3600000 ms");
    // Answered only after the step was handed over.
    serve.call("health", json!([]));
    exited_cleanly(serve.end());
}

#[test]
fn the_state_is_dropped_before_the_process_ends() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("held");
    for ending in ["input", "shutdown", "SIGTERM", "SIGINT", "SIGHUP"] {
        let mut serve = Serve::start(command("serve").env("HARMONY_BDD_TEST_FILE", &file));
        assert_eq!(serve.step("a file that goes with the state")["success"], true);
        assert!(file.exists());
        let pid = nix::unistd::Pid::from_raw(serve.child.id().try_into().unwrap());
        match ending {
            "input" => serve.input = None,
            "shutdown" => assert_eq!(serve.call("shutdown", json!([]))["result"], Value::Null),
            signal => {
                nix::sys::signal::kill(pid, signal.parse::<nix::sys::signal::Signal>().unwrap())
                    .unwrap()
            }
        }
        exited_cleanly(serve.wait());
        assert!(!file.exists(), "left behind after {ending}");
    }
}

#[test]
fn crash_aborts_the_process_after_the_response() {
    use std::os::unix::process::ExitStatusExt as _;
    let mut serve = Serve::start(&mut command("serve"));
    let reply = serve.call("crash", json!([{"CanBeCanceled": false}]));
    assert_eq!(reply.get("result"), Some(&Value::Null));
    assert_eq!(serve.wait().signal(), Some(nix::sys::signal::Signal::SIGABRT as i32));
}

#[test]
fn a_runner_that_stops_reading_ends_the_process_cleanly() {
    let mut child = command("serve").spawn().unwrap();
    drop(child.stdout.take());
    let input = child.stdin.take();
    let (_, no_replies) = std::sync::mpsc::channel();
    let mut serve = Serve::with(child, input, no_replies);
    serve.send("health", json!([]));
    exited_cleanly(serve.wait());
}

#[test]
fn a_binary_without_steps_refuses_to_serve_in_one_sentence() {
    let mut child = command("empty").stderr(Stdio::piped()).spawn().unwrap();
    let mut written = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_to_string(&mut written).unwrap();
    let replies = read_replies(child.stdout.take().unwrap());
    assert_eq!(child.wait().unwrap().code(), Some(2));
    assert!(replies.recv().is_err(), "nothing is answered");
    assert_eq!(written.trim_end().lines().count(), 1, "{written}");
    assert!(written.starts_with("cannot serve: no step definitions are linked"), "{written}");
}

#[test]
fn requests_that_arrive_with_the_end_of_the_input_are_still_answered() {
    let mut serve = Serve::start(&mut command("serve"));
    for _ in 0..20 {
        serve.send_step("one is counted");
    }
    serve.send_step("the count is 20");
    exited_cleanly(serve.end());
    let replies: Vec<Value> = serve.replies.iter().collect();
    assert_eq!(replies.len(), 21);
    assert!(replies.iter().all(|r| r["result"]["success"] == true), "{replies:?}");
}

#[test]
fn many_steps_leak_neither_memory_nor_files() {
    let mut serve = Serve::start(&mut command("serve"));
    let mut measured = Vec::new();
    for round in 0..3 {
        for _ in 0..5_000 {
            serve.step("one is counted");
        }
        let process = format!("/proc/{}", serve.child.id());
        let status = std::fs::read_to_string(format!("{process}/status")).unwrap();
        let resident_bytes = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
        let kilobytes: u64 = resident_bytes.split_whitespace().nth(1).unwrap().parse().unwrap();
        let files = std::fs::read_dir(format!("{process}/fd")).unwrap().count();
        if round > 0 {
            measured.push((kilobytes, files));
        }
    }
    let ((before, files_before), (after, files_after)) = (measured[0], measured[1]);
    assert_eq!(files_after, files_before);
    // 5,000 steps that leaked as little as 200 bytes each would show as 1,000 kB.
    assert!(after < before + 1_000, "{before} kB, then {after} kB");
    exited_cleanly(serve.end());
}

#[test]
fn garbage_before_a_request_does_not_end_the_process() {
    let mut serve = Serve::start(&mut command("serve"));
    write_raw(&mut serve, b"\x00\xff garbage\nContent-Length: -5\r\n\r\n");
    serve.send("health", json!([]));
    let replies = [serve.reply(), serve.reply(), serve.reply()];
    assert!(replies[0]["id"].is_null() && replies[1]["id"].is_null(), "{replies:?}");
    assert_eq!(replies[2]["result"], true);
    exited_cleanly(serve.end());
}
