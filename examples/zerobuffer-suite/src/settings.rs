//! What this suite can be told: section `[zerobuffer]` of `harmony.toml`, variables that begin with
//! `ZEROBUFFER_TEST_`, also in `.env.test`, and `--set zerobuffer.NAME=VALUE`.

use std::sync::OnceLock;
use std::time::Duration;

use harmony_bdd::config::Source;
use harmony_bdd::model::LogLevel;
use harmony_bdd::{StepArg, StepContext};

harmony_bdd::settings! {
    /// What this suite can be told.
    pub struct SuiteSettings(
        section = "zerobuffer",
        prefix = "ZEROBUFFER_TEST_",
        variables_file = ".env.test",
    ) {
        /// How long a step waits for a frame, for space, or for the other end, in milliseconds.
        buffer_timeout_ms: u64 = 5000 in 100..=60_000 "ms",
        /// The longest frame that a step writes, in bytes; see [`SuiteSettings::frame_limit`].
        largest_frame_bytes: u64 = 1_048_576 in 1..=104_857_600 "bytes",
        /// What steps log: this level and those above it.
        log_level: LogDetail = "info" of ["error", "warn", "info", "debug", "trace"],
        /// Prints how long the steps of each definition took: turns `--stats` on.
        performance_tracking: bool = false => run.stats,
        /// Watches memory, CPU, files and shared memory: turns `--resources` on.
        resource_monitoring: bool = false => run.resources,
    }
}

/// Up to which length steps write frames. The default is advice: feature files are written for other
/// implementations too, and some need more. What somebody sets is a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameLimit {
    /// The longest frame in bytes.
    pub bytes: u64,
    /// Whether a longer one is refused. It is told otherwise.
    pub refuses: bool,
}

/// How much steps log.
#[derive(StepArg, Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogDetail {
    /// What is part of a failure.
    Error,
    /// And what is odd.
    Warn,
    /// And what is worth knowing.
    Info,
    /// And the rings of the scenario after every step.
    Debug,
    /// And everything else.
    Trace,
}

impl SuiteSettings {
    /// The settings of this process. Every end has checked them before the first step.
    ///
    /// # Panics
    /// Where a step runs without an end and a setting is wrong.
    pub fn current() -> &'static Self {
        Self::shared().unwrap_or_else(|mistakes| panic!("{mistakes}"))
    }

    /// How long a step waits for what ought to come.
    pub fn buffer_timeout(&self) -> Duration {
        Duration::from_millis(self.buffer_timeout_ms)
    }

    /// Up to which length steps write frames.
    pub fn frame_limit() -> FrameLimit {
        static IS_GIVEN: OnceLock<bool> = OnceLock::new();
        let given = || Self::source_of("largest_frame_bytes").is_ok_and(|s| s != Source::Default);
        FrameLimit {
            bytes: Self::current().largest_frame_bytes,
            refuses: *IS_GIVEN.get_or_init(given),
        }
    }

    /// Whether steps log what is of this level.
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

/// Logs `message` where the settings want such messages.
pub fn log(context: &StepContext, level: LogLevel, message: impl Into<String>) {
    if SuiteSettings::current().logs(level) {
        context.log(level, message);
    }
}
