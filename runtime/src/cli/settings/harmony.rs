//! Options of `harmony`.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use super::display::{DisplaySettings, conflict};
use super::option_group::Settings;
use super::schedule::ScheduleSettings;
use super::selection::SelectionSettings;
use super::value_parsers::{
    PlatformNames, mode, parse_jobs, parse_path, parse_platforms, parse_schedules, parse_seed,
    parse_timeout,
};
use crate::config::{ConfigError, ConfigErrors, ConfigProblem, Values};
use crate::harmony::combinations::CombinationFilter;
use crate::harmony::routing::Mode;

/// The number of runs of a scenario under faults.
const DEFAULT_SCHEDULES: NonZeroUsize = NonZeroUsize::new(100).unwrap();

/// The settings of `harmony`: section `[harmony]` of `harmony.toml`.
#[derive(Debug, Clone, clap::Args)]
pub(in crate::cli) struct HarmonySettings {
    #[command(flatten)]
    pub(in crate::cli) selection: SelectionSettings,
    #[command(flatten)]
    pub(in crate::cli) platforms: PlatformSettings,
    #[command(flatten)]
    pub(in crate::cli) display: DisplaySettings,
    #[command(flatten)]
    pub(in crate::cli) execution: ExecutionSettings,
    #[command(flatten)]
    pub(in crate::cli) faults: FaultSettings,
}

/// The platforms of the processes and their combinations.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Platforms")]
pub(in crate::cli) struct PlatformSettings {
    /// Platforms to combine (default: all configured)
    #[arg(long, short, value_name = "A,B", value_parser = parse_platforms)]
    pub(in crate::cli) platforms: Option<PlatformNames>,
    /// Run one combination, e.g. reader=rust,writer=python or rust_python
    #[arg(long, value_name = "COMBO", value_parser = CombinationFilter::combination)]
    pub(in crate::cli) combo: Option<CombinationFilter>,
    /// strict: process steps really kill and start processes; compat: behave exactly like the
    /// reference Harmony runner
    #[arg(
        long,
        alias = "lifecycle",
        value_name = "MODE",
        default_value = "strict",
        value_parser = mode(),
        hide_possible_values = true
    )]
    pub(in crate::cli) mode: Mode,
    /// Warn when a process breaks a rule of the protocol, instead of failing (for writing a serve)
    #[arg(long)]
    pub(in crate::cli) lenient: bool,
    /// Do not fail when another platform does not support a step
    #[arg(long)]
    pub(in crate::cli) accept_peer_limits: bool,
    /// Write the result matrix; JSON if FILE ends in .json (repeatable)
    #[arg(long, value_name = "FILE", value_parser = parse_path)]
    pub(in crate::cli) matrix: Vec<PathBuf>,
    /// Write all runner/process messages to FILE as JSON lines
    #[arg(long, value_name = "FILE", value_parser = parse_path)]
    pub(in crate::cli) trace: Option<PathBuf>,
    /// Write a log file of each process to DIR: its messages, its logs and its standard error
    #[arg(long, value_name = "DIR", value_parser = parse_path)]
    pub(in crate::cli) logs: Option<PathBuf>,
    /// Let each process of ROLE wait for a debugger or Enter, and give it no deadlines
    #[arg(long, value_name = "ROLE")]
    pub(in crate::cli) debug: Option<String>,
    /// Keep processes and shared memory of the first failed scenario; print how to end them
    #[arg(long)]
    pub(in crate::cli) keep_on_failure: bool,
}

/// The execution of scenarios across processes.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Execution")]
pub(in crate::cli) struct ExecutionSettings {
    /// Scenarios to run in parallel (default: 4 x number of cores)
    #[arg(long, short, value_name = "N", value_parser = parse_jobs)]
    pub(in crate::cli) jobs: Option<NonZeroUsize>,
    #[command(flatten)]
    pub(in crate::cli) schedule: ScheduleSettings,
    /// Stop after the first failure
    #[arg(long)]
    pub(in crate::cli) fail_fast: bool,
    /// Step timeout in seconds
    #[arg(long, value_name = "SECONDS", default_value = "35", value_parser = parse_timeout)]
    pub(in crate::cli) step_timeout: Duration,
    /// Report leaked resources (with --stats also resource usage)
    #[arg(long)]
    pub(in crate::cli) resources: bool,
}

/// The faults that strike processes.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Faults")]
pub(in crate::cli) struct FaultSettings {
    /// Run each scenario again and again while processes are killed, paused and delayed at random; SEED is
    /// a number or `random`
    #[arg(long, value_name = "SEED", value_parser = parse_seed)]
    pub(in crate::cli) chaos: Option<u64>,
    /// With --chaos: runs of each scenario, with the seeds SEED, SEED+1, … (default: 100)
    #[arg(long, value_name = "N", value_parser = parse_schedules)]
    pub(in crate::cli) schedules: Option<NonZeroUsize>,
}

impl FaultSettings {
    /// Returns the seeds of the runs of a scenario, if faults are to strike.
    pub(in crate::cli) fn seeds(&self) -> Option<Range<u64>> {
        let first = self.chaos?;
        let count = self.schedules.unwrap_or(DEFAULT_SCHEDULES).get() as u64;
        Some(first..first.saturating_add(count))
    }

    fn check_conflicts(
        &self,
        platforms: &PlatformSettings,
        values: &Values,
    ) -> Result<(), ConfigErrors> {
        match (self.chaos, self.schedules) {
            (None, Some(_)) => {
                let problem = ConfigProblem::Conflict("--schedules requires --chaos");
                Err(ConfigError { source: values.source("schedules"), problem }.into())
            }
            (Some(_), _) if platforms.mode == Mode::Compat => {
                Err(conflict(values, "chaos", "mode", "--chaos requires --mode strict"))
            }
            // Its cells have one verdict each.
            (Some(_), _) if !platforms.matrix.is_empty() => {
                Err(conflict(values, "chaos", "matrix", "--chaos conflicts with --matrix"))
            }
            _ => Ok(()),
        }
    }
}

impl Settings for HarmonySettings {
    const SECTION: &'static str = "harmony";
    const PREFIX: &'static str = "HARMONY_BDD_";

    fn check_conflicts(&self, values: &Values) -> Result<(), ConfigErrors> {
        self.display.check_conflicts(values)?;
        self.faults.check_conflicts(&self.platforms, values)
    }
}
