//! Many readers that one thread waits for.

use std::fmt;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::poll::PollReader;
use crate::reader::Reader;

/// Readers that are reported at once.
const BATCH: usize = 64;

/// The number of a reader in its [`WaitSet`].
pub type ReaderKey = usize;

/// Many readers that one thread waits for.
///
/// Each reader has a helper thread that sleeps until its ring has a frame; the threads are started at the
/// first wait. The set has a separate file descriptor, readable when a reader is ready, so that it
/// can be part of an event loop itself ([`PollReader`] shows how).
///
/// ```
/// use std::time::Duration;
/// use zerobuffer::{BufferConfig, Error, Reader, WaitSet, Writer};
///
/// # let names = [1, 2].map(|n| format!("doc-wait-set-{n}-{}", std::process::id()));
/// let mut set = WaitSet::new()?;
/// for name in &names {
///     set.add(Reader::create(name, BufferConfig::default())?)?;
/// }
/// # for name in &names { Writer::open(name)?.write(b"frame")?; }
/// # let mut frames = 0;
/// while !set.is_empty() {
///     for key in set.wait(Duration::from_secs(10))? {
///         let reader = set.get_mut(key).expect("a reader that was not removed");
///         let ended = loop {
///             match reader.try_read() {
///                 Ok(Some(frame)) => println!("ring {key}: {} bytes", frame.len()),
///                 Ok(None) => break false,
///                 Err(Error::WriterClosed { .. }) => break true,
///                 Err(error) => return Err(error),
///             }
/// #           ; frames += 1;
///         };
///         if ended {
///             set.remove(key)?;
///         }
///     }
/// }
/// # assert_eq!(frames, 2);
/// # Ok::<(), Error>(())
/// ```
pub struct WaitSet {
    epoll: Epoll,
    /// By key. Keys are not reused.
    readers: Vec<Option<PollReader>>,
}

impl WaitSet {
    /// Creates an empty set.
    ///
    /// # Errors
    /// [`Error::Os`] if no file descriptor is available.
    pub fn new() -> Result<Self> {
        let epoll =
            Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).map_err(failed("create a wait set"))?;
        Ok(Self { epoll, readers: Vec::new() })
    }

    /// Adds a reader and returns its key.
    ///
    /// # Errors
    /// [`Error::Os`] if no file descriptor is available.
    pub fn add(&mut self, reader: Reader) -> Result<ReaderKey> {
        let key = self.readers.len();
        let reader = PollReader::new(reader)?;
        self.epoll
            .add(&reader, EpollEvent::new(EpollFlags::EPOLLIN, key as u64))
            .map_err(failed("add a reader to a wait set"))?;
        self.readers.push(Some(reader));
        Ok(key)
    }

    /// Removes a reader; `None` if there is none of this key.
    ///
    /// # Errors
    /// [`Error::Os`] if its helper thread has panicked.
    pub fn remove(&mut self, key: ReaderKey) -> Result<Option<Reader>> {
        let Some(reader) = self.readers.get_mut(key).and_then(Option::take) else {
            return Ok(None);
        };
        self.epoll.delete(&reader).map_err(failed("remove a reader from a wait set"))?;
        reader.into_reader().map(Some)
    }

    /// Returns a reader; `None` if there is none of this key.
    pub fn get_mut(&mut self, key: ReaderKey) -> Option<&mut PollReader> {
        self.readers.get_mut(key)?.as_mut()
    }

    /// Returns whether the set has no readers.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.readers.iter().all(Option::is_none)
    }

    /// Waits up to `timeout` until a reader has a frame or its stream has ended, and returns the keys
    /// of those that have, at most 64 at once; none on timeout.
    ///
    /// A reader is also reported if it was not read until `None` since, or has not been read yet.
    ///
    /// # Errors
    /// [`Error::Os`] if the system refuses to wait.
    pub fn wait(&mut self, timeout: Duration) -> Result<Vec<ReaderKey>> {
        let deadline = Deadline::after(timeout);
        let mut events = [EpollEvent::empty(); BATCH];
        loop {
            // Rounded up, so as not to end too early. Longer waits than the system takes are repeated.
            let millis = deadline.remaining().as_nanos().div_ceil(1_000_000);
            let slice = EpollTimeout::try_from(millis.min(i32::MAX as u128) as i32);
            match self.epoll.wait(&mut events, slice.unwrap_or(EpollTimeout::ZERO)) {
                Ok(0) if !deadline.passed() => {}
                Err(Errno::EINTR) => {}
                Ok(ready) => {
                    return Ok(events[..ready].iter().map(|event| event.data() as usize).collect());
                }
                Err(errno) => return Err(failed("wait for readers")(errno)),
            }
        }
    }
}

impl AsFd for WaitSet {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.epoll.0.as_fd()
    }
}

impl fmt::Debug for WaitSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.readers.iter().flatten()).finish()
    }
}

fn failed(action: &'static str) -> impl Fn(Errno) -> Error {
    move |errno| Error::os(action, "wait set", errno)
}
