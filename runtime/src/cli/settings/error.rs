//! Errors in a command line.

use std::error::Error as _;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::config::{ConfigErrors, Hint, InvalidValue};

/// A command line or a configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum UsageError {
    /// Help or version, which clap treats as an error.
    #[error("{0}")]
    Print(String),
    /// The command line is wrong.
    #[error("{0}\n\nFor more information, try `--help`.")]
    CommandLine(String),
    /// No command is given.
    #[error(
        "no command given; to run the features of this suite: {program} run\n\n\
         For more information, try `--help`."
    )]
    NoCommand {
        /// Name of this program.
        program: String,
    },
    /// A test target calls the command line of a suite.
    #[error(
        "this is a test target, and `main!` runs no tests: write `harmony_bdd::test_main!();` in it \
         instead of `harmony_bdd::main!();`"
    )]
    TestTarget,
    /// Settings are wrong.
    #[error(transparent)]
    Config(#[from] ConfigErrors),
    /// The configuration file cannot be read.
    #[error("{path}: cannot read the settings: {error}", path = .path.display())]
    ConfigFile {
        /// The file.
        path: PathBuf,
        /// Reason.
        error: io::Error,
    },
}

impl UsageError {
    /// Returns the error of a command line of `root` with these `arguments`.
    pub(super) fn from_clap(
        error: &clap::Error,
        root: &clap::Command,
        arguments: &[OsString],
    ) -> Self {
        let first = arguments.first().and_then(|argument| argument.to_str()).unwrap_or_default();
        match (error.kind(), error.get(ContextKind::InvalidSubcommand)) {
            (ErrorKind::InvalidSubcommand, Some(ContextValue::String(name))) => {
                let parent = root.find_subcommand(first).unwrap_or(root);
                let known = parent.get_subcommands().map(|known| known.get_name().to_owned());
                let hint = Hint::new(name, known.collect());
                Self::CommandLine(format!("unknown command '{name}'{hint}"))
            }
            (ErrorKind::UnknownArgument, _) if first.starts_with('-') => {
                Self::CommandLine(format!("{} before the command", describe(error)))
            }
            (ErrorKind::DisplayHelp | ErrorKind::DisplayVersion, _) => {
                Self::Print(error.render().to_string())
            }
            _ => Self::CommandLine(describe(error)),
        }
    }
}

impl From<clap::Error> for UsageError {
    fn from(error: clap::Error) -> Self {
        match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                Self::Print(error.render().to_string())
            }
            _ => Self::CommandLine(describe(&error)),
        }
    }
}

/// Returns what is wrong, in one line.
fn describe(error: &clap::Error) -> String {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join(", ")),
        Some(ContextValue::StyledStrs(texts)) => {
            Some(texts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
        }
        _ => None,
    };
    // Of an option clap gives the usage, such as `--jobs <N>`.
    let option = || {
        let usage = text(ContextKind::InvalidArg).unwrap_or_default();
        usage.split(' ').next().unwrap_or_default().to_owned()
    };
    match error.kind() {
        ErrorKind::UnknownArgument => {
            let arg = text(ContextKind::InvalidArg).unwrap_or_default();
            let what = if arg.starts_with('-') { "option" } else { "argument" };
            match (text(ContextKind::SuggestedArg), text(ContextKind::SuggestedSubcommand)) {
                (Some(similar), Some(command)) => {
                    format!("unexpected {what} '{arg}'; did you mean '{command} {similar}'?")
                }
                (Some(similar), None) => {
                    format!("unexpected {what} '{arg}'; did you mean '{similar}'?")
                }
                (None, _) => format!("unexpected {what} '{arg}'"),
            }
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            format!("{}: {}", option(), invalid_value(error))
        }
        ErrorKind::MissingRequiredArgument => {
            format!("missing {}", text(ContextKind::InvalidArg).unwrap_or_default())
        }
        ErrorKind::MissingSubcommand => {
            let known = text(ContextKind::ValidSubcommand).unwrap_or_default();
            format!("missing command; expected one of: {known}")
        }
        _ => {
            let rendered = error.render().to_string();
            let line = rendered.lines().next().unwrap_or_default();
            line.strip_prefix("error: ").unwrap_or(line).to_owned()
        }
    }
}

/// Returns the reason why the value of an option was rejected.
pub(super) fn invalid_value(error: &clap::Error) -> InvalidValue {
    if let Some(error) = error.source() {
        return match error.downcast_ref::<InvalidValue>() {
            Some(error) => error.clone(),
            None => InvalidValue::Other(error.to_string()),
        };
    }
    match (error.get(ContextKind::InvalidValue), error.get(ContextKind::ValidValue)) {
        (Some(ContextValue::String(text)), _) if text.is_empty() => {
            InvalidValue::Missing("a value".into())
        }
        (Some(ContextValue::String(text)), Some(ContextValue::Strings(choices))) => {
            InvalidValue::NotOneOf { text: text.clone(), choices: choices.clone() }
        }
        _ => InvalidValue::Other(describe(error)),
    }
}
