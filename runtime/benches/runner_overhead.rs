//! Cost of the local runner: 1,000 scenarios of 10 trivial steps with 100 definitions.
//!
//! Prints medians for 1 and 2 workers, for one file against many, and the cost of a step.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::fmt::Write as _;
use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant};

use harmony_bdd::engine::Registry;
use harmony_bdd::local::{RunOptions, run};
use harmony_bdd::model::Scenario;
use harmony_bdd::report::{Pretty, ReporterSet, Style, Verbosity};
use harmony_bdd::{gherkin, given};

const SCENARIOS: usize = 1_000;
const STEPS: usize = 10;
const ROUNDS: usize = 11;

#[given(regex = r"^the counter (\d+) grows by (\d+)$")]
fn grows(_number: u32, _by: u32) {}

#[given(expr = "async counter {int} grows by {int}")]
async fn grows_async(_number: u32, _by: u32) {}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let registry = Arc::new(Registry::collect()?);
    let one = scenarios(1, SCENARIOS, "the counter")?;
    let many = scenarios(50, SCENARIOS / 50, "the counter")?;
    let tasks = scenarios(50, SCENARIOS / 50, "async counter")?;
    let cases = [
        ("50 files, 1 job", &many, 1),
        ("50 files, 2 jobs", &many, 2),
        ("1 file, 1 job", &one, 1),
        ("50 files, async, 1 job", &tasks, 1),
    ];
    let mut times = vec![Vec::new(); cases.len()];
    for _ in 0..ROUNDS {
        for ((_, scenarios, jobs), times) in cases.iter().zip(&mut times) {
            times.push(time(&registry, scenarios, *jobs)?);
        }
    }
    for ((name, ..), mut times) in cases.into_iter().zip(times) {
        times.sort_unstable();
        let median = times[times.len() / 2];
        let per_step = median.as_secs_f64() * 1e6 / (SCENARIOS * STEPS) as f64;
        println!("{name:<24} {:>8.2} ms, {per_step:.2} us per step", median.as_secs_f64() * 1e3);
    }
    Ok(())
}

fn time(
    registry: &Arc<Registry>,
    scenarios: &[Arc<Scenario>],
    jobs: usize,
) -> io::Result<Duration> {
    let mut reports = ReporterSet::default();
    reports.add("nowhere", Pretty::new(io::sink(), Style::PLAIN, Verbosity::Quiet, ""));
    let jobs = NonZeroUsize::new(jobs).unwrap_or(NonZeroUsize::MIN);
    let options = RunOptions { jobs, ..RunOptions::default() };
    let started = Instant::now();
    run(Arc::clone(registry), scenarios.to_vec(), options, |event| reports.on_event(&event))?;
    let taken = started.elapsed();
    assert_eq!(reports.totals().passed, SCENARIOS);
    Ok(taken)
}

fn scenarios(
    files: usize,
    each: usize,
    step: &str,
) -> Result<Vec<Arc<Scenario>>, gherkin::ParseErrors> {
    let mut all = Vec::new();
    for file in 0..files {
        let mut text = format!("Feature: Number {file}\n");
        for scenario in 0..each {
            let _ = writeln!(text, "  Scenario: Number {scenario}");
            for number in 0..STEPS {
                let _ = writeln!(text, "    Given {step} {number} grows by {scenario}");
            }
        }
        let document = gherkin::parse(&format!("{file}.feature"), &text)?;
        all.extend(gherkin::scenarios(&document).into_iter().map(Arc::new));
    }
    Ok(all)
}
