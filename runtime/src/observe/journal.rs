//! What running code leaves behind beside its outcome: log records and attachments.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use crate::model::{Attachment, LogLevel, LogRecord};

thread_local! {
    /// What runs on this thread, the innermost last.
    static RUNNING: RefCell<Vec<Journal>> = const { RefCell::new(Vec::new()) };
}

/// The records of one step or hook; a clone is the same journal.
///
/// It is shared because more than one side may need it: the thread that runs the step writes, threads
/// that it started may, and whoever gives the thread up takes what is there by then.
#[derive(Debug, Clone, Default)]
pub(crate) struct Journal(Arc<Mutex<Entries>>);

#[derive(Debug, Default)]
struct Entries {
    logs: Vec<LogRecord>,
    attachments: Vec<Attachment>,
    closed: bool,
}

/// Code of this journal runs on this thread until this is dropped.
#[must_use = "the journal is that of the thread only as long as this lives"]
#[derive(Debug)]
pub(crate) struct Writing {
    /// To be dropped where it was made.
    on_this_thread: PhantomData<*const ()>,
}

impl Journal {
    /// That of the code that runs on the calling thread, if it is a step's or a hook's.
    pub(crate) fn of_this_thread() -> Option<Self> {
        RUNNING.with_borrow(|running| running.last().cloned())
    }

    /// Makes this the journal of the calling thread.
    pub(crate) fn enter(&self) -> Writing {
        RUNNING.with_borrow_mut(|running| running.push(self.clone()));
        Writing { on_this_thread: PhantomData }
    }

    /// Adds a log record, unless the journal is closed.
    pub(crate) fn log(&self, level: LogLevel, message: String) {
        let time = SystemTime::now();
        self.add(|entries| entries.logs.push(LogRecord { time, level, message }));
    }

    /// Adds an attachment, unless the journal is closed.
    pub(crate) fn attach(&self, attachment: Attachment) {
        self.add(|entries| entries.attachments.push(attachment));
    }

    /// Whether what is added has nowhere to go any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Ends the journal and takes what is in it; `None` when somebody else has.
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

impl Drop for Writing {
    fn drop(&mut self) {
        RUNNING.with_borrow_mut(|running| running.pop());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_after_the_end_is_not_kept_and_the_end_comes_once() {
        let journal = Journal::default();
        journal.log(LogLevel::Info, "kept".to_owned());
        let (logs, _) = journal.clone().close().unwrap();
        assert_eq!(logs[0].message, "kept");
        journal.log(LogLevel::Info, "late".to_owned());
        assert!(journal.is_closed());
        assert_eq!(journal.close(), None);
    }

    #[test]
    fn the_innermost_journal_is_that_of_the_thread() {
        let (outer, inner) = (Journal::default(), Journal::default());
        let write = |text: &str| {
            Journal::of_this_thread().unwrap().log(LogLevel::Info, text.to_owned());
        };
        let entered = outer.enter();
        let deeper = inner.enter();
        write("inner");
        drop(deeper);
        write("outer");
        drop(entered);
        assert!(Journal::of_this_thread().is_none());
        let only = |journal: Journal| journal.close().unwrap().0.pop().unwrap().message;
        assert_eq!((only(outer), only(inner)), ("outer".to_owned(), "inner".to_owned()));
    }
}
