//! The step definitions, hooks and parameter types of this binary, as reports need them.

use std::sync::Arc;

use crate::engine::{
    HookDefinition, HookKind, ParameterDefinition, Pattern, PatternKind, Registry, StepDefinition,
};
use crate::model::{Scenario, StepMatch};
use crate::report::{DefinitionInfo, HookInfo, ParameterTypeInfo, StepLibrary};

/// Describes the step definitions, hooks and parameter types of this binary to reports.
pub(in crate::cli) struct LinkedSteps {
    registry: Arc<Registry>,
    /// True if hooks run, which a dry run omits.
    hooks: bool,
}

impl LinkedSteps {
    pub(in crate::cli) fn library(registry: Arc<Registry>, hooks: bool) -> Arc<dyn StepLibrary> {
        Arc::new(Self { registry, hooks })
    }
}

impl StepLibrary for LinkedSteps {
    fn definitions(&self) -> Vec<DefinitionInfo> {
        let definition = |definition: &StepDefinition| {
            let Pattern { source, kind, groups, .. } = definition.pattern;
            // The names of a regex's groups are not parameter types.
            let names = match kind {
                PatternKind::Expression => groups.iter().map(|g| g.name.to_owned()).collect(),
                _ => Vec::new(),
            };
            let (pattern, location) = (source.to_owned(), definition.location());
            DefinitionInfo { pattern, kind, location, parameters: names }
        };
        self.registry.definitions().map(definition).collect()
    }

    fn hooks(&self) -> Vec<HookInfo> {
        let mut hooks = Vec::new();
        for kind in HookKind::ALL {
            hooks.extend(self.registry.hooks(kind).iter().map(|hook| describe_hook(hook)));
        }
        hooks
    }

    fn parameter_types(&self) -> Vec<ParameterTypeInfo> {
        let parameter_type = |parameter: &&'static ParameterDefinition| ParameterTypeInfo {
            name: parameter.name.to_owned(),
            regex: parameter.regex.to_owned(),
            location: parameter.location(),
        };
        self.registry.parameters().iter().map(parameter_type).collect()
    }

    fn matches(&self, scenario: &Scenario, text: &str) -> Vec<StepMatch> {
        // An invalid pattern has ended the run before.
        let matches = self.registry.matches(text).unwrap_or_default().into_iter();
        let in_scope = matches.filter(|matched| matched.definition.holds_for(Some(scenario)));
        in_scope.map(StepMatch::from).collect()
    }

    fn scenario_hooks(&self, scenario: &Scenario) -> [Vec<HookInfo>; 2] {
        let applies = |hook: &&&'static HookDefinition| {
            self.hooks && hook.applies_to(scenario.tags.iter().map(|tag| tag.name.as_str()))
        };
        [HookKind::BeforeScenario, HookKind::AfterScenario].map(|kind| {
            self.registry
                .hooks(kind)
                .iter()
                .filter(applies)
                .map(|hook| describe_hook(hook))
                .collect()
        })
    }
}

fn describe_hook(hook: &HookDefinition) -> HookInfo {
    HookInfo {
        kind: hook.kind,
        function: hook.function.to_owned(),
        tags: hook.tag_expression(),
        location: hook.location(),
    }
}
