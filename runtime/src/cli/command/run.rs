//! `run`: runs scenarios in this process.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use super::error::CommandError;
use super::interrupt::{Notice, stop_on_interrupt};
use super::rerun_command::rerun_command;
use super::run_setup::RunSetup;
use super::watch_loop::{WatchLoop, WatchedRun};
use crate::cli::exit_code::{EXIT_FAILED, EXIT_INTERRUPTED};
use crate::cli::output::{
    LastRerun, LinkedSteps, OutputError, RealStdio, TerminalOptions, TracingGuard,
    add_terminal_reports, init_tracing, open_report_files,
};
use crate::cli::settings::{ConfigOptions, ConfiguredCommand, RunSettings, program_command};
use crate::engine::Registry;
use crate::local::{self, OutputCapture, RealOutput, RunOptions, SelectOptions, Selection};
use crate::model::{Step, StopFlag, Tag};
use crate::platform::{stderr_file, stdout_file};
use crate::report::{ClosingNotes, ReporterSet, RunMetadata};

/// Number of scenarios from which undefined steps alone mean the features of another suite. The first
/// scenarios of a new suite are fewer, and their author wants to see the suggested definitions.
const MIN_FOREIGN_SCENARIOS: usize = 10;

pub(super) fn run(
    command: &ConfiguredCommand<RunSettings>,
    mut setup: RunSetup,
) -> Result<ExitCode, CommandError> {
    let registry = match setup.take_registry() {
        Some(registry) => registry,
        None => Registry::collect()?,
    };
    let mut runner = Runner::new(registry, command, setup)?;
    let code = runner.run(command.settings.select_options(&command.selectors));
    match &runner.capture {
        Some((_, real)) => runner.tracing.finish(&real.stderr),
        None => runner.tracing.finish(io::stderr()),
    }
    Ok(code)
}

struct Runner<'a> {
    settings: &'a RunSettings,
    config: &'a ConfigOptions,
    setup: RunSetup,
    registry: Arc<Registry>,
    stop: StopFlag,
    /// The capture of the steps' output, and the real streams for reports.
    capture: Option<(OutputCapture, RealOutput)>,
    tracing: TracingGuard,
    /// What the last run adds to the end of its report.
    notes: ClosingNotes,
}

impl WatchedRun for Runner<'_> {
    fn run(&mut self, select: &SelectOptions) -> (ExitCode, Vec<PathBuf>) {
        self.select_and_run(select)
    }

    fn rerun_file(&self) -> Option<PathBuf> {
        self.notes.rerun_file()
    }

    fn print_error(&self, error: io::Error) -> ExitCode {
        Runner::print_error(self, &CommandError::Watch(error))
    }
}

impl<'a> Runner<'a> {
    fn new(
        registry: Registry,
        command: &'a ConfiguredCommand<RunSettings>,
        setup: RunSetup,
    ) -> Result<Self, CommandError> {
        let ConfiguredCommand { settings, config, .. } = command;
        let tracing = init_tracing(settings.execution.log)?;
        let stop = StopFlag::default();
        stop_on_interrupt(stop.clone(), Notice::InReport)?;
        let runs_steps = !settings.is_isolated() || local::is_worker();
        let capture = match settings.captures_output() && runs_steps {
            true => Some(OutputCapture::start().map_err(CommandError::Capture)?),
            false => None,
        };
        let (registry, notes) = (Arc::new(registry), ClosingNotes::default());
        Ok(Self { settings, config, setup, registry, stop, capture, tracing, notes })
    }

    fn run(&mut self, select: SelectOptions) -> ExitCode {
        let stop = self.stop.clone();
        if self.settings.execution.watch && !local::is_worker() {
            return match self.real_stdio() {
                Ok(stdio) => WatchLoop::new(&select, &stop, stdio.stdout).run(self),
                Err(error) => self.print_error(&error.into()),
            };
        }
        let (code, _) = self.select_and_run(&select);
        if stop.is_set() { ExitCode::from(EXIT_INTERRUPTED) } else { code }
    }

    /// Runs the selected scenarios once; returns the exit code and the feature files.
    fn select_and_run(&mut self, select: &SelectOptions) -> (ExitCode, Vec<PathBuf>) {
        match local::select(select) {
            Ok(selection) => {
                let files = selection.files.clone();
                let result =
                    self.check_features(&selection).and_then(|()| self.run_selection(selection));
                (result.unwrap_or_else(|error| self.print_error(&error)), files)
            }
            Err(error) => (self.print_error(&error.into()), Vec::new()),
        }
    }

    /// Rejects the features of another suite, whose undefined steps would fill the terminal. Report
    /// files and a dry run list them all the same.
    fn check_features(&self, selection: &Selection) -> Result<(), CommandError> {
        let is_listing =
            self.settings.execution.dry_run || !self.settings.display.reports().is_empty();
        let is_defined =
            |step: &Step| self.registry.matches(&step.text).is_ok_and(|m| !m.is_empty());
        let mut steps = selection.scenarios.iter().flat_map(|scenario| &scenario.steps);
        if is_listing || selection.scenarios.len() < MIN_FOREIGN_SCENARIOS || steps.any(is_defined)
        {
            return Ok(());
        }
        Err(CommandError::ForeignFeatures {
            scenarios: selection.scenarios.len(),
            files: selection.files.len(),
            first: selection.files.first().cloned().unwrap_or_default(),
            definitions: self.registry.definitions().len(),
            program: program_command(),
        })
    }

    fn run_selection(&mut self, selection: Selection) -> Result<ExitCode, CommandError> {
        if local::is_worker() {
            return self.run_assigned(selection);
        }
        if self.settings.is_isolated() && !local::is_restartable() {
            return Err(CommandError::NotRestartable);
        }
        let mut reports = ReporterSet::with_flaky_result(self.settings.execution.schedule.flaky);
        let notes = ClosingNotes::default();
        self.notes = notes.clone();
        if let Some(rerun) =
            LastRerun::new(self.settings.display.rerun_file.as_deref(), Vec::new(), notes.clone())
        {
            reports.add("rerun file", rerun);
        }
        let terminal = TerminalOptions {
            display: &self.settings.display,
            rerun: rerun_command("run", self.config, &[]),
            seed: self.settings.selection.shuffle,
            // Without a capture the steps write to the terminal as well.
            may_redraw: self.capture.is_some()
                || self.settings.execution.dry_run
                || self.settings.is_isolated(),
            notes: notes.clone(),
        };
        let stdio = self.real_stdio()?;
        let specs = &self.settings.display.reports_with_ci();
        let add_default = |stdout, reports: &mut _| add_terminal_reports(stdout, terminal, reports);
        self.setup.add_terminal_reporter(stdio.terminal(specs)?, &mut reports, add_default)?;
        let is_dry_run = self.settings.execution.dry_run;
        let metadata = RunMetadata {
            documents: selection.documents,
            scenarios: selection.scenarios.clone(),
            rerun_options: Vec::new(),
            library: Some(LinkedSteps::library(Arc::clone(&self.registry), !is_dry_run)),
        };
        open_report_files(specs, &metadata, &stdio, &mut reports)?;
        self.setup.add_reporters(&mut reports);
        let options = self.run_options(selection.feature_tags);
        let registry = Arc::clone(&self.registry);
        local::run(registry, selection.scenarios, options, |event| reports.on_event(&event))
            .map_err(CommandError::Run)?;
        if !reports.errors().is_empty() {
            return Err(CommandError::IncompleteReports(reports.errors().to_vec()));
        }
        let totals = reports.totals();
        let is_success = match is_dry_run {
            true => totals.failed == 0 && !totals.interrupted,
            false => totals.is_success(),
        };
        Ok(if is_success { ExitCode::SUCCESS } else { ExitCode::from(EXIT_FAILED) })
    }

    /// Runs the scenarios that another process assigns, which has the reports.
    fn run_assigned(&self, selection: Selection) -> Result<ExitCode, CommandError> {
        let options = self.run_options(selection.feature_tags);
        local::run(Arc::clone(&self.registry), selection.scenarios, options, drop)
            .map_err(CommandError::Run)?;
        Ok(ExitCode::SUCCESS)
    }

    fn run_options(&self, feature_tags: HashMap<Arc<str>, Vec<Tag>>) -> RunOptions {
        RunOptions {
            output_capture: self.capture.as_ref().map(|(capture, _)| capture.clone()),
            feature_tags,
            stop: self.stop.clone(),
            ..self.settings.run_options()
        }
    }

    /// Returns the real standard output and standard error.
    fn real_stdio(&self) -> Result<RealStdio, OutputError> {
        let (stdout, stderr) = match &self.capture {
            Some((_, real)) => (real.stdout.try_clone(), real.stderr.try_clone()),
            None => (stdout_file(), stderr_file()),
        };
        Ok(RealStdio {
            stdout: stdout.map_err(OutputError::Stdout)?,
            stderr: stderr.map_err(OutputError::Stdout)?,
        })
    }

    /// Prints an error on the real standard error and returns its exit code.
    fn print_error(&self, error: &CommandError) -> ExitCode {
        match &self.capture {
            Some((_, real)) => error.print_to(&real.stderr),
            None => error.print(),
        }
    }
}
