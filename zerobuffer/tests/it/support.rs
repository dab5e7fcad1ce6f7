//! Unique names for every test, child processes, and inspection of the system from outside.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

/// Long enough for any machine; reached only when something hangs.
pub(crate) const TEST_TIMEOUT: Duration = Duration::from_secs(30);

const ROLE: &str = "ZEROBUFFER_TEST_ROLE";
const BUFFER: &str = "ZEROBUFFER_TEST_BUFFER";
/// Prefix of words for the parent, which distinguishes them from the test harness's output.
const WORD: &str = "@@ ";

/// A buffer name no other test uses. On drop it removes what a failed test left behind.
pub(crate) struct TestName(String);

impl TestName {
    pub(crate) fn new(topic: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Self(format!("zb-test-{topic}-{}-{count}", std::process::id()))
    }

    /// A given name, which the test must have made unique.
    pub(crate) fn exactly(name: String) -> Self {
        Self(name)
    }

    /// Another name that belongs to this one.
    pub(crate) fn with(&self, suffix: &str) -> Self {
        Self(format!("{}-{suffix}", self.0))
    }

    pub(crate) fn shm_path(&self) -> PathBuf {
        Path::new("/dev/shm").join(&self.0)
    }

    pub(crate) fn semaphore_path(&self, letter: char) -> PathBuf {
        Path::new("/dev/shm").join(format!("sem.sem-{letter}-{}", self.0))
    }

    pub(crate) fn lock_path(&self) -> PathBuf {
        Path::new("/tmp/zerobuffer").join(format!("{}.lock", self.0))
    }

    pub(crate) fn paths(&self) -> [PathBuf; 4] {
        [self.shm_path(), self.semaphore_path('w'), self.semaphore_path('r'), self.lock_path()]
    }

    /// Returns the existing objects of this name.
    pub(crate) fn remains(&self) -> Vec<PathBuf> {
        self.paths().into_iter().filter(|path| path.symlink_metadata().is_ok()).collect()
    }

    pub(crate) fn assert_gone(&self) {
        assert_eq!(self.remains(), Vec::<PathBuf>::new());
    }

    /// The control block as anyone sees it.
    pub(crate) fn control_block(&self) -> [u8; 128] {
        let bytes = fs::read(self.shm_path()).unwrap();
        bytes[..128].try_into().unwrap()
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
            let _ = fs::remove_file(&path).or_else(|_| fs::remove_dir(&path));
        }
    }
}

/// A unique directory or file under the system's temporary directory, removed on drop.
pub(crate) struct TestPath(PathBuf);

impl TestPath {
    pub(crate) fn new(topic: &str) -> Self {
        Self::of(&TestName::new(topic), topic)
    }

    /// One that belongs to a name.
    pub(crate) fn of(name: &str, topic: &str) -> Self {
        Self(std::env::temp_dir().join(format!("{name}-{topic}")))
    }
}

impl Deref for TestPath {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for TestPath {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The multiples of 7, twice around.
const SEVENS: [u8; 512] = {
    let mut sevens = [0; 512];
    let mut i = 0;
    while i < sevens.len() {
        sevens[i] = (7 * i) as u8;
        i += 1;
    }
    sevens
};

/// Bytes of frame `number` in which a shift or a mix-up shows: byte `i` is `131 * number + 7 * i + 13 * (i >> 8)`.
///
/// Copied, since tests make many millions of them in a program that is not optimized.
pub(crate) fn pattern(number: u64, len: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(len);
    while bytes.len() < len {
        let first = (131 * number + 13 * (bytes.len() as u64 >> 8)) as u8;
        // 7 * 183 is 1, modulo 256.
        let start = usize::from(first.wrapping_mul(183));
        let block = (len - bytes.len()).min(256);
        bytes.extend_from_slice(&SEVENS[start..start + block]);
    }
    bytes
}

#[test]
fn pattern_follows_its_formula() {
    for number in [0, 1, 2, 77, 10_000] {
        let formula = |i: u64| (131 * number + 7 * i + 13 * (i >> 8)) as u8;
        assert_eq!(pattern(number, 70_001), (0..70_001).map(formula).collect::<Vec<_>>());
        assert_eq!(pattern(number, 3).len(), 3);
    }
}

/// A stream of numbers that is the same on every machine (xorshift64*).
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number from 1 to `most`.
    pub(crate) fn up_to(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        1 + (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % most
    }
}

/// Prints, past the test harness's capture, that a test checked nothing, and why.
pub(crate) fn announce_skip(what: &str, reason: &str) {
    let _ = writeln!(std::io::stderr(), "\nSKIPPED {what}: {reason}\n");
}

/// Returns the role of this process in the test that started it, with the buffer to use.
pub(crate) fn child_role() -> Option<(String, String)> {
    Some((std::env::var(ROLE).ok()?, std::env::var(BUFFER).ok()?))
}

/// In a child: reports a word to the parent.
pub(crate) fn report_to_parent(word: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\n{WORD}{word}").unwrap();
    out.flush().unwrap();
}

/// In a child: waits for a line from the parent.
pub(crate) fn await_parent() {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
}

/// This test in a separate process with a role. Killed on drop.
pub(crate) struct Peer {
    process: Child,
    stdin: ChildStdin,
    words: Receiver<String>,
}

impl Peer {
    /// Runs the test `test` (its full path) again, as `role` on `buffer`.
    pub(crate) fn start(test: &str, role: &str, buffer: &str) -> Self {
        let exe = std::env::current_exe().unwrap();
        Self::spawn(
            Command::new(exe).args(["--exact", test, "--nocapture", "--test-threads=1"]),
            role,
            buffer,
        )
    }

    /// Runs `command`, which ends up in a test of this binary.
    pub(crate) fn spawn(command: &mut Command, role: &str, buffer: &str) -> Self {
        let mut process = Self::spawn_child(command, role, buffer);
        let stdin = process.stdin.take().unwrap();
        let stdout = BufReader::new(process.stdout.take().unwrap());
        let (sender, words) = mpsc::channel();
        std::thread::spawn(move || {
            let lines = stdout.lines().map_while(Result::ok);
            for word in lines.filter_map(|line| line.strip_prefix(WORD).map(str::to_owned)) {
                let _ = sender.send(word);
            }
        });
        Self { process, stdin, words }
    }

    /// Starts only the child process, without reading its streams.
    pub(crate) fn spawn_child(command: &mut Command, role: &str, buffer: &str) -> Child {
        command
            .env(ROLE, role)
            .env(BUFFER, buffer)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Returns the next word from the child.
    pub(crate) fn word(&mut self) -> String {
        self.word_within(TEST_TIMEOUT)
    }

    pub(crate) fn word_within(&mut self, time: Duration) -> String {
        self.words.recv_timeout(time).expect("a word from the child process")
    }

    pub(crate) fn expect(&mut self, word: &str) {
        assert_eq!(self.word(), word);
    }

    /// Lets a waiting child continue.
    pub(crate) fn proceed(&mut self) {
        writeln!(self.stdin).unwrap();
    }

    pub(crate) fn pid(&self) -> u64 {
        u64::from(self.process.id())
    }

    /// Ends it by SIGKILL, without waiting for it: it stays a zombie until dropped.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
    }

    /// Waits for it to end by itself.
    pub(crate) fn exit_code(&mut self) -> i32 {
        self.process.wait().unwrap().code().expect("it was not killed")
    }

    /// Waits for it to end in any way; returns its exit code, `None` after a signal.
    pub(crate) fn exit_code_or_signal(&mut self) -> Option<i32> {
        self.process.wait().unwrap().code()
    }

    /// Waits for it to end in any way.
    pub(crate) fn wait(&mut self) {
        self.process.wait().unwrap();
    }

    /// Waits for it to end by itself, successfully.
    pub(crate) fn join(mut self) {
        assert_eq!(self.exit_code(), 0);
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A program, if it can be found.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(name.as_ref())).find(|path| path.is_file())
}
