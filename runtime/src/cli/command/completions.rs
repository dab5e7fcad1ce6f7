//! `completions`: prints a completion script.

use std::process::ExitCode;

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::cli::output::print_stdout;
use crate::cli::settings::{CommandLine, program_name};

pub(super) fn completions(shell: Shell) -> ExitCode {
    print_stdout(match shell {
        Shell::Bash => bash_script(&program_name()),
        _ => script(shell, &program_name()),
    })
}

fn script(shell: Shell, program: &str) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut CommandLine::command(), program, &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// Returns the script for a program whose name may contain `-`, for which the labels in clap's script
/// do not agree with each other.
fn bash_script(program: &str) -> String {
    let identifier: String =
        program.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let script = script(Shell::Bash, &identifier);
    script.replace(&format!("-o default {identifier}\n"), &format!("-o default {program}\n"))
}
