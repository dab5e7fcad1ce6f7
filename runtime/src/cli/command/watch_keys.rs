//! The keys that a watching suite understands.

use std::fs::File;
use std::io::{self, Write as _};

use crate::model::StopFlag;
use crate::platform::KeyInput;

/// Interval at which the stop flag is polled while a name is typed, in ms.
const STOP_POLL_MS: u16 = 100;

/// The meaning of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum WatchKey {
    /// Runs everything.
    All,
    /// Runs what failed in the last run.
    Failed,
    /// Runs the scenarios with this text in their name.
    Name(String),
    /// Ends the program.
    Quit,
}

/// The keys of the terminal, and the place where a name is shown while it is typed.
#[derive(Debug)]
pub(super) struct Keys {
    input: KeyInput,
    /// The real standard output.
    out: File,
}

impl Keys {
    /// Takes the keys of standard input; `None` if it is not a terminal.
    pub(super) fn of_stdin(out: File) -> Option<Self> {
        KeyInput::of_stdin().map(|input| Self { input, out })
    }

    /// Returns the input, to wait for a key.
    pub(super) fn input(&self) -> &KeyInput {
        &self.input
    }

    /// Drops the keys that were pressed during a run.
    pub(super) fn discard(&self) {
        self.input.discard();
    }

    /// Reads a key; `None` if it has no meaning.
    pub(super) fn read(&mut self, stop: &StopFlag) -> io::Result<Option<WatchKey>> {
        // Without a key the terminal is gone.
        let Some(key) = self.input.read()? else { return Ok(Some(WatchKey::Quit)) };
        Ok(match key {
            b'a' | b'\n' | b'\r' => Some(WatchKey::All),
            b'f' => Some(WatchKey::Failed),
            b'n' => self.read_name(stop)?.map(WatchKey::Name),
            b'q' => Some(WatchKey::Quit),
            _ => None,
        })
    }

    /// Reads a name up to Enter; `None` if it is empty or Escape was pressed.
    fn read_name(&mut self, stop: &StopFlag) -> io::Result<Option<String>> {
        let mut name = Vec::new();
        self.show(&name)?;
        while !stop.is_set() {
            if !self.input.wait(STOP_POLL_MS) {
                continue;
            }
            let Some(key) = self.input.read()? else { break };
            match key {
                b'\n' | b'\r' => {
                    self.out.write_all(b"\n")?;
                    let name = String::from_utf8_lossy(&name).trim().to_owned();
                    return Ok(Some(name).filter(|name| !name.is_empty()));
                }
                b'\x1b' => break,
                b'\x7f' | b'\x08' => {
                    // A character may have several bytes.
                    while name.pop().is_some_and(|byte: u8| byte & 0xC0 == 0x80) {}
                }
                byte => name.push(byte),
            }
            self.show(&name)?;
        }
        self.out.write_all(b"\n")?;
        Ok(None)
    }

    fn show(&mut self, name: &[u8]) -> io::Result<()> {
        write!(self.out, "\r\x1b[Kname: {}", String::from_utf8_lossy(name))
    }
}
