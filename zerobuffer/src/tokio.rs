//! Reader and writer for tokio: waiting suspends the task instead of blocking its thread.
//!
//! The wire has semaphores only, and no runtime can poll a semaphore. So each side has one helper
//! thread, started at the first wait, to which the reader or writer is lent during the wait. It
//! sleeps as a plain reader or writer does, returns it, and wakes the task. Frames that are
//! available, and writes that have space, never go through it.
//!
//! Every call can be cancelled by dropping its future: the helper keeps the value, and the next
//! call gets it back with nothing lost. Any executor works.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::copy;
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::exit_hook::Withdraw;
use crate::frame::{Frame, FrameSlot};
use crate::reader::Reader;
use crate::writer::Writer;

/// Longest wait of the helper before it checks for cancellation.
const SLICE: Duration = Duration::from_millis(20);

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
    end: Lent<Reader>,
    withdraw: Arc<dyn Withdraw>,
}

impl AsyncReader {
    /// Wraps a reader.
    #[must_use]
    pub fn new(reader: Reader) -> Self {
        let withdraw = reader.withdrawal();
        Self { end: Lent::new(reader), withdraw }
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
        while !self.end.here()?.wait_for_frame(Duration::ZERO)? {
            self.end.lend(wait_for_frame).await?;
        }
        let reader = self.end.here()?;
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
    /// waiting, it is ended first, which takes about 20 ms.
    ///
    /// # Errors
    /// [`Error::Os`] if the helper thread has panicked.
    pub async fn reader(&mut self) -> Result<&mut Reader> {
        self.end.called_back().await?;
        self.end.here()
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
        f.debug_struct("AsyncReader").field("reader", &self.end.here).finish_non_exhaustive()
    }
}

/// A [`Writer`] for asynchronous code.
pub struct AsyncWriter {
    end: Lent<Writer>,
    withdraw: Arc<dyn Withdraw>,
}

impl AsyncWriter {
    /// Wraps a writer, with its [write timeout](Writer::set_write_timeout).
    #[must_use]
    pub fn new(writer: Writer) -> Self {
        let withdraw = writer.withdrawal();
        Self { end: Lent::new(writer), withdraw }
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
    /// A cancelled call leaves no trace. If one is still waiting, it is ended first, which takes
    /// about 20 ms.
    ///
    /// # Errors
    /// As [`Writer::reserve`]; [`Error::Os`] if no helper thread can be started.
    pub async fn reserve(&mut self, len: usize) -> Result<FrameSlot<'_>> {
        self.end.called_back().await?;
        let deadline = Deadline::after(self.end.here()?.write_timeout());
        while !self.end.here()?.wait_for_space(len, Duration::ZERO)? && !deadline.passed() {
            self.end
                .lend(move |writer, wanted| wait_for_space(writer, len, deadline, wanted))
                .await?;
        }
        let writer = self.end.here()?;
        // Free space stays free, since this is the only writer. Only a timeout remains to be
        // reported.
        writer.reserve_since(len, deadline)
    }

    /// Returns the plain writer, for everything that does not wait. If a cancelled call is still
    /// waiting, it is ended first, which takes about 20 ms.
    ///
    /// # Errors
    /// [`Error::Os`] if the helper thread has panicked.
    pub async fn writer(&mut self) -> Result<&mut Writer> {
        self.end.called_back().await?;
        self.end.here()
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
        f.debug_struct("AsyncWriter").field("writer", &self.end.here).finish_non_exhaustive()
    }
}

fn wait_for_frame(reader: &mut Reader, wanted: &dyn Fn() -> bool) -> Result<()> {
    while wanted() && !reader.wait_for_frame(SLICE)? {}
    Ok(())
}

fn wait_for_space(
    writer: &mut Writer,
    len: usize,
    deadline: Deadline,
    wanted: &dyn Fn() -> bool,
) -> Result<()> {
    while wanted() && !deadline.passed() && !writer.wait_for_space(len, SLICE)? {}
    Ok(())
}

type Job = Box<dyn FnOnce() + Send>;

/// A reader or writer with the result of its wait.
type Returned<E> = (E, Result<()>);

/// A reader or writer that is lent to a helper thread whenever it has to wait.
struct Lent<E> {
    here: Option<E>,
    /// Channel that returns the value.
    away: Option<oneshot::Receiver<Returned<E>>>,
    recalled: Arc<AtomicBool>,
    /// The helper ends when this is dropped.
    jobs: Option<mpsc::Sender<Job>>,
}

impl<E: Send + 'static> Lent<E> {
    fn new(end: E) -> Self {
        Self { here: Some(end), away: None, recalled: Arc::default(), jobs: None }
    }

    /// Returns the value, which must not be lent.
    fn here(&mut self) -> Result<&mut E> {
        self.here.as_mut().ok_or_else(helper_gone)
    }

    /// Lends the value to the helper until `wait` is done or cancelled.
    async fn lend(
        &mut self,
        wait: impl FnOnce(&mut E, &dyn Fn() -> bool) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        if self.jobs.is_none() {
            self.jobs = Some(start_helper()?);
        }
        let mut end = self.here.take().ok_or_else(helper_gone)?;
        let (bring_back, away) = oneshot::channel::<Returned<E>>();
        self.recalled = Arc::default();
        let recalled = Arc::clone(&self.recalled);
        let job: Job = Box::new(move || {
            // Relaxed: a request that is seen a slice later is as good.
            let wanted = || !recalled.load(Ordering::Relaxed) && !bring_back.is_closed();
            let outcome = wait(&mut end, &wanted);
            // Without a receiver the value is closed here.
            let _ = bring_back.send((end, outcome));
        });
        self.away = Some(away);
        // A helper that is gone drops the job, which the other side of the channel notices.
        let _ = self.jobs.as_ref().map(|jobs| jobs.send(job));
        self.returned().await
    }

    /// Waits until the value is back and returns the result of its wait.
    async fn returned(&mut self) -> Result<()> {
        let Some(away) = &mut self.away else { return Ok(()) };
        let returned = away.await;
        self.away = None;
        let (end, outcome) = returned.map_err(|_| helper_gone())?;
        self.here = Some(end);
        outcome
    }

    /// Ends a cancelled wait. Its result is ignored: what it
    /// found will be found again.
    async fn called_back(&mut self) -> Result<()> {
        // Relaxed: see `lend`.
        self.recalled.store(true, Ordering::Relaxed);
        let _ = self.returned().await;
        self.here().map(drop)
    }
}

fn start_helper() -> Result<mpsc::Sender<Job>> {
    let (jobs, queue) = mpsc::channel::<Job>();
    std::thread::Builder::new()
        .name("zerobuffer-wait".into())
        .spawn(move || queue.iter().for_each(|job| job()))
        .map_err(|error| Error::os("start a helper thread", "tokio support", error))?;
    Ok(jobs)
}

fn helper_gone() -> Error {
    let error = std::io::Error::other("it has panicked");
    Error::os("get the buffer back from the helper thread", "tokio support", error)
}
