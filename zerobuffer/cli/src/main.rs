//! The `zerobuffer` command: write, read, relay, inspect and clean shared-memory rings manually.
//!
//! Options, patterns and JSON keys of `writer`, `reader` and `relay` are those of the test programs
//! of the other ZeroBuffer v1 libraries, so that each can be on either side.
#![forbid(unsafe_code)]

mod args;
mod clean;
mod inspect;
mod outcome;
mod pattern;
mod progress;
mod reader;
mod relay;
mod stop;
mod transform;
mod writer;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use args::{Command, CommandLine};
use outcome::Exit;
use stop::Stop;

fn main() -> ExitCode {
    let command = match CommandLine::try_parse() {
        Ok(CommandLine { command }) => command,
        Err(error) => {
            // Help and version are not errors and go to stdout; a closed stdout is not an error
            // either.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Done }.into();
        }
    };
    let stop = match Stop::on_signals() {
        Ok(stop) => stop,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "zerobuffer: cannot watch for signals: {error}");
            return Exit::Buffer.into();
        }
    };
    let exit = match &command {
        Command::Writer(args) => writer::run(args, &stop),
        Command::Reader(args) => reader::run(args, &stop),
        Command::Relay(args) => relay::run(args, &stop),
        Command::Inspect(args) => inspect::run(args, &stop),
        Command::Clean(args) => clean::run(args),
    };
    exit.into()
}
