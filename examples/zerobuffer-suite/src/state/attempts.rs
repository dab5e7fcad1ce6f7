//! The result of the last operation that a scenario only attempted.

use zerobuffer::Error;

/// The last attempt of this process.
#[derive(Debug, Default)]
pub struct Attempts {
    last: Option<Attempt>,
}

#[derive(Debug)]
struct Attempt {
    what: String,
    error: Option<Error>,
}

impl Attempts {
    /// Records the result of `what` and returns its value.
    pub fn record<T>(&mut self, what: impl Into<String>, result: Result<T, Error>) -> Option<T> {
        let (value, error) = match result {
            Ok(value) => (Some(value), None),
            Err(error) => (None, Some(error)),
        };
        self.last = Some(Attempt { what: what.into(), error });
        value
    }

    /// Returns the error of the last attempt.
    ///
    /// # Errors
    /// Returns an error if nothing was attempted, or the attempt succeeded.
    pub fn error(&self) -> Result<&Error, String> {
        let attempt = self.last()?;
        attempt.error.as_ref().ok_or_else(|| format!("{} succeeded", attempt.what))
    }

    /// Returns whether the last attempt succeeded.
    ///
    /// # Errors
    /// Returns an error if nothing was attempted.
    pub fn succeeded(&self) -> Result<bool, String> {
        Ok(self.last()?.error.is_none())
    }

    /// Checks that the last attempt succeeded.
    ///
    /// # Errors
    /// Returns an error if nothing was attempted, or the attempt failed.
    pub fn success(&self) -> Result<(), String> {
        let attempt = self.last()?;
        match &attempt.error {
            None => Ok(()),
            Some(error) => Err(format!("{} failed: {error}", attempt.what)),
        }
    }

    fn last(&self) -> Result<&Attempt, String> {
        self.last.as_ref().ok_or_else(|| "nothing was attempted in this process".to_owned())
    }
}
