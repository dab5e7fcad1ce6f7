//! Streams between this crate and the Python library, unmodified, from the package index.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::fcntl::{Flock, FlockArg};
use zerobuffer::{BufferConfig, Error, Reader, Writer};

use crate::support::{Numbers, PATIENCE, TestName, announce_skip, pattern};

const PACKAGES: [&str; 2] = ["zerobuffer-ipc==1.3.0", "posix-ipc"];
const FRAMES: u64 = 10_000;
const LONGEST: u64 = 3000;
const RING: usize = 64 * 1024;
/// Three streams; with each of them a remainder of 1 to 15 bytes comes up that breaks the existing
/// implementations among themselves.
const SEEDS: [u64; 3] = [1, 2, 42];

#[test]
fn python_reads_what_rust_writes() {
    let Some(python) = python() else { return };
    for seed in SEEDS {
        let name = TestName::new("to-python");
        let mut child = start(&python, "read", &name, seed);
        let mut writer = Writer::open_wait(&name, PATIENCE).unwrap();
        writer.set_write_timeout(PATIENCE);
        writer.set_metadata(b"from rust").unwrap();
        let mut sizes = Numbers::new(seed);
        for number in 1..=FRAMES {
            let data = pattern(number, sizes.up_to(LONGEST) as usize);
            if let Err(error) = writer.write(&data) {
                panic!("seed {seed}, frame {number}: {error}; python: {:?}", child.wait());
            }
        }
        assert!(child.wait().unwrap().success(), "seed {seed}");
        assert!(writer.stats().wraps > 200, "seed {seed}: {:?}", writer.stats());
    }
}

#[test]
fn rust_reads_what_python_writes() {
    let Some(python) = python() else { return };
    for seed in SEEDS {
        let name = TestName::new("from-python");
        let mut reader = Reader::create(&name, BufferConfig::new(1024, RING).unwrap()).unwrap();
        let mut child = start(&python, "write", &name, seed);
        let mut sizes = Numbers::new(seed);
        for number in 1..=FRAMES {
            let frame = match reader.read(PATIENCE) {
                Ok(Some(frame)) => frame,
                other => panic!("seed {seed}, frame {number}: {other:?}"),
            };
            assert_eq!(frame.sequence(), number, "seed {seed}");
            let expected = pattern(number, sizes.up_to(LONGEST) as usize);
            assert!(*frame == expected, "seed {seed}, content of frame {number}");
        }
        assert!(matches!(reader.read(PATIENCE), Err(Error::WriterClosed { .. })), "seed {seed}");
        assert_eq!(reader.metadata().unwrap().as_deref(), Some(&b"from python"[..]));
        assert!(child.wait().unwrap().success(), "seed {seed}");
        let control = reader.state().control;
        assert_eq!(control.payload_free_bytes, RING as u64, "seed {seed}");
        assert!(reader.stats().wraps > 200, "seed {seed}: {:?}", reader.stats());
    }
}

fn start(python: &Path, role: &str, name: &str, seed: u64) -> Ended {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/python_peer.py");
    let child = Command::new(python)
        .arg(script)
        .args([role, name, &FRAMES.to_string(), &LONGEST.to_string(), &seed.to_string()])
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    Ended(child)
}

/// A child process that does not outlive its test.
struct Ended(std::process::Child);

impl Ended {
    fn wait(&mut self) -> std::io::Result<std::process::ExitStatus> {
        self.0.wait()
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A Python with the library, made once per target directory. `None`, said aloud, if it cannot be
/// had; a failure instead if `REQUIRE_PEERS=1`.
fn python() -> Option<PathBuf> {
    match environment() {
        Ok(python) => Some(python),
        Err(reason) => {
            let required = std::env::var("REQUIRE_PEERS").is_ok_and(|value| value == "1");
            assert!(!required, "REQUIRE_PEERS=1, but there is no Python peer: {reason}");
            announce_skip("streams with the Python library", &reason);
            None
        }
    }
}

fn environment() -> Result<PathBuf, String> {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let home = cache.join("zerobuffer-python");
    let python = home.join("bin/python");
    let text = |error: std::io::Error| error.to_string();
    fs::create_dir_all(cache).map_err(text)?;
    let lock = File::create(cache.join("zerobuffer-python.lock")).map_err(text)?;
    let _lock = Flock::lock(lock, FlockArg::LockExclusive).map_err(|(_, e)| e.to_string())?;
    let usable = || run(Command::new(&python).args(["-c", "import zerobuffer, posix_ipc"]));
    if usable().is_ok() {
        return Ok(python);
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home))?;
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(PACKAGES))?;
    usable()?;
    Ok(python)
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|e| format!("{command:?}: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr).trim()))
}
