//! Panics of user code: kept off stderr while it runs, and told with their place.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use crate::model::{CodePlace, Failure, FailureKind};

thread_local! {
    /// Whether user code runs on this thread, whose panic is a result and not an accident.
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
    static PLACE: RefCell<Option<CodePlace>> = const { RefCell::new(None) };
}

/// Runs `body`; its panic becomes a failure that knows the place.
pub(super) fn catching<R>(body: AssertUnwindSafe<impl FnOnce() -> R>) -> Result<R, Failure> {
    silence_expected_panics();
    let nested = EXPECTED.replace(true);
    let result = panic::catch_unwind(body);
    EXPECTED.set(nested);
    result.map_err(|payload| {
        let mut failure = Failure::new(FailureKind::Panic, panic_message(&*payload));
        failure.place = PLACE.take();
        failure
    })
}

/// Keeps the panic of a step off stderr and remembers its place; every other panic, also that of a
/// thread which a step started, prints as before.
fn silence_expected_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if EXPECTED.get() {
                let place = info
                    .location()
                    .map(|l| CodePlace { file: l.file().to_owned(), line: l.line() });
                PLACE.set(place);
            } else {
                before(info);
            }
        }));
    });
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
