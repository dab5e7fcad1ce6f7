//! A test target in which each scenario is a test.
//!
//! `cargo test` and `cargo nextest` call a test binary with the options of Rust's test harness. The
//! settings of `run` apply as well, from `harmony.toml` and the environment.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use super::error::CommandError;
use super::interrupt::{Notice, stop_on_interrupt};
use super::libtest_arguments::{LibtestArguments, TestFormat};
use super::test_names::{files_of_exact_filters, test_names};
use crate::cli::output::{
    FailureLines, LinkedSteps, OutputError, RealStdio, STDOUT, init_tracing, open_report_files,
    print_stdout,
};
use crate::cli::settings::{UsageError, parse_run};
use crate::engine::Registry;
use crate::local::{self, Isolation, OutputCapture, RunOptions, RunOutput, Selection, supervise};
use crate::model::{Scenario, StopFlag};
use crate::observe::LevelFilter;
use crate::platform::{stderr_file, stdout_file};
use crate::report::{
    Libtest, LibtestFormat, LibtestJson, ReporterSet, RunMetadata, Style, write_libtest_discovery,
};

/// Exit code of a test binary with a failed test, as that of Rust's test harness.
const EXIT_TESTS_FAILED: u8 = 101;

/// Runs this process as a test binary with the feature files in `folder` of the package that was
/// built in `package`; [`test_main!`](crate::test_main) calls it.
///
/// If that path does not exist, as on a machine that received the binary in an archive, the package is
/// at the `CARGO_MANIFEST_DIR` of the environment, which cargo and nextest set.
pub fn test_main(package: &str, folder: &str) -> ExitCode {
    let at_run_time = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let folder = features_folder(Path::new(package), at_run_time, folder);
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let lists = arguments.iter().any(|argument| argument == "--list");
    let run = || test_main_with(&folder.to_string_lossy(), arguments);
    // A list runs no step.
    if lists { run() } else { supervise(run) }
}

fn features_folder(at_build_time: &Path, at_run_time: Option<PathBuf>, folder: &str) -> PathBuf {
    let built_in = at_build_time.join(folder);
    match at_run_time {
        Some(package) if !built_in.exists() => package.join(folder),
        _ => built_in,
    }
}

/// Runs the arguments of a test binary, without the program's name, with the feature files in
/// `folder`.
pub fn test_main_with(
    folder: &str,
    arguments: impl IntoIterator<Item = impl Into<OsString>>,
) -> ExitCode {
    let arguments = arguments.into_iter().map(Into::into).collect();
    let result = LibtestArguments::parse(arguments)
        .and_then(|arguments| run_tests(Path::new(folder), &arguments));
    match result {
        Ok(code) => code,
        Err(CommandError::Usage(UsageError::Print(text))) => print_stdout(text),
        Err(error) => {
            error.print();
            ExitCode::from(EXIT_TESTS_FAILED)
        }
    }
}

fn run_tests(folder: &Path, arguments: &LibtestArguments) -> Result<ExitCode, CommandError> {
    let folder = relative_to_current_dir(folder);
    let registry = Arc::new(Registry::collect()?);
    let mut words = arguments.run_arguments();
    words.extend(["--".into(), folder.clone().into()]);
    let command = parse_run(words)?;
    let settings = &command.settings;
    let selectors = files_of_exact_filters(&folder, arguments).unwrap_or(command.selectors);
    let selection = match local::select(&settings.select_options(&selectors)) {
        Ok(selection) => selection,
        Err(error) if error.is_empty_selection() => Selection::default(),
        Err(error) => return Err(error.into()),
    };
    let all = selection.scenarios.len();
    let (names, scenarios): (Vec<_>, Vec<_>) = test_names(&folder, &selection.scenarios)
        .into_iter()
        .zip(selection.scenarios)
        .filter(|(name, _)| arguments.selects(name))
        .unzip();
    if arguments.is_list() {
        return list(&names, arguments.format()).map_err(|e| OutputError::Stdout(e).into());
    }
    let mut options = RunOptions {
        feature_tags: selection.feature_tags,
        stop: StopFlag::default(),
        ..settings.run_options()
    };
    if let Some(threads) = arguments.threads()? {
        options.jobs = threads;
    }
    let is_nextest = std::env::var_os("NEXTEST").is_some();
    if is_nextest || arguments.prints_output() {
        // nextest starts a process for each test, and without a capture there is nothing to attribute.
        options.isolation = Isolation::Thread;
    }
    if local::is_worker() {
        return run_assigned(registry, scenarios, options, settings.execution.log);
    }
    if options.isolation == Isolation::Process && !local::is_restartable() {
        return Err(CommandError::NotRestartable);
    }
    let mut reports = ReporterSet::with_flaky_result(settings.execution.schedule.flaky);
    let stdio = RealStdio {
        stdout: stdout_file().map_err(OutputError::Stdout)?,
        stderr: stderr_file().map_err(OutputError::Stdout)?,
    };
    let specs = settings.display.reports();
    let filtered_out = all - scenarios.len();
    add_test_report(stdio.terminal(specs)?, arguments, names, filtered_out, &mut reports);
    let failure_lines = FailureLines::default();
    if is_nextest {
        reports.add("standard error", failure_lines.clone());
    } else {
        let metadata = RunMetadata {
            documents: selection.documents,
            scenarios: scenarios.clone(),
            rerun_options: Vec::new(),
            library: Some(LinkedSteps::library(Arc::clone(&registry), true)),
        };
        open_report_files(specs, &metadata, &stdio, &mut reports)?;
    }
    let mut tracing = init_tracing(settings.execution.log)?;
    stop_on_interrupt(options.stop.clone(), Notice::OnStderr)?;
    let mut real = None;
    let is_here = options.isolation == Isolation::Thread;
    if is_here && !arguments.prints_output() && settings.captures_output() {
        let (capture, output) = OutputCapture::start().map_err(CommandError::Capture)?;
        options.output_capture = Some(capture);
        real = Some(output);
    }
    let result = local::run(registry, scenarios, options, |event| reports.on_event(&event));
    // Errors go to standard error, which must not be captured any more.
    if let Some(real) = real {
        real.restore().map_err(CommandError::Capture)?;
    }
    tracing.finish(io::stderr());
    if is_nextest {
        print_nextest_notes(&failure_lines, !settings.display.reports().is_empty());
    }
    result.map_err(CommandError::Run)?;
    if !reports.errors().is_empty() {
        return Err(CommandError::IncompleteReports(reports.errors().to_vec()));
    }
    let totals = reports.totals();
    // As in Rust's test harness, a filter that selects no test is not a failure.
    Ok(if totals.is_without_failure() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(EXIT_TESTS_FAILED)
    })
}

/// Runs the scenarios that another process assigns, which has the reports.
fn run_assigned(
    registry: Arc<Registry>,
    scenarios: Vec<Arc<Scenario>>,
    options: RunOptions,
    log: LevelFilter,
) -> Result<ExitCode, CommandError> {
    let mut tracing = init_tracing(log)?;
    stop_on_interrupt(options.stop.clone(), Notice::InReport)?;
    let (capture, real) = OutputCapture::start().map_err(CommandError::Capture)?;
    let options = RunOptions { output_capture: Some(capture), ..options };
    let result = local::run(registry, scenarios, options, drop);
    real.restore().map_err(CommandError::Capture)?;
    tracing.finish(io::stderr());
    result.map_err(CommandError::Run)?;
    Ok(ExitCode::SUCCESS)
}

/// Adds the report in the format of the test harness.
fn add_test_report(
    stdout: File,
    arguments: &LibtestArguments,
    names: Vec<String>,
    filtered_out: usize,
    reports: &mut ReporterSet,
) {
    let style = Style::for_stream(&stdout, arguments.color());
    let out = BufWriter::new(RunOutput::new(stdout));
    let passed_output = arguments.passed_output();
    match arguments.format() {
        TestFormat::Text(format) => {
            let report = Libtest::new(out, style, format, names, filtered_out);
            reports.add(STDOUT, report.passed_output(passed_output));
        }
        TestFormat::Json => {
            reports.add(STDOUT, LibtestJson::new(out, passed_output, names, filtered_out));
        }
    }
}

/// Prints the reasons of failures, which nextest copies into its own report. It runs each test in its
/// own process, whose report files would replace those of the process before.
fn print_nextest_notes(failure_lines: &FailureLines, wants_reports: bool) {
    let mut stderr = io::stderr();
    // Without stderr the exit code alone reports the failure.
    let _ = failure_lines.write_to(&mut stderr);
    if wants_reports {
        let _ = writeln!(
            stderr,
            "warning: no report is written, since nextest runs each test in its own process; use the \
             JUnit report of nextest"
        );
    }
}

fn list(names: &[String], format: TestFormat) -> io::Result<ExitCode> {
    let mut out = io::stdout().lock();
    if format == TestFormat::Json {
        write_libtest_discovery(&mut out, names)?;
        return Ok(ExitCode::SUCCESS);
    }
    for name in names {
        writeln!(out, "{name}: test")?;
    }
    if format == TestFormat::Text(LibtestFormat::Pretty) {
        let plural = if names.len() == 1 { "" } else { "s" };
        writeln!(out, "\n{} test{plural}, 0 benchmarks", names.len())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the path relative to the current folder, if it is below it.
fn relative_to_current_dir(path: &Path) -> PathBuf {
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
    fn features_are_found_in_a_moved_package() {
        let here = tempfile::tempdir().unwrap();
        let gone = here.path().join("gone");
        std::fs::create_dir(here.path().join("features")).unwrap();
        let now = || Some(here.path().to_owned());
        let found = here.path().join("features");
        assert_eq!(features_folder(&gone, now(), "features"), found);
        assert_eq!(features_folder(here.path(), Some(gone.clone()), "features"), found);
        assert_eq!(features_folder(&gone, None, "features"), gone.join("features"));
    }
}
