//! `check --platforms`: asks every platform what it can play, without running a step.

use std::process::ExitCode;
use std::time::Duration;

use super::{EXIT_FAILED, say};
use crate::harmony::config::Config;
use crate::harmony::coverage::{coverage, to_json, to_text};
use crate::harmony::routing::Lifecycle;
use crate::local::Selection;

/// The time a platform has from its start to its answer, where the configuration names none.
const START_TIMEOUT: Duration = Duration::from_secs(30);

/// Whether `text` can be names of platforms with commas between them.
pub(super) fn names(text: &str) -> Result<(), String> {
    if text.split(',').all(|name| !name.trim().is_empty()) {
        Ok(())
    } else {
        Err(format!("takes names of platforms with commas between them, not {text:?}"))
    }
}

/// Prints what each of the platforms makes of the selected scenarios. It succeeds when all of them
/// can play everything and match no step twice.
///
/// # Errors
/// A configuration that is wrong, or a platform that it does not name.
pub(super) fn run(platforms: &str, selection: &Selection, json: bool) -> Result<ExitCode, String> {
    let config = Config::find().map_err(|error| error.to_string())?;
    let names: Vec<String> = platforms.split(',').map(|name| name.trim().to_owned()).collect();
    let told = coverage(&selection.scenarios, &config, &names, Lifecycle::Real, START_TIMEOUT)
        .map_err(|error| error.to_string())?;
    say(&if json { format!("{:#}\n", to_json(&told)) } else { to_text(&told) });
    let complete = told.iter().all(|platform| platform.is_complete());
    Ok(if complete { ExitCode::SUCCESS } else { ExitCode::from(EXIT_FAILED) })
}
