//! Releases the locks that a reader or writer of this process holds, as the kernel does at a death.
//!
//! A connected process locks its process id in the control block. The lock belongs to an open file,
//! so it is released through a duplicate of every descriptor of the buffer. A message over a local
//! socket duplicates a descriptor that is known by its number only.

use std::fs::{self, File};
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;

use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;
use nix::sys::socket::{ControlMessage, MsgFlags, sendmsg};
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};

use super::{BufferFiles, Field};

/// Releases the locks of this process on the process id `field` of a buffer.
///
/// # Errors
/// Returns an error if the descriptors of this process cannot be read.
pub(super) fn release(files: &BufferFiles, field: Field) -> Result<(), String> {
    let path = files.memory();
    let describe = |error: io::Error| format!("{}: {error}", path.display());
    let object = fs::metadata(&path).map_err(describe)?;
    for entry in fs::read_dir("/proc/self/fd").map_err(describe)?.flatten() {
        let is_object = fs::read_link(entry.path()).is_ok_and(|target| target == path);
        let number = entry.file_name().to_str().and_then(|name| name.parse().ok());
        let Some(number) = number.filter(|_| is_object) else { continue };
        // Another thread may have closed the descriptor, and opened another file under its number.
        let Ok(file) = duplicate(number) else { continue };
        let found = file.metadata().map_err(describe)?;
        if (found.dev(), found.ino()) == (object.dev(), object.ino()) {
            unlock(&file, field).map_err(describe)?;
        }
    }
    Ok(())
}

fn unlock(file: &File, field: Field) -> io::Result<()> {
    let lock = libc::flock {
        l_type: libc::F_UNLCK as libc::c_short,
        l_whence: libc::SEEK_SET as libc::c_short,
        l_start: field.offset() as i64,
        l_len: size_of::<u64>() as i64,
        l_pid: 0,
    };
    fcntl(file, FcntlArg::F_OFD_SETLK(&lock))?;
    Ok(())
}

/// Returns a duplicate of a descriptor.
fn duplicate(number: RawFd) -> io::Result<File> {
    let (sender, receiver) = UnixStream::pair()?;
    let rights = [ControlMessage::ScmRights(&[number])];
    let byte = [IoSlice::new(&[0])];
    sendmsg::<()>(sender.as_raw_fd(), &byte, &rights, MsgFlags::empty(), None)?;
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut received = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    recvmsg(&receiver, &mut [IoSliceMut::new(&mut byte)], &mut received, RecvFlags::CMSG_CLOEXEC)?;
    let descriptor: Option<OwnedFd> = received
        .drain()
        .filter_map(|message| match message {
            RecvAncillaryMessage::ScmRights(descriptors) => Some(descriptors),
            _ => None,
        })
        .flatten()
        .next();
    descriptor.map(File::from).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}
