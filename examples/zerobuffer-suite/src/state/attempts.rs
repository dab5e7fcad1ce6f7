//! What came of the last thing a scenario attempted without knowing whether it would succeed.

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
    /// Remembers what came of `what`, and hands on what it gave.
    pub fn record<T>(&mut self, what: impl Into<String>, result: Result<T, Error>) -> Option<T> {
        let (value, error) = match result {
            Ok(value) => (Some(value), None),
            Err(error) => (None, Some(error)),
        };
        self.last = Some(Attempt { what: what.into(), error });
        value
    }

    /// The error of the last attempt.
    ///
    /// # Errors
    /// When nothing was attempted, or it succeeded.
    pub fn error(&self) -> Result<&Error, String> {
        let attempt = self.last()?;
        attempt.error.as_ref().ok_or_else(|| format!("{} succeeded", attempt.what))
    }

    /// Whether the last attempt succeeded.
    ///
    /// # Errors
    /// When nothing was attempted.
    pub fn succeeded(&self) -> Result<bool, String> {
        Ok(self.last()?.error.is_none())
    }

    /// That the last attempt succeeded.
    ///
    /// # Errors
    /// When nothing was attempted, or it failed.
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
