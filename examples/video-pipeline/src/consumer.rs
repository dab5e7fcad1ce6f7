//! The consumer: a program in Python, started as a child.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};

use crate::video::Measurement;

/// A running consumer. It is ended, and its ring removed, when this is dropped.
#[derive(Debug)]
pub struct Consumer {
    ring: String,
    child: Child,
    /// Read beside, so that it never waits for somebody to read what it says.
    said: Option<JoinHandle<Result<Vec<Measurement>, String>>>,
    complained: Option<JoinHandle<String>>,
}

impl Consumer {
    /// Starts it with the interpreter `python`, on a ring of `ring_bytes` bytes of its own.
    ///
    /// # Errors
    /// When it cannot be started.
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
        let said = child.stdout.take().map(|out| thread::spawn(move || measurements(out)));
        let complained = child.stderr.take().map(|mut err| {
            thread::spawn(move || {
                let mut bytes = Vec::new();
                // What can be read is what there is to tell.
                let _ = err.read_to_end(&mut bytes);
                String::from_utf8_lossy(&bytes).trim().to_owned()
            })
        });
        Ok(Self { ring, child, said, complained })
    }

    /// The name of its ring.
    pub fn ring(&self) -> &str {
        &self.ring
    }

    /// Waits until it has ended, which it does after the last frame, and gives what it measured.
    ///
    /// # Errors
    /// Its own words, where it ends badly.
    pub fn finish(&mut self) -> Result<Vec<Measurement>, String> {
        let status = self.child.wait().map_err(|e| e.to_string())?;
        let complaint = self.complained.take().map(JoinHandle::join);
        let said = self.said.take().ok_or("it was asked already")?;
        if !status.success() {
            return Err(complaint.and_then(Result::ok).unwrap_or_else(|| status.to_string()));
        }
        said.join().map_err(|_| "its words could not be read".to_owned())?
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            // It has not ended by itself, so it cannot clean up by itself.
            let _ = self.child.kill();
            let _ = self.child.wait();
            let stale = zerobuffer::stale().unwrap_or_default();
            for own in stale.iter().filter(|stale| stale.name() == self.ring) {
                let _ = zerobuffer::clean(own);
            }
        }
    }
}

fn measurements(out: impl Read) -> Result<Vec<Measurement>, String> {
    BufReader::new(out)
        .lines()
        .map(|line| {
            let line = line.map_err(|e| e.to_string())?;
            serde_json::from_str(&line).map_err(|e| format!("{line:?}: {e}"))
        })
        .collect()
}
