//! `serve`: answer a Harmony runner on stdin and stdout.

use std::process::ExitCode;

use super::args::ServeArgs;
use super::{refuse, settings};
use crate::engine::Registry;
use crate::harmony::serve::{ServeOptions, run_stdio};

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
    match Registry::collect() {
        Ok(registry) => run_stdio(registry, options),
        Err(error) => refuse(error),
    }
}
