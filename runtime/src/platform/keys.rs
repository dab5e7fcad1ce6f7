//! The keys of a terminal, on Unix systems.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::{AsFd, BorrowedFd};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::termios::{
    FlushArg, LocalFlags, SetArg, SpecialCharacterIndices, Termios, tcflush, tcgetattr, tcsetattr,
};

/// The terminal that keys come from: keys are not shown and need no Enter. The drop restores it.
#[derive(Debug)]
pub(crate) struct KeyInput {
    terminal: File,
    before: Termios,
}

impl KeyInput {
    /// Takes the keys of standard input; `None` if it is not a terminal.
    pub(crate) fn of_stdin() -> Option<Self> {
        let stdin = io::stdin();
        let before = tcgetattr(&stdin).ok()?;
        let terminal = File::from(stdin.as_fd().try_clone_to_owned().ok()?);
        let mut keys = before.clone();
        // Ctrl-C stays a signal.
        keys.local_flags.remove(LocalFlags::ICANON | LocalFlags::ECHO);
        keys.control_chars[SpecialCharacterIndices::VMIN as usize] = 1;
        keys.control_chars[SpecialCharacterIndices::VTIME as usize] = 0;
        tcsetattr(&stdin, SetArg::TCSANOW, &keys).ok()?;
        Some(Self { terminal, before })
    }

    /// Drops the keys that have been pressed.
    pub(crate) fn discard(&self) {
        // If that fails they count, which does no harm.
        let _ = tcflush(&self.terminal, FlushArg::TCIFLUSH);
    }

    /// Waits up to this many ms; returns whether there is a key to read.
    pub(crate) fn wait(&self, ms: u16) -> bool {
        let mut source = [PollFd::new(self.terminal.as_fd(), PollFlags::POLLIN)];
        poll(&mut source, PollTimeout::from(ms)).unwrap_or(0) > 0
    }

    /// Reads a byte of a key; `None` if the terminal is gone.
    pub(crate) fn read(&mut self) -> io::Result<Option<u8>> {
        let mut key = [0];
        let length = self.terminal.read(&mut key)?;
        Ok((length > 0).then_some(key[0]))
    }
}

impl AsFd for KeyInput {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.terminal.as_fd()
    }
}

impl Drop for KeyInput {
    fn drop(&mut self) {
        // The shell restores it as well.
        let _ = tcsetattr(&self.terminal, SetArg::TCSANOW, &self.before);
    }
}
