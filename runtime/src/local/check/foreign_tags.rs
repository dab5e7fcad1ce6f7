//! Tags that another framework obeys, and that only select scenarios here.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Finding, FindingKind};
use crate::engine::{HookKind, Registry, TagToken};
use crate::model::{Scenario, Tag};

/// What a tag does in another framework.
#[derive(Clone, Copy)]
enum Effect {
    Skips,
    ExpectsFailure,
    Selects,
    RunsAlone,
    Retries,
    LimitsTime,
    MakesFixture,
    DependsOnEnvironment,
    AllowsSkipped,
}

/// A tag, or the beginning of tags with a value, without `@` and in lower case.
struct ForeignTag {
    name: &'static str,
    has_value: bool,
    effect: Effect,
    frameworks: &'static str,
}

const fn tag(name: &'static str, effect: Effect, frameworks: &'static str) -> ForeignTag {
    ForeignTag { name, has_value: false, effect, frameworks }
}

const fn prefix(name: &'static str, effect: Effect, frameworks: &'static str) -> ForeignTag {
    ForeignTag { name, has_value: true, effect, frameworks }
}

const FOREIGN_TAGS: [ForeignTag; 23] = [
    tag("ignore", Effect::Skips, "Reqnroll, SpecFlow and Karate"),
    tag("skip", Effect::Skips, "pytest-bdd, Cypress and playwright-bdd"),
    tag("fixme", Effect::Skips, "playwright-bdd"),
    tag("manual", Effect::Skips, "Serenity"),
    tag("xfail", Effect::ExpectsFailure, "pytest-bdd"),
    tag("fail", Effect::ExpectsFailure, "playwright-bdd"),
    tag("only", Effect::Selects, "Cypress and playwright-bdd"),
    tag("focus", Effect::Selects, "Cypress"),
    tag("nonparallelizable", Effect::RunsAlone, "Reqnroll and SpecFlow"),
    tag("mstest:donotparallelize", Effect::RunsAlone, "SpecFlow"),
    prefix("xunit:collection(", Effect::RunsAlone, "SpecFlow"),
    tag("parallel=false", Effect::RunsAlone, "Karate"),
    tag("mode:serial", Effect::RunsAlone, "playwright-bdd"),
    tag("flaky", Effect::Retries, "pytest-rerunfailures"),
    prefix("retries:", Effect::Retries, "playwright-bdd"),
    prefix("timeout:", Effect::LimitsTime, "playwright-bdd"),
    prefix("fixture.", Effect::MakesFixture, "behave"),
    tag("usefixtures", Effect::MakesFixture, "pytest-bdd"),
    prefix("use.with_", Effect::DependsOnEnvironment, "behave"),
    prefix("not.with_", Effect::DependsOnEnvironment, "behave"),
    prefix("active.with_", Effect::DependsOnEnvironment, "behave"),
    prefix("not_active.with_", Effect::DependsOnEnvironment, "behave"),
    tag("allow_skipped", Effect::AllowsSkipped, "rstest-bdd"),
];

impl Effect {
    /// Returns what the tag does there, and what does the same here.
    fn describe(self, tag: &str) -> (&'static str, String) {
        match self {
            Self::Skips => (
                "skips the scenario",
                format!(
                    "a hook `#[before_scenario(tags({tag}))]` that returns `Outcome::skip` does it here"
                ),
            ),
            Self::ExpectsFailure => (
                "expects the scenario to fail",
                "`catch(E)` of a step expects an error of one type".to_owned(),
            ),
            Self::Selects => {
                ("runs only this scenario", format!("select it with `--tags '{tag}'`"))
            }
            Self::RunsAlone => (
                "keeps the scenario from running in parallel",
                "write `@serial`, or `@lock(NAME)`".to_owned(),
            ),
            Self::Retries => ("retries the scenario", "write `@retry(3)`".to_owned()),
            Self::LimitsTime => (
                "limits the time of the scenario",
                "`timeout_ms` of a step or `--step-timeout` limits the time of steps".to_owned(),
            ),
            Self::MakesFixture => (
                "makes a fixture",
                "a fixture is made when a step or a hook takes its type".to_owned(),
            ),
            Self::DependsOnEnvironment => (
                "runs the scenario only in some environments",
                "a hook `#[before_scenario]` that returns `Outcome::skip` does it here".to_owned(),
            ),
            Self::AllowsSkipped => {
                ("lets the scenario be skipped", "write `@allow.skipped`".to_owned())
            }
        }
    }
}

pub(super) fn findings(registry: &Registry, scenarios: &[Arc<Scenario>]) -> Vec<Finding> {
    let used = tags_of_definitions(registry);
    // All scenarios of a feature have its tags.
    let mut known = HashSet::new();
    let tags = scenarios.iter().flat_map(|scenario| &scenario.tags);
    tags.filter(|tag| !used.contains(tag.name.as_str()))
        .filter_map(|tag| Some((tag, foreign_tag(&tag.name)?)))
        .filter(|(tag, _)| {
            known.insert((&tag.location.path, tag.location.line, tag.location.column))
        })
        .map(|(tag, foreign)| finding(tag, foreign))
        .collect()
}

fn foreign_tag(tag: &str) -> Option<&'static ForeignTag> {
    let name = tag.strip_prefix('@').unwrap_or(tag).to_ascii_lowercase();
    FOREIGN_TAGS.iter().find(|foreign| match foreign.has_value {
        true => name.starts_with(foreign.name),
        false => name == foreign.name,
    })
}

fn finding(tag: &Tag, foreign: &ForeignTag) -> Finding {
    let (effect, remedy) = foreign.effect.describe(&tag.name);
    Finding {
        kind: FindingKind::ForeignTag,
        message: format!(
            "the tag {} {effect} in {}; here it only selects",
            tag.name, foreign.frameworks
        ),
        path: tag.location.path.to_string(),
        line: tag.location.line,
        column: tag.location.column,
        notes: vec![remedy],
        snippet: None,
    }
}

/// Returns the tags in the filters of hooks and scopes: these have an effect that the suite has given them.
fn tags_of_definitions(registry: &Registry) -> HashSet<&'static str> {
    let hooks = HookKind::ALL.into_iter().flat_map(|kind| registry.hooks(kind));
    let scopes = registry.definitions().filter_map(|definition| definition.scope);
    let filters = hooks.map(|hook| hook.tags).chain(scopes.map(|scope| scope.tags));
    filters
        .flatten()
        .filter_map(|token| match token {
            TagToken::Tag(name) => Some(*name),
            TagToken::Not | TagToken::And | TagToken::Or => None,
        })
        .collect()
}
