//! A process as a file descriptor, which becomes readable when the process has ended.
//!
//! Unlike a process id it never refers to a later process.

use std::os::fd::{FromRawFd, OwnedFd, RawFd};

/// Opens the process `pid`; `None` if there is none, or the system has no such descriptors.
pub(crate) fn open(pid: u64) -> Option<OwnedFd> {
    let pid = libc::pid_t::try_from(pid).ok().filter(|&pid| pid > 0)?;
    let no_flags: libc::c_uint = 0;
    // SAFETY: the call takes two numbers and returns one; it touches no memory of this process.
    let opened = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, no_flags) };
    let opened = RawFd::try_from(opened).ok().filter(|&opened| opened >= 0)?;
    // SAFETY: the call has opened this descriptor, so nothing else owns it.
    Some(unsafe { OwnedFd::from_raw_fd(opened) })
}
