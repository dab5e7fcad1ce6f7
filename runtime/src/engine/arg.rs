//! From the text of a capture to the value a function takes.

use std::fmt::Display;
use std::str::FromStr;

/// A value that a capture can become. Everything that is [`FromStr`] with a printable error is one.
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
    /// The reason in words when the text does not fit.
    fn from_capture(text: &str) -> Result<Self, String>;
}

#[diagnostic::do_not_recommend]
impl<T> StepArg for T
where
    T: FromStr,
    T::Err: Display,
{
    fn from_capture(text: &str) -> Result<Self, String> {
        text.parse().map_err(|e: T::Err| e.to_string())
    }
}
