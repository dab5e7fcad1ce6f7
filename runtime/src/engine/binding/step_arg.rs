//! Conversion of a captured text into the value that a function takes.

use std::fmt::Display;
use std::str::FromStr;

use super::value_error::ValueError;

/// A type that a capture converts into. Every [`FromStr`] type with a printable error is one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be made from the text of a capture",
    label = "taken by value, so this is a capture of the pattern",
    note = "implement `std::str::FromStr` for it with an error that is `Display`",
    note = "for scenario state take a reference, for a table `&DataTable`, for a doc string `&DocString`"
)]
pub trait StepArg: Sized {
    /// Converts the text of a capture.
    ///
    /// # Errors
    /// Returns the reason if the text does not fit the type.
    fn from_capture(text: &str) -> Result<Self, ValueError>;
}

#[diagnostic::do_not_recommend]
impl<T> StepArg for T
where
    T: FromStr,
    T::Err: Display,
{
    fn from_capture(text: &str) -> Result<Self, ValueError> {
        text.parse().map_err(ValueError::refused::<T::Err>)
    }
}
