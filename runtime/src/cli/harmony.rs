//! `harmony`: play scenarios across processes.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal};
use std::os::fd::AsFd;
use std::process::ExitCode;
use std::sync::Arc;

use super::harmony_settings::{HARMONY, HarmonySettings};
use super::interrupt::on_interrupt;
use super::matrix_files::MatrixFiles;
use super::options::Options;
use super::reports::Linked;
use super::{EXIT_FAILED, EXIT_INTERRUPTED, refuse, reports, say, settings};
use crate::engine::Registry;
use crate::harmony::matrix::Matrix;
use crate::harmony::routing::{Lifecycle, field_scenarios};
use crate::harmony::runner::{self, Assignment};
use crate::local::{self, SelectError, Selection};
use crate::model::Scenario;
use crate::report::{Knowledge, Pretty, Progress, Reports, Stats, Style, for_a_shell};

pub(super) fn harmony(options: &Options) -> ExitCode {
    match play(options) {
        Ok(code) => code,
        Err(message) => refuse(message),
    }
}

fn play(options: &Options) -> Result<ExitCode, String> {
    let values = settings::values(&HARMONY, options)?;
    let mut settings = HarmonySettings::of(&values, options.selectors.clone())?;
    // Processes read the suite's settings for themselves, and see no file or command line of ours.
    // What the configuration says of a platform comes last and wins.
    let own = settings::variables_of_suite(options)?;
    for platform in &mut settings.config.platforms {
        platform.environment.splice(0..0, own.iter().cloned());
    }
    let stop = settings.shared.run.stop.clone();
    on_interrupt(stop.clone()).map_err(|e| format!("Ctrl-C could not be watched for: {e}"))?;
    let mut knowledge = Knowledge::default();
    // The definitions of other processes are theirs; a binary without its own still plays.
    if let Ok(registry) = Registry::collect() {
        knowledge.code = Some(Linked::code(Arc::new(registry), false));
    }
    let assignments = match assignments(&mut settings, &mut knowledge)? {
        Ok(assignments) => assignments,
        Err(nothing) => {
            refuse(nothing);
            return Ok(ExitCode::from(EXIT_FAILED));
        }
    };
    let mut reports = Reports::default();
    add_terminal_report(&settings, &mut reports)
        .map_err(|error| format!("standard output cannot be used: {error}"))?;
    reports::open(&settings.shared.reports, &knowledge, &mut reports)?;
    let matrix_files = MatrixFiles::open(&settings.matrix)?;
    let mut matrix = Matrix::new(&assignments);
    let verdicts = runner::run(assignments, settings.runner, |event| reports.event(&event))
        .map_err(|error| format!("the run could not go on: {error}"))?;
    matrix.fill(verdicts);
    if matrix.compares() {
        say(&format!("\n{}", matrix.to_text()));
    }
    matrix_files.write(&matrix)?;
    if !reports.errors().is_empty() {
        return Err(reports.errors().join("\nerror: "));
    }
    Ok(if stop.is_set() {
        ExitCode::from(EXIT_INTERRUPTED)
    } else if reports.totals().is_success() || (settings.accept_peer_limits && matrix.is_success())
    {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(EXIT_FAILED)
    })
}

/// The scenarios with their combinations, or the sentence why there is none.
fn assignments(
    settings: &mut HarmonySettings,
    knowledge: &mut Knowledge,
) -> Result<Result<Vec<Assignment>, String>, String> {
    let selection = match local::select(&settings.shared.select) {
        Ok(selection) => selection,
        Err(error @ (SelectError::Empty(_) | SelectError::NothingToRerun(_))) => {
            return Ok(Err(error.to_string()));
        }
        Err(error) => return Err(error.to_string()),
    };
    knowledge.documents.clone_from(&selection.documents);
    settings.runner.feature_tags.clone_from(&selection.feature_tags);
    let lifecycle = settings.runner.lifecycle;
    let scenarios = match lifecycle {
        Lifecycle::Real => selection.scenarios,
        Lifecycle::Harmony => as_the_field_sees_them(&selection),
    };
    let all = runner::assignments(&scenarios, &settings.config, &settings.choice, lifecycle)
        .map_err(|error| error.to_string())?;
    Ok(if all.is_empty() {
        Err("no selected scenario names a process; by the field's rules none is run".to_owned())
    } else {
        Ok(all)
    })
}

/// What the field's generator makes of the selected scenarios: an outline is one scenario.
fn as_the_field_sees_them(selection: &Selection) -> Vec<Arc<Scenario>> {
    let selected: HashSet<_> = selection.scenarios.iter().map(|s| &s.place).collect();
    let mut scenarios = Vec::new();
    for document in &selection.documents {
        for scenario in field_scenarios(document) {
            if selected.contains(&scenario.place) {
                scenarios.push(Arc::new(scenario));
            }
        }
    }
    scenarios
}

fn add_terminal_report(settings: &HarmonySettings, reports: &mut Reports) -> io::Result<()> {
    let stdout = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    let live = stdout.is_terminal();
    let stats = match settings.shared.stats {
        true => Some(Stats::new(BufWriter::new(stdout.try_clone()?))),
        false => None,
    };
    let style = Style::for_stream(&stdout, settings.shared.colour);
    let program = std::env::args().next().unwrap_or_else(|| "SUITE".to_owned());
    let rerun = format!("{} harmony", for_a_shell(&program));
    let out = BufWriter::new(stdout);
    if settings.shared.progress {
        reports.add("standard output", Progress::new(out, style, live, rerun));
    } else {
        reports.add("standard output", Pretty::new(out, style, settings.shared.verbosity, rerun));
    }
    // After the other, which says how the run ended.
    if let Some(stats) = stats {
        reports.add("standard output", stats);
    }
    Ok(())
}
