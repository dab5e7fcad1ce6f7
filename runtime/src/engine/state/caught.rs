//! Expected errors, kept by `catch(E)` for a later step to check.

use std::any::Any;
use std::cell::Cell;
use std::fmt;

/// The errors that the steps of this scenario caught, in order.
///
/// A step marked `catch(E)` passes when it returns an `E`, or an error with an `E` as its cause; a later
/// step checks the error. An error that
/// no step checks fails the scenario at its end, because the step may have been expected to succeed.
///
/// ```
/// use std::num::ParseIntError;
/// use harmony_bdd::{Caught, then, when};
///
/// #[when(expr = "{word} is read as a number", catch(ParseIntError))]
/// fn read(text: &str) -> Result<(), ParseIntError> {
///     text.parse::<u32>().map(drop)
/// }
///
/// #[then("it is refused")]
/// fn refused(caught: &Caught) {
///     assert!(caught.error::<ParseIntError>().is_some());
/// }
/// ```
#[derive(Default)]
pub struct Caught {
    errors: Vec<CaughtError>,
}

/// An error that a step returned and that `catch` expects.
pub(in crate::engine) struct CaughtError {
    error: Box<dyn HoldsExpected>,
    text: String,
    checked: Cell<bool>,
}

impl Caught {
    /// Returns the error that was caught last, if it is an `E`, and marks it as checked.
    ///
    /// Both the expected error and the error around it, which the step returned, are found by their types.
    pub fn error<E: 'static>(&self) -> Option<&E> {
        let last = self.errors.last()?;
        let expected = last.error.expected().and_then(<dyn Any>::downcast_ref);
        let error = expected.or_else(|| last.error.returned().downcast_ref())?;
        last.checked.set(true);
        Some(error)
    }

    /// Returns the text of the error that was caught last, whatever its type, and marks it as checked.
    ///
    /// It is the text of the expected error, not of an error around it.
    pub fn text(&self) -> Option<&str> {
        let last = self.errors.last()?;
        last.checked.set(true);
        Some(&last.text)
    }

    /// Returns whether no error was caught.
    pub fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    pub(in crate::engine) fn push(&mut self, error: CaughtError) {
        self.errors.push(error);
    }

    /// Returns the texts of the errors that no step has checked.
    pub(in crate::engine) fn unchecked(&self) -> impl Iterator<Item = &str> {
        self.errors.iter().filter(|e| !e.checked.get()).map(|e| e.text.as_str())
    }
}

impl fmt::Debug for Caught {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.errors.iter().map(|e| &e.text)).finish()
    }
}

impl CaughtError {
    /// Keeps an error in which one of `find` finds the expected one, or returns it.
    pub(in crate::engine) fn new<E: 'static, R: 'static>(
        returned: R,
        find: [fn(&R) -> Option<&E>; 2],
        text: fn(&E) -> String,
    ) -> Result<Self, R> {
        let Some(find) = find.into_iter().find(|find| find(&returned).is_some()) else {
            return Err(returned);
        };
        let text = find(&returned).map(text).unwrap_or_default();
        let error = Box::new(ExpectedIn { returned, find });
        Ok(Self { error, text, checked: Cell::new(false) })
    }
}

/// An error that holds the expected one. It cannot give it away: a cause belongs to the error around it.
trait HoldsExpected {
    fn expected(&self) -> Option<&dyn Any>;
    fn returned(&self) -> &dyn Any;
}

struct ExpectedIn<E, R> {
    returned: R,
    find: fn(&R) -> Option<&E>,
}

impl<E: 'static, R: 'static> HoldsExpected for ExpectedIn<E, R> {
    fn expected(&self) -> Option<&dyn Any> {
        (self.find)(&self.returned).map(|error| error as &dyn Any)
    }

    fn returned(&self) -> &dyn Any {
        &self.returned
    }
}
