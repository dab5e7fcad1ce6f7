//! The keys that a watching suite understands.

use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd, BorrowedFd};

use std::fs::File;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::termios::{
    FlushArg, LocalFlags, SetArg, SpecialCharacterIndices, Termios, tcflush, tcgetattr, tcsetattr,
};

use crate::model::StopFlag;

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

/// The terminal that keys come from: keys are not shown and need no Enter. The drop restores it.
#[derive(Debug)]
pub(super) struct Keys {
    terminal: File,
    /// The real standard output, for the name that is typed.
    out: File,
    before: Termios,
}

impl Keys {
    /// Takes the keys of standard input; `None` if it is not a terminal.
    pub(super) fn of_stdin(out: File) -> Option<Self> {
        let stdin = io::stdin();
        let before = tcgetattr(&stdin).ok()?;
        let terminal = File::from(stdin.as_fd().try_clone_to_owned().ok()?);
        let mut keys = before.clone();
        // Ctrl-C stays a signal.
        keys.local_flags.remove(LocalFlags::ICANON | LocalFlags::ECHO);
        keys.control_chars[SpecialCharacterIndices::VMIN as usize] = 1;
        keys.control_chars[SpecialCharacterIndices::VTIME as usize] = 0;
        tcsetattr(&stdin, SetArg::TCSANOW, &keys).ok()?;
        Some(Self { terminal, out, before })
    }

    /// Drops the keys that were pressed during a run.
    pub(super) fn discard(&self) {
        // Then they count, which does no harm.
        let _ = tcflush(&self.terminal, FlushArg::TCIFLUSH);
    }

    /// Reads a key; `None` if it has no meaning.
    pub(super) fn read(&mut self, stop: &StopFlag) -> io::Result<Option<WatchKey>> {
        let mut key = [0];
        if self.terminal.read(&mut key)? == 0 {
            // The terminal is gone.
            return Ok(Some(WatchKey::Quit));
        }
        Ok(match key[0] {
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
            let mut source = [PollFd::new(self.terminal.as_fd(), PollFlags::POLLIN)];
            if poll(&mut source, PollTimeout::from(STOP_POLL_MS)).unwrap_or(0) == 0 {
                continue;
            }
            let mut key = [0];
            if self.terminal.read(&mut key)? == 0 {
                break;
            }
            match key[0] {
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

impl AsFd for Keys {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.terminal.as_fd()
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        // The shell restores it as well.
        let _ = tcsetattr(&self.terminal, SetArg::TCSANOW, &self.before);
    }
}
