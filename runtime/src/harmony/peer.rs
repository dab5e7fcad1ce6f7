//! One serve process in a scenario: from its start over its steps to its end.
//!
//! Starting does not wait: the health request is written at once and its answer awaited when the
//! process is first needed, so processes start side by side and each is used as soon as it can be.

use std::thread;
use std::time::{Duration, Instant};

use regex::Regex;
use serde_json::Value;

use super::config::Platform;
use super::connection::{CallError, Connection, Sent, Stopped};
use super::contract::{Initialization, StepRequest, member};
use super::leftovers::MARK_VARIABLE;
use super::message::{INVALID_PARAMS, METHOD_NOT_FOUND};
use super::process::{ChildProcess, Exit};
use super::routing::Lifecycle;
use super::step_reply::{StepReply, truth};
use super::trace::{Speaker, Trace};
use crate::model::{StepArgument, Tag};

/// How long a process that was asked to crash has to do it.
const CRASH: Duration = Duration::from_secs(1);

/// How long a process that is busy with a step has to say how long that may take.
const ASKED: Duration = Duration::from_secs(2);

/// How much longer than the serve itself the runner waits, so that the serve's own verdict arrives.
const MARGIN: Duration = Duration::from_secs(5);

/// What the field's runner passes to `crash`: its cancellation token, by mistake.
const TOKEN: &str = r#"[{"IsCancellationRequested":false,"CanBeCanceled":false,"WaitHandle":{"Handle":{"value":0},"SafeWaitHandle":{"IsInvalid":false,"IsClosed":false}}}]"#;

/// What all processes of one scenario share.
pub(super) struct Scene<'a> {
    pub(super) lifecycle: Lifecycle,
    /// When the run began; the times in reports count from here.
    pub(super) run_began: Instant,
    /// Which of the scenarios side by side this one is, counted from 0.
    pub(super) lane: usize,
    /// The scenario as it is shown, and as it is written.
    pub(super) shown: &'a str,
    pub(super) scenario: &'a str,
    pub(super) host: u64,
    pub(super) feature: u64,
    /// The tags of the scenario and, of those, its feature's.
    pub(super) tags: &'a [Tag],
    pub(super) feature_tags: &'a [Tag],
    pub(super) mark: &'a str,
    pub(super) step_timeout: Duration,
    pub(super) start_timeout: Duration,
    pub(super) stop_timeout: Duration,
    pub(super) trace: Option<&'a Trace>,
    pub(super) stopped: Stopped<'a>,
}

impl Scene<'_> {
    /// By the field's rules feature 0 is none: its number is not told, and nobody is initialized.
    fn tells_feature(&self) -> bool {
        self.lifecycle == Lifecycle::Real || self.feature > 0
    }

    /// Waits; false when the run was stopped meanwhile.
    pub(super) fn sleep(&self, time: Duration) -> bool {
        let until = Instant::now() + time;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if (self.stopped)() {
                return false;
            }
            if left.is_zero() {
                return true;
            }
            thread::sleep(left.min(Duration::from_millis(20)));
        }
    }
}

/// A serve process.
pub(super) struct Peer {
    pub(super) connection: Connection,
    role: String,
    start_timeout: Duration,
    step_timeout: Duration,
    health: Option<Sent>,
    takes: Option<Takes>,
}

/// What a serve announced beyond the field's contract.
#[derive(Debug, Clone, Copy, Default)]
struct Takes {
    tables: bool,
    doc_strings: bool,
    tags: bool,
}

/// A step on its way.
pub(super) struct SentStep {
    sent: Sent,
    text: String,
}

impl Peer {
    /// Starts a process for `role`, called `label` where it is shown.
    pub(super) fn start(
        label: &str,
        role: &str,
        platform: &Platform,
        scene: &Scene<'_>,
    ) -> Result<Self, String> {
        let mut variables = vec![
            ("HARMONY_HOST_PID".to_owned(), scene.host.to_string()),
            (MARK_VARIABLE.to_owned(), scene.mark.to_owned()),
        ];
        if scene.tells_feature() {
            variables.push(("HARMONY_FEATURE_ID".to_owned(), scene.feature.to_string()));
        }
        let process = ChildProcess::start(platform, &variables).map_err(|error| {
            format!(
                "the '{label}' process ({}) cannot be started: {}: {error}",
                platform.name,
                platform.executable.display()
            )
        })?;
        let speaker = Speaker {
            scenario: scene.shown.to_owned(),
            process: label.to_owned(),
            platform: platform.name.clone(),
        };
        let mut connection = Connection::new(process, speaker, scene.trace.cloned());
        let health = Some(connection.send("health", "[]"));
        Ok(Self {
            connection,
            role: role.to_owned(),
            start_timeout: platform.start_timeout.unwrap_or(scene.start_timeout),
            step_timeout: platform.step_timeout.unwrap_or(scene.step_timeout),
            health,
            takes: None,
        })
    }

    /// Waits until the process is healthy and knows what it plays. Does nothing the second time.
    pub(super) fn ready(&mut self, scene: &Scene<'_>) -> Result<(), String> {
        let Some(sent) = &self.health else { return Ok(()) };
        let limit = self.start_timeout;
        let healthy = self
            .connection
            .receive(sent, limit, scene.stopped)
            .map_err(|e| format!("not healthy: {}", self.connection.describe(&e)))?;
        if truth(&healthy) != Some(true) {
            return Err(format!("{} is not healthy: it answered {healthy}", self.connection));
        }
        if !scene.tells_feature() {
            self.health = None;
            return Ok(());
        }
        let name = match scene.lifecycle {
            Lifecycle::Real => scene.scenario,
            Lifecycle::Harmony => "test",
        };
        let mut told = Initialization {
            role: Some(self.role.clone()),
            platform: Some(self.connection.speaker.platform.clone()),
            scenario: Some(name.to_owned()),
            host_pid: Some(scene.host),
            feature_id: Some(scene.feature),
            ..Initialization::default()
        };
        // A serve of the field would refuse members that it does not know here.
        if scene.lifecycle == Lifecycle::Real && !scene.tags.is_empty() && self.takes(scene).tags {
            told.tags = Some(names(scene.tags));
            told.feature_tags = Some(names(scene.feature_tags));
        }
        let result = self.connection.call("initialize", &told.to_params(), limit, scene.stopped);
        let wrong = match result {
            Ok(value) if truth(&value).is_some() => {
                self.health = None;
                return Ok(());
            }
            Ok(value) => format!("it answered {value}"),
            Err(error) => self.connection.describe(&error),
        };
        let role = &self.role;
        Err(format!("Failed to initialize servo process '{role}': {wrong}"))
    }

    /// Sends a step; what its table or doc string was cut off for is the second value.
    pub(super) fn send_step(
        &mut self,
        mut request: StepRequest,
        scene: &Scene<'_>,
    ) -> (SentStep, Option<&'static str>) {
        let mut dropped = None;
        if let Some(argument) = &request.argument {
            let takes = match scene.lifecycle {
                Lifecycle::Real => self.takes(scene),
                Lifecycle::Harmony => Takes::default(),
            };
            dropped = match argument {
                StepArgument::DataTable(_) if !takes.tables => Some("data table"),
                StepArgument::DocString(_) if !takes.doc_strings => Some("doc string"),
                _ => None,
            };
        }
        if dropped.is_some() {
            request.argument = None;
        }
        let sent = self.connection.send("executeStep", &request.to_params());
        (SentStep { sent, text: request.text }, dropped)
    }

    /// What came of a step, within its time: the platform's or the run's, or that of its definition
    /// where the serve tells a longer one.
    pub(super) fn step_reply(
        &mut self,
        step: &SentStep,
        scene: &Scene<'_>,
    ) -> Result<StepReply, String> {
        let limit = self.step_timeout;
        let mut received = self.connection.receive(&step.sent, limit, scene.stopped);
        if received == Err(CallError::Silent(limit))
            && scene.lifecycle == Lifecycle::Real
            && let Some(longer) = self.limit_of(&step.text, scene).filter(|longer| *longer > limit)
        {
            received = self.connection.receive(&step.sent, longer + MARGIN, scene.stopped);
        }
        match received {
            Ok(result) => StepReply::from_result(&result, limit)
                .map_err(|what| format!("{}: {what}", self.connection)),
            Err(error) => {
                let text = self.connection.describe(&error);
                Err(match (scene.lifecycle, &error) {
                    (Lifecycle::Harmony, CallError::Rpc(error)) if is_missing(error.code) => {
                        format!("{}: {text}", self.role)
                    }
                    (Lifecycle::Harmony, CallError::Rpc(_)) => {
                        format!("Remote execution failed: {text}")
                    }
                    (Lifecycle::Real, CallError::Rpc(_)) => {
                        format!("{} answered with an error: {text}", self.connection)
                    }
                    _ => text,
                })
            }
        }
    }

    /// The time that a step's definition asks for, where the serve tells it.
    fn limit_of(&mut self, text: &str, scene: &Scene<'_>) -> Option<Duration> {
        let found = self.connection.call("discover", "[]", ASKED, scene.stopped).ok()?;
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

    /// Kills the process and everything it started.
    pub(super) fn kill(&mut self, scene: &Scene<'_>) -> Result<Exit, String> {
        self.connection.process.kill();
        self.gone_within(scene.stop_timeout)
    }

    /// Asks the process to crash, and sees to it that it is gone.
    pub(super) fn crash(&mut self, scene: &Scene<'_>) -> Result<Exit, String> {
        // Most serves do not know the method; dead without an answer is as good as answered.
        let called = self.connection.call("crash", TOKEN, CRASH, scene.stopped);
        let refused = matches!(called, Err(CallError::Rpc(_)));
        if refused || self.connection.process.wait(CRASH.min(scene.stop_timeout)).is_none() {
            self.connection.process.kill();
        }
        self.gone_within(scene.stop_timeout)
    }

    /// Asks the process to shut down and waits until it is gone.
    pub(super) fn shut_down(&mut self, scene: &Scene<'_>) -> Result<Exit, String> {
        let limit = self.step_timeout;
        match self.connection.call("shutdown", "[]", limit, scene.stopped) {
            Ok(_) | Err(CallError::Died(Some(Exit::Code(0)))) => {}
            Err(error) => return Err(self.connection.describe(&error)),
        }
        self.connection.process.end_input();
        match self.connection.process.wait(scene.stop_timeout) {
            Some(exit) => Ok(exit),
            None => Err(format!(
                "{} was shut down and lives on after {} ms",
                self.connection,
                scene.stop_timeout.as_millis()
            )),
        }
    }

    /// The field's crash step: a call that must be answered.
    pub(super) fn field_crash(&mut self, scene: &Scene<'_>) -> Result<(), String> {
        let called = self.connection.call("crash", TOKEN, self.step_timeout, scene.stopped);
        called.map(drop).map_err(|error| self.connection.describe(&error))
    }

    /// The field's shutdown step: errors of one family count, those of the other do not.
    pub(super) fn field_shutdown(&mut self, scene: &Scene<'_>) -> Result<(), String> {
        match self.connection.call("shutdown", "[]", self.step_timeout, scene.stopped) {
            Ok(_) => Ok(()),
            Err(CallError::Rpc(error)) if !is_missing(error.code) => Ok(()),
            Err(error) => Err(self.connection.describe(&error)),
        }
    }

    /// Asks the process to end, by the end of its input.
    pub(super) fn end_input(&mut self) {
        self.connection.process.end_input();
    }

    /// Waits until `deadline` for the end, then kills; true when no kill was needed.
    pub(super) fn end_by(&mut self, deadline: Instant) -> bool {
        let process = &self.connection.process;
        let left = deadline.saturating_duration_since(Instant::now());
        let ended = process.wait(left).is_some();
        if !ended {
            process.kill();
        }
        process.wait_until_gone(Duration::from_secs(5));
        ended
    }

    fn gone_within(&self, limit: Duration) -> Result<Exit, String> {
        let exit = self.connection.process.wait(limit);
        exit.ok_or_else(|| format!("{} was killed and is still there", self.connection))
    }

    /// What the process takes beyond the field's contract; asked once, and only when it matters.
    fn takes(&mut self, scene: &Scene<'_>) -> Takes {
        if let Some(takes) = self.takes {
            return takes;
        }
        let found = self.connection.call("discover", "[]", self.start_timeout, scene.stopped);
        let announces = |name: &str| {
            let Ok(Value::Object(object)) = &found else { return false };
            let capabilities = member(object, "capabilities").and_then(Value::as_object);
            capabilities.and_then(|c| member(c, name)).and_then(truth) == Some(true)
        };
        let takes = Takes {
            tables: announces("dataTable"),
            doc_strings: announces("docString"),
            tags: announces("tags"),
        };
        self.takes = Some(takes);
        takes
    }
}

fn names(tags: &[Tag]) -> Vec<String> {
    tags.iter().map(|tag| tag.name.clone()).collect()
}

/// The codes of the family that the field's runner does not catch.
fn is_missing(code: i64) -> bool {
    code == METHOD_NOT_FOUND || code == INVALID_PARAMS
}
