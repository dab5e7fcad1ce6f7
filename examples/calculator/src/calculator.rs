//! The code under test. It does not depend on the steps.

use std::fmt;

/// A calculator for whole numbers.
#[derive(Debug, Default)]
pub struct Calculator {
    shown: i64,
}

/// Errors of a calculation; the display keeps its previous value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoResult {
    /// Division by zero.
    DivisionByZero,
    /// The result does not fit.
    TooLarge,
}

impl Calculator {
    /// Returns the number on the display.
    pub fn shown(&self) -> i64 {
        self.shown
    }

    /// Adds `number` to the displayed number.
    ///
    /// # Errors
    /// Returns [`NoResult::TooLarge`] if the result does not fit.
    pub fn add(&mut self, number: i64) -> Result<(), NoResult> {
        self.show(self.shown.checked_add(number))
    }

    /// Subtracts `number` from the displayed number.
    ///
    /// # Errors
    /// Returns [`NoResult::TooLarge`] if the result does not fit.
    pub fn subtract(&mut self, number: i64) -> Result<(), NoResult> {
        self.show(self.shown.checked_sub(number))
    }

    /// Multiplies the displayed number by `number`.
    ///
    /// # Errors
    /// Returns [`NoResult::TooLarge`] if the result does not fit.
    pub fn multiply(&mut self, number: i64) -> Result<(), NoResult> {
        self.show(self.shown.checked_mul(number))
    }

    /// Divides the displayed number by `number`, rounding toward zero.
    ///
    /// # Errors
    /// Returns [`NoResult`] if `number` is zero or the result does not fit.
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
