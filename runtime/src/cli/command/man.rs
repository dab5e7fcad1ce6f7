//! `man`: prints the manual page of this program or of one command.

use std::process::ExitCode;

use clap::CommandFactory as _;
use clap_mangen::Man;

use super::error::CommandError;
use crate::cli::output::{OutputError, print_stdout};
use crate::cli::settings::{CommandLine, program_name};

pub(super) fn man(name: Option<&str>) -> Result<ExitCode, CommandError> {
    let mut root = CommandLine::command().name(program_name()).disable_help_subcommand(true);
    root.build();
    let command = match name {
        None => root,
        Some(name) => match root.find_subcommand(name) {
            Some(command) => command.clone(),
            None => {
                let known: Vec<_> = root.get_subcommands().map(clap::Command::get_name).collect();
                let (name, known) = (name.to_owned(), known.join(", "));
                return Err(CommandError::UnknownCommand { name, known });
            }
        },
    };
    let mut page = Vec::new();
    Man::new(command).render(&mut page).map_err(OutputError::Stdout)?;
    Ok(print_stdout(page))
}
