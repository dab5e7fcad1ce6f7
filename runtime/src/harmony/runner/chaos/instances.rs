//! Scenarios with their fault plans.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::harmony::plan::chaos::{FaultPlan, InvalidSurvival, Survival};
use crate::harmony::runner::instance::ScenarioInstance;
use crate::model::Tag;

/// Returns each scenario once for each seed, with the faults that the seed gives it. `feature_tags` are the
/// tags of each feature, by the path of its file.
///
/// # Errors
/// [`InvalidSurvival`] if a tag of a scenario begins like one about faults and is none.
pub fn with_fault_plans(
    instances: &[ScenarioInstance],
    seeds: Range<u64>,
    feature_tags: &HashMap<Arc<str>, Vec<Tag>>,
) -> Result<Vec<ScenarioInstance>, InvalidSurvival> {
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
