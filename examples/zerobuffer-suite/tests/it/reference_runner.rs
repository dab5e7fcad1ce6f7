//! Drives serve processes frame by frame, as the reference runner does: one process per role, one
//! request at a time, ids from 2, PascalCase members in an array of one object.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use harmony_bdd::gherkin;
use harmony_bdd::model::{Scenario, StepKeyword};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

/// Longer than any step may take; only a hang exceeds it.
const REPLY_WITHIN: Duration = Duration::from_secs(60);

/// The command of a serve process.
pub(crate) struct Platform {
    pub(crate) name: &'static str,
    pub(crate) program: String,
    pub(crate) arguments: Vec<String>,
}

impl Platform {
    /// This suite's binary.
    pub(crate) fn rust() -> Self {
        Self {
            name: "rust",
            program: env!("CARGO_BIN_EXE_zerobuffer-suite").to_owned(),
            arguments: vec!["serve".to_owned()],
        }
    }

    /// The same without the variables of the runner, as behind `ssh`.
    pub(crate) fn rust_without_variables() -> Self {
        let Self { name, program, arguments } = Self::rust();
        let unset = ["-u", "HARMONY_HOST_PID", "-u", "HARMONY_FEATURE_ID"].map(str::to_owned);
        let arguments = unset.into_iter().chain([program]).chain(arguments).collect();
        Self { name, program: "env".to_owned(), arguments }
    }

    /// The serve process of the Python library, with the given interpreter.
    pub(crate) fn python(python: &Path) -> Self {
        Self {
            name: "python",
            program: python.to_string_lossy().into_owned(),
            arguments: vec!["-m".to_owned(), "zerobuffer_serve".to_owned()],
        }
    }

    /// Returns whether a process of this platform may leave semaphores, as the Python reader does.
    pub(crate) fn leaves_semaphores(&self) -> bool {
        self.name == "python"
    }
}

/// A serve process with at most one pending request.
pub(crate) struct Serve {
    role: &'static str,
    child: Child,
    stdin: Option<ChildStdin>,
    replies: Receiver<Value>,
    next_id: u64,
}

impl Serve {
    /// Starts and initializes a process for `role`.
    pub(crate) fn start(platform: &Platform, role: &'static str, host: u32, feature: u32) -> Self {
        let mut child = Command::new(&platform.program)
            .args(&platform.arguments)
            .env("HARMONY_HOST_PID", host.to_string())
            .env("HARMONY_FEATURE_ID", feature.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|e| panic!("{}: {e}", platform.program));
        let stdin = child.stdin.take();
        let replies = read_replies(child.stdout.take().unwrap());
        let mut serve = Self { role, child, stdin, replies, next_id: 2 };
        assert_eq!(serve.call("health", json!([])), json!(true), "{role} is healthy");
        let argument = json!({
            "Role": role, "Platform": platform.name, "Scenario": "test",
            "HostPid": host, "FeatureId": feature, "TestRunId": format!("{host}_{feature}"),
        });
        assert_eq!(serve.call("initialize", json!([argument])), json!(true));
        serve
    }

    /// Sends a step and returns the `result` member of the response.
    pub(crate) fn execute(&mut self, keyword: StepKeyword, text: &str, broadcast: bool) -> Value {
        let step = self.step(keyword, text, broadcast);
        self.call("executeStep", step)
    }

    /// Sends a step without waiting for the response.
    pub(crate) fn send_step(&mut self, keyword: StepKeyword, text: &str) {
        let step = self.step(keyword, text, false);
        self.send("executeStep", step);
    }

    fn step(&self, keyword: StepKeyword, text: &str, broadcast: bool) -> Value {
        json!([{
            "Process": self.role,
            "StepType": match keyword {
                StepKeyword::Given => 0,
                StepKeyword::When => 1,
                StepKeyword::Then => 2,
            },
            "Step": text, "Parameters": {}, "Context": {}, "IsBroadcast": broadcast,
        }])
    }

    fn call(&mut self, method: &str, params: Value) -> Value {
        let id = self.send(method, params);
        let reply = self
            .replies
            .recv_timeout(REPLY_WITHIN)
            .unwrap_or_else(|e| panic!("{}: no reply to {method}: {e}", self.role));
        assert_eq!(reply["jsonrpc"], json!("2.0"), "{reply}");
        assert_eq!(reply["id"], json!(id), "{reply}");
        assert_eq!(reply.get("error"), None, "{method}: {reply}");
        reply["result"].clone()
    }

    fn send(&mut self, method: &str, params: Value) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        let body =
            json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string();
        let stdin = self.stdin.as_mut().expect("the process is running");
        write!(stdin, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        stdin.flush().unwrap();
        id
    }

    /// Closes the process's input, as the reference runner does; it must exit with code 0.
    pub(crate) fn stop(mut self) {
        self.close_input();
        assert_eq!(self.wait().code(), Some(0), "{} exits cleanly", self.role);
    }

    /// Closes the process's input.
    pub(crate) fn close_input(&mut self) {
        self.stdin = None;
    }

    /// Sends SIGTERM to the process.
    pub(crate) fn terminate(&self) {
        let pid = Pid::from_raw(self.child.id().try_into().unwrap());
        kill(pid, Signal::SIGTERM).unwrap();
    }

    /// Waits until the process has ended.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        // After a failed assertion the process must not outlive the test; after `stop` this has no
        // effect.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Parses frames as strictly as the reference runner: exact header name, CRLF, one space.
fn read_replies(stdout: ChildStdout) -> Receiver<Value> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut stdout = BufReader::new(stdout);
        loop {
            let mut header = String::new();
            if stdout.read_line(&mut header).unwrap() == 0 {
                return;
            }
            let length = header
                .strip_prefix("Content-Length: ")
                .and_then(|rest| rest.strip_suffix("\r\n"))
                .unwrap_or_else(|| panic!("not a frame on stdout: {header:?}"));
            let mut end = [0; 2];
            stdout.read_exact(&mut end).unwrap();
            assert_eq!(&end, b"\r\n", "one header, then an empty line");
            let mut body = vec![0; length.parse().unwrap()];
            stdout.read_exact(&mut body).unwrap();
            if sender.send(serde_json::from_slice(&body).unwrap()).is_err() {
                return;
            }
        }
    });
    receiver
}

/// Returns the scenario of `features/01` whose name begins with `number`.
pub(crate) fn scenario(number: &str) -> Scenario {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../features/01-BasicCommunication.feature");
    let document = gherkin::load(&path).unwrap();
    let mut scenarios = gherkin::scenarios(&document);
    let index = scenarios.iter().position(|s| s.name.starts_with(&format!("{number} "))).unwrap();
    scenarios.remove(index)
}

/// Runs `scenario` with the reader on one platform and the writer on the other.
pub(crate) fn run(scenario: &Scenario, reader: &Platform, writer: &Platform, host: u32) {
    let mut roles =
        [Serve::start(reader, "reader", host, 1), Serve::start(writer, "writer", host, 1)];
    let mut current: Option<usize> = None;
    let mut in_background = true;
    for step in &scenario.steps {
        if in_background && !step.from_background {
            (in_background, current) = (false, None);
        }
        let named =
            roles.iter().position(|r| step.text.starts_with(&format!("the '{}' process ", r.role)));
        current = named.or(current);
        let keyword = step.keyword.unwrap_or(StepKeyword::Given);
        match current {
            Some(role) => pass(&mut roles[role], keyword, &step.text, false),
            None => roles.iter_mut().for_each(|role| pass(role, keyword, &step.text, true)),
        }
    }
    for role in roles {
        role.stop();
    }
}

fn pass(role: &mut Serve, keyword: StepKeyword, text: &str, broadcast: bool) {
    let result = role.execute(keyword, text, broadcast);
    assert_eq!(result["success"], json!(true), "{}: {text}: {result}", role.role);
}
