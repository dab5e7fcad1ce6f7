//! The state of a ring after the death of a process.
//!
//! If several roles share a process, that process cannot be killed to show the death of one role.
//! Instead its reader or writer is not used after its death, and shared memory is put into the
//! state that the kernel leaves: the process id in the control block is that of a process that has
//! ended and is not locked, and the lock file exists but is not locked. Everything else,
//! half-written frames, counts and positions, stays unchanged.
//!
//! The reader or writer itself is kept until the scenario ends, and then removes the files it still
//! owns.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::Command;

use zerobuffer::{BufferReader, BufferWriter};

use super::{BufferFiles, Field, slot_lock};

/// A reader whose process is treated as dead.
#[derive(Debug)]
pub struct DeadReader {
    // Dropped before the lock file, which it would not recognise.
    end: Option<Box<dyn BufferReader>>,
    lock: OrphanedLock,
}

/// A writer whose process is treated as dead.
#[derive(Debug)]
pub struct DeadWriter {
    _end: Box<dyn BufferWriter>,
}

impl DeadReader {
    /// Simulates the death of the process of `end`.
    ///
    /// # Errors
    /// Returns an error if the files of its buffer cannot be changed.
    pub fn new(end: Box<dyn BufferReader>, files: &BufferFiles) -> Result<Self, String> {
        die(files, Field::ReaderPid, ended_process()?)?;
        let lock = OrphanedLock::put(files.lock())?;
        Ok(Self { end: Some(end), lock })
    }
}

impl Drop for DeadReader {
    fn drop(&mut self) {
        drop(self.end.take());
        self.lock.remove();
    }
}

impl DeadWriter {
    /// Simulates the death of the process of `end`.
    ///
    /// # Errors
    /// Returns an error if the files of its buffer cannot be changed.
    pub fn new(end: Box<dyn BufferWriter>, files: &BufferFiles) -> Result<Self, String> {
        die(files, Field::WriterPid, ended_process()?)?;
        Ok(Self { _end: end })
    }
}

/// Both buffers of a duplex channel with one process treated as dead: the buffer it has created,
/// and its writer slot in the other.
#[derive(Debug)]
pub struct DeadDuplexEnd {
    lock: OrphanedLock,
}

impl DeadDuplexEnd {
    /// Simulates the death of the process that created `read` and writes to `written`.
    ///
    /// # Errors
    /// Returns an error if the files of a buffer cannot be changed.
    pub fn new(read: &BufferFiles, written: &BufferFiles) -> Result<Self, String> {
        let dead = ended_process()?;
        die(read, Field::ReaderPid, dead)?;
        // A server without a client has no buffer to write to yet.
        if written.memory().exists() && written.get(Field::WriterPid)? != 0 {
            die(written, Field::WriterPid, dead)?;
        }
        Ok(Self { lock: OrphanedLock::put(read.lock())? })
    }
}

impl Drop for DeadDuplexEnd {
    fn drop(&mut self) {
        self.lock.remove();
    }
}

/// Registers the process `dead` in a slot, without the lock of a living one.
fn die(files: &BufferFiles, slot: Field, dead: u64) -> Result<(), String> {
    files.set(slot, dead)?;
    slot_lock::release(files, slot)
}

/// Returns the id of a process that has ended.
///
/// # Errors
/// Returns an error if no process can be started.
pub fn ended_process() -> Result<u64, String> {
    let mut child = Command::new("true").spawn().map_err(|e| format!("true: {e}"))?;
    let pid = child.id();
    child.wait().map_err(|e| format!("true: {e}"))?;
    Ok(u64::from(pid))
}

/// An unlocked lock file, as the kernel leaves it when its owner dies.
#[derive(Debug)]
struct OrphanedLock {
    path: PathBuf,
    inode: u64,
}

impl OrphanedLock {
    /// Replaces the file that this process still has locked by an unlocked one.
    fn put(path: PathBuf) -> Result<Self, String> {
        let replaced = || -> io::Result<u64> {
            fs::remove_file(&path)?;
            Ok(File::create_new(&path)?.metadata()?.ino())
        };
        let inode = replaced().map_err(|e| format!("{}: {e}", path.display()))?;
        Ok(Self { path, inode })
    }

    /// Removes the file unless a new reader has taken over and removed it.
    fn remove(&self) {
        if fs::symlink_metadata(&self.path).is_ok_and(|found| found.ino() == self.inode) {
            // A remaining file has no effect, since it is not locked.
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use zerobuffer::{BufferConfig, Error, Reader, Writer};

    use super::*;

    #[test]
    fn dead_reader_is_replaced() {
        let name = format!("suite-dead-reader-{}", std::process::id());
        let files = BufferFiles::of(&name);
        let config = || BufferConfig::new(64, 1024).unwrap();
        let reader = Reader::create(&name, config()).unwrap();
        let mut writer = Writer::open(&name).unwrap();
        let dead = DeadReader::new(Box::new(reader), &files).unwrap();
        assert_eq!(files.is_locked(), Ok(false));
        assert!(!writer.is_reader_connected());
        let heir = Reader::create(&name, config()).unwrap();
        assert!(heir.replaced_stale());
        assert_eq!(files.is_locked(), Ok(true));
        drop(heir);
        drop(dead);
        assert_eq!(files.present(), Vec::<PathBuf>::new());
        writer.set_write_timeout(Duration::ZERO);
        assert!(matches!(writer.write(b"x"), Err(Error::ReaderDead { .. })));
    }

    #[test]
    fn dead_reader_without_successor_leaves_nothing() {
        let name = format!("suite-dead-alone-{}", std::process::id());
        let files = BufferFiles::of(&name);
        let reader = Reader::create(&name, BufferConfig::new(64, 64).unwrap()).unwrap();
        let dead = DeadReader::new(Box::new(reader), &files).unwrap();
        assert_eq!(files.present(), files.all());
        drop(dead);
        assert_eq!(files.present(), Vec::<PathBuf>::new());
    }

    #[test]
    fn dead_writer_is_detected() {
        let name = format!("suite-dead-writer-{}", std::process::id());
        let mut reader = Reader::create(&name, BufferConfig::new(64, 1024).unwrap()).unwrap();
        let writer = Writer::open(&name).unwrap();
        let _dead = DeadWriter::new(Box::new(writer), &BufferFiles::of(&name)).unwrap();
        let read = reader.read(Duration::from_secs(5)).map(|_| ());
        assert!(matches!(read, Err(Error::WriterDead { .. })), "{read:?}");
    }
}
