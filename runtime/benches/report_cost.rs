//! Cost of each report: 2,000 scenarios of 4 trivial steps, as time and memory beside a run without a
//! report.
//!
//! Every measurement is a separate process, since memory that was used once stays with its process.
//! The reports take turns, and the ratio of the medians is printed.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use harmony_bdd::engine::Registry;
use harmony_bdd::gherkin;
use harmony_bdd::given;
use harmony_bdd::local::{RunOptions, run};
use harmony_bdd::report::{ReportFile, ReportKind, ReporterSet, RunMetadata};

const SCENARIOS: usize = 2_000;
const SCENARIOS_PER_FILE: usize = 40;
const STEPS: usize = 4;
const ROUNDS: usize = 7;
/// The variable that makes this program one measurement.
const REPORT: &str = "REPORT_COST_OF";

#[given(regex = r"^the counter (\d+) grows by (\d+)$")]
fn grows(_number: u32, _by: u32) {}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    if let Some(name) = env::var_os(REPORT) {
        return measure(&name.to_string_lossy());
    }
    let single_files = [ReportKind::History, ReportKind::GitHub];
    let kinds = ReportKind::ALL.into_iter().filter(|kind| !single_files.contains(kind));
    let names: Vec<_> = ["none"]
        .into_iter()
        .chain(kinds.filter(|k| k.is_available()).map(ReportKind::name))
        .collect();
    let mut results = vec![(Vec::new(), Vec::new()); names.len()];
    for _ in 0..ROUNDS {
        for (name, (times, memory)) in names.iter().zip(&mut results) {
            let output = Command::new(env::current_exe()?).env(REPORT, name).output()?;
            let text = String::from_utf8(output.stdout)?;
            let (time, kibibytes) = text.trim().split_once(' ').ok_or("no measurement")?;
            times.push(time.parse::<f64>()?);
            memory.push(kibibytes.parse::<f64>()?);
        }
    }
    let (bare_time, bare_memory) = (median(&mut results[0].0), median(&mut results[0].1));
    println!("{:<10} {:>10} {:>7} {:>10} {:>7}", "report", "time", "ratio", "memory", "ratio");
    for (name, (times, memory)) in names.iter().zip(&mut results) {
        let (time, kibibytes) = (median(times), median(memory));
        println!(
            "{name:<10} {time:>7.1} ms {:>7.2} {:>6.1} MiB {:>7.2}",
            time / bare_time,
            kibibytes / 1024.0,
            kibibytes / bare_memory
        );
    }
    Ok(())
}

/// Runs once with a report and prints the time in milliseconds and the peak of memory in KiB.
fn measure(name: &str) -> Result<(), Box<dyn std::error::Error>> {
    let registry = Arc::new(Registry::collect()?);
    let (mut documents, mut scenarios) = (Vec::new(), Vec::new());
    for file in 0..SCENARIOS / SCENARIOS_PER_FILE {
        let document = Arc::new(gherkin::parse(&format!("{file}.feature"), &feature(file))?);
        scenarios.extend(gherkin::scenarios(&document).into_iter().map(Arc::new));
        documents.push(document);
    }
    let folder = env::temp_dir().join(format!("report-cost-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let mut reports = ReporterSet::default();
    let started = Instant::now();
    if let Some(kind) = ReportKind::ALL.into_iter().find(|kind| kind.name() == name) {
        let metadata =
            RunMetadata { documents, scenarios: scenarios.clone(), ..RunMetadata::default() };
        let out = io::BufWriter::new(fs::File::create(folder.join("report"))?);
        let name = name.to_owned();
        let file = ReportFile { name, out, attachments: None, failures_only: false };
        kind.add_to(&mut reports, file, &metadata);
    }
    run(registry, scenarios, RunOptions::default(), |event| reports.on_event(&event))?;
    let taken = started.elapsed();
    fs::remove_dir_all(&folder)?;
    assert_eq!(reports.totals().passed, SCENARIOS);
    assert!(reports.errors().is_empty(), "{:?}", reports.errors());
    println!("{} {}", taken.as_secs_f64() * 1e3, peak_kibibytes()?);
    Ok(())
}

fn feature(file: usize) -> String {
    let mut text = format!("Feature: Number {file}\n");
    for scenario in 0..SCENARIOS_PER_FILE {
        let _ = writeln!(text, "  Scenario: Number {scenario}");
        for number in 0..STEPS {
            let _ = writeln!(text, "    Given the counter {number} grows by {scenario}");
        }
    }
    text
}

fn peak_kibibytes() -> Result<u64, Box<dyn std::error::Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let text = line.ok_or("no VmHWM")?.trim().trim_end_matches("kB");
    Ok(text.trim().parse()?)
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
