//! `run`: play scenarios in this process.

use std::io;
use std::process::ExitCode;
use std::sync::Arc;

use super::args::RunArgs;
use super::interrupt::on_interrupt;
use super::{EXIT_FAILED, EXIT_INTERRUPTED, refuse};
use crate::engine::Registry;
use crate::local::{self, RunOptions};
use crate::report::{Pretty, Report, Style};

pub(super) fn run(args: RunArgs) -> ExitCode {
    let registry = match Registry::collect() {
        Ok(registry) => Arc::new(registry),
        Err(error) => return refuse(error),
    };
    let selection = match local::select(&args.selectors) {
        Ok(selection) => selection,
        Err(error) => return refuse(error),
    };
    let mut options = RunOptions { fail_fast: args.fail_fast, ..RunOptions::default() };
    if let Some(jobs) = args.jobs {
        options.jobs = jobs;
    }
    if let Some(timeout) = args.step_timeout {
        options.step_timeout = timeout;
    }
    let stop = options.stop.clone();
    if let Err(error) = on_interrupt(stop.clone()) {
        return refuse(format_args!("Ctrl-C could not be watched for: {error}"));
    }
    let stdout = io::stdout();
    let style = Style::for_stream(&stdout);
    let mut report = Pretty::new(io::BufWriter::new(stdout.lock()), style, args.verbosity);
    let mut written = Ok(());
    let ran = local::run(registry, selection.scenarios, options, |event| {
        if written.is_ok() {
            written = report.event(&event);
        }
    });
    if let Err(error) = ran.and(written) {
        return refuse(format_args!("the run could not go on: {error}"));
    }
    if stop.is_set() {
        ExitCode::from(EXIT_INTERRUPTED)
    } else if report.totals().is_success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(EXIT_FAILED)
    }
}
