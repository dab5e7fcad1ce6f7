//! `report flaky`: lists the scenarios of a history that are flaky or have become slower.

use std::process::ExitCode;

use super::error::CommandError;
use crate::cli::output::print_stdout;
use crate::cli::settings::FlakyOptions;
use crate::report::history::{flaky_scenarios, flaky_table};

pub(super) fn flaky(options: &FlakyOptions) -> Result<ExitCode, CommandError> {
    let scenarios = flaky_scenarios(&options.history, options.last.get())?;
    Ok(print_stdout(match scenarios.is_empty() {
        true => "no scenario is flaky or has become slower\n".to_owned(),
        false => flaky_table(&scenarios),
    }))
}
