//! Cost of `mutate`: a suite of 100 scenarios of 10 trivial steps, fully mutated, beside as many plain runs
//! of its scenarios.
//!
//! Both are repeated in turns; the medians and the ratio of the cost of one run are printed.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use harmony_bdd::engine::{Match, Registry};
use harmony_bdd::gherkin;
use harmony_bdd::gherkin::ast::GherkinDocument;
use harmony_bdd::local::{LocalTrials, RunOptions, run};
use harmony_bdd::model::Scenario;
use harmony_bdd::mutation::{Campaign, CampaignOptions, Findings, Marks, Mutant, PlanInput, plan};
use harmony_bdd::{given, then, when};

const SCENARIOS: usize = 100;
const SCENARIOS_PER_FILE: usize = 10;
const ROUNDS: usize = 5;

#[derive(Default)]
struct Counter(i64);

#[given(expr = "a counter at {int}")]
fn counter_at(counter: &mut Counter, value: i64) {
    counter.0 = value;
}

#[when(expr = "it grows by {int}")]
fn grows_by(counter: &mut Counter, value: i64) {
    counter.0 += value;
}

#[then(expr = "it is {int}")]
fn is(counter: &Counter, value: i64) {
    assert_eq!(counter.0, value);
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let registry = Arc::new(Registry::collect()?);
    let mut documents = Vec::new();
    for file in 0..SCENARIOS / SCENARIOS_PER_FILE {
        let document = gherkin::parse(&format!("{file}.feature"), &feature(file))?;
        documents.push(Arc::new(document));
    }
    let scenarios: Vec<_> =
        documents.iter().flat_map(|d| gherkin::scenarios(d)).map(Arc::new).collect();
    let (mut mutated, mut plain) = (Vec::new(), Vec::new());
    let mut counts = (0, 0);
    for _ in 0..ROUNDS {
        let started = Instant::now();
        let mutants = mutants(&registry, &documents, &scenarios);
        let number = mutants.len();
        let findings = campaign(&registry, &scenarios, mutants)?;
        mutated.push(started.elapsed());
        assert_eq!(findings.score().percent(), Some(100.0), "{:?}", findings.score());
        // Every original ran twice before.
        let runs = findings.trials + 2 * SCENARIOS;
        counts = (number, runs);
        let repeated = scenarios.iter().cycle().take(runs).cloned().collect();
        let started = Instant::now();
        run(Arc::clone(&registry), repeated, RunOptions::default(), drop)?;
        plain.push(started.elapsed());
    }
    let (mutated, plain) = (median(&mut mutated), median(&mut plain));
    let (number, runs) = counts;
    println!("{SCENARIOS} scenarios of 10 steps: {number} mutants, {runs} runs");
    println!("mutated in {:.3} s: {:.1} us for each run", seconds(mutated), per_run(mutated, runs));
    println!("plain runs {:.3} s: {:.1} us for each run", seconds(plain), per_run(plain, runs));
    println!("ratio {:.2}", seconds(mutated) / seconds(plain));
    Ok(())
}

fn mutants(
    registry: &Arc<Registry>,
    documents: &[Arc<GherkinDocument>],
    scenarios: &[Arc<Scenario>],
) -> Vec<Mutant> {
    let neighbors: Vec<_> = documents.iter().flat_map(|d| gherkin::scenarios(d)).collect();
    let find = |scenario: &Scenario, text: &str| match registry.find_in(Some(scenario), text) {
        Ok(Match::Unique(matched)) => Some(matched.into()),
        _ => None,
    };
    plan(PlanInput {
        originals: scenarios,
        neighbors: &neighbors,
        marks: &Marks::of_documents(documents),
        find: &find,
        role_in: &|_| None,
        swap_roles: None,
        repeat: false,
    })
}

fn campaign(
    registry: &Arc<Registry>,
    scenarios: &[Arc<Scenario>],
    mutants: Vec<Mutant>,
) -> std::io::Result<Findings> {
    let options = CampaignOptions {
        min_timeout: Duration::from_secs(2),
        step_timeout: Duration::from_secs(30),
        budget: None,
        seed: None,
        first: HashSet::new(),
    };
    let runs = RunOptions::default();
    let jobs = runs.jobs;
    let mut trials = LocalTrials::new(Arc::clone(registry), runs, jobs);
    Campaign::new(scenarios.to_vec(), mutants, options).run(&mut trials, &mut |_| {})
}

fn feature(file: usize) -> String {
    let mut text = format!("Feature: Number {file}\n");
    for number in 0..SCENARIOS_PER_FILE {
        let first = file * SCENARIOS_PER_FILE + number + 1;
        let _ = writeln!(text, "  Scenario: Number {first}\n    Given a counter at {first}");
        for added in 1..=6 {
            let _ = writeln!(text, "    When it grows by {added}");
            if added % 2 == 0 {
                let _ = writeln!(text, "    Then it is {}", first + added * (added + 1) / 2);
            }
        }
    }
    text
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}

fn per_run(time: Duration, runs: usize) -> f64 {
    seconds(time) * 1e6 / runs as f64
}
