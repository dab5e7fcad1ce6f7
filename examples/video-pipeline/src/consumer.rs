//! The consumer: a Python program, started as a child process.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};

use crate::video::Measurement;

/// A running consumer. Dropping it ends the process and removes the ring.
#[derive(Debug)]
pub struct Consumer {
    ring: String,
    child: Child,
    /// Read in the background, so that the process never blocks on its output.
    measurements: Option<JoinHandle<Result<Vec<Measurement>, String>>>,
    stderr: Option<JoinHandle<String>>,
}

impl Consumer {
    /// Starts the consumer with the interpreter `python`; it creates a ring of `ring_bytes` bytes.
    ///
    /// # Errors
    /// Returns an error if the process cannot be started.
    pub fn start(python: &Path, ring: String, ring_bytes: usize) -> Result<Self, String> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("consumer/measure.py");
        let mut child = Command::new(python)
            .arg(script)
            .args([&ring, &ring_bytes.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| format!("{}: {e}", python.display()))?;
        let measurements =
            child.stdout.take().map(|out| thread::spawn(move || read_measurements(out)));
        let stderr = child.stderr.take().map(|mut err| {
            thread::spawn(move || {
                let mut bytes = Vec::new();
                // After a read error the part that was read is reported.
                let _ = err.read_to_end(&mut bytes);
                String::from_utf8_lossy(&bytes).trim().to_owned()
            })
        });
        Ok(Self { ring, child, measurements, stderr })
    }

    /// Returns the name of the ring.
    pub fn ring(&self) -> &str {
        &self.ring
    }

    /// Waits for the consumer to end after the last frame, and returns its measurements.
    ///
    /// # Errors
    /// Returns the consumer's stderr if it failed.
    pub fn finish(&mut self) -> Result<Vec<Measurement>, String> {
        let status = self.child.wait().map_err(|e| e.to_string())?;
        let stderr = self.stderr.take().map(JoinHandle::join);
        let measurements = self.measurements.take().ok_or("the measurements were taken already")?;
        if !status.success() {
            return Err(stderr.and_then(Result::ok).unwrap_or_else(|| status.to_string()));
        }
        measurements
            .join()
            .map_err(|_| "the output of the consumer could not be read".to_owned())?
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            // The process is killed, so its ring is removed here.
            let _ = self.child.kill();
            let _ = self.child.wait();
            let stale = zerobuffer::list_stale().unwrap_or_default();
            for own in stale.iter().filter(|stale| stale.name() == self.ring) {
                let _ = zerobuffer::remove_stale(own);
            }
        }
    }
}

fn read_measurements(out: impl Read) -> Result<Vec<Measurement>, String> {
    BufReader::new(out)
        .lines()
        .map(|line| {
            let line = line.map_err(|e| e.to_string())?;
            serde_json::from_str(&line).map_err(|e| format!("{line:?}: {e}"))
        })
        .collect()
}
