//! Sending the recorded requests to a new process, and comparing its replies.

use std::io;
use std::time::Duration;

use serde_json::Value;

use super::comparison::{Difference, Reply, compare};
use super::normal_text::HostNumbers;
use super::reading::{Conversation, Entry};
use super::report::{DifferentReply, Replay};
use crate::harmony::plan::config::Platform;
use crate::harmony::plan::mode::Mode;
use crate::harmony::process::child::{ChildProcess, StartOptions};
use crate::harmony::process::cleanup::{
    SCENARIO_ID_VARIABLE, kill_tagged_processes, remove_buffers,
};
use crate::harmony::process::connection::{CallError, Connection, ProtocolChecks, Sent};
use crate::harmony::process::last_line::LastLine;
use crate::harmony::process::recorder::Recording;
use crate::harmony::process::starting::StartingPlatform;
use crate::harmony::process::trace::Endpoint;
use crate::harmony::protocol::jsonrpc::RpcError;
use crate::harmony::protocol::methods::ADDED_MEMBERS;
use crate::harmony::runner::ScenarioId;
use crate::model::StopFlag;

/// The options of a replay.
#[derive(Debug, Clone)]
pub struct ReplayOptions {
    /// The time limit of the reply to a step, unless the platform has one.
    pub step_timeout: Duration,
    /// The time limit of other replies, unless the platform has one.
    pub start_timeout: Duration,
    /// The time that a process has to end when it is asked to; then it is killed.
    pub stop_timeout: Duration,
    /// Ends the replay when it is set.
    pub stop: StopFlag,
}

/// Starts a process of `platform`, sends it the requests of `conversation` and compares its replies.
///
/// The process has ended when this returns, and its shared memory is removed. It uses other
/// numbers than the recorded ones for the names of that memory. Calls `on_wait` every half second while the process
/// starts.
///
/// # Errors
/// Returns an error if the process cannot be started.
pub fn replay(
    conversation: &Conversation,
    platform: &Platform,
    options: &ReplayOptions,
    on_wait: &mut dyn FnMut(StartingPlatform<'_>),
) -> io::Result<Replay> {
    let id = ScenarioId::next(Mode::Strict);
    let recorded = conversation.numbers();
    let feature = recorded.map_or(0, |(_, feature)| feature);
    let variables = [
        ("HARMONY_HOST_PID".to_owned(), id.host.to_string()),
        ("HARMONY_FEATURE_ID".to_owned(), feature.to_string()),
        (SCENARIO_ID_VARIABLE.to_owned(), id.tag.clone()),
    ];
    let printed = LastLine::default();
    let recording = Recording { printed: printed.clone(), ..Recording::default() };
    let start = StartOptions { variables: &variables, recording, ..StartOptions::default() };
    let process = ChildProcess::start(platform, start)?;
    let endpoint = Endpoint {
        scenario: conversation.scenario.clone(),
        process: conversation.process.clone(),
        platform: platform.name.clone(),
    };
    let connection = Connection::new(process, endpoint, ProtocolChecks::Enforce);
    let numbers = HostNumbers { recorded: recorded.map(|(host, _)| host), now: id.host };
    let mut replayer = Replayer {
        connection,
        step_timeout: platform.step_timeout.unwrap_or(options.step_timeout),
        start_timeout: platform.start_timeout.unwrap_or(options.start_timeout),
        stop: &options.stop,
        platform: &platform.name,
        printed,
        on_wait,
        numbers,
        takes_added_members: platform.name == conversation.platform || platform.is_this_program(),
        open: Vec::new(),
        replies: 0,
        is_over: false,
        different: Vec::new(),
    };
    let sent = replayer.send_all(&conversation.entries);
    replayer.end(options.stop_timeout);
    let rest = conversation.entries[sent..].iter();
    let missed = rest.filter(|entry| matches!(entry, Entry::Reply { .. })).count();
    kill_tagged_processes(&id.tag);
    remove_buffers(id.host, feature);
    let Replayer { replies, different, .. } = replayer;
    Ok(Replay {
        scenario: conversation.scenario.clone(),
        process: format!("{} ({})", conversation.process, platform.name),
        replies,
        missed,
        different,
    })
}

impl Conversation {
    /// Returns the recorded numbers of the host and the feature.
    fn numbers(&self) -> Option<(u64, u64)> {
        self.entries.iter().find_map(|entry| match entry {
            Entry::Request { method, params, .. } if method == "initialize" => {
                let argument = &params[0];
                Some((argument["HostPid"].as_u64()?, argument["FeatureId"].as_u64()?))
            }
            _ => None,
        })
    }
}

/// A request without a recorded reply so far.
struct OpenRequest {
    id: Value,
    method: String,
    /// What the request asks for, for people.
    title: String,
    sent: Sent,
}

/// The reason why a request got no reply, with the state of the process.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct NoReply(String);

struct Replayer<'a> {
    connection: Connection,
    step_timeout: Duration,
    start_timeout: Duration,
    stop: &'a StopFlag,
    platform: &'a str,
    printed: LastLine,
    on_wait: &'a mut dyn FnMut(StartingPlatform<'_>),
    numbers: HostNumbers,
    /// The process takes what this runner adds to `initialize`; serves of other languages may refuse it.
    takes_added_members: bool,
    open: Vec<OpenRequest>,
    replies: usize,
    different: Vec<DifferentReply>,
    /// The process did not reply, and will not reply any more.
    is_over: bool,
}

impl Replayer<'_> {
    /// Handles the entries until one gets no reply; returns how many it handled.
    fn send_all(&mut self, entries: &[Entry]) -> usize {
        let mut is_ended_by_runner = false;
        for (index, entry) in entries.iter().enumerate() {
            if self.is_over || self.stop.is_set() {
                return index;
            }
            match entry {
                Entry::Request { id, method, params } => self.send(id, method, params),
                Entry::Reply { id, result } => self.compare_reply(id, result),
                Entry::Garbage(text) => self.expect_failure(&format!("invalid output: {text}")),
                Entry::EndedByRunner => is_ended_by_runner = true,
                Entry::Exited(_) if is_ended_by_runner => {}
                Entry::Exited(exit) => self.expect_failure(&format!("no reply, {exit}")),
            }
        }
        entries.len()
    }

    fn send(&mut self, id: &Value, method: &str, params: &Value) {
        let mut params = params.clone();
        if method == "initialize"
            && let Some(argument) = params.get_mut(0).and_then(Value::as_object_mut)
        {
            let host = self.numbers.now;
            argument.insert("HostPid".to_owned(), host.into());
            let run = format!("{host}_{}", argument.get("FeatureId").unwrap_or(&Value::from(0)));
            argument.insert("TestRunId".to_owned(), run.into());
            if !self.takes_added_members {
                argument.retain(|name, _| !ADDED_MEMBERS.contains(&name.as_str()));
            }
        }
        let title = match params[0]["Step"].as_str() {
            Some(step) => format!("{method}: {step}"),
            None => method.to_owned(),
        };
        let sent = self.connection.send(method, &params.to_string());
        self.open.push(OpenRequest { id: id.clone(), method: method.to_owned(), title, sent });
    }

    /// Compares the reply to the request with the recorded id. A reply without a request, which a serve
    /// may send, is left out.
    fn compare_reply(&mut self, id: &Value, recorded: &Reply) {
        let Some(at) = self.open.iter().position(|open| open.id == *id) else { return };
        let open = self.open.remove(at);
        self.replies += 1;
        let differences = match self.receive(&open) {
            Ok(now) => compare(&open.method, recorded, &now, self.numbers),
            Err(error) => {
                let recorded = "a reply".to_owned();
                vec![Difference { field: "reply".to_owned(), recorded, now: error.to_string() }]
            }
        };
        self.note(open, differences);
    }

    /// Awaits that the oldest open request gets no reply, as recorded.
    fn expect_failure(&mut self, recorded: &str) {
        if self.open.is_empty() {
            return;
        }
        let open = self.open.remove(0);
        self.replies += 1;
        if let Ok(now) = self.receive(&open) {
            let now = match now {
                Ok(result) => format!("result {result}"),
                Err(error) => format!("error {error}"),
            };
            let recorded = recorded.to_owned();
            let difference = Difference { field: "reply".to_owned(), recorded, now };
            self.note(open, vec![difference]);
        }
    }

    /// Returns the reply to a request.
    ///
    /// # Errors
    /// Returns an error if there is none.
    fn receive(&mut self, open: &OpenRequest) -> Result<Reply, NoReply> {
        let limit = match open.method.as_str() {
            "executeStep" => self.step_timeout,
            _ => self.start_timeout,
        };
        let received = match open.method.as_str() {
            "health" => self.connection.receive_reporting(&open.sent, limit, self.stop, |age| {
                let (platform, printed) = (self.platform, self.printed.get());
                (self.on_wait)(StartingPlatform { platform, age, printed });
            }),
            _ => self.connection.receive(&open.sent, limit, self.stop),
        };
        match received {
            Ok(result) => Ok(Ok(result)),
            Err(CallError::Rpc(RpcError { code, message, .. })) => {
                Ok(Err(serde_json::json!({"code": code, "message": message})))
            }
            Err(error) => {
                self.is_over = true;
                Err(NoReply(self.connection.describe(&error)))
            }
        }
    }

    fn note(&mut self, open: OpenRequest, differences: Vec<Difference>) {
        if !differences.is_empty() {
            let OpenRequest { id, title, .. } = open;
            let request = format!("{title} (id {id})");
            self.different.push(DifferentReply { request, differences });
        }
    }

    /// Asks the process to end, and kills it after `limit`.
    fn end(&mut self, limit: Duration) {
        let process = &mut self.connection.process;
        process.end_input();
        if process.wait(limit).is_none() {
            process.kill();
        }
        process.wait_until_gone(limit);
    }
}
