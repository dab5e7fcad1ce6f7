//! What a process that died leaves of a ring.
//!
//! Where several roles live in one process, that process cannot be killed to show what the death of
//! one role does. Instead the end is left untouched from the moment of its death, and shared memory
//! is brought into the state the kernel leaves behind: the process id in the control block is that
//! of a process that has ended, and the lock file is there but not locked. Everything else, half
//! written frames, counts and positions, stays as it was.
//!
//! The end itself is kept until the scenario is over, and then removes what is still its own.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::Command;

use zerobuffer::{BufferReader, BufferWriter};

use super::{BufferFiles, Field};

/// A reader whose process counts as dead.
#[derive(Debug)]
pub struct DeadReader {
    // Dropped by hand, before the lock file it would not recognise.
    end: Option<Box<dyn BufferReader>>,
    lock: OrphanedLock,
}

/// A writer whose process counts as dead.
#[derive(Debug)]
pub struct DeadWriter {
    _end: Box<dyn BufferWriter>,
}

impl DeadReader {
    /// Lets the process of `end` die.
    ///
    /// # Errors
    /// When the files of its buffer cannot be changed.
    pub fn new(end: Box<dyn BufferReader>, files: &BufferFiles) -> Result<Self, String> {
        files.set(Field::ReaderPid, ended_process()?)?;
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
    /// Lets the process of `end` die.
    ///
    /// # Errors
    /// When the files of its buffer cannot be changed.
    pub fn new(end: Box<dyn BufferWriter>, files: &BufferFiles) -> Result<Self, String> {
        files.set(Field::WriterPid, ended_process()?)?;
        Ok(Self { _end: end })
    }
}

/// Both buffers of a duplex channel whose one process counts as dead: the buffer it has created, and
/// its place as the writer of the other.
#[derive(Debug)]
pub struct DeadDuplexEnd {
    lock: OrphanedLock,
}

impl DeadDuplexEnd {
    /// Lets the process die that has created `read` and writes to `written`.
    ///
    /// # Errors
    /// When the files of a buffer cannot be changed.
    pub fn new(read: &BufferFiles, written: &BufferFiles) -> Result<Self, String> {
        let dead = ended_process()?;
        read.set(Field::ReaderPid, dead)?;
        // A server whose client is still to come writes to nothing yet.
        if written.memory().exists() && written.get(Field::WriterPid)? != 0 {
            written.set(Field::WriterPid, dead)?;
        }
        Ok(Self { lock: OrphanedLock::put(read.lock())? })
    }
}

impl Drop for DeadDuplexEnd {
    fn drop(&mut self) {
        self.lock.remove();
    }
}

/// The id of a process that has run and ended.
///
/// # Errors
/// When no process can be started.
pub fn ended_process() -> Result<u64, String> {
    let mut child = Command::new("true").spawn().map_err(|e| format!("true: {e}"))?;
    let pid = child.id();
    child.wait().map_err(|e| format!("true: {e}"))?;
    Ok(u64::from(pid))
}

/// A lock file that nobody holds, as the kernel leaves it when its holder dies.
#[derive(Debug)]
struct OrphanedLock {
    path: PathBuf,
    inode: u64,
}

impl OrphanedLock {
    /// Puts an unlocked file in the place of the one that this process still holds.
    fn put(path: PathBuf) -> Result<Self, String> {
        let replaced = || -> io::Result<u64> {
            fs::remove_file(&path)?;
            Ok(File::create_new(&path)?.metadata()?.ino())
        };
        let inode = replaced().map_err(|e| format!("{}: {e}", path.display()))?;
        Ok(Self { path, inode })
    }

    /// Removes the file unless a new reader has taken it over and removed it.
    fn remove(&self) {
        if fs::symlink_metadata(&self.path).is_ok_and(|found| found.ino() == self.inode) {
            // What is left then hinders nobody: it is not locked.
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
    fn a_dead_reader_is_noticed_replaced_and_cleaned_up() {
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
    fn a_dead_reader_that_nobody_replaces_leaves_nothing() {
        let name = format!("suite-dead-alone-{}", std::process::id());
        let files = BufferFiles::of(&name);
        let reader = Reader::create(&name, BufferConfig::new(64, 64).unwrap()).unwrap();
        let dead = DeadReader::new(Box::new(reader), &files).unwrap();
        assert_eq!(files.present(), files.all());
        drop(dead);
        assert_eq!(files.present(), Vec::<PathBuf>::new());
    }

    #[test]
    fn a_dead_writer_is_noticed() {
        let name = format!("suite-dead-writer-{}", std::process::id());
        let mut reader = Reader::create(&name, BufferConfig::new(64, 1024).unwrap()).unwrap();
        let writer = Writer::open(&name).unwrap();
        let _dead = DeadWriter::new(Box::new(writer), &BufferFiles::of(&name)).unwrap();
        let read = reader.read(Duration::from_secs(5)).map(|_| ());
        assert!(matches!(read, Err(Error::WriterDead { .. })), "{read:?}");
    }
}
