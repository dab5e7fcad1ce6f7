//! Messages from the workers to the thread of the run.

use std::sync::mpsc::Sender;

use super::hung_attempt::Remainder;
use crate::model::Event;

/// A message from a worker or the watchdog.
pub(super) enum Message {
    /// Events for the reports.
    Events(Vec<Event>),
    /// Something exceeded its deadline; its thread is abandoned, and a new worker must run the rest.
    Hung(Remainder),
    /// A worker has ended; it takes no more scenarios.
    WorkerEnded,
}

pub(super) fn send(messages: &Sender<Message>, message: Message) {
    // The receiver goes away only after the run; an abandoned thread that returns then has nothing
    // left to report.
    let _ = messages.send(message);
}
