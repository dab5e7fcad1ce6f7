//! The processes of one scenario by label: the running ones, those that ended and why, and the end of
//! all.

use std::time::Instant;

use super::activity::process_activity;
use super::client::ServeClient;
use super::error::ProcessError;
use super::keep::KeptProcess;
use super::scenario_context::ScenarioContext;
use super::trace::Endpoint;
use super::transcript::render_transcript;
use crate::harmony::plan::combinations::Combination;
use crate::harmony::plan::label::ProcessLabel;
use crate::harmony::plan::mode::Mode;
use crate::model::ProcessActivity;

/// A process of the pool.
enum Slot {
    Running(Box<ServeClient>),
    /// A step ended it; the reason for later steps.
    Exited(ProcessError),
    /// It could not be started, for this reason.
    NotStarted(ProcessError),
}

/// The processes of a scenario that has ended.
#[derive(Debug, Default)]
pub(in crate::harmony) struct EndedProcesses {
    pub(in crate::harmony) activities: Vec<ProcessActivity>,
    /// Those behind wrappers that did not end when they were asked to, and that may still run.
    pub(in crate::harmony) unverified: Vec<String>,
}

/// The processes of one scenario.
pub(in crate::harmony) struct ProcessPool<'a> {
    context: &'a ScenarioContext<'a>,
    combination: &'a Combination,
    /// Sorted by label.
    slots: Vec<(ProcessLabel, Slot)>,
    /// Processes that another one has replaced, and those that a step ended.
    retired: Vec<ServeClient>,
    /// Process ids.
    reported_exits: Vec<u32>,
}

impl<'a> ProcessPool<'a> {
    pub(in crate::harmony) fn new(
        context: &'a ScenarioContext<'a>,
        combination: &'a Combination,
    ) -> Self {
        let (slots, retired, reported_exits) = Default::default();
        Self { context, combination, slots, retired, reported_exits }
    }

    /// Starts a process under `label`, in place of one that is there.
    ///
    /// # Errors
    /// The reason why it could not be started.
    pub(in crate::harmony) fn start(
        &mut self,
        label: &ProcessLabel,
    ) -> Result<&mut ServeClient, ProcessError> {
        if let Some(Slot::Running(mut before)) = self.remove(label) {
            // Two processes of one role would compete for what belongs to the role.
            before.end_input();
            before.terminate_by(Instant::now() + self.context.stop_timeout);
            self.retired.push(*before);
        }
        let started = match self.combination.platform(&label.role) {
            Some(platform) => ServeClient::start(label, platform, self.context),
            None => Err(ProcessError::NoPlatform(label.role.clone())),
        };
        let slot = match started {
            Ok(client) => Slot::Running(Box::new(client)),
            Err(reason) => Slot::NotStarted(reason),
        };
        self.insert(label, slot);
        self.client(label)
    }

    /// Returns whether there is, or was, a process under this label.
    pub(in crate::harmony) fn knows(&self, label: &ProcessLabel) -> bool {
        self.slots.iter().any(|(known, _)| known == label)
    }

    /// Returns the platform name of the process under `label`, also if it has ended.
    pub(in crate::harmony) fn platform(&self, label: &ProcessLabel) -> String {
        let platform = self.combination.platform(&label.role);
        platform.map_or_else(String::new, |platform| platform.name.clone())
    }

    /// Returns the process under `label`.
    ///
    /// # Errors
    /// The reason why there is none.
    pub(in crate::harmony) fn client(
        &mut self,
        label: &ProcessLabel,
    ) -> Result<&mut ServeClient, ProcessError> {
        match self.slots.iter_mut().find(|(known, _)| known == label) {
            Some((_, Slot::Running(client))) => Ok(client),
            Some((_, Slot::Exited(reason) | Slot::NotStarted(reason))) => Err(reason.clone()),
            None => Err(match self.context.mode {
                Mode::Strict => ProcessError::Unknown(label.clone()),
                Mode::Compat => ProcessError::NoConnection(label.clone()),
            }),
        }
    }

    /// Returns the processes that a broadcast step goes to, sorted by label: all that run, and those that
    /// could not be started, whose reason fails the step. In compat mode also those that were stopped,
    /// since the reference runner keeps them in its table.
    pub(in crate::harmony) fn broadcast_targets(&self) -> Vec<ProcessLabel> {
        let all = self.context.mode == Mode::Compat;
        let is_target = |slot: &Slot| all || !matches!(slot, Slot::Exited(_));
        let targets = self.slots.iter().filter(|(_, slot)| is_target(slot));
        targets.map(|(label, _)| label.clone()).collect()
    }

    /// Returns all that run, sorted by label.
    pub(in crate::harmony) fn running(
        &mut self,
    ) -> impl Iterator<Item = (&ProcessLabel, &mut ServeClient)> {
        self.slots.iter_mut().filter_map(|(label, slot)| match slot {
            Slot::Running(client) => Some((&*label, &mut **client)),
            Slot::Exited(_) | Slot::NotStarted(_) => None,
        })
    }

    /// Returns a sentence for each process that ended without having been asked to; for each once.
    pub(in crate::harmony) fn take_unexpected_exits(&mut self) -> Vec<String> {
        let reported = &mut self.reported_exits;
        let mut exits = Vec::new();
        for (_, slot) in &self.slots {
            if let Slot::Running(client) = slot
                && let Some(exit) = client.connection.process.exit()
                && !reported.contains(&client.connection.process.pid())
            {
                reported.push(client.connection.process.pid());
                exits.push(format!("{} exited unexpectedly: {exit}", client.connection));
            }
        }
        exits
    }

    /// Returns the labels and platforms of the processes that are not known to be ready.
    pub(in crate::harmony) fn starting(&self) -> Vec<String> {
        let starting = self.slots.iter().filter_map(|(label, slot)| match slot {
            Slot::Running(client) if client.is_starting() => Some(label),
            _ => None,
        });
        starting.map(|label| format!("{label} ({})", self.platform(label))).collect()
    }

    /// Marks the process as ended, for `reason`; its last messages can still be shown.
    pub(in crate::harmony) fn mark_exited(&mut self, label: &ProcessLabel, reason: ProcessError) {
        if let Some(Slot::Running(client)) = self.remove(label) {
            self.retired.push(*client);
        }
        self.insert(label, Slot::Exited(reason));
    }

    fn remove(&mut self, label: &ProcessLabel) -> Option<Slot> {
        let at = self.slots.iter().position(|(known, _)| known == label)?;
        Some(self.slots.remove(at).1)
    }

    /// Fills a label that has no slot.
    fn insert(&mut self, label: &ProcessLabel, slot: Slot) {
        let at = self.slots.partition_point(|(known, _)| known < label);
        self.slots.insert(at, (label.clone(), slot));
    }

    /// Returns the last messages of all processes, for a failure.
    pub(in crate::harmony) fn transcript(&self) -> String {
        let mut connections: Vec<_> =
            self.retired.iter().map(|client| &client.connection).collect();
        for (_, slot) in &self.slots {
            if let Slot::Running(client) = slot {
                connections.push(&client.connection);
            }
        }
        render_transcript(&connections, self.context.transcript_columns)
    }

    /// Lets the running processes survive this one, and ends those that cannot. Returns the activity of all
    /// processes, and those that survive.
    pub(in crate::harmony) fn keep(mut self) -> (EndedProcesses, Vec<KeptProcess>) {
        let mut kept = Vec::new();
        let mut activities = Vec::new();
        for (_, slot) in std::mem::take(&mut self.slots) {
            let Slot::Running(mut client) = slot else { continue };
            if client.connection.process.exit().is_some()
                || client.connection.process.keep().is_err()
            {
                self.retired.push(*client);
                continue;
            }
            let Endpoint { process, platform, .. } = &client.connection.endpoint;
            let name = format!("{process} ({platform})");
            kept.push(KeptProcess { name, pid: client.connection.process.pid() });
            activities.push(self.activity(&client));
        }
        let mut ended = self.end();
        ended.activities.extend(activities);
        (ended, kept)
    }

    /// Asks all processes to end at once and waits; kills those that do not end in time. Returns the
    /// activity of all.
    pub(in crate::harmony) fn end(mut self) -> EndedProcesses {
        let at_once = self.context.stop.is_set();
        let mut clients = std::mem::take(&mut self.retired);
        for (_, slot) in std::mem::take(&mut self.slots) {
            if let Slot::Running(client) = slot {
                clients.push(*client);
            }
        }
        for client in &mut clients {
            client.end_input();
        }
        let now = Instant::now();
        let deadline = if at_once { now } else { now + self.context.stop_timeout };
        for client in &mut clients {
            client.terminate_by(deadline);
        }
        let unverified = clients.iter().filter(|client| client.is_unverified);
        EndedProcesses {
            unverified: unverified.map(|client| client.connection.to_string()).collect(),
            activities: clients.iter().map(|client| self.activity(client)).collect(),
        }
    }

    fn activity(&self, client: &ServeClient) -> ProcessActivity {
        let name = self.context.name_in_lane(&client.connection.endpoint);
        process_activity(&client.connection, name, self.context.run_began)
    }
}
