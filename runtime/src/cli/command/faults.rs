//! The texts of a run under faults.

use std::ops::Range;

use crate::harmony::runner::{FaultTotals, ScenarioInstance};
use crate::text::pluralize;

/// Adds to the options that rerun each scenario those that rerun its faults.
pub(super) fn with_seeds(options: Vec<String>, instances: &[ScenarioInstance]) -> Vec<String> {
    let with_seed = |(option, instance): (String, &ScenarioInstance)| match instance.fault_seed() {
        Some(seed) => format!("{option} --chaos {seed} --schedules 1"),
        None => option,
    };
    options.into_iter().zip(instances).map(with_seed).collect()
}

/// Returns the lines about the faults of a run, with a line break at the end.
pub(super) fn fault_summary(seeds: &Range<u64>, totals: FaultTotals) -> String {
    let FaultTotals { kills, pauses, delays, missed, errors } = totals;
    let seeds = match seeds.end - seeds.start {
        1 => format!("seed {}", seeds.start),
        _ => format!("seeds {} to {}", seeds.start, seeds.end - 1),
    };
    let mut text = format!(
        "faults of {seeds}: {}, {}, {}",
        pluralize(kills, "kill"),
        pluralize(pauses, "pause"),
        pluralize(delays, "delay"),
    );
    if missed > 0 {
        text.push_str(&format!(
            "; {missed} without effect, since a process or the scenario had ended"
        ));
    }
    if errors > 0 {
        let scenarios = pluralize(errors, "scenario");
        text.push_str(&format!(
            "\n{scenarios} ended with an error that @survives does not exclude"
        ));
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summary_names_what_there_is() {
        let none = FaultTotals::default();
        assert_eq!(fault_summary(&(7..8), none), "faults of seed 7: 0 kills, 0 pauses, 0 delays\n");
        let totals = FaultTotals { kills: 1, pauses: 2, delays: 3, missed: 4, errors: 5 };
        assert_eq!(
            fault_summary(&(1..101), totals),
            "faults of seeds 1 to 100: 1 kill, 2 pauses, 3 delays; 4 without effect, since a process or \
             the scenario had ended\n5 scenarios ended with an error that @survives does not exclude\n"
        );
    }
}
