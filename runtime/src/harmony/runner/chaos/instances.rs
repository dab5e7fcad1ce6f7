//! Scenarios with their fault plans.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::harmony::plan::chaos::{FaultPlan, InvalidSurvival, Survival};
use crate::harmony::runner::instance::ScenarioInstance;
use crate::model::Tag;

/// The reason why faults cannot strike a scenario as it says.
#[derive(Debug, thiserror::Error)]
pub enum FaultPlanError {
    /// A tag of the scenario begins like one about faults and is not one.
    #[error(transparent)]
    Survival(#[from] InvalidSurvival),
    /// A kill would reach the wrapper of a process, and perhaps not the process.
    #[error(
        "--chaos: the '{role}' process runs behind a wrapper (platform {platform}), where faults do not \
         reach it; choose platforms without one"
    )]
    OutOfReach {
        /// The role.
        role: String,
        /// The platform of the role.
        platform: String,
    },
}

/// Returns each scenario once for each seed, with the faults that the seed gives it. `feature_tags` are the
/// tags of each feature, by the path of its file.
///
/// # Errors
/// [`FaultPlanError`].
pub fn with_fault_plans(
    instances: &[ScenarioInstance],
    seeds: Range<u64>,
    feature_tags: &HashMap<Arc<str>, Vec<Tag>>,
) -> Result<Vec<ScenarioInstance>, FaultPlanError> {
    instances.iter().try_for_each(check_reach)?;
    let survival = |instance: &ScenarioInstance| {
        let scenario = &instance.scenario;
        let feature_tags = feature_tags.get(&scenario.location.path);
        let feature_tags = feature_tags.map_or(&[][..], Vec::as_slice);
        Survival::from_tags(&scenario.tags, feature_tags, &instance.plan.roles)
    };
    let survivals = instances.iter().map(survival).collect::<Result<Vec<_>, _>>()?;
    let mut all = Vec::new();
    // The scenarios of one seed are adjacent, so that the beginning of a run has each of them.
    for seed in seeds {
        for (instance, survival) in instances.iter().zip(&survivals) {
            let ScenarioInstance { scenario, plan, .. } = instance;
            let faults = FaultPlan::draw(seed, &scenario.name, plan, survival.clone());
            let mut display = (*instance.display).clone();
            display.name = format!("{} seed {seed}", display.name);
            let (display, faults) = (Arc::new(display), Some(Arc::new(faults)));
            all.push(ScenarioInstance { display, faults, ..instance.clone() });
        }
    }
    Ok(all)
}

/// Checks that no process of the scenario runs behind a wrapper.
fn check_reach(instance: &ScenarioInstance) -> Result<(), FaultPlanError> {
    for role in &instance.plan.roles {
        let platform = instance.combination.platform(role);
        if let Some(platform) = platform.filter(|platform| !platform.wrapper.is_empty()) {
            let (role, platform) = (role.clone(), platform.name.clone());
            return Err(FaultPlanError::OutOfReach { role, platform });
        }
    }
    Ok(())
}
