//! The command `harmony-bdd`, which writes a new suite. All other commands belong to the suite itself.
#![forbid(unsafe_code)]

mod new_suite;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Parser, Subcommand};

use new_suite::{Source, create};

#[derive(Debug, Parser)]
#[command(
    name = "harmony-bdd",
    version,
    about = "Writes a new suite: a package with scenarios and the steps that run them",
    disable_help_subcommand = true
)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Writes a suite whose scenarios pass
    New(NewOptions),
    #[command(external_subcommand)]
    OfSuite(Vec<OsString>),
}

#[derive(Debug, Args)]
struct NewOptions {
    /// Name of the package, and of the folder that is created for it
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    name: String,
    /// Depends on the harmony-bdd in this folder, or in this clone of its repository, instead of the one on crates.io
    #[arg(long, value_name = "FOLDER", conflicts_with = "git")]
    path: Option<PathBuf>,
    /// Depends on the harmony-bdd in this git repository
    #[arg(long, value_name = "URL")]
    git: Option<String>,
}

impl NewOptions {
    fn source(&self) -> Source {
        match (&self.path, &self.git) {
            (Some(folder), _) => Source::Folder(folder.clone()),
            (None, Some(url)) => Source::Git(url.clone()),
            (None, None) => Source::Registry,
        }
    }
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a command prints its result")]
fn main() -> ExitCode {
    match CommandLine::parse().command {
        Command::New(options) => match create(&options.name, &options.source()) {
            Ok(()) => {
                println!("Wrote the suite `{}`. Its scenarios run with:\n", options.name);
                println!("    cd {}", options.name);
                println!("    cargo run -- run    # from features/, in parallel");
                println!("    cargo test          # each as a test");
                ExitCode::SUCCESS
            }
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::FAILURE
            }
        },
        Command::OfSuite(words) => {
            let word = words.first().map(|word| word.display().to_string()).unwrap_or_default();
            eprintln!("error: unknown command `{word}`");
            eprintln!(
                "\n`harmony-bdd new NAME` writes a suite. All other commands are its own, such as \
                 `cargo run -- run` in its folder."
            );
            ExitCode::from(2)
        }
    }
}
