//! `serve`: answer a Harmony runner on stdin and stdout.

use std::process::ExitCode;

use super::args::{ServeArgs, log_level};
use super::listen::listen;
use super::{refuse, settings};
use crate::engine::Registry;
use crate::harmony::serve::{ServeOptions, run_stdio};
use crate::observe::LevelFilter;

/// As that of `run`, so that one variable serves the runner and its processes.
const LOG_VARIABLE: &str = "HARMONY_BDD_LOG";

pub(super) fn serve(args: &ServeArgs) -> ExitCode {
    let mut options = match ServeOptions::from_env() {
        Ok(options) => options,
        Err(error) => return refuse(error),
    };
    if let Some(timeout) = args.step_timeout {
        options.step_timeout = timeout;
    }
    if let Err(mistakes) = settings::of_suite(&args.options) {
        return refuse(mistakes);
    }
    let level = match (args.log, std::env::var(LOG_VARIABLE)) {
        (Some(level), _) => level,
        (None, Ok(text)) => match log_level(&text) {
            Ok(level) => level,
            Err(error) => return refuse(format_args!("{LOG_VARIABLE} {error}")),
        },
        (None, Err(_)) => LevelFilter::INFO,
    };
    let mut listening = match listen(level) {
        Ok(listening) => listening,
        Err(error) => return refuse(error),
    };
    let code = match Registry::collect() {
        Ok(registry) => run_stdio(registry, options),
        Err(error) => refuse(error),
    };
    listening.end(std::io::stderr());
    code
}
