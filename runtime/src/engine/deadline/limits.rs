//! Time limits of guarded work.

use std::time::{Duration, Instant};

/// Stand-in for "no deadline"; `Instant + Duration::MAX` would overflow.
pub(in crate::engine) const NO_DEADLINE: Duration = Duration::from_secs(365 * 24 * 3600);

/// Time between the limit and the moment a thread is abandoned: an async body cancels itself at the
/// limit and needs a moment to report it.
const CANCEL_GRACE: Duration = Duration::from_millis(50);

/// A callback of a watch.
pub(super) type Callback = Box<dyn FnOnce() + Send>;

/// The time limit of guarded work, and an optional alert before it.
pub struct Deadline {
    pub(super) limit: Duration,
    /// Time after the limit at which the callback runs.
    pub(super) grace: Duration,
    pub(super) alert: Option<(Duration, Callback)>,
}

impl Deadline {
    /// Creates a deadline after this limit.
    pub fn after(limit: Duration) -> Self {
        Self { limit, grace: CANCEL_GRACE, alert: None }
    }

    /// Creates a deadline after this limit, without time for async work to report its cancellation.
    pub(super) fn exactly(limit: Duration) -> Self {
        Self { grace: Duration::ZERO, ..Self::after(limit) }
    }

    /// Returns the limit.
    pub(in crate::engine) fn limit(&self) -> Duration {
        self.limit
    }

    /// Adds an alert: `on_alert` is called if the work still runs after `delay`.
    #[must_use]
    pub fn with_alert(self, delay: Duration, on_alert: impl FnOnce() + Send + 'static) -> Self {
        Self { alert: Some((delay, Box::new(on_alert))), ..self }
    }
}

/// Returns the moment at which work that starts now and has this limit is abandoned.
pub(super) fn expiry(limit: Duration, grace: Duration) -> Instant {
    Instant::now() + limit.min(NO_DEADLINE) + grace
}

impl std::fmt::Debug for Deadline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let alert = self.alert.as_ref().map(|(delay, _)| delay);
        f.debug_struct("Deadline").field("limit", &self.limit).field("alert", &alert).finish()
    }
}
