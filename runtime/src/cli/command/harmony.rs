//! `harmony`: runs scenarios across processes.

use std::io::{self, BufReader, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use super::compat_selection::selected_compat_scenarios;
use super::error::CommandError;
use super::faults::{fault_summary, with_seeds};
use super::interrupt::{Notice, stop_on_interrupt};
use super::rerun_combinations::RerunCombinations;
use super::rerun_command::rerun_command;
use crate::cli::exit_code::{EXIT_FAILED, EXIT_INTERRUPTED};
use crate::cli::output::{
    LastRerun, LinkedSteps, MatrixFiles, OutputError, RealStdio, TerminalOptions,
    add_terminal_reports, open_report_files, terminal_columns,
};
use crate::cli::settings::{ConfiguredCommand, HarmonySettings, PlatformNames, suite_env};
use crate::config::ConfigSources;
use crate::engine::Registry;
use crate::harmony::combinations::CombinationFilter;
use crate::harmony::config::Config;
use crate::harmony::debug_pause::DebugPause;
use crate::harmony::log_file::LogFolder;
use crate::harmony::matrix::Matrix;
use crate::harmony::routing::Mode;
use crate::harmony::runner::{self, RunnerOptions, ScenarioInstance};
use crate::harmony::trace::TraceWriter;
use crate::local::{self, SelectOptions, Selection};
use crate::model::{Event, Scenario, StopFlag};
use crate::platform::{stderr_file, stdout_file};
use crate::report::{ClosingNotes, ReporterSet, RunMetadata, Verbosity};
use crate::text::shell_quote;

pub(super) fn harmony(
    command: &ConfiguredCommand<HarmonySettings>,
    sources: &ConfigSources,
) -> Result<ExitCode, CommandError> {
    let settings = &command.settings;
    let mut config = Config::find()?;
    // Processes read the suite's settings themselves, without the file and the command line of this
    // process. The configuration of a platform comes last and overrides them.
    let variables = suite_env(sources);
    for platform in &mut config.platforms {
        platform.environment.splice(0..0, variables.iter().cloned());
    }
    let mut selectors = command.selectors.clone();
    let rerun_combinations = RerunCombinations::read(settings.selection.rerun.as_deref())?;
    let mut filter = combination_filter(command, &config, &mut selectors)?;
    if filter == CombinationFilter::default() {
        filter = rerun_combinations.filter();
    }
    if let Some(stale) = config.stale_executable() {
        // Without stderr the run goes on all the same.
        let _ = writeln!(io::stderr(), "warning: {stale}");
    }
    let stop = StopFlag::default();
    let mut options = runner_options(settings, &config, stop.clone())?;
    stop_on_interrupt(stop.clone(), Notice::InReport)?;
    let selection = local::select(&select_options(settings, &config, selectors))?;
    options.feature_tags.clone_from(&selection.feature_tags);
    let has_faults = settings.faults.chaos.is_some();
    warn_of_ineffective_schedule(&selection.scenarios, &options, has_faults);
    let (trace, logs) = (options.trace.clone(), options.logs.clone());
    let keep = options.keep.clone();
    let mut metadata = RunMetadata {
        documents: selection.documents.clone(),
        // Without step definitions in this binary, other processes may still run the steps.
        library: Registry::collect().ok().map(|r| LinkedSteps::library(Arc::new(r), false)),
        ..RunMetadata::default()
    };
    let mut instances = instances(selection, &config, &filter, options.mode)?;
    instances.retain(|instance| rerun_combinations.contains(instance));
    if let Some(role) = &settings.platforms.debug {
        runner::check_role(&instances, role)?;
        options.debug = Some(debug_pause(role)?);
    }
    let seeds = settings.faults.seeds();
    if let Some(seeds) = seeds.clone() {
        instances = runner::with_fault_plans(&instances, seeds, &options.feature_tags)?;
    }
    let options_of_mode: &[&str] = match options.mode {
        Mode::Strict => &[],
        Mode::Compat => &["--mode compat"],
    };
    let combos: Vec<String> = instances
        .iter()
        .map(|instance| format!("--combo {}", shell_quote(&instance.combination.to_option())))
        .collect();
    metadata.rerun_options.clone_from(&combos);
    let rerun = rerun_command("harmony", &command.config, options_of_mode)
        .scenario_options(with_seeds(combos, &instances));
    let mut reports = ReporterSet::with_flaky_result(settings.execution.schedule.flaky);
    let stdio = RealStdio {
        stdout: stdout_file().map_err(OutputError::Stdout)?,
        stderr: stderr_file().map_err(OutputError::Stdout)?,
    };
    let specs = &settings.display.reports_with_ci();
    let mut notes = ClosingNotes::default();
    if let Some(rerun) = LastRerun::new(
        settings.display.rerun_file.as_deref(),
        metadata.rerun_options.clone(),
        notes.clone(),
    ) {
        reports.add("rerun file", rerun);
    }
    if let Some(columns) = terminal_columns(&stdio.terminal(specs)?) {
        options.transcript_columns = columns;
    }
    let terminal = TerminalOptions {
        display: &settings.display,
        rerun,
        seed: settings.selection.shuffle,
        // A redrawn screen would hide what the wait for a debugger prints.
        may_redraw: settings.platforms.debug.is_none(),
        notes: notes.clone(),
    };
    add_terminal_reports(stdio.terminal(specs)?, terminal, &mut reports)?;
    open_report_files(specs, &metadata, &stdio, &mut reports)?;
    let fault_counts = options.fault_counts.clone();
    let matrix_files = MatrixFiles::open(&settings.platforms.matrix)?;
    let mut matrix = Matrix::new(&instances);
    let mut end = None;
    let verdicts = runner::run(instances, options, |event| match event {
        // The matrix comes first.
        Event::RunFinished { .. } => end = Some(event),
        event => reports.on_event(&event),
    })
    .map_err(CommandError::Run)?;
    matrix.fill(verdicts);
    if let Some(seeds) = seeds {
        let summary = fault_summary(&seeds, fault_counts.totals());
        write!(notes, "{summary}").map_err(OutputError::Stdout)?;
    } else if matrix.compares() {
        // The reasons are those of the report above.
        let table = match settings.display.verbosity() {
            Verbosity::Quiet => String::new(),
            Verbosity::Normal | Verbosity::Verbose => format!("\n{}\n", matrix.to_table()),
        };
        write!(notes, "{table}{}", matrix.to_sums()).map_err(OutputError::Stdout)?;
    }
    if let Some(kept) = keep.and_then(|keep| keep.kept()) {
        write!(notes, "\n{kept}").map_err(OutputError::Stdout)?;
    }
    end.iter().for_each(|event| reports.on_event(event));
    matrix_files.write(&matrix)?;
    let mut incomplete = reports.errors().to_vec();
    incomplete.extend(finish_trace(trace, settings).err().map(|error| error.to_string()));
    incomplete.extend(logs.and_then(|logs| logs.finish().err()).map(|error| error.to_string()));
    if !incomplete.is_empty() {
        return Err(CommandError::IncompleteReports(incomplete));
    }
    let totals = reports.totals();
    let accepts_limits = settings.platforms.accept_peer_limits;
    let is_supported = totals.unsupported == 0 || (accepts_limits && matrix.is_success());
    Ok(if stop.is_set() {
        ExitCode::from(EXIT_INTERRUPTED)
    } else if totals.is_success() && is_supported {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(EXIT_FAILED)
    })
}

/// Warns of tags and options for the schedule that have no effect in this run.
fn warn_of_ineffective_schedule(
    scenarios: &[Arc<Scenario>],
    options: &RunnerOptions,
    has_faults: bool,
) {
    let schedule = &options.schedule;
    let reason = match options.mode {
        Mode::Compat if scenarios.iter().any(|scenario| schedule.affects(&scenario.tags)) => {
            "--mode compat: retries and the tags @serial, @lock, @retry and @allow.skipped have no \
             effect, as in the reference runner"
        }
        Mode::Strict
            if has_faults && scenarios.iter().any(|scenario| schedule.retries(&scenario.tags)) =>
        {
            "--chaos: retries have no effect, since they would hide what a fault has found"
        }
        _ => return,
    };
    // Without stderr the run goes on all the same.
    let _ = writeln!(io::stderr(), "warning: {reason}");
}

/// Returns the combinations chosen by `--combo`, by a word among the selectors, or by `--platforms`.
/// The command line overrides other sources.
fn combination_filter(
    command: &ConfiguredCommand<HarmonySettings>,
    config: &Config,
    selectors: &mut Vec<String>,
) -> Result<CombinationFilter, CommandError> {
    let word = selectors.iter().position(|word| CombinationFilter::is_short_form(word, config));
    let word = word.map(|index| selectors.remove(index));
    let is_option = |name| command.set_by_options.contains(&name);
    let is_on_command_line = word.is_some() || is_option("combo") || is_option("platforms");
    let counts = |name| !is_on_command_line || is_option(name);
    let settings = &command.settings.platforms;
    let combo = settings.combo.as_ref().filter(|_| counts("combo"));
    let platforms = settings.platforms.as_ref().filter(|_| counts("platforms"));
    match (combo, word, platforms) {
        (None, None, None) => Ok(CombinationFilter::default()),
        (Some(combo), None, None) => Ok(combo.clone()),
        (None, Some(word), None) => Ok(CombinationFilter::combination(&word)?),
        (None, None, Some(PlatformNames(names))) => Ok(CombinationFilter::All(names.clone())),
        (combo, word, platforms) => {
            let combo = combo.map(|_| "--combo".to_owned());
            let platforms = platforms.map(|names| format!("--platforms {}", names.0.join(",")));
            let given: Vec<_> = [combo, word, platforms].into_iter().flatten().collect();
            Err(CommandError::SeveralCombinations(given.join(", ")))
        }
    }
}

fn select_options(
    settings: &HarmonySettings,
    config: &Config,
    mut selectors: Vec<String>,
) -> SelectOptions {
    if selectors.is_empty()
        && let Some(features) = &config.features_path
    {
        selectors.push(features.to_string_lossy().into_owned());
    }
    SelectOptions {
        // In compat mode scenarios are made of the documents themselves.
        keep_documents: settings.display.needs_documents()
            || settings.platforms.mode == Mode::Compat,
        ..settings.selection.select_options(&selectors)
    }
}

fn runner_options(
    settings: &HarmonySettings,
    config: &Config,
    stop: StopFlag,
) -> Result<RunnerOptions, CommandError> {
    let execution = &settings.execution;
    let default = RunnerOptions::default();
    Ok(RunnerOptions {
        mode: settings.platforms.mode,
        lenient: settings.platforms.lenient,
        jobs: execution.jobs.unwrap_or(default.jobs),
        step_timeout: execution.step_timeout,
        schedule: execution.schedule.options(),
        fail_fast: execution.fail_fast,
        resources: execution.resources,
        kills_orphans: true,
        start_delay: config.start_delay,
        trace: settings.platforms.trace.as_deref().map(open_trace).transpose()?,
        logs: settings.platforms.logs.as_deref().map(LogFolder::create).transpose()?,
        keep: settings.platforms.keep_on_failure.then(Arc::default),
        stop,
        ..default
    })
}

/// Returns the wait for a debugger in the processes of `role`, which Enter ends.
fn debug_pause(role: &str) -> Result<Arc<DebugPause>, CommandError> {
    let stderr = stderr_file().map_err(CommandError::Run)?;
    let pause = DebugPause::new(role, BufReader::new(io::stdin()), stderr);
    Ok(Arc::new(pause.map_err(CommandError::Run)?))
}

fn open_trace(path: &Path) -> Result<TraceWriter, OutputError> {
    TraceWriter::create(path).map_err(|error| trace_error(path, error))
}

/// Reports a trace that was not written to its end.
fn finish_trace(trace: Option<TraceWriter>, settings: &HarmonySettings) -> Result<(), OutputError> {
    match (trace, &settings.platforms.trace) {
        (Some(trace), Some(path)) => trace.finish().map_err(|error| trace_error(path, error)),
        _ => Ok(()),
    }
}

fn trace_error(path: &Path, error: io::Error) -> OutputError {
    OutputError::Trace { path: path.to_owned(), error }
}

/// Returns the scenarios in all their combinations.
fn instances(
    selection: Selection,
    config: &Config,
    filter: &CombinationFilter,
    mode: Mode,
) -> Result<Vec<ScenarioInstance>, CommandError> {
    let scenarios = match mode {
        Mode::Strict => selection.scenarios,
        Mode::Compat => selected_compat_scenarios(&selection),
    };
    let instances = runner::instances(&scenarios, config, filter, mode)?;
    if instances.is_empty() { Err(CommandError::NoProcess) } else { Ok(instances) }
}
