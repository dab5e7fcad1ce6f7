//! Steps that pause, resume or end a process.

use std::time::{Duration, Instant};

use super::step_runner::StepRunner;
use crate::harmony::plan::label::ProcessLabel;
use crate::harmony::plan::target::{ProcessEnd, Suspension};
use crate::harmony::process::error::ProcessError;
use crate::model::Step;

/// The time that the reference runner sleeps after a crash step.
const COMPAT_CRASH_DELAY: Duration = Duration::from_millis(500);

/// The time that the reference runner sleeps after a shutdown step.
const COMPAT_SHUTDOWN_DELAY: Duration = Duration::from_secs(1);

impl StepRunner<'_, '_> {
    /// Pauses or resumes a process.
    pub(super) fn suspend(
        &mut self,
        process: &ProcessLabel,
        suspension: Suspension,
        step: &Step,
    ) -> Result<(), ProcessError> {
        let context = self.context;
        let client = self.pool.client(process)?;
        match suspension {
            Suspension::Pause => {
                client.check_running()?;
                client.ready(context)?;
                client.pause(&step.location)
            }
            Suspension::Resume => {
                client.resume();
                Ok(())
            }
        }
    }

    /// Ends a process as the words of the step describe it.
    pub(super) fn stop_process(
        &mut self,
        process: &ProcessLabel,
        end: ProcessEnd,
        step: &Step,
    ) -> Result<(), ProcessError> {
        let context = self.context;
        let client = self.pool.client(process)?;
        if end != ProcessEnd::Kill {
            client.check_running()?;
        }
        client.ready(context)?;
        let (exit, how) = match end {
            ProcessEnd::Kill => (client.kill(context)?, "killed"),
            ProcessEnd::Crash => (client.crash(context)?, "made to crash"),
            ProcessEnd::Shutdown => (client.shut_down(context)?, "shut down"),
        };
        let location = step.location.clone();
        let reason = ProcessError::Ended { process: process.clone(), exit, how, location };
        self.pool.mark_exited(process, reason);
        Ok(())
    }

    /// Ends a process as the reference runner does.
    pub(super) fn stop_process_compat(
        &mut self,
        process: &ProcessLabel,
        end: ProcessEnd,
    ) -> Result<(), ProcessError> {
        let context = self.context;
        let (action, delay) = match end {
            ProcessEnd::Kill => {
                // A process that does not exist is as dead.
                if let Ok(client) = self.pool.client(process) {
                    client.end_input();
                    client.terminate_by(Instant::now() + context.stop_timeout);
                    self.pool.mark_exited(process, ProcessError::Disposed(process.clone()));
                }
                return Ok(());
            }
            ProcessEnd::Crash => ("crashes", COMPAT_CRASH_DELAY),
            ProcessEnd::Shutdown => ("shutdown", COMPAT_SHUTDOWN_DELAY),
        };
        let ended = self.pool.client(process).and_then(|client| match end {
            ProcessEnd::Crash => client.compat_crash(context),
            _ => client.compat_shutdown(context),
        });
        ended.map_err(|error| match error {
            ProcessError::Stopped => error,
            _ => {
                let (process, reason) = (process.clone(), Box::new(error));
                ProcessError::NotEnded { action, process, reason }
            }
        })?;
        if context.sleep(delay) { Ok(()) } else { Err(ProcessError::Stopped) }
    }
}
