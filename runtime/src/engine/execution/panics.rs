//! Panics of user code: not printed to stderr, but reported with their source location.
//!
//! A step may panic more than once: in a task that it spawned, or in code whose panic it catches. The
//! panic that ends the step becomes its failure. All others are printed as they are outside of steps,
//! so that none is lost.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Write as _};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::{Mutex, Once, PoisonError};
use std::thread;

use crate::model::{Failure, FailureKind, SourceLocation};
use crate::observe::{has_journal, record_panic};

/// Number of panics of other threads that are remembered, in case that a step resumes one.
const MAX_OTHER_PANICS: usize = 64;

/// The beginning of the message of a panic that aborts the process.
const ABORTING_PANIC: &str = "panic in a ";

thread_local! {
    /// True while user code runs on this thread: its panic is then a result of the step.
    static IN_USER_CODE: Cell<bool> = const { Cell::new(false) };
    /// The panics of the user code that runs on this thread.
    static PANICS: RefCell<Vec<PanicRecord>> = const { RefCell::new(Vec::new()) };
}

/// The latest panics of threads that run no user code of a step, the last one at the end.
static OTHER_PANICS: Mutex<VecDeque<PanicRecord>> = Mutex::new(VecDeque::new());

#[derive(Debug)]
struct PanicRecord {
    message: String,
    location: Option<SourceLocation>,
    payload: PayloadId,
}

/// The address and length of the text of a payload, which stays where it is while it unwinds and when
/// it is resumed; `None` for other payloads.
type PayloadId = Option<(usize, usize)>;

/// Runs `body` and converts a panic into a failure with the panic's source location.
pub(super) fn catch_panic<R>(body: AssertUnwindSafe<impl FnOnce() -> R>) -> Result<R, Failure> {
    install_panic_hook();
    let nested = IN_USER_CODE.replace(true);
    let outer = PANICS.take();
    let result = panic::catch_unwind(body);
    IN_USER_CODE.set(nested);
    let mut panics = PANICS.replace(outer);
    let result = result.map_err(|payload| {
        let id = payload_id(&*payload);
        let mut failure = Failure::new(FailureKind::Panic, panic_message(&*payload));
        let position = panics.iter().rposition(|panic| panic.payload == id);
        failure.location = match position {
            Some(position) => panics.remove(position).location,
            None => location_in_other_thread(id),
        };
        failure
    });
    panics.iter().for_each(PanicRecord::print);
    result
}

/// Installs a panic hook that records a panic of user code instead of printing it. Any other panic, also
/// that of a thread that a step started, prints as before.
fn install_panic_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let record = PanicRecord::new(info);
            if !IN_USER_CODE.get() {
                before(info);
                return remember_other(record);
            }
            record_panic(&record.text());
            let aborts = cfg!(panic = "abort") || record.message.starts_with(ABORTING_PANIC);
            if aborts && !has_journal() {
                // Without a journal, no report can show the panics after the process has ended.
                PANICS.take().iter().for_each(PanicRecord::print);
                return before(info);
            }
            PANICS.with_borrow_mut(|panics| panics.push(record));
        }));
    });
}

fn remember_other(record: PanicRecord) {
    let mut others = OTHER_PANICS.lock().unwrap_or_else(PoisonError::into_inner);
    if others.len() == MAX_OTHER_PANICS {
        others.pop_front();
    }
    others.push_back(record);
}

/// Returns the location of a panic that a step resumed after it came from another thread.
fn location_in_other_thread(id: PayloadId) -> Option<SourceLocation> {
    let others = OTHER_PANICS.lock().unwrap_or_else(PoisonError::into_inner);
    others.iter().rfind(|panic| id.is_some() && panic.payload == id)?.location.clone()
}

impl PanicRecord {
    fn new(info: &PanicHookInfo<'_>) -> Self {
        let location = info.location();
        Self {
            message: panic_message(info.payload()),
            location: location
                .map(|l| SourceLocation { file: l.file().to_owned(), line: l.line() }),
            payload: payload_id(info.payload()),
        }
    }

    /// Prints the panic as the standard hook does, after the thread has left it.
    fn print(&self) {
        // A closed stderr changes no outcome.
        let _ = writeln!(io::stderr(), "{self}");
    }

    fn text(&self) -> String {
        match &self.location {
            Some(location) => format!("panicked at {location}: {}", self.message),
            None => format!("panicked: {}", self.message),
        }
    }
}

impl fmt::Display for PanicRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "thread '{}' {}", thread::current().name().unwrap_or("<unnamed>"), self.text())
    }
}

fn payload_id(payload: &(dyn Any + Send)) -> PayloadId {
    let text = match payload.downcast_ref::<&str>() {
        Some(text) => text,
        None => payload.downcast_ref::<String>()?.as_str(),
    };
    Some((text.as_ptr().addr(), text.len()))
}

fn panic_message(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "a panic whose payload is not text".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure_of(body: impl FnOnce()) -> Failure {
        catch_panic(AssertUnwindSafe(body)).unwrap_err()
    }

    #[test]
    fn panic_has_its_own_location_after_a_caught_one() {
        let caught = line!() + 2;
        let failure = failure_of(|| {
            assert!(panic::catch_unwind(|| panic!("expected")).is_err());
            panic!("the cause");
        });
        assert_eq!(
            (failure.message.as_str(), failure.location.unwrap().line),
            ("the cause", caught + 1)
        );
    }

    #[test]
    fn resumed_panic_of_a_thread_has_its_location() {
        let line = line!() + 2;
        let failure = failure_of(|| {
            let joined = thread::spawn(|| panic!("in {}", "a thread")).join();
            panic::resume_unwind(joined.unwrap_err());
        });
        assert_eq!(
            (failure.message.as_str(), failure.location.unwrap().line),
            ("in a thread", line)
        );
    }

    #[test]
    fn resumed_panic_without_a_location_takes_no_older_one() {
        let failure = failure_of(|| {
            assert!(panic::catch_unwind(|| panic!("expected {}", 1)).is_err());
            panic::resume_unwind(Box::new("made without a panic".to_owned()));
        });
        assert_eq!(failure.location, None);
    }
}
