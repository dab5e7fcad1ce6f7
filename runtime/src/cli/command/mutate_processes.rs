//! `mutate` across processes: the originals in their combinations of platforms.

use std::num::NonZeroUsize;
use std::sync::Arc;

use super::error::CommandError;
use crate::cli::settings::{MutateSettings, PlatformNames, suite_env};
use crate::config::ConfigSources;
use crate::harmony::HarmonyTrials;
use crate::harmony::combinations::CombinationFilter;
use crate::harmony::config::Config;
use crate::harmony::routing::Mode;
use crate::harmony::runner::{RunnerOptions, ScenarioInstance, instances};
use crate::local::Selection;
use crate::model::{Scenario, StopFlag};
use crate::text::shell_quote;

/// The numbers of scenarios that run in parallel.
#[derive(Debug, Clone, Copy)]
pub(super) struct TrialJobs {
    pub(super) usual: NonZeroUsize,
    /// The number if most of them wait.
    pub(super) waiting: NonZeroUsize,
}

/// The originals of a campaign across processes.
pub(super) struct Processes {
    instances: Vec<ScenarioInstance>,
    options: RunnerOptions,
    jobs: TrialJobs,
}

impl Processes {
    /// Returns the selected scenarios in the combinations that the settings choose; `None` if the settings
    /// choose none, so that the campaign is local.
    pub(super) fn of_settings(
        settings: &MutateSettings,
        sources: &ConfigSources,
        selection: &Selection,
        jobs: TrialJobs,
        stop: StopFlag,
    ) -> Result<Option<Self>, CommandError> {
        let execution = &settings.execution;
        let filter = match (&execution.combo, &execution.platforms) {
            (None, None) => return Ok(None),
            (Some(combo), None) => combo.clone(),
            (None, Some(PlatformNames(names))) => CombinationFilter::All(names.clone()),
            (Some(_), Some(PlatformNames(names))) => {
                let given = format!("--combo, --platforms {}", names.join(","));
                return Err(CommandError::SeveralCombinations(given));
            }
        };
        let mut config = Config::find()?;
        // As for `harmony`: the processes do not read the command line of this process.
        let variables = suite_env(sources);
        for platform in &mut config.platforms {
            platform.environment.splice(0..0, variables.iter().cloned());
        }
        let instances = instances(&selection.scenarios, &config, &filter, Mode::Strict)?;
        let options = RunnerOptions {
            jobs: jobs.usual,
            step_timeout: execution.step_timeout,
            schedule: execution.exclusion.options(),
            start_delay: config.start_delay,
            feature_tags: selection.feature_tags.clone(),
            stop,
            ..RunnerOptions::default()
        };
        Ok(Some(Self { instances, options, jobs }))
    }

    /// Returns the originals, each with its combination in its name.
    pub(super) fn originals(&self) -> Vec<Arc<Scenario>> {
        self.instances.iter().map(|instance| Arc::clone(&instance.display)).collect()
    }

    /// Returns the role of a step of an original, and another role of that scenario.
    pub(super) fn roles_to_swap(&self, original: usize, step: usize) -> Option<(String, String)> {
        self.instances[original].role_and_other(step)
    }

    /// Returns the option that selects the combination of each original, quoted for a shell.
    pub(super) fn rerun_options(&self) -> Vec<String> {
        let option = |instance: &ScenarioInstance| {
            format!("--combo {}", shell_quote(&instance.combination.to_option()))
        };
        self.instances.iter().map(option).collect()
    }

    pub(super) fn into_trials(self) -> HarmonyTrials {
        HarmonyTrials::new(self.instances, self.options, self.jobs.waiting)
    }
}
