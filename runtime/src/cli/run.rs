//! `run`: play scenarios in this process.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use super::interrupt::on_interrupt;
use super::listen::{Listening, listen};
use super::options::Options;
use super::reports::Linked;
use super::run_settings::{RUN, RunSettings, one_at_a_time};
use super::{EXIT_FAILED, EXIT_INTERRUPTED, EXIT_USAGE, reports, settings, watch};
use crate::engine::Registry;
use crate::local::{self, Printed, RealOutput, SelectError, Selection, StopFlag};
use crate::report::{Knowledge, Pretty, Progress, Reports, Stats, Style, for_a_shell};

pub(super) fn run(options: Options) -> ExitCode {
    match Registry::collect() {
        Ok(registry) => run_with(registry, options),
        Err(error) => super::refuse(error),
    }
}

/// Runs with these definitions instead of all that are linked.
pub(super) fn run_with(registry: Registry, options: Options) -> ExitCode {
    match Runner::new(registry, options) {
        Ok(mut runner) => {
            let code = runner.run();
            match &runner.caught {
                Some((_, real)) => runner.listening.end(&real.stderr),
                None => runner.listening.end(io::stderr()),
            }
            code
        }
        Err(message) => super::refuse(message),
    }
}

struct Runner {
    settings: RunSettings,
    registry: Arc<Registry>,
    stop: StopFlag,
    /// What steps print, and where reports go meanwhile.
    caught: Option<(Printed, RealOutput)>,
    listening: Listening,
}

impl Runner {
    fn new(registry: Registry, options: Options) -> Result<Self, String> {
        let values = settings::values(&RUN, &options)?;
        one_at_a_time(&values).map_err(|error| error.to_string())?;
        let settings =
            RunSettings::of(&values, options.selectors).map_err(|error| error.to_string())?;
        let listening = listen(settings.log)?;
        let stop = settings.run.stop.clone();
        on_interrupt(stop.clone())
            .map_err(|error| format!("Ctrl-C could not be watched for: {error}"))?;
        let caught = match settings.capture && !settings.run.dry_run {
            true => Some(
                Printed::catch()
                    .map_err(|e| format!("the output of steps could not be caught: {e}"))?,
            ),
            false => None,
        };
        Ok(Self { settings, registry: Arc::new(registry), stop, caught, listening })
    }

    fn run(&mut self) -> ExitCode {
        let select = self.settings.select.clone();
        let (mut code, mut files) = self.select_and_run(&select);
        while self.settings.watch && !self.stop.is_set() {
            let changed = match watch::wait(&files, &self.stop) {
                Ok(changed) => changed,
                Err(error) => {
                    return self.refuse(&format!("the feature files cannot be watched: {error}"));
                }
            };
            if changed.is_empty() {
                break;
            }
            let mut select = select.clone();
            select.selectors.retain(|selector| !Path::new(selector).is_dir());
            select.selectors.extend(changed.iter().map(|path| path.to_string_lossy().into_owned()));
            let (new_code, _) = self.select_and_run(&select);
            code = new_code;
            // A file that was replaced is another file to the system.
            files.retain(|file| file.exists());
        }
        if self.stop.is_set() { ExitCode::from(EXIT_INTERRUPTED) } else { code }
    }

    fn select_and_run(&self, select: &local::SelectOptions) -> (ExitCode, Vec<PathBuf>) {
        match local::select(select) {
            Ok(selection) => {
                let files = selection.files.clone();
                let code = self.play(selection).unwrap_or_else(|message| self.refuse(&message));
                (code, files)
            }
            Err(error @ (SelectError::Empty(_) | SelectError::NothingToRerun(_))) => {
                self.refuse(&error.to_string());
                (ExitCode::from(EXIT_FAILED), Vec::new())
            }
            Err(error) => (self.refuse(&error.to_string()), Vec::new()),
        }
    }

    fn play(&self, selection: Selection) -> Result<ExitCode, String> {
        let mut reports = Reports::default();
        self.add_terminal_report(&mut reports)
            .map_err(|error| format!("standard output cannot be used: {error}"))?;
        let code = Linked::code(Arc::clone(&self.registry), !self.settings.run.dry_run);
        let knowledge = Knowledge {
            documents: selection.documents,
            scenarios: selection.scenarios.clone(),
            code: Some(code),
        };
        reports::open(&self.settings.reports, &knowledge, &mut reports)?;
        let mut options = self.settings.run.clone();
        options.printed = self.caught.as_ref().map(|(printed, _)| printed.clone());
        options.feature_tags = selection.feature_tags;
        let registry = Arc::clone(&self.registry);
        local::run(registry, selection.scenarios, options, |event| reports.event(&event))
            .map_err(|error| format!("the run could not go on: {error}"))?;
        if !reports.errors().is_empty() {
            return Err(reports.errors().join("\nerror: "));
        }
        let totals = reports.totals();
        let good = match self.settings.run.dry_run {
            true => totals.failed == 0 && !totals.interrupted,
            false => totals.is_success(),
        };
        Ok(if good { ExitCode::SUCCESS } else { ExitCode::from(EXIT_FAILED) })
    }

    fn add_terminal_report(&self, reports: &mut Reports) -> io::Result<()> {
        let stdout = match &self.caught {
            Some((_, real)) => real.stdout.try_clone()?,
            None => File::from(std::os::fd::AsFd::as_fd(&io::stdout()).try_clone_to_owned()?),
        };
        let live = stdout.is_terminal();
        let style = Style::for_stream(&stdout, self.settings.colour);
        let stats = match self.settings.stats {
            true => Some(Stats::new(BufWriter::new(stdout.try_clone()?))),
            false => None,
        };
        let mut out = BufWriter::new(stdout);
        if let Some(seed) = self.settings.select.shuffle {
            writeln!(out, "shuffled: --shuffle {seed} gives this order again")?;
        }
        let rerun = rerun_command();
        if self.settings.progress {
            reports.add("standard output", Progress::new(out, style, live, rerun));
        } else {
            let verbosity = self.settings.verbosity;
            reports.add("standard output", Pretty::new(out, style, verbosity, rerun));
        }
        // After the other, which says how the run ended.
        if let Some(stats) = stats {
            reports.add("standard output", stats);
        }
        Ok(())
    }

    /// One clear error where stderr really is.
    fn refuse(&self, message: &str) -> ExitCode {
        match &self.caught {
            Some((_, real)) => {
                // Nobody is left to tell when stderr is gone; the exit code still says it.
                let _ = writeln!(&real.stderr, "error: {message}");
                ExitCode::from(EXIT_USAGE)
            }
            None => super::refuse(message),
        }
    }
}

/// The command that runs a selector again, as far as this process knows it.
fn rerun_command() -> String {
    let program = std::env::args().next().unwrap_or_else(|| "SUITE".to_owned());
    format!("{} run", for_a_shell(&program))
}
