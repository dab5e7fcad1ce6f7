//! Readers and writers whose waits another event loop can poll.
//!
//! A file descriptor stands for the wait: it is readable unless the reader or writer is lent to its
//! helper thread.

use std::fmt;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::time::Duration;

use nix::sys::eventfd::{EfdFlags, EventFd};

use crate::error::{Error, Result};
use crate::exit_hook::Withdraw;
use crate::frame::{Frame, FrameSlot};
use crate::lending::Lent;
use crate::reader::Reader;
use crate::writer::Writer;

/// A [`Reader`] whose next frame can be waited for together with other things, by its file descriptor.
///
/// The descriptor is readable from the start, and until [`try_read`](Self::try_read) has found no frame;
/// then a helper thread waits, and the descriptor becomes readable again when a frame is available or
/// the stream has ended. So read until `None` each time, as every event loop expects, whether it is
/// edge-triggered or level-triggered. Do not read from the descriptor itself.
///
/// A stream that has ended stays readable, with the same error at each call: take the reader out of the
/// event loop then.
#[doc = include_str!("event_loops.md")]
pub struct PollReader {
    end: Lent<Reader>,
    signal: Signal,
    withdraw: Arc<dyn Withdraw>,
}

impl PollReader {
    /// Wraps a reader.
    ///
    /// # Errors
    /// [`Error::Os`] if no file descriptor is available.
    pub fn new(reader: Reader) -> Result<Self> {
        let signal = Signal::new(reader.name())?;
        let (withdraw, sleeper) = (reader.withdrawal(), reader.sleeper());
        Ok(Self { end: Lent::new(reader, sleeper), signal, withdraw })
    }

    /// Returns the next frame if it is available; otherwise the descriptor becomes readable when it is.
    ///
    /// # Errors
    /// As [`Reader::read`]; [`Error::Os`] if no helper thread can be started.
    pub fn try_read(&mut self) -> Result<Option<Frame<'_>>> {
        if self.end.is_away() {
            match self.end.take_back() {
                None => return Ok(None),
                Some(outcome) => outcome?,
            }
        }
        if !self.end.here()?.wait_for_frame(Duration::ZERO)? {
            let done = self.signal.clear_for(self.end.here()?.name())?;
            self.end.lend(|reader| reader.wait_for_frame(Duration::MAX), done)?;
            return Ok(None);
        }
        let reader = self.end.here()?;
        let vanished = reader.frame_vanished();
        reader.try_read()?.ok_or(vanished).map(Some)
    }

    /// Returns the plain reader, for everything that does not wait, ending the wait of the helper.
    /// Afterwards the descriptor is readable.
    ///
    /// # Errors
    /// [`Error::Os`] if the helper thread has panicked.
    pub fn reader(&mut self) -> Result<&mut Reader> {
        self.end.call_back()
    }

    /// Returns the reader itself.
    ///
    /// # Errors
    /// [`Error::Os`] if the helper thread has panicked.
    pub fn into_reader(mut self) -> Result<Reader> {
        self.end.take()
    }
}

impl AsFd for PollReader {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.signal.0.as_fd()
    }
}

impl Drop for PollReader {
    fn drop(&mut self) {
        // At once, also while the helper still holds the reader.
        if self.end.is_away() {
            self.withdraw.withdraw();
        }
    }
}

impl fmt::Debug for PollReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PollReader").field("reader", &self.end).finish_non_exhaustive()
    }
}

/// A [`Writer`] whose space can be waited for together with other things, by its file descriptor.
///
/// The descriptor is readable unless [`try_reserve`](Self::try_reserve) or
/// [`try_write`](Self::try_write) has found no space; it becomes readable again when that space is
/// free or the reader is gone. The [write timeout](Writer::set_write_timeout) does not apply.
pub struct PollWriter {
    end: Lent<Writer>,
    signal: Signal,
    withdraw: Arc<dyn Withdraw>,
}

impl PollWriter {
    /// Wraps a writer.
    ///
    /// # Errors
    /// [`Error::Os`] if no file descriptor is available.
    pub fn new(writer: Writer) -> Result<Self> {
        let signal = Signal::new(writer.name())?;
        let (withdraw, sleeper) = (writer.withdrawal(), writer.sleeper());
        Ok(Self { end: Lent::new(writer, sleeper), signal, withdraw })
    }

    /// Copies `data` into the ring as one frame and returns its sequence number; `None` if there is no
    /// space for it now.
    ///
    /// # Errors
    /// As [`try_reserve`](Self::try_reserve) and [`FrameSlot::commit`].
    pub fn try_write(&mut self, data: &[u8]) -> Result<Option<u64>> {
        let Some(mut slot) = self.try_reserve(data.len())? else { return Ok(None) };
        crate::copy::copy(&mut slot, data);
        slot.commit().map(Some)
    }

    /// Returns space for a frame of `len` bytes if there is some; otherwise the descriptor becomes
    /// readable when there is.
    ///
    /// # Errors
    /// As [`Writer::reserve`], but for [`Error::BufferFull`]; [`Error::Os`] if no helper thread can be
    /// started.
    pub fn try_reserve(&mut self, len: usize) -> Result<Option<FrameSlot<'_>>> {
        if self.end.is_away() {
            match self.end.take_back() {
                None => return Ok(None),
                Some(outcome) => outcome?,
            }
        }
        if !self.end.here()?.wait_for_space(len, Duration::ZERO)? {
            let done = self.signal.clear_for(self.end.here()?.name())?;
            self.end.lend(move |writer| writer.wait_for_space(len, Duration::MAX), done)?;
            return Ok(None);
        }
        self.end.here()?.reserve(len).map(Some)
    }

    /// Returns the plain writer, for everything that does not wait, ending the wait of the helper.
    /// Afterwards the descriptor is readable.
    ///
    /// # Errors
    /// [`Error::Os`] if the helper thread has panicked.
    pub fn writer(&mut self) -> Result<&mut Writer> {
        self.end.call_back()
    }

    /// Returns the writer itself.
    ///
    /// # Errors
    /// [`Error::Os`] if the helper thread has panicked.
    pub fn into_writer(mut self) -> Result<Writer> {
        self.end.take()
    }
}

impl AsFd for PollWriter {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.signal.0.as_fd()
    }
}

impl Drop for PollWriter {
    fn drop(&mut self) {
        if self.end.is_away() {
            self.withdraw.withdraw();
        }
    }
}

impl fmt::Debug for PollWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PollWriter").field("writer", &self.end).finish_non_exhaustive()
    }
}

/// A descriptor that is readable while its count is not 0.
struct Signal(Arc<EventFd>);

impl Signal {
    /// Makes a readable descriptor.
    fn new(name: &str) -> Result<Self> {
        let flags = EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK;
        let signal = EventFd::from_value_and_flags(1, flags)
            .map_err(|errno| Error::os("make an event descriptor", name, errno))?;
        Ok(Self(Arc::new(signal)))
    }

    /// Makes the descriptor unreadable and returns what makes it readable again.
    fn clear_for(&self, name: &str) -> Result<impl FnOnce() + Send + 'static> {
        match self.0.read() {
            Ok(_) | Err(nix::errno::Errno::EAGAIN) => {}
            Err(errno) => return Err(Error::os("clear an event descriptor", name, errno)),
        }
        let signal = Arc::clone(&self.0);
        Ok(move || {
            // Fails only at a count that is never reached.
            let _ = signal.write(1);
        })
    }
}
