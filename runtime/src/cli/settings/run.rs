//! Options of `run`.

use std::num::NonZeroUsize;
use std::time::Duration;

use super::display::{DisplaySettings, conflict};
use super::option_group::Settings;
use super::schedule::ScheduleSettings;
use super::selection::SelectionSettings;
use super::value_parsers::{isolation, log_level, parse_jobs, parse_timeout, tokio_flavor};
use crate::config::{ConfigErrors, Source, Values};
use crate::engine::TokioFlavor;
use crate::local::{Isolation, RunOptions, SelectOptions};
use crate::observe::LevelFilter;

/// The settings of `run`: section `[run]` of `harmony.toml`.
#[derive(Debug, Clone, clap::Args)]
pub(in crate::cli) struct RunSettings {
    #[command(flatten)]
    pub(in crate::cli) selection: SelectionSettings,
    #[command(flatten)]
    pub(in crate::cli) display: DisplaySettings,
    #[command(flatten)]
    pub(in crate::cli) execution: ExecutionSettings,
}

/// The execution of scenarios in this process.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Execution")]
pub(in crate::cli) struct ExecutionSettings {
    /// Scenarios to run in parallel (default: number of cores)
    #[arg(long, short, value_name = "N", value_parser = parse_jobs)]
    pub(in crate::cli) jobs: Option<NonZeroUsize>,
    /// Run scenarios on threads, or in processes, one for each job: what a scenario prints is its own then
    #[arg(long, value_name = "UNIT", default_value = "thread", value_parser = isolation())]
    pub(in crate::cli) isolation: Isolation,
    #[command(flatten)]
    pub(in crate::cli) schedule: ScheduleSettings,
    /// Stop after the first failure
    #[arg(long)]
    fail_fast: bool,
    /// Match steps without running them
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
    /// Step timeout in seconds
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = parse_timeout)]
    step_timeout: Duration,
    /// Async runtime of scenarios: multi-thread or current-thread
    #[arg(long, value_name = "FLAVOR", default_value = "multi-thread", value_parser = tokio_flavor())]
    tokio_flavor: TokioFlavor,
    /// Print step output immediately instead of capturing it
    #[arg(long = "no-capture", action = clap::ArgAction::SetFalse)]
    capture: bool,
    /// Attach `tracing` events up to LEVEL to the step (or off)
    #[arg(long, value_name = "LEVEL", default_value = "info", value_parser = log_level())]
    pub(in crate::cli) log: LevelFilter,
    /// Report leaked resources (with --stats also resource usage); implies -j 1
    #[arg(long)]
    resources: bool,
    /// Rerun when a feature file changes
    #[arg(long)]
    pub(in crate::cli) watch: bool,
}

impl Settings for RunSettings {
    const SECTION: &'static str = "run";
    const PREFIX: &'static str = "HARMONY_BDD_";

    fn check_conflicts(&self, values: &Values) -> Result<(), ConfigErrors> {
        self.display.check_conflicts(values)?;
        // A number of jobs in a file or in the environment is meant for other runs.
        let parallel = self.execution.jobs.is_some_and(|jobs| jobs.get() > 1)
            && matches!(values.source("jobs"), Source::CommandLine(_));
        if parallel && self.execution.resources {
            let problem = "--resources runs scenarios one at a time and conflicts with --jobs";
            return Err(conflict(values, "resources", "jobs", problem));
        }
        if self.is_isolated() && !self.execution.capture {
            let problem =
                "--isolation process captures the output of steps and conflicts with --no-capture";
            return Err(conflict(values, "isolation", "no-capture", problem));
        }
        if self.is_isolated() && self.execution.resources {
            let problem = "--resources measures one process and conflicts with --isolation process";
            return Err(conflict(values, "isolation", "resources", problem));
        }
        Ok(())
    }
}

impl RunSettings {
    /// Returns the options of the selection, with the selectors of the command line.
    pub(in crate::cli) fn select_options(&self, selectors: &[String]) -> SelectOptions {
        SelectOptions {
            keep_documents: self.display.needs_documents(),
            ..self.selection.select_options(selectors)
        }
    }

    /// Returns the options of the run.
    pub(in crate::cli) fn run_options(&self) -> RunOptions {
        let ExecutionSettings {
            jobs,
            isolation: place,
            schedule,
            fail_fast,
            dry_run,
            step_timeout,
            tokio_flavor,
            resources,
            ..
        } = &self.execution;
        let default = RunOptions::default();
        RunOptions {
            jobs: jobs.unwrap_or(default.jobs),
            isolation: *place,
            step_timeout: *step_timeout,
            tokio_flavor: *tokio_flavor,
            schedule: schedule.options(),
            fail_fast: *fail_fast,
            dry_run: *dry_run,
            measure_resources: *resources,
            ..default
        }
    }

    /// True if scenarios run in processes, apart from a dry run.
    pub(in crate::cli) fn is_isolated(&self) -> bool {
        self.execution.isolation == Isolation::Process && !self.execution.dry_run
    }

    /// True if the output of steps is captured.
    pub(in crate::cli) fn captures_output(&self) -> bool {
        self.execution.capture && !self.execution.dry_run
    }
}
