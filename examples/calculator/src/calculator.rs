//! What is tested. It knows nothing of steps.

use std::fmt;

/// Calculates with whole numbers, one after the other.
#[derive(Debug, Default)]
pub struct Calculator {
    shown: i64,
}

/// Why there is no result; the calculator shows what it showed before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoResult {
    /// Nothing can be divided by zero.
    DivisionByZero,
    /// The result has more digits than fit.
    TooLarge,
}

impl Calculator {
    /// The number on the display.
    pub fn shown(&self) -> i64 {
        self.shown
    }

    /// Adds `number` to what is shown.
    ///
    /// # Errors
    /// [`NoResult::TooLarge`].
    pub fn add(&mut self, number: i64) -> Result<(), NoResult> {
        self.show(self.shown.checked_add(number))
    }

    /// Subtracts `number` from what is shown.
    ///
    /// # Errors
    /// [`NoResult::TooLarge`].
    pub fn subtract(&mut self, number: i64) -> Result<(), NoResult> {
        self.show(self.shown.checked_sub(number))
    }

    /// Multiplies what is shown by `number`.
    ///
    /// # Errors
    /// [`NoResult::TooLarge`].
    pub fn multiply(&mut self, number: i64) -> Result<(), NoResult> {
        self.show(self.shown.checked_mul(number))
    }

    /// Divides what is shown by `number` and drops the fraction.
    ///
    /// # Errors
    /// [`NoResult`].
    pub fn divide(&mut self, number: i64) -> Result<(), NoResult> {
        if number == 0 {
            return Err(NoResult::DivisionByZero);
        }
        self.show(self.shown.checked_div(number))
    }

    fn show(&mut self, result: Option<i64>) -> Result<(), NoResult> {
        self.shown = result.ok_or(NoResult::TooLarge)?;
        Ok(())
    }
}

impl fmt::Display for NoResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DivisionByZero => "nothing can be divided by zero",
            Self::TooLarge => "the result is too large",
        })
    }
}

impl std::error::Error for NoResult {}
