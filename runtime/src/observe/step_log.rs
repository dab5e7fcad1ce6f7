//! The log of an entered step or hook: log records and attachments.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use crate::model::{Attachment, LogLevel, LogRecord};

thread_local! {
    /// The step logs entered on this thread, the innermost last.
    static ENTERED: RefCell<Vec<StepLog>> = const { RefCell::new(Vec::new()) };
    /// The way to the current log of a thread that runs tasks for another.
    static ROUTE: RefCell<Option<LogRoute>> = const { RefCell::new(None) };
}

/// The log of one step or hook; a clone refers to the same log.
///
/// It is shared between the thread that runs the step, the threads that the step starts, and the runner,
/// which takes the records when it abandons the thread.
#[derive(Debug, Clone, Default)]
pub(crate) struct StepLog(Arc<Mutex<Entries>>);

#[derive(Debug, Default)]
struct Entries {
    logs: Vec<LogRecord>,
    attachments: Vec<Attachment>,
    closed: bool,
}

/// A guard that makes a step log the current one of its thread until it is dropped.
#[must_use = "the step log is current only while the guard lives"]
#[derive(Debug)]
pub(crate) struct ActiveLog {
    /// Keeps the guard on the thread that created it.
    on_this_thread: PhantomData<*const ()>,
}

/// The way of events to the log of the step that runs now, for the threads that run tasks of its scenario.
#[derive(Debug, Clone, Default)]
pub(crate) struct LogRoute(Arc<Mutex<Option<StepLog>>>);

impl LogRoute {
    /// Makes the events of the calling thread, which enters no log itself, follow this route.
    pub(crate) fn follow(&self) {
        ROUTE.replace(Some(self.clone()));
    }

    /// Makes the route lead to this log.
    pub(crate) fn lead_to(&self, step_log: &StepLog) {
        *self.lock() = Some(step_log.clone());
    }

    /// Makes the route lead to no log.
    pub(crate) fn clear(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> MutexGuard<'_, Option<StepLog>> {
        // Nothing that can panic runs under the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StepLog {
    /// Returns the current step log of the calling thread.
    pub(crate) fn of_this_thread() -> Option<Self> {
        let entered = ENTERED.with_borrow(|entered| entered.last().cloned());
        entered.or_else(|| ROUTE.with_borrow(|route| route.as_ref()?.lock().clone()))
    }

    /// Makes this the current step log of the calling thread.
    pub(crate) fn enter(&self) -> ActiveLog {
        ENTERED.with_borrow_mut(|entered| entered.push(self.clone()));
        ActiveLog { on_this_thread: PhantomData }
    }

    /// Adds a log record, unless the log is closed.
    pub(crate) fn log(&self, level: LogLevel, message: String) {
        let time = SystemTime::now();
        self.add(|entries| entries.logs.push(LogRecord { time, level, message }));
    }

    /// Adds an attachment, unless the log is closed.
    pub(crate) fn attach(&self, attachment: Attachment) {
        self.add(|entries| entries.attachments.push(attachment));
    }

    /// Returns whether the log is closed.
    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Closes the log and takes its content; `None` if it was closed before.
    pub(crate) fn close(&self) -> Option<(Vec<LogRecord>, Vec<Attachment>)> {
        let mut entries = self.lock();
        if std::mem::replace(&mut entries.closed, true) {
            return None;
        }
        Some((std::mem::take(&mut entries.logs), std::mem::take(&mut entries.attachments)))
    }

    fn add(&self, change: impl FnOnce(&mut Entries)) {
        let mut entries = self.lock();
        if !entries.closed {
            change(&mut entries);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        // No user code runs under the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ActiveLog {
    fn drop(&mut self) {
        ENTERED.with_borrow_mut(|entered| entered.pop());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_after_close_are_dropped() {
        let step_log = StepLog::default();
        step_log.log(LogLevel::Info, "kept".to_owned());
        let (logs, _) = step_log.clone().close().unwrap();
        assert_eq!(logs[0].message, "kept");
        step_log.log(LogLevel::Info, "late".to_owned());
        assert!(step_log.is_closed());
        assert_eq!(step_log.close(), None);
    }

    #[test]
    fn innermost_log_is_current() {
        let (outer, inner) = (StepLog::default(), StepLog::default());
        let log = |text: &str| {
            StepLog::of_this_thread().unwrap().log(LogLevel::Info, text.to_owned());
        };
        let entered = outer.enter();
        let deeper = inner.enter();
        log("inner");
        drop(deeper);
        log("outer");
        drop(entered);
        assert!(StepLog::of_this_thread().is_none());
        let only = |step_log: StepLog| step_log.close().unwrap().0.pop().unwrap().message;
        assert_eq!((only(outer), only(inner)), ("outer".to_owned(), "inner".to_owned()));
    }
}
