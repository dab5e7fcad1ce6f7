//! The running step, as a step function may access it.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::measure::{Measure, MeasureLog};
use super::run_numbers::RunNumbers;
use crate::model::{Attachment, Location, LogLevel, LogRecord, Scenario};
use crate::observe::{LOG_TARGET, StepLog};

/// The running step: its text, location and scenario, its log and its attachments.
///
/// In a hook around a scenario the text is empty; in a hook around a feature or the whole run there is
/// no scenario either.
#[derive(Debug)]
pub struct StepContext {
    text: String,
    location: Option<Location>,
    process: Option<String>,
    scenario: Option<Arc<Scenario>>,
    shared: SharedTexts,
    step_log: StepLog,
    /// True if the log belongs to another context: a hook around a step writes to the step's log.
    borrows: bool,
}

/// Texts that the steps of a scenario share, by name.
#[derive(Debug, Clone, Default)]
pub(in crate::engine) struct SharedTexts(Arc<Mutex<BTreeMap<String, String>>>);

impl SharedTexts {
    pub(in crate::engine) fn lock(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        // No user code runs under the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StepContext {
    pub(in crate::engine) fn new(
        text: String,
        location: Option<Location>,
        process: Option<String>,
        scenario: Option<Arc<Scenario>>,
        shared: SharedTexts,
    ) -> Self {
        let (step_log, borrows) = (StepLog::default(), false);
        Self { text, location, process, scenario, shared, step_log, borrows }
    }

    /// Returns the same context with this log, which outlives it.
    pub(in crate::engine) fn writing_to(self, step_log: StepLog) -> Self {
        Self { step_log, borrows: true, ..self }
    }

    /// Returns a context of the same step, for a hook around it.
    pub(in crate::engine) fn again(&self) -> Self {
        let (location, process) = (self.location.clone(), self.process.clone());
        let (scenario, shared) = (self.scenario.clone(), self.shared.clone());
        let again = Self::new(self.text.clone(), location, process, scenario, shared);
        again.writing_to(self.step_log.clone())
    }

    pub(in crate::engine) fn step_log(&self) -> &StepLog {
        &self.step_log
    }

    /// Returns the log records and attachments, unless the log belongs to another context.
    pub(in crate::engine) fn into_parts(self) -> (Vec<LogRecord>, Vec<Attachment>) {
        if self.borrows { Default::default() } else { self.step_log.close().unwrap_or_default() }
    }

    /// Returns the step's text, without its keyword.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the step's location, if it is known.
    pub fn location(&self) -> Option<&Location> {
        self.location.as_ref()
    }

    /// Returns the process role to which a Harmony runner sent the step.
    pub fn role(&self) -> Option<&str> {
        self.process.as_deref()
    }

    /// Returns the numbers by which a Harmony runner distinguishes scenarios that run at the same time, for
    /// names of shared resources: those of the variables `HARMONY_HOST_PID` and `HARMONY_FEATURE_ID`, or
    /// else, as behind `ssh`, those of the `initialize` request. `None` without a runner.
    pub fn run_numbers(&self) -> Option<RunNumbers> {
        RunNumbers::current()
    }

    /// Returns the scenario, if the runner provides it.
    pub fn scenario(&self) -> Option<&Scenario> {
        self.scenario.as_deref()
    }

    /// Returns the scenario's tags with their `@`, those of its feature and its rule included.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        let tags = self.scenario.as_ref().map_or(&[][..], |scenario| &scenario.tags);
        tags.iter().map(|tag| tag.name.as_str())
    }

    /// Returns whether the scenario has this tag, written with or without its `@`.
    pub fn has_tag(&self, name: &str) -> bool {
        let name = name.trim_start_matches('@');
        self.tags().any(|tag| tag.trim_start_matches('@') == name)
    }

    /// Shares a text with the later steps of the scenario, which read it by its name with
    /// [`get_shared`](Self::get_shared), in whichever process they run: a Harmony runner passes it on in
    /// the context of its requests (the reference Harmony runner drops it). A text that was shared under
    /// the same name before is replaced.
    ///
    /// ```
    /// use harmony_bdd::{StepContext, given, then};
    ///
    /// #[given("the reader is listening")]
    /// fn listening(context: &StepContext) {
    ///     context.set_shared("port", "4711");
    /// }
    ///
    /// #[then("the writer knows the port")]
    /// fn knows_port(context: &StepContext) {
    ///     assert_eq!(context.get_shared("port").as_deref(), Some("4711"));
    /// }
    /// # fn main() {}
    /// ```
    pub fn set_shared(&self, name: impl Into<String>, text: impl Into<String>) {
        self.shared.lock().insert(name.into(), text.into());
    }

    /// Returns the text that an earlier step of the scenario shared with [`set_shared`](Self::set_shared).
    pub fn get_shared(&self, name: &str) -> Option<String> {
        self.shared.lock().get(name).cloned()
    }

    /// Adds a record to the step's log, which every report and every serve response includes. `tracing`
    /// subscribers receive it too, as an event of the target `harmony_bdd::log`.
    pub fn log(&self, level: LogLevel, message: impl Into<String>) {
        let message = message.into();
        match level {
            LogLevel::Trace => tracing::trace!(target: LOG_TARGET, "{message}"),
            LogLevel::Debug => tracing::debug!(target: LOG_TARGET, "{message}"),
            LogLevel::Info => tracing::info!(target: LOG_TARGET, "{message}"),
            LogLevel::Warn => tracing::warn!(target: LOG_TARGET, "{message}"),
            LogLevel::Error => tracing::error!(target: LOG_TARGET, "{message}"),
        }
        self.step_log.log(level, message);
    }

    /// Measures an operation, a part of the step, until the returned value is dropped; also in `async`
    /// steps. `--stats` prints count, minimum, mean, median, p95 and maximum of each operation, also of
    /// steps in other processes.
    ///
    /// The measurement is a record of the step's log, such as `measured "open": 1.250 ms`. A serve in
    /// another language takes part by logging such a sentence.
    ///
    /// ```
    /// use std::time::Duration;
    /// use harmony_bdd::{StepContext, when};
    ///
    /// #[when("the buffer is opened")]
    /// async fn open(context: &StepContext) {
    ///     let opening = context.measure("open").warn_above(Duration::from_millis(50));
    ///     // Operation to measure.
    ///     drop(opening);
    /// }
    /// # fn main() {}
    /// ```
    pub fn measure(&self, operation: impl Into<String>) -> Measure<'_> {
        Measure::start(self, operation.into())
    }

    /// Attaches a text to the report.
    pub fn attach_text(&self, name: impl Into<String>, text: impl Into<String>) {
        self.attach_text_as(name, "text/plain; charset=utf-8", text);
    }

    /// Attaches a text with this media type, such as `application/json` or, for links, `text/uri-list`.
    pub fn attach_text_as(
        &self,
        name: impl Into<String>,
        media_type: impl Into<String>,
        text: impl Into<String>,
    ) {
        self.attach(name.into(), media_type.into(), text.into().into_bytes(), true);
    }

    /// Attaches bytes to the report, with their media type such as `image/png`.
    pub fn attach_bytes(
        &self,
        name: impl Into<String>,
        media_type: impl Into<String>,
        content: impl Into<Vec<u8>>,
    ) {
        self.attach(name.into(), media_type.into(), content.into(), false);
    }

    /// Attaches the current content of a file, under the file's name.
    ///
    /// # Errors
    /// Returns an error that names the file if it cannot be read.
    pub fn attach_file(
        &self,
        path: impl AsRef<Path>,
        media_type: impl Into<String>,
    ) -> io::Result<()> {
        let path = path.as_ref();
        let content = std::fs::read(path).map_err(|e| {
            io::Error::new(e.kind(), format!("cannot attach {}: {e}", path.display()))
        })?;
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        self.attach_bytes(name, media_type, content);
        Ok(())
    }

    fn attach(&self, name: String, media_type: String, content: Vec<u8>, is_text: bool) {
        let time = SystemTime::now();
        self.step_log.attach(Attachment { name, media_type, content, is_text, time });
    }
}

impl MeasureLog for StepContext {
    fn add(&self, level: LogLevel, message: String) {
        self.log(level, message);
    }
}
