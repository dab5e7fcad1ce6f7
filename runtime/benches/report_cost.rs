//! Cost of each report: 2,000 scenarios of 4 trivial steps, as time and memory beside a run without a
//! report.
//!
//! Every measurement is a separate process, since memory that was used once stays with its process.
//! The reports take turns, and the ratio of the medians is printed. The processor time of all threads
//! depends less on what else the machine does than the time that passes.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use harmony_bdd::engine::Registry;
use harmony_bdd::gherkin;
use harmony_bdd::given;
use harmony_bdd::local::{RunOptions, run};
use harmony_bdd::model::{Scenario, StepMatch};
use harmony_bdd::report::{
    DefinitionInfo, HookInfo, ParameterTypeInfo, REPORT_BUFFER_BYTES, ReportFile, ReportKind,
    ReporterSet, RunMetadata, StepLibrary,
};
use nix::time::{ClockId, clock_gettime};

const SCENARIOS: usize = 2_000;
const SCENARIOS_PER_FILE: usize = 40;
const STEPS: usize = 4;
const ROUNDS: usize = 7;
/// The variable that makes this program one measurement.
const REPORT: &str = "REPORT_COST_OF";
/// The end of the name of a report that leaves out what passed.
const FAILURES_ONLY: &str = ",failures-only";

#[given(regex = r"^the counter (\d+) grows by (\d+)$")]
fn grows(_number: u32, _by: u32) {}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    if let Some(name) = env::var_os(REPORT) {
        return measure(&name.to_string_lossy());
    }
    let single_files = [ReportKind::History, ReportKind::GitHub];
    let kinds = ReportKind::ALL.into_iter().filter(|kind| !single_files.contains(kind));
    let mut names = vec!["none".to_owned()];
    for kind in kinds.filter(|kind| kind.is_available()) {
        names.push(kind.name().to_owned());
        if kind == ReportKind::Html {
            names.push(format!("{}{FAILURES_ONLY}", kind.name()));
        }
    }
    let mut results = vec![[const { Vec::new() }; 3]; names.len()];
    for _ in 0..ROUNDS {
        for (name, values) in names.iter().zip(&mut results) {
            let output = Command::new(env::current_exe()?).env(REPORT, name).output()?;
            let text = String::from_utf8(output.stdout)?;
            for (value, values) in text.split_whitespace().zip(values) {
                values.push(value.parse::<f64>()?);
            }
        }
    }
    let medians: Vec<_> =
        results.iter_mut().map(|values| values.each_mut().map(|v| median(v))).collect();
    println!(
        "{:<19} {:>10} {:>6} {:>10} {:>6} {:>10} {:>6}",
        "report", "time", "ratio", "processor", "ratio", "memory", "ratio"
    );
    let bare = medians[0];
    for (name, [time, processor, kibibytes]) in names.iter().zip(&medians) {
        println!(
            "{name:<19} {time:>7.1} ms {:>6.2} {processor:>7.1} ms {:>6.2} {:>6.1} MiB {:>6.2}",
            time / bare[0],
            processor / bare[1],
            kibibytes / 1024.0,
            kibibytes / bare[2]
        );
    }
    Ok(())
}

/// Runs once with a report and prints the time and the processor time in milliseconds, and the peak of
/// memory in KiB.
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
    let (started, processor) = (Instant::now(), processor_time()?);
    let kind_name = name.trim_end_matches(FAILURES_ONLY);
    if let Some(kind) = ReportKind::ALL.into_iter().find(|kind| kind.name() == kind_name) {
        let library: Arc<dyn StepLibrary> = Arc::new(Steps(Arc::clone(&registry)));
        let scenarios = scenarios.clone();
        let metadata =
            RunMetadata { documents, scenarios, library: Some(library), ..RunMetadata::default() };
        let out = io::BufWriter::with_capacity(
            REPORT_BUFFER_BYTES,
            fs::File::create(folder.join("report"))?,
        );
        let failures_only = name != kind_name;
        let name = name.to_owned();
        let file = ReportFile { name, out, attachments: None, failures_only };
        kind.add_to(&mut reports, file, &metadata);
    }
    run(registry, scenarios, RunOptions::default(), |event| reports.on_event(&event))?;
    let (taken, processor) = (started.elapsed(), processor_time()? - processor);
    fs::remove_dir_all(&folder)?;
    assert_eq!(reports.totals().passed, SCENARIOS);
    assert!(reports.errors().is_empty(), "{:?}", reports.errors());
    let [taken, processor] = [taken, processor].map(|time| time.as_secs_f64() * 1e3);
    println!("{taken} {processor} {}", peak_kibibytes()?);
    Ok(())
}

/// The definitions of this program, as the reports of a suite know them.
struct Steps(Arc<Registry>);

impl StepLibrary for Steps {
    fn definitions(&self) -> Vec<DefinitionInfo> {
        let definitions = self.0.definitions().map(|definition| DefinitionInfo {
            pattern: definition.pattern.source.to_owned(),
            kind: definition.pattern.kind,
            location: definition.location(),
            parameters: Vec::new(),
        });
        definitions.collect()
    }

    fn hooks(&self) -> Vec<HookInfo> {
        Vec::new()
    }

    fn parameter_types(&self) -> Vec<ParameterTypeInfo> {
        Vec::new()
    }

    fn matches(&self, _: &Scenario, text: &str) -> Vec<StepMatch> {
        let matches = self.0.matches(text).unwrap_or_default().into_iter();
        matches.map(StepMatch::from).collect()
    }

    fn scenario_hooks(&self, _scenario: &Scenario) -> [Vec<HookInfo>; 2] {
        [Vec::new(), Vec::new()]
    }
}

/// Returns the time that processors have spent on this process.
fn processor_time() -> Result<Duration, nix::errno::Errno> {
    let time = clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID)?;
    Ok(Duration::from(time))
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
