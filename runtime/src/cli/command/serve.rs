//! `serve`: serves steps to a Harmony runner over stdin and stdout.

use std::process::ExitCode;

use super::error::CommandError;
use crate::cli::output::init_tracing;
use crate::cli::settings::{ServeOptions, parse_log_level, registered_values};
use crate::config::{ConfigErrors, ConfigSources};
use crate::engine::Registry;
use crate::harmony::serve;
use crate::observe::LevelFilter;

/// Variable of `run --log` too: one variable sets the level of the runner and of its processes.
const LOG_VARIABLE: &str = "HARMONY_BDD_LOG";

pub(super) fn serve(
    options: &ServeOptions,
    sources: &ConfigSources,
) -> Result<ExitCode, CommandError> {
    let mut serve_options = serve::ServeOptions::from_env()
        .map_err(|error| CommandError::Variable(error.to_string()))?;
    if let Some(timeout) = options.step_timeout {
        serve_options.step_timeout = timeout;
    }
    let (_, errors) = registered_values(sources);
    if !errors.is_empty() {
        return Err(ConfigErrors::new(errors).into());
    }
    let mut tracing = init_tracing(log_level(options.log)?)?;
    let code = Registry::collect().map(|registry| serve::run_stdio(registry, serve_options));
    tracing.finish(std::io::stderr());
    Ok(code?)
}

fn log_level(option: Option<LevelFilter>) -> Result<LevelFilter, CommandError> {
    match (option, std::env::var(LOG_VARIABLE)) {
        (Some(level), _) => Ok(level),
        (None, Ok(text)) => parse_log_level(&text)
            .map_err(|error| CommandError::Variable(format!("{LOG_VARIABLE}: {error}"))),
        (None, Err(_)) => Ok(LevelFilter::INFO),
    }
}
