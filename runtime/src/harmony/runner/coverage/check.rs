//! The support of scenarios by platforms, before a run: every platform is asked for its definitions, and
//! every step that would be sent to it is matched against them. No step is run.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use regex::Regex;
use serde_json::{Map, Value};

use super::announced_scope::AnnouncedScope;
use super::placeholders::without_placeholders;
use crate::harmony::plan::config::{Config, Platform};
use crate::harmony::plan::config_error::PlatformConfigError;
use crate::harmony::plan::mode::Mode;
use crate::harmony::plan::routing::plan;
use crate::harmony::plan::target::Target;
use crate::harmony::process::child::{ChildProcess, StartOptions};
use crate::harmony::process::connection::{CallError, Connection, ProtocolChecks};
use crate::harmony::process::last_line::LastLine;
use crate::harmony::process::recorder::Recording;
use crate::harmony::process::starting::StartingPlatform;
use crate::harmony::process::trace::Endpoint;
use crate::harmony::protocol::members::{member, truth};
use crate::harmony::protocol::methods::{ExecuteStepParams, InitializeParams};
use crate::harmony::protocol::step_response::binding;
use crate::model::{Scenario, StepKeyword, StopFlag};

/// The role that stands for all in [`ScenarioCoverage::missing`].
pub(super) const ALL_ROLES: &str = "all";

/// The role that a process has for the check.
const PROBE_ROLE: &str = "check";

/// A step that no serve defines.
const PROBE_STEP: &str = "a step that is sent to check the protocol and that no serve defines";

/// The reason why a platform did not give its definitions.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// The process did not start.
    #[error("{}: {error}", executable.display())]
    Start {
        /// The program of the platform.
        executable: PathBuf,
        /// The error of the operating system.
        error: io::Error,
    },
    /// A request failed. Holds the error with the state of the process.
    #[error("{0}")]
    Request(String),
    /// The result of `discover` has no list of definitions.
    #[error("its result of discover has no `steps`: {result}")]
    NoSteps {
        /// The result.
        result: Value,
    },
}

/// The scenarios that one platform supports.
#[derive(Debug)]
pub struct PlatformCoverage {
    /// The platform's name.
    pub platform: String,
    /// The number of definitions, or the reason why there was no response.
    pub definitions: Result<usize, DiscoverError>,
    /// Definitions whose pattern is not a valid regex here, with the reason; they match no step.
    pub unreadable: Vec<String>,
    /// The rules of the reference runner that the serve breaks. A run fails by them unless it is lenient.
    pub violations: Vec<String>,
    /// One for each scenario, in their order.
    pub scenarios: Vec<ScenarioCoverage>,
}

/// The support of one scenario by a platform that has all of its roles.
#[derive(Debug, Clone)]
pub struct ScenarioCoverage {
    /// The scenario.
    pub scenario: Arc<Scenario>,
    /// Its roles, sorted.
    pub roles: Vec<String>,
    /// Steps without a definition: role and text.
    pub missing: Vec<(String, String)>,
    /// Steps with several definitions: text and patterns.
    pub ambiguous: Vec<(String, Vec<String>)>,
}

impl ScenarioCoverage {
    /// Returns whether every step has a definition.
    pub fn is_runnable(&self) -> bool {
        self.missing.is_empty()
    }
}

impl PlatformCoverage {
    /// Returns whether the platform responded, breaks no rule, and has exactly one definition for every
    /// step of every scenario.
    pub fn is_complete(&self) -> bool {
        self.definitions.is_ok()
            && self.violations.is_empty()
            && self.scenarios.iter().all(|s| s.is_runnable() && s.ambiguous.is_empty())
    }
}

/// Asks every platform of these names; all if no name is given. Calls `on_wait` every half second while a process
/// starts.
///
/// # Errors
/// Returns an error if a name is not configured. A platform that does not respond is reported in its
/// [`PlatformCoverage`].
pub fn coverage(
    scenarios: &[Arc<Scenario>],
    config: &Config,
    names: &[String],
    mode: Mode,
    limit: Duration,
    on_wait: &mut dyn FnMut(StartingPlatform<'_>),
) -> Result<Vec<PlatformCoverage>, PlatformConfigError> {
    let mut platforms: Vec<&Platform> = Vec::new();
    for name in names {
        platforms.push(config.platform(name)?);
    }
    if names.is_empty() {
        platforms = config.select(names)?;
    }
    let mut coverage = Vec::new();
    for platform in platforms {
        coverage.push(of_platform(platform, scenarios, mode, limit, on_wait));
    }
    Ok(coverage)
}

fn of_platform(
    platform: &Platform,
    scenarios: &[Arc<Scenario>],
    mode: Mode,
    limit: Duration,
    on_wait: &mut dyn FnMut(StartingPlatform<'_>),
) -> PlatformCoverage {
    let mut coverage = PlatformCoverage {
        platform: platform.name.clone(),
        definitions: Ok(0),
        unreadable: Vec::new(),
        violations: Vec::new(),
        scenarios: Vec::new(),
    };
    let definitions = match discover(platform, limit, &mut coverage.violations, on_wait) {
        Ok(patterns) => patterns,
        Err(reason) => {
            coverage.definitions = Err(reason);
            return coverage;
        }
    };
    coverage.definitions = Ok(definitions.len());
    let mut readable = Vec::new();
    for definition in definitions {
        match Regex::new(&format!("^(?:{})$", definition.regex)) {
            Ok(regex) => readable.push((definition, regex)),
            Err(error) => coverage.unreadable.push(format!("{}: {error}", definition.pattern)),
        }
    }
    for scenario in scenarios {
        let plan = plan(scenario, mode);
        let mut found = ScenarioCoverage {
            scenario: Arc::clone(scenario),
            roles: sorted(plan.roles.clone()),
            missing: Vec::new(),
            ambiguous: Vec::new(),
        };
        for (step, routed) in scenario.steps.iter().zip(&plan.steps) {
            let role = match &routed.target {
                Target::Wait(_)
                | Target::InvalidWait(_)
                | Target::End(..)
                | Target::Suspend(..) => continue,
                Target::Broadcast => ALL_ROLES,
                target => target.role().unwrap_or_default(),
            };
            let is_in = |scope: &AnnouncedScope| {
                // In compat mode a process does not learn of what scenario it is a part.
                mode == Mode::Compat || scope.contains(scenario)
            };
            let holds = |definition: &DiscoveredStep| {
                definition.keyword.is_none_or(|keyword| keyword == routed.keyword)
                    && definition.scope.as_ref().is_none_or(is_in)
            };
            let hits = readable
                .iter()
                .filter(|(definition, regex)| holds(definition) && regex.is_match(&step.text));
            let mut hits: Vec<&DiscoveredStep> = hits.map(|(definition, _)| definition).collect();
            hits.sort_by_key(|definition| &definition.pattern);
            // One pattern under two keywords is one definition of a serve that distinguishes them.
            hits.dedup_by(|a, b| a.keyword.is_some() && a.pattern == b.pattern);
            match hits.len() {
                0 => found.missing.push((role.to_owned(), step.text.clone())),
                1 => {}
                _ => {
                    let patterns = hits.iter().map(|definition| definition.pattern.clone());
                    found.ambiguous.push((step.text.clone(), patterns.collect()));
                }
            }
        }
        coverage.scenarios.push(found);
    }
    coverage
}

fn sorted(mut roles: Vec<String>) -> Vec<String> {
    roles.sort();
    roles
}

/// A definition that a serve announced.
struct DiscoveredStep {
    /// The only keyword that it is for, if the serve distinguishes definitions by keyword.
    keyword: Option<StepKeyword>,
    pattern: String,
    /// Without anchors.
    regex: String,
    scope: Option<AnnouncedScope>,
}

/// Returns the definitions of a platform; appends the rules that its serve breaks.
fn discover(
    platform: &Platform,
    limit: Duration,
    violations: &mut Vec<String>,
    on_wait: &mut dyn FnMut(StartingPlatform<'_>),
) -> Result<Vec<DiscoveredStep>, DiscoverError> {
    let printed = LastLine::default();
    let recording = Recording { printed: printed.clone(), ..Recording::default() };
    let options = StartOptions { recording, ..StartOptions::default() };
    let process = ChildProcess::start(platform, options)
        .map_err(|error| DiscoverError::Start { executable: platform.executable.clone(), error })?;
    let endpoint = Endpoint {
        process: "discover".to_owned(),
        platform: platform.name.clone(),
        ..Endpoint::default()
    };
    let mut connection = Connection::new(process, endpoint, ProtocolChecks::Warn);
    let limit = platform.start_timeout.unwrap_or(limit);
    let mut probe = Probe { connection: &mut connection, limit, violations };
    let discovered = probe.run(platform, &mut |age| {
        on_wait(StartingPlatform { platform: &platform.name, age, printed: printed.get() });
    });
    connection.process.end_input();
    violations.extend(connection.warnings().iter().map(ToString::to_string));
    discovered
}

/// The requests by which a serve is checked.
struct Probe<'a> {
    connection: &'a mut Connection,
    limit: Duration,
    violations: &'a mut Vec<String>,
}

impl Probe<'_> {
    /// Calls `on_wait` until the process has started.
    fn run(
        &mut self,
        platform: &Platform,
        on_wait: &mut dyn FnMut(Duration),
    ) -> Result<Vec<DiscoveredStep>, DiscoverError> {
        let sent = self.connection.send("health", "[]");
        let stop = StopFlag::default();
        let healthy = self.connection.receive_reporting(&sent, self.limit, &stop, on_wait);
        let healthy =
            healthy.map_err(|error| DiscoverError::Request(self.connection.describe(&error)))?;
        if truth(&healthy) != Some(true) {
            self.violations.push(format!("the result of health must be true, not {healthy}"));
        }
        let params = InitializeParams {
            role: Some(PROBE_ROLE.to_owned()),
            platform: Some(platform.name.clone()),
            scenario: Some(PROBE_ROLE.to_owned()),
            host_pid: Some(std::process::id().into()),
            feature_id: Some(1),
            ..InitializeParams::default()
        };
        match self.call("initialize", &params.to_params()) {
            Ok(result) if truth(&result).is_some() => {}
            Ok(result) => self
                .violations
                .push(format!("the result of initialize must be true or false, not {result}")),
            Err(error) => self.violations.push(format!("initialize failed: {error}")),
        }
        let result = self.call("discover", "[]")?;
        let steps =
            result.as_object().and_then(|object| member(object, "steps")).and_then(Value::as_array);
        let Some(steps) = steps else { return Err(DiscoverError::NoSteps { result }) };
        let is_own = steps.iter().any(|step| step.get("regex").is_some());
        // A serve of this project would run its hooks for a step, and breaks no rule.
        if !is_own {
            self.probe_step();
            // Reads what the serve wrote after its response.
            self.call("health", "[]")?;
        }
        Ok(steps.iter().filter_map(read_definition).collect())
    }

    /// Sends a step that no serve defines, to see the form of a result.
    fn probe_step(&mut self) {
        let params = ExecuteStepParams {
            process: Some(PROBE_ROLE.to_owned()),
            keyword: Some(StepKeyword::Given),
            text: PROBE_STEP.to_owned(),
            ..ExecuteStepParams::default()
        };
        match self.connection.call(
            "executeStep",
            &params.to_params(),
            self.limit,
            &StopFlag::default(),
        ) {
            Ok(result) => {
                let broken = binding::violations(&result);
                self.violations.extend(broken.iter().map(ToString::to_string));
            }
            // An error is a way to respond to an unknown step.
            Err(CallError::Rpc(_)) => {}
            Err(error) => self.violations.push(self.connection.describe(&error)),
        }
    }

    fn call(&mut self, method: &str, params: &str) -> Result<Value, DiscoverError> {
        let called = self.connection.call(method, params, self.limit, &StopFlag::default());
        called.map_err(|error| DiscoverError::Request(self.connection.describe(&error)))
    }
}

fn read_definition(step: &Value) -> Option<DiscoveredStep> {
    let step = step.as_object()?;
    let pattern = member(step, "pattern")?.as_str()?.to_owned();
    // A serve that announces regexes is one of this project: it matches by the text alone.
    let (keyword, regex) = match member(step, "regex").and_then(Value::as_str) {
        Some(regex) => (None, regex.to_owned()),
        None => (keyword(step), without_placeholders(&pattern)),
    };
    let scope = AnnouncedScope::read(step);
    Some(DiscoveredStep { keyword, pattern, regex, scope })
}

fn keyword(step: &Map<String, Value>) -> Option<StepKeyword> {
    match member(step, "type")?.as_str()?.to_lowercase().as_str() {
        "given" => Some(StepKeyword::Given),
        "when" => Some(StepKeyword::When),
        "then" => Some(StepKeyword::Then),
        _ => None,
    }
}
