//! The command that reruns one mutant.

use crate::mutation::{Finding, Findings};
use crate::text::shell_quote;

/// The command that reruns one mutant.
#[derive(Debug, Clone)]
pub struct MutantCommand {
    /// The words before the selector, quoted for a shell.
    base: String,
    /// The options of each original, quoted for a shell; empty for a local run.
    options: Vec<String>,
}

impl MutantCommand {
    /// Creates the command from the words before the selector and the options of each original, all
    /// quoted for a shell.
    pub fn new(base: impl Into<String>, options: Vec<String>) -> Self {
        Self { base: base.into(), options }
    }

    /// Returns the command for one mutant.
    pub(super) fn of(&self, findings: &Findings, finding: &Finding) -> String {
        let location = findings.originals[finding.original].selectable_location();
        let selector = format!("{}:{}", location.path, location.line);
        let mut command = self.base.clone();
        if let Some(options) = self.options.get(finding.original).filter(|o| !o.is_empty()) {
            command.push(' ');
            command.push_str(options);
        }
        format!("{command} {} --only {}", shell_quote(&selector), finding.id)
    }
}
