//! The files of a buffer, accessed from outside, without a reader or writer.
//!
//! Reads and writes go through the file system, not through a mapping. The layout is that of the
//! ZeroBuffer v1 protocol. Not for rings that running threads are using.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Length of the control block, which precedes the metadata, in bytes.
pub const CONTROL_BLOCK_BYTES: u64 = 128;

/// Length of the header of a frame in bytes.
pub const FRAME_HEADER_BYTES: u64 = 16;

/// Length of a semaphore's file in bytes.
pub const SEMAPHORE_BYTES: u64 = 32;

/// A field of the control block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Size of the control block, the one field of four bytes.
    ControlBlockSize,
    /// The protocol version: major, minor, patch, reserved, in four bytes.
    Version,
    /// Size of the metadata block.
    MetadataSize,
    /// Bytes of metadata with their length prefix.
    MetadataWritten,
    /// Size of the ring.
    PayloadSize,
    /// Free bytes.
    FreeBytes,
    /// Position of the next write.
    WritePosition,
    /// Position of the next read.
    ReadPosition,
    /// Frames and markers written.
    WrittenCount,
    /// Frames and markers read.
    ReadCount,
    /// Process of the writer.
    WriterPid,
    /// Process of the reader.
    ReaderPid,
}

/// The two semaphores of a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Semaphore {
    /// Counts the frames to be read.
    FramesReady,
    /// Counts the released frames.
    SpaceFreed,
}

/// The sixteen-byte header of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Length of the data in bytes.
    pub size: u64,
    /// The frame's number.
    pub sequence: u64,
}

/// The files of one buffer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BufferFiles {
    name: String,
    root: PathBuf,
}

impl Field {
    /// Returns the field with the name used in scenarios.
    ///
    /// # Errors
    /// Returns an error if the field does not exist.
    pub fn named(name: &str) -> Result<Self, String> {
        Ok(match name {
            "operation_size" | "oieb_size" => Self::ControlBlockSize,
            "version" => Self::Version,
            "metadata_size" => Self::MetadataSize,
            "metadata_written_bytes" => Self::MetadataWritten,
            "payload_size" => Self::PayloadSize,
            "payload_free_bytes" => Self::FreeBytes,
            "payload_write_pos" => Self::WritePosition,
            "payload_read_pos" => Self::ReadPosition,
            "payload_written_count" => Self::WrittenCount,
            "payload_read_count" => Self::ReadCount,
            "writer_pid" => Self::WriterPid,
            "reader_pid" => Self::ReaderPid,
            _ => return Err(format!("the control block has no field '{name}'")),
        })
    }

    pub(super) fn offset(self) -> u64 {
        match self {
            Self::ControlBlockSize => 0x00,
            Self::Version => 0x04,
            Self::MetadataSize => 0x08,
            Self::MetadataWritten => 0x18,
            Self::PayloadSize => 0x20,
            Self::FreeBytes => 0x28,
            Self::WritePosition => 0x30,
            Self::ReadPosition => 0x38,
            Self::WrittenCount => 0x40,
            Self::ReadCount => 0x48,
            Self::WriterPid => 0x50,
            Self::ReaderPid => 0x58,
        }
    }

    fn bytes(self) -> usize {
        if matches!(self, Self::ControlBlockSize | Self::Version) { 4 } else { 8 }
    }
}

impl BufferFiles {
    /// Returns the files of the buffer `name`, whether they exist or not.
    pub fn of(name: impl Into<String>) -> Self {
        Self { name: name.into(), root: PathBuf::from("/") }
    }

    /// Returns the files of the buffer `name` in the mount namespace of the process `pid`.
    pub fn as_seen_by(pid: u32, name: impl Into<String>) -> Self {
        Self { name: name.into(), root: format!("/proc/{pid}/root").into() }
    }

    /// Returns the buffer's name in shared memory.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the path of the shared memory object.
    pub fn memory(&self) -> PathBuf {
        self.root.join("dev/shm").join(&self.name)
    }

    /// Returns the path of a semaphore's file.
    pub fn semaphore(&self, which: Semaphore) -> PathBuf {
        let prefix = match which {
            Semaphore::FramesReady => "sem-w",
            Semaphore::SpaceFreed => "sem-r",
        };
        self.root.join("dev/shm").join(format!("sem.{prefix}-{}", self.name))
    }

    /// Returns the path of the lock file.
    pub fn lock(&self) -> PathBuf {
        self.root.join("tmp/zerobuffer").join(format!("{}.lock", self.name))
    }

    /// Returns every file of the buffer, whether it exists or not.
    pub fn all(&self) -> [PathBuf; 4] {
        [
            self.memory(),
            self.semaphore(Semaphore::FramesReady),
            self.semaphore(Semaphore::SpaceFreed),
            self.lock(),
        ]
    }

    /// Returns the files that exist.
    pub fn present(&self) -> Vec<PathBuf> {
        self.all().into_iter().filter(|path| path.symlink_metadata().is_ok()).collect()
    }

    /// Returns the value of a field.
    ///
    /// # Errors
    /// Returns an error if the object is missing or too short.
    pub fn get(&self, field: Field) -> Result<u64, String> {
        let mut bytes = [0; 8];
        self.read_memory(field.offset(), &mut bytes[..field.bytes()])?;
        Ok(u64::from_le_bytes(bytes))
    }

    /// Overwrites a field.
    ///
    /// # Errors
    /// Returns an error if the object is missing.
    pub fn set(&self, field: Field, value: u64) -> Result<(), String> {
        self.write_memory(field.offset(), &value.to_le_bytes()[..field.bytes()])
    }

    /// Returns the whole control block.
    ///
    /// # Errors
    /// Returns an error if the object is missing or too short.
    pub fn control_block(&self) -> Result<[u8; CONTROL_BLOCK_BYTES as usize], String> {
        let mut bytes = [0; CONTROL_BLOCK_BYTES as usize];
        self.read_memory(0, &mut bytes)?;
        Ok(bytes)
    }

    /// Overwrites the whole control block.
    ///
    /// # Errors
    /// Returns an error if the object is missing.
    pub fn set_control_block(
        &self,
        bytes: &[u8; CONTROL_BLOCK_BYTES as usize],
    ) -> Result<(), String> {
        self.write_memory(0, bytes)
    }

    /// Returns the offset of the ring in the object.
    ///
    /// # Errors
    /// Returns an error if the object is missing or too short.
    pub fn payload_start(&self) -> Result<u64, String> {
        Ok(CONTROL_BLOCK_BYTES + self.get(Field::MetadataSize)?)
    }

    /// Returns the header at a position of the ring.
    ///
    /// # Errors
    /// Returns an error if the object is missing or too short.
    pub fn header(&self, position: u64) -> Result<Header, String> {
        let mut bytes = [0; FRAME_HEADER_BYTES as usize];
        self.read_memory(self.payload_start()? + position, &mut bytes)?;
        let word = |at: usize| u64::from_le_bytes(std::array::from_fn(|i| bytes[at + i]));
        Ok(Header { size: word(0), sequence: word(8) })
    }

    /// Overwrites the header at a position of the ring.
    ///
    /// # Errors
    /// Returns an error if the object is missing.
    pub fn set_header(&self, position: u64, header: Header) -> Result<(), String> {
        let at = self.payload_start()? + position;
        self.write_memory(at, &header.size.to_le_bytes())?;
        self.write_memory(at + 8, &header.sequence.to_le_bytes())
    }

    /// Returns the data after the header at a position of the ring.
    ///
    /// # Errors
    /// Returns an error if the object is missing or too short.
    pub fn data(&self, position: u64) -> Result<Vec<u8>, String> {
        let size = self.header(position)?.size;
        let room = self.get(Field::PayloadSize)?.saturating_sub(position + FRAME_HEADER_BYTES);
        if size > room {
            return Err(format!(
                "a frame of {size} bytes at {position}, but only {room} bytes remain"
            ));
        }
        self.bytes_of_frame(position, size as usize)
    }

    /// Returns `len` bytes after the header at a position of the ring, without reading the header.
    ///
    /// # Errors
    /// Returns an error if the object is missing or too short.
    pub fn bytes_of_frame(&self, position: u64, len: usize) -> Result<Vec<u8>, String> {
        let mut bytes = vec![0; len];
        self.read_memory(self.payload_start()? + position + FRAME_HEADER_BYTES, &mut bytes)?;
        Ok(bytes)
    }

    /// Returns the current count of a semaphore.
    ///
    /// # Errors
    /// Returns an error if its file is missing.
    pub fn count(&self, which: Semaphore) -> Result<u32, String> {
        self.semaphore_word(which, 0)
    }

    /// Returns the number of threads that currently sleep on a semaphore.
    ///
    /// # Errors
    /// Returns an error if its file is missing.
    pub fn sleepers(&self, which: Semaphore) -> Result<u32, String> {
        self.semaphore_word(which, 4)
    }

    /// Overwrites the count of a semaphore.
    ///
    /// # Errors
    /// Returns an error if its file is missing.
    pub fn set_count(&self, which: Semaphore, count: u32) -> Result<(), String> {
        let path = self.semaphore(which);
        write_at(&path, 0, &count.to_le_bytes()).map_err(|e| describe(&path, &e))
    }

    /// Returns whether some process holds the lock. If not, the check holds it for a moment.
    ///
    /// # Errors
    /// Returns an error if the lock file is missing or cannot be locked for another reason.
    pub fn is_locked(&self) -> Result<bool, String> {
        // The kernel's list of locks is not reliable: it is read in pieces, and a lock released in
        // between can hide another one.
        let path = self.lock();
        let file = File::open(&path).map_err(|e| describe(&path, &e))?;
        match file.try_lock_shared() {
            // Unlocked explicitly: a process that is being started may also have the file open, and
            // then closing it here does not release the lock.
            Ok(()) => file.unlock().map(|()| false).map_err(|e| describe(&path, &e)),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(error)) => Err(describe(&path, &error)),
        }
    }

    fn semaphore_word(&self, which: Semaphore, offset: u64) -> Result<u32, String> {
        let path = self.semaphore(which);
        let mut bytes = [0; 4];
        File::open(&path)
            .and_then(|file| file.read_exact_at(&mut bytes, offset))
            .map_err(|e| describe(&path, &e))?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn read_memory(&self, offset: u64, bytes: &mut [u8]) -> Result<(), String> {
        let path = self.memory();
        File::open(&path)
            .and_then(|file| file.read_exact_at(bytes, offset))
            .map_err(|e| describe(&path, &e))
    }

    fn write_memory(&self, offset: u64, bytes: &[u8]) -> Result<(), String> {
        let path = self.memory();
        write_at(&path, offset, bytes).map_err(|e| describe(&path, &e))
    }
}

fn write_at(path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()> {
    OpenOptions::new().write(true).open(path)?.write_all_at(bytes, offset)
}

fn describe(path: &Path, error: &io::Error) -> String {
    format!("{}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use zerobuffer::{BufferConfig, Reader, Writer};

    use super::*;

    #[test]
    fn outside_view_equals_inside_view_of_a_ring() {
        let name = format!("suite-files-{}", std::process::id());
        let files = BufferFiles::of(&name);
        assert_eq!(files.present(), Vec::<PathBuf>::new());
        let reader = Reader::create(&name, BufferConfig::new(100, 1000).unwrap()).unwrap();
        let mut writer = Writer::open(&name).unwrap();
        writer.write(b"four").unwrap();
        assert_eq!(files.present(), files.all());
        assert_eq!(files.is_locked(), Ok(true));
        for (field, value) in [
            ("oieb_size", 128),
            ("version", 1),
            ("metadata_size", 128),
            ("payload_size", 1024),
            ("payload_free_bytes", 1004),
            ("payload_write_pos", 20),
            ("payload_written_count", 1),
            ("reader_pid", u64::from(std::process::id())),
        ] {
            assert_eq!(files.get(Field::named(field).unwrap()), Ok(value), "{field}");
        }
        assert_eq!(files.header(0), Ok(Header { size: 4, sequence: 1 }));
        assert_eq!(files.data(0).as_deref(), Ok(&b"four"[..]));
        assert_eq!(files.count(Semaphore::FramesReady), Ok(1));
        files.set(Field::ReadCount, 9).unwrap();
        assert_eq!(reader.state().control.payload_read_count, 9);
        drop((writer, reader));
        assert_eq!(files.present(), Vec::<PathBuf>::new());
    }

    #[test]
    fn missing_file_is_named() {
        assert!(Field::named("colour").unwrap_err().contains("colour"));
        let error = BufferFiles::of("suite-no-such").get(Field::Version).unwrap_err();
        assert!(error.contains("/dev/shm/suite-no-such"), "{error}");
    }
}
