//! Options that a test target does not have, with where the same can be set.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::cli::settings::{RunSettings, UsageError};

/// Returns the error of the command line of a test target.
pub(super) fn usage_error(error: clap::Error) -> UsageError {
    let answer = match (error.kind(), error.get(ContextKind::InvalidArg)) {
        (ErrorKind::UnknownArgument, Some(ContextValue::String(option))) => answer(option),
        _ => None,
    };
    match (UsageError::from(error), answer) {
        (UsageError::CommandLine(message), Some(answer)) => {
            // A similar option of the test target would be a worse answer.
            let message = message.split(';').next().unwrap_or_default();
            UsageError::CommandLine(format!("{message}; {answer}"))
        }
        (error, _) => error,
    }
}

fn answer(option: &str) -> Option<String> {
    match option {
        "-i" | "--input" => Some(
            "the name of a test begins with that of its feature file: `cargo test -- basket::`"
                .to_owned(),
        ),
        "-v" | "--verbose" => {
            Some("`--show-output` and `--no-capture` show what steps print".to_owned())
        }
        _ => {
            let name = option.strip_prefix("--")?;
            let key = name.replace('-', "_");
            is_option_of_run(name).then(|| {
                format!(
                    "set it in harmony.toml, section [run], as `{key}`, or in the environment as \
                     HARMONY_BDD_{}",
                    key.to_uppercase()
                )
            })
        }
    }
}

fn is_option_of_run(name: &str) -> bool {
    let run = <RunSettings as clap::Args>::augment_args(clap::Command::new("run"));
    run.get_arguments().any(|argument| argument.get_long() == Some(name))
}
