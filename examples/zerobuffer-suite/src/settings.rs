//! Settings of this suite: section `[zerobuffer]` of `harmony.toml`, variables that begin with
//! `ZEROBUFFER_TEST_`, also in `.env.test`, and `--set zerobuffer.NAME=VALUE`.

use std::sync::OnceLock;
use std::time::Duration;

use harmony_bdd::config::Source;
use harmony_bdd::model::LogLevel;
use harmony_bdd::{StepArg, StepContext};

harmony_bdd::settings! {
    /// Settings of this suite.
    pub struct SuiteSettings(
        section = "zerobuffer",
        prefix = "ZEROBUFFER_TEST_",
        variables_file = ".env.test",
    ) {
        /// Time a step waits for a frame, for space, or for the other process, in milliseconds.
        buffer_timeout_ms: u64 = 5000 in 100..=60_000 "ms",
        /// Longest frame that a step writes, in bytes; see [`SuiteSettings::frame_limit`].
        max_frame_size: u64 = 1_048_576 in 1..=104_857_600 "bytes",
        /// Most detailed level that steps log.
        log_level: LogDetail = "info" of ["error", "warn", "info", "debug", "trace"],
        /// Prints step timings: turns on `--stats`.
        performance_tracking: bool = false => run.stats,
        /// Measures memory, CPU, files and shared memory: turns on `--resources`.
        resource_monitoring: bool = false => run.resources,
    }
}

/// Limit for the length of frames that steps write. The default only warns, since feature files
/// shared with other implementations may need more. An explicit setting is enforced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameLimit {
    /// The longest frame in bytes.
    pub bytes: u64,
    /// True if longer frames are refused; otherwise they cause a warning.
    pub refuses: bool,
}

/// Most detailed level that steps log.
#[derive(StepArg, Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogDetail {
    /// Only messages that belong to a failure.
    Error,
    /// Also suspicious conditions.
    Warn,
    /// Also information.
    Info,
    /// Also the rings of the scenario after every step.
    Debug,
    /// Everything.
    Trace,
}

impl SuiteSettings {
    /// Returns the settings of this process. Every command validates them before the first step.
    ///
    /// # Panics
    /// Panics if a step runs without a command that validated the settings, and a setting is
    /// invalid.
    pub fn current() -> &'static Self {
        Self::shared().unwrap_or_else(|errors| panic!("{errors}"))
    }

    /// Returns the time a step waits for an expected event.
    pub fn buffer_timeout(&self) -> Duration {
        Duration::from_millis(self.buffer_timeout_ms)
    }

    /// Returns the limit for the length of frames.
    pub fn frame_limit() -> FrameLimit {
        static IS_GIVEN: OnceLock<bool> = OnceLock::new();
        let given = || Self::source_of("max_frame_size").is_ok_and(|s| s != Source::Default);
        FrameLimit { bytes: Self::current().max_frame_size, refuses: *IS_GIVEN.get_or_init(given) }
    }

    /// Returns whether steps log messages of this level.
    pub fn logs(&self, level: LogLevel) -> bool {
        level >= self.log_level.least()
    }
}

impl LogDetail {
    fn least(self) -> LogLevel {
        match self {
            Self::Error => LogLevel::Error,
            Self::Warn => LogLevel::Warn,
            Self::Info => LogLevel::Info,
            Self::Debug => LogLevel::Debug,
            Self::Trace => LogLevel::Trace,
        }
    }
}

/// Logs `message` if the settings include its level.
pub fn log(context: &StepContext, level: LogLevel, message: impl Into<String>) {
    if SuiteSettings::current().logs(level) {
        context.log(level, message);
    }
}
