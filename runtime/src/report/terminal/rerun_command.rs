//! The command that reruns a scenario.

use crate::report::ScenarioRecord;
use crate::text::shell_quote;

/// The command that runs a selector again.
#[derive(Debug, Clone, Default)]
pub struct RerunCommand {
    /// The words before the selector, quoted for a shell.
    command: String,
    /// The options of each scenario, by its number, quoted for a shell.
    scenario_options: Vec<String>,
}

impl RerunCommand {
    /// Creates the command from the words before the selector, quoted for a shell.
    pub fn new(command: impl Into<String>) -> Self {
        Self { command: command.into(), scenario_options: Vec::new() }
    }

    /// Adds the options of each scenario, by its number, quoted for a shell.
    #[must_use]
    pub fn scenario_options(mut self, options: Vec<String>) -> Self {
        self.scenario_options = options;
        self
    }

    /// Returns the words before the selector.
    pub(super) fn command(&self) -> &str {
        &self.command
    }

    /// Returns the command for one scenario.
    pub(super) fn of(&self, record: &ScenarioRecord) -> String {
        let location = record.location();
        let selector = format!("{}:{}", location.path, location.line);
        let mut command = self.command.clone();
        if let Some(options) = self.scenario_options.get(record.number) {
            command.push(' ');
            command.push_str(options);
        }
        format!("{command} {}", shell_quote(&selector))
    }
}

impl<T: Into<String>> From<T> for RerunCommand {
    fn from(command: T) -> Self {
        Self::new(command)
    }
}
