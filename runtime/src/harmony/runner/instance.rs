//! Scenarios in their combinations of platforms.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::harmony::plan::chaos::FaultPlan;
use crate::harmony::plan::combinations::{Combination, CombinationFilter, InvalidCombination};
use crate::harmony::plan::config::Config;
use crate::harmony::plan::mode::Mode;
use crate::harmony::plan::routing::{Plan, plan};
use crate::harmony::plan::target::Target;
use crate::model::Scenario;

/// The feature number of a file whose name begins with none.
const UNNUMBERED_FEATURE: u64 = 999;

/// A scenario in one combination.
#[derive(Debug, Clone)]
pub struct ScenarioInstance {
    /// The scenario as it is written.
    pub scenario: Arc<Scenario>,
    /// The scenario as events and reports show it: its combination is part of its name.
    pub display: Arc<Scenario>,
    /// The platform of each role.
    pub combination: Combination,
    pub(super) plan: Arc<Plan>,
    /// The time limit of its steps, if it is not that of the run.
    pub(super) step_timeout: Option<Duration>,
    /// The faults that strike its processes.
    pub(super) faults: Option<Arc<FaultPlan>>,
}

impl ScenarioInstance {
    /// Returns this instance with the steps of `changed`. Each goes to the process of the step of this
    /// instance whose index is in `steps`, apart from the step of `role`, by its index in `changed`.
    pub(in crate::harmony) fn changed(
        &self,
        changed: &Scenario,
        steps: &[usize],
        role: Option<(usize, &str)>,
        step_timeout: Option<Duration>,
    ) -> Self {
        let with_steps = |scenario: &Scenario| {
            Arc::new(Scenario { steps: changed.steps.clone(), ..scenario.clone() })
        };
        let routed = steps.iter().map(|&step| self.plan.steps[step].clone());
        let mut plan = Plan { roles: self.plan.roles.clone(), steps: routed.collect() };
        if let Some((step, role)) = role {
            plan.steps[step].target = Target::Process(role.to_owned());
        }
        Self {
            scenario: with_steps(&self.scenario),
            display: with_steps(&self.display),
            combination: self.combination.clone(),
            plan: Arc::new(plan),
            step_timeout,
            faults: self.faults.clone(),
        }
    }

    /// Returns the seed of the faults that strike its processes.
    pub fn fault_seed(&self) -> Option<u64> {
        self.faults.as_ref().map(|faults| faults.seed)
    }

    /// Returns the role of a step, by its index, and another role of the scenario.
    pub fn role_and_other(&self, step: usize) -> Option<(String, String)> {
        let Target::Process(role) = &self.plan.steps[step].target else { return None };
        let other = self.plan.roles.iter().find(|other| *other != role)?;
        Some((role.clone(), other.clone()))
    }

    /// Returns the number before the first `-` of the feature file's name.
    ///
    /// # Errors
    /// [`ScenarioError::NoFeatureNumber`] in compat mode.
    pub(super) fn feature_number(&self, mode: Mode) -> Result<u64, ScenarioError> {
        let path = &self.scenario.location.path;
        let stem = Path::new(&**path).file_stem().unwrap_or_default().to_string_lossy();
        let number = stem.split_once('-').and_then(|(number, _)| number.trim().parse().ok());
        match (number, mode) {
            (Some(number), _) => Ok(number),
            (None, Mode::Strict) => Ok(UNNUMBERED_FEATURE),
            (None, Mode::Compat) => Err(ScenarioError::NoFeatureNumber(Arc::clone(path))),
        }
    }
}

/// The reason why the runner could not run a scenario, or not to its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum ScenarioError {
    /// The name of the feature file begins without a number.
    #[error("{0}: compat mode requires feature file names of the form `NN-Name.feature`")]
    NoFeatureNumber(Arc<str>),
    /// A bug of the runner.
    #[error("the runner panicked: {0}")]
    Panicked(String),
}

/// Checks that a scenario of these has the role.
///
/// # Errors
/// [`InvalidCombination::UnknownRole`].
pub fn check_role(instances: &[ScenarioInstance], role: &str) -> Result<(), InvalidCombination> {
    let roles: BTreeSet<&str> =
        instances.iter().flat_map(|i| i.plan.roles.iter().map(String::as_str)).collect();
    if roles.contains(role) {
        return Ok(());
    }
    let known = roles.into_iter().collect::<Vec<_>>().join(", ");
    Err(InvalidCombination::UnknownRole { role: role.to_owned(), known })
}

/// Returns every scenario in every combination that `filter` selects; a scenario's combinations are
/// adjacent.
///
/// In compat mode scenarios that name no process are left out.
///
/// # Errors
/// [`InvalidCombination`] if the filter names a role that no scenario has, more platforms than any
/// scenario has roles, or a platform that is not configured.
pub fn instances(
    scenarios: &[Arc<Scenario>],
    config: &Config,
    filter: &CombinationFilter,
    mode: Mode,
) -> Result<Vec<ScenarioInstance>, InvalidCombination> {
    let planned: Vec<(&Arc<Scenario>, Arc<Plan>)> = scenarios
        .iter()
        .map(|scenario| (scenario, Arc::new(plan(scenario, mode))))
        .filter(|(_, plan)| !plan.roles.is_empty())
        .collect();
    filter.check(planned.iter().map(|(_, plan)| plan.roles.as_slice()), config)?;
    let mut all = Vec::new();
    for (scenario, plan) in planned {
        for combination in filter.combinations(&plan.roles, config)? {
            let mut display = Scenario::clone(scenario);
            display.name = format!("{} [{combination}]", scenario.name);
            display.combination = Some(combination.to_string().into());
            all.push(ScenarioInstance {
                scenario: Arc::clone(scenario),
                display: Arc::new(display),
                combination,
                plan: Arc::clone(&plan),
                step_timeout: None,
                faults: None,
            });
        }
    }
    Ok(all)
}
