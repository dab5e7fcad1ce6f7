//! The running step, as a step function may see it.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use crate::model::{Attachment, LogLevel, LogRecord, Place, Scenario};
use crate::observe::{Journal, LOG_TARGET};

/// The running step: its text and place, its scenario, and where to leave words and files for the
/// report.
///
/// A hook around a scenario sees an empty text; a hook around a feature or the whole run sees no
/// scenario either.
#[derive(Debug)]
pub struct StepContext {
    text: String,
    place: Option<Place>,
    process: Option<String>,
    scenario: Option<Arc<Scenario>>,
    shared: Shared,
    journal: Journal,
    /// Whether the journal is somebody else's: a hook around a step writes into the step's.
    borrows: bool,
}

/// Texts that the steps of a scenario leave for each other, by name.
#[derive(Debug, Clone, Default)]
pub(super) struct Shared(Arc<Mutex<BTreeMap<String, String>>>);

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        // No user code runs under the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StepContext {
    pub(super) fn new(
        text: String,
        place: Option<Place>,
        process: Option<String>,
        scenario: Option<Arc<Scenario>>,
        shared: Shared,
    ) -> Self {
        let (journal, borrows) = (Journal::default(), false);
        Self { text, place, process, scenario, shared, journal, borrows }
    }

    /// The same with this journal, which outlives it.
    pub(super) fn writing_to(self, journal: Journal) -> Self {
        Self { journal, borrows: true, ..self }
    }

    /// The same step for a hook around it.
    pub(super) fn again(&self) -> Self {
        let (place, process) = (self.place.clone(), self.process.clone());
        let (scenario, shared) = (self.scenario.clone(), self.shared.clone());
        let again = Self::new(self.text.clone(), place, process, scenario, shared);
        again.writing_to(self.journal.clone())
    }

    pub(super) fn journal(&self) -> &Journal {
        &self.journal
    }

    /// What was written, where the journal was its own.
    pub(super) fn into_parts(self) -> (Vec<LogRecord>, Vec<Attachment>) {
        if self.borrows { Default::default() } else { self.journal.close().unwrap_or_default() }
    }

    /// The step's text, without its keyword.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where the step stands, where that is known.
    pub fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// The process role a Harmony runner sent the step to.
    pub fn process(&self) -> Option<&str> {
        self.process.as_deref()
    }

    /// The scenario, where the end that runs it knows it.
    pub fn scenario(&self) -> Option<&Scenario> {
        self.scenario.as_deref()
    }

    /// The scenario's tags with their `@`, those of its feature and its rule included.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        let tags = self.scenario.as_ref().map_or(&[][..], |scenario| &scenario.tags);
        tags.iter().map(|tag| tag.name.as_str())
    }

    /// Whether the scenario has this tag, written with or without its `@`.
    pub fn has_tag(&self, name: &str) -> bool {
        let name = name.trim_start_matches('@');
        self.tags().any(|tag| tag.trim_start_matches('@') == name)
    }

    /// Leaves a text for the later steps of the scenario, which find it by its name with
    /// [`shared`](Self::shared), whatever process they run in: a Harmony runner passes it on in the
    /// context of its requests (the field's own runner drops it). What shared a name before is gone.
    ///
    /// ```
    /// use harmony_bdd::{StepContext, given, then};
    ///
    /// #[given("the reader is listening")]
    /// fn listening(context: &StepContext) {
    ///     context.share("port", "4711");
    /// }
    ///
    /// #[then("the writer knows the port")]
    /// fn knows_port(context: &StepContext) {
    ///     assert_eq!(context.shared("port").as_deref(), Some("4711"));
    /// }
    /// # fn main() {}
    /// ```
    pub fn share(&self, name: impl Into<String>, text: impl Into<String>) {
        self.shared.lock().insert(name.into(), text.into());
    }

    /// What an earlier step of the scenario has left under this name with [`share`](Self::share).
    pub fn shared(&self, name: &str) -> Option<String> {
        self.shared.lock().get(name).cloned()
    }

    /// Adds a line to the step's log, which every report and every serve reply carries. Subscribers
    /// of `tracing` hear it too, as an event of the target `harmony_bdd::log`.
    pub fn log(&self, level: LogLevel, message: impl Into<String>) {
        let message = message.into();
        match level {
            LogLevel::Trace => tracing::trace!(target: LOG_TARGET, "{message}"),
            LogLevel::Debug => tracing::debug!(target: LOG_TARGET, "{message}"),
            LogLevel::Info => tracing::info!(target: LOG_TARGET, "{message}"),
            LogLevel::Warn => tracing::warn!(target: LOG_TARGET, "{message}"),
            LogLevel::Error => tracing::error!(target: LOG_TARGET, "{message}"),
        }
        self.journal.log(level, message);
    }

    /// Attaches a text to the report.
    pub fn attach_text(&self, name: impl Into<String>, text: impl Into<String>) {
        self.attach_text_as(name, "text/plain; charset=utf-8", text);
    }

    /// Attaches a text of this media type, such as `application/json` or, for links, `text/uri-list`.
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

    /// Attaches the content a file has now, under the file's name.
    ///
    /// # Errors
    /// When the file cannot be read; the error says which.
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
        self.journal.attach(Attachment { name, media_type, content, is_text, time });
    }
}
