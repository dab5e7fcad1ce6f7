//! `mutate`: runs scenarios with changes and reports those that no step notices.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::SystemTime;

use super::error::CommandError;
use super::interrupt::{Notice, stop_on_interrupt};
use super::mutate_processes::{Processes, TrialJobs};
use super::mutate_progress::ProgressLine;
use super::rerun_command::rerun_command_text;
use crate::cli::exit_code::{EXIT_FAILED, EXIT_INTERRUPTED};
use crate::cli::output::{LastMutants, OutputError, RealStdio, create_parent, open_report_files};
use crate::cli::settings::{ConfiguredCommand, FindingFormat, MutateSettings};
use crate::config::ConfigSources;
use crate::engine::{Match, Registry};
use crate::gherkin;
use crate::gherkin::ast::GherkinDocument;
use crate::harmony::routing::role_in;
use crate::local::{self, LocalTrials, OutputCapture, RunOptions, SelectOptions, Selection};
use crate::model::{Scenario, StepMatch, StopFlag};
use crate::mutation::{
    Campaign, CampaignOptions, Findings, Marks, Mutant, PlanInput, TrialRunner, plan,
};
use crate::platform::{stderr_file, stdout_file};
use crate::report::mutation::{
    MutantCommand, events_with_findings, findings_page, findings_text, findings_to_json,
    unnoticed_ids,
};
use crate::report::{ReporterSet, RunMetadata, Style};

/// Scenarios that run in parallel for each core: mutants mostly wait for what does not happen.
const SCENARIOS_PER_CORE: NonZeroUsize = NonZeroUsize::MIN.saturating_add(3);

/// Factor to the number of scenarios that run in parallel, for those that do nothing but wait.
const WAITING_FACTOR: NonZeroUsize = NonZeroUsize::MIN.saturating_add(3);

/// Seed of a budget that names none.
const DEFAULT_SEED: u64 = 1;

pub(super) fn mutate(
    command: &ConfiguredCommand<MutateSettings>,
    sources: &ConfigSources,
) -> Result<ExitCode, CommandError> {
    let settings = &command.settings;
    let registry = Arc::new(Registry::collect()?);
    let known = baseline(settings)?;
    let select = SelectOptions {
        keep_documents: true,
        ..settings.selection.select_options(&command.selectors)
    };
    let selection = local::select(&select)?;
    let stop = StopFlag::default();
    stop_on_interrupt(stop.clone(), Notice::OnStderr)?;
    let jobs = jobs(settings);
    let processes = Processes::of_settings(settings, sources, &selection, jobs, stop.clone())?;
    let originals = processes.as_ref().map_or(selection.scenarios.clone(), Processes::originals);
    let find = |scenario: &Scenario, text: &str| definition_of(&registry, scenario, text);
    let swap_roles =
        |original: usize, step: usize| processes.as_ref()?.roles_to_swap(original, step);
    let input = PlanInput {
        originals: &originals,
        neighbors: &neighbors(&selection.documents),
        marks: &Marks::of_documents(&selection.documents),
        find: &find,
        role_in: &role_in,
        swap_roles: processes.is_some().then_some(&swap_roles),
        repeat: settings.mutants.repeat,
    };
    let mutants = chosen(plan(input), &settings.mutants.only)?;
    let base = rerun_command_text("mutate", &command.config, &[]);
    let options_of_originals = processes.as_ref().map(Processes::rerun_options);
    let rerun = MutantCommand::new(base, options_of_originals.unwrap_or_default());
    let last = LastMutants::read(settings.mutants.unnoticed_file.as_deref());
    let first = last.ids().union(&known).cloned().collect();
    let campaign = Campaign::new(originals, mutants, options(settings, first));
    let mut findings = match processes {
        Some(processes) => run(campaign, &mut processes.into_trials(), &stderr()?)?,
        None => {
            let options =
                RunOptions { jobs: jobs.usual, stop, ..run_options(settings, &selection) };
            run_locally(campaign, Arc::clone(&registry), options, jobs.waiting)?
        }
    };
    last.update(&findings, !settings.mutants.only.is_empty());
    findings.definitions = definitions(&findings.originals, &find);
    write_outputs(settings, &findings, &selection.documents, &rerun, &known)?;
    Ok(exit_code(settings, &findings, &known))
}

/// Runs the campaign in this process, with the output of its steps captured.
fn run_locally(
    campaign: Campaign,
    registry: Arc<Registry>,
    options: RunOptions,
    waiting_jobs: NonZeroUsize,
) -> Result<Findings, CommandError> {
    let (capture, real) = OutputCapture::start().map_err(CommandError::Capture)?;
    let options = RunOptions { output_capture: Some(capture), ..options };
    let mut trials = LocalTrials::new(registry, options, waiting_jobs);
    let findings = run(campaign, &mut trials, &real.stderr);
    real.restore().map_err(CommandError::Capture)?;
    findings
}

fn run_options(settings: &MutateSettings, selection: &Selection) -> RunOptions {
    RunOptions {
        step_timeout: settings.execution.step_timeout,
        schedule: settings.execution.exclusion.options(),
        feature_tags: selection.feature_tags.clone(),
        ..RunOptions::default()
    }
}

/// Returns the ids of the baseline.
fn baseline(settings: &MutateSettings) -> Result<HashSet<String>, CommandError> {
    let Some(path) = &settings.mutants.baseline else { return Ok(HashSet::new()) };
    let error = |reason: String| CommandError::Baseline { path: path.clone(), reason };
    let text = fs::read_to_string(path).map_err(|e| error(e.to_string()))?;
    unnoticed_ids(&text).map_err(|e| error(e.to_string()))
}

fn options(settings: &MutateSettings, first: HashSet<String>) -> CampaignOptions {
    let mutants = &settings.mutants;
    CampaignOptions {
        min_timeout: settings.execution.min_timeout,
        step_timeout: settings.execution.step_timeout,
        budget: mutants.budget,
        seed: mutants.seed.or(mutants.budget.map(|_| DEFAULT_SEED)),
        first,
    }
}

fn jobs(settings: &MutateSettings) -> TrialJobs {
    if let Some(jobs) = settings.execution.jobs {
        return TrialJobs { usual: jobs, waiting: jobs };
    }
    let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let usual = cores.saturating_mul(SCENARIOS_PER_CORE);
    TrialJobs { usual, waiting: usual.saturating_mul(WAITING_FACTOR) }
}

fn run(
    campaign: Campaign,
    trials: &mut dyn TrialRunner,
    stderr: &File,
) -> Result<Findings, CommandError> {
    let stderr = stderr.try_clone().map_err(OutputError::Stdout)?;
    let mut progress = ProgressLine::new(stderr);
    let findings = campaign.run(trials, &mut |at| progress.show(at)).map_err(CommandError::Run);
    progress.clear();
    findings
}

/// Returns the definition of a text in a scenario, if there is exactly one.
fn definition_of(registry: &Registry, scenario: &Scenario, text: &str) -> Option<StepMatch> {
    match registry.find_in(Some(scenario), text) {
        Ok(Match::Unique(matched)) => Some(matched.into()),
        _ => None,
    }
}

fn definitions(
    originals: &[Arc<Scenario>],
    find: &dyn Fn(&Scenario, &str) -> Option<StepMatch>,
) -> Vec<Vec<Option<StepMatch>>> {
    // The same definition has other captures in other steps.
    let without_captures = |found| StepMatch { captures: Vec::new(), ..found };
    let of_scenario = |scenario: &Arc<Scenario>| {
        let steps = scenario.steps.iter();
        steps.map(|step| find(scenario, &step.text).map(without_captures)).collect()
    };
    originals.iter().map(of_scenario).collect()
}

/// Returns all scenarios of the files, also those that are not selected.
fn neighbors(documents: &[Arc<GherkinDocument>]) -> Vec<Scenario> {
    documents.iter().flat_map(|document| gherkin::scenarios(document)).collect()
}

/// Returns the mutants of `--only`, or all.
fn chosen(mutants: Vec<Mutant>, only: &[String]) -> Result<Vec<Mutant>, CommandError> {
    if let Some(unknown) = only.iter().find(|id| mutants.iter().all(|mutant| mutant.id != **id)) {
        return Err(CommandError::UnknownMutant(unknown.clone()));
    }
    let is_chosen = |mutant: &Mutant| only.is_empty() || only.contains(&mutant.id);
    Ok(mutants.into_iter().filter(is_chosen).collect())
}

fn write_outputs(
    settings: &MutateSettings,
    findings: &Findings,
    documents: &[Arc<GherkinDocument>],
    command: &MutantCommand,
    known: &HashSet<String>,
) -> Result<(), CommandError> {
    let output = &settings.output;
    if let Some(path) = &output.page {
        let page = findings_page(findings, documents, command);
        write_file(path, &page)?;
    }
    if !output.report.is_empty() {
        write_reports(settings, findings, documents)?;
    }
    let style = Style::for_stream(&io::stdout(), output.color.color);
    let text = match output.format {
        FindingFormat::Json => findings_to_json(findings, command),
        FindingFormat::Text => {
            findings_text(findings, command, &|id| known.contains(id), output.verbose, style)
        }
    };
    io::stdout().write_all(text.as_bytes()).map_err(OutputError::Stdout)?;
    Ok(())
}

fn stderr() -> Result<File, OutputError> {
    stderr_file().map_err(OutputError::Stdout)
}

fn write_file(path: &Path, text: &str) -> Result<(), OutputError> {
    create_parent(path)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| OutputError::Report { path: path.to_owned(), error })
}

fn write_reports(
    settings: &MutateSettings,
    findings: &Findings,
    documents: &[Arc<GherkinDocument>],
) -> Result<(), CommandError> {
    let stdio = RealStdio {
        stdout: stdout_file().map_err(OutputError::Stdout)?,
        stderr: stderr_file().map_err(OutputError::Stdout)?,
    };
    let metadata = RunMetadata { documents: documents.to_vec(), ..RunMetadata::default() };
    let mut reports = ReporterSet::default();
    open_report_files(&settings.output.report, &metadata, &stdio, &mut reports)?;
    for event in events_with_findings(findings, SystemTime::now()) {
        reports.on_event(&event);
    }
    match reports.errors() {
        [] => Ok(()),
        errors => Err(CommandError::IncompleteReports(errors.to_vec())),
    }
}

fn exit_code(settings: &MutateSettings, findings: &Findings, known: &HashSet<String>) -> ExitCode {
    if findings.interrupted {
        return ExitCode::from(EXIT_INTERRUPTED);
    }
    let score = findings.score();
    let is_below = match (settings.mutants.deny_below, score.percent()) {
        (Some(limit), Some(percent)) => percent < limit,
        _ => false,
    };
    let has_new = settings.mutants.baseline.is_some()
        && findings.unnoticed().any(|finding| !known.contains(&finding.id));
    let is_empty = score.noticed + score.unnoticed + score.unclear + score.skipped == 0;
    match is_below || has_new || is_empty {
        true => ExitCode::from(EXIT_FAILED),
        false => ExitCode::SUCCESS,
    }
}
