//! The ends of a serve process: killed, crashed, shut down, or at the end of its scenario.
//!
//! A process behind a wrapper is killed if it runs on this machine. If not, it is asked to end, and the end of
//! the wrapper shows that it did: wrappers end with what they execute.

use std::time::{Duration, Instant};

use super::client::ServeClient;
use super::connection::CallError;
use super::error::ProcessError;
use super::exit::Exit;
use super::far_process::FarProcess;
use super::scenario_context::ScenarioContext;
use crate::harmony::protocol::jsonrpc::is_missing_method;
use crate::model::ProcessChangeKind;
use crate::platform::{Descendant, kill_child, runs};

/// The time that a process that was asked to crash has to do it.
const CRASH_TIMEOUT: Duration = Duration::from_secs(1);

/// The time that a process that was killed has to end.
const KILL_TIMEOUT: Duration = Duration::from_secs(5);

/// The interval at which a wait checks whether processes other than children have ended.
const POLL_INTERVAL: Duration = Duration::from_millis(2);

/// The argument that the reference runner passes to `crash` by mistake: its cancellation token.
const DOTNET_CANCELLATION_TOKEN: &str = r#"[{"IsCancellationRequested":false,"CanBeCanceled":false,"WaitHandle":{"Handle":{"value":0},"SafeWaitHandle":{"IsInvalid":false,"IsClosed":false}}}]"#;

impl ServeClient {
    /// Kills the process and every process it started.
    pub(in crate::harmony) fn kill(
        &mut self,
        context: &ScenarioContext<'_>,
    ) -> Result<Exit, ProcessError> {
        if self.far.is_some() {
            return self.kill_far(context);
        }
        self.connection.note(ProcessChangeKind::Killed);
        self.connection.process.kill();
        self.gone_within(context.stop_timeout)
    }

    /// Kills the process behind the wrapper if it is one of this machine, and otherwise asks it to crash
    /// or, if it does not know how, to shut down.
    fn kill_far(&mut self, context: &ScenarioContext<'_>) -> Result<Exit, ProcessError> {
        self.connection.note(ProcessChangeKind::Killed);
        if self.kill_here(context.stop_timeout)? {
            return self.gone_within(context.stop_timeout);
        }
        for method in ["crash", "shutdown"] {
            // Dying without a response is as good as responding.
            let _ = self.connection.call(method, "[]", CRASH_TIMEOUT, context.stop);
            if let Some(exit) = self.connection.process.wait(CRASH_TIMEOUT) {
                return Ok(exit);
            }
        }
        self.connection.process.end_input();
        if let Some(exit) = self.connection.process.wait(context.stop_timeout) {
            return Ok(exit);
        }
        self.connection.process.kill();
        Err(self.unverified())
    }

    /// Kills the process behind the wrapper, its descendants and the wrapper, and waits until they have
    /// ended; returns false if it is not a process of this machine.
    ///
    /// # Errors
    /// [`ProcessError::Unkillable`].
    fn kill_here(&mut self, limit: Duration) -> Result<bool, ProcessError> {
        let leader = self.connection.process.pid();
        let here = self.far.as_ref().map_or_else(Vec::new, |far| far.here(leader));
        if here.is_empty() {
            return Ok(false);
        }
        self.connection.process.kill();
        for process in &here {
            // One that left the group of the wrapper.
            kill_child(process.id);
        }
        let until = Instant::now() + limit;
        while here.iter().any(|process: &Descendant| runs(process.id)) {
            if Instant::now() >= until {
                return Err(ProcessError::Unkillable(self.connection.to_string()));
            }
            std::thread::sleep(POLL_INTERVAL);
        }
        Ok(true)
    }

    /// Returns the error of a process that could not be seen to end.
    fn unverified(&mut self) -> ProcessError {
        let wrapper = self.far.as_ref().map_or_else(String::new, FarProcess::to_string);
        ProcessError::Unverified { process: self.connection.to_string(), wrapper }
    }

    /// Asks the process to crash, and kills it if it does not.
    pub(in crate::harmony) fn crash(
        &mut self,
        context: &ScenarioContext<'_>,
    ) -> Result<Exit, ProcessError> {
        self.connection.note(ProcessChangeKind::Crashed);
        // Most serves do not know the method; dying without a response is as good as responding.
        let called =
            self.connection.call("crash", DOTNET_CANCELLATION_TOKEN, CRASH_TIMEOUT, context.stop);
        let refused = matches!(called, Err(CallError::Rpc(_)));
        if refused
            || self.connection.process.wait(CRASH_TIMEOUT.min(context.stop_timeout)).is_none()
        {
            if self.far.is_some() {
                return self.kill_far(context);
            }
            self.connection.process.kill();
        }
        self.gone_within(context.stop_timeout)
    }

    /// Asks the process to shut down and waits until it has ended.
    pub(in crate::harmony) fn shut_down(
        &mut self,
        context: &ScenarioContext<'_>,
    ) -> Result<Exit, ProcessError> {
        let limit = self.step_timeout;
        self.connection.note(ProcessChangeKind::ShutDown);
        match self.connection.call("shutdown", "[]", limit, context.stop) {
            Ok(_) | Err(CallError::Died(Some(Exit::Code(0)))) => {}
            Err(error) => return Err(self.connection.error(&error)),
        }
        self.connection.process.end_input();
        match self.connection.process.wait(context.stop_timeout) {
            Some(exit) => Ok(exit),
            None => Err(ProcessError::StillRunning {
                process: self.connection.to_string(),
                limit_ms: context.stop_timeout.as_millis(),
            }),
        }
    }

    /// Crashes the process as the reference runner does: by a call that must get a response.
    pub(in crate::harmony) fn compat_crash(
        &mut self,
        context: &ScenarioContext<'_>,
    ) -> Result<(), ProcessError> {
        let called = self.connection.call(
            "crash",
            DOTNET_CANCELLATION_TOKEN,
            self.step_timeout,
            context.stop,
        );
        called.map(drop).map_err(|error| self.connection.error(&error))
    }

    /// Shuts the process down as the reference runner does: errors of one family count, those of the
    /// other do not.
    pub(in crate::harmony) fn compat_shutdown(
        &mut self,
        context: &ScenarioContext<'_>,
    ) -> Result<(), ProcessError> {
        match self.connection.call("shutdown", "[]", self.step_timeout, context.stop) {
            Ok(_) => Ok(()),
            Err(CallError::Rpc(error)) if !is_missing_method(error.code) => Ok(()),
            Err(error) => Err(self.connection.error(&error)),
        }
    }

    /// Asks the process to end, by closing its input.
    pub(in crate::harmony) fn end_input(&mut self) {
        // Paused, it would not notice.
        self.resume();
        // A wrapper may not pass the end of its input on.
        if self.far.is_some() && self.connection.process.exit().is_none() {
            self.connection.send("shutdown", "[]");
        }
        self.connection.process.end_input();
    }

    /// Waits until `deadline` for the end, then kills; returns true if no kill was needed.
    pub(in crate::harmony) fn terminate_by(&mut self, deadline: Instant) -> bool {
        let left = deadline.saturating_duration_since(Instant::now());
        let ended = self.connection.process.wait(left).is_some();
        if !ended {
            self.connection.note(ProcessChangeKind::Killed);
            let is_killed_here = self.kill_here(KILL_TIMEOUT).unwrap_or(false);
            self.is_unverified = self.far.is_some() && !is_killed_here;
            self.connection.process.kill();
        }
        self.connection.process.wait_until_gone(KILL_TIMEOUT);
        ended
    }

    fn gone_within(&self, limit: Duration) -> Result<Exit, ProcessError> {
        let exit = self.connection.process.wait(limit);
        exit.ok_or_else(|| ProcessError::Unkillable(self.connection.to_string()))
    }
}
