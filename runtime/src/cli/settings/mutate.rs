//! Options of `mutate`.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use super::color::ColorOption;
use super::option_group::Settings;
use super::report_spec::ReportSpec;
use super::schedule::ExclusionSettings;
use super::selection::SelectionSettings;
use super::value_parsers::{
    PlatformNames, parse_budget, parse_jobs, parse_path, parse_percent, parse_platforms,
    parse_seed, parse_timeout,
};
use crate::config::{ConfigErrors, Values};
use crate::harmony::combinations::CombinationFilter;

/// The settings of `mutate`: section `[mutate]` of `harmony.toml`.
#[derive(Debug, Clone, clap::Args)]
pub(in crate::cli) struct MutateSettings {
    #[command(flatten)]
    pub(in crate::cli) selection: SelectionSettings,
    #[command(flatten)]
    pub(in crate::cli) mutants: MutantSettings,
    #[command(flatten)]
    pub(in crate::cli) output: MutateOutput,
    #[command(flatten)]
    pub(in crate::cli) execution: MutateExecution,
}

/// The mutants of a campaign.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Mutants")]
pub(in crate::cli) struct MutantSettings {
    /// Run only the mutant with this id (repeatable)
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) only: Vec<String>,
    /// Repeat every Given and When as well; a report, not part of the score
    #[arg(long)]
    pub(in crate::cli) repeat: bool,
    /// Start no further mutant after this time, e.g. 60s or 5m; the mutants are a random sample
    #[arg(long, value_name = "TIME", value_parser = parse_budget)]
    pub(in crate::cli) budget: Option<Duration>,
    /// Seed of the random order: a number or `random` (default: 1 with --budget)
    #[arg(long, value_name = "SEED", value_parser = parse_seed)]
    pub(in crate::cli) seed: Option<u64>,
    /// Fail if the score is below PERCENT
    #[arg(long, value_name = "PERCENT", value_parser = parse_percent)]
    pub(in crate::cli) deny_below: Option<f64>,
    /// Fail if a mutant is unnoticed that is not unnoticed in FILE, written with --format json
    #[arg(long, value_name = "FILE", value_parser = parse_path)]
    pub(in crate::cli) baseline: Option<PathBuf>,
    /// File that keeps the mutants that no step noticed, to run them first the next time (default: below
    /// the target folder)
    #[arg(long, value_name = "FILE", value_parser = parse_path)]
    pub(in crate::cli) unnoticed_file: Option<PathBuf>,
}

/// The output of a campaign.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Output")]
pub(in crate::cli) struct MutateOutput {
    /// List every mutant with its verdict
    #[arg(long, short)]
    pub(in crate::cli) verbose: bool,
    /// Output format: text or json
    #[arg(long, short, value_name = "FORMAT", default_value = "text", hide_possible_values = true)]
    pub(in crate::cli) format: FindingFormat,
    #[command(flatten)]
    pub(in crate::cli) color: ColorOption,
    /// Write an HTML page with the features, in which unnoticed words are marked
    #[arg(long, value_name = "FILE", value_parser = parse_path)]
    pub(in crate::cli) page: Option<PathBuf>,
    /// Write a report of the unchanged scenarios with the verdicts attached to the steps, as for run
    /// (repeatable)
    #[arg(long, value_name = "KIND=FILE")]
    pub(in crate::cli) report: Vec<ReportSpec>,
}

/// The format of the findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(in crate::cli) enum FindingFormat {
    Text,
    Json,
}

/// The execution of changed scenarios.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Execution")]
pub(in crate::cli) struct MutateExecution {
    /// Scenarios to run in parallel (default: 4 x number of cores)
    #[arg(long, short, value_name = "N", value_parser = parse_jobs)]
    pub(in crate::cli) jobs: Option<NonZeroUsize>,
    #[command(flatten)]
    pub(in crate::cli) exclusion: ExclusionSettings,
    /// Step timeout of unchanged scenarios in seconds
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = parse_timeout)]
    pub(in crate::cli) step_timeout: Duration,
    /// Shortest step timeout of a mutant in seconds on its first run; it is 5 times the duration of the
    /// scenario. A mutant that exceeds it runs once more, with the step timeout of unchanged scenarios
    #[arg(long, value_name = "SECONDS", default_value = "0.5", value_parser = parse_timeout)]
    pub(in crate::cli) min_timeout: Duration,
    /// Run across processes, in every combination of these platforms, as `harmony` does
    #[arg(long, short, value_name = "A,B", value_parser = parse_platforms)]
    pub(in crate::cli) platforms: Option<PlatformNames>,
    /// Run across processes in one combination, e.g. reader=rust,writer=python or rust_python
    #[arg(long, value_name = "COMBO", value_parser = CombinationFilter::combination)]
    pub(in crate::cli) combo: Option<CombinationFilter>,
}

impl Settings for MutateSettings {
    const SECTION: &'static str = "mutate";
    const PREFIX: &'static str = "HARMONY_BDD_MUTATE_";

    fn check_conflicts(&self, _values: &Values) -> Result<(), ConfigErrors> {
        Ok(())
    }
}
