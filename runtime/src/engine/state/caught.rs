//! Expected errors, kept by `catch(E)` for a later step to check.

use std::any::Any;
use std::cell::Cell;
use std::error::Error;
use std::fmt;

/// The errors that the steps of this scenario caught, in order.
///
/// A step marked `catch(E)` passes when it returns an `E`; a later step checks the error. An error that
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

struct CaughtError {
    error: Box<dyn Any>,
    text: String,
    checked: Cell<bool>,
}

impl Caught {
    /// Returns the error that was caught last, if it is an `E`, and marks it as checked.
    pub fn error<E: 'static>(&self) -> Option<&E> {
        let last = self.errors.last()?;
        let error = last.error.downcast_ref()?;
        last.checked.set(true);
        Some(error)
    }

    /// Returns the text of the error that was caught last, whatever its type, and marks it as checked.
    pub fn text(&self) -> Option<&str> {
        let last = self.errors.last()?;
        last.checked.set(true);
        Some(&last.text)
    }

    /// Returns whether no error was caught.
    pub fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    pub(in crate::engine) fn push<E: fmt::Display + 'static>(&mut self, error: E) {
        let text = error.to_string();
        self.errors.push(CaughtError { error: Box::new(error), text, checked: Cell::new(false) });
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

/// Returns the `E` in an error that is one or boxes one, or else the error unchanged.
pub(in crate::engine) fn extract_expected<E, R>(error: R) -> Result<E, R>
where
    E: Error + 'static,
    R: 'static,
{
    let mut error = Some(error);
    let any: &mut dyn Any = &mut error;
    if let Some(same) = any.downcast_mut::<Option<E>>() {
        return Ok(same.take().expect(NOT_TAKEN_YET));
    }
    if let Some(boxed) = any.downcast_mut::<Option<Box<dyn Error>>>() {
        if boxed.as_ref().is_some_and(|b| b.is::<E>())
            && let Some(Ok(found)) = boxed.take().map(|b| b.downcast::<E>())
        {
            return Ok(*found);
        }
    } else if let Some(boxed) = any.downcast_mut::<Option<Box<dyn Error + Send + Sync>>>()
        && boxed.as_ref().is_some_and(|b| b.is::<E>())
        && let Some(Ok(found)) = boxed.take().map(|b| b.downcast::<E>())
    {
        return Ok(*found);
    }
    Err(error.expect(NOT_TAKEN_YET))
}

const NOT_TAKEN_YET: &str = "the error is taken only where the function returns";
