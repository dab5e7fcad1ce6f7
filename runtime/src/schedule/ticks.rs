//! The regular events by which live output is updated.

use std::sync::mpsc::{Receiver, RecvError, RecvTimeoutError};
use std::time::{Duration, Instant};

/// Interval of the events by which live output is updated.
pub(crate) const TICK_INTERVAL: Duration = Duration::from_millis(100);

/// The times at which an event is due while a thread receives what others send.
#[derive(Debug)]
pub(crate) struct Ticks {
    next: Instant,
}

impl Ticks {
    pub(crate) fn new() -> Self {
        Self { next: Instant::now() + TICK_INTERVAL }
    }

    /// Waits for a message; `None` if the next event is due before.
    ///
    /// # Errors
    /// Returns an error if every sender is gone.
    pub(crate) fn receive<T>(&self, incoming: &Receiver<T>) -> Result<Option<T>, RecvError> {
        match incoming.recv_timeout(self.next.saturating_duration_since(Instant::now())) {
            Ok(message) => Ok(Some(message)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(RecvError),
        }
    }

    /// Returns whether an event is due, and plans the next one.
    pub(crate) fn is_due(&mut self) -> bool {
        let now = Instant::now();
        let due = now >= self.next;
        if due {
            self.next = now + TICK_INTERVAL;
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn event_is_due_although_messages_keep_coming() {
        let (sender, incoming) = channel();
        let mut ticks = Ticks::new();
        let mut received = 0;
        while !ticks.is_due() {
            sender.send(()).unwrap();
            received += usize::from(ticks.receive(&incoming).unwrap().is_some());
        }
        assert!(received > 0);
        assert!(!ticks.is_due(), "the next one is planned");
        assert_eq!(ticks.receive(&incoming).map(|_| ()), Ok(()));
        drop(sender);
        while incoming.try_recv().is_ok() {}
        assert_eq!(ticks.receive(&incoming), Err(RecvError));
    }
}
