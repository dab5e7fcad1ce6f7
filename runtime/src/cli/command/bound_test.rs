//! Bound tests: functions for Rust's test harness that run one scenario.
//!
//! Each is a run, with the hooks before and after it. The settings of `run` apply, from `harmony.toml` and
//! the environment.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use super::error::CommandError;
use crate::cli::output::init_tracing;
use crate::cli::settings::parse_run;
use crate::engine::Registry;
use crate::gherkin::{self, ParseErrors};
use crate::local::{self, Isolation, RunOptions};
use crate::model::{Scenario, Step, StopFlag, Tag};
use crate::report::{
    Report, ReporterSet, ScenarioRecord, ScenarioStatus, Style, Totals, render_failure,
};

/// A scenario, or the rows of an outline, as a test.
#[derive(Debug)]
pub struct BoundTest {
    /// The path of the feature file, relative to the package.
    pub path: &'static str,
    /// The text of the file when the test was compiled.
    pub text: &'static str,
    /// The lines of the scenarios or of their rows.
    pub lines: &'static [u32],
    /// The text of the step that calls the function of the test, after the steps of each scenario.
    pub last_step: Option<&'static str>,
}

/// A bound test that cannot run.
#[derive(Debug, thiserror::Error)]
enum BoundTestError {
    #[error(transparent)]
    Command(#[from] CommandError),
    #[error(transparent)]
    Feature(#[from] ParseErrors),
}

/// Runs a bound test.
///
/// # Panics
/// Panics if a scenario fails, or cannot run.
#[track_caller]
pub fn run_bound_test(test: &BoundTest) {
    match run(test) {
        Ok(failures) if failures.is_empty() => {}
        Ok(failures) => panic!("{failures}"),
        Err(error) => panic!("{error}"),
    }
}

/// Returns the failures as a text; empty if there are none.
fn run(test: &BoundTest) -> Result<String, BoundTestError> {
    let registry = Registry::collect().map_err(CommandError::from)?;
    let command = parse_run(Vec::new()).map_err(CommandError::from)?;
    let settings = &command.settings;
    let document = gherkin::parse(test.path, test.text)?;
    let scenarios = gherkin::scenarios(&document).into_iter();
    let scenarios = scenarios
        .filter(|scenario| test.lines.contains(&scenario.selectable_location().line))
        .map(|scenario| Arc::new(with_last_step(scenario, test.last_step)))
        .collect();
    let in_file = |tag: &gherkin::ast::Tag| Tag {
        name: tag.name.clone(),
        location: tag.position.in_file(&document.path),
    };
    let tags = document.feature.iter().flat_map(|feature| &feature.tags).map(in_file).collect();
    let options = RunOptions {
        // The harness runs tests in parallel.
        jobs: std::num::NonZeroUsize::MIN,
        isolation: Isolation::Thread,
        dry_run: false,
        measure_resources: false,
        feature_tags: HashMap::from([(Arc::clone(&document.path), tags)]),
        stop: StopFlag::default(),
        ..settings.run_options()
    };
    let _tracing = init_tracing(settings.execution.log).map_err(CommandError::from)?;
    let failures = Failures::default();
    let mut reports = ReporterSet::with_flaky_result(settings.execution.schedule.flaky);
    reports.add("failures", failures.clone());
    local::run(Arc::new(registry), scenarios, options, |event| reports.on_event(&event))
        .map_err(CommandError::Run)?;
    let text = std::mem::take(&mut *failures.0.borrow_mut());
    Ok(text)
}

fn with_last_step(mut scenario: Scenario, text: Option<&str>) -> Scenario {
    scenario.steps.extend(text.map(|text| Step {
        keyword: None,
        keyword_text: "*",
        text: text.to_owned(),
        argument: None,
        extra_argument: None,
        location: scenario.location.clone(),
        from_background: false,
    }));
    scenario
}

/// Collects the failures of a run as a text.
#[derive(Debug, Clone, Default)]
struct Failures(Rc<RefCell<String>>);

impl Report for Failures {
    fn on_scenario_finished(&mut self, record: &Arc<ScenarioRecord>) -> io::Result<()> {
        match (record.status(), record.deciding_step()) {
            (ScenarioStatus::Failed, _) => {
                let thread = std::thread::current();
                let rerun = format!("cargo test -- --exact {}", thread.name().unwrap_or_default());
                let text = render_failure(record, &rerun, Style::PLAIN, None);
                self.0.borrow_mut().push_str(&format!("{text}\n"));
            }
            (ScenarioStatus::Skipped, Some((_, result))) => {
                let reason = result.outcome.skip_reason().unwrap_or_default();
                #[expect(clippy::print_stderr, reason = "the harness shows it with --nocapture")]
                {
                    eprintln!("skipped {:?}: {reason}", record.scenario.name);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn on_run_finished(&mut self, totals: &Totals, _: Duration) -> io::Result<()> {
        let mut text = self.0.borrow_mut();
        for failure in &totals.failures {
            text.push_str(&format!("{failure}\n"));
        }
        if totals.has_failing_flaky() {
            text.push_str("the scenario passed on a retry, and the setting `flaky` is `fail`\n");
        }
        Ok(())
    }
}
