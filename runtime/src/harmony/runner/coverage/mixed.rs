//! The support of scenarios by combinations of platforms, from the support by each platform.

use super::check::{ALL_ROLES, PlatformCoverage, ScenarioCoverage};

/// The scenarios that a combination supports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CombinationCoverage {
    /// The platforms in the order of the sorted roles, joined by `_`.
    pub combination: String,
    /// The number of scenarios that it supports.
    pub supported: usize,
    /// The number of scenarios with as many roles as it has platforms.
    pub scenarios: usize,
}

/// Counts the scenarios that each combination of these platforms supports, in the order of the platforms,
/// the last role's varying fastest. Scenarios with one role have no combinations.
pub fn combination_coverage(platforms: &[PlatformCoverage]) -> Vec<CombinationCoverage> {
    let mut counts: Vec<CombinationCoverage> = Vec::new();
    let responding: Vec<&PlatformCoverage> =
        platforms.iter().filter(|platform| platform.definitions.is_ok()).collect();
    let Some(first) = responding.first() else { return counts };
    for (index, scenario) in first.scenarios.iter().enumerate() {
        if scenario.roles.len() < 2 {
            continue;
        }
        for chosen in combinations(&responding, scenario.roles.len()) {
            let names: Vec<&str> = chosen.iter().map(|p| p.platform.as_str()).collect();
            let combination = names.join("_");
            let is_supported = scenario
                .roles
                .iter()
                .zip(&chosen)
                .all(|(role, platform)| has_steps_of(&platform.scenarios[index], role));
            let at = counts.iter().position(|known| known.combination == combination);
            let at = at.unwrap_or_else(|| {
                counts.push(CombinationCoverage { combination, supported: 0, scenarios: 0 });
                counts.len() - 1
            });
            counts[at].scenarios += 1;
            counts[at].supported += usize::from(is_supported);
        }
    }
    counts
}

/// Returns whether a platform has all steps of a scenario that are sent to a role.
fn has_steps_of(scenario: &ScenarioCoverage, role: &str) -> bool {
    !scenario.missing.iter().any(|(of, _)| of == role || of == ALL_ROLES)
}

fn combinations<'p>(
    platforms: &[&'p PlatformCoverage],
    roles: usize,
) -> Vec<Vec<&'p PlatformCoverage>> {
    let mut all = vec![Vec::new()];
    for _ in 0..roles {
        all = all
            .iter()
            .flat_map(|prefix: &Vec<&PlatformCoverage>| {
                platforms.iter().map(|&platform| [prefix.as_slice(), &[platform]].concat())
            })
            .collect();
    }
    all
}
