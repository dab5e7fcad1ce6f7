//! Locks on the process ids of a control block: evidence that a registered process is alive.
//!
//! A process id may be reused, and means nothing in another container. So each side locks the bytes
//! of its id in the shared memory object for as long as it is connected. The lock ends with its
//! process, is visible in every container that shares the object, and changes no byte of the wire.
//! Other implementations take no such lock, so a missing one proves nothing about them.

use std::fs::File;
use std::io;
use std::sync::Arc;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};

use crate::fork_guard::ForkClosedFile;

/// The process id of one side in the control block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    Writer,
    Reader,
}

impl Slot {
    /// Offset of the process id in the object.
    fn offset(self) -> i64 {
        match self {
            Self::Writer => 0x50,
            Self::Reader => 0x58,
        }
    }

    fn lock(self, kind: libc::c_int) -> libc::flock {
        libc::flock {
            l_type: kind as libc::c_short,
            l_whence: libc::SEEK_SET as libc::c_short,
            l_start: self.offset(),
            l_len: size_of::<u64>() as i64,
            l_pid: 0,
        }
    }

    /// Returns whether another open file than `object` holds the lock.
    pub(crate) fn is_locked(self, object: &File) -> bool {
        let mut lock = self.lock(libc::F_WRLCK);
        fcntl(object, FcntlArg::F_OFD_GETLK(&mut lock)).is_ok()
            && libc::c_int::from(lock.l_type) != libc::F_UNLCK
    }
}

/// The lock of a slot, held until it is released or its process ends.
#[derive(Debug)]
pub(crate) struct SlotLock {
    object: Arc<ForkClosedFile>,
    slot: Slot,
}

impl SlotLock {
    /// Takes the lock; `None` if another side holds it.
    pub(crate) fn try_acquire(
        object: &Arc<ForkClosedFile>,
        slot: Slot,
    ) -> io::Result<Option<Self>> {
        let lock = slot.lock(libc::F_WRLCK);
        match fcntl(&***object, FcntlArg::F_OFD_SETLK(&lock)) {
            Ok(_) => Ok(Some(Self { object: Arc::clone(object), slot })),
            Err(Errno::EAGAIN | Errno::EACCES) => Ok(None),
            Err(errno) => Err(errno.into()),
        }
    }

    /// Releases the lock. A second call does nothing, nor does one in a forked child.
    pub(crate) fn release(&self) {
        if self.object.is_open() {
            // Unlocking an open file cannot fail, and closing it releases the lock as well.
            let _ = fcntl(&**self.object, FcntlArg::F_OFD_SETLK(&self.slot.lock(libc::F_UNLCK)));
        }
    }
}

impl Drop for SlotLock {
    fn drop(&mut self) {
        self.release();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locked_slot_is_visible_until_it_is_released() {
        let path =
            std::env::temp_dir().join(format!("zerobuffer-unit-slots-{}", std::process::id()));
        let open = || {
            let mut options = File::options();
            options.read(true).write(true).create(true).truncate(false).open(&path).unwrap()
        };
        let (first, second) = (Arc::new(ForkClosedFile::new(open())), open());
        let _ = std::fs::remove_file(&path);
        let third = Arc::new(ForkClosedFile::new(second.try_clone().unwrap()));
        let lock = SlotLock::try_acquire(&first, Slot::Writer).unwrap().unwrap();
        assert!(Slot::Writer.is_locked(&second) && !Slot::Writer.is_locked(&first));
        assert!(!Slot::Reader.is_locked(&second), "the other slot");
        assert!(SlotLock::try_acquire(&third, Slot::Writer).unwrap().is_none());
        lock.release();
        assert!(!Slot::Writer.is_locked(&second));
        assert!(SlotLock::try_acquire(&third, Slot::Writer).unwrap().is_some());
    }
}
