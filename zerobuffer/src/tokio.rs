//! Reader and writer for tokio: waiting suspends the task instead of blocking its thread.
//!
//! No runtime can poll a semaphore, so the reader or writer is lent to a helper thread during a wait.
//! Frames that are available, and writes that have space, never go through it.
//!
//! Every call can be cancelled by dropping its future: the helper keeps the value, and the next
//! call gets it back with nothing lost. Any executor works.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::copy;
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::exit_hook::Withdraw;
use crate::frame::{Frame, FrameSlot};
use crate::lending::Lent;
use crate::reader::Reader;
use crate::writer::Writer;

/// A [`Reader`] for asynchronous code.
///
/// ```
/// # use zerobuffer::{AsyncReader, BufferConfig, Reader, Writer};
/// # let name = &format!("doc-async-{}", std::process::id());
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let mut reader = AsyncReader::new(Reader::create(name, BufferConfig::default())?);
/// # let mut writer = Writer::open(name)?;
/// # writer.write(b"frame")?;
/// # writer.close();
/// while let Some(frame) = reader.next_frame().await? {
///     println!("{} bytes", frame.len());
/// }
/// # Ok::<(), zerobuffer::Error>(())
/// # }).unwrap();
/// ```
pub struct AsyncReader {
    end: Awaited<Reader>,
    withdraw: Arc<dyn Withdraw>,
}

impl AsyncReader {
    /// Wraps a reader.
    #[must_use]
    pub fn new(reader: Reader) -> Self {
        let (withdraw, sleeper) = (reader.withdrawal(), reader.sleeper());
        Self { end: Awaited::new(Lent::new(reader, sleeper)), withdraw }
    }

    /// Returns the next frame, waiting without a timeout; wrap it in `tokio::time::timeout` to
    /// limit the wait.
    ///
    /// Cancelling loses no frame.
    ///
    /// # Errors
    /// As [`Reader::read`]; [`Error::Os`] if no helper thread can be started.
    pub async fn read(&mut self) -> Result<Frame<'_>> {
        // A wait that a cancelled call began continues.
        self.end.returned().await?;
        while !self.end.lent.here()?.wait_for_frame(Duration::ZERO)? {
            self.end.wait(|reader| reader.wait_for_frame(Duration::MAX)).await?;
        }
        let reader = self.end.lent.here()?;
        let vanished = reader.frame_vanished();
        reader.try_read()?.ok_or(vanished)
    }

    /// Returns the next frame, or `None` at the end of the stream.
    ///
    /// # Errors
    /// As [`read`](Self::read), but for the end of the stream.
    pub async fn next_frame(&mut self) -> Result<Option<Frame<'_>>> {
        match self.read().await {
            Ok(frame) => Ok(Some(frame)),
            Err(Error::WriterClosed { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Returns the plain reader, for everything that does not wait. If a cancelled call is still
    /// waiting, it is ended first.
    ///
    /// # Errors
    /// [`Error::Os`] if the helper thread has panicked.
    pub async fn reader(&mut self) -> Result<&mut Reader> {
        self.end.called_back().await?;
        self.end.lent.here()
    }
}

impl Drop for AsyncReader {
    fn drop(&mut self) {
        // At once, also while the helper still holds the reader.
        self.withdraw.withdraw();
    }
}

impl fmt::Debug for AsyncReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncReader").field("reader", &self.end.lent).finish_non_exhaustive()
    }
}

/// A [`Writer`] for asynchronous code.
pub struct AsyncWriter {
    end: Awaited<Writer>,
    withdraw: Arc<dyn Withdraw>,
}

impl AsyncWriter {
    /// Wraps a writer, with its [write timeout](Writer::set_write_timeout).
    #[must_use]
    pub fn new(writer: Writer) -> Self {
        let (withdraw, sleeper) = (writer.withdrawal(), writer.sleeper());
        Self { end: Awaited::new(Lent::new(writer, sleeper)), withdraw }
    }

    /// Copies `data` into the ring as one frame and returns its sequence number, waiting for space
    /// up to the write timeout.
    ///
    /// A cancelled call has written nothing.
    ///
    /// # Errors
    /// As [`Writer::write`]; [`Error::Os`] if no helper thread can be started.
    pub async fn write(&mut self, data: &[u8]) -> Result<u64> {
        let mut slot = self.reserve(data.len()).await?;
        copy::copy(&mut slot, data);
        slot.commit()
    }

    /// Returns space for a frame of `len` bytes, to be filled in place, waiting for it up to the
    /// write timeout.
    ///
    /// A cancelled call leaves no trace. If one is still waiting, it is ended first.
    ///
    /// # Errors
    /// As [`Writer::reserve`]; [`Error::Os`] if no helper thread can be started.
    pub async fn reserve(&mut self, len: usize) -> Result<FrameSlot<'_>> {
        self.end.called_back().await?;
        let deadline = Deadline::after(self.end.lent.here()?.write_timeout());
        while !self.end.lent.here()?.wait_for_space(len, Duration::ZERO)? && !deadline.passed() {
            let wait = move |writer: &mut Writer| {
                Ok(writer.wait_for_space(len, deadline.remaining())? || deadline.passed())
            };
            self.end.wait(wait).await?;
        }
        let writer = self.end.lent.here()?;
        // Free space stays free, since this is the only writer. Only a timeout remains to be
        // reported.
        writer.reserve_since(len, deadline)
    }

    /// Returns the plain writer, for everything that does not wait. If a cancelled call is still
    /// waiting, it is ended first.
    ///
    /// # Errors
    /// [`Error::Os`] if the helper thread has panicked.
    pub async fn writer(&mut self) -> Result<&mut Writer> {
        self.end.called_back().await?;
        self.end.lent.here()
    }
}

impl Drop for AsyncWriter {
    fn drop(&mut self) {
        // At once, also while the helper still holds the writer.
        self.withdraw.withdraw();
    }
}

impl fmt::Debug for AsyncWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncWriter").field("writer", &self.end.lent).finish_non_exhaustive()
    }
}

/// A reader or writer that a task awaits while it is lent.
struct Awaited<E> {
    lent: Lent<E>,
    /// Resolves when the helper has returned the value.
    returned: Option<oneshot::Receiver<()>>,
}

impl<E: Send + 'static> Awaited<E> {
    fn new(lent: Lent<E>) -> Self {
        Self { lent, returned: None }
    }

    /// Lends the value to the helper until `wait` is done.
    async fn wait(
        &mut self,
        wait: impl FnMut(&mut E) -> Result<bool> + Send + 'static,
    ) -> Result<()> {
        let (done, returned) = oneshot::channel();
        let done = move || {
            // A cancelled call no longer listens; the next one asks the helper.
            let _ = done.send(());
        };
        self.lent.lend(wait, done)?;
        self.returned = Some(returned);
        self.returned().await
    }

    /// Waits until the value is back and returns the result of its wait.
    async fn returned(&mut self) -> Result<()> {
        if let Some(returned) = &mut self.returned {
            // Also if the helper has panicked, which is found below.
            let _ = returned.await;
            self.returned = None;
        }
        self.lent.take_back().unwrap_or(Ok(()))
    }

    /// Ends a cancelled wait. Its result is ignored: what it found will be found again.
    async fn called_back(&mut self) -> Result<()> {
        self.lent.interrupt();
        let _ = self.returned().await;
        self.lent.here().map(drop)
    }
}
