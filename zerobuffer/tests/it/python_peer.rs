//! Streams between this crate and the Python library, unmodified, from the package index.

use std::path::Path;
use std::process::{Command, Stdio};

use zerobuffer::{BufferConfig, Error, Reader, Writer};

use crate::python_environment::python;
use crate::support::{Numbers, TEST_TIMEOUT, TestName, pattern};

const FRAMES: u64 = 10_000;
const LONGEST: u64 = 3000;
const RING: usize = 64 * 1024;
/// Three streams; with each of them a remainder of 1 to 15 bytes comes up that breaks the existing
/// implementations among themselves.
const SEEDS: [u64; 3] = [1, 2, 42];

#[test]
fn python_reads_what_rust_writes() {
    let Some(python) = python("streams with the Python library") else { return };
    for seed in SEEDS {
        let name = TestName::new("to-python");
        let mut child = start(&python, "read", &name, seed);
        let mut writer = Writer::open_timeout(&name, TEST_TIMEOUT).unwrap();
        writer.set_write_timeout(TEST_TIMEOUT);
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
    let Some(python) = python("streams with the Python library") else { return };
    for seed in SEEDS {
        let name = TestName::new("from-python");
        let mut reader = Reader::create(&name, BufferConfig::new(1024, RING).unwrap()).unwrap();
        let mut child = start(&python, "write", &name, seed);
        let mut sizes = Numbers::new(seed);
        for number in 1..=FRAMES {
            let frame = match reader.read(TEST_TIMEOUT) {
                Ok(Some(frame)) => frame,
                other => panic!("seed {seed}, frame {number}: {other:?}"),
            };
            assert_eq!(frame.sequence(), number, "seed {seed}");
            let expected = pattern(number, sizes.up_to(LONGEST) as usize);
            assert!(*frame == expected, "seed {seed}, content of frame {number}");
        }
        assert!(
            matches!(reader.read(TEST_TIMEOUT), Err(Error::WriterClosed { .. })),
            "seed {seed}"
        );
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
