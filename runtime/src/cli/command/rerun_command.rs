//! The command that reruns scenarios under the same conditions.

use std::fmt::Write as _;

use crate::cli::settings::{ConfigOptions, program_command};
use crate::report::RerunCommand;
use crate::text::shell_quote;

/// Returns the command line of this program with `command`, the sources of its settings and further
/// `options`.
pub(super) fn rerun_command(
    command: &str,
    config: &ConfigOptions,
    options: &[&str],
) -> RerunCommand {
    RerunCommand::new(rerun_command_text(command, config, options))
}

/// Returns the words of the command line before its selectors, quoted for a shell.
pub(super) fn rerun_command_text(
    command: &str,
    config: &ConfigOptions,
    options: &[&str],
) -> String {
    let mut text = format!("{} {command}", program_command());
    let mut add = |option: &str, value: &str| {
        // Writing to a `String` cannot fail.
        let _ = write!(text, " {option} {}", shell_quote(value));
    };
    if let Some(path) = &config.config {
        add("--config", &path.to_string_lossy());
    }
    for setting in &config.set {
        add("--set", &format!("{}.{}={}", setting.section, setting.name, setting.text));
    }
    for option in options {
        text.push(' ');
        text.push_str(option);
    }
    text
}
