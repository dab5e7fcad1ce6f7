//! One serve process in a scenario: its start, its steps and its end.
//!
//! Starting does not wait: the health request is written at once and its response awaited when the
//! process is first needed, so processes start in parallel and each is used as soon as it is ready.

use std::sync::Arc;
use std::time::Duration;

use regex::Regex;
use serde_json::Value;

use super::child::{ChildProcess, StartOptions};
use super::cleanup::SCENARIO_ID_VARIABLE;
use super::connection::{CallError, Connection, Sent};
use super::debug_pause::NO_LIMIT;
use super::error::{Conduct, ProcessError};
use super::far_process::FarProcess;
use super::recorder::Recording;
use super::scenario_context::ScenarioContext;
use super::trace::Endpoint;
use crate::harmony::plan::config::{OWN_PLATFORM, Platform};
use crate::harmony::plan::label::ProcessLabel;
use crate::harmony::plan::mode::Mode;
use crate::harmony::protocol::jsonrpc::is_missing_method;
use crate::harmony::protocol::members::{member, truth};
use crate::harmony::protocol::methods::{ExecuteStepParams, InitializeParams};
use crate::harmony::protocol::step_response::binding;
use crate::harmony::protocol::step_response::decode::StepResponse;
use crate::harmony::protocol::step_timeout::{NO_STEP_TIMEOUT, STEP_TIMEOUT_VARIABLE};
use crate::model::{Location, ProcessChangeKind, StepArgument, Tag};

/// The time that a process that is being paused may still run.
const PAUSE_TIMEOUT: Duration = Duration::from_secs(5);

/// The time that a process that is busy with a step has to return the time limit of the step.
const DISCOVER_TIMEOUT: Duration = Duration::from_secs(2);

/// The time that the runner waits longer than the serve, so that the serve's own result arrives.
const RESPONSE_MARGIN: Duration = Duration::from_secs(5);

/// A serve process.
pub(in crate::harmony) struct ServeClient {
    pub(in crate::harmony) connection: Connection,
    role: String,
    /// The process behind the wrapper of its platform.
    pub(super) far: Option<FarProcess>,
    /// The runner had to kill the wrapper and cannot see the process behind it.
    pub(super) is_unverified: bool,
    start_timeout: Duration,
    pub(super) step_timeout: Duration,
    health: Option<Sent>,
    /// The step that paused it.
    paused_at: Option<Location>,
    is_this_program: bool,
    capabilities: Option<Capabilities>,
}

/// The additions to the reference protocol that a serve announced.
#[derive(Debug, Clone, Copy, Default)]
struct Capabilities {
    tables: bool,
    doc_strings: bool,
    tags: bool,
}

/// A step that was sent.
pub(in crate::harmony) struct SentStep {
    sent: Sent,
    text: String,
}

impl ServeClient {
    /// Starts a process under `label`.
    ///
    /// # Errors
    /// The reason why the system refused.
    pub(in crate::harmony) fn start(
        label: &ProcessLabel,
        platform: &Platform,
        context: &ScenarioContext<'_>,
    ) -> Result<Self, ProcessError> {
        let mut variables = vec![
            ("HARMONY_HOST_PID".to_owned(), context.host.to_string()),
            (SCENARIO_ID_VARIABLE.to_owned(), context.id.to_owned()),
        ];
        if context.announces_feature() {
            variables.push(("HARMONY_FEATURE_ID".to_owned(), context.feature.to_string()));
        }
        let endpoint = Endpoint {
            scenario: context.display_name.to_owned(),
            process: label.to_string(),
            platform: platform.name.clone(),
        };
        let recording = Recording {
            endpoint: endpoint.clone(),
            trace: context.trace.cloned(),
            log: context.logs.as_ref().and_then(|logs| logs.open(label)),
            printed: context.printed.clone(),
        };
        let debug = context.debug.filter(|debug| debug.is_for(&label.role));
        if debug.is_some() {
            variables.push((STEP_TIMEOUT_VARIABLE.to_owned(), NO_STEP_TIMEOUT.to_owned()));
        }
        let start =
            StartOptions { variables: &variables, recording, can_be_kept: context.keep.is_some() };
        let started = ChildProcess::start(platform, start);
        let process = started.map_err(|reason| ProcessError::NotStarted {
            process: label.clone(),
            platform: platform.name.clone(),
            executable: platform.executable.clone(),
            reason: Arc::new(reason),
        })?;
        let mut connection = Connection::new(process, endpoint, context.checks);
        if let Some(debug) = debug {
            debug.wait(&connection.process, &connection.to_string(), context.stop);
        }
        let health = Some(connection.send("health", "[]"));
        let limit = |limit: Option<Duration>, default: Duration| match debug {
            Some(_) => NO_LIMIT,
            None => limit.unwrap_or(default),
        };
        Ok(Self {
            connection,
            role: label.role.clone(),
            far: FarProcess::of(platform),
            is_unverified: false,
            start_timeout: limit(platform.start_timeout, context.start_timeout),
            step_timeout: limit(platform.step_timeout, context.step_timeout),
            health,
            paused_at: None,
            is_this_program: platform.is_this_program(),
            capabilities: None,
        })
    }

    /// Returns true until [`ready`](Self::ready) has succeeded.
    pub(in crate::harmony) fn is_starting(&self) -> bool {
        self.health.is_some()
    }

    /// Pauses the process, until a step or the end of the scenario resumes it.
    ///
    /// # Errors
    /// [`ProcessError::NotPaused`], [`ProcessError::CannotPause`].
    pub(in crate::harmony) fn pause(&mut self, step: &Location) -> Result<(), ProcessError> {
        self.check_pausable()?;
        self.paused_at = Some(step.clone());
        match self.connection.process.pause(PAUSE_TIMEOUT) {
            Ok(true) => {
                self.connection.note(ProcessChangeKind::Paused);
                Ok(())
            }
            Ok(false) => Err(ProcessError::NotPaused(self.connection.to_string())),
            Err(reason) => {
                self.paused_at = None;
                let process = self.connection.to_string();
                Err(ProcessError::CannotPause { process, reason: Arc::new(reason) })
            }
        }
    }

    /// Checks that a signal to the group of the wrapper, if there is one, reaches the process behind it.
    fn check_pausable(&self) -> Result<(), ProcessError> {
        let Some(far) = &self.far else { return Ok(()) };
        let leader = self.connection.process.pid();
        let here = far.here(leader);
        if !here.is_empty() && here.iter().all(|process| process.group == leader) {
            return Ok(());
        }
        let (process, wrapper) = (self.connection.to_string(), far.to_string());
        Err(ProcessError::OutOfReach { process, wrapper })
    }

    /// Lets a paused process go on.
    pub(in crate::harmony) fn resume(&mut self) {
        if self.paused_at.take().is_some() {
            self.connection.process.resume();
            self.connection.note(ProcessChangeKind::Resumed);
        }
    }

    /// Checks that the process is not paused: it could not respond.
    ///
    /// # Errors
    /// [`ProcessError::Paused`].
    pub(in crate::harmony) fn check_running(&self) -> Result<(), ProcessError> {
        match &self.paused_at {
            None => Ok(()),
            Some(location) => Err(ProcessError::Paused {
                process: self.connection.to_string(),
                location: location.clone(),
            }),
        }
    }

    /// Waits until the process is healthy and initialized. Does nothing the second time.
    ///
    /// # Errors
    /// The reason why it is not.
    pub(in crate::harmony) fn ready(
        &mut self,
        context: &ScenarioContext<'_>,
    ) -> Result<(), ProcessError> {
        let Some(sent) = &self.health else { return Ok(()) };
        let limit = self.start_timeout;
        let show_printed = |_| {
            if let Some(line) = context.printed.get() {
                context.board.set_printed(context.number, line);
            }
        };
        let healthy = self
            .connection
            .receive_reporting(sent, limit, context.stop, show_printed)
            .map_err(|e| ProcessError::NoHealth(Box::new(self.connection.error(&e))))?;
        if truth(&healthy) != Some(true) {
            return Err(ProcessError::Unhealthy {
                role: self.role.clone(),
                process: self.connection.to_string(),
                response: healthy.to_string(),
            });
        }
        if !context.announces_feature() {
            self.health = None;
            self.connection.note(ProcessChangeKind::Ready);
            return Ok(());
        }
        let name = match context.mode {
            Mode::Strict => context.name,
            Mode::Compat => "test",
        };
        let mut params = InitializeParams {
            role: Some(self.role.clone()),
            platform: Some(self.connection.endpoint.platform.clone()),
            scenario: Some(name.to_owned()),
            host_pid: Some(context.host),
            feature_id: Some(context.feature),
            ..InitializeParams::default()
        };
        if context.mode == Mode::Strict && self.takes_tags(context) {
            params.tags = Some(names(context.tags));
            params.feature_tags = Some(names(context.feature_tags));
            params.feature = Some(context.feature_name.to_owned());
            params.feature_path = Some(context.feature_path.to_owned());
        }
        let result = self.connection.call("initialize", &params.to_params(), limit, context.stop);
        let (conduct, reason) = match result {
            Ok(value) if truth(&value).is_some() => {
                self.health = None;
                self.connection.note(ProcessChangeKind::Ready);
                return Ok(());
            }
            Ok(value) => (Conduct::Invalid, format!("{} responded {value}", self.connection)),
            Err(error) => (error.conduct(), self.connection.describe(&error)),
        };
        Err(ProcessError::NotInitialized { role: self.role.clone(), conduct, reason })
    }

    /// Sends a step; also returns the kind of argument that was left out because the serve does not
    /// support it.
    pub(in crate::harmony) fn send_step(
        &mut self,
        mut request: ExecuteStepParams,
        context: &ScenarioContext<'_>,
    ) -> (SentStep, Option<&'static str>) {
        let mut dropped = None;
        if let Some(argument) = &request.argument {
            let capabilities = match context.mode {
                Mode::Strict => self.capabilities(context),
                Mode::Compat => Capabilities::default(),
            };
            dropped = match argument {
                StepArgument::DataTable(_) if !capabilities.tables => Some("data table"),
                StepArgument::DocString(_) if !capabilities.doc_strings => Some("doc string"),
                _ => None,
            };
        }
        if dropped.is_some() {
            request.argument = None;
        }
        let sent = self.connection.send("executeStep", &request.to_params());
        (SentStep { sent, text: request.text }, dropped)
    }

    /// Returns the response to a step, within its time: the platform's or the run's, or that of its
    /// definition if the serve announces a longer one.
    ///
    /// # Errors
    /// The reason why there is none.
    pub(in crate::harmony) fn step_response(
        &mut self,
        step: &SentStep,
        context: &ScenarioContext<'_>,
    ) -> Result<StepResponse, ProcessError> {
        let limit = self.step_timeout;
        let mut received = self.connection.receive(&step.sent, limit, context.stop);
        if received == Err(CallError::Silent(limit))
            && context.mode == Mode::Strict
            && let Some(longer) =
                self.limit_of(&step.text, context).filter(|longer| *longer > limit)
        {
            let limit = longer + RESPONSE_MARGIN;
            received = self.connection.receive(&step.sent, limit, context.stop);
        }
        let checked = received.and_then(|result| {
            self.connection.check(binding::violations(&result))?;
            Ok(result)
        });
        match checked {
            Ok(result) => {
                let response = StepResponse::from_result(&result, limit).map_err(|reason| {
                    let reason = format!("{}: {reason}", self.connection);
                    ProcessError::Call { conduct: Conduct::Invalid, reason }
                })?;
                let recorder = self.connection.process.recorder();
                response.logs.iter().for_each(|record| recorder.log(record));
                Ok(response)
            }
            Err(error) => {
                let text = self.connection.describe(&error);
                let reason = match (context.mode, &error) {
                    (Mode::Compat, CallError::Rpc(error)) if is_missing_method(error.code) => {
                        format!("{}: {text}", self.role)
                    }
                    (Mode::Compat, CallError::Rpc(_)) => {
                        format!("Remote execution failed: {text}")
                    }
                    (Mode::Strict, CallError::Rpc(_)) => {
                        format!("{} responded with an error: {text}", self.connection)
                    }
                    _ => text,
                };
                Err(ProcessError::Call { conduct: error.conduct(), reason })
            }
        }
    }

    /// Returns the time limit of a step's definition, if the serve announces one.
    fn limit_of(&mut self, text: &str, context: &ScenarioContext<'_>) -> Option<Duration> {
        let found = self.connection.call("discover", "[]", DISCOVER_TIMEOUT, context.stop).ok()?;
        let steps = member(found.as_object()?, "steps")?.as_array()?;
        let limits = steps.iter().filter_map(|step| {
            let step = step.as_object()?;
            let limit = member(step, "timeoutMs")?.as_u64()?;
            let pattern = format!("^(?:{})$", member(step, "regex")?.as_str()?);
            let is_meant = Regex::new(&pattern).ok()?.is_match(text);
            is_meant.then_some(Duration::from_millis(limit))
        });
        limits.max()
    }

    /// Returns whether the tags and the feature of its scenario are announced to the process. Some serves refuse members
    /// that they do not know here.
    fn takes_tags(&mut self, context: &ScenarioContext<'_>) -> bool {
        if self.is_this_program {
            return true;
        }
        // Scopes of definitions need to know that there are no tags, too.
        let is_asked = !context.tags.is_empty()
            || self.connection.endpoint.platform.eq_ignore_ascii_case(OWN_PLATFORM);
        is_asked && self.capabilities(context).tags
    }

    /// Returns the additions to the reference protocol that the process supports; asks once, and only
    /// if it matters.
    fn capabilities(&mut self, context: &ScenarioContext<'_>) -> Capabilities {
        if let Some(capabilities) = self.capabilities {
            return capabilities;
        }
        let found = self.connection.call("discover", "[]", self.start_timeout, context.stop);
        let announces = |name: &str| {
            let Ok(Value::Object(object)) = &found else { return false };
            let capabilities = member(object, "capabilities").and_then(Value::as_object);
            capabilities.and_then(|c| member(c, name)).and_then(truth) == Some(true)
        };
        let capabilities = Capabilities {
            tables: announces("dataTable"),
            doc_strings: announces("docString"),
            tags: announces("tags"),
        };
        self.capabilities = Some(capabilities);
        capabilities
    }
}

fn names(tags: &[Tag]) -> Vec<String> {
    tags.iter().map(|tag| tag.name.clone()).collect()
}
