//! The channel of the standard library, compiled once for everything that is sent.
//!
//! A channel of its own for each type of message is some hundred functions more in every suite. Messages
//! are few and large here; each travels in a box.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

type Message = Box<dyn Any + Send>;

/// The end that messages are given to; clones give to the same channel.
#[derive(Debug)]
pub(crate) struct Sender<T> {
    inner: mpsc::Sender<Message>,
    carries: PhantomData<fn(T)>,
}

/// Like [`Sender`], of a channel that holds a limited number of messages.
#[derive(Debug)]
pub(crate) struct BoundedSender<T> {
    inner: mpsc::SyncSender<Message>,
    carries: PhantomData<fn(T)>,
}

/// The end that messages are taken from.
#[derive(Debug)]
pub(crate) struct Receiver<T> {
    inner: mpsc::Receiver<Message>,
    carries: PhantomData<fn() -> T>,
}

/// Nobody takes messages any more.
#[derive(Debug)]
pub(crate) struct Closed;

/// A channel that holds any number of messages.
pub(crate) fn channel<T: Send + 'static>() -> (Sender<T>, Receiver<T>) {
    let (sender, receiver) = mpsc::channel();
    (
        Sender { inner: sender, carries: PhantomData },
        Receiver { inner: receiver, carries: PhantomData },
    )
}

/// A channel that holds at most so many messages; whoever sends more waits.
pub(crate) fn bounded<T: Send + 'static>(most: usize) -> (BoundedSender<T>, Receiver<T>) {
    let (sender, receiver) = mpsc::sync_channel(most);
    (
        BoundedSender { inner: sender, carries: PhantomData },
        Receiver { inner: receiver, carries: PhantomData },
    )
}

impl<T: Send + 'static> Sender<T> {
    /// # Errors
    /// [`Closed`].
    pub(crate) fn send(&self, message: T) -> Result<(), Closed> {
        self.inner.send(Box::new(message)).map_err(|_| Closed)
    }
}

impl<T: Send + 'static> BoundedSender<T> {
    /// # Errors
    /// [`Closed`].
    pub(crate) fn send(&self, message: T) -> Result<(), Closed> {
        self.inner.send(Box::new(message)).map_err(|_| Closed)
    }
}

impl<T: Send + 'static> Receiver<T> {
    /// The next message; `None` when there is none and nobody left to send one.
    pub(crate) fn recv(&self) -> Option<T> {
        self.inner.recv().ok().map(unpacked)
    }

    /// The next message, if it comes within `limit`.
    ///
    /// # Errors
    /// When it does not.
    pub(crate) fn recv_timeout(&self, limit: Duration) -> Result<T, RecvTimeoutError> {
        self.inner.recv_timeout(limit).map(unpacked)
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), carries: PhantomData }
    }
}

fn unpacked<T: 'static>(message: Message) -> T {
    *message.downcast().expect("a channel carries what its sender takes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_arrive_in_their_order_until_the_last_sender_is_gone() {
        let (sender, receiver) = channel();
        let other = sender.clone();
        sender.send("one".to_owned()).unwrap();
        other.send("two".to_owned()).unwrap();
        drop((sender, other));
        assert_eq!(receiver.recv().as_deref(), Some("one"));
        assert_eq!(receiver.recv().as_deref(), Some("two"));
        assert_eq!(receiver.recv(), None);
        assert_eq!(receiver.recv_timeout(Duration::ZERO), Err(RecvTimeoutError::Disconnected));
    }

    #[test]
    fn a_bounded_channel_tells_that_nobody_listens() {
        let (sender, receiver) = bounded(1);
        sender.send(1).unwrap();
        assert_eq!(receiver.recv_timeout(Duration::ZERO), Ok(1));
        assert_eq!(receiver.recv_timeout(Duration::ZERO), Err(RecvTimeoutError::Timeout));
        drop(receiver);
        assert!(sender.send(2).is_err());
    }
}
