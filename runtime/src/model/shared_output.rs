//! Output that cannot be attributed to one scenario.

use std::sync::Arc;

use super::Scenario;

/// Output that was printed while several scenarios ran. A process has one standard output, so any of them
/// may have printed it.
#[derive(Debug, Clone)]
pub struct SharedOutput {
    /// The scenarios that ran, each with its number.
    pub scenarios: Vec<(usize, Arc<Scenario>)>,
    /// The captured standard output and standard error.
    pub text: String,
}

impl SharedOutput {
    /// Returns whether the scenario with this number ran while it was printed.
    pub fn includes(&self, number: usize) -> bool {
        self.scenarios.iter().any(|(running, _)| *running == number)
    }

    /// Returns a line that names the scenarios, such as `printed while these scenarios ran: a, b`.
    pub fn heading(&self) -> String {
        let name = |(_, scenario): &(usize, Arc<Scenario>)| {
            let location = scenario.selectable_location();
            format!("{} ({}:{})", scenario.one_line_name(), location.path, location.line)
        };
        let names: Vec<_> = self.scenarios.iter().map(name).collect();
        format!("printed while these scenarios ran: {}", names.join(", "))
    }
}
