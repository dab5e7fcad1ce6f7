//! A test target: every scenario is a test, by the options of Rust's own harness.
//!
//! `cargo test` and `cargo nextest` speak to a test binary by a few options. The same settings hold
//! as for `run`, from `harmony.toml` and the environment.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::num::NonZeroUsize;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use lexopt::prelude::*;

use super::args::UsageError;
use super::interrupt::on_interrupt;
use super::listen::listen;
use super::options::Options;
use super::run_settings::{RUN, RunSettings};
use super::{refuse, settings};
use crate::engine::Registry;
use crate::local::{self, Printed, Selection};
use crate::model::Scenario;
use crate::report::{ColourChoice, Libtest, LibtestFormat, Reports, Style};

/// Exit code of a test binary when a test fails, as Rust's harness has it.
const EXIT_TESTS_FAILED: u8 = 101;

/// Runs this process as a test binary over the feature files in `folder` of the package that was
/// built in `package`; what [`test_main!`](crate::test_main) calls.
///
/// Where that path is no more, as when the binary came to another machine in an archive, the package
/// is where `CARGO_MANIFEST_DIR` says when it runs: cargo and nextest set it.
pub fn test_main(package: &str, folder: &str) -> ExitCode {
    let now = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let folder = folder_of(Path::new(package), now, folder);
    test_main_with(&folder.to_string_lossy(), std::env::args_os().skip(1).collect())
}

fn folder_of(built_in: &Path, now: Option<PathBuf>, folder: &str) -> PathBuf {
    let built_in = built_in.join(folder);
    match now {
        Some(now) if !built_in.exists() => now.join(folder),
        _ => built_in,
    }
}

/// Runs the arguments of a test binary, without the program's name, over the feature files in
/// `folder`.
pub fn test_main_with(folder: &str, arguments: Vec<OsString>) -> ExitCode {
    let outcome = parse(arguments)
        .map_err(|error| error.0)
        .and_then(|arguments| play(Path::new(folder), &arguments));
    outcome.unwrap_or_else(|message| {
        refuse(message);
        ExitCode::from(EXIT_TESTS_FAILED)
    })
}

/// The options of Rust's harness that mean something here.
#[derive(Debug, Default)]
struct Arguments {
    filters: Vec<String>,
    skip: Vec<String>,
    exact: bool,
    list: bool,
    /// Only tests that are ignored otherwise: there are none.
    ignored: bool,
    format: LibtestFormat,
    no_capture: bool,
    threads: Option<NonZeroUsize>,
    colour: ColourChoice,
}

fn parse(words: Vec<OsString>) -> Result<Arguments, UsageError> {
    let mut words = lexopt::Parser::from_args(words);
    let mut arguments = Arguments::default();
    while let Some(word) = words.next()? {
        match word {
            Value(filter) => arguments.filters.push(filter.string()?),
            Long("skip") => arguments.skip.push(words.value()?.string()?),
            Long("exact") => arguments.exact = true,
            Long("list") => arguments.list = true,
            Long("ignored") => arguments.ignored = true,
            Long("nocapture" | "no-capture") => arguments.no_capture = true,
            Short('q') | Long("quiet") => arguments.format = LibtestFormat::Terse,
            Long("format") => {
                arguments.format = match words.value()?.string()?.as_str() {
                    "pretty" => LibtestFormat::Pretty,
                    "terse" => LibtestFormat::Terse,
                    other => {
                        let problem = format!("--format takes pretty or terse, not {other:?}");
                        return Err(UsageError(problem));
                    }
                }
            }
            Long("test-threads") => {
                let text = words.value()?.string()?;
                let threads = text.parse().map_err(|_| {
                    UsageError(format!(
                        "--test-threads takes a whole number from 1 up, not {text:?}"
                    ))
                })?;
                arguments.threads = Some(threads);
            }
            Long("color") => {
                arguments.colour = match words.value()?.string()?.as_str() {
                    "always" => ColourChoice::Always,
                    "never" => ColourChoice::Never,
                    _ => ColourChoice::Auto,
                }
            }
            // What cargo and editors pass along and what changes nothing here.
            Long("include-ignored" | "show-output" | "test" | "bench" | "report-time") => {}
            Short('Z') => drop(words.value()?),
            Short(c) => return Err(UsageError(format!("unknown option '-{c}'"))),
            Long(name) => return Err(UsageError(format!("unknown option '--{name}'"))),
        }
    }
    Ok(arguments)
}

fn play(folder: &Path, arguments: &Arguments) -> Result<ExitCode, String> {
    let folder = relative(folder);
    let registry = Registry::collect().map_err(|error| error.to_string())?;
    let options =
        Options { selectors: vec![folder.to_string_lossy().into_owned()], ..Options::default() };
    let values = settings::values(&RUN, &options)?;
    let selectors = files(&folder, arguments).unwrap_or(options.selectors);
    let mut settings = RunSettings::of(&values, selectors).map_err(|error| error.to_string())?;
    let selection = match local::select(&settings.select) {
        Ok(selection) => selection,
        Err(error) if error.is_empty_selection() => Selection::default(),
        Err(error) => return Err(error.to_string()),
    };
    let names = names(&folder, &selection.scenarios);
    let all = selection.scenarios.len();
    let (names, scenarios): (Vec<_>, Vec<_>) = names
        .into_iter()
        .zip(selection.scenarios)
        .filter(|(name, _)| arguments.selects(name))
        .unzip();
    if arguments.list {
        return list(&names, arguments.format).map_err(|error| error.to_string());
    }
    if let Some(threads) = arguments.threads {
        settings.run.jobs = threads;
    }
    settings.run.feature_tags = selection.feature_tags;
    let mut listening = listen(settings.log)?;
    on_interrupt(settings.run.stop.clone())
        .map_err(|error| format!("Ctrl-C could not be watched for: {error}"))?;
    let stdout = File::from(io::stdout().as_fd().try_clone_to_owned().map_err(|e| e.to_string())?);
    let mut real = None;
    if !arguments.no_capture && settings.capture {
        let (printed, output) = Printed::catch().map_err(|error| error.to_string())?;
        settings.run.printed = Some(printed);
        real = Some(output);
    }
    let style = Style::for_stream(&stdout, arguments.colour);
    let mut reports = Reports::default();
    let filtered_out = all - scenarios.len();
    let out = BufWriter::new(stdout);
    let report = Libtest::new(out, style, arguments.format, names, filtered_out);
    reports.add("standard output", report);
    let ran =
        local::run(Arc::new(registry), scenarios, settings.run, |event| reports.event(&event));
    // Errors are told on standard error, where nothing is caught any more.
    if let Some(real) = real {
        real.restore().map_err(|error| error.to_string())?;
    }
    listening.end(io::stderr());
    ran.map_err(|error| format!("the run could not go on: {error}"))?;
    if !reports.errors().is_empty() {
        return Err(reports.errors().join("\nerror: "));
    }
    let totals = reports.totals();
    // As with Rust's own harness, a filter that leaves nothing is no failure.
    let good = totals.failed == 0 && totals.failures.is_empty() && !totals.interrupted;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::from(EXIT_TESTS_FAILED) })
}

impl Arguments {
    fn selects(&self, name: &str) -> bool {
        let fits = |filter: &String| match self.exact {
            true => name == filter,
            false => name.contains(filter.as_str()),
        };
        !self.ignored
            && (self.filters.is_empty() || self.filters.iter().any(fits))
            && !self.skip.iter().any(fits)
    }
}

/// The files that exact filters can mean: a runner that starts a process for each test must not
/// make each of them read every file.
fn files(folder: &Path, arguments: &Arguments) -> Option<Vec<String>> {
    if !arguments.exact || arguments.filters.is_empty() {
        return None;
    }
    let file = |filter: &String| {
        let (stem, _) = filter.split_once("::")?;
        let path = folder.join(format!("{stem}.feature"));
        path.is_file().then(|| path.to_string_lossy().into_owned())
    };
    arguments.filters.iter().map(file).collect()
}

/// The name of each scenario: its file below the folder, its rule, its name and its row, `::` between.
fn names(folder: &Path, scenarios: &[Arc<Scenario>]) -> Vec<String> {
    let mut rows: HashMap<String, usize> = HashMap::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    let name = |scenario: &Arc<Scenario>, row: Option<usize>| {
        let path = Path::new(&*scenario.place.path);
        let file = path.strip_prefix(folder).unwrap_or(path).with_extension("");
        let mut name = file.to_string_lossy().into_owned();
        let parts = [scenario.rule.as_deref(), Some(scenario.name.as_str())];
        for part in parts.into_iter().flatten() {
            name.push_str("::");
            name.push_str(part);
        }
        if let Some(row) = row {
            name.push_str(&format!("::row {row}"));
        }
        name
    };
    scenarios
        .iter()
        .map(|scenario| {
            let row = scenario.example.is_some().then(|| {
                let row = rows.entry(scenario.place.to_string()).or_default();
                *row += 1;
                *row
            });
            let name = name(scenario, row);
            let times = known.entry(name.clone()).or_default();
            *times += 1;
            // Two scenarios of one name are two tests.
            if *times == 1 { name } else { format!("{name} #{times}") }
        })
        .collect()
}

fn list(names: &[String], format: LibtestFormat) -> io::Result<ExitCode> {
    let mut out = io::stdout().lock();
    for name in names {
        writeln!(out, "{name}: test")?;
    }
    if format == LibtestFormat::Pretty {
        let plural = if names.len() == 1 { "" } else { "s" };
        writeln!(out, "\n{} test{plural}, 0 benchmarks", names.len())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The path as seen from this folder, where it is below it.
fn relative(path: &Path) -> PathBuf {
    let current = std::env::current_dir().unwrap_or_default();
    match path.strip_prefix(&current) {
        Ok(below) if !below.as_os_str().is_empty() => below.to_owned(),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_found_where_the_package_is_now() {
        let here = tempfile::tempdir().unwrap();
        let gone = here.path().join("gone");
        std::fs::create_dir(here.path().join("features")).unwrap();
        let now = || Some(here.path().to_owned());
        let found = here.path().join("features");
        assert_eq!(folder_of(&gone, now(), "features"), found);
        assert_eq!(folder_of(here.path(), Some(gone.clone()), "features"), found);
        assert_eq!(folder_of(&gone, None, "features"), gone.join("features"));
    }
}
