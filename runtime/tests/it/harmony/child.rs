//! Real processes: this test binary starts itself again as a serve process.
//!
//! The test harness prints on standard output, so a shell keeps the real one as descriptor 3 and the
//! child puts it back before it serves.

use std::fs::OpenOptions;
use std::io::{BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, ExitCode, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use harmony_bdd::engine::Registry;
use harmony_bdd::harmony::protocol::framing::{FrameReader, write_frame};
use harmony_bdd::harmony::serve::{ServeOptions, run_stdio};
use serde_json::Value;

/// Long enough for anything that is not stuck, on a machine under load.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

const BEHAVIOR: &str = "HARMONY_BDD_TEST_BEHAVIOR";

/// Serves in a process that was started as a child; does nothing in a normal run.
#[test]
fn serves_as_a_child_process() {
    let Ok(behavior) = std::env::var(BEHAVIOR) else { return };
    let real = OpenOptions::new().write(true).open("/proc/self/fd/3").unwrap();
    nix::unistd::dup2_stdout(&real).unwrap();
    drop(real);
    nix::unistd::close(3).unwrap();
    let options = ServeOptions::from_env().unwrap();
    let code = match behavior.as_str() {
        "serve" => run_stdio(super::steps::registry(), options),
        "hooked" => run_stdio(super::serve_hooks::registry(), options),
        "empty" => run_stdio(Registry::from_definitions([]), options),
        "traces" => std::process::exit(super::trace_file::write_overlong_trace()),
        other => std::process::exit(match other.strip_prefix("rule:") {
            Some(rule) => super::rule_breaker::serve_with_rule(rule),
            None => super::misbehaving_peer::serve_with_behavior(other),
        }),
    };
    std::process::exit(if code == ExitCode::SUCCESS { 0 } else { 2 });
}

/// Returns a command that starts a process with this behavior and clean standard streams.
pub(crate) fn command(behavior: &str) -> Command {
    let mut command = Command::new("/bin/sh");
    command
        .arg("-c")
        .arg(
            "exec \"$0\" --exact harmony::child::serves_as_a_child_process --nocapture 3>&1 >/dev/null",
        )
        .arg(std::env::current_exe().unwrap())
        .env(BEHAVIOR, behavior)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    command
}

/// A process with frames in and out; killed when dropped.
pub(crate) struct Serve {
    pub(crate) child: Child,
    pub(crate) input: Option<ChildStdin>,
    pub(crate) replies: Receiver<Value>,
    next: u64,
}

impl Serve {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let input = child.stdin.take();
        let replies = read_replies(child.stdout.take().unwrap());
        Self::with(child, input, replies)
    }

    pub(crate) fn with(child: Child, input: Option<ChildStdin>, replies: Receiver<Value>) -> Self {
        Self { child, input, replies, next: 1 }
    }

    /// Sends a request and gives its id.
    pub(crate) fn send(&mut self, method: &str, params: Value) -> u64 {
        self.next += 1;
        let body = serde_json::json!({
            "jsonrpc": "2.0", "id": self.next, "method": method, "params": params
        });
        write_frame(self.input.as_mut().unwrap(), body.to_string().as_bytes()).unwrap();
        self.next
    }

    /// Sends a step and gives its id.
    pub(crate) fn send_step(&mut self, text: &str) -> u64 {
        self.send(
            "executeStep",
            serde_json::json!([{"Process": "reader", "StepType": 0, "Step": text}]),
        )
    }

    /// The next reply.
    pub(crate) fn reply(&self) -> Value {
        self.replies.recv_timeout(PATIENCE).expect("a reply")
    }

    /// Sends a request and waits for its reply, which must be the next one.
    pub(crate) fn call(&mut self, method: &str, params: Value) -> Value {
        let id = self.send(method, params);
        let reply = self.reply();
        assert_eq!(reply["id"], id, "{reply}");
        reply
    }

    /// Executes a step and gives its result.
    pub(crate) fn step(&mut self, text: &str) -> Value {
        let id = self.send_step(text);
        let reply = self.reply();
        assert_eq!(reply["id"], id, "{reply}");
        reply["result"].clone()
    }

    /// Ends the input and waits for the exit.
    pub(crate) fn end(&mut self) -> ExitStatus {
        self.input = None;
        self.wait()
    }

    /// Waits for the exit.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < until, "the process does not end");
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Every frame of a stream as JSON, until it ends.
pub(crate) fn read_replies(stream: impl Read + Send + 'static) -> Receiver<Value> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut frames = FrameReader::new(BufReader::new(stream));
        while let Some(body) = frames.next_frame().expect("only frames on the wire") {
            let value = serde_json::from_slice(body).expect("only JSON in frames");
            if sender.send(value).is_err() {
                return;
            }
        }
    });
    receiver
}

/// A stream that is written by hand.
pub(crate) fn write_raw(serve: &mut Serve, bytes: &[u8]) {
    serve.input.as_mut().unwrap().write_all(bytes).unwrap();
}
