//! Time and memory of 10,000 steps with 100 and with 2,000 definitions.
//!
//! `cargo bench -p harmony-bdd --bench lookup` prints, for two shapes of definitions, medians of
//! interleaved rounds, their ratio, the time per look-up and the peak memory of a process that only
//! executes these steps; then the gain of templates over regexes alone.

#[path = "shared/definitions.rs"]
mod definitions;

use std::env;
use std::fs;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use definitions::{Matcher, Shape, registry, text};
use harmony_bdd::engine::{Registry, Session, StepCall};
use harmony_bdd::model::Outcome;

const STEPS: usize = 10_000;
const FEW: usize = 100;
const MANY: usize = 2_000;
const ROUNDS: usize = 11;

fn main() {
    let arguments: Vec<String> = env::args().collect();
    if let [_, command, shape, count] = arguments.as_slice()
        && command == "peak"
    {
        let shape = if shape == "alike" { Shape::Alike } else { Shape::Mixed };
        execute_all(&registry(shape, count.parse().expect("a count"), Matcher::Template), shape);
        report(&format!("{}", peak_kib()));
        return;
    }
    for (name, shape) in [("mixed", Shape::Mixed), ("alike", Shape::Alike)] {
        compare(name, shape);
        for count in [FEW, MANY] {
            compare_matchers(name, shape, count);
        }
    }
}

fn compare(name: &str, shape: Shape) {
    let few = registry(shape, FEW, Matcher::Template);
    let many = registry(shape, MANY, Matcher::Template);
    let cold = [execute_all(&few, shape), execute_all(&many, shape)];
    let mut rounds = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        rounds[0].push(execute_all(&few, shape));
        rounds[1].push(execute_all(&many, shape));
    }
    let [few, many] = rounds.map(median);
    let ratio = many.as_secs_f64() / few.as_secs_f64();
    let micros = |d: Duration| d.as_secs_f64() * 1e6 / STEPS as f64;
    report(&format!(
        "{name}: {STEPS} steps, {FEW} definitions {few:.1?} ({:.2} us/step), {MANY} definitions {many:.1?} ({:.2} us/step), ratio {ratio:.2}",
        micros(few),
        micros(many),
    ));
    report(&format!(
        "{name}: first round with all regexes to compile: {:.1?} and {:.1?}",
        cold[0], cold[1]
    ));
    for count in [FEW, MANY] {
        report(&format!(
            "{name}: peak memory with {count} definitions: {} KiB",
            peak_of(name, count)
        ));
    }
}

/// Prints the time of the same steps with and without templates.
fn compare_matchers(name: &str, shape: Shape, count: usize) {
    let matchers =
        [Matcher::Template, Matcher::Regex].map(|matcher| registry(shape, count, matcher));
    let mut rounds = [Vec::new(), Vec::new()];
    for round in 0..=ROUNDS {
        for (registry, times) in matchers.iter().zip(&mut rounds) {
            let time = execute_all(registry, shape);
            // The first round compiles the regexes.
            if round > 0 {
                times.push(time);
            }
        }
    }
    let [template, regex] = rounds.map(median);
    report(&format!(
        "{name}: {count} definitions, templates {template:.1?}, regexes only {regex:.1?}, ratio {:.2}",
        regex.as_secs_f64() / template.as_secs_f64()
    ));
}

fn peak_of(shape: &str, count: usize) -> String {
    let me = env::current_exe().expect("own path");
    let output =
        Command::new(me).args(["peak", shape, &count.to_string()]).output().expect("a child");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn peak_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmHWM:")).unwrap_or("VmHWM: 0 kB");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).unwrap_or(0)
}

/// Executes all steps once, spread over the definitions.
fn execute_all(registry: &Arc<Registry>, shape: Shape) -> Duration {
    let count = registry.definitions().len();
    let texts: Vec<String> = (0..STEPS).map(|i| text(shape, (i * 7919) % count, i)).collect();
    let mut session = Session::new(Arc::clone(registry), None).expect("an async runtime");
    let started = Instant::now();
    for text in texts {
        let step = session.resolve(StepCall { text, ..StepCall::default() }, Duration::MAX);
        let outcome = session.execute(step).outcome;
        assert_eq!(outcome, Outcome::Passed);
    }
    started.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

#[expect(clippy::print_stdout, reason = "printing is what a benchmark is for")]
fn report(line: &str) {
    println!("{line}");
}
