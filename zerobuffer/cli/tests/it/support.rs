//! The command as a child process, and unique buffer names for every test.

use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Long enough for any machine; reached only when something hangs.
pub(crate) const TEST_TIMEOUT: Duration = Duration::from_secs(30);

const POLL: Duration = Duration::from_millis(2);

/// A buffer name no other test uses. On drop it removes what a failed test left behind.
pub(crate) struct TestName(String);

impl TestName {
    pub(crate) fn new(topic: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Self(format!("zb-cli-test-{topic}-{}-{count}", std::process::id()))
    }

    /// Returns the existing objects of this name.
    pub(crate) fn remains(&self) -> Vec<PathBuf> {
        let memory = Path::new("/dev/shm");
        let lock = Path::new("/tmp/zerobuffer").join(format!("{}.lock", self.0));
        let semaphore = |letter| memory.join(format!("sem.sem-{letter}-{}", self.0));
        [memory.join(&self.0), semaphore('w'), semaphore('r'), lock]
            .into_iter()
            .filter(|path| path.symlink_metadata().is_ok())
            .collect()
    }

    pub(crate) fn assert_gone(&self) {
        assert_eq!(self.remains(), Vec::<PathBuf>::new());
    }

    /// Waits until a reader has created the buffer with all its objects.
    pub(crate) fn await_created(&self) {
        wait_until("the buffer is created", || {
            zerobuffer::inspect(self).is_ok_and(|seen| seen.control.reader_pid != 0)
        });
    }
}

impl Deref for TestName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Drop for TestName {
    fn drop(&mut self) {
        for path in self.remains() {
            let _ = fs::remove_file(path);
        }
    }
}

pub(crate) fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + TEST_TIMEOUT;
    while !condition() {
        assert!(Instant::now() < deadline, "{what} in time");
        std::thread::sleep(POLL);
    }
}

/// The command under test.
pub(crate) fn zerobuffer(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zerobuffer"));
    command.args(args);
    command
}

/// Runs it to its end.
pub(crate) fn run(args: &[&str]) -> Ended {
    Running::start(zerobuffer(args)).wait()
}

/// A process under way. Killed on drop.
pub(crate) struct Running(Option<Child>);

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(Some(command.spawn().unwrap()))
    }

    pub(crate) fn start_zerobuffer(args: &[&str]) -> Self {
        Self::start(zerobuffer(args))
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        self.0.as_mut().unwrap()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.0.as_ref().unwrap().id()
    }

    /// Waits for it to end. What it prints must fit a pipe.
    pub(crate) fn wait(mut self) -> Ended {
        let child = self.child();
        wait_until("the process ends", || child.try_wait().unwrap().is_some());
        let output = self.0.take().unwrap().wait_with_output().unwrap();
        Ended {
            status: output.status,
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A process that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    #[track_caller]
    pub(crate) fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.status.code(), Some(code), "{self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

pub(crate) fn keys(json: &Value) -> Vec<&str> {
    json.as_object().unwrap().keys().map(String::as_str).collect()
}
