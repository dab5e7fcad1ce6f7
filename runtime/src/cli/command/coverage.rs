//! `check --platforms`: checks which steps each platform supports, without running a step.

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use super::compat_selection::selected_compat_scenarios;
use super::error::CommandError;
use super::start_progress::StartProgress;
use crate::cli::exit_code::EXIT_FAILED;
use crate::cli::output::print_stdout;
use crate::cli::settings::{CheckFormat, PlatformNames};
use crate::harmony::config::Config;
use crate::harmony::coverage::{coverage, to_json, to_text};
use crate::harmony::routing::Mode;
use crate::harmony::starting::StartingPlatform;
use crate::local::Selection;

/// Time from the start of a platform's process to its response, unless the configuration sets it.
const START_TIMEOUT: Duration = Duration::from_secs(30);

/// Prints the coverage of the selected scenarios by each platform. The exit code is 0 if all platforms
/// support every step, and none matches a step twice.
///
/// # Errors
/// [`CommandError::Platforms`] if the configuration is wrong or does not name a platform.
pub(super) fn check_platforms(
    PlatformNames(names): &PlatformNames,
    selection: &Selection,
    mode: Mode,
    format: CheckFormat,
) -> Result<ExitCode, CommandError> {
    let config = Config::find()?;
    let scenarios = match mode {
        Mode::Strict => selection.scenarios.clone(),
        Mode::Compat => selected_compat_scenarios(selection),
    };
    let mut progress = StartProgress::new(io::stderr());
    let mut show = |starting: StartingPlatform<'_>| progress.show(&starting);
    let coverage = coverage(&scenarios, &config, names, mode, START_TIMEOUT, &mut show);
    progress.end();
    let coverage = coverage?;
    print_stdout(match format {
        CheckFormat::Json => format!("{:#}\n", to_json(&coverage)),
        CheckFormat::Text => to_text(&coverage),
    });
    let is_complete = coverage.iter().all(|platform| platform.is_complete());
    Ok(if is_complete { ExitCode::SUCCESS } else { ExitCode::from(EXIT_FAILED) })
}
