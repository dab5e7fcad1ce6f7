//! All definitions of this binary, and the look-up of a step's text.

use std::any::TypeId;
use std::ops::Range;
use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};

use super::index::Index;
use super::suggest::{self, PatternShapes};
use super::template::{self, MatchResult};
use crate::engine::binding::MAX_REGEX_SIZE;
use crate::engine::definition::{
    FixtureDefinition, HookDefinition, ParameterDefinition, StepDefinition,
};
use crate::model::{
    Candidate, Failure, FailureKind, HookKind, PatternKind, Scenario, SourceLocation, StepMatch,
};

/// Result of looking up the text of a step.
#[derive(Debug)]
pub enum Match {
    /// Exactly one definition.
    Unique(MatchedStep),
    /// No definition; the nearest ones, best first.
    Undefined(Vec<Candidate>),
    /// Several definitions, by file and line.
    Ambiguous(Vec<Candidate>),
}

/// A definition with its captures.
#[derive(Debug)]
pub struct MatchedStep {
    /// The definition.
    pub definition: &'static StepDefinition,
    /// Byte ranges of the captures in the step's text; `None` for a group that did not take part.
    pub captures: Vec<Option<Range<usize>>>,
}

impl From<MatchedStep> for StepMatch {
    fn from(matched: MatchedStep) -> Self {
        matched.definition.step_match(matched.captures)
    }
}

/// Reason why a registry cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// No definition is linked to the binary.
    #[error(
        "no step definitions are linked: a function becomes one by #[given], #[when] or #[then]; those of another \
         crate are linked by `use my_steps as _;` in the binary"
    )]
    Empty,
    /// A pattern is not a valid regex.
    #[error("{location}: the pattern {pattern:?} is not a valid regex: {reason}")]
    Pattern {
        /// Source location of the definition.
        location: SourceLocation,
        /// Pattern, as written.
        pattern: &'static str,
        /// Message of the regex compiler.
        reason: String,
    },
}

/// All definitions of this binary, by file and line.
#[derive(Debug)]
pub struct Registry {
    entries: Vec<Entry>,
    index: Index,
    shapes: OnceLock<PatternShapes>,
    /// By source location, with the type of each state.
    fixtures: Vec<(TypeId, &'static FixtureDefinition)>,
    /// Hooks of each kind, in the order they run.
    hooks: Vec<(HookKind, Vec<&'static HookDefinition>)>,
    /// By name, then by source location.
    parameters: Vec<&'static ParameterDefinition>,
}

#[derive(Debug)]
struct Entry {
    definition: &'static StepDefinition,
    /// Compiled when it is first needed: most runs need few of the definitions. A pattern that cannot be
    /// compiled is not tried again, which may take a second.
    regex: OnceLock<Result<Regex, RegistryError>>,
}

impl Registry {
    /// Collects the definitions that the attributes of all linked crates registered.
    ///
    /// # Errors
    /// Returns [`RegistryError::Empty`] if there is none.
    pub fn collect() -> Result<Self, RegistryError> {
        let registry = Self::from_definitions(inventory::iter::<StepDefinition>)
            .with_fixtures(inventory::iter::<FixtureDefinition>)
            .with_hooks(inventory::iter::<HookDefinition>)
            .with_parameters(inventory::iter::<ParameterDefinition>);
        if registry.entries.is_empty() { Err(RegistryError::Empty) } else { Ok(registry) }
    }

    /// Creates a registry of these definitions, without fixtures, hooks and parameter types.
    pub fn from_definitions(
        definitions: impl IntoIterator<Item = &'static StepDefinition>,
    ) -> Self {
        let mut definitions: Vec<&'static StepDefinition> = definitions.into_iter().collect();
        definitions.sort_by_key(|d| (d.at, d.pattern.source));
        let index = Index::new(&definitions);
        let entries = definitions
            .into_iter()
            .map(|definition| Entry { definition, regex: OnceLock::new() })
            .collect();
        let (shapes, fixtures, hooks, parameters) = Default::default();
        Self { entries, index, shapes, fixtures, hooks, parameters }
    }

    /// Adds fixtures.
    #[must_use]
    pub fn with_fixtures(
        mut self,
        fixtures: impl IntoIterator<Item = &'static FixtureDefinition>,
    ) -> Self {
        for fixture in fixtures {
            self.fixtures.push(((fixture.type_id)(), fixture));
        }
        self.fixtures.sort_by_key(|(_, fixture)| fixture.at);
        self
    }

    /// Adds hooks.
    #[must_use]
    pub fn with_hooks(mut self, hooks: impl IntoIterator<Item = &'static HookDefinition>) -> Self {
        for hook in hooks {
            match self.hooks.iter_mut().find(|(kind, _)| *kind == hook.kind) {
                Some((_, hooks)) => hooks.push(hook),
                None => self.hooks.push((hook.kind, vec![hook])),
            }
        }
        for (kind, hooks) in &mut self.hooks {
            hooks.sort_by_key(|h| (h.order, h.at));
            if kind.is_after() {
                hooks.reverse();
            }
        }
        self
    }

    /// Adds parameter types, for listings: step definitions include the regexes of theirs.
    #[must_use]
    pub fn with_parameters(
        mut self,
        parameters: impl IntoIterator<Item = &'static ParameterDefinition>,
    ) -> Self {
        self.parameters.extend(parameters);
        self.parameters.sort_by_key(|p| (p.name, p.at));
        self
    }

    /// Returns the custom parameter types, by name.
    pub fn parameters(&self) -> &[&'static ParameterDefinition] {
        &self.parameters
    }

    /// Returns the hooks of a kind, in the order they run.
    pub fn hooks(&self, kind: HookKind) -> &[&'static HookDefinition] {
        let of_kind = self.hooks.iter().find(|(known, _)| *known == kind);
        of_kind.map_or(&[], |(_, hooks)| hooks)
    }

    /// Returns whether there are hooks of one of these kinds.
    pub fn has_hooks(&self, kinds: &[HookKind]) -> bool {
        kinds.iter().any(|kind| !self.hooks(*kind).is_empty())
    }

    /// Returns the fixture that makes a type.
    pub(in crate::engine) fn fixture(
        &self,
        type_id: TypeId,
    ) -> Result<Option<&'static FixtureDefinition>, Failure> {
        let mut of_type = self.fixtures.iter().filter(|(made, _)| *made == type_id);
        match (of_type.next(), of_type.next()) {
            (None, _) => Ok(None),
            (Some((_, one)), None) => Ok(Some(one)),
            (Some((_, first)), Some((_, second))) => Err(Failure::new(
                FailureKind::State,
                format!(
                    "two fixtures make the same type: `{}` ({}) and `{}` ({})",
                    first.function,
                    first.location(),
                    second.function,
                    second.location()
                ),
            )),
        }
    }

    /// Returns the definitions, by file and line.
    pub fn definitions(&self) -> impl ExactSizeIterator<Item = &'static StepDefinition> {
        self.entries.iter().map(|e| e.definition)
    }

    /// Finds the definition of a step of an unknown scenario, for which every scope holds.
    ///
    /// # Errors
    /// As [`find_in`](Self::find_in).
    pub fn find(&self, text: &str) -> Result<Match, RegistryError> {
        self.find_in(None, text)
    }

    /// Finds the definition of a step of this scenario. The whole text must match.
    ///
    /// # Errors
    /// Returns [`RegistryError::Pattern`] if no definition matches, but the pattern of one that might is
    /// not a valid regex.
    pub fn find_in(&self, scenario: Option<&Scenario>, text: &str) -> Result<Match, RegistryError> {
        let mut found = self.matches(text)?;
        let is_outside = |m: &mut MatchedStep| !m.definition.holds_for(scenario);
        let outside: Vec<_> = found.extract_if(.., is_outside).collect();
        Ok(match found.len() {
            0 if !outside.is_empty() => {
                Match::Undefined(outside.iter().map(MatchedStep::out_of_scope).collect())
            }
            0 => Match::Undefined(self.nearest(text)),
            1 => Match::Unique(found.swap_remove(0)),
            _ => Match::Ambiguous(found.iter().map(|m| m.candidate(text)).collect()),
        })
    }

    /// Returns all definitions that match `text` in any scope, by file and line. An invalid pattern matches
    /// nothing.
    ///
    /// # Errors
    /// Returns [`RegistryError::Pattern`] if no definition matches, but the pattern of one that might is
    /// not a valid regex.
    pub fn matches(&self, text: &str) -> Result<Vec<MatchedStep>, RegistryError> {
        let candidates = self.index.candidates(text);
        let mut found = Vec::with_capacity(candidates.len());
        let mut invalid = None;
        for position in candidates {
            let entry = &self.entries[position];
            match entry.captures(text) {
                Ok(Some(captures)) => {
                    found.push(MatchedStep { definition: entry.definition, captures });
                }
                Ok(None) => {}
                Err(error) => invalid = invalid.or(Some(error)),
            }
        }
        match invalid {
            Some(error) if found.is_empty() => Err(error.clone()),
            _ => Ok(found),
        }
    }

    /// Returns suggestions: the definitions that match another spelling of `text`, or else the nearest ones.
    fn nearest(&self, text: &str) -> Vec<Candidate> {
        for (variant, hint) in suggest::spelling_variants(text) {
            let found = self.matches(&variant).unwrap_or_default();
            if !found.is_empty() {
                return found
                    .iter()
                    .map(|m| Candidate { hint: Some(hint.clone()), ..m.definition.candidate() })
                    .collect();
            }
        }
        self.shapes.get_or_init(|| PatternShapes::of(self.definitions())).nearest(text)
    }
}

impl MatchedStep {
    /// Returns the suggestion of a definition that does not hold for the scenario.
    fn out_of_scope(&self) -> Candidate {
        let hint = self.definition.scope.map(|scope| format!("not in its {scope}"));
        Candidate { hint, ..self.definition.candidate() }
    }

    fn candidate(&self, text: &str) -> Candidate {
        let captures =
            self.captures.iter().map(|range| range.clone().map(|r| text[r].to_owned())).collect();
        Candidate { captures, ..self.definition.candidate() }
    }
}

impl Entry {
    fn captures(&self, text: &str) -> Result<Option<Vec<Option<Range<usize>>>>, &RegistryError> {
        let pattern = &self.definition.pattern;
        if pattern.kind == PatternKind::Literal {
            return Ok((pattern.source == text).then(Vec::new));
        }
        if !pattern.template.is_empty() {
            match template::matches(pattern.template, text) {
                MatchResult::Match(captures) => return Ok(Some(captures)),
                MatchResult::NoMatch => return Ok(None),
                MatchResult::BudgetExceeded => {}
            }
        }
        let regex = self.regex.get_or_init(|| compile(self.definition)).as_ref()?;
        Ok(regex
            .captures(text)
            .map(|groups| groups.iter().skip(1).map(|g| g.map(|g| g.range())).collect()))
    }
}

fn compile(definition: &StepDefinition) -> Result<Regex, RegistryError> {
    let regex = definition.pattern.regex();
    let build = |end: &str| {
        RegexBuilder::new(&format!("^(?:{regex}{end})$")).size_limit(MAX_REGEX_SIZE).build()
    };
    let built = match build("") {
        // A comment in verbose mode, `(?x)`, hides what follows on its line. In that mode a line break
        // matches nothing.
        Err(error @ regex::Error::Syntax(_)) => build("\n").map_err(|_| error),
        built => built,
    };
    built.map_err(|error| RegistryError::Pattern {
        location: definition.location(),
        pattern: definition.pattern.source,
        reason: error.to_string(),
    })
}
