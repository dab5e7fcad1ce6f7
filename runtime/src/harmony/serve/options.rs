//! The options of a serve process.

use std::env;
use std::ffi::OsString;
use std::time::Duration;

use crate::harmony::protocol::step_timeout::{NO_STEP_TIMEOUT, STEP_TIMEOUT_VARIABLE};

/// The time limit of steps that have none: a year.
const NO_LIMIT: Duration = Duration::from_secs(365 * 24 * 3600);

/// The options of a serve process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServeOptions {
    /// The time limit of a step unless its definition has one; 30 s by default.
    pub step_timeout: Duration,
    /// Whether [`step_timeout`](Self::step_timeout) is the time limit also of steps whose definitions have
    /// one; for debugging.
    pub overrides_definitions: bool,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self { step_timeout: Duration::from_secs(30), overrides_definitions: false }
    }
}

impl ServeOptions {
    /// Returns the default, changed by [`STEP_TIMEOUT_VARIABLE`] if it is set: a number of ms, or
    /// [`NO_STEP_TIMEOUT`].
    ///
    /// # Errors
    /// [`InvalidStepTimeout`] if the variable is neither.
    pub fn from_env() -> Result<Self, InvalidStepTimeout> {
        let mut options = Self::default();
        if let Some(value) = env::var_os(STEP_TIMEOUT_VARIABLE) {
            if value == NO_STEP_TIMEOUT {
                return Ok(Self { step_timeout: NO_LIMIT, overrides_definitions: true });
            }
            let ms = value.to_str().and_then(|text| text.trim().parse().ok()).filter(|&ms| ms > 0);
            options.step_timeout = Duration::from_millis(ms.ok_or(InvalidStepTimeout(value))?);
        }
        Ok(options)
    }
}

/// A value of [`STEP_TIMEOUT_VARIABLE`] that is not a time limit.
#[derive(Debug, thiserror::Error)]
#[error(
    "{STEP_TIMEOUT_VARIABLE} must be a number of ms above zero or {NO_STEP_TIMEOUT}, not {0:?}"
)]
pub struct InvalidStepTimeout(OsString);
